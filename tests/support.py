"""What the black-box tests share: running the programs, small items.

The programs are those in CAIRN_BUILD (default build/dev of this clone).
"""

import os
import pathlib
import select
import signal
import subprocess
import tempfile
import time
from itertools import pairwise

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("CAIRN_BUILD", ROOT / "build" / "dev")).resolve()
SAMPLE = ROOT / "examples" / "sample"
CORPUS_SAMPLE = ROOT / "tests" / "data" / "corpus-sample.ndjson"  # real items, odd ones among them

# Programs under sanitizers are slow to start and stop.
PATIENCE = float(os.environ.get("CAIRN_TEST_PATIENCE", "30"))


def run_cairn(*args, check=True, input=None, cwd=None, timeout=10 * PATIENCE, env=None):
    """Runs `cairn ARGS...`; with `check` (the default) an exit code other than 0 fails the test.

    `input` may be text or bytes; stdout and stderr are text. Returns the CompletedProcess.
    """
    if isinstance(input, bytes):
        input = input.decode()
    done = subprocess.run(
        [str(BUILD / "cairn"), *map(str, args)],
        input=input,
        capture_output=True,
        cwd=cwd,
        timeout=timeout,
        text=True,
        encoding="utf-8",
        env={**os.environ, **(env or {})},
    )
    if check:
        assert done.returncode == 0, f"cairn {' '.join(map(str, args))}: exit {done.returncode}\n{done.stderr}"
    return done


def sample_sources():
    """The sources that make up the sample catalog, in the order in which they are ingested."""
    catalogs = [path for path in [SAMPLE / "catalog.json"] if path.exists()]
    return catalogs + sorted(SAMPLE.glob("*.ndjson"))


class Server:
    """A running cairnd. `url` is its root, ending in a slash; `roots` has those of all that were started, `files` the URLs
    below which they serve files (--assets), which are no part of openapi.yaml."""

    roots = set()
    files = set()

    def __init__(self, catalog, *args, env=None, cwd=None):
        self.catalog = pathlib.Path(catalog)
        command = [str(BUILD / "cairnd"), "--catalog", str(catalog)]
        if "--listen" not in args:
            command += ["--listen", "127.0.0.1:0"]
        self.log = tempfile.TemporaryFile()  # a pipe that nobody reads would fill up
        self.process = subprocess.Popen(
            command + [str(arg) for arg in args],
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env={**os.environ, **(env or {})},
            cwd=cwd,
        )
        self.url = self._read_url()
        self.roots.add(self.url)
        folders = [str(rule).split("=")[0].strip("/") for flag, rule in pairwise(args) if flag == "--assets"]
        self.files.update(f"{self.url}{folder}/" for folder in folders)

    def _read_url(self):
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline().strip() if ready else ""
        if not line.startswith("http"):
            self.process.kill()
            self.process.communicate()
            raise AssertionError(f"cairnd gave no URL as its first line but {line!r}\n{self.errors()}")
        return line if line.endswith("/") else line + "/"

    @property
    def port(self):
        return int(self.url.split("//")[1].split("/")[0].rsplit(":", 1)[1])

    def errors(self):
        """What it wrote to standard error so far."""
        return os.pread(self.log.fileno(), 1 << 24, 0).decode(errors="replace")

    def stop(self, with_signal=signal.SIGTERM):
        """Ends the daemon; returns (exit code, rest of stdout, stderr)."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            out, _ = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise AssertionError(f"cairnd did not end after signal {with_signal}\n{self.errors()}") from None
        return self.process.returncode, out, self.errors()


def make_item(id, collection="things", lon=None, lat=None, datetime="2020-01-01T00:00:00Z", **more):
    """A small valid item: a point, or without a place."""
    geometry = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
    item = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": id,
        "collection": collection,
        "geometry": geometry,
        "properties": {"datetime": datetime},
        "links": [],
        "assets": {},
    }
    if geometry:
        item["bbox"] = [lon, lat, lon, lat]
    item.update(more)
    return item


def wait_until(condition, seconds=PATIENCE, pause=0.05):
    """Waits until condition() is true and returns what it gave; fails after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise AssertionError(f"not true within {seconds} s: {condition}")


def alone(path):
    """True when a catalog is one file, without -wal, -shm, -journal or lock beside it."""
    return [entry.name for entry in path.parent.iterdir() if entry.name.startswith(path.name)] == [path.name]
