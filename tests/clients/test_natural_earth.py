"""Countries, places and rivers of Natural Earth through bbox and intersects, by GET and POST, against shapely.

The 433 items are the test dataset of the OGC's CQL2 Abstract Test Suite. Boxes of each kind: small, large, over the antimeridian in both
directions, around the poles, degenerate, with heights; polygons with holes; and each of the 433 geometries as `intersects`.
"""

import functools
import gzip
import json
import math
import random
import urllib.parse

import numpy
import pytest
import requests
import shapely
import shapely.geometry
from support import ROOT, Server, run_cairn

DATA = ROOT / "tests" / "data" / "natural-earth.ndjson.gz"
LONGEST_URL = 15000
# Antarctica and Russia leave the range of longitudes by 1e-13 degrees and are cut there; other items are compared exactly.
NEAR = 1e-9


@functools.cache
def items():
    return [json.loads(line) for line in gzip.open(DATA)]


@functools.cache
def shapes():
    return numpy.array([shapely.geometry.shape(item["geometry"]) for item in items()])


def key(item):
    return item["collection"], item["id"]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    path = tmp_path_factory.mktemp("earth") / "earth.cairn"
    run_cairn("ingest", path, DATA)
    server = Server(path)
    yield server.url
    assert server.stop()[0] == 0


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        yield session


# ---- what must be found ----


def flat_box(west, south, east, north):
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def parts_of_box(box):
    half = len(box) // 2
    west, south, east, north = box[0], box[1], box[half], box[half + 1]
    if west <= east:
        return [flat_box(west, south, east, north)]
    return [flat_box(west, south, 180, north), flat_box(-180, south, east, north)]


@functools.cache
def cut():
    """Which of the items are cut: the edges of theirs that matter are 1e-13 degrees beyond 180."""
    wide = [shape.bounds[0] < -180 or shape.bounds[2] > 180 for shape in shapes()]
    return numpy.array(wide) | numpy.array([item["properties"].get("NAME") == "Antarctica" for item in items()])


def expected(parts):
    """(the items that must be found, and those of which it can't be said)"""
    met = numpy.zeros(len(items()), bool)
    near = numpy.zeros(len(items()), bool)
    for part in parts:
        met |= shapely.intersects(shapes(), part)
        near |= shapely.dwithin(shapes(), part, NEAR) & ~shapely.intersects(shapes(), part.buffer(-NEAR))
    doubtful = cut() & near
    return {key(items()[i]) for i in numpy.nonzero(met)[0]}, {key(items()[i]) for i in numpy.nonzero(doubtful)[0]}


# ---- asking ----


def pages(session, method, url, body):
    """Follows `next` to the end; a page of a random size now and then."""
    request = {"method": method, "url": url}
    request |= {"json": body} if method == "POST" else {"params": body}
    while request:
        answer = session.request(**request)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert page["numberReturned"] == len(page["features"])
        yield from page["features"]
        links = [link for link in page["links"] if link["rel"] == "next"]
        request = None
        for link in links:
            request = {"method": link.get("method", "GET"), "url": link["href"]}
            if "body" in link:
                request["json"] = link["body"]


def found(session, url, method, limit, **asked):
    body = {**asked, "limit": limit}
    if method == "GET":
        if "bbox" in asked:
            body["bbox"] = ",".join(map(repr, asked["bbox"]))
        if "intersects" in asked:
            body["intersects"] = json.dumps(asked["intersects"], separators=(",", ":"))
            if len(urllib.parse.quote(body["intersects"])) > LONGEST_URL:
                return None
    keys = [key(feature) for feature in pages(session, method, url + "search", body)]
    assert len(keys) == len(set(keys))
    return set(keys)


def check(session, url, parts, limit=1000, **asked):
    """Returns how many were found."""
    must, doubtful = expected(parts)
    for method in ("GET", "POST"):
        got = found(session, url, method, limit, **asked)
        if got is not None:
            assert got - doubtful == must - doubtful, (method, asked)
    return len(must)


# ---- boxes ----


def round_some(dice, number):
    """Coordinates of every precision, whole degrees among them."""
    return round(number, dice.choice([0, 1, 2, 6, 15])) + 0.0


def sides(dice, low, high, size):
    at = dice.uniform(low, high - size)
    return sorted((round_some(dice, at), round_some(dice, at + size)))


def random_box(dice, kind):
    size = 10 ** dice.uniform(-2, 1.5)
    west, east = sides(dice, -180, 180, size)
    south, north = sides(dice, -90, 90, min(size, 80))
    if kind == "large":
        (west, east), (south, north) = sides(dice, -180, 180, dice.uniform(40, 360)), sides(dice, -90, 90, dice.uniform(20, 180))
    elif kind == "crossing":
        west, east = round_some(dice, 180 - 10 ** dice.uniform(-1, 1.5)), round_some(dice, -180 + 10 ** dice.uniform(-1, 1.5))
    elif kind == "all but a gap":
        west, east = round_some(dice, dice.uniform(0, 20)), round_some(dice, dice.uniform(-20, -1))
    elif kind == "touches 180":
        west, east = dice.choice([(180 - size, 180), (-180, -180 + size), (180, 180), (-180, -180), (180, -180)])
        south, north = sides(dice, -90, 90, dice.uniform(10, 60))
    elif kind == "north pole":
        north, south = 90, round_some(dice, 90 - size)
    elif kind == "south pole":
        south, north = -90, round_some(dice, -90 + size)
    elif kind == "point":
        east, north = west, south
    elif kind == "line":
        west, east = dice.choice([(west, west), (west, east)])
        north = south if west != east else north
    elif kind == "place":
        west, south = dice.choice([s for s in shapes() if s.geom_type == "Point"]).coords[0][:2]
        east, north = west, south
    return [west, south, east, north]


KINDS = [
    "small", "large", "crossing", "all but a gap", "touches 180", "north pole", "south pole", "point", "line", "place"
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_boxes(session, url, kind):
    dice = random.Random(f"box {kind}")
    hits = [check_box(session, url, dice, random_box(dice, kind)) for _ in range(40)]
    assert any(hits)


def check_box(session, url, dice, box):
    if dice.random() < 0.2:
        box = [box[0], box[1], -100.5, box[2], box[3], 9000]
    return check(session, url, parts_of_box(box), dice.choice([1000, 1000, 1000, dice.randint(20, 100)]), bbox=box)


def test_the_world(session, url):
    assert check(session, url, parts_of_box([-180, -90, 180, 90]), bbox=[-180, -90, 180, 90]) == len(items()) == 433


# ---- polygons ----


def star(dice, x, y, radius, corners):
    """A simple ring around a place, clockwise or not."""
    angles = sorted(dice.uniform(0, 2 * math.pi) for _ in range(corners))
    ring = [(x + math.cos(a) * radius * dice.uniform(0.4, 1), y + math.sin(a) * radius * dice.uniform(0.4, 1)) for a in angles]
    ring = [(max(-180, min(180, x)), max(-90, min(90, y))) for x, y in ring]
    return ring if dice.random() < 0.5 else ring[::-1]


def random_polygon(dice):
    """Valid, now and then with a hole or of several parts."""
    x, y, radius = dice.uniform(-175, 175), dice.uniform(-85, 85), 10 ** dice.uniform(-1, 1.7)
    shape = shapely.make_valid(shapely.Polygon(star(dice, x, y, radius, dice.randint(3, 40))))
    if dice.random() < 0.4:
        shape = shape.difference(shapely.Point(x, y).buffer(radius / 5))
    if dice.random() < 0.3:
        shape = shape.union(shapely.Point(dice.uniform(-170, 170), dice.uniform(-80, 80)).buffer(dice.uniform(0.1, 9), 4))
    return shape if shape.is_valid and shape.area > 0 else random_polygon(dice)


def test_polygons(session, url):
    dice = random.Random(5)
    hits = 0
    for _ in range(200):
        shape = shapely.geometry.shape(shapely.geometry.mapping(random_polygon(dice)))
        hits += check(session, url, [shape], intersects=shapely.geometry.mapping(shape)) > 0
    assert hits > 100


@pytest.mark.parametrize("collection", sorted({item["collection"] for item in items()}))
def test_each_geometry_as_area(session, url, collection):
    """It finds its own item, and all that meet it."""
    for item, shape in zip(items(), shapes()):
        if item["collection"] != collection or shape.bounds[2] > 180:
            continue
        assert key(item) in expected([shape])[0]
        check(session, url, [shape], intersects=item["geometry"])


def test_an_area_beyond_180_is_refused(session, url):
    """Russia, by 6e-14 degrees: an area is taken as it is written."""
    (russia,) = [item for item, shape in zip(items(), shapes()) if shape.bounds[2] > 180]
    answer = session.post(url + "search", json={"intersects": russia["geometry"]})
    assert answer.status_code == 400
    assert "intersects" in answer.json()["description"]
