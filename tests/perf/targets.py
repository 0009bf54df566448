"""What was set out to be reached, held against the results of a run: lines of (target, what was reached, met or not or None).

All are ratios or limits of one run on one machine. None stands for what was not measured in this run."""

OFF_SPLICE = ("fields", "signed", "hrefs_s3", "source", "aggregate")  # their answers are written anew
PGSTAC = {"fields": 50}  # times pgstac; others 100
# By the items of a reply: up to so many, at least so much of a fixed body of the same size.
FIXED = {("gzip", "plain"): (0.5, 0.2, 0.13), ("identity", "plain"): (0.35, 0.17, 0.3), ("identity", "items"): (0.7, 0.35, 0.6)}
CPU = {"gzip": (25, 7), "identity": (25, 26)}  # microseconds a request and an item
REPLIES = 0.8
MANY = 16  # connections


def step(items):
    """One item, up to ten, or more."""
    return 0 if items <= 1.5 else 1 if items <= 10.5 else 2


class Rows:
    def __init__(self, rows):
        self.rows = {(r["class"], r["encoding"], r["connections"], r["server"]): r for r in rows}

    def get(self, name, encoding, connections, server):
        return self.rows.get((name, encoding, connections, server))

    def classes(self):
        return list(dict.fromkeys(name for name, *_ in self.rows))

    def ratio(self, name, encoding, connections, server, to):
        """How many times the rate of `to`, or None."""
        a, b = self.get(name, encoding, connections, server), self.get(name, encoding, connections, to)
        return a["rate"] / b["rate"] if a and b and b["rate"] and not a["errors"] else None


def worst(found, limit, best=min):
    """Text of the worst, and of those that fall short. `found`: {class: (value, wanted)}."""
    if not found:
        return "not measured", None
    at_least = best is min
    short = {n: v for n, (v, w) in found.items() if (v < w if at_least else v > w)}
    name = best(found, key=lambda n: found[n][0] / found[n][1])
    text = f"{limit(found[name][0])} ({name})"
    if short:
        text += "; short: " + ", ".join(f"{n} {limit(v)} of {limit(found[n][1])}" for n, v in short.items())
    return text, not short


def search(rows):
    yield from beside_pgstac(rows)
    for (encoding, mode), least in FIXED.items():
        found = {}
        for name in rows.classes():
            ratio = rows.ratio(name, encoding, MANY, mode, "fixed")
            if ratio is not None and name not in OFF_SPLICE:
                found[name] = (ratio, least[step(rows.get(name, encoding, MANY, mode)["items"])])
        what = "item cache warm" if mode == "items" else "reply cache off"
        yield (f"{encoding}, {what}: at least {least[0]} of a fixed body for 1 item, {least[1]} for 10, {least[2]} for 100",
               *worst(found, lambda v: f"{v:.2f}"))  # fmt: skip
    for encoding, (base, each) in CPU.items():
        found = {}
        for name in rows.classes():
            row = rows.get(name, encoding, MANY, "plain")
            if row and name not in OFF_SPLICE:
                found[name] = (row["cpu"], base + each * row["items"])
        yield f"{encoding}: CPU at most {base} us a request and {each} an item", *worst(found, lambda v: f"{v:.0f} us", max)
    found = {f"{name} {encoding}": (ratio, REPLIES) for name in rows.classes() for encoding in CPU
             if (ratio := rows.ratio(name, encoding, MANY, "replies", "fixed")) is not None}  # fmt: skip
    yield f"reply cache on: at least {REPLIES} of a fixed body", *worst(found, lambda v: f"{v:.2f}")
    found = {f"{name} {encoding}": (row["p99"] / row["p50"], 5) for name in rows.classes() for encoding in CPU
             if (row := rows.get(name, encoding, MANY, "plain")) and row["p50"]}  # fmt: skip
    yield f"p99 at {MANY} connections under 5 times p50", *worst(found, lambda v: f"{v:.1f}", max)


def beside_pgstac(rows):
    found = {name: (ratio, PGSTAC.get(name, 100)) for name in rows.classes()
             if (ratio := rows.ratio(name, "identity", MANY, "plain", "pgstac")) is not None}  # fmt: skip
    yield "at least 100 times pgstac, 50 for fields, identity", *worst(found, lambda v: f"{v:.0f} times")


def ingest(results):
    i, peers = results["ingest"], results.get("peers", {})
    rate = i["items"] / i["seconds"]
    yield "ingest 10,000 items/s", f"{rate:,.0f}/s", rate >= 10_000
    yield "ingest under 512 MB", f"{i['memory']:.0f} MB", i["memory"] < 512
    yield "catalog at most 0.3 of the NDJSON", f"{i['bytes'] / i['raw']:.3f}", i["bytes"] <= 0.3 * i["raw"]
    load = peers.get("pypgstac")
    times = load and rate / load["rate"]
    yield "ingest 30 times pypgstac", f"{times:.0f} times ({load['rate']:.0f}/s)" if load else "not measured", load and times >= 30
    for what, sizes in results["sizes"].items():
        text, met = "not measured", None
        if sizes.get("compact") and sizes.get("parquet"):
            times = sizes["compact"] / sizes["parquet"]
            text, met = f"{times:.2f} times", times <= 1.5
        elif sizes.get("compact"):
            text = "no parquet to compare with"
        yield f"compact catalog of {what} at most 1.5 times rustac's parquet", text, met


def start(results):
    s = results["start"]
    yield "first answer 50 ms after exec", f"landing page {s['landing'] * 1e3:.0f} ms, search {s['search'] * 1e3:.0f} ms", s["search"] < 0.05
    yield "under 128 MB then", f"{s['memory']:.0f} MB", s["memory"] < 128
    if "soak" in results:
        yield (f"under 512 MB after {results['soak']['seconds']} s of load", f"{results['soak']['memory']:.0f} MB",
               results["soak"]["memory"] < 512)  # fmt: skip


def verdicts(results):
    return [*search(Rows(results["rows"])), *ingest(results), *start(results)]
