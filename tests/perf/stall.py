"""How long fast requests wait for slow ones: 200 connections that ask for an item ten times a second each, alone and beside
searches that take as long as they may. Prints a table; see scripts/bench-stall."""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

import programs

LUA = Path(__file__).resolve().parent / "paced.lua"
NOTHING = "%no such words anywhere%"


def like(name):
    return "/search?limit=10&filter=" + quote(f"\"{name}\" LIKE '{NOTHING}'")


# Each looks at every item, or makes a large answer.
SLOW = {
    "like": like("description"),
    "sort": "/search?limit=1000&sortby=" + quote("+properties.proj:shape"),
    "aggregate": "/aggregate?aggregations=total_count,datetime_frequency,grid_geohash_frequency&grid_geohash_frequency_precision=3",
    "large page": "/search?limit=10000",
    "all of it": "/search?f=ndjson",
}


class Slow(threading.Thread):
    """Asks the same again and again on a connection of its own."""

    def __init__(self, netloc, path):
        super().__init__(daemon=True)
        self.netloc, self.path, self.took, self.statuses = netloc, path, [], set()
        self.ending = threading.Event()

    def run(self):
        connection = http.client.HTTPConnection(self.netloc, timeout=120)
        while not self.ending.is_set():
            began = time.monotonic()
            connection.request("GET", self.path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            while answer.read(1 << 20):
                if self.ending.is_set():
                    return
            self.took.append(time.monotonic() - began)
            self.statuses.add(answer.status)


def fast(url, paths, connections, seconds, pause):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("\n".join(paths) + "\n")
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", LUA, url]
        env = {**os.environ, "PATHS": file.name, "PAUSE": str(pause)}
        text = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    return json.loads(next(line for line in text.splitlines() if line.startswith("RESULT "))[7:])


def item_paths(netloc, n=500):
    connection = http.client.HTTPConnection(netloc)
    connection.request("GET", f"/search?limit={n}&fields=id,collection")
    page = json.loads(connection.getresponse().read())
    return [f"/collections/{quote(f['collection'], safe='')}/items/{quote(f['id'], safe='')}" for f in page["features"]]


def measure(server, options, paths, name, n):
    netloc = server.url.removeprefix("http://")
    slow = [Slow(netloc, SLOW[name]) for _ in range(n)]
    for one in slow:
        one.start()
    time.sleep(0.5)
    row = fast(server.url, paths, options.connections, options.seconds, options.pause)
    for one in slow:
        one.ending.set()
    for one in slow:
        one.join(60)
    took = [t for one in slow for t in one.took]
    median = f"{statistics.median(took):.2f} s" if took else "-"
    statuses = ",".join(str(s) for s in sorted(set().union(*(one.statuses for one in slow)))) or "-"
    print(
        f"| {name if n else 'none'} | {n} | {median} | {len(took)} | {statuses} | {row['requests']} "
        f"| {row['p50']:.2f} | {row['p99']:.2f} | {row['p999']:.1f} | {row['max']:.1f} | {row['errors']} |",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True, help="the folder of cairnd")
    parser.add_argument("--catalog", type=Path, required=True, help="a catalog of some 100,000 items or more")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--pause", type=int, default=100, help="milliseconds between two requests of a connection")
    parser.add_argument("--slow", default=",".join(SLOW), help="which: " + ", ".join(SLOW))
    parser.add_argument("--at-once", default="1,4", help="how many slow ones at the same time")
    parser.add_argument("flags", nargs="*", help="of cairnd, after --")
    options = parser.parse_args()
    server = programs.Cairn(options.bin / "cairnd", options.catalog, *options.flags)
    try:
        paths = item_paths(server.url.removeprefix("http://"))
        print("| slow | at once | each took | ended | status | fast requests | p50 ms | p99 | p99.9 | max | errors |")
        print("|---|---|---|---|---|---|---|---|---|---|---|")
        fast(server.url, paths, options.connections, 1, options.pause)
        measure(server, options, paths, "like", 0)
        for name in options.slow.split(","):
            for n in options.at_once.split(","):
                measure(server, options, paths, name, int(n))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
