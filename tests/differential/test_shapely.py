"""The hits of random searches, computed once more from the source with shapely, antimeridian and Python's own arithmetic.

The differential test compares two stores that share the reading of items, the geometry and the order; this one shares
nothing with them but the source's lines. As a program: test_shapely.py ITEMS.ndjson DUMP.jsonl, where the dump is what
`cairn_differential --dump DUMP.jsonl ITEMS.ndjson` wrote.
"""

import json
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import antimeridian
import numpy
import pytest
import shapely
import shapely.geometry

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("CAIRN_BUILD", ROOT / "build" / "dev"))
SAMPLE = ROOT / "tests" / "data" / "corpus-sample.ndjson"

NEAR = 1e-7  # degrees: how far the cuts of a repaired footprint may be from antimeridian's
FIRST, LAST = -(10**18), 10**18  # open ends, as tuples' seconds
TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?)?$"
)


def days(year, month, day):
    """Days since 1970-01-01, proleptic Gregorian, with a year 0."""
    year -= month <= 2
    shifted = (month + 9) % 12
    return year * 365 + year // 4 - year // 100 + year // 400 + (153 * shifted + 2) // 5 + day - 1 - 719468


def instant(text):
    """(seconds, nanoseconds) since 1970, or None when nothing can be made of it."""
    match = TIME.match(text) if isinstance(text, str) else None
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    seconds = days(int(year), int(month), int(day)) * 86400
    seconds += int(hour or 0) * 3600 + int(minute or 0) * 60 + int(second or 0)
    if zone and zone not in "Zz":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = int(digits[:2]) * 3600 + int(digits[2:]) * 60
        seconds += offset if zone[0] == "-" else -offset
    return seconds, int((fraction or "0").ljust(9, "0")[:9])


def interval(text):
    """The closed interval that `datetime` asks for."""
    start, _, end = text.partition("/")
    if "/" not in text:
        end = start
    return (
        (FIRST, 0) if start in ("", "..") else instant(start),
        (LAST, 0) if end in ("", "..") else instant(end),
    )


def number_of_positions(geometry):
    return len(re.findall(r"\[\s*-?\d", json.dumps(geometry.get("coordinates", geometry.get("geometries")))))


def wrapped(shape):
    """What lies beyond 180 degrees comes in again on the other side. (antimeridian would take a world that begins at -180.0001
    for a sliver.)"""
    turns = [shapely.transform(shape, lambda xy, by=by: xy + [by, 0]) for by in (-360, 0, 360)]
    return shapely.union_all([shapely.intersection(turn, shapely.box(-180, -90, 180, 90)) for turn in turns])


class Item:
    def __init__(self, collection, id, line, repaired):
        source = json.loads(line)
        properties = source["properties"]
        self.collection, self.id, self.repaired = collection, id, repaired
        moment, start, end = (
            instant(properties.get(name, properties.get("dtr:" + name)))
            for name in ("datetime", "start_datetime", "end_datetime")
        )
        self.range = (moment, moment)
        if start or end:
            self.range = tuple(sorted((start or (FIRST, 0), end or (LAST, 0))))
        time = moment or (self.range[0] if self.range[0] != (FIRST, 0) else None)
        self.key = ((-time[0], -time[1]) if time else (LAST, 0), collection.encode(), id.encode())
        geometry = source.get("geometry")
        self.shape, self.unknown = None, False
        if not geometry and source.get("bbox"):  # docs/load-ready.md: it takes the place of the geometry
            west, south, east, north = (source["bbox"][at] for at in ([0, 1, 2, 3] if len(source["bbox"]) == 4 else [0, 1, 3, 4]))
            pieces = [(west, east)] if west <= east else [(west, 180), (-180, east)]
            self.shape = shapely.union_all([shapely.box(left, south, right, north) for left, right in pieces])
        elif geometry and number_of_positions(geometry):
            try:
                with warnings.catch_warnings(action="ignore"):
                    self.shape = self.make_shape(geometry)
            except Exception as e:  # what even the repairing library refuses
                self.unknown = True
                self.reason = f"{collection}/{id}: {e}"

    def make_shape(self, geometry):
        if self.repaired:
            if "crs" in geometry:
                raise ValueError("another CRS")
            shape = shapely.force_2d(shapely.geometry.shape(geometry))
            west, _, east, _ = shape.bounds
            if west < -180 or east > 180:
                return wrapped(shape)
            geometry = antimeridian.fix_geojson({"type": "Feature", "geometry": geometry, "properties": {}})["geometry"]
        shape = shapely.force_2d(shapely.geometry.shape(geometry))
        return shape if shape.is_valid else shapely.make_valid(shape)


def box(west, south, east, north):
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def areas(search):
    """What the footprint must meet one of, or None."""
    if "intersects" in search:
        return [shapely.force_2d(shapely.geometry.shape(search["intersects"]))]
    if "bbox" not in search:
        return None
    half = len(search["bbox"]) // 2
    west, south, east, north = search["bbox"][0], search["bbox"][1], search["bbox"][half], search["bbox"][half + 1]
    if west <= east:
        return [box(west, south, east, north)]
    return [box(west, south, 180, north), box(-180, south, east, north)]


class Catalog:
    def __init__(self, source, listed):
        lines = Path(source).read_bytes().split(b"\n")
        last = {(c, i): (number, repaired) for c, i, number, repaired in listed}
        self.items = [Item(c, i, lines[number - 1], repaired) for (c, i), (number, repaired) in last.items()]
        self.items.sort(key=lambda item: item.key)
        self.unknown = [item for item in self.items if item.unknown]
        self.items = [item for item in self.items if not item.unknown]
        self.shapes = numpy.array([item.shape for item in self.items], dtype=object)
        self.placeless = numpy.array([item.shape is None for item in self.items])
        self.tree = shapely.STRtree(self.shapes)
        self.repaired = numpy.array([item.repaired and item.shape is not None for item in self.items])
        self.mended = self.shapes[self.repaired]
        self.shrunk = shapely.buffer(self.mended, -NEAR)

    def spatial(self, wanted, null_hits):
        """Which items meet the areas, and of which it can't be said."""
        hits = self.placeless.copy() if null_hits else numpy.zeros(len(self.items), bool)
        doubtful = numpy.zeros(len(self.items), bool)
        for area in wanted:
            hits[self.tree.query(area, predicate="intersects")] = True
            surely = shapely.intersects(self.mended, area.buffer(-NEAR)) | shapely.intersects(self.shrunk, area)
            doubtful[self.repaired] |= ~surely & shapely.dwithin(self.mended, area, NEAR)
        return hits, doubtful

    def search(self, search, null_hits):
        kept = numpy.ones(len(self.items), bool)
        doubtful = numpy.zeros(len(self.items), bool)
        wanted = areas(search)
        if wanted is not None:
            kept, doubtful = self.spatial(wanted, null_hits)
        start, end = interval(search["datetime"]) if "datetime" in search else (None, None)
        ids, collections = set(search.get("ids", [])), set(search.get("collections", []))
        found = []
        for at in numpy.nonzero(kept | doubtful)[0]:
            item = self.items[at]
            if ids and item.id not in ids or collections and item.collection not in collections:
                continue
            if start is None or (item.range[0] <= end and start <= item.range[1]):
                found.append(at)
        return found, kept, doubtful


def compare(source, dump):
    """Yields a line of text for each search that differs; returns (searches, hits, doubts, left out)."""
    with open(dump, encoding="utf-8") as lines:
        catalog = Catalog(source, json.loads(next(lines))["items"])
        unknown = {(item.collection, item.id) for item in catalog.unknown}
        index = {(item.collection, item.id): at for at, item in enumerate(catalog.items)}
        assert len(unknown) <= 0.005 * len(index), [item.reason for item in catalog.unknown]
        searches = hits = doubts = 0
        for line in lines:
            asked = json.loads(line)
            if asked.get("refused"):
                continue
            searches += 1
            found, kept, doubtful = catalog.search(asked["search"], asked["null_geometry_hits"])
            expected = [at for at in found if kept[at] and not doubtful[at]]
            got = [index[tuple(hit)] for hit in asked["hits"] if tuple(hit) not in unknown]
            doubts += sum(1 for at in found if doubtful[at])
            got = [at for at in got if not doubtful[at]]
            hits += len(got)
            if got != expected:
                names = {at: (catalog.items[at].collection, catalog.items[at].id) for at in {*got, *expected}}
                yield json.dumps(
                    {
                        "search": asked["search"],
                        "null_geometry_hits": asked["null_geometry_hits"],
                        "only here": [names[at] for at in got if at not in set(expected)][:5],
                        "only shapely": [names[at] for at in expected if at not in set(got)][:5],
                        "order": sorted(got) == sorted(expected),
                    }
                )
        yield (searches, hits, doubts, len(unknown))


def report(source, dump):
    *differences, (searches, hits, doubts, left_out) = compare(source, dump)
    for difference in differences[:10]:
        print(difference)
    print(
        f"{searches} searches, {hits} hits compared with shapely; {doubts} within {NEAR} degrees of a repaired edge "
        f"and {left_out} items left out"
    )
    print(f"{searches - len(differences)} passed, {len(differences)} failed")
    return searches, differences


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not there")
def test_sample_agrees_with_shapely(tmp_path):
    program = BUILD / "tests" / "differential" / "cairn_differential"
    dump = tmp_path / "dump.jsonl"
    subprocess.run([program, "--searches", "1000", "--seed", "11", "--dump", dump, SAMPLE], check=True)
    searches, differences = report(SAMPLE, dump)
    assert searches > 900
    assert not differences


if __name__ == "__main__":
    sys.exit(1 if report(*sys.argv[1:])[1] else 0)
