"""The results of growth.py as Markdown with a plot. Can be made anew: growth_report.py GROWTH.json [OUT.md]"""

import json
import sys
from pathlib import Path

import plot
from report import number, table
from small_queries import WITHOUT_COLLECTION

INDEX_MS = {True: 0.5, False: 1.5}  # with a filter of collections, without
GROWTH, WORST_MS, UPSERT = 2, 50, 1 / 3
START_MS, START_MB, MEMORY_MB, INGEST_MB = 50, 128, 512, 512


def name_of(case):
    return f"{case['items']:,} x {case['collections']}"


def filtered(name):
    return name not in WITHOUT_COLLECTION


def index_time(case, name):
    """ms that the search itself takes: the 95th percentile of the CPU time of the class's requests, less that of an item by id
    (HTTP and the writing of a body). Other programs don't move it as they move the time on the clock."""
    rows = case["rows"]
    return max(0, rows[name]["cpu95"] - (rows["item"]["cpu50"] if "item" in rows else 0)) / 1000


def searches(case):
    return [n for n in case["rows"] if not n.startswith("worst") and n not in ("item", "ids") and not n.startswith("paging")
            and not n.startswith("cql2")]  # fmt: skip


def growth_of(cases, name, what):
    """How many times what the class cost in the smallest case, by case."""
    first = cases[0]["rows"][name][what]
    return [c["rows"][name][what] / first if name in c["rows"] and first else None for c in cases]


def short(found, limit, unit):
    """(text, met) of {what: value} that must be at most `limit`."""
    if not found:
        return "not measured", None
    over = {k: v for k, v in found.items() if v > limit}
    worst = max(found, key=found.get)
    text = f"{found[worst]:.2f} {unit} ({worst})"
    return text + ("; above: " + ", ".join(f"{k} {v:.2f}" for k, v in over.items()) if over else ""), not over


def verdicts(results):
    cases = results["cases"]
    largest = max(cases, key=lambda c: c["items"])["items"]
    grown = {f"{n}, {name_of(c)}": g for n in cases[0]["rows"] if not n.startswith("worst")
             for c, g in zip(cases[1:], growth_of(cases, n, "cpu")[1:]) if g is not None}  # fmt: skip
    yield f"cost (CPU a request) at most {GROWTH} times that of {name_of(cases[0])}", *short(grown, GROWTH, "times")
    for with_filter, limit in INDEX_MS.items():
        found = {f"{n}, {name_of(c)}": index_time(c, n) for c in cases for n in searches(c) if filtered(n) == with_filter}
        yield f"index time (CPU) p95 at most {limit} ms {'with' if with_filter else 'without'} a collection filter", *short(found, limit, "ms")
    deep = {f"{what}, {name_of(c)}, page {p['pages']:,}": p["last"] / p["first"] for c in cases for what, p in c["paging"].items()}
    yield "deep paging flat: the last hundred pages at most 1.5 times the first hundred", *short(deep, 1.5, "times")
    bad = {f"{n}, {name_of(c)}": r["p99"] for c in cases if c["items"] <= 1_000_000 for n, r in c["rows"].items() if n.startswith("worst")}
    yield f"the worst queries at 1,000,000 items under {WORST_MS} ms (p99)", *short(bad, WORST_MS, "ms")
    million = next((c for c in cases if c["items"] == 1_000_000), None)
    if million and million["ingest"]:
        rate = million["upsert"]["items"] / million["upsert"]["seconds"]
        whole = million["items"] / million["ingest"]["seconds"]
        yield "upserts of 1 % into 1,000,000 at a third of the ingest's rate", f"{rate:,.0f}/s of {whole:,.0f}/s", rate >= UPSERT * whole
    made = {name_of(c): c["ingest"]["memory"] for c in cases if c["ingest"]}
    yield f"ingest under {INGEST_MB} MB", *short(made, INGEST_MB, "MB")
    starts = {name_of(c): c["start"]["search"] * 1e3 for c in cases}
    yield f"first answer {START_MS} ms after exec", *short(starts, START_MS, "ms")
    yield f"under {START_MB} MB then", *short({name_of(c): c["start"]["memory"] for c in cases}, START_MB, "MB")
    soaked = {f"{name_of(c)}, {c['soak']['seconds']} s": c["soak"]["memory"] for c in cases if "soak" in c}
    yield f"under {MEMORY_MB} MB after load of all classes", *short(soaked, MEMORY_MB, "MB")
    errors = {f"{n}, {name_of(c)}": r["errors"] for c in cases for n, r in c["rows"].items() if r["errors"]}
    yield "no errors", ", ".join(f"{k}: {v}" for k, v in errors.items()) or f"none, up to {largest:,} items", not errors


def class_table(cases, names):
    heads = ["class"]
    for c in cases:
        heads += [f"{name_of(c)}: p50 ms", "p95 ms", "CPU us", "CPU us p95", "matched", "items"]
    heads += [f"CPU, times: {name_of(c)}" for c in cases[1:]]
    rows = []
    for n in names:
        cells = [n]
        for c in cases:
            r = c["rows"][n]
            cells += [number(r["p50"], 2), number(r["p95"], 2), number(r["cpu"]), number(r["cpu95"]), number(r["matched"]), number(r["items"], 1)]
        rows.append([*cells, *(number(g, 2) for g in growth_of(cases, n, "cpu")[1:])])
    return table(heads, rows)


def case_table(cases):
    heads = ["items x collections", "ingest, items/s", "CPU us an item", "most memory, MB", "catalog, MB", "of the NDJSON",
             "upserts/s of 1 %", "start: landing page, ms", "search, ms", "MB", "after load, MB"]  # fmt: skip
    rows = []
    for c in cases:
        i, u, s = c["ingest"], c["upsert"], c["start"]
        made = [number(c["items"] / i["seconds"]), number(i["cpu"] / c["items"] * 1e6), number(i["memory"]), number(i["bytes"] / 1e6),
                number(i["bytes"] / i["raw"], 2)] if i else ["-"] * 5  # fmt: skip
        rows.append([name_of(c), *made, number(u["items"] / u["seconds"]), number(s["landing"] * 1e3, 1), number(s["search"] * 1e3, 1),
                     number(s["memory"]), number(c["memory"])])  # fmt: skip
    return table(heads, rows)


def paging_table(cases):
    rows = [[name_of(c), what, number(p["pages"]), number(p["first"]), number(p["last"])] for c in cases for what, p in c["paging"].items()]
    return table(["items x collections", "of", "pages of 10", "first hundred, CPU us a page", "last hundred"], rows)


def picture(cases):
    by_size = [c for c in cases if c["collections"] == cases[0]["collections"]]
    names = [n for n in cases[0]["rows"] if not n.startswith("worst")]
    return plot.lines("The same number of hits", "items", "CPU us a request", {n: {c["items"]: c["rows"][n]["cpu"] for c in by_size} for n in names})


def markdown(results, image):
    cases, words = results["cases"], {True: "met", False: "**not met**", None: "not measured"}
    names = list(cases[0]["rows"])
    lines = ["# Growth", "", f"`scripts/bench-growth --cases {','.join(str(c['items']) + 'x' + str(c['collections']) for c in cases)}`, "
             f"{results['date']}, {results['machine']}, load average before {results['load']:.2f}. Items of 0.6 KB, of which 5 % are swaths "
             "of 20 x 15 degrees and 0.1 % global; the k-th largest collection has a share of k^-1.4. Queries have windows of time that are so "
             "much shorter as there are more items, so that they match as many; classes named `_all` have no filter of collections; "
             "all_time, newest, oldest and rare_newest have no window. One connection, gzip, warm; times are of whole requests, CPU that of the server.", ""]  # fmt: skip
    if image:
        lines += [f"![CPU by class and number of items]({image})", ""]
    lines += ["## Targets", "", *table(["target", "reached", ""], [[t, r, words[None if m is None else bool(m)]] for t, r, m in verdicts(results)])]
    lines += ["## Catalogs", "", *case_table(cases), "## Deep paging", "", *paging_table(cases)]
    lines += ["## Classes", "", *class_table(cases, [n for n in names if not n.startswith("worst")])]
    if worst := [n for n in names if n.startswith("worst")]:
        lines += ["## The worst", "", "Here the work grows with the catalog.", "", *class_table(cases, worst)]
    return "\n".join(lines)


def write(results, out):
    image = None
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        image = out.with_suffix(".svg")
        image.write_text(picture(results["cases"]))
        out.write_text(markdown(results, image.name))
    else:
        print(markdown(results, None))
    for target, reached, met in verdicts(results):
        print(f"{'met    ' if met else 'unknown' if met is None else 'NOT MET'}  {target}: {reached}", file=sys.stderr)


if __name__ == "__main__":
    write(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
