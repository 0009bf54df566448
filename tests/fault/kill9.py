#!/usr/bin/env python3
"""Kills `cairn ingest` by SIGKILL at random instants and looks at what is left.

Each kill is made so: at a random instant the process is stopped by SIGSTOP, the locks that it holds are read from
/proc/locks (SQLite's write lock: byte 120 of the -shm file in WAL mode, the reserved byte of the catalog otherwise),
which tells whether it is inside a transaction, and then it is killed where it stands. Some kills are made wherever the
instant falls; for the others a stopped process that is outside of a transaction goes on and another instant is drawn.

After every kill:
* the catalog opens and passes `cairn check`;
* it holds every batch that was reported as committed (`--progress json`), and of the rest whole batches or nothing.
Then the same command runs again, over and over until it is done, killed at another instant each time; in the end the
catalog's export must equal, byte for byte, that of one that was never disturbed, and it is one file again.

    kill9.py [--kills N] [--items N] [--seed N] [--cairn PROGRAM] [--work FOLDER]
"""

import argparse
import json
import os
import pathlib
import random
import select
import signal
import subprocess
import sys
import tempfile
import time

BATCH = 250
WAL_WRITE_LOCK = 120
RESERVED_BYTE = 0x40000001
ANYWHERE = 0.1  # the part of the kills that are made wherever the instant falls


def make_item(k, version):
    """Version 1 of an item lies elsewhere and at another time than version 0."""
    lon, lat = (k * 7 + version * 90) % 359 - 180 + 0.25, (k * 3 + version * 40) % 170 - 85 + 0.5
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": f"item-{k:06}",
        "collection": f"c{k % 5}",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "bbox": [lon, lat, lon, lat],
        "properties": {
            "datetime": f"20{10 + (k + version) % 20}-03-{1 + k % 28:02}T00:00:00Z",
            "text": f"{k * 2654435761 % 2**32:x}" * 60,
        },
        "links": [],
        "assets": {},
    }


class Failure(Exception):
    pass


class Run:
    """One `cairn ingest` under way."""

    def __init__(self, job):
        self.job = job
        self.committed_line = 0
        self.finished = False
        self.partial = b""
        self.process = subprocess.Popen(
            job.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=job.folder
        )

    def read_reports(self, until):
        """Takes in what is reported until the time `until`; false when the process came to its end."""
        out = self.process.stdout
        while True:
            left = until - time.monotonic()
            ready, _, _ = select.select([out], [], [], max(0, left))
            if not ready:
                return True
            data = os.read(out.fileno(), 1 << 16)
            if not data:
                return False
            *lines, self.partial = (self.partial + data).split(b"\n")
            for line in lines:
                report = json.loads(line)
                if report["event"] == "commit":
                    self.committed_line = report["line"]
                self.finished = self.finished or report["event"] == "summary"

    def is_in_transaction(self):
        """For a stopped process: whether it holds SQLite's write lock."""
        wanted = {}
        for suffix, byte in (("-shm", WAL_WRITE_LOCK), ("", RESERVED_BYTE)):
            try:
                wanted[os.stat(str(self.job.catalog) + suffix).st_ino] = byte
            except FileNotFoundError:
                pass
        for line in pathlib.Path("/proc/locks").read_text().splitlines():
            fields = line.replace("->", "").split()
            inode = int(fields[5].split(":")[2])
            if int(fields[4]) != self.process.pid or fields[3] != "WRITE" or inode not in wanted:
                continue
            end = fields[7]
            if int(fields[6]) <= wanted[inode] and (end == "EOF" or wanted[inode] <= int(end)):
                return True
        return False

    def stop(self):
        """Stops it and waits until it stands; false when it came to its end before."""
        self.process.send_signal(signal.SIGSTOP)
        while True:
            pid, status = os.waitpid(self.process.pid, os.WUNTRACED)
            if os.WIFSTOPPED(status):
                return True
            self.process.returncode = os.waitstatus_to_exitcode(status)
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.read_reports(time.monotonic() + 60)
        self.process.wait()


class Job:
    def __init__(self, cairn, folder, items, seed):
        self.cairn = cairn
        self.folder = folder
        self.random = random.Random(seed)
        self.items = items
        self.source = folder / "items.ndjson"
        self.catalog = folder / "killed.cairn"
        self.clean = folder / "clean.cairn"
        # Each item comes twice: the second time it has moved in space and time.
        rows = [(k, 0) for k in range(items)] + [(k, 1) for k in range(items)]
        with self.source.open("w") as out:
            for k, version in rows:
                out.write(json.dumps(make_item(k, version)) + "\n")
        self.rows = len(rows)
        flags = ["--batch", str(BATCH), "--progress", "json"]
        self.command = [cairn, "ingest", self.catalog, self.source, *flags]
        begin = time.monotonic()
        self.cairn_run("ingest", self.clean, self.source, *flags)
        self.duration = time.monotonic() - begin
        self.expected = self.cairn_run("export", self.clean, "--with-collections")

    def cairn_run(self, *args):
        done = subprocess.run([self.cairn, *map(str, args)], capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            raise Failure(f"cairn {' '.join(map(str, args))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    # ---- looking at what is left ----

    def state_of(self, line):
        """The items when the first `line` lines of the source are taken: id -> version."""
        state = {}
        for n in range(line):
            state[n % self.items] = n // self.items
        return state

    def look(self, run, before):
        """After a kill. `before`: the items that there were before this run; returns those that there are now."""
        if not self.catalog.exists():
            if run.committed_line:
                raise Failure("batches were reported as committed, and there is no catalog")
            return {}
        self.cairn_run("check", self.catalog)
        found = {}
        for text in self.cairn_run("export", self.catalog).splitlines():
            item = json.loads(text)
            k = int(item["id"].removeprefix("item-"))
            expected = [make_item(k, 0), make_item(k, 1)]
            if item not in expected:
                raise Failure(f"{item['id']} is not as it was written")
            found[k] = expected.index(item)
        # All that was reported, and perhaps the one batch whose report the kill cut off; nothing else.
        for line in {run.committed_line, min(run.committed_line + BATCH, self.rows)}:
            if {**before, **self.state_of(line)} == found:
                return found
        raise Failure(
            f"reported as committed: line {run.committed_line}; {len(found)} items are there, "
            f"{sum(found.values())} of them moved: no state between two batches"
        )

    # ---- killing ----

    def kill_one(self, run):
        """Kills the run at a random instant; None when it ended before, else whether it was inside a transaction."""
        anywhere = self.random.random() < ANYWHERE
        until = time.monotonic() + self.random.uniform(0, self.duration)
        while True:
            if not run.read_reports(until) or not run.stop():
                run.process.wait()
                return None
            inside = run.is_in_transaction()
            if inside or anywhere:
                run.kill()
                return inside
            run.process.send_signal(signal.SIGCONT)
            until = time.monotonic() + self.random.uniform(0, self.duration / 20)

    def finish(self):
        self.cairn_run(*map(str, self.command[1:]))
        if self.cairn_run("export", self.catalog, "--with-collections") != self.expected:
            raise Failure("the finished catalog differs from the undisturbed one")
        self.cairn_run("check", self.catalog)
        left = [path.name for path in self.folder.iterdir() if path.name.startswith("killed.cairn")]
        if left != ["killed.cairn"]:
            raise Failure(f"more than one file is left: {left}")
        self.catalog.unlink()

    def run_kills(self, kills):
        done = inside_n = chains = 0
        while done < kills:
            state = {}
            chains += 1
            for _ in range(self.random.randint(1, 6)):
                run = Run(self)
                inside = self.kill_one(run)
                if inside is None:
                    if run.process.returncode != 0:
                        raise Failure(f"ingest failed: {run.process.stderr.read().decode()}")
                    state = self.state_of(self.rows)
                    continue
                done += 1
                inside_n += inside
                state = self.look(run, state)
                print(
                    f"kill {done}: {'inside a transaction' if inside else 'outside'}, "
                    f"committed up to line {run.committed_line}, {len(state)} items there",
                    flush=True,
                )
                if done == kills:
                    break
            self.finish()
        return done, inside_n, chains


def main():
    parser = argparse.ArgumentParser()
    root = pathlib.Path(__file__).resolve().parents[2]
    build = os.environ.get("CAIRN_BUILD", root / "build" / "dev")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cairn", default=str(pathlib.Path(build).resolve() / "cairn"))
    parser.add_argument("--work", help="a folder on the disk to be tested (default: a temporary one)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.work, prefix="kill9-") as folder:
        job = Job(args.cairn, pathlib.Path(folder), args.items, args.seed)
        try:
            done, inside, chains = job.run_kills(args.kills)
        except Failure as failure:
            print(f"FAILED: {failure}", file=sys.stderr)
            return 1
    print(f"{done} kills, {inside} of them inside a transaction")
    print(f"{chains} catalogs, each finished afterwards and as if it had never been disturbed")
    if inside < 0.8 * done:
        print("FAILED: fewer than 80 of 100 were inside a transaction", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
