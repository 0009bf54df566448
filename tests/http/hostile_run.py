"""scripts/hostile-paths: see there."""

import argparse
import json
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import hostile
from raw import get
from support import Server, make_item, run_cairn


def memory_of(pid):
    """(resident KB, open files)"""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]), len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--paths", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=0)
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as root:
        root = pathlib.Path(root)
        folder, secret = hostile.make_folder(root)
        run_cairn("ingest", root / "a.cairn", "-", input=json.dumps(make_item("i")))
        daemon = Server(root / "a.cairn", "--assets", f"/assets/={folder}", "--threads", "2")
        hostile.ask_all(daemon.port, hostile.paths(5000, options.seed + 1), secret)
        before, start = memory_of(daemon.process.pid), time.monotonic()
        counts = hostile.ask_all(daemon.port, hostile.paths(options.paths, options.seed), secret)
        after, seconds = memory_of(daemon.process.pid), time.monotonic() - start
        assert get(daemon.port, "/assets/file.bin").body == b"innocent"
        code, _, errors = daemon.stop()
    assert code == 0, errors
    assert after[0] <= before[0] * 1.02 + 512 and after[1] <= before[1], (before, after)
    listed = ", ".join(f"{n} x {status}" for status, n in sorted(counts.items(), key=str))
    print(f"{options.paths} hostile paths in {seconds:.0f} s, none served: {listed}")
    print(f"resident {before[0]} KB -> {after[0]} KB, open files {before[1]} -> {after[1]}")


if __name__ == "__main__":
    main()
