"""What `cairn doctor` says is true: of real items, so many that it says load and so many that it says don't are given to
the real clients (build_arrays.py), which must build an array of the ones and of none of the others.

CAIRN_DOCTOR_EACH is how many of each kind (default 15), CAIRN_CORPUS the folder of more items (default ../shared/corpus).
"""

import json
import os
import pathlib
import random
import subprocess

import pytest
from support import CORPUS_SAMPLE, ROOT, run_cairn, sample_sources

EACH = int(os.environ.get("CAIRN_DOCTOR_EACH", "15"))
CORPUS = pathlib.Path(os.environ.get("CAIRN_CORPUS", ROOT / ".." / "shared" / "corpus")) / "items.ndjson.gz"
BUILD_ARRAYS = pathlib.Path(__file__).with_name("build_arrays.py")
CLIENTS = ["stackstac", "odc-stac", "rioxarray", "xpystac", "intake-stac", "gdal-stacit"]
OPENS_ASSETS = ["rioxarray", "xpystac", "intake-stac", "gdal-stacit"]


def python_of(client):
    """The Python that has the client; scripts/test makes both environments."""
    if client == "gdal-stacit":
        python = "/usr/bin/python3"
        if subprocess.run([python, "-c", "from osgeo import gdal"], capture_output=True).returncode:
            pytest.skip("python3-gdal is not there: scripts/packages test")
        return python
    name = "intake" if client == "intake-stac" else "clients"
    python = ROOT / f".venv-{name}" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"scripts/venv {name} was not run")
    return python


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stand-ins")
    subprocess.run([python_of("stackstac"), BUILD_ARRAYS, "make", folder], check=True, timeout=300)
    return folder


@pytest.fixture(scope="session")
def judged(tmp_path_factory):
    """judged("bundled" or "corpus", profile) -> list of (item, verdicts), as Cairn serves the items or in their own words."""
    folder = tmp_path_factory.mktemp("judged")
    cache = {}

    def judge(which, profile):
        if (which, profile) not in cache:
            if which == "corpus" and not CORPUS.exists():
                pytest.skip(f"{CORPUS} is not there (CAIRN_CORPUS names its folder)")
            catalog, items = folder / f"{which}.cairn", folder / f"{which}-{profile}.ndjson"
            sources = [CORPUS] if which == "corpus" else [CORPUS_SAMPLE, *sample_sources()]
            if not catalog.exists():
                run_cairn("ingest", catalog, *sources, "--collection", "none", "--quiet", check=False)
            run_cairn("export", catalog, "--profile", profile, "--output", items)
            lines = items.read_text().splitlines()
            done = run_cairn("doctor", items, "--items", "--format", "json", check=False)
            *verdicts, summary = map(json.loads, done.stdout.splitlines())
            assert summary["items"] == len(lines) == len(verdicts)
            cache[which, profile] = [(line, verdict["clients"]) for line, verdict in zip(lines, verdicts, strict=True)]
        return cache[which, profile]

    return judge


def build(client, lines, stand_ins):
    done = subprocess.run(
        [python_of(client), BUILD_ARRAYS, client, stand_ins],
        input="".join(line + "\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=60 + 30 * len(lines),
    )
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == len(lines)
    return results


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("profile", ["default", "source"])
@pytest.mark.parametrize("which", ["bundled", "corpus"])
def test_verdicts_are_true(which, profile, client, judged, stand_ins):
    python_of(client)
    items = [(line, verdicts[client]) for line, verdicts in judged(which, profile)]
    dice = random.Random(f"{which} {profile} {client}")
    chosen = []
    for loads in (True, False):
        of_kind = [(line, verdict) for line, verdict in items if verdict["loads"] == loads]
        assert len(of_kind) >= min(EACH, 10 if which == "bundled" else 15), f"{len(of_kind)} items: {client} loads={loads}"
        chosen += dice.sample(of_kind, min(EACH, len(of_kind)))
    wrong = []
    for (line, verdict), result in zip(chosen, build(client, [line for line, _ in chosen], stand_ins), strict=True):
        right = verdict["loads"] == (result["fault"] is None)
        if right and verdict["loads"] and client in OPENS_ASSETS:
            right = verdict["assets"] == len(result["built"])
        if not right:
            wrong.append((json.loads(line)["id"], verdict, result))
    assert not wrong, "\n".join(map(str, wrong))


def test_pystac_takes_the_epsg_away(judged, stand_ins):
    """What the note feed-dicts says: of the same item, stackstac builds an array of the dict, and none of pystac's object."""
    lines = [line for line, verdicts in judged("bundled", "default") if verdicts["stackstac"]["code"] == "feed-dicts"]
    assert lines
    program = (
        "import json, sys, warnings, pystac, stackstac\n"
        "warnings.simplefilter('ignore')\n"
        "item = json.loads(sys.stdin.read())\n"
        "stackstac.stack(item)\n"
        "try:\n"
        "    stackstac.stack(pystac.Item.from_dict(item))\n"
        "except ValueError as fault:\n"
        "    print(fault)\n"
    )
    done = subprocess.run([python_of("stackstac"), "-c", program], input=lines[0], capture_output=True, text=True, timeout=120)
    assert "Cannot pick a common CRS" in done.stdout, done.stderr
