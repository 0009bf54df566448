"""The results of a run as Markdown with a plot. Can be made anew from a results.json: report.py RESULTS.json [OUT.md]"""

import json
import sys
from pathlib import Path

import plot
import targets

MODES = {"plain": "Cairn", "items": "item cache", "replies": "reply cache"}


def number(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def table(heads, rows):
    return ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads), *("| " + " | ".join(map(str, row)) + " |" for row in rows), ""]


def load_row(rows, name, encoding, connections, modes, peers):
    def get(server):
        return rows.get(name, encoding, connections, server)

    def ratio(server, to="fixed", digits=2):
        return number(rows.ratio(name, encoding, connections, server, to), digits)

    plain, fixed = get("plain"), get("fixed")
    cells = [name, number(plain["items"], 1), number(plain["size"] / 1000, 1), number(plain["rate"]), number(plain["p50"], 2),
             number(plain["p99"], 2), number(plain["cpu"]), number(fixed["rate"]), ratio("plain")]  # fmt: skip
    for mode in (m for m in modes if m != "plain"):
        row = get(mode)
        cells += [number(row["rate"]), number(row["cpu"]), ratio(mode)]
    for peer in peers:
        row = get(peer)
        cells += [number(row["rate"], 1) if row else "-", number(row["p50"], 1) if row else "-", ratio("plain", peer, 0)]
    errors = {s: r["errors"] for s in (*modes, *peers) if (r := get(s)) and r["errors"]}
    return [*cells, ", ".join(f"{s} {n}" for s, n in errors.items()) or 0]


def load_tables(results):
    rows = targets.Rows(results["rows"])
    servers = list(dict.fromkeys(r["server"] for r in results["rows"]))
    modes = [m for m in MODES if m in servers]
    out = []
    for encoding in ("gzip", "identity"):
        for connections in sorted({r["connections"] for r in results["rows"]}, reverse=True):
            peers = [p for p in ("pgstac", "rustac") if any(rows.get(n, encoding, connections, p) for n in rows.classes())]
            names = [n for n in rows.classes() if rows.get(n, encoding, connections, "plain")]
            heads = ["class", "items", "KB", "requests/s", "p50 ms", "p99 ms", "CPU us", "fixed body, requests/s", "ratio"]
            for mode in (m for m in modes if m != "plain"):
                heads += [f"{MODES[mode]}: requests/s", "CPU us", "ratio"]
            for peer in peers:
                heads += [f"{peer}: requests/s", "p50 ms", "Cairn is times that"]
            out += [f"### {encoding}, {connections} connection{'s' if connections > 1 else ''}", ""]
            out += table([*heads, "errors"], [load_row(rows, n, encoding, connections, modes, peers) for n in names])
    return out


def mb(value):
    return "-" if value is None else f"{value / 1e6:,.0f} MB"


def ingest_lines(results):
    i, peers = results["ingest"], results["peers"]
    rows = [["Cairn", f"{i['items']:,}", number(i["items"] / i["seconds"]), number(i["cpu"] / i["items"] * 1e6), number(i["memory"]), mb(i["bytes"])]]
    if load := peers.get("pypgstac"):
        rows.append(["pypgstac", f"{load['items']:,}", number(load["rate"]), "-", "-", mb(load["bytes"])])
    first = next(iter(results["sizes"].values()))
    if first.get("parquet"):
        rows.append(["rustac translate", f"{i['items']:,}", number(i["items"] / first["parquet_seconds"]), "-", "-", mb(first["parquet"])])
    out = ["## Ingest", "", *table(["", "items", "items/s", "CPU us an item", "most memory, MB", "size"], rows), "## Sizes", ""]
    sizes = [[what, mb(s["raw"]), mb(s["catalog"]), number(s["catalog"] / s["raw"], 3), mb(s["compact"]), mb(s.get("parquet")),
              number(s["compact"] / s["parquet"], 2) if s.get("compact") and s.get("parquet") else "-"]
             for what, s in results["sizes"].items()]  # fmt: skip
    return [*out, *table(["", "NDJSON", "catalog", "of the NDJSON", "compact", "rustac's parquet", "compact to parquet"], sizes)]


def start_lines(results):
    s = results["start"]
    out = [f"## Start and memory\n\nFrom exec to the landing page {s['landing'] * 1e3:.1f} ms, to a search {s['search'] * 1e3:.1f} ms; "
           f"resident then {s['memory']:.0f} MB.", ""]  # fmt: skip
    memory = ", ".join(f"{k} {v:.0f} MB" for k, v in results.get("memory", {}).items())
    soak = results.get("soak")
    return [*out, f"After all the load: {memory}." + (f" After {soak['seconds']} s of all classes at 16 connections: {soak['memory']:.0f} MB." if soak else ""), ""]


def verdict_lines(results):
    words = {True: "met", False: "**not met**", None: "not measured"}
    return ["## Targets", "", *table(["target", "reached", ""], [[t, r, words[None if m is None else bool(m)]] for t, r, m in targets.verdicts(results)])]


def picture(results):
    rows = targets.Rows(results["rows"])
    series = {"Cairn, gzip": ("gzip", "plain"), "Cairn, identity": ("identity", "plain"), "fixed body, identity": ("identity", "fixed"),
              "pgstac": ("identity", "pgstac"), "rustac, in memory": ("identity", "rustac")}  # fmt: skip
    names = rows.classes()
    found = {s: {n: r["rate"] for n in names if (r := rows.get(n, e, targets.MANY, by))} for s, (e, by) in series.items()}
    return plot.bars(f"{results['items']:,} items, {targets.MANY} connections", "requests/s", names, {k: v for k, v in found.items() if v})


def markdown(results, image):
    i = results["ingest"]
    lines = [f"# {results['items']:,} items of {i['raw'] / i['items'] / 1000:.1f} KB", "",
             f"`{results['command']}`, {results['date']}, {results['machine']}, load average before "
             f"{results['load']:.2f}. Read the ratios: machines are noisy, and wrk has one of the cores.", ""]  # fmt: skip
    if image:
        lines += [f"![requests/s by class]({image})", ""]
    lines += [*verdict_lines(results), "## Load", "",
              "KB: of a reply on the wire. CPU: of the server, a request. Ratio: to a server of fixed bodies of that size, right after it. "
              f"Caches are off but in their own columns, which repeat 20 requests. p50 and p99 in ms.", "", *load_tables(results)]  # fmt: skip
    lines += [*ingest_lines(results), *start_lines(results), "## Answers, before anything was measured", "", "```", results["check"], "```", ""]
    for peer in ("pgstac", "rustac"):
        if text := results["peers"].get(f"{peer}_check"):
            lines += [f"{peer}; classes that are not right were not measured:", "", "```", text, "```", ""]
    return "\n".join(lines)


def write(results, out):
    image = None
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        image = out.with_suffix(".svg")
        image.write_text(picture(results))
    text = markdown(results, image and image.name)
    if out:
        out.write_text(text)
    else:
        print(text)
    for target, reached, met in targets.verdicts(results):
        print(f"{'met    ' if met else 'unknown' if met is None else 'NOT MET'}  {target}: {reached}", file=sys.stderr)


if __name__ == "__main__":
    write(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
