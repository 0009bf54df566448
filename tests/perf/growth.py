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
import page_cache
import programs
import small_queries

CASES = "100000x50,1000000x50,10000000x50,1000000x5000"
WORST_ITEMS = 1_000_000  # for which the worst queries have a target


def case_of(text):
    return tuple(map(int, text.split("x")))


def given_catalog(text):
    case, _, path = text.partition("=")
    if not Path(path).is_file():
        raise argparse.ArgumentTypeError(f"{text}: expected ITEMSxCOLLECTIONS=PATH of a catalog that is there")
    return case_of(case), Path(path)


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--bin", type=Path, required=True, help="folder of cairn, cairnd and tests/perf/cairn_make_small_items")
    p.add_argument("--cases", default=CASES, help="items x collections")
    p.add_argument("--catalog", type=given_catalog, action="append", default=[], metavar="ITEMSxCOLLECTIONS=PATH",
                   help="take this catalog of the maker's items for the case; it is read only, so nothing is ingested or upserted")  # fmt: skip
    p.add_argument("--catalog-10m", type=Path, help="as --catalog 10000000x50=PATH")
    p.add_argument("--names", default=",".join((*small_queries.NAMES, *small_queries.WORST)))
    p.add_argument("--queries", type=int, default=100, help="of each class")
    p.add_argument("--times", type=int, default=4, help="that each is asked again")
    p.add_argument("--class-seconds", type=float, default=10, help="no class is asked for longer: then of fewer requests")
    p.add_argument("--pages", type=int, default=10_000, help="of deep paging, in the largest catalogs; a fifth in others")
    p.add_argument("--walk-seconds", type=float, default=120, help="no paging goes on for longer")
    p.add_argument("--page-size", type=int, default=100)
    p.add_argument("--soak", type=int, default=0, help="seconds of all classes at 16 connections (by wrk) before the memory is read")
    p.add_argument("--keep", action="store_true", help="keep the catalogs, and take those that are there")
    p.add_argument("--work", type=Path, default=Path("build/bench-growth"))
    p.add_argument("--out", type=Path, help="Markdown file; the plot goes beside it")
    a = p.parse_args()
    a.maker = a.bin / "tests" / "perf" / "cairn_make_small_items"
    a.cases = [case_of(case) for case in a.cases.split(",")]
    a.given = dict(a.catalog) | ({(10_000_000, 50): a.catalog_10m} if a.catalog_10m else {})
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
    if (items, collections) in a.given or (a.keep and catalog.exists()):
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


def explained(request):
    """The same with what the search itself took."""
    method, path, body = request
    return (method, "/search?explain=true", body) if path == "/search" else request


def ask(server, client, request):
    """One request: seconds on the clock, CPU (us), status, and the answer where it is one."""
    cpu, start = machine.cpu_microseconds(server.process.pid), time.monotonic()
    status, text = client.ask(*request, "gzip")
    return {"seconds": time.monotonic() - start, "cpu": machine.cpu_microseconds(server.process.pid) - cpu, "status": status,
            "page": json.loads(text) if status == 200 else None}  # fmt: skip


def index_ms(answer):
    return ((answer["page"] or {}).get("cairn:explain") or {}).get("milliseconds")


def ask_again(server, client, request, times, explain_first):
    """What a request takes for the first time, when SQLite must read the pages from the system's cache, and then again. Explaining costs
    as well, so CPU is of requests without: of the first time there is either CPU or the search's own time."""
    first = ask(server, client, explained(request) if explain_first else request)
    again = [ask(server, client, request) for _ in range(times)]
    told = [ask(server, client, explained(request)) for _ in range(2)]
    page, ms = told[0]["page"] or {}, [index_ms(k) for k in told]
    return {"first_cpu": None if explain_first else first["cpu"], "first_ms": index_ms(first), "first_seconds": first["seconds"],
            "cpu": sum(k["cpu"] for k in again) / times, "ms": None if None in ms else min(ms), "seconds": min(k["seconds"] for k in again),
            "status": first["status"], "matched": page.get("numberMatched"), "items": len(page["features"]) if "features" in page else 1,
            "cut": (page.get("cairn:explain") or {}).get("cutByDeadline", False)}  # fmt: skip


def summary(found):
    """Of ask_again() of a class: means, and 50th and 95th percentiles and the greatest, of each figure."""
    row = {"requests": len(found)}
    for what in ("first_cpu", "cpu", "first_ms", "ms", "first_seconds", "seconds"):
        values = sorted(k[what] for k in found if k[what] is not None)
        row[what] = {"mean": sum(values) / len(values), "p50": measuring.quantile(values, 0.5), "p95": measuring.quantile(values, 0.95),
                     "max": values[-1]} if values else None  # fmt: skip
    matched = [k["matched"] for k in found if k["matched"] is not None]
    row |= {"matched": sum(matched) / len(matched) if matched else None, "counted": len(matched), "items": sum(k["items"] for k in found) / len(found)}
    row |= {"cut": sum(k["cut"] or k["status"] == 503 for k in found), "refused": sum(k["status"] == 400 for k in found)}
    return row | {"errors": sum(k["status"] not in (200, 400, 503) for k in found)}


def measure(a, server, classes):
    rows, client = {}, measuring.Client(server.url)
    for name, queries in classes.items():
        found, end = [], time.monotonic() + a.class_seconds
        for request in measuring.requests_of(server.url, queries, a.queries // small_queries.PAGES):
            if time.monotonic() < end:
                found.append(ask_again(server, client, request, a.times, len(found) % 2))
        rows[name] = row = summary(found)
        ms = row["ms"] or row["cpu"]
        say(f"{name:16} CPU {row['cpu']['mean']:6.0f} us, first {row['first_cpu']['mean']:6.0f}; index p50 {ms['p50']:7.3f} p95 {ms['p95']:7.3f} ms; "
            f"{row['items']:5.1f} items, counted {row['counted']}/{row['requests']}, {row['errors']} errors")  # fmt: skip
    return rows


def deep_paging(server, body, most, seconds):
    """{pages, first, last, most: CPU us a page of the second to the hundred and first, of the last hundred, and of the worst hundred}."""
    client, request, marks, end = measuring.Client(server.url), ("POST", "/search", body), [], time.monotonic() + seconds
    while request and len(marks) <= most and time.monotonic() < end:
        marks.append(machine.cpu_microseconds(server.process.pid))
        status, text = client.ask(*request, "gzip")
        assert status == 200, text[:300]
        request = client.next(request[1], request[2], json.loads(text))
    each = [after - before for before, after in zip(marks[1:], marks[2:])]  # not the first page, which counts as well
    part = min(100, max(1, len(each) // 2))
    parts = [sum(each[k : k + part]) / part for k in range(0, len(each) - part + 1, part)]
    return {"pages": len(marks) - 1, "first": parts[0], "last": sum(each[-part:]) / part, "most": max(parts)}


def walks(a, classes):
    """Searches that are paged through: all, in the largest collection, in a large box, and by a property that has an index."""
    size = {"limit": a.page_size}
    newest = next((q["body"]["collections"] for q in classes.get("newest", [])), None)
    yield "all", size
    if newest:
        yield "one collection", size | {"collections": newest}
    yield "bbox", size | {"bbox": [-15, -30, 140, 65]}
    yield "sortby cloud cover", size | {"sortby": [{"field": "properties.eo:cloud_cover", "direction": "asc"}]}


def listing(a, server):
    """CPU (us) and seconds of the first page of collections, and of one."""
    client, found = measuring.Client(server.url), {}
    for path in ("/collections", "/collections?limit=10"):
        answers = [ask(server, client, ("GET", path, None)) for _ in range(1 + a.times)]
        found[path] = {"first": answers[0]["seconds"], "seconds": min(k["seconds"] for k in answers[1:]),
                       "cpu": min(k["cpu"] for k in answers[1:]), "collections": len(answers[0]["page"]["collections"])}  # fmt: skip
    return found


def soak(a, server, classes):
    requests = [r for name, queries in classes.items() if not name.startswith("worst") for r in measuring.requests_of(server.url, queries, 2)]
    random.Random(1).shuffle(requests)
    say(f"{a.soak} s of all classes")
    measuring.run_wrk(server.url, requests, 16, a.soak, "gzip")
    return {"seconds": a.soak, "memory": machine.rss_mb(server.process.pid)}


# ---- a case ----


def start(a, catalog, flags, times):
    landing, search, memory = programs.start_time(a.bin / "cairnd", catalog, *flags, times=times)
    say(f"start: {landing * 1e3:.1f} ms, {search * 1e3:.1f} ms to a search, {memory:.0f} MB")
    return {"landing": landing, "search": search, "memory": memory}


def classes_of(a, items, collections):
    classes = {}
    names = [n for n in a.names if items <= WORST_ITEMS or not n.startswith("worst")]
    for q in small_queries.make(a.maker, items, collections, a.queries, names=names):
        classes.setdefault(q["name"], []).append(q)
    return classes


def serve(a, case, catalog, flags):
    classes = classes_of(a, case["items"], case["collections"])
    server = programs.Cairn(a.bin / "cairnd", catalog, *flags, "--explain")
    try:
        case["rows"] = measure(a, server, classes)
        case["paging"] = {}
        most = a.pages if case["items"] == max(items for items, _ in a.cases) else a.pages // 5
        for what, body in walks(a, classes):
            case["paging"][what] = deep_paging(server, body, most, a.walk_seconds)
            say(f"paging, {what}: {case['paging'][what]}")
        case["listing"] = listing(a, server)
        say(f"listing {case['listing']}")
        if a.soak:
            case["soak"] = soak(a, server, classes)
        case["memory"] = machine.rss_mb(server.process.pid)
    finally:
        server.stop()


def run(a, items, collections):
    made = a.work / f"small-{items}x{collections}.cairn"
    catalog = a.given.get((items, collections), made)
    case = {"items": items, "collections": collections, "ingest": build(a, made, items, collections)}
    assert count_items(a, catalog) == items, f"{catalog} has other items"
    flags = programs.modes(a.bin / "cairnd")["plain"]
    say(f"{items:,} items, {collections} collections")
    page_cache.forget(catalog)
    case["cold"] = start(a, catalog, flags, 1)
    with page_cache.Held(catalog) as held:
        case["locked"] = held.locked
        case["start"] = start(a, catalog, flags, 5)
        serve(a, case, catalog, flags)
    if catalog == made:
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
