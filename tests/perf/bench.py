"""Measure Cairn beside a server of fixed bodies and, with --peers, beside stac-fastapi-pgstac and rustac. See scripts/bench."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import measuring
import machine
import more_queries
import peers
import programs
import report
import variants

SERVED = "item,small_bbox,latest,intersects,ids,count,paging,cql2_cloud,sort,filter,aggregate,fields,signed,hrefs_s3,source"
HOT = 20  # requests of a class that warm caches are measured with: they must fit


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--bin", type=Path, required=True, help="folder of cairn and cairnd")
    p.add_argument("--bench", type=Path, default=Path(os.environ.get("CAIRN_BENCH", "../shared/bench")))
    p.add_argument("--corpus", type=Path, default=Path(os.environ.get("CAIRN_CORPUS", "../shared/corpus")))
    p.add_argument("--items", type=int, default=100_000)
    p.add_argument("--queries", type=int, default=1000, help="of each class")
    p.add_argument("--seconds", type=int, default=5, help="of each measurement")
    p.add_argument("--soak", type=int, default=0, help="seconds of load of all classes before the memory is read")
    p.add_argument("--names", default=SERVED)
    p.add_argument("--connections", default="1,16")
    p.add_argument("--peers", type=Path, help="the Python environment of pgstac and rustac")
    p.add_argument("--work", type=Path, default=Path("build/bench"), help="where data and catalogs go")
    p.add_argument("--out", type=Path, help="Markdown file; the plot goes beside it (default: standard output)")
    a = p.parse_args()
    a.names, a.connections = a.names.split(","), [int(c) for c in a.connections.split(",")]
    return a


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


# ---- data ----


def make_data(a):
    """NDJSON items, collections and queries, made once."""
    a.work.mkdir(parents=True, exist_ok=True)
    items, collections, queries = (a.work / f"{what}-{a.items}.ndjson" for what in ("items", "collections", "queries"))
    if not collections.exists() or not items.exists():
        say(f"making {a.items:,} items")
        with open(items, "wb") as f:
            subprocess.run([sys.executable, a.bench / "make_items.py", "--count", str(a.items), "--seed", "1",
                            "--collections-out", collections], stdout=f, check=True)  # fmt: skip
    with open(queries, "wb") as f:
        subprocess.run([sys.executable, a.bench / "make_queries.py", items, "--count", str(a.queries)], stdout=f, check=True)
    return items, collections, queries


# ---- ingest and sizes ----


def ingest(a, items, catalog, runs=2, errors=None):
    """The best of some runs. `errors`: where messages about refused records go."""
    best = None
    for _ in range(runs):
        catalog.unlink(missing_ok=True)
        done = machine.Ended([a.bin / "cairn", "ingest", "--quiet", catalog, items], stderr=errors)
        if done.code not in (0, 3):  # 3: some records were refused
            sys.exit(f"bench: cairn ingest: exit {done.code}")
        if best is None or done.seconds < best.seconds:
            best = done
    info = json.loads(subprocess.run([a.bin / "cairn", "info", "--format", "json", catalog], capture_output=True, check=True).stdout)
    return {"items": info["items"], "seconds": best.seconds, "cpu": best.cpu, "memory": best.memory,
            "bytes": catalog.stat().st_size, "raw": items.stat().st_size}  # fmt: skip


def compact(a, catalog):
    """Bytes of the compact form, or None where this cairn has none."""
    if "--compact" not in subprocess.run([a.bin / "cairn", "optimize", "--help"], capture_output=True, text=True).stdout:
        return None
    copy = catalog.with_suffix(".compact")
    shutil.copyfile(catalog, copy)
    subprocess.run([a.bin / "cairn", "optimize", "--compact", copy], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    size = copy.stat().st_size
    copy.unlink()
    return size


def sizes(items, catalog, compacted):
    return {"raw": items.stat().st_size, "catalog": catalog.stat().st_size, "compact": compacted}


def parquet_once(a, items, target, log):
    """Seconds that `rustac translate` took, or None when it refused the items. Made once, as the items are: it takes minutes."""
    note = target.with_suffix(".json")
    if not note.exists():
        say(f"rustac translate {items.name}")
        done = peers.parquet(a.peers, items, target, log)
        note.write_text(json.dumps(done and done.seconds))
    return json.loads(note.read_text())


def item_sizes(a, items, catalog, log):
    out = sizes(items, catalog, compact(a, catalog))
    if a.peers:
        target = a.work / f"rustac-{a.items}.parquet"
        seconds = parquet_once(a, items, target, log)
        out |= {"parquet": target.stat().st_size, "parquet_seconds": seconds} if seconds else {}
    return out


def corpus_sizes(a, log):
    """{what: sizes} of the real corpus: as a whole, and of what rustac takes, beside its parquet, a file a collection."""
    source = a.corpus / "items.ndjson.gz"
    if not source.exists():
        return {}
    items, exported = a.work / "corpus.ndjson", a.work / "corpus-taken.ndjson"
    with open(items, "wb") as f:
        subprocess.run(["gzip", "-dc", source], stdout=f, check=True)
    catalog = a.work / "corpus.cairn"
    ingest(a, items, catalog, 1, log)
    subprocess.run([a.bin / "cairn", "export", "--profile", "source", "-o", exported, catalog], check=True, stderr=log)
    found = {"the real corpus": sizes(exported, catalog, compact(a, catalog))}
    if a.peers:
        taken = a.work / "corpus-both.ndjson"
        say("rustac translate, the real corpus by collections")
        size, _, count = peers.parquet_by_collection(a.peers, exported, taken, a.work, log)
        ingest(a, taken, catalog, 1, log)
        found[f"its {count:,} items that rustac takes"] = sizes(taken, catalog, compact(a, catalog)) | {"parquet": size}
    return found


# ---- answers, before anything is measured ----


def shared_check(a, url, items, queries, extra=()):
    """({class: right}, text of check.py) for the classes of the shared benchmark."""
    done = subprocess.run([sys.executable, a.bench / "check.py", url, items, queries, *extra], capture_output=True, text=True)
    found = re.findall(r"^(\w+)\s+(\d+)/(\d+) right", done.stdout, re.MULTILINE)
    if not found:
        raise RuntimeError(f"check.py: {done.stdout}{done.stderr}")
    return {name: right == asked for name, right, asked in found}, done.stdout.strip()


def normal(text, url):
    return text.replace(url.encode(), b"")


def same_everywhere(servers, classes, each=5):
    """Asks each server twice, as identity and gzip: all answers must say the same. Text of what does not."""
    wrong = []
    for name, queries in classes.items():
        for q in queries[:each]:
            answers = set()
            for server in servers.values():
                client = measuring.Client(server.url)
                for encoding in measuring.ENCODINGS * 2:
                    status, text = client.ask(q["method"], q["path"], q["body"], encoding)
                    answers.add((status, json.dumps(json.loads(normal(text, server.url))) if name != "signed" else ""))
            if len(answers) != 1 or next(iter(answers))[0] != 200:
                wrong.append(f"{name}: {len(answers)} different answers to {q['path'][:120]} {json.dumps(q['body'])[:200]}")
    return wrong


def check(a, servers, items, shared, classes):
    url = servers["plain"].url
    right, text = shared_check(a, url, items, shared)
    known = more_queries.Items(items)
    chosen = [q for name in more_queries.CLASSES for q in classes.get(name, [])]
    more, good = more_queries.check(known, url, chosen)
    wrong = same_everywhere(servers, classes) + variants.check(url, classes)
    text = "\n".join(filter(None, [text, more, *(wrong or [f"{len(classes)} classes: the same answers by every server, as identity and gzip"])]))
    if not all(right.values()) or not good or wrong:
        sys.exit(f"bench: wrong answers, so nothing was measured:\n{text}")
    return text


# ---- load ----


def items_a_reply(url, requests, most=100):
    client = measuring.Client(url)
    step = max(1, len(requests) // most)
    pages = [client.page(*r) for r in requests[::step]]
    return sum(len(p["features"]) if "features" in p else p.get("type") == "Feature" for p in pages) / len(pages)


def measure_class(a, name, queries, servers, fixed, peer):
    """Rows of one class, each server one after the other for the same encoding and connections."""
    for_mode = {mode: measuring.requests_of(s.url, queries[: HOT if mode != "plain" else None], 2 if mode != "plain" else 20)
                for mode, s in servers.items()}  # fmt: skip
    for mode in for_mode:
        if mode != "plain":
            for_mode[mode] = for_mode[mode][:HOT]
    if peer:
        for_mode[peer.name] = measuring.requests_of(peer.url, [peer.body(q) for q in queries])
    count = items_a_reply(servers["plain"].url, for_mode["plain"])
    rows = []
    for encoding in measuring.ENCODINGS:
        for connections in a.connections:
            for server, requests in for_mode.items():
                by = peer if peer and server == peer.name else servers[server]
                row = measuring.measure(by.url, requests, connections, a.seconds, encoding, by.pids)
                rows.append({"class": name, "encoding": encoding, "connections": connections, "server": server, "items": count, **row})
            size = round(rows[-len(for_mode)]["size"])
            row = measuring.measure(fixed.url, [("GET", f"/{size}", None)], connections, max(2, a.seconds // 2), "identity", fixed.pids, 0)
            rows.append({"class": name, "encoding": encoding, "connections": connections, "server": "fixed", "items": count, **row})
            rates = ", ".join(f"{r['server']} {r['rate']:,.0f}" for r in rows[-len(for_mode) - 1 :])
            say(f"{name:11} {encoding:8} {connections:2}: {rates} requests/s; plain {rows[-len(for_mode) - 1]['cpu']:.0f} us")
    return rows


def soak(a, server, classes):
    """Memory after some time of everything at once."""
    requests = [r for queries in classes.values() for r in measuring.requests_of(server.url, queries[:100], 2)]
    import random

    random.Random(1).shuffle(requests)
    say(f"{a.soak} s of all classes")
    measuring.run_wrk(server.url, requests, 16, a.soak, "gzip")
    return {"seconds": a.soak, "memory": machine.rss_mb(server.process.pid)}


def measure_all(a, results, servers, classes, peer):
    """All classes, with Cairn's servers, the fixed one and pgstac in turns."""
    fixed = programs.Fixed(a.bench / "fixed.c", a.work)
    try:
        for name, queries in classes.items():
            with_peer = peer if peer and name in peer.right else None
            results["rows"] += measure_class(a, name, queries, servers, fixed, with_peer)
            write(a, results)
    finally:
        fixed.stop()
    results["memory"] = {mode: machine.rss_mb(s.process.pid) for mode, s in servers.items()}
    if peer:
        results["memory"][peer.name] = machine.memory_mb(peer.pids)


def write(a, results):
    (a.work / "results.json").write_text(json.dumps(results, indent=1))


# ---- peers ----


def start_pgstac(a, results, items, collections, shared, classes, log):
    say("pypgstac load")
    peer = peers.Pgstac(a.peers, collections, items, log)
    results["peers"]["pypgstac"] = {"items": a.items, "seconds": peer.load.seconds, "rate": a.items / peer.load.seconds, "bytes": peer.size}
    right, text = shared_check(a, peer.url, items, shared)
    known = more_queries.Items(items)
    for name in (n for n in ("sort", "filter") if n in classes):
        lines, right[name] = more_queries.check(known, peer.url, classes[name])
        text += "\n" + lines
    peer.right = {name for name, good in right.items() if good}
    results["peers"]["pgstac_check"] = text
    return peer


def measure_rustac(a, results, items, shared, classes, log):
    """rustac with its memory backend, at the classes that it answers as asked."""
    say("rustac serve, in memory")
    peer = peers.Rustac(a.peers, items, log)
    try:
        right, results["peers"]["rustac_check"] = shared_check(a, peer.url, items, shared, ["--each", "5"])
        for name in (n for n in classes if right.get(n)):
            requests = measuring.requests_of(peer.url, classes[name])
            for connections in a.connections:
                row = measuring.measure(peer.url, requests, connections, a.seconds, "identity", peer.pids)
                results["rows"].append({"class": name, "encoding": "identity", "connections": connections, "server": "rustac", **row})
                say(f"{name:11} identity {connections:2}: rustac {row['rate']:,.0f} requests/s")
        results["memory"]["rustac"] = machine.memory_mb(peer.pids)
    finally:
        peer.stop()


# ---- all of it ----


def command(words):
    """As somebody would type it: without folders, and what scripts/bench adds."""
    return "scripts/bench " + " ".join(
        "--peers" if word == "--peers" else f"{word} {value}"
        for word, value in zip(words, [*words[1:], ""]) if word.startswith("--") and word not in ("--bin", "--work", "--out", "--bench", "--corpus"))  # fmt: skip


def make_queries(a, items, queries):
    """({class: queries}, file of those that check.py knows)."""
    classes = measuring.read_queries(queries)
    more = more_queries.make(more_queries.Items(items), a.queries)
    for q in more:
        classes.setdefault(q["name"], []).append(q)
    classes |= variants.make(classes)
    shared = a.work / "shared.ndjson"
    shared.write_text("".join(k for k in open(queries) if json.loads(k)["name"] in a.names))
    return {name: classes[name] for name in a.names}, shared


def main():
    a = arguments()
    items, collections, queries = make_data(a)
    load_before = os.getloadavg()[0]
    catalog, log = a.work / "bench.cairn", open(a.work / "peers.log", "wb")  # noqa: SIM115
    results = {"items": a.items, "command": command(sys.argv[1:]), "date": time.strftime("%Y-%m-%d", time.gmtime()), "load": load_before,
               "machine": machine.description(), "rows": [], "peers": {}, "sizes": {}}  # fmt: skip
    say("ingest")
    results["ingest"] = ingest(a, items, catalog)
    results["sizes"]["the benchmark's items"] = item_sizes(a, items, catalog, log)
    results["sizes"] |= corpus_sizes(a, log)
    modes = programs.modes(a.bin / "cairnd")
    flags = variants.flags(a.work)
    landing, search, memory = programs.start_time(a.bin / "cairnd", catalog, *modes["plain"])
    results["start"] = {"landing": landing, "search": search, "memory": memory}
    classes, shared = make_queries(a, items, queries)
    started, servers = [], {}
    try:
        for mode, more in modes.items():
            servers[mode] = programs.Cairn(a.bin / "cairnd", catalog, *more, *flags)
            started.append(servers[mode])
        say("check")
        results["check"] = check(a, servers, items, shared, classes)
        peer = None
        if a.peers:
            peer = start_pgstac(a, results, items, collections, shared, classes, log)
            started.append(peer)
        measure_all(a, results, servers, classes, peer)
        if a.soak:
            results["soak"] = soak(a, servers.get("items", servers["plain"]), classes)
    finally:
        for server in reversed(started):
            server.stop()
    if a.peers:
        measure_rustac(a, results, items, shared, classes, log)
    write(a, results)
    report.write(results, a.out)


if __name__ == "__main__":
    main()
