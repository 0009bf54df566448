"""What docs/hpc.md shows runs: its Python in its order on a local cluster, its MPI script, and its rule for sizes holds."""

import os
import re
import subprocess
import sys

import pytest
from support import BUILD, ROOT, run_cairn

sys.path.insert(0, str(ROOT / "examples"))

import make_data  # noqa: E402: stands in examples/

PAGE = (ROOT / "docs" / "hpc.md").read_text()
BLOCKS = re.findall(r"^```python ?(\S*)\n(.*?)^```$", PAGE, re.M | re.S)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A catalog file of the scenes, as the page has it, and what is set in the environment."""
    folder = tmp_path_factory.mktemp("hpc")
    make_data.scenes(folder)
    run_cairn("ingest", folder / "scenes.cairn", folder / "scenes", "--quiet")
    programs = os.pathsep.join([str(BUILD), os.path.dirname(sys.executable), os.environ["PATH"]])
    return {**os.environ, "PATH": programs, "CATALOG": str(folder / "scenes.cairn"), "CAIRN_CLUSTER": "local",
            "TMPDIR": str(folder)}


def run(command, environment, seconds=120):
    done = subprocess.run(command, env=environment, cwd=environment["TMPDIR"], capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_runs_in_its_order(environment, tmp_path):
    code = "\n".join(code for name, code in BLOCKS if not name)
    script = tmp_path / "page.py"  # dask's processes import the script anew, and must not run it
    script.write_text(f"if __name__ == '__main__':\n    exec({code!r})\n")
    printed = run([sys.executable, script], environment)
    for line in ("#SBATCH -p compute", "#SBATCH -A my-project", "#SBATCH --cpus-per-task=16", "#SBATCH --mem=64G",
                 "#SBATCH -t 01:00:00", "export GDAL_CACHEMAX=256"):
        assert f"{line}\n" in printed
    worker = next(line for line in printed.splitlines() if "dask_worker" in line)
    assert "--nthreads 4 --memory-limit 16.00GiB --nworkers 4" in worker
    assert "--lifetime 55m --lifetime-stagger 4m" in worker and "--local-directory $TMPDIR" in worker
    assert "3.1 MB in arrays; as a cube of 16 times [256, 256] pixels 3.1 MB" in printed
    assert "chunks of 960 x 960 pixels: 1 at a time" in printed


def test_the_mpi_script_runs(environment, tmp_path):
    ((name, code),) = [block for block in BLOCKS if block[0]]
    (tmp_path / name).write_text(code)
    mpiexec = os.path.join(os.path.dirname(sys.executable), "mpiexec")
    printed = run([mpiexec, "-n", "4", sys.executable, tmp_path / name], environment)
    assert re.search(r"^median of 24 passes by 2 workers: \d+$", printed, re.M), printed


# VmHWM and not ru_maxrss, which begins with what the test that starts it had in memory.
PEAK = """
import re, sys
import dask, dask.array as da, xarray as xr

times, side = map(int, sys.argv[1:3])
number, mask, median = sys.argv[3:]
numbers, classes = (
    xr.DataArray(da.full((times, side, side), 4, chunks=(1, side, side), dtype=dtype), dims=("time", "y", "x"))
    for dtype in (number, mask)
)
with dask.config.set(scheduler="single-threaded"):
    if median == "yes":
        numbers.where(classes == 4).chunk(time=-1).median("time").compute()
print(1024 * int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]))
"""


@pytest.fixture(scope="module")
def chunk_side():
    """The function of the page."""
    code = next(code for name, code in BLOCKS if "def chunk_side" in code)
    names = {}
    exec(code[: code.index("\n\n\nrows, ")], names)
    return names["chunk_side"]


@pytest.mark.parametrize(("client", "number", "mask"), [("odc-stac", "uint16", "uint8"), ("stackstac", "float64", "float64")])
def test_the_rule_covers_what_a_median_takes(client, number, mask, chunk_side, environment, tmp_path):
    """The peak of one task is what chunk_side() plans for, and not far below: measured, not believed."""
    times, memory = 24, 1 << 30
    side = chunk_side(times, memory, client)
    script = tmp_path / "peak.py"
    script.write_text(PEAK)
    peaks = [int(run([sys.executable, script, str(times), str(side), number, mask, median], environment)) for median in ("yes", "no")]
    assert 0.35 * memory < peaks[0] - peaks[1] <= 0.5 * memory


def test_the_example_of_the_rule_is_its_result(chunk_side):
    side = chunk_side(100, 4 << 30)
    assert f"that is {side} pixels, and {(-(-10980 // side)) ** 2} tasks for one tile" in PAGE
