"""Instructions of fixed requests and of a fixed ingest, counted by valgrind: noise can't move them, a regression does.

    scripts/instructions             counts, and compares with tests/perf/instructions.json (exit code 1: more than 5 % more)
    scripts/instructions --record    counts, and writes the numbers of this platform there
    scripts/instructions --where     a table of the libraries and folders that the instructions of requests are spent in

The numbers hold for one platform: distribution, processor features, compiler, flags and versions of libraries. On another one
nothing is compared. Of the server, each class of requests is asked once to warm up, then once more between two readings of the
counter; of the ingest, the difference between so many items and twice as many is taken."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import big_catalog
import measuring
import programs
import where
from machine import Ended

HERE = Path(__file__).resolve().parent
NUMBERS = HERE / "instructions.json"
TOLERANCE = 0.05
LIBRARIES = ("sqlite3", "libdeflate", "libmicrohttpd", "zlib", "geos", "proj", "libxxhash", "jansson", "libcrypto")
SMALL, DATES = 2000, 20  # items without much text; scenes of 8 KB, eight a date


# ---- what moves the numbers ----


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def cache_values(build):
    """{name: value} of a build's CMakeCache.txt."""
    text = (Path(build) / "CMakeCache.txt").read_text()
    return dict(re.findall(r"^(\w+):\w+=(.*)$", text, re.MULTILINE))


def platform_of(build):
    """What the numbers depend on, as a flat object."""
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', Path("/etc/os-release").read_text(), re.MULTILINE))
    cache = cache_values(build)
    flags = next((k.split(":")[1].split() for k in open("/proc/cpuinfo") if k.startswith("flags")), [])
    found = {
        "distribution": f"{release.get('ID')} {release.get('VERSION_ID', '')}".strip(),
        "machine": f"{os.uname().machine} {' '.join(f for f in ('avx2', 'bmi2', 'pclmulqdq') if f in flags)}".strip(),
        "compiler": output(cache["CMAKE_C_COMPILER"], "--version").splitlines()[0],
        "build": " ".join(filter(None, (cache["CMAKE_BUILD_TYPE"], cache.get("CMAKE_C_FLAGS"),
                                        "lto" if cache.get("CMAKE_INTERPROCEDURAL_OPTIMIZATION") == "ON" else ""))),  # fmt: skip
        "libc": output("getconf", "GNU_LIBC_VERSION"),
        "valgrind": output("valgrind", "--version"),
    }
    return found | {name: output("pkg-config", "--modversion", name) for name in LIBRARIES}


def why_not(build):
    """Why nothing can be counted with this build, or None."""
    if not shutil.which("valgrind") or not shutil.which("callgrind_control"):
        return "valgrind is not installed: scripts/packages test installs it"
    cache = cache_values(build)
    if cache.get("CAIRN_SANITIZE") or cache.get("CAIRN_COVERAGE") == "ON":
        return f"{build} is built with sanitizers or for coverage, whose own work would be counted"
    return None


# ---- counting ----


def counted(path):
    return int(re.search(r"^(?:summary|totals): (\d+)", Path(path).read_text(), re.MULTILINE)[1])


def of_command(command, folder):
    out = folder / "command.callgrind"
    done = Ended(["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out}", *command])
    if done.code:
        raise RuntimeError(f"{command[0]} under valgrind: exit {done.code}")
    return counted(out)


class Server:
    """A cairnd under valgrind, without caches."""

    def __init__(self, build, catalog, folder):
        self.out = folder / "server.callgrind"
        program = Path(build) / "cairnd"
        flags = programs.modes(program)["plain"]
        command = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={self.out}", program, "--catalog", catalog,
                   "--listen", "127.0.0.1:0", "--threads", "1", "--slow-after", "1m", "--log-level", "error", *flags]  # fmt: skip
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        self.client = measuring.Client(self.process.stdout.readline().strip().rstrip("/"))
        self.dumps = 0

    def control(self, word):
        """valgrind stops the program for it, as a debugger does."""
        done = subprocess.run(["callgrind_control", word, str(self.process.pid)], capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError(f"callgrind_control {word}: {done.stdout}{done.stderr} (it needs the right to ptrace)")

    def dump(self):
        """Instructions since zero, or since the last dump."""
        self.control("--dump")
        self.dumps += 1
        return counted(f"{self.out}.{self.dumps}")

    def ask(self, requests, encoding):
        for method, path, body in requests:
            self.client.page(method, path, body, encoding)

    def count(self, requests, encoding, of=None):
        """Instructions a request, of so many."""
        self.ask(requests[: of or len(requests)], encoding)
        self.control("--zero")
        self.ask(requests, encoding)
        return self.dump() // (of or len(requests))

    def stop(self):
        programs.stop(self.process)
        self.process.stdout.close()


# ---- what is counted ----


def search(**body):
    return "POST", "/search", body


def requests():
    """{class: eight requests}. Dates and boxes are those of the items."""
    years = [f"{2018 + n}-01-01T00:00:00Z/{2019 + n}-12-31T00:00:00Z" for n in range(8)]
    boxes = [[-10 + 3 * n, 40, -5 + 3 * n, 48] for n in range(8)]
    rings = [[[w, s], [e, s + 1], [e - 1, n], [w + 1, n - 2], [w, s]] for w, s, e, n in boxes]
    scenes = [f"/collections/sentinel-2-l2a/items/S2_{tile}_20180102_0_L2A" for tile in big_catalog.TILES]
    made = {
        "landing": [("GET", "/", None)] * 8,
        "item": [("GET", path, None) for path in scenes],
        "ten": [search(collections=["sentinel-2-l2a"], limit=10 + n % 2) for n in range(8)],
        "hundred": [search(collections=["sentinel-2-l2a"], limit=100)] * 2,
        "ids": [search(ids=[path.rsplit("/", 1)[1] for path in scenes], collections=["sentinel-2-l2a"])] * 8,
        "fields": [search(collections=["sentinel-2-l2a"], limit=10, fields={"include": ["id", "assets"]})] * 8,
        "small_bbox": [search(bbox=box, datetime=when, limit=10) for box, when in zip(boxes, years)],
        "collection_bbox": [search(bbox=box, collections=["small-00"], limit=10) for box in boxes],
        "intersects": [search(intersects={"type": "Polygon", "coordinates": [ring]}, limit=10) for ring in rings],
        "newest": [search(collections=[f"small-0{n}"], limit=10) for n in range(8)],
        "no_hit": [search(bbox=[-150 + n, -60, -148 + n, -58], collections=["small-00"], limit=10) for n in range(8)],
        "count": [search(bbox=[w - 10, s - 10, e + 10, n + 10], limit=1) for w, s, e, n in boxes],
        "cql2": [search(bbox=[w - 10, s - 10, e + 10, n + 10], limit=10, filter={"op": "<", "args": [{"property": "eo:cloud_cover"}, 20]})
                 for w, s, e, n in boxes],
        "sort": [search(bbox=[w - 10, s - 10, e + 10, n + 10], limit=10, sortby=[{"field": "eo:cloud_cover", "direction": "asc"}])
                 for w, s, e, n in boxes],
        "aggregate": [("POST", "/aggregate", {"bbox": [w - 10, s - 10, e + 10, n + 10], "aggregations": ["total_count", "cloud_cover_frequency"]})
                      for w, s, e, n in boxes],
    }  # fmt: skip
    return made


ENCODINGS = {"item": measuring.ENCODINGS, "ten": measuring.ENCODINGS, "hundred": measuring.ENCODINGS}  # others: gzip


def make_sources(build, folder):
    """(small items, scenes) as NDJSON, and both again with half of the items."""
    maker = Path(build) / "tests" / "perf" / "cairn_make_small_items"
    found = []
    for part in (1, 2):
        small, scenes = folder / f"small-{part}.ndjson", folder / f"scenes-{part}.ndjson"
        with open(small, "wb") as out:
            subprocess.run([maker, "--count", str(SMALL // part)], stdout=out, check=True)
        big_catalog.write_scenes(scenes, DATES // part)
        found += [small, scenes]
    return found


def of_ingest(build, folder, sources):
    """Instructions an item, start and end of the program left out."""
    cairn = Path(build) / "cairn"
    small, scenes, small_half, scenes_half = sources
    found = {}
    for name, whole, half, items in (("ingest small", small, small_half, SMALL // 2), ("ingest scene", scenes, scenes_half, DATES * 4)):
        counts = []
        for source in (whole, half):
            catalog = folder / "counted.cairn"
            catalog.unlink(missing_ok=True)
            counts.append(of_command([cairn, "ingest", "--quiet", "--threads", "1", catalog, source], folder))
        found[name] = (counts[0] - counts[1]) // items
    return found


def make_catalog(build, folder, sources):
    catalog = folder / "served.cairn"
    subprocess.run([Path(build) / "cairn", "ingest", "--quiet", catalog, *sources[:2]], check=True)
    return catalog


def of_server(server):
    found = {}
    server.ask([("GET", "/search?limit=1", None)], "gzip")
    found["start"] = server.dump()
    for name, asked in requests().items():
        for encoding in ENCODINGS.get(name, ("gzip",)):
            found[f"{name} {encoding}"] = server.count(asked, encoding)
    return found


def where_of(server, names):
    """Markdown: where the instructions of these classes go, as gzip."""
    found, asked = {}, {name: requests()[name] for name in names}
    for name, those in asked.items():
        server.count(those, "gzip")
        found[name] = where.add_up(Path(f"{server.out}.{server.dumps}").read_text())
    return where.table(found, {name: len(those) for name, those in asked.items()})


def print_where(build, folder, names):
    server = Server(build, make_catalog(build, folder, make_sources(build, folder)), folder)
    try:
        print(where_of(server, names))
    finally:
        server.stop()


def count_all(build, folder):
    sources = make_sources(build, folder)
    server = Server(build, make_catalog(build, folder, sources), folder)
    try:
        return of_server(server) | of_ingest(build, folder, sources)
    finally:
        server.stop()


# ---- comparing ----


def read_numbers(path=NUMBERS):
    return json.loads(path.read_text())["platforms"] if path.exists() else []


def numbers_for(platform, numbers):
    return next((entry["counts"] for entry in numbers if entry["platform"] == platform), None)


def differences(platform, numbers):
    """Text: how the nearest platform that has numbers differs."""
    if not numbers:
        return "no platform has numbers yet"
    near = max(numbers, key=lambda e: sum(e["platform"].get(k) == v for k, v in platform.items()))["platform"]
    return "; ".join(f"{k} is {v}, not {near.get(k)}" for k, v in platform.items() if near.get(k) != v)


def no_numbers(platform, numbers):
    return (f"no instruction counts of this platform ({differences(platform, numbers)}), so there was nothing to compare with. "
            "To add them: scripts/instructions --record on a commit whose speed is right, and commit tests/perf/instructions.json")  # fmt: skip


def compare(counts, recorded):
    """({what: text} of regressions, {what: text} of what has become quicker)."""
    worse, better = {}, {}
    for name in {**recorded, **counts}:
        was, now = recorded.get(name), counts.get(name)
        if was is None or now is None:
            worse[name] = f"{name}: {'no number was recorded' if was is None else 'was recorded, but is not counted any more'}"
            continue
        text = f"{name}: {now:,} instructions, recorded were {was:,} ({now / was - 1:+.1%})"
        if now > was * (1 + TOLERANCE):
            worse[name] = text
        elif now < was * (1 - TOLERANCE):
            better[name] = text
    return worse, better


def record(platform, counts, path=NUMBERS):
    others = [entry for entry in read_numbers(path) if entry["platform"] != platform]
    path.write_text(json.dumps({"platforms": [*others, {"platform": platform, "counts": counts}]}, indent=1) + "\n")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", type=Path, required=True)
    p.add_argument("--record", action="store_true")
    p.add_argument("--where", nargs="?", const="item,ten,hundred,small_bbox,intersects,count,fields,sort", metavar="CLASS,...")
    a = p.parse_args()
    if reason := why_not(a.build):
        sys.exit(f"scripts/instructions: {reason}")
    with tempfile.TemporaryDirectory() as folder:
        if a.where:
            return print_where(a.build, Path(folder), a.where.split(","))
        counts = count_all(a.build, Path(folder))
    platform, numbers = platform_of(a.build), read_numbers()
    recorded = numbers_for(platform, numbers)
    for name, count in counts.items():
        before = f"{count / recorded[name] - 1:+9.1%}" if recorded and name in recorded else ""
        print(f"{name:20} {count:13,}{before}")
    if a.record:
        record(platform, counts)
        print(f"recorded for this platform: {NUMBERS}")
    elif recorded is None:
        print(no_numbers(platform, numbers))
    else:
        worse, better = compare(counts, recorded)
        print("\n".join([*(f"quicker: {t}" for t in better.values()), *(f"REGRESSION: {t}" for t in worse.values())]))
        sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
