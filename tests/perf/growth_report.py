"""The results of growth.py as Markdown with a plot. Can be made anew: growth_report.py GROWTH.json [OUT.md]"""

import json
import sys
from pathlib import Path

import plot
from report import number, table
from small_queries import WITHOUT_COLLECTION

INDEX_MS = {True: 0.5, False: 1.5}  # with a filter of collections, without
GROWTH, WORST_MS, UPSERT, FLAT = 2, 50, 1 / 3, 1.5
START_MS, START_MB, MEMORY_MB, INGEST_MB = 50, 128, 512, 512


def name_of(case):
    return f"{case['items']:,} x {case['collections']}"


def filtered(name):
    return name not in WITHOUT_COLLECTION


def searches(case):
    """Classes of which the index time is most of what they take: not those of many items, and not filters."""
    others = ("worst", "paging", "cql2")
    return [n for n in case["rows"] if n not in ("item", "ids") and not n.startswith(others)]


def same_hits(cases):
    """Classes that have as many hits in each case. Without a window of time there are the more, the more items there are."""
    return [n for n in cases[0]["rows"] if not n.startswith(("worst", "all_time", "rare_newest"))]


def growth_of(cases, name, what):
    """How many times what the class cost in the smallest case (mean CPU a request), by case."""
    first = cases[0]["rows"][name][what]["mean"]
    return [c["rows"][name][what]["mean"] / first if name in c["rows"] and first else None for c in cases]


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
    for what, words in (("cpu", "asked again"), ("first_cpu", "asked for the first time")):
        grown = {f"{n}, {name_of(c)}": g for n in same_hits(cases) for c, g in zip(cases[1:], growth_of(cases, n, what)[1:]) if g is not None}
        yield f"cost (CPU a request, {words}) at most {GROWTH} times that of {name_of(cases[0])}", *short(grown, GROWTH, "times")
    for what, words in (("ms", "asked again"), ("first_ms", "asked for the first time")):
        for with_filter, limit in INDEX_MS.items():
            found = {f"{n}, {name_of(c)}": c["rows"][n][what]["p95"] for c in cases for n in searches(c) if filtered(n) == with_filter}
            yield (f"index time p95 at most {limit} ms {'with' if with_filter else 'without'} a collection filter, {words}",
                   *short(found, limit, "ms"))  # fmt: skip
    deep = {f"{what}, {name_of(c)}, page {p['pages']:,}": p["last"] / p["first"] for c in cases for what, p in c["paging"].items()}
    yield f"deep paging flat: the last hundred pages at most {FLAT} times the first hundred", *short(deep, FLAT, "times")
    bad = {f"{n}, {name_of(c)}": r["seconds"]["max"] * 1e3 for c in cases if c["items"] <= 1_000_000 for n, r in c["rows"].items()
           if n.startswith("worst")}  # fmt: skip
    yield f"the worst queries at 1,000,000 items under {WORST_MS} ms (the slowest of each class)", *short(bad, WORST_MS, "ms")
    million = next((c for c in cases if c["items"] == 1_000_000), None)
    if million and million["ingest"] and "upsert" in million:
        rate = million["upsert"]["items"] / million["upsert"]["seconds"]
        whole = million["items"] / million["ingest"]["seconds"]
        yield "upserts of 1 % into 1,000,000 at a third of the ingest's rate", f"{rate:,.0f}/s of {whole:,.0f}/s", rate >= UPSERT * whole
    made = {name_of(c): c["ingest"]["memory"] for c in cases if c["ingest"]}
    yield f"ingest under {INGEST_MB} MB", *short(made, INGEST_MB, "MB")
    for what, words in (("start", "warm"), ("cold", "nothing of the catalog in the system's cache")):
        starts = {name_of(c): c[what]["search"] * 1e3 for c in cases}
        yield f"first search answered {START_MS} ms after exec, {words}", *short(starts, START_MS, "ms")
    yield f"under {START_MB} MB then", *short({name_of(c): c["start"]["memory"] for c in cases}, START_MB, "MB")
    soaked = {f"{name_of(c)}, {c['soak']['seconds']} s": c["soak"]["memory"] for c in cases if "soak" in c}
    yield f"under {MEMORY_MB} MB after load of all classes", *short(soaked, MEMORY_MB, "MB")
    errors = {f"{n}, {name_of(c)}": r["errors"] for c in cases for n, r in c["rows"].items() if r["errors"]}
    yield "no errors", ", ".join(f"{k}: {v}" for k, v in errors.items()) or f"none, up to {largest:,} items", not errors


def class_table(cases, names):
    heads = ["class"]
    for c in cases:
        heads += [f"{name_of(c)}: index p50 ms", "p95", "first p50", "first p95", "CPU us", "first", "matched", "items"]
    heads += [f"CPU, times: {name_of(c)} (first)" for c in cases[1:]]
    rows = []
    for n in names:
        cells = [n]
        for c in cases:
            r = c["rows"][n]
            ms, first = r["ms"] or {}, r["first_ms"] or {}
            cells += [number(ms.get("p50"), 2), number(ms.get("p95"), 2), number(first.get("p50"), 2), number(first.get("p95"), 2),
                      number(r["cpu"]["mean"]), number(r["first_cpu"]["mean"]), number(r["matched"]), number(r["items"], 1)]  # fmt: skip
        again, first = growth_of(cases, n, "cpu")[1:], growth_of(cases, n, "first_cpu")[1:]
        rows.append([*cells, *(f"{number(g, 2)} ({number(f, 2)})" for g, f in zip(again, first))])
    return table(heads, rows)


def worst_table(cases, names):
    heads = ["class", "items x collections", "p50 ms", "p95", "slowest", "the first time", "CPU us", "items", "with numberMatched",
             "cut by the deadline", "refused"]  # fmt: skip
    rows = []
    for n in names:
        for c in (c for c in cases if n in c["rows"]):
            r = c["rows"][n]
            s = r["seconds"]
            rows.append([n, name_of(c), number(s["p50"] * 1e3, 1), number(s["p95"] * 1e3, 1), number(s["max"] * 1e3, 1),
                         number(r["first_seconds"]["max"] * 1e3, 1), number(r["cpu"]["mean"]), number(r["items"], 1),
                         *(f"{r[what]} of {r['requests']}" for what in ("counted", "cut", "refused"))])  # fmt: skip
    return table(heads, rows)


def case_table(cases):
    heads = ["items x collections", "ingest, items/s", "CPU us an item", "most memory, MB", "catalog, MB", "of the NDJSON",
             "upserts/s of 1 %", "start: landing page, ms", "search, ms", "MB", "cold start: landing page, ms", "search, ms",
             "after all of this, MB", "in the system's cache"]  # fmt: skip
    rows = []
    for c in cases:
        i, u, s, cold = c["ingest"], c.get("upsert"), c["start"], c["cold"]
        made = [number(c["items"] / i["seconds"]), number(i["cpu"] / c["items"] * 1e6), number(i["memory"]), number(i["bytes"] / 1e6),
                number(i["bytes"] / i["raw"], 2)] if i else ["-"] * 5  # fmt: skip
        rows.append([name_of(c), *made, number(u["items"] / u["seconds"]) if u else "-", number(s["landing"] * 1e3, 1),
                     number(s["search"] * 1e3, 1), number(s["memory"]), number(cold["landing"] * 1e3, 1), number(cold["search"] * 1e3, 1),
                     number(c["memory"]), "locked" if c["locked"] else "read"])  # fmt: skip
    return table(heads, rows)


def paging_table(cases):
    rows = [[name_of(c), what, number(p["pages"]), *(number(p[k]) for k in ("first", "last", "most")), number(p["last"] / p["first"], 2)]
            for c in cases for what, p in c["paging"].items()]  # fmt: skip
    return table(["items x collections", "of", "pages", "CPU us a page: the first hundred", "the last hundred", "the worst hundred", "last to first"], rows)


def listing_table(cases):
    rows = [[name_of(c), path, number(p["collections"]), number(p["seconds"] * 1e3, 2), number(p["first"] * 1e3, 2), number(p["cpu"])]
            for c in cases for path, p in c["listing"].items()]  # fmt: skip
    return table(["items x collections", "request", "collections on the page", "ms", "the first time", "CPU us"], rows)


def picture(cases):
    by_size = [c for c in cases if c["collections"] == cases[0]["collections"]]
    names = same_hits(cases)
    return plot.lines("The same number of hits", "items", "CPU us a request", {n: {c["items"]: c["rows"][n]["cpu"]["mean"] for c in by_size} for n in names})


def markdown(results, image):
    cases, words = results["cases"], {True: "met", False: "**not met**", None: "not measured"}
    names = list(cases[0]["rows"])
    lines = ["# Growth", "", f"`scripts/bench-growth --cases {','.join(str(c['items']) + 'x' + str(c['collections']) for c in cases)}`, "
             f"{results['date']}, {results['machine']}, load average before {results['load']:.2f}. Items of 0.6 KB, of which 5 % are swaths "
             "of 20 x 15 degrees and 0.1 % global; the k-th largest collection has a share of k^-1.4. Queries have windows of time that are so "
             "much shorter as there are more items, so that they match as many; classes named `_all` have no filter of collections; "
             "all_time, newest, oldest and rare_newest have no window. One connection, gzip, the whole catalog in the system's cache, no caches "
             "of items and replies.", "",
             "* index time: what the search itself took, without HTTP (`cairn:explain`, milliseconds), on the clock. Finding, counting and reading "
             "the items' texts are in it;",
             "* again: the least of some times in a row; the first time: when the pages that a query needs are not yet in SQLite's cache (a share of "
             "256 MB), so each is a read of 16 KB from the system's;",
             "* CPU: that of the server, user and system, for a whole request: the mean over the class.", ""]  # fmt: skip
    if image:
        lines += [f"![CPU by class and number of items]({image})", ""]
    lines += ["## Targets", "", *table(["target", "reached", ""], [[t, r, words[None if m is None else bool(m)]] for t, r, m in verdicts(results)])]
    lines += ["## Catalogs", "", *case_table(cases), "## Deep paging", "", *paging_table(cases), "## Collections", "",
              *listing_table(cases)]  # fmt: skip
    lines += ["## Classes", "", *class_table(cases, [n for n in names if not n.startswith("worst")])]
    if worst := [n for n in names if n.startswith("worst")]:
        lines += ["## The worst", "", "Here the work grows with the catalog.", "", *worst_table(cases, worst)]
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
