"""What grows with the catalog, and what does not: small items, 100,000 to 10,000,000, and queries that ask the same number of
hits of each. See scripts/bench-growth."""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import growth_report
import measuring
import machine
import programs
import small_queries

CASES = "100000x50,1000000x50,10000000x50,10000000x5000"


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--bin", type=Path, required=True, help="folder of cairn, cairnd and tests/perf/cairn_make_small_items")
    p.add_argument("--cases", default=CASES, help="items x collections")
    p.add_argument("--names", default=",".join((*small_queries.NAMES, *small_queries.WORST)))
    p.add_argument("--queries", type=int, default=200, help="of each class")
    p.add_argument("--seconds", type=int, default=2, help="of each measurement")
    p.add_argument("--pages", type=int, default=10_000, help="of deep paging")
    p.add_argument("--soak", type=int, default=0, help="seconds of all classes at 16 connections before the memory is read")
    p.add_argument("--keep", action="store_true", help="keep the catalogs, and take those that are there")
    p.add_argument("--work", type=Path, default=Path("build/bench-growth"))
    p.add_argument("--out", type=Path, help="Markdown file; the plot goes beside it")
    a = p.parse_args()
    a.maker = a.bin / "tests" / "perf" / "cairn_make_small_items"
    a.cases = [tuple(map(int, case.split("x"))) for case in a.cases.split(",")]
    a.names = a.names.split(",")
    return a


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


# ---- ingest ----


def ingest(a, catalog, items, collections, *more):
    """What an ingest took of items that come through a pipe. The maker's part is some microseconds an item at most."""
    maker = subprocess.Popen([a.maker, "--count", str(items), "--collections", str(collections), *map(str, more)], stdout=subprocess.PIPE)
    done = machine.Ended([a.bin / "cairn", "ingest", "--quiet", catalog, "-"], stdin=maker.stdout)
    maker.stdout.close()
    if maker.wait() or done.code:
        sys.exit(f"growth: cairn ingest: exit {done.code}")
    return {"seconds": done.seconds, "cpu": done.cpu, "memory": done.memory}


def count_items(a, catalog):
    info = subprocess.run([a.bin / "cairn", "info", "--format", "json", catalog], capture_output=True, check=True).stdout
    return json.loads(info)["items"]


def bytes_of_items(a, items, collections):
    """The NDJSON's size, from a sample."""
    every = max(1, items // 10_000)
    out = subprocess.run([a.maker, "--count", str(items), "--collections", str(collections), "--every", str(every)],
                         capture_output=True, check=True).stdout  # fmt: skip
    return len(out) / out.count(b"\n") * items


def build(a, catalog, items, collections):
    if a.keep and catalog.exists():
        return None
    catalog.unlink(missing_ok=True)
    say(f"ingest of {items:,} items, {collections} collections")
    found = ingest(a, catalog, items, collections)
    assert count_items(a, catalog) == items
    return found | {"bytes": catalog.stat().st_size, "raw": bytes_of_items(a, items, collections)}


def upsert(a, catalog, items, collections):
    """One item in a hundred anew, in a copy."""
    copy = catalog.with_suffix(".upserted")
    shutil.copyfile(catalog, copy)
    try:
        found = ingest(a, copy, items, collections, "--every", 100, "--revision", 1)
        assert count_items(a, copy) == items
        return found | {"items": items // 100}
    finally:
        copy.unlink()


# ---- requests ----


def hits_of(url, requests, each=50):
    """(mean of numberMatched where it is given, mean of items on a page)."""
    client = measuring.Client(url)
    pages = [client.page(*r) for r in requests[:each]]
    matched = [p["numberMatched"] for p in pages if "numberMatched" in p]
    items = sum(len(p["features"]) if "features" in p else 1 for p in pages) / len(pages)
    return sum(matched) / len(matched) if matched else None, items


def measure(a, server, classes):
    rows = {}
    for name, queries in classes.items():
        requests = measuring.requests_of(server.url, queries)
        matched, items = hits_of(server.url, requests)
        row = measuring.measure(server.url, requests, 1, a.seconds, "gzip", server.pids)
        each = measuring.cpu_of_each(server.url, requests[: a.queries], server.process.pid)
        rows[name] = row | {"matched": matched, "items": items, "cpu50": measuring.quantile(each, 0.5), "cpu95": measuring.quantile(each, 0.95)}
        say(f"{name:16} p50 {row['p50']:7.2f} p95 {row['p95']:7.2f} ms, CPU mean {row['cpu']:6.0f} p50 {rows[name]['cpu50']:6.0f} "
            f"p95 {rows[name]['cpu95']:6.0f} us, {items:5.1f} items, {row['errors']} errors")  # fmt: skip
    return rows


def deep_paging(a, server, body):
    """{pages, first, last: CPU us a page of the first and last hundred pages}."""
    client, request, marks = measuring.Client(server.url), ("POST", "/search", body), []
    while request and len(marks) < a.pages:
        marks.append(machine.cpu_microseconds(server.process.pid))
        status, text = client.ask(*request)
        assert status == 200, text[:300]
        request = client.next(request[1], request[2], json.loads(text))
    marks.append(machine.cpu_microseconds(server.process.pid))
    part = min(100, (len(marks) - 1) // 2)
    return {"pages": len(marks) - 1, "first": (marks[part] - marks[0]) / part, "last": (marks[-1] - marks[-1 - part]) / part}


def soak(a, server, classes):
    requests = [r for name, queries in classes.items() if not name.startswith("worst") for r in measuring.requests_of(server.url, queries, 2)]
    random.Random(1).shuffle(requests)
    say(f"{a.soak} s of all classes")
    measuring.run_wrk(server.url, requests, 16, a.soak, "gzip")
    return {"seconds": a.soak, "memory": machine.rss_mb(server.process.pid)}


# ---- a case ----


def run(a, items, collections):
    catalog = a.work / f"small-{items}x{collections}.cairn"
    case = {"items": items, "collections": collections, "ingest": build(a, catalog, items, collections)}
    flags = programs.modes(a.bin / "cairnd")["plain"]
    landing, search, memory = programs.start_time(a.bin / "cairnd", catalog, *flags)
    case["start"] = {"landing": landing, "search": search, "memory": memory}
    say(f"start: {landing * 1e3:.1f} ms, {search * 1e3:.1f} ms to a search, {memory:.0f} MB")
    classes = {}
    for q in small_queries.make(a.maker, items, collections, a.queries, names=a.names):
        classes.setdefault(q["name"], []).append(q)
    server = programs.Cairn(a.bin / "cairnd", catalog, *flags)
    try:
        case["rows"] = measure(a, server, classes)
        bodies = {"all": {"limit": 10}, "one collection": {"limit": 10, "collections": [f"small-{0:0{4 if collections > 100 else 2}}"]}}
        case["paging"] = {what: deep_paging(a, server, body) for what, body in bodies.items()}
        say(f"paging {case['paging']}")
        if a.soak:
            case["soak"] = soak(a, server, classes)
        case["memory"] = machine.rss_mb(server.process.pid)
    finally:
        server.stop()
    case["upsert"] = upsert(a, catalog, items, collections)
    if not a.keep:
        catalog.unlink()
    return case


def main():
    a = arguments()
    a.work.mkdir(parents=True, exist_ok=True)
    results = {"date": time.strftime("%Y-%m-%d", time.gmtime()), "machine": machine.description(), "load": os.getloadavg()[0], "cases": []}
    for items, collections in a.cases:
        results["cases"].append(run(a, items, collections))
        (a.work / "growth.json").write_text(json.dumps(results, indent=1))
    growth_report.write(results, a.out)


if __name__ == "__main__":
    main()
