"""The load-ready form of items against independent readings: nothing is lost, codes and outlines by pyproj and shapely, schemas.

What docs/load-ready.md lists as replaced is said here once more in Python; every other value must come through in its own spelling. The program
under test is cairn_item_tool, on tests/data/corpus-sample.ndjson, on the whole corpus where it is there, and on items made here.
"""

import functools
import json
import re

import antimeridian
import numpy
import pyproj
import pytest
import shapely
import shapely.geometry
from jsonschema import Draft7Validator
from test_items import BUILD, NAMES, close, exact, is_old, members, read, run, taken

TOOL = BUILD / "tests" / "tools" / "cairn_item_tool"
pytestmark = pytest.mark.skipif(not TOOL.exists(), reason=f"{TOOL} is not built")

SCHEMA = "https://stac-extensions.github.io/"
NOW = {name: f"{SCHEMA}{name}/v{v}/schema.json" for name, v in {"projection": "1.2.0", "eo": "1.1.0", "raster": "1.1.0"}.items()}
NULL = object()  # fields that may be filled where they are null


# ---- nothing is lost ----


def is_object(value):
    return isinstance(value, tuple) and value[0] == "object"


def fields(value):
    return dict(value[1]) if is_object(value) else {}


def named(uri):
    """The one of the three that the URI is a version of."""
    match = re.match(re.escape(SCHEMA) + r"(projection|eo|raster)/v", uri) if isinstance(uri, str) else None
    return match and match[1]


def same_extensions(before, after):
    kept = [uri for uri in before or [] if not named(uri)]
    assert [uri for uri in after if not named(uri)] == kept
    for name in NOW:
        old = [uri for uri in before or [] if named(uri) == name]
        new = [uri for uri in after if named(uri) == name]
        assert new == old or new == [NOW[name]]


def filled(before, after):
    """Null is filled, or stays."""
    return before is None or before == after


def same_bands(before, after):
    """Band by band: what a band said, it says; more may stand behind."""
    if before is None or not isinstance(before, list) or not all(map(is_object, before)):
        assert before == after or before is None
        return
    assert len(after) == len(before)
    for old, new in zip(before, after):
        assert [key for key, _ in new[1]][: len(old[1])] == [key for key, _ in old[1]]
        assert all(filled(value, new[1][i][1]) for i, (_, value) in enumerate(old[1]))


def same_epsg(before, after):
    """A whole number however it was written."""
    text = before[1] if isinstance(before, tuple) else str(before)
    match = re.fullmatch(r"(?i:EPSG:)?(\d{1,6})(\.0*)?", text)
    assert before == after or (match and after == ("n", str(int(match[1]))))


V2 = re.compile(
    r"eo:(common_name|center_wavelength|full_width_half_max|solar_illumination)"
    r"|raster:(bits_per_sample|sampling|scale|offset|spatial_resolution|histogram)"
)


def same_fields(before, after, is_asset):
    new = fields(after)
    for key, value in before[1]:
        if key in ("bands", "eo:bands", "raster:bands") and is_asset:
            same_bands(value, new[key])
        elif key not in new and V2.fullmatch(key) and is_asset:
            assert all(key in fields(band) for band in new["bands"])
        elif key == "proj:epsg" and value is not None:
            same_epsg(value, new[key])
        elif key == "proj:code" and isinstance(value, tuple):
            assert new[key] == value or new[key].split(":")[1] == value[1]
        elif key.startswith("proj:") or (key == "type" and is_asset):
            assert filled(value, new[key])
        else:
            assert new[key] == value
    order = [key for key, _ in after[1]]
    assert [key for key in order if key in fields(before)] == [key for key, _ in before[1] if key in new]


def own_text(answer):
    return close(answer["source"] or answer["body"])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost(name):
    """Values keep their spelling; members keep their order, with what is new behind them."""
    changed = 0
    for _, answer in taken(name):
        if is_old(answer["stac_version"]) or not answer["source"]:
            continue
        before, after = exact(own_text(answer)), exact(close(answer["body"]))
        keys = [key for key, _ in before[1]]
        if len(set(keys)) < len(keys):
            continue
        old, new = fields(before), fields(after)
        for key, value in old.items():
            if key == "stac_extensions":
                same_extensions(value, new[key])
            elif key == "properties":
                same_fields(value, new[key], False)
            elif key == "assets" and is_object(value):
                assert list(fields(value)) == list(fields(new[key]))
                for asset, own in value[1]:
                    if is_object(own):
                        same_fields(own, fields(new[key])[asset], True)
            elif key in ("geometry", "bbox", "collection"):
                assert filled(value, new[key]) or value == ""
            else:
                assert new[key] == value
        assert set(new) - set(old) <= {"stac_extensions", "geometry", "bbox", "collection"}
        changed += 1
    assert changed > {"sample": 5, "items": 500}.get(name, -1)


@pytest.mark.parametrize("name", NAMES)
def test_a_second_time_changes_nothing(name):
    bodies = [close(answer["body"]) for _, answer in taken(name)]
    again = run("\n".join(bodies).encode() + b"\n", "--base", "file:///d/i.json")
    assert [(answer["ok"], answer["source"]) for answer in again] == [(True, None)] * len(bodies)


@pytest.mark.parametrize("name", NAMES)
def test_times_are_left_alone(name):
    """A datetime is never made up."""
    for _, answer in taken(name):
        if not is_old(answer["stac_version"]):
            before, after = (json.loads(text)["properties"] for text in (own_text(answer), close(answer["body"])))
            for key in ("datetime", "start_datetime", "end_datetime"):
                assert (key in before, before.get(key)) == (key in after, after.get(key))


# ---- what has to be there ----


def objects(item):
    yield item["properties"]
    yield from (asset for asset in (item.get("assets") or {}).values() if isinstance(asset, dict))


@functools.cache
def crs(text):
    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        return None


def definition(fields):
    text = fields.get("proj:wkt2") or fields.get("proj:projjson")
    return json.dumps(text) if isinstance(text, dict) else text


@pytest.mark.parametrize("name", NAMES)
def test_codes(name):
    """proj:epsg and proj:code stand beside each other; what was found in a definition is equal to it for pyproj."""
    both = 0
    for _, answer in taken(name):
        for old, new in zip(objects(json.loads(own_text(answer))), objects(json.loads(close(answer["body"])))):
            epsg, code = new.get("proj:epsg"), new.get("proj:code")
            if type(epsg) is int and crs(f"EPSG:{epsg}"):
                assert code
                both += 1
            if isinstance(code, str) and re.fullmatch(r"EPSG:\d{1,6}", code):
                assert epsg
            told = definition(old)
            if told and not old.get("proj:epsg") and not old.get("proj:code") and code:
                assert crs(told).equals(crs(code), ignore_axis_order=True)
    assert both > {"sample": 3, "items": 800}.get(name, 0)


def corners(bbox):
    half = len(bbox) // 2
    return [bbox[0], bbox[1], bbox[half], bbox[half + 1]]


def bbox_of(transform, shape):
    t = numpy.array(transform[:6]).reshape(2, 3)
    points = t @ numpy.array([[0, shape[1], shape[1], 0], [0, 0, shape[0], shape[0]], [1, 1, 1, 1]])
    return [*points.min(axis=1), *points.max(axis=1)]


@pytest.mark.parametrize("name", NAMES)
def test_grids(name):
    """What an asset has of shape, transform and bbox, its own or the item's, implies the rest, and agrees where it was made."""
    made = 0
    for _, answer in taken(name):
        before, after = json.loads(own_text(answer)), json.loads(close(answer["body"]))
        for old, new in zip(objects(before), objects(after)):
            whole = {**after["properties"], **new}
            names = [f"proj:{key}" for key in ("bbox", "shape", "transform")]
            fresh = [key for key in names if key in new and old.get(key) != new[key] and not is_old(answer["stac_version"])]
            if not fresh:
                continue
            bbox, shape, transform = (whole[key] for key in names)
            pixel = max(map(abs, transform[:5]))
            assert numpy.allclose(corners(bbox), bbox_of(transform, shape), rtol=1e-12, atol=0.011 * pixel)
            made += 1
    assert made > {"sample": -1, "items": 200}.get(name, -1)


TYPED = re.compile(r"\.(tiff?|jp2|png|jpe?g|nc|zarr|h5|parquet|json|xml)/?$", re.I)


@pytest.mark.parametrize("name", NAMES)
def test_media_types(name):
    for _, answer in taken(name):
        old, new = (json.loads(text).get("assets") or {} for text in (own_text(answer), close(answer["body"])))
        for key, asset in new.items():
            if isinstance(asset, dict) and isinstance(asset.get("href"), str) and old[key].get("type") is None:
                path = re.split(r"[?#]", asset["href"])[0]
                assert not TYPED.search(path.rsplit("/", 1)[-1] if not path.endswith("/") else path) or asset["type"]
                assert "cloud-optimized" not in (asset.get("type") or "") or is_old(answer["stac_version"])


# ---- schemas: what they say of these fields, said again in short ----

NUMBERS = {"type": "array", "items": {"type": "number"}}


def prefixed(prefix, properties):
    return {"type": "object", "properties": properties, "patternProperties": {f"^(?!{prefix}:)": {}}, "additionalProperties": False}


PROJECTION = prefixed(
    "proj",
    {
        **{f"proj:{name}": {"type": ["string", "null"]} for name in ("code", "wkt2")},
        "proj:epsg": {"type": ["integer", "null"]},
        "proj:projjson": {"type": ["object", "null"]},
        "proj:geometry": {"type": "object"},
        "proj:centroid": {"type": "object", "required": ["lat", "lon"]},
        "proj:bbox": {**NUMBERS, "oneOf": [{"minItems": n, "maxItems": n} for n in (4, 6)]},
        "proj:shape": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
        "proj:transform": {**NUMBERS, "oneOf": [{"minItems": n, "maxItems": n} for n in (6, 9)]},
    },
)
COMMON_NAMES = "coastal blue green red rededge yellow pan nir nir08 nir09 cirrus swir16 swir22 lwir lwir11 lwir12".split()
DATA_TYPES = [f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)] + ["float16", "float32", "float64"]
DATA_TYPES += ["cint16", "cint32", "cfloat32", "cfloat64", "other"]


def bands(properties):
    return {"type": "array", "minItems": 1, "items": {"type": "object", "minProperties": 1, "properties": properties}}


NUMBER, STRING = {"type": "number"}, {"type": "string"}
PERCENT = {"type": "number", "minimum": 0, "maximum": 100}
EO = prefixed(
    "eo",
    {
        "eo:cloud_cover": PERCENT,
        "eo:snow_cover": PERCENT,
        "eo:bands": bands(
            {
                "name": STRING,
                "common_name": {"enum": COMMON_NAMES},
                "description": {**STRING, "minLength": 1},
                "center_wavelength": NUMBER,
                "full_width_half_max": NUMBER,
                "solar_illumination": {"type": "number", "minimum": 0},
            }
        ),
    },
)
STATISTICS = {"type": "object", "minProperties": 1, "additionalProperties": False}
STATISTICS["properties"] = {key: NUMBER for key in ("mean", "minimum", "maximum", "stddev", "valid_percent")}
HISTOGRAM = {"type": "object", "required": ["count", "min", "max", "buckets"], "additionalProperties": False}
HISTOGRAM["properties"] = {key: NUMBER for key in ("count", "min", "max")}
HISTOGRAM["properties"]["buckets"] = {"type": "array", "minItems": 3, "items": {"type": "integer"}}
RASTER = prefixed(
    "raster",
    {
        "raster:bands": bands(
            {
                "data_type": {"enum": DATA_TYPES},
                "unit": STRING,
                "bits_per_sample": {"type": "integer"},
                "sampling": {"enum": ["area", "point"]},
                "nodata": {"anyOf": [NUMBER, {"enum": ["nan", "inf", "-inf"]}]},
                **{key: NUMBER for key in ("scale", "offset", "spatial_resolution")},
                "statistics": STATISTICS,
                "histogram": HISTOGRAM,
            }
        )
    },
)


def of_assets(schema):
    return {"properties": {"assets": {"type": "object", "additionalProperties": schema}}}


def of_both(schema):
    return {"properties": {"properties": schema, **of_assets(schema)["properties"]}}


SCHEMAS = {"projection": of_both(PROJECTION), "eo": of_both(EO), "raster": of_assets(RASTER)}
VALIDATORS = {name: Draft7Validator(schema) for name, schema in SCHEMAS.items()}


def unfit(item):
    """Those of the three that it declares in the version of the load-ready form and breaks."""
    listed = [name for name, uri in NOW.items() if uri in (item.get("stac_extensions") or [])]
    broken = {name for name in listed if not VALIDATORS[name].is_valid(item)}
    if "eo" in listed and "eo:bands" in item["properties"]:
        if not any("eo:bands" in asset for asset in item["assets"].values()):
            broken.add("eo")
    return broken


@pytest.mark.parametrize("name", NAMES)
def test_extensions_fit(name):
    """What is declared for the first time, or in another version, is kept to."""
    declared = 0
    for _, answer in taken(name):
        before, after = json.loads(own_text(answer)), json.loads(close(answer["body"]))
        old = before.get("stac_extensions") or []
        for broken in unfit(after):
            assert NOW[broken] in old or is_old(answer["stac_version"]), (answer["id"], broken)
        declared += any(uri in after.get("stac_extensions", []) for uri in NOW.values())
    assert declared > {"sample": 5, "items": 800}.get(name, 0)


@functools.cache
def core_schema():
    from importlib.resources import files

    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    folder = files("pystac.validation") / "jsonschemas"
    found = []
    for path in [*(folder / "stac-spec" / "v1.1.0").iterdir(), *(folder / "geojson").iterdir()]:
        schema = json.loads(path.read_text())
        found.append((schema["$id"].rstrip("#"), Resource.from_contents(schema, default_specification=DRAFT7)))
        if path.parent.name == "v1.1.0":
            found.append((f"https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/{path.name}", found[-1][1]))
        else:
            found.append((f"https://geojson.org/schema/{path.name}", found[-1][1]))
    item = json.loads((folder / "stac-spec" / "v1.1.0" / "item.json").read_text())
    return Draft7Validator(item, registry=Registry().with_resources(found))


@pytest.mark.parametrize("name", NAMES)
def test_core_schema(name):
    """Items of 1.1.0 that were valid and have been changed are valid; links aside, since a server writes its own."""
    valid = 0
    for text, answer in taken(name):
        source = json.loads(text)
        if answer["stac_version"] == "1.1.0" and answer["source"] and source.get("collection"):
            if core_schema().is_valid(source):
                body = {**json.loads(close(answer["body"])), "links": source["links"]}
                assert core_schema().is_valid(body), answer["id"]
                valid += 1
    assert valid > {"sample": -1, "items": 100}.get(name, -1)


# ---- items made here ----


def made(properties=None, assets=None, **more):
    item = {"type": "Feature", "stac_version": "1.0.0", "id": "a", "collection": "c", "geometry": None, "links": []}
    item["properties"] = {"datetime": "2020-01-01T00:00:00Z", **(properties or {})}
    item["assets"] = assets or {}
    item.update(more)
    return item


def ready(*items):
    lines = "".join(json.dumps(item) + "\n" for item in items).encode()
    answers = run(lines, "--base", "file:///d/i.json")
    assert all(answer["ok"] for answer in answers), answers
    return [(json.loads(close(answer["body"])), answer) for answer in answers]


def outline(code, transform, shape):
    """The grid's edge at 2,000 points a side, by pyproj, cut at the antimeridian."""
    t = numpy.array(transform[:6]).reshape(2, 3)
    sides = numpy.array([[0, 0], [0, shape[0]], [shape[1], shape[0]], [shape[1], 0], [0, 0]], dtype=float)
    grid = numpy.concatenate([numpy.linspace(a, b, 2000, endpoint=False) for a, b in zip(sides, sides[1:])])
    x, y = t @ numpy.c_[grid, numpy.ones(len(grid))].T
    lon, lat = pyproj.Transformer.from_crs(code, "OGC:CRS84", always_xy=True).transform(x, y)
    ring = list(zip(lon, lat)) + [(lon[0], lat[0])]
    return antimeridian.fix_polygon(shapely.Polygon(ring))


GRIDS = {
    "utm": ("EPSG:32633", [10, 0, 499980, 0, -10, 5200020], [10980, 10980]),
    "utm south, nine numbers": ("EPSG:32719", [60, 0, 600000, 0, -60, 8100040, 0, 0, 1], [1830, 1830]),
    "rotated": ("EPSG:32633", [8, 3, 500000, 3, -8, 5200000], [4000, 6000]),
    "south up": ("EPSG:32633", [10, 0, 499980, 0, 10, 5100000], [10980, 10980]),
    "over the antimeridian": ("EPSG:32601", [10, 0, 200000, 0, -10, 7900000], [10980, 10980]),
    "over it from the west": ("EPSG:32660", [10, 0, 750000, 0, -10, 7900000], [10980, 10980]),
    "lambert": ("EPSG:3035", [1000, 0, 2500000, 0, -1000, 5500000], [4100, 4800]),
    "around the north pole": ("EPSG:3413", [25000, 0, -3850000, 0, -25000, 5850000], [448, 304]),
    "around the south pole": ("EPSG:3031", [12500, 0, -3950000, 0, -12500, 4350000], [664, 632]),
    "web mercator": ("EPSG:3857", [1000, 0, -500000, 0, -1000, 6000000], [700, 900]),
    "sinusoidal": ("ESRI:54008", [463.3, 0, 1111950, 0, -463.3, 5559752], [2400, 2400]),
}


@pytest.mark.parametrize("name", GRIDS)
def test_geometry_of_a_grid(name):
    code, transform, shape = GRIDS[name]
    ((item, answer),) = ready(made({"proj:code": code, "proj:transform": transform, "proj:shape": shape}))
    ours, theirs = shapely.geometry.shape(item["geometry"]), outline(code, transform, shape)
    assert ours.is_valid and theirs.is_valid
    assert ours.symmetric_difference(theirs).area < 2e-4 * theirs.area
    assert answer["box"] == item["bbox"]
    west, south, east, north = item["bbox"]
    bounds = ours.bounds
    assert (south, north) == (bounds[1], bounds[3])
    assert (west, east) == (bounds[0], bounds[2]) or west > east
    assert numpy.allclose(item["properties"]["proj:bbox"], bbox_of(transform, shape))


def test_geometry_of_a_bbox():
    ((plain, _), (over, answer)) = ready(
        made(bbox=[10, 20, 30, 40]),
        made(bbox=[170, -20, 5, -170, 10, 9]),
    )
    assert shapely.geometry.shape(plain["geometry"]).equals(shapely.box(10, 20, 30, 40))
    expected = shapely.union_all([shapely.box(170, -20, 180, 10), shapely.box(-180, -20, -170, 10)])
    assert shapely.geometry.shape(over["geometry"]).equals(expected) and answer["box"] == [170, -20, -170, 10]


def test_no_place_stays_without_one():
    items = [made(), made({"proj:epsg": 32633}), made({"proj:shape": [10, 10], "proj:transform": [1, 0, 0, 0, -1, 0]})]
    items.append(made({"proj:code": "EPSG:32633", "proj:bbox": [1e300, 0, 2e300, 1]}))
    items.append(made({"proj:code": "+proj=pipeline +step +proj=utm", "proj:bbox": [0, 0, 1, 1]}))
    assert [item.get("geometry") for item, _ in ready(*items)] == [None] * len(items)


CODES = ["EPSG:32633", "EPSG:4326", "EPSG:3857", "EPSG:3413", "EPSG:25832", "EPSG:2154", "EPSG:26918", "EPSG:5070", "EPSG:27700"]


@pytest.mark.parametrize("version", ["WKT2_2019", "WKT2_2015", "WKT1_GDAL", "projjson"])
def test_definitions_are_named(version):
    def field(code):
        told = pyproj.CRS.from_user_input(code)
        if version == "projjson":
            return {"proj:projjson": told.to_json_dict(), "proj:epsg": None}
        return {"proj:wkt2": told.to_wkt(version)}

    for code, (item, _) in zip(CODES, ready(*(made(field(code)) for code in CODES))):
        assert (item["properties"]["proj:code"], item["properties"]["proj:epsg"]) == (code, int(code[5:])), version
        assert item["stac_extensions"] == [NOW["projection"]]


def test_definitions_that_nobody_knows():
    strange = pyproj.CRS("+proj=laea +lat_0=47.123 +lon_0=11.5 +datum=WGS84 +type=crs").to_wkt()
    texts = [strange, "", "nothing", "/etc/passwd", "+init=epsg:32633", "PROJCS[", "x" * 70000, "[" * 1000]
    for (item, _), text in zip(ready(*(made({"proj:wkt2": text}) for text in texts)), texts):
        assert "proj:code" not in item["properties"] and item["properties"]["proj:wkt2"] == text


def test_questions_to_proj_are_limited():
    """A thousand definitions in one item would take a minute."""
    told = pyproj.CRS("+proj=laea +lat_0=47 +lon_0=11.5 +datum=WGS84 +type=crs").to_wkt()
    known = pyproj.CRS("EPSG:32633").to_wkt()
    assets = {str(n): {"href": "https://h/a", "proj:wkt2": told.replace("11.5", f"{n / 50}")} for n in range(1000)}
    ((body, answer), (first, _)) = ready(made({}, assets), made({}, {"known": {"href": "https://h/a", "proj:wkt2": known}, **assets}))
    assert answer["source"] is None or all("proj:code" not in asset for asset in body["assets"].values())
    assert first["assets"]["known"]["proj:code"] == "EPSG:32633"


def test_codes_of_other_authorities():
    """GDAL's STACIT needs a definition; a number of ESRI's that was given as EPSG's is called by its name."""
    ((mars, _), (mollweide, _), (web, _)) = ready(
        made({"proj:code": "IAU_2015:49910"}), made({"proj:epsg": 54009}), made({"proj:code": "ESRI:102100"})
    )
    assert pyproj.CRS(mars["properties"]["proj:wkt2"]).equals(pyproj.CRS("IAU_2015:49910"))
    assert mollweide["properties"]["proj:code"] == "ESRI:54009"
    assert web["properties"].get("proj:epsg", 3857) == 3857


ODD = [None, True, "EPSG:None", "EPSG:", "", 0, -1, 1e300, 32633.5, 99999999, [32633], {"a": 1}, "32633x", "١"]


def test_odd_values_are_left_as_they_are():
    """Wrong kinds, deep, long: taken, and given back."""
    fields = ["proj:epsg", "proj:code", "proj:bbox", "proj:shape", "proj:transform", "proj:wkt2", "proj:projjson", "eo:bands"]
    fields += ["raster:bands", "bands", "raster:scale", "eo:common_name", "type", "data_type", "roles", "eo:cloud_cover"]
    items = []
    for name in fields:
        for value in [*ODD, [[]], [{}], [None], "nan", [1, 2, "3", 4], list(range(5000)), [{"name": 1}] * 5000, [{"name": None}]]:
            items.append(made({name: value}, {"x": {"href": "x.tif", name: value}}))
    deep = json.loads("[" * 50 + "]" * 50)
    items += [made({"proj:projjson": {"a": deep}}), made({}, {"x": {"href": "x", "bands": [deep]}})]
    for item, (body, _) in zip(items, ready(*items)):
        for old, new in zip(objects(item), objects(body)):
            for name, value in old.items():
                if value is not None and name != "href" and not (V2.fullmatch(name) and name not in new):
                    assert new[name] == value or isinstance(value, list), name
    assert [answer["source"] for _, answer in ready(*(body for body, _ in ready(*items)))] == [None] * len(items)


def test_numbers_in_other_words():
    for value in ("EPSG:32633", "32633", "epsg:32633", 32633.0):
        ((item, _),) = ready(made({"proj:epsg": value}))
        assert item["properties"]["proj:epsg"] == 32633 and type(item["properties"]["proj:epsg"]) is int
        assert item["properties"]["proj:code"] == "EPSG:32633"


def test_assets_with_grids_of_their_own():
    item = made(
        {"proj:epsg": 32633, "proj:bbox": [500000, 5000000, 600000, 5100000], "proj:shape": [10000, 10000]},
        {
            "same": {"href": "a.tif", "roles": ["data"]},
            "coarse": {"href": "b.tif", "proj:shape": [5000, 5000]},
            "null": {"href": "c.tif", "proj:shape": [5000, 5000], "proj:transform": None},
            "other": {"href": "d.tif", "proj:epsg": 4326, "proj:transform": [0.5, 0, 1, 0, -0.5, 3], "proj:shape": [4, 6]},
        },
    )
    ((body, _),) = ready(item)
    assets = body["assets"]
    assert body["properties"]["proj:transform"] == [10, 0, 500000, 0, -10, 5100000]
    assert assets["same"] == {"href": "file:///d/a.tif", "roles": ["data"], "type": "image/tiff; application=geotiff"}
    assert assets["coarse"]["proj:transform"] == assets["null"]["proj:transform"] == [20, 0, 500000, 0, -20, 5100000]
    assert "proj:bbox" not in assets["coarse"]
    assert assets["other"]["proj:bbox"] == [1, 1, 4, 3] and assets["other"]["proj:code"] == "EPSG:4326"


def test_bands_of_version_2():
    item = made(
        {"eo:cloud_cover": 3},
        {
            "one": {"href": "a.tif", "bands": [{"name": "B5", "eo:common_name": "rededge071"}], "raster:scale": 0.0001, "nodata": 0},
            "three": {"href": "b.tif", "data_type": "uint8", "bands": [{"eo:common_name": c} for c in ("red", "green05", "blue")]},
            "none": {"href": "c.tif", "eo:common_name": "nir", "raster:sampling": "area", "data_type": "uint16"},
        },
        stac_version="1.1.0",
        stac_extensions=[SCHEMA + "eo/v2.0.0/schema.json", "https://x/y", SCHEMA + "raster/v2.0.0/schema.json"],
    )
    ((body, _),) = ready(item)
    one, three, none = body["assets"].values()
    assert body["stac_extensions"] == [NOW["eo"], "https://x/y", NOW["raster"]]
    assert one["bands"] == [{"name": "B5", "eo:common_name": "rededge071", "nodata": 0, "raster:scale": 0.0001}]
    assert one["eo:bands"] == [{"name": "B5", "common_name": "rededge"}] and "raster:scale" not in one
    assert one["raster:bands"] == [{"nodata": 0, "scale": 0.0001}]
    assert [band["common_name"] for band in three["eo:bands"]] == ["red", "green", "blue"]
    assert [band["name"] for band in three["eo:bands"]] == [band["name"] for band in three["bands"]] == ["three.1", "three.2", "three.3"]
    assert "raster:bands" not in three  # stackstac refuses an asset with more than one
    assert none["bands"] == [{"name": "none", "eo:common_name": "nir", "data_type": "uint16", "raster:sampling": "area"}]
    assert none["eo:bands"] == [{"name": "none", "common_name": "nir"}]
    assert none["raster:bands"] == [{"data_type": "uint16", "sampling": "area"}]
    assert not unfit(body)


def test_bands_of_version_1():
    item = made(
        {},
        {
            "x": {
                "href": "a.tif",
                "eo:bands": [{"name": "B4", "common_name": "red", "center_wavelength": 0.66}],
                "raster:bands": [{"data_type": "uint16", "scale": None, "offset": None, "nodata": "nan", "other": [1]}],
            },
            "apart": {"href": "b.tif", "eo:bands": [{"name": "1"}, {"name": "2"}], "raster:bands": [{"data_type": "int8"}]},
        },
    )
    ((old, _), (body, _)) = ready(item, {**item, "stac_version": "1.1.0"})
    assert not any("bands" in asset for asset in old["assets"].values())
    x, apart = body["assets"].values()
    assert old["assets"]["x"]["raster:bands"] == x["raster:bands"]
    assert x["raster:bands"] == [{"data_type": "uint16", "scale": 1, "offset": 0, "nodata": "nan", "other": [1]}]
    expected = {"name": "B4", "eo:common_name": "red", "eo:center_wavelength": 0.66, "data_type": "uint16", "nodata": "nan"}
    assert x["bands"] == [{**expected, "raster:scale": 1, "raster:offset": 0}]
    assert "bands" not in apart
    assert set(body["stac_extensions"]) == {NOW["eo"], NOW["raster"]}


def test_nothing_is_declared_that_would_be_broken():
    cases = [{"proj:epsg": "?"}, {"eo:azimuth": 3}, {"eo:common_name": "red"}, {"eo:bands": [{"name": "B1"}]}, {"proj:foo": 1}]
    for properties, (item, answer) in zip(cases, ready(*(made(properties) for properties in cases))):
        assert answer["source"] is None and "stac_extensions" not in item, properties


def test_what_needs_nothing_is_kept_byte_for_byte():
    items = [made({"proj:epsg": None}), made({}, {"x": {"href": "https://h/x", "type": "a/b"}}), made(bbox=None)]
    for line in (b'{"type":"Feature","stac_version":"1.0.0","id":"\\u0061","collection":"c","geometry":null,"properties":'
                 b'{"datetime":"2020-01-01T00:00:00Z","n":1.0e0},"links":[],"assets":{}}',):
        (answer,) = run(line + b"\n")
        assert answer["source"] is None and members(close(answer["body"]))[2] == ("id", '"\\u0061"')
    assert [answer["source"] is None for _, answer in ready(*items)] == [False, True, True]
    assert read("sample")
