"""Classes of requests beside those of the shared benchmark: sorts by a property, filters on several, aggregations. Makes them from the
items, and checks answers against brute force over the items."""

import json
import random
import urllib.request
from datetime import datetime, timedelta

CLASSES = ("sort", "filter", "aggregate")


class Items:
    """What the checks need of each item."""

    def __init__(self, path):
        self.all = []
        with open(path, "rb") as lines:
            for line in lines:
                item = json.loads(line)
                p = item["properties"]
                self.all.append((item["collection"], item["id"], datetime.fromisoformat(p["datetime"]), p.get("eo:cloud_cover"),
                                 p.get("platform"), item["bbox"]))


def year_from(day):
    return day, day + timedelta(days=365)


def interval(start, end):
    return f"{start:%Y-%m-%dT%H:%M:%SZ}/{end:%Y-%m-%dT%H:%M:%SZ}"


def make(items, count, seed=1):
    """Queries in the format of make_queries.py."""
    rng = random.Random(seed)
    queries = []
    chosen = [i for i in items.all if i[3] is not None and i[4] is not None]
    for _ in range(count):
        collection, _, when, _, platform, bbox = rng.choice(chosen)
        start, end = year_from(when - timedelta(days=rng.randrange(365)))
        queries.append({"name": "sort", "method": "POST", "path": "/search", "body": {
            "collections": [collection], "datetime": interval(start, end), "limit": 100,
            "sortby": [{"field": "properties.eo:cloud_cover", "direction": "asc"}]}})
        month = interval(when - timedelta(days=15), when + timedelta(days=15))
        queries.append({"name": "filter", "method": "POST", "path": "/search", "body": {
            "limit": 100, "filter": {"op": "and", "args": [
                {"op": "=", "args": [{"property": "platform"}, platform]},
                {"op": "<", "args": [{"property": "eo:cloud_cover"}, round(rng.uniform(5, 60), 1)]},
                {"op": "t_intersects", "args": [{"property": "datetime"}, {"interval": month.split("/")}]}]}}})
        west, south = max(-180, bbox[0] - 10), max(-90, bbox[1] - 10)
        queries.append({"name": "aggregate", "method": "POST", "path": "/aggregate", "body": {
            "bbox": [west, south, min(180, west + 20), min(90, south + 20)], "collections": [collection], "datetime": interval(start, end),
            "aggregations": ["total_count", "datetime_frequency", "cloud_cover_frequency", "platform_frequency"]}})
    return queries


def matches(items, body):
    """The items that meet collections, datetime and the filter of make(); boxes are not looked at."""
    found = items.all
    if "collections" in body:
        found = [i for i in found if i[0] in body["collections"]]
    if "datetime" in body:
        start, end = (datetime.fromisoformat(t) for t in body["datetime"].split("/"))
        found = [i for i in found if start <= i[2] <= end]
    if "filter" in body:
        platform, cloud, time = (p["args"][1] for p in body["filter"]["args"])
        start, end = (datetime.fromisoformat(t) for t in time["interval"])
        found = [i for i in found if i[4] == platform and i[3] is not None and i[3] < cloud and start <= i[2] <= end]
    return found


def order(body):
    def newest_first(i):
        return (-i[2].timestamp(), i[0], i[1])

    if "sortby" not in body:
        return newest_first
    return lambda i: (i[3] is None, i[3] or 0, newest_first(i))


def ask(url, query):
    request = urllib.request.Request(url + query["path"], json.dumps(query["body"]).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def check_page(items, url, query):
    body = query["body"]
    expected = [i[:2] for i in sorted(matches(items, body), key=order(body))]
    page = ask(url, query)
    found = [(f["collection"], f["id"]) for f in page["features"]]
    right = found == expected[: body["limit"]] and page.get("numberMatched", len(expected)) == len(expected)
    return right, len(found)


def check_aggregate(_items, url, query):
    """The count of the same search, and frequencies that add up to it."""
    values = {a["name"]: a for a in ask(url, query)["aggregations"]}
    search = {k: v for k, v in query["body"].items() if k != "aggregations"}
    matched = ask(url, {"path": "/search", "body": {**search, "limit": 1}})["numberMatched"]
    total = sum(b["frequency"] for b in values["datetime_frequency"]["buckets"])
    return values["total_count"]["value"] == matched == total, matched


def check(items, url, queries, each=20):
    """Lines as check.py prints them; False when one was wrong."""
    lines, good = [], True
    for name in CLASSES:
        chosen = [q for q in queries if q["name"] == name][:each]
        if not chosen:
            continue
        answers = [(check_aggregate if name == "aggregate" else check_page)(items, url, q) for q in chosen]
        right = sum(ok for ok, _ in answers)
        good &= right == len(chosen)
        lines.append(f"{name:12} {right}/{len(chosen)} right, {sum(n for _, n in answers)} items seen")
    return "\n".join(lines), good
