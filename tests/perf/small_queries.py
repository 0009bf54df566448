"""Queries for the items of make_small_items.c that ask the same number of hits of any number of items: windows of time are
so much shorter as there are more items. The centres, ages and ids are those of the items themselves.

    small_queries.py MAKER --items 10000000 [--collections 50] [--count 200] [--names a,b] > queries.ndjson

Each line is {"name", "method", "path", "body"[, "pages"]}. Classes that end in _all have no filter of collections.
"""

import argparse
import json
import math
import random
import subprocess
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

START = datetime(2016, 1, 1, tzinfo=timezone.utc)
DAYS = 3653
LEAST = 100_000  # items for which windows are as long as all of the time
POLE = (-180, 76, 180, 89)  # global items alone
OCEAN = (-150, -60, -130, -50)  # swaths and global items, no tiles


def sample(maker, items, collections, size, seed):
    """`size` items spread over all; and `size` of the first 100,000, which every catalog has."""
    options = ["--collections", str(collections), "--seed", str(seed)]

    def some(count):
        every = max(1, count // size)
        out = subprocess.run([maker, *options, "--count", str(count), "--every", str(every)], capture_output=True, check=True)
        return [json.loads(line) for line in out.stdout.splitlines()]

    return some(items), some(min(items, LEAST))


def at(text):
    return datetime.fromisoformat(text)


def text(when):
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


class Maker:
    def __init__(self, rng, items, collections, everywhere, first):
        self.rng, self.items, self.collections = rng, items, collections
        self.everywhere = everywhere
        self.first = first
        self.tiles = [i for i in first if i["collection"] not in self.special()]

    def special(self):
        digits = 4 if self.collections > 100 else 2
        return {f"small-{self.collections - k:0{digits}}" for k in (1, 2)}

    def name(self, number):
        return f"small-{number:0{4 if self.collections > 100 else 2}}"

    def interval(self, share=1.0):
        """A window that has as many items as `share` of all the time has among 100,000."""
        days = DAYS * share * LEAST / self.items
        start = START + timedelta(days=self.rng.uniform(0, max(0, DAYS - days)))
        return f"{text(start)}/{text(start + timedelta(days=min(days, DAYS)))}"

    def center(self):
        w, s, _, n = self.rng.choice(self.tiles)["bbox"]
        return w + 0.5, (s + n) / 2

    def box(self, size):
        x, y = self.center()
        x = min(max(x + self.rng.uniform(-0.3, 0.3), -180 + size / 2), 180 - size / 2)
        y = min(max(y, -90 + size / 2), 90 - size / 2)
        return [round(v, 4) for v in (x - size / 2, y - size / 2, x + size / 2, y + size / 2)]

    def within(self, area, size):
        x, y = self.rng.uniform(area[0], area[2] - size), self.rng.uniform(area[1], area[3] - size)
        return [round(v, 4) for v in (x, y, x + size, y + size)]

    def polygon(self):
        """A star-shaped simple polygon with 50 to 500 vertices, 2 to 8 degrees across."""
        x, y = self.center()
        size, n = self.rng.uniform(1, 4), self.rng.randrange(50, 501)
        x, y = min(max(x, -180 + size), 180 - size), min(max(y, -90 + size), 90 - size)
        ring = []
        for k in range(n):
            r, a = size * self.rng.uniform(0.6, 1), 2 * math.pi * k / n
            ring.append([round(x + r * math.cos(a), 5), round(y + r * math.sin(a), 5)])
        return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}

    def some_collections(self, count):
        """Different ones: the more items, the sooner."""
        found = []
        while len(found) < count:
            name = self.rng.choice(self.tiles)["collection"]
            if name not in found:
                found.append(name)
        return found

    def rare(self):
        """A collection with some 20 to 200 of 100,000 items."""
        return self.name(self.rng.randrange(min(40, self.collections - 10), min(150, self.collections - 2)))

    # ---- classes; `c`: with a filter of collections ----

    def small_bbox(self, c):
        return {"bbox": self.box(1), "datetime": self.interval(0.3), "limit": 10, **c}

    def point(self, c):
        return {"bbox": self.box(0.05), "datetime": self.interval(), "limit": 10, **c}

    def big_bbox(self, c):
        return {"bbox": self.box(20), "datetime": self.interval(0.5), "limit": 10, **c}

    def all_time(self, c):
        """No window: the newest of very many."""
        return {"bbox": self.box(2), "limit": 10, **c}

    def cql2_cloud(self, c):
        return {"bbox": self.box(self.rng.choice((5, 10))), "datetime": self.interval(0.5), "limit": 100, **c,
                "filter-lang": "cql2-json", "filter": {"op": "<", "args": [{"property": "eo:cloud_cover"}, 20]},
                "sortby": [{"field": "properties.datetime", "direction": "desc"}]}

    def intersects(self, c):
        return {"intersects": self.polygon(), "datetime": self.interval(0.3), "limit": 10, **c}

    def count(self, c):
        return {"bbox": self.box(20), "datetime": self.interval(0.2), "limit": 1, **c}

    def newest(self, c):
        return {"limit": 10, "sortby": [{"field": "properties.datetime", "direction": "desc"}], **c}

    def oldest(self, c):
        return {"limit": 10, "sortby": [{"field": "properties.datetime", "direction": "asc"}], **c}

    def paging(self, c):
        return {"limit": 100, "datetime": self.interval(0.1), **c}

    def ids(self):
        chosen = self.rng.sample(self.everywhere, min(20, len(self.everywhere)))
        return {"ids": sorted(i["id"] for i in chosen), "collections": sorted({i["collection"] for i in chosen}), "limit": 20}

    def no_hit(self):
        """A collection of tiles where it has none, at all times."""
        return {"bbox": self.within(OCEAN, 2), "collections": [self.name(0)], "limit": 10}

    def no_hit_all(self):
        """Where there are global items alone, between two of their instants."""
        start = START + timedelta(days=30 * self.rng.randrange(120) + self.rng.uniform(1, 4))
        window = f"{text(start)}/{text(start + timedelta(days=25))}"
        return {"bbox": self.within(POLE, 2), "datetime": window, "limit": 10}

    def few_hits_all(self):
        return {"bbox": self.within(OCEAN, 2), "datetime": self.interval(0.3), "limit": 10}

    def three(self):
        return {"bbox": self.box(2), "datetime": self.interval(), "collections": self.some_collections(3), "limit": 10}

    def rare_box(self):
        return {"bbox": self.box(10), "datetime": self.interval(), "collections": [self.rare()], "limit": 10}

    def rare_newest(self):
        return {"collections": [self.rare()], "limit": 10}

    # ---- the worst: no window, and as many candidates as there are items ----

    def worst_not(self):
        inner = {"op": "<", "args": [{"property": "eo:cloud_cover"}, round(self.rng.uniform(99.8, 99.99), 2)]}
        return {"filter": {"op": "not", "args": [inner]}, "limit": 10}

    def worst_like(self):
        return {"filter": {"op": "like", "args": [{"property": "id"}, f"%{self.rng.randrange(10000):04}%"]}, "limit": 10}

    def worst_no_value(self):
        return {"filter": {"op": "=", "args": [{"property": "platform"}, f"none-{self.rng.randrange(1000)}"]}, "limit": 10}

    def worst_sort(self):
        name = self.rng.choice(("gsd", "platform", "eo:cloud_cover"))
        return {"sortby": [{"field": f"properties.{name}", "direction": self.rng.choice(("asc", "desc"))}], "limit": 10}

    def worst_sort_plain(self):
        """By a property that no index has and no item, among a tenth of 1,000,000."""
        return {"sortby": [{"field": "properties.none", "direction": "asc"}], "datetime": self.interval(1.0), "limit": 10}

    def worst_no_hit(self):
        """Tiles are nowhere there, and most of the items of the collection are as new."""
        return {"bbox": self.within(OCEAN, 8), "collections": [self.name(k) for k in range(12)], "limit": 10}

    def worst_globe(self):
        return {"bbox": [-180, -90, 180, 90], "collections": [self.rare()], "limit": 10}

    def worst_polygon(self):
        x, n = self.rng.uniform(-30, 30), 400
        ring = [[round(x + 140 * math.cos(2 * math.pi * k / n), 4), round(80 * math.sin(2 * math.pi * k / n), 4)] for k in range(n)]
        return {"intersects": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, "limit": 10}

    def worst_sliver(self):
        """A polygon whose box is half of the globe, and that touches little of it."""
        x = self.rng.uniform(-170, -160)
        ring = [[x, -85.0], [x + 0.01, -85.0], [x + 300, 74.0], [x, -85.0]]
        return {"intersects": {"type": "Polygon", "coordinates": [ring]}, "collections": [self.rare()], "limit": 10}


BOTH = ("small_bbox", "point", "big_bbox", "all_time", "cql2_cloud", "intersects", "count", "newest", "oldest", "paging")
ALONE = ("ids", "no_hit", "no_hit_all", "few_hits_all", "three", "rare_box", "rare_newest")
WORST = tuple(f"worst_{name}" for name in ("not", "like", "no_value", "no_hit", "sort", "sort_plain", "globe", "polygon", "sliver"))
NAMES = ("item", *(n for name in BOTH for n in (name, f"{name}_all")), *ALONE)
WITHOUT_COLLECTION = {f"{name}_all" for name in (*BOTH, "no_hit", "few_hits")}
PAGES = 10


def query(maker, name):
    """One query of the class; `..._all` has no filter of collections."""
    if name == "item":
        item = maker.rng.choice(maker.everywhere)
        path = f"/collections/{item['collection']}/items/{quote(item['id'])}"
        return {"name": name, "method": "GET", "path": path, "body": None}
    if name in ALONE or name in WORST:
        body = getattr(maker, name)()
    else:
        kind = name.removesuffix("_all")
        body = getattr(maker, kind)({} if kind != name else {"collections": [maker.name(maker.rng.randrange(3))]})
    made = {"name": name, "method": "POST", "path": "/search", "body": body}
    return {**made, "pages": PAGES} if name.startswith("paging") else made


def make(maker_program, items, collections=50, count=200, seed=1, names=NAMES):
    everywhere, first = sample(maker_program, items, collections, 2000, seed)
    queries = []
    for name in names:
        maker = Maker(random.Random(f"{seed}/{name}"), items, collections, everywhere, first)
        queries += [query(maker, name) for _ in range(count)]
    return queries


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("maker", help="cairn_make_small_items")
    p.add_argument("--items", type=int, required=True)
    p.add_argument("--collections", type=int, default=50)
    p.add_argument("--count", type=int, default=200, help="of each class")
    p.add_argument("--seed", type=int, default=1, help="of the items and of the queries")
    p.add_argument("--names", default=",".join(NAMES))
    a = p.parse_args()
    for q in make(a.maker, a.items, a.collections, a.count, a.seed, a.names.split(",")):
        print(json.dumps(q, separators=(",", ":")))


if __name__ == "__main__":
    main()
