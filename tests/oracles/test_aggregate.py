"""Aggregations against plain Python: times, terms, ranges and grids, cells of footprints by shapely.

The program under test is cairn_aggregate_tool of the build directory named by CAIRN_BUILD (build/dev by default).
"""

import collections
import datetime
import json
import math
import os
import pathlib
import random
import subprocess

import pytest

shapely = pytest.importorskip("shapely")
from shapely.geometry import box, mapping, shape  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CAIRN_BUILD", ROOT / "build" / "dev"))
TOOL = BUILD / "tests" / "tools" / "cairn_aggregate_tool"
MARGIN = 1e-9  # degrees: see lib/query/aggregate_grid.h

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason=f"{TOOL} is not built")


def ask(items, *flags, **parameters):
    text = "".join(json.dumps(item) + "\n" for item in items)
    arguments = [f"{name}={value}" for name, value in parameters.items()]
    done = subprocess.run([TOOL, *flags, *arguments], input=text, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if "--each" in flags:
        assert len(answers) == len(items)
        return answers
    return {answer["name"]: answer for answer in answers[0]}


def frequencies(answer):
    found = {bucket["key"]: bucket["frequency"] for bucket in answer["buckets"]}
    assert len(found) == len(answer["buckets"])
    return found


# ---- items ----


def item(number, properties, geometry=None, collection="c"):
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": str(number),
        "collection": collection,
        "geometry": geometry,
        "properties": {"datetime": "2020-01-01T00:00:00Z", **properties},
        "links": [],
        "assets": {},
    }


def instant(rng):
    start = datetime.datetime(1, 1, 1, tzinfo=datetime.timezone.utc)
    if rng.random() < 0.7:
        start = datetime.datetime(2015, 1, 1, tzinfo=datetime.timezone.utc)
    return start + datetime.timedelta(seconds=rng.randrange(10 * 366 * 86400))


def text_of(time):
    return f"{time.year:04}-{time.month:02}-{time.day:02}T{time.hour:02}:{time.minute:02}:{time.second:02}Z"


def value(rng):
    fixed = [None, 0, -5, 5, 4.999, 15, 14.9, 40, 39.99, 100, "40", True, [], [5], {}]
    return rng.choice([*fixed, rng.uniform(-100, 400), rng.randint(-90, 360)])


def term(rng):
    names = ["sentinel-2a", "sentinel-2b", "é", "a\"b", "a\\b", "", "1"]
    return rng.choice([*names, None, 1, 1.5, True, False, [], ["x", "y", "x"], [None, "x", {}], {"a": 1}])


def random_items(seed, n):
    rng = random.Random(seed)
    items = []
    for i in range(n):
        properties = {"eo:cloud_cover": value(rng), "view:sun_elevation": value(rng), "view:off_nadir": value(rng)}
        properties |= {"platform": term(rng), "instruments": term(rng), "view:sun_azimuth": value(rng)}
        properties = {name: v for name, v in properties.items() if rng.random() < 0.8}
        time = text_of(instant(rng))
        if rng.random() < 0.2:
            properties |= {"datetime": None, "start_datetime": time, "end_datetime": "9999-01-01T00:00:00Z"}
        else:
            properties["datetime"] = time
        items.append(item(i, properties, collection=rng.choice(["a", "b", "longer"])))
    return items


def sample():
    with open(ROOT / "tests" / "data" / "corpus-sample.ndjson", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    items = [record.get("item", record) for record in records]
    return [one for one in items if one.get("type") == "Feature" and one.get("stac_version") in ("1.0.0", "1.1.0")]


def readable(items):
    """Those that ingest does not refuse: the tool passes over the others."""
    kept = []
    for one in items:
        text = json.dumps(one) + "\n"
        done = subprocess.run([TOOL, "--each", "aggregations=total_count"], input=text, capture_output=True, text=True)
        if done.stdout:
            kept.append(one)
    return kept


@pytest.fixture(scope="module", params=["sample", 1, 2])
def items(request):
    return readable(sample()) if request.param == "sample" else random_items(request.param, 2000)


# ---- times ----


def time_of(one):
    """datetime, else the start of the range, whose ends may have changed places (docs/ingest.md)."""
    properties = one["properties"]
    names = ["datetime"] if properties.get("datetime") else ["start_datetime", "end_datetime"]
    return min(datetime.datetime.fromisoformat(properties[name].replace("Z", "+00:00")) for name in names)


def starts(time, interval):
    time = time.astimezone(datetime.timezone.utc).replace(microsecond=0)
    midnight = time.replace(hour=0, minute=0, second=0)
    return {
        "year": midnight.replace(month=1, day=1),
        "quarter": midnight.replace(month=(time.month - 1) // 3 * 3 + 1, day=1),
        "month": midnight.replace(day=1),
        "week": midnight - datetime.timedelta(days=time.weekday()),
        "day": midnight,
        "hour": time.replace(minute=0, second=0),
        "minute": time.replace(second=0),
        "second": time,
    }[interval]


@pytest.mark.parametrize("interval", ["year", "quarter", "month", "week", "day", "hour", "minute", "second"])
def test_times(items, interval):
    answer = ask(items, aggregations="datetime_frequency", datetime_frequency_interval=interval)["datetime_frequency"]
    expected = collections.Counter(text_of(starts(time_of(one), interval))[:-1] + ".000Z" for one in items)
    assert frequencies(answer) == expected
    assert answer["interval"] == interval and answer["overflow"] == 0
    keys = [bucket["key"] for bucket in answer["buckets"]]
    assert keys == sorted(keys) and all(bucket["data_type"] == "datetime" for bucket in answer["buckets"])


def test_single_values(items):
    answer = ask(items, aggregations="total_count,datetime_min,datetime_max")
    times = [time_of(one) for one in items]
    assert answer["total_count"]["value"] == len(items)
    for name, time in ("datetime_min", min(times)), ("datetime_max", max(times)):
        assert datetime.datetime.fromisoformat(answer[name]["value"].replace("Z", "+00:00")) == time
        assert answer[name]["data_type"] == "datetime"


# ---- properties ----


def spelled(v):
    """The kind and text of a term; None for what is none."""
    if isinstance(v, bool):
        return "string", "true" if v else "false"
    if isinstance(v, (int, float)):
        return "numeric", repr(int(v)) if float(v).is_integer() and abs(v) < 1e15 else repr(float(v))
    return ("string", v) if isinstance(v, str) else None


def terms_of(one, name):
    v = one["properties"].get(name)
    members = v if isinstance(v, list) else [v]
    return {spelled(member) for member in members} - {None}


@pytest.mark.parametrize("name", ["platform", "instruments", "grid:code", "constellation", "gsd"])
def test_terms(items, name):
    aggregation = {"platform": "platform_frequency", "grid:code": "grid_code_frequency"}.get(name, name + "_frequency")
    answer = ask(items, aggregations=aggregation)[aggregation]
    # "true" the string and true the boolean are two buckets of the same spelling
    expected = collections.Counter()
    for one in items:
        expected.update(terms_of(one, name))
    found = collections.Counter()
    for bucket in answer["buckets"]:
        found[bucket["data_type"], bucket["key"]] += bucket["frequency"]
    assert found == expected
    assert answer["overflow"] == sum(not terms_of(one, name) for one in items)
    order = [bucket["frequency"] for bucket in answer["buckets"]]
    assert order == sorted(order, reverse=True)


def test_collections(items):
    named = [one for one in items if one.get("collection")]
    answer = ask(named, aggregations="collection_frequency")["collection_frequency"]
    assert frequencies(answer) == collections.Counter(one["collection"] for one in named)


def number_of(one, name):
    v = one["properties"].get(name)
    return v if isinstance(v, (int, float)) and not isinstance(v, bool) else None


def inside(bucket, number):
    return bucket.get("from", -math.inf) <= number < bucket.get("to", math.inf)


@pytest.mark.parametrize(
    "aggregation, name",
    [
        ("cloud_cover_frequency", "eo:cloud_cover"),
        ("sun_elevation_frequency", "view:sun_elevation"),
        ("sun_azimuth_frequency", "view:sun_azimuth"),
        ("off_nadir_frequency", "view:off_nadir"),
    ],
)
def test_numbers(items, aggregation, name):
    answer = ask(items, aggregations=aggregation)[aggregation]
    values = [number_of(one, name) for one in items]
    for bucket in answer["buckets"]:
        assert bucket["frequency"] == sum(v is not None and inside(bucket, v) for v in values)
        assert bucket["key"].startswith(f"{bucket['from']:.1f}-" if "from" in bucket else "*-")
        assert bucket["key"].endswith(f"-{bucket['to']:.1f}" if "to" in bucket else "-*")
    assert answer["overflow"] == sum(v is None for v in values)
    assert sum(bucket["frequency"] for bucket in answer["buckets"]) + answer["overflow"] == len(items)
    if name == "eo:cloud_cover":
        assert [(b.get("from"), b.get("to")) for b in answer["buckets"]] == [(None, 5), (5, 15), (15, 40), (40, None)]


# ---- grids ----

LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz"


def geohash(lon, lat, precision):
    """By halving, as the definition has it."""
    sides = [[-180.0, 180.0], [-90.0, 90.0]]
    bits = []
    for i in range(precision * 5):
        side, v = sides[i % 2], (lon, lat)[i % 2]
        middle = (side[0] + side[1]) / 2
        bits.append(v >= middle)
        side[0 if v >= middle else 1] = middle
    letters = [bits[i : i + 5] for i in range(0, len(bits), 5)]
    return "".join(LETTERS[int("".join("01"[bit] for bit in letter), 2)] for letter in letters)


def geohash_box(key):
    west, south, east, north = -180.0, -90.0, 180.0, 90.0
    bits = "".join(f"{LETTERS.index(letter):05b}" for letter in key)
    for i, bit in enumerate(bits):
        if i % 2 == 0:
            middle = (west + east) / 2
            west, east = (middle, east) if bit == "1" else (west, middle)
        else:
            middle = (south + north) / 2
            south, north = (middle, north) if bit == "1" else (south, middle)
    return west, south, east, north


def all_geohashes(precision):
    keys = [""]
    for _ in range(precision):
        keys = [key + letter for key in keys for letter in LETTERS]
    return keys


def tile(lon, lat, zoom):
    n = 2**zoom
    x = math.floor((lon + 180) / 360 * n)
    lat = max(-89.99999, min(89.99999, lat))
    y = math.floor((1 - math.log(math.tan(math.radians(lat)) + 1 / math.cos(math.radians(lat))) / math.pi) / 2 * n)
    return f"{zoom}/{max(0, min(n - 1, x))}/{max(0, min(n - 1, y))}"


def tile_box(key):
    zoom, x, y = (int(part) for part in key.split("/"))
    n = 2**zoom

    def side(row):
        return 90 if row == 0 else -90 if row == n else math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / n))))

    return x / n * 360 - 180, side(y + 1), (x + 1) / n * 360 - 180, side(y)


def all_tiles(zoom):
    return [f"{zoom}/{x}/{y}" for x in range(2**zoom) for y in range(2**zoom)]


GRIDS = {
    "geohash": (geohash, geohash_box, all_geohashes, range(1, 13)),
    "geotile": (tile, tile_box, all_tiles, range(0, 30)),
}


def star(rng, radius):
    lon, lat = rng.uniform(-180 + radius, 180 - radius), rng.uniform(-90 + radius, 90 - radius)
    turns = sorted(rng.uniform(0, 2 * math.pi) for _ in range(rng.randint(3, 12)))
    ring = [(lon + radius * math.cos(t) * rng.uniform(0.2, 1), lat + radius * math.sin(t)) for t in turns]
    return shapely.Polygon(ring)


def random_geometry(rng):
    kind = rng.randrange(6)
    if kind == 0:
        return shapely.Point(rng.uniform(-180, 180), rng.uniform(-90, 90))
    if kind == 1:
        west, south = rng.randrange(-16, 15) * 11.25, rng.randrange(-8, 7) * 11.25
        return box(west, south, west + 11.25 * rng.randint(1, 2), south + 11.25)
    if kind == 2:
        lon, lat = rng.uniform(-170, 170), rng.uniform(-80, 80)
        return shapely.LineString([(lon + rng.uniform(-9, 9), lat + rng.uniform(-9, 9)) for _ in range(4)])
    if kind == 3:
        return shapely.MultiPoint([(rng.uniform(-80, 80), rng.uniform(-80, 80)) for _ in range(3)])
    return star(rng, rng.choice([0.5, 5, 40]))


def geometries(seed, n):
    rng = random.Random(seed)
    found = []
    while len(found) < n:
        geometry = random_geometry(rng)
        if geometry.is_valid and not geometry.is_empty:
            found.append(geometry)
    return found


@pytest.fixture(scope="module")
def places():
    return geometries(7, 150)


def keys_of(answer):
    return set(frequencies(answer))


@pytest.mark.parametrize("name", ["centroid_{}_grid_frequency", "grid_{}_frequency"])
@pytest.mark.parametrize("grid", GRIDS)
def test_centroids(places, grid, name):
    cell, _, _, precisions = GRIDS[grid]
    name = name.format(grid)
    for precision in precisions:
        answer = ask(
            [item(i, {}, mapping(g)) for i, g in enumerate(places)],
            aggregations=name,
            **{name + "_precision": precision},
        )[name]
        expected = collections.Counter()
        for g in places:
            expected[cell(g.centroid.x, g.centroid.y, precision)] += 1
        # a last bit of the centroid may decide the finest cells
        differ = sum(((collections.Counter(frequencies(answer))) - expected).values())
        assert differ <= (0 if precision < (9 if grid == "geohash" else 22) else 3)


@pytest.mark.parametrize(
    "grid, precision", [("geohash", 1), ("geohash", 2), ("geotile", 0), ("geotile", 1), ("geotile", 4), ("geotile", 5)]
)
def test_footprints(places, grid, precision):
    cell, cell_box, all_keys, _ = GRIDS[grid]
    name = f"geometry_{grid}_grid_frequency"
    boxes = {key: cell_box(key) for key in all_keys(precision)}
    tree_keys = list(boxes)
    tree = shapely.STRtree([box(*boxes[key]) for key in tree_keys])
    answers = ask(
        [item(i, {}, mapping(g)) for i, g in enumerate(places)],
        "--each",
        aggregations=name,
        **{name + "_precision": precision},
    )
    for g, answer in zip(places, answers, strict=True):
        candidates = [tree_keys[i] for i in tree.query(g, predicate="intersects")]
        if g.geom_type == "Point":
            expected = {cell(g.x, g.y, precision)}
        elif g.geom_type in ("Polygon", "MultiPolygon"):
            expected = {key for key in candidates if reaches_into(g, boxes[key])}
        else:
            expected = set(candidates)
        assert keys_of(answer[0]) == expected, g.wkt
        assert answer[0]["overflow"] == 0


def reaches_into(geometry, sides):
    west, south, east, north = sides
    return geometry.intersects(box(west + MARGIN, south + MARGIN, east - MARGIN, north - MARGIN))


def test_cells_of_corpus():
    """Every footprint of the sample lies in its cells; items without a place are told of."""
    items = readable(sample())
    name = "geometry_geotile_grid_frequency"
    answers = ask(items, "--each", aggregations=name, **{name + "_precision": 3})
    seen = 0
    for one, answer in zip(items, answers, strict=True):
        if one.get("geometry") is None and one.get("bbox"):
            continue  # the load-ready form has a geometry of it
        if one.get("geometry") is None:
            assert answer[0]["overflow"] == 1 and not answer[0]["buckets"]
            continue
        geometry = shape(one["geometry"])
        if not geometry.is_valid or geometry.bounds[2] - geometry.bounds[0] > 180 or abs(geometry.bounds[0]) > 180:
            continue
        covered = shapely.union_all([box(*tile_box(key)) for key in keys_of(answer[0])])
        assert covered.buffer(1e-6).covers(geometry)
        seen += 1
    assert seen > 10
