"""Footprints and search areas against shapely and the antimeridian package, on random geometries.

The program under test is cairn_footprint_tool of the build directory named by CAIRN_BUILD (build/dev by default).
"""

import json
import math
import os
import pathlib
import random
import subprocess

import pytest

antimeridian = pytest.importorskip("antimeridian")
shapely = pytest.importorskip("shapely")
import shapely.affinity  # noqa: E402
from shapely.geometry import box, mapping, shape  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CAIRN_BUILD", ROOT / "build" / "dev"))
TOOL = BUILD / "tests" / "tools" / "cairn_footprint_tool"

AREA_TOLERANCE = 1e-5  # square degrees: crossing latitudes are rounded to 1e-7
POSITION_TOLERANCE = 1e-6

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason=f"{TOOL} is not built")


def ask(lines, *flags):
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run([TOOL, *flags], input=text, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(lines)
    return answers


# ---- generators ----


def wrap(lon):
    return (lon + 180) % 360 - 180 if not -180 <= lon <= 180 else lon


def star(rng, lon, lat, radius, n, clockwise=False, squeeze=1.0):
    """A simple ring around a centre, not wrapped."""
    turns = sorted(rng.uniform(0, 2 * math.pi) for _ in range(n))
    ring = []
    for t in turns:
        r = radius * rng.uniform(0.3, 1)
        ring.append([lon + r * math.cos(t) * squeeze, max(-89.9, min(89.9, lat + r * math.sin(t)))])
    if clockwise:
        ring.reverse()
    return ring + [ring[0]]


def encloses(ring, lon, lat):
    return shapely.Polygon(ring).is_valid and shapely.Polygon(ring).contains(shapely.Point(lon, lat))


def centred_star(rng, lon, lat, radius, n, clockwise=False):
    while True:
        ring = star(rng, lon, lat, radius, n, clockwise)
        if encloses(ring, lon, lat):
            return ring


def wrapped(ring):
    return [[wrap(x), y] for x, y in ring]


def small(rng):
    lon, lat = rng.choice([-180, 180]) + rng.uniform(-6, 6), rng.uniform(-75, 75)
    return [wrapped(centred_star(rng, lon, lat, rng.uniform(0.1, 8), rng.randint(5, 20), rng.random() < 0.5))]


def snapped(rng):
    """Positions on whole degrees: many are exactly on the antimeridian."""
    lon, lat = rng.choice([-180, 180]) + rng.randint(-3, 3), rng.randint(-70, 70)
    while True:
        ring = [[round(x), round(y)] for x, y in centred_star(rng, lon, lat, 6, rng.randint(5, 12))]
        if shapely.Polygon(ring).is_valid and shapely.Polygon(ring).area > 0:
            ring = ring[::-1] if rng.random() < 0.5 else ring
            return [wrapped(ring)]


def anywhere(rng):
    return [wrapped(centred_star(rng, rng.uniform(-160, 160), rng.uniform(-70, 70), 10, rng.randint(5, 20)))]


def swath(rng):
    """An orbit's strip, 40 to 170 degrees of longitude long."""
    lon, width, steps = rng.uniform(100, 260), rng.uniform(1, 15), rng.randint(5, 40)
    reach, slope = rng.uniform(40, 170), rng.uniform(-60, 60)
    there = [[lon + reach * i / steps, slope * (i / steps - 0.5)] for i in range(steps + 1)]
    back = [[x, y + width] for x, y in reversed(there)]
    ring = there + back + [there[0]]
    return [wrapped(ring[::-1] if rng.random() < 0.5 else ring)]


def around_pole(rng, lat, way):
    steps, start = rng.randint(6, 40), rng.uniform(-180, 180)
    lons = sorted(rng.uniform(0, 360) for _ in range(steps))
    lons = [360 * i / steps + rng.uniform(0, 300 / steps) for i in range(steps)] if rng.random() < 0.5 else lons
    if max(b - a for a, b in zip(lons, lons[1:] + [lons[0] + 360])) > 150:
        return around_pole(rng, lat, way)
    ring = [[wrap(start + way * x), lat + rng.uniform(-3, 3)] for x in lons]
    return ring + [ring[0]]


def pole(rng):
    """Eastwards around the north pole or westwards around the south pole; now and then the wrong way round, which
    means all the rest of the world."""
    way = rng.choice([1, -1])
    if rng.random() < 0.2:
        return [around_pole(rng, -way * rng.uniform(50, 80), way)]
    rings = [around_pole(rng, way * rng.uniform(50, 70), way)]
    if rng.random() < 0.3:
        rings.append(around_pole(rng, way * 86, -way))
    return rings


def holed(rng):
    lon, lat = 180 + rng.uniform(-9, 9), rng.uniform(-60, 60)
    outer = [[lon + 12 * math.cos(t / 9 * math.pi), lat + 12 * math.sin(t / 9 * math.pi)] for t in range(18)]
    rings = [wrapped(outer + [outer[0]])]
    for k in rng.sample([-5, 0, 5], rng.randint(1, 3)):
        rings.append(wrapped(centred_star(rng, lon + k, lat + rng.uniform(-4, 4), 2, 9, rng.random() < 0.5)))
    return rings


POLYGONS = [small, snapped, anywhere, swath, pole, holed]


def polygon(rng):
    return {"type": "Polygon", "coordinates": rng.choice(POLYGONS)(rng)}


def multipolygon(rng):
    return {"type": "MultiPolygon", "coordinates": [rng.choice(POLYGONS)(rng) for _ in range(rng.randint(1, 4))]}


def track(rng):
    lon, lat = rng.uniform(-180, 180), rng.uniform(-60, 60)
    path = []
    for _ in range(rng.randint(2, 30)):
        path.append([wrap(lon), lat])
        lon += rng.uniform(-20, 40)
        lat = max(-85, min(85, lat + rng.uniform(-10, 10)))
    return path


def line(rng):
    return {"type": "LineString", "coordinates": track(rng)}


def multiline(rng):
    return {"type": "MultiLineString", "coordinates": [track(rng) for _ in range(rng.randint(1, 4))]}


# ---- the oracle's word ----


def union_of_valid(geometry):
    parts = [p if p.is_valid else shapely.make_valid(p) for p in getattr(geometry, "geoms", [geometry])]
    whole = shapely.unary_union(parts)
    areas = [p for p in getattr(whole, "geoms", [whole]) if p.area > 0]
    return shapely.unary_union(areas) if areas else whole


def crosses(ring):
    return any(180 < abs(b[0] - a[0]) < 360 for a, b in zip(ring, ring[1:]))


def is_polar(ring):
    steps = [(b[0] - a[0] + 180) % 360 - 180 for a, b in zip(ring, ring[1:])]
    return abs(sum(steps)) > 180


def touches(ring):
    return any(abs(x) == 180 for x, _ in ring)


def great_circle_latitude(a, b):
    """Where the great circle through a and b meets the antimeridian, by halving."""
    if 180 in (abs(a[0]), abs(b[0])):
        return a[1] if abs(a[0]) == 180 else b[1]
    ends = []
    for lon, lat in (a, b):
        lon, lat = math.radians(lon % 360 - 180), math.radians(lat)
        ends.append((math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)))
    low, high = sorted(ends, key=lambda v: v[1])
    for _ in range(80):
        middle = tuple((p + q) / 2 for p, q in zip(low, high))
        low, high = (middle, high) if middle[1] < 0 else (low, middle)
    return math.degrees(math.atan2(high[2], math.hypot(high[0], high[1])))


def unwrapped_and_cut(ring):
    """What a ring without a pole in it is, without the package."""
    whole = []
    for a, b in zip(ring, ring[1:]):
        whole.append((a[0] % 360, a[1]))
        if 180 < abs(b[0] - a[0]) < 360:
            whole.append((180, great_circle_latitude(a, b)))
    whole = shapely.make_valid(shapely.Polygon(whole))
    east = shapely.affinity.translate(whole.intersection(box(180, -90, 360, 90)), -360)
    return union_of_valid(shapely.union(whole.intersection(box(0, -90, 180, 90)), east))


def fixed_ring(ring):
    """The package, for one ring. It goes wrong with some rings that touch the antimeridian with a corner."""
    if crosses(ring) and touches(ring) and not is_polar(ring):
        return unwrapped_and_cut(ring)
    return union_of_valid(shape(antimeridian.fix_shape({"type": "Polygon", "coordinates": [ring]}, fix_winding=True)))


def fixed_polygon(rings):
    """Ring by ring, because the package loses holes when there are several and mistakes the winding of polar ones."""
    answer = fixed_ring(rings[0])
    for hole in rings[1:]:
        answer = answer.difference(fixed_ring(hole[::-1] if is_polar(hole) else hole))
    return answer


def fixed(geometry):
    if geometry["type"] == "Polygon":
        return fixed_polygon(geometry["coordinates"])
    if geometry["type"] == "MultiPolygon":
        return shapely.unary_union([fixed_polygon(rings) for rings in geometry["coordinates"]])
    return shape(antimeridian.fix_shape(geometry))


def expected_box(geometry):
    parts = [p.bounds for p in getattr(geometry, "geoms", [geometry])]
    west, south = min(b[0] for b in parts), min(b[1] for b in parts)
    east, north = max(b[2] for b in parts), max(b[3] for b in parts)
    if west == -180 and east == 180:
        parts.sort()
        reached, widest = parts[0][2], 0
        for b in parts[1:]:
            if b[0] - reached > widest:
                widest, west, east = b[0] - reached, b[0], reached
            reached = max(reached, b[2])
    return [west, south, east, north]


def assert_same(geometry, answer, wanted):
    assert "error" not in answer, (geometry, answer)
    found = shapely.from_wkb(bytes.fromhex(answer["wkb"]))
    assert found.is_valid, (geometry, answer)
    if wanted.area > 0:
        assert found.symmetric_difference(wanted).area < AREA_TOLERANCE, (json.dumps(geometry), found.wkt, wanted.wkt)
    else:
        assert found.hausdorff_distance(wanted) < POSITION_TOLERANCE, (geometry, found.wkt, wanted.wkt)
    want = expected_box(wanted)
    assert all(abs(a - b) < POSITION_TOLERANCE for a, b in zip(answer["box"], want)), (geometry, answer["box"], want)


@pytest.mark.parametrize("make", [polygon, multipolygon, line, multiline], ids=lambda f: f.__name__)
def test_uncut_footprints_become_what_the_antimeridian_package_makes_of_them(make):
    rng = random.Random(make.__name__)
    crossed = 0
    geometries = [make(rng) for _ in range(2000)]
    for geometry, answer in zip(geometries, ask(geometries)):
        assert_same(geometry, answer, fixed(geometry))
        crossed += any("antimeridian" in w for w in answer["warnings"])
    assert crossed > 500


def test_longitudes_out_of_range_are_wrapped():
    rng = random.Random(3)
    geometries, wrapped_ones = [], []
    for _ in range(1000):
        lon, lat = rng.choice([-1, 1]) * rng.uniform(150, 500), rng.uniform(-60, 60)
        ring = centred_star(rng, lon, lat, 15, rng.randint(5, 12))
        geometries.append({"type": "Polygon", "coordinates": [ring]})
        wrapped_ones.append({"type": "Polygon", "coordinates": [wrapped(ring)]})
    for geometry, wrapped_one, answer in zip(geometries, wrapped_ones, ask(geometries)):
        assert_same(geometry, answer, fixed(wrapped_one))


def test_geometries_that_do_not_cross_stay_as_they_are():
    rng = random.Random(4)
    geometries = [{"type": "Polygon", "coordinates": anywhere(rng)} for _ in range(500)]
    geometries += [mapping(box(-180, s, 180, s + 10)) for s in range(-90, 80)]
    geometries += [mapping(shapely.MultiPolygon([box(170, s, 180, s + 5), box(-180, s, -175, s + 5)])) for s in range(80)]
    for geometry, answer in zip(geometries, ask(geometries)):
        found = shapely.from_wkb(bytes.fromhex(answer["wkb"]))
        assert answer["warnings"] == [] and not answer["repaired"]
        assert shapely.equals_exact(found, shape(geometry), 0), geometry
        assert answer["box"] == expected_box(shape(geometry))


def test_strict_refuses_what_is_otherwise_repaired():
    rng = random.Random(5)
    geometries = [{"type": "Polygon", "coordinates": small(rng)} for _ in range(300)]
    for lenient, strict in zip(ask(geometries), ask(geometries, "--strict")):
        assert lenient["repaired"] == ("error" in strict)


def test_invalid_polygons_keep_their_area():
    rng = random.Random(6)
    geometries = []
    for _ in range(1000):
        ring = [[rng.uniform(-50, 50), rng.uniform(-50, 50)] for _ in range(rng.randint(4, 9))]
        geometries.append({"type": "Polygon", "coordinates": [ring + [ring[0]]]})
    for geometry, answer in zip(geometries, ask(geometries)):
        assert_same(geometry, answer, union_of_valid(shape(geometry)))


# ---- areas ----


def some_footprint(rng):
    kind = rng.random()
    lon, lat = rng.uniform(-170, 170), rng.uniform(-80, 80)
    if kind < 0.15:
        return {"type": "Point", "coordinates": [round(lon, 1), round(lat, 1)]}
    if kind < 0.3:
        return line(rng)
    if kind < 0.4:
        return {"type": "MultiPoint", "coordinates": [[rng.uniform(-180, 180), rng.uniform(-90, 90)] for _ in range(4)]}
    if kind < 0.5:
        return {"type": "GeometryCollection", "geometries": [line(rng), {"type": "Point", "coordinates": [lon, lat]}]}
    return polygon(rng) if kind < 0.8 else mapping(box(lon, lat, min(180, lon + 10), min(90, lat + 10)))


def some_area(rng):
    """What is asked for, and the same in shapely (planar)."""
    kind = rng.random()
    lon, lat = rng.uniform(-180, 180), rng.uniform(-90, 90)
    if kind < 0.2:
        east, north = rng.uniform(lon, 180), rng.uniform(lat, 90)
        return [lon, lat, east, north], box(lon, lat, east, north)
    if kind < 0.4:
        west, east, north = rng.uniform(0, 180), rng.uniform(-180, 0), rng.uniform(lat, 90)
        return [west, lat, east, north], shapely.union(box(west, lat, 180, north), box(-180, lat, east, north))
    if kind < 0.5:
        lon, lat = round(lon, 1), round(lat, 1)
        place = shapely.Point(lon, lat)
        return ([lon, lat, lon, lat], place) if kind < 0.45 else (mapping(place), place)
    if kind < 0.6:
        path = shapely.LineString([[rng.uniform(-180, 180), rng.uniform(-90, 90)] for _ in range(4)])
        return mapping(path), path
    if kind < 0.7:
        parts = [shapely.Point(lon, lat).buffer(5), shapely.Point(lon / 2, lat / 2), shapely.LineString([[0, 0], [lon, lat]])]
        parts = [shapely.intersection(p, box(-180, -90, 180, 90)) for p in parts]
        return mapping(shapely.GeometryCollection(parts)), shapely.GeometryCollection(parts)
    outer = shapely.Polygon(centred_star(rng, lon / 1.5, lat / 1.5, 25, 15))
    hole = shapely.Polygon(centred_star(rng, lon / 1.5, lat / 1.5, 8, 7))
    area = outer.difference(hole).intersection(box(-180, -90, 180, 90))
    return mapping(area), area


def test_areas_meet_what_shapely_says_intersects():
    rng = random.Random(7)
    footprints = [some_footprint(rng) for _ in range(150)]
    read = [shapely.from_wkb(bytes.fromhex(answer["wkb"])) for answer in ask(footprints)]
    areas = [some_area(rng) for _ in range(200)]
    hits = 0
    answers = ask([{"area": asked, "footprints": footprints} for asked, _ in areas], "--meets")
    for (asked, area), answer in zip(areas, answers):
        assert "error" not in answer, (asked, answer)
        parts = getattr(area, "geoms", [area])
        for geometry, footprint, meets in zip(footprints, read, answer["meets"]):
            wanted = any(part.intersects(f) for part in parts for f in getattr(footprint, "geoms", [footprint]))
            assert meets == wanted, (asked, geometry)
            hits += wanted
    assert 3000 < hits < 25000


def test_invalid_areas_are_refused_and_valid_ones_are_not():
    rng = random.Random(8)
    rings = []
    for _ in range(1000):
        ring = [[rng.uniform(-50, 50), rng.uniform(-50, 50)] for _ in range(rng.randint(3, 6))]
        rings.append(ring + [ring[0]])
    areas = [{"type": "Polygon", "coordinates": [ring]} for ring in rings]
    for area, answer in zip(areas, ask([{"area": area, "footprints": []} for area in areas], "--meets")):
        assert ("error" not in answer) == shape(area).is_valid, (area, answer)
