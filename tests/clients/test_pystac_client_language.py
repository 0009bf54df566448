"""An unmodified pystac-client: filter, query, sortby, fields, queryables and collection search, against answers computed here.

A warning of the client (that it misses a conformance class, and does without) fails a test. What it sent is recorded, so that a search of
collections is known to be the server's work, not the client's.
"""

import datetime
import json
import random

import jsonschema
import pytest
import requests
from pystac_client import Client
from pystac_client.conformance import ConformanceClasses
from pystac_client.exceptions import APIError
from support import Server, make_item, run_cairn

pytestmark = pytest.mark.filterwarnings("error::pystac_client.warnings.PystacClientWarning")

COUNT = 600
COLLECTIONS = {
    "alps": {"title": "Glaciers of the Alps", "keywords": ["Ice", "snow"], "box": [5, 44, 16, 48], "years": (2015, 2018)},
    "fiji": {"title": "Reefs", "keywords": ["water", "coral"], "box": [170, -20, 179, -15], "years": (2017, 2020)},
    "rhône": {"title": "Rhône", "keywords": ["water"], "box": [4, 43, 7, 46.5], "years": (2019, 2022)},
}


def make_collection(id, of):
    first, last = of["years"]
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": id,
        "title": of["title"],
        "description": f"Images of {id}",
        "keywords": of["keywords"],
        "license": "MIT" if id == "fiji" else "CC-BY-4.0",
        "extent": {
            "spatial": {"bbox": [of["box"]]},
            "temporal": {"interval": [[f"{first}-01-01T00:00:00Z", f"{last}-12-31T00:00:00Z"]]},
        },
        "links": [],
    }


def make_image(dice, number):
    collection = dice.choice(list(COLLECTIONS))
    west, south, east, north = COLLECTIONS[collection]["box"]
    day = datetime.datetime(dice.randint(*COLLECTIONS[collection]["years"]), 1, 1) + datetime.timedelta(days=dice.randint(0, 360))
    properties = {
        "datetime": f"{day.isoformat()}Z",
        "eo:cloud_cover": dice.choice([None, dice.randint(0, 100), dice.randint(0, 100), round(dice.uniform(0, 100), 2)]),
        "platform": dice.choice(["Sentinel-2A", "sentinel-2b", "landsat-8", "Révolution"]),
        "gsd": dice.choice([10, 15, 30]),
        "instruments": dice.sample(["msi", "oli", "tirs"], dice.randint(1, 3)),
        "view:off_nadir": dice.randint(-20, 20),
    }
    if dice.random() < 0.3:
        del properties["eo:cloud_cover"]
    place = {"lon": dice.uniform(west, east), "lat": dice.uniform(south, north)}
    return make_item(f"image {number}", collection, **place, properties=properties)


@pytest.fixture(scope="module")
def items():
    dice = random.Random(12)
    return [make_image(dice, number) for number in range(COUNT)]


SENT = []


@pytest.fixture(scope="module")
def client(items, tmp_path_factory):
    path = tmp_path_factory.mktemp("language") / "language.cairn"
    documents = [make_collection(id, of) for id, of in COLLECTIONS.items()] + items
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in documents))
    server = Server(path)
    yield Client.open(server.url, request_modifier=SENT.append)
    assert server.stop()[0] == 0


def prop(item, name):
    return item["properties"].get(name)


def cloud(item):
    return prop(item, "eo:cloud_cover")


def in_order(items):
    """Newest first, then by collection and id."""
    by_name = sorted(items, key=lambda one: (one["collection"].encode(), one["id"].encode()))
    return sorted(by_name, key=lambda one: prop(one, "datetime"), reverse=True)


def names(items):
    return [(one["collection"], one["id"]) for one in items]


def check(search, expected):
    """Every item, in this order, on pages that neither lose nor repeat one; and their number."""
    assert names(search.items_as_dicts()) == names(expected)
    assert search.matched() == len(expected)
    assert 0 < len(expected)


# ---- conformance ----

NOT_THERE = {ConformanceClasses.CONTEXT, ConformanceClasses.TRANSACTION}  # deprecated; a server that only reads


def test_conformance(client):
    assert client.has_conforms_to()
    for one in ConformanceClasses:
        assert client.conforms_to(one) == (one not in NOT_THERE), one
    assert set(client.get_conforms_to()) == set(requests.get(client.get_self_href() + "conformance").json()["conformsTo"])


# ---- filter ----


def compare(name, operator, value):
    return {"op": operator, "args": [{"property": name}, value]}


def both(*args):
    return {"op": "and", "args": list(args)}


def no(arg):
    return {"op": "not", "args": [arg]}


BOX = [172, -19, 176, -16]
RING = [[172, -19], [176, -19], [176, -16], [172, -16], [172, -19]]


def in_box(item):
    x, y = item["geometry"]["coordinates"]
    return BOX[0] <= x <= BOX[2] and BOX[1] <= y <= BOX[3]


# Name: the filter as text, as JSON, and in Python.
FILTERS = {
    "less": ("eo:cloud_cover < 10", compare("eo:cloud_cover", "<", 10), lambda one: cloud(one) is not None and cloud(one) < 10),
    "prefixed": (
        "properties.gsd >= 15",
        compare("properties.gsd", ">=", 15),
        lambda one: prop(one, "gsd") >= 15,
    ),
    "not of null is null": (
        "NOT (eo:cloud_cover < 10)",
        no(compare("eo:cloud_cover", "<", 10)),
        lambda one: cloud(one) is not None and not cloud(one) < 10,
    ),
    "null": ("eo:cloud_cover IS NULL", {"op": "isNull", "args": [{"property": "eo:cloud_cover"}]}, lambda one: cloud(one) is None),
    "and": (
        "eo:cloud_cover <= 50.5 AND platform = 'landsat-8'",
        both(compare("eo:cloud_cover", "<=", 50.5), compare("platform", "=", "landsat-8")),
        lambda one: cloud(one) is not None and cloud(one) <= 50.5 and prop(one, "platform") == "landsat-8",
    ),
    "or": (
        "eo:cloud_cover > 90 OR gsd = 10",
        {"op": "or", "args": [compare("eo:cloud_cover", ">", 90), compare("gsd", "=", 10)]},
        lambda one: (cloud(one) or 0) > 90 or prop(one, "gsd") == 10,
    ),
    "between": (
        "eo:cloud_cover BETWEEN 20 AND 40",
        {"op": "between", "args": [{"property": "eo:cloud_cover"}, 20, 40]},
        lambda one: cloud(one) is not None and 20 <= cloud(one) <= 40,
    ),
    "in": (
        "platform IN ('landsat-8', 'sentinel-2b')",
        {"op": "in", "args": [{"property": "platform"}, ["landsat-8", "sentinel-2b"]]},
        lambda one: prop(one, "platform") in ("landsat-8", "sentinel-2b"),
    ),
    "like": (
        "platform LIKE 'Sentinel%'",
        {"op": "like", "args": [{"property": "platform"}, "Sentinel%"]},
        lambda one: prop(one, "platform").startswith("Sentinel"),
    ),
    "casei": (
        "CASEI(platform) LIKE CASEI('SENTINEL%')",
        {"op": "like", "args": [{"op": "casei", "args": [{"property": "platform"}]}, {"op": "casei", "args": ["SENTINEL%"]}]},
        lambda one: prop(one, "platform").lower().startswith("sentinel"),
    ),
    "accenti": (
        "ACCENTI(platform) = ACCENTI('Revolution')",
        {"op": "=", "args": [{"op": "accenti", "args": [{"property": "platform"}]}, {"op": "accenti", "args": ["Revolution"]}]},
        lambda one: prop(one, "platform") == "Révolution",
    ),
    "array": (
        "A_CONTAINS(instruments, ('msi', 'oli'))",
        {"op": "a_contains", "args": [{"property": "instruments"}, ["msi", "oli"]]},
        lambda one: {"msi", "oli"} <= set(prop(one, "instruments")),
    ),
    "arithmetic": (
        "gsd * 2 + 1 > view:off_nadir + 30",
        {
            "op": ">",
            "args": [
                {"op": "+", "args": [{"op": "*", "args": [{"property": "gsd"}, 2]}, 1]},
                {"op": "+", "args": [{"property": "view:off_nadir"}, 30]},
            ],
        },
        lambda one: prop(one, "gsd") * 2 + 1 > prop(one, "view:off_nadir") + 30,
    ),
    "properties": (
        "view:off_nadir > gsd",
        {"op": ">", "args": [{"property": "view:off_nadir"}, {"property": "gsd"}]},
        lambda one: prop(one, "view:off_nadir") > prop(one, "gsd"),
    ),
    "area": (
        "S_INTERSECTS(geometry, POLYGON((172 -19, 176 -19, 176 -16, 172 -16, 172 -19)))",
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": [RING]}]},
        in_box,
    ),
    "disjoint": (
        "S_DISJOINT(geometry, BBOX(172, -19, 176, -16))",
        {"op": "s_disjoint", "args": [{"property": "geometry"}, {"bbox": BOX}]},
        lambda one: not in_box(one),
    ),
    "time": (
        "datetime >= TIMESTAMP('2018-07-01T00:00:00Z') AND T_BEFORE(datetime, DATE('2019-07-01'))",
        both(
            compare("datetime", ">=", {"timestamp": "2018-07-01T00:00:00Z"}),
            {"op": "t_before", "args": [{"property": "datetime"}, {"date": "2019-07-01"}]},
        ),
        lambda one: "2018-07-01" <= prop(one, "datetime") < "2019-07-01",
    ),
    "item's own": (
        "collection = 'rhône' AND id LIKE 'image 1%'",
        both(compare("collection", "=", "rhône"), {"op": "like", "args": [{"property": "id"}, "image 1%"]}),
        lambda one: one["collection"] == "rhône" and one["id"].startswith("image 1"),
    ),
}

WAYS = {
    "GET text": ("GET", 0, {}),
    "POST json": ("POST", 1, {}),
    "GET json": ("GET", 1, {"filter_lang": "cql2-json"}),
    "POST text": ("POST", 0, {"filter_lang": "cql2-text"}),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FILTERS)
def test_filter(client, items, name, way):
    """A dictionary becomes cql2-json, a string cql2-text; limits that part the pages anywhere."""
    method, form, more = WAYS[way]
    expected = in_order(filter(FILTERS[name][2], items))
    limit = random.Random(f"{name} {way}").choice([7, 13, 61, 97])
    check(client.search(method=method, filter=FILTERS[name][form], limit=limit, **more), expected)


def test_filter_with_the_rest(client, items):
    """All conditions must hold."""
    asked = {"collections": ["fiji"], "bbox": BOX, "datetime": "2018/2019", "filter": "gsd < 20", "query": {"instruments": {"in": ["oli"]}}}
    expected = [one for one in items if one["collection"] == "fiji" and in_box(one) and prop(one, "gsd") < 20]
    expected = [one for one in expected if "2018" <= prop(one, "datetime") < "2020" and "oli" in prop(one, "instruments")]
    check(client.search(method="GET", limit=3, **asked), in_order(expected))


def test_a_filter_with_a_fault(client):
    with pytest.raises(APIError, match="filter"):
        client.search(method="GET", filter="eo:cloud_cover <").item_collection()


# ---- query ----

QUERIES = {
    "eq": ({"platform": {"eq": "landsat-8"}}, lambda one: prop(one, "platform") == "landsat-8"),
    "neq": ({"gsd": {"neq": 10}}, lambda one: prop(one, "gsd") != 10),
    "range": ({"eo:cloud_cover": {"gte": 10, "lt": 60}}, lambda one: cloud(one) is not None and 10 <= cloud(one) < 60),
    "gt, lte": ({"view:off_nadir": {"gt": -5, "lte": 5}}, lambda one: -5 < prop(one, "view:off_nadir") <= 5),
    "startsWith": ({"platform": {"startsWith": "sent"}}, lambda one: prop(one, "platform").startswith("sent")),
    "endsWith": ({"platform": {"endsWith": "A"}}, lambda one: prop(one, "platform").endswith("A")),
    "contains": ({"platform": {"contains": "-2"}}, lambda one: "-2" in prop(one, "platform")),
    "in": ({"gsd": {"in": [10, 30]}}, lambda one: prop(one, "gsd") in (10, 30)),
    "two": ({"gsd": {"eq": 10}, "platform": {"eq": "Révolution"}}, lambda one: prop(one, "gsd") == 10 and prop(one, "platform")[0] == "R"),
    "list": (["eo:cloud_cover<20", "gsd>=15"], lambda one: cloud(one) is not None and cloud(one) < 20 and prop(one, "gsd") >= 15),
    "list, equal": (["platform=landsat-8", "view:off_nadir<>3"], lambda one: prop(one, "platform") == "landsat-8" and prop(one, "view:off_nadir") != 3),
}  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", QUERIES)
def test_query(client, items, name, method):
    """Of a list (`gsd>=15`) the client makes strings of the numbers."""
    asked, test = QUERIES[name]
    check(client.search(method=method, query=asked, limit=37), in_order(filter(test, items)))


# ---- sort ----


def by(items, *keys):
    """By (value, descending) of the first key, then of the next; what lacks the value is last, and ties are in the default order."""
    ordered = in_order(items)
    for value, descending in reversed(keys):
        present = [one for one in ordered if value(one) is not None]
        ordered = sorted(present, key=value, reverse=descending) + [one for one in ordered if value(one) is None]
    return ordered


def platform(item):
    return prop(item, "platform").encode()


def name(item):
    return item["id"].encode()


SORTS = {
    "a string": ("eo:cloud_cover", [(cloud, False)]),
    "descending": ("-properties.eo:cloud_cover", [(cloud, True)]),
    "several": ("+platform,-eo:cloud_cover,id", [(platform, False), (cloud, True), (name, False)]),
    "a list": (["-platform", "+properties.gsd"], [(platform, True), (lambda one: prop(one, "gsd"), False)]),
    "dictionaries": (
        [{"field": "properties.view:off_nadir", "direction": "desc"}, {"field": "id", "direction": "asc"}],
        [(lambda one: prop(one, "view:off_nadir"), True), (name, False)],
    ),
    "time": ("properties.datetime", [(lambda one: prop(one, "datetime"), False)]),
    "nobody has it": ("-never:seen", []),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("order", SORTS)
def test_sortby(client, items, order, method):
    asked, keys = SORTS[order]
    for limit in (17, 250):
        check(client.search(method=method, sortby=asked, limit=limit), by(items, *keys))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_least_cloudy_of_a_place(client, items, method):
    """What people ask most: a filter, an order, and a few of the first."""
    expected = by(filter(in_box, items), (cloud, False))[:5]
    search = client.search(method=method, bbox=BOX, sortby="+properties.eo:cloud_cover", max_items=5, limit=2)
    assert names(search.items_as_dicts()) == names(expected)
    assert len(search.item_collection()) == 5


# ---- fields ----

ALWAYS = {"type", "stac_version", "id", "collection"}
FIELDS = {
    "a string": ("id,properties.gsd", ALWAYS | {"properties"}, {"gsd"}),
    "plus": ("+properties.platform,+geometry", ALWAYS | {"properties", "geometry"}, {"platform"}),
    "a list": (["properties.gsd", "properties.eo:cloud_cover", "bbox"], ALWAYS | {"properties", "bbox"}, {"gsd", "eo:cloud_cover"}),
    "without": ({"include": ["properties"], "exclude": ["properties.instruments"]}, ALWAYS | {"properties"}, None),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("case", FIELDS)
def test_fields(client, items, case, method):
    asked, members, properties = FIELDS[case]
    found = list(client.search(method=method, fields=asked, limit=99).items_as_dicts())
    assert names(found) == names(in_order(items))
    for one, whole in zip(found, in_order(items)):
        kept = properties or set(whole["properties"]) - {"instruments"}
        assert set(one) - {"properties"} == members - {"properties"}
        assert one.get("properties", {}) == {key: value for key, value in whole["properties"].items() if key in kept}


def test_fields_leave_items(client, items):
    """What is left of an item without its assets is an item to pystac."""
    found = list(client.search(method="POST", fields={"exclude": ["assets"]}, max_items=20, limit=20).items())
    assert [one.id for one in found] == [one["id"] for one in in_order(items)[:20]]
    assert all(one.properties["platform"] and not one.assets for one in found)


# ---- queryables ----


def test_queryables(client, items):
    known = client.get_queryables()
    clouds = [cloud(one) for one in items if cloud(one) is not None]
    assert (known["properties"]["eo:cloud_cover"]["minimum"], known["properties"]["eo:cloud_cover"]["maximum"]) == (min(clouds), max(clouds))
    assert set(known["properties"]["platform"]["enum"]) == {prop(one, "platform") for one in items}
    assert {name for one in items for name in one["properties"]} | {"id", "collection", "geometry"} <= set(known["properties"])


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_queryables_of_a_collection(client, items, collection):
    """Each item of it is valid by them; one of another's range is not."""
    known = client.get_collection(collection).get_queryables()
    known["properties"].pop("geometry")  # a schema that is elsewhere
    own = [one for one in items if one["collection"] == collection]
    for one in own:
        present = {name: value for name, value in one["properties"].items() if value is not None}
        jsonschema.validate({**present, "id": one["id"], "collection": collection}, known)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"eo:cloud_cover": 101}, known)
    assert set(known["properties"]["platform"]["enum"]) == {prop(one, "platform") for one in own}


def test_merged_queryables(client):
    """The client drops what two collections describe in different ways, such as by ranges of their own."""
    each = {id: client.get_collection(id).get_queryables()["properties"] for id in COLLECTIONS}
    merged = client.get_merged_queryables(["alps", "fiji"])
    same = {name for name, what in each["alps"].items() if what == each["fiji"].get(name)}
    assert set(merged["properties"]) == same >= {"id", "collection", "geometry", "datetime", "gsd"}
    assert merged["additionalProperties"] is True


# ---- collection search ----

COLLECTION_SEARCHES = {
    "words": ({"q": "water"}, ["fiji", "rhône"]),
    "case and accents": ({"q": "rhone"}, ["rhône"]),
    "any of words": ({"q": "glaciers,coral"}, ["alps", "fiji"]),
    "all of words": ({"q": "water AND coral"}, ["fiji"]),
    "a phrase": ({"q": '"of the alps"'}, ["alps"]),
    "bbox": ({"bbox": [4.5, 43.5, 5.5, 45]}, ["alps", "rhône"]),
    "datetime": ({"datetime": "2015/2016"}, ["alps"]),
    "open": ({"datetime": "2020-06-01/.."}, ["fiji", "rhône"]),
    "filter": ({"filter": "license = 'MIT' OR title LIKE 'Rh%'"}, ["fiji", "rhône"]),
    "filter by JSON": ({"filter": compare("license", "=", "MIT"), "filter_lang": "cql2-json"}, ["fiji"]),
    "query": ({"query": {"license": {"startsWith": "CC"}}}, ["alps", "rhône"]),
    "sort": ({"sortby": "-title"}, ["rhône", "fiji", "alps"]),
    "sort by two": ({"sortby": [{"field": "license", "direction": "desc"}, {"field": "id", "direction": "desc"}]}, ["fiji", "rhône", "alps"]),
    "together": ({"q": "water", "bbox": [4.5, 43.5, 5.5, 45], "sortby": "+id"}, ["rhône"]),
    "nothing": ({"q": "desert"}, []),
}


@pytest.mark.parametrize("limit", [None, 1, 2])
@pytest.mark.parametrize("name", COLLECTION_SEARCHES)
def test_collection_search(client, name, limit):
    asked, expected = COLLECTION_SEARCHES[name]
    SENT.clear()
    search = client.collection_search(limit=limit, **asked)
    assert [one.id for one in search.collection_list()] == expected
    assert set(asked) - {"filter_lang"} <= set(SENT[0].params)
    assert len(SENT) == max(1, -(-len(expected) // (limit or 10)))  # so many pages, and none of what doesn't match
    assert search.matched() == len(expected)


def test_fields_of_collections(client):
    found = client.collection_search(fields=["title", "license"]).collection_list_as_dict()["collections"]
    assert [(one["id"], one["title"]) for one in found] == [(id, of["title"]) for id, of in COLLECTIONS.items()]
    assert not any("extent" in one for one in found)
