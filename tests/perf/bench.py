"""Measure Cairn beside a server of fixed bodies. See scripts/bench."""
import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

import more_queries

SERVED = "small_bbox,cql2_cloud,intersects,item,latest,paging,fields,count,ids,sort,filter,aggregate"


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--bin", type=Path, required=True, help="folder of cairn and cairnd")
    p.add_argument("--bench", type=Path, default=Path(os.environ.get("CAIRN_BENCH", "../shared/bench")))
    p.add_argument("--items", type=int, default=100_000)
    p.add_argument("--queries", type=int, default=1000, help="of each class")
    p.add_argument("--seconds", type=int, default=5)
    p.add_argument("--names", default=SERVED)
    p.add_argument("--work", type=Path, default=Path("build/bench"), help="where data and catalog go")
    p.add_argument("--out", type=Path, help="Markdown file (default: standard output)")
    return p.parse_args()


def make_data(a):
    """NDJSON items and queries, made once."""
    a.work.mkdir(parents=True, exist_ok=True)
    items, queries = a.work / f"items-{a.items}.ndjson", a.work / f"queries-{a.items}.ndjson"
    if not queries.exists():
        with open(items, "wb") as f:
            subprocess.run([sys.executable, a.bench / "make_items.py", "--count", str(a.items), "--seed", "1"], stdout=f, check=True)
        with open(queries, "wb") as f:
            subprocess.run([sys.executable, a.bench / "make_queries.py", items, "--count", str(a.queries)], stdout=f, check=True)
    return items, queries


def ingest(a, items):
    """(seconds, CPU seconds, bytes of the catalog)."""
    catalog = a.work / "bench.cairn"
    catalog.unlink(missing_ok=True)
    before, start = os.times(), time.monotonic()
    subprocess.run([a.bin / "cairn", "ingest", "--quiet", catalog, items], check=True)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - start, cpu, catalog


def serve(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip().rstrip("/")



def load(a, url, queries, names, connections, pid):
    """Rows of load.py, with the CPU that the server used for each."""
    rows = []
    for name in names:
        for c in connections:
            out = a.work / "row.jsonl"
            out.unlink(missing_ok=True)
            subprocess.run([sys.executable, a.bench / "load.py", url, queries, "--names", name, "--connections", str(c),
                            "--seconds", str(a.seconds), "--out", out], check=True, stdout=subprocess.DEVNULL)
            row = json.loads(out.read_text())
            row["rss"] = int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024
            rows.append(row)
            print(f"{name:12} {c:3}  {row['requests'] / row['seconds']:9.1f}/s", file=sys.stderr, flush=True)
    return rows


def fixed_rate(port, size, connections, seconds):
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"http://127.0.0.1:{port}/{size}"],
                         capture_output=True, text=True, check=True).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def beside_fixed(a, rows):
    binary = a.work / "fixed"
    subprocess.run(["cc", "-O2", "-o", binary, a.bench / "fixed.c", "-lmicrohttpd"], check=True)
    port = 8791
    process = subprocess.Popen([binary, str(port), "2"])
    time.sleep(0.5)
    try:
        for row in rows:
            row["size"] = row["bytes"] // max(1, row["requests"])
            row["fixed"] = fixed_rate(port, row["size"], row["connections"], max(2, a.seconds // 2))
    finally:
        process.kill()


def report(a, items, timing, rows, checked):
    seconds, cpu, catalog = timing
    raw, stored = items.stat().st_size, catalog.stat().st_size
    lines = [
        f"# {a.items:,} items of {raw / a.items / 1000:.1f} KB", "",
        f"`scripts/bench --items {a.items} --seconds {a.seconds}`, {time.strftime('%Y-%m-%d', time.gmtime())}, "
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, load average before {a.load:.2f}. "
        "Read the ratios: machines are noisy.", "",
        f"Ingest: {a.items / seconds:,.0f} items/s ({raw / seconds / 1e6:.0f} MB/s), {cpu / a.items * 1e6:.0f} us CPU an item; "
        f"the catalog is {stored / 1e6:.0f} MB, {stored / raw:.2f} of the NDJSON.", "",
        "Answers against brute force (`check.py`), before measuring:", "", "```", checked.strip(), "```", "",
        "| class | connections | KB a reply | requests/s | fixed body of that size, requests/s | ratio | p50 ms | p99 ms | errors |",
        "|---|---|---|---|---|---|---|---|---|"]
    for r in rows:
        rate = r["requests"] / r["seconds"]
        notes = "".join(f" ({n})" for n in r["notes"])
        lines.append(f"| {r['class']} | {r['connections']} | {r['size'] / 1000:.1f} | {rate:,.0f} | {r['fixed']:,.0f} | "
                     f"{rate / r['fixed']:.2f} | {r['p50_ms']:.2f} | {r['p99_ms']:.2f} | {r['http_errors'] + r['socket_errors']}{notes} |")
    lines += ["", f"Identity encoding. Resident memory at the end: {rows[-1]['rss']:.0f} MB.", ""]
    text = "\n".join(lines)
    if a.out:
        a.out.parent.mkdir(parents=True, exist_ok=True)
        a.out.write_text(text)
    print(text)


def main():
    a = arguments()
    items, queries = make_data(a)
    a.load = os.getloadavg()[0]
    timing = ingest(a, items)
    names = a.names.split(",")
    shared, chosen = a.work / "shared.ndjson", a.work / "chosen.ndjson"
    shared.write_text("".join(k for k in open(queries) if json.loads(k)["name"] in names))
    known = more_queries.Items(items)
    more = [q for q in more_queries.make(known, a.queries) if q["name"] in names]
    chosen.write_text(shared.read_text() + "".join(json.dumps(q) + "\n" for q in more))
    server, url = serve([a.bin / "cairnd", "--catalog", timing[2], "--listen", "127.0.0.1:0", "--log-level", "error"])
    try:
        check = subprocess.run([sys.executable, a.bench / "check.py", url, items, shared], capture_output=True, text=True)
        checked, good = more_queries.check(known, url, more)
        checked = f"{check.stdout.strip()}\n{checked}"
        del known
        if check.returncode or not good:
            sys.exit(f"bench: wrong answers, not measured:\n{checked}{check.stderr}")
        rows = load(a, url, chosen, names, (1, 16), server.pid)
    finally:
        server.terminate()
        server.wait()
    beside_fixed(a, rows)
    report(a, items, timing, rows, checked)


if __name__ == "__main__":
    main()
