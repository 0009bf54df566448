"""stac-api-validator finds no error in any class that it knows (transactions aside, which are not there), with paging.

Without a network it can't fetch JSON Schemas: see offline_validator.py. What it warns of is listed here, each with its reason; anything
else fails the test. What it only says "not yet supported" of (features#sort, #fields, #query) is checked here on the answers of /search.
"""

import json
import pathlib
import random
import re
import subprocess
import sys

import pytest
import requests
from stac_api_validator import filters

from support import Server, make_item, run_cairn

VALIDATOR = pathlib.Path(__file__).with_name("offline_validator.py")
WORLD = {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}

FOUNDATION = ["core", "browseable", "children", "collections", "features", "item-search", "filter"]
EXTENSIONS = [f"{endpoint}#{name}" for endpoint in ("item-search", "features") for name in ("sort", "fields", "query", "filter")]

# Warnings that are no fault of the server.
KNOWN_WARNINGS = [
    # stac-check's opinions about the documents that were ingested; they are served as they are. And that up to 1,000 item links of a
    # collection (Browseable wants every item to be reached) are many and have no titles.
    r"has these stac-check recommendations",
    # A fixed box in the sea (20,20,21,21 and the like) that this catalog has nothing in.
    r"to validate ids does not override all other parameters returned 0 results",
]


def validate(url, collection, classes, *options):
    """(warnings, errors) of a run."""
    command = [sys.executable, str(VALIDATOR), "--root-url", url, "--collection", collection]
    command += ["--geometry", json.dumps(WORLD), "--validate-pagination", *options]
    for name in classes:
        command += ["--conformance", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    found = re.search(r"Warnings:(.*?)Errors:(.*)", done.stdout, re.S)
    assert found, done.stdout + done.stderr
    return [[line[2:] for line in part.splitlines() if line.startswith("- ")] for part in found.groups()]


# Fields: "Implementations may return attributes not specified, e.g., id, but must avoid anything other than a minimal entity
# representation." These are sent beside those that are asked for, since without them an item can't be told from others or is no item.
ALWAYS_SENT = {"type", "stac_version", "id", "collection"}


def is_minimal(warning):
    """What it calls extra is among ALWAYS_SENT or was asked for (it doesn't understand its own `+geometry` and nested names)."""
    found = re.search(r"\[Item Search - Fields Ext\] : (.*) response contained extra fields \[(.*)\]", warning)
    if not found:
        return False
    asked, extra = (set(re.findall(r"\w+", part)) for part in found.groups())
    return extra <= ALWAYS_SENT | asked


def unexplained(warnings):
    return [one for one in warnings if not is_minimal(one) and not any(re.search(known, one) for known in KNOWN_WARNINGS)]


def make_collection(id):
    return {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": id,
        "title": "Scenes",
        "description": "Scenes all over the world",
        "license": "CC-BY-4.0",
        "extent": {
            "spatial": {"bbox": [[-180, -90, 180, 90]]},
            "temporal": {"interval": [["2019-01-01T00:00:00Z", None]]},
        },
        "links": [],
    }


def make_scene(dice, collection, number):
    """With everything that the validator asks for by name."""
    place = {"lon": dice.uniform(-180, 180), "lat": dice.uniform(-90, 90)}
    moment = f"{dice.randint(2019, 2022)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}T00:00:00Z"
    properties = {
        "datetime": moment,
        "eo:cloud_cover": dice.randint(1, 100),
        "mission": dice.choice(["sentinel-1", "sentinel-2", "landsat"]),
        "platform": f"satellite-{dice.choice('ab')}-{dice.randint(1, 3)}",
        "instruments": dice.sample(["msi", "oli", "tirs", "sar"], dice.randint(1, 3)),
    }
    assets = {"data": {"href": f"https://example.com/{collection}/{number}.tif", "roles": ["data"]}}
    return make_item(f"scene-{number}", collection, **place, properties=properties, assets=assets, stac_version="1.1.0")


# The first has so many items that they are below catalogs of a calendar.
SIZES = {"many-scenes": 1050, "scenes": 250}

QUERY_OPTIONS = {
    "query-comparison-field": "eo:cloud_cover",
    "query-eq-value": "50",
    "query-neq-value": "50",
    "query-lt-value": "50",
    "query-lte-value": "50",
    "query-gt-value": "50",
    "query-gte-value": "50",
    "query-substring-field": "platform",
    "query-starts-with-value": "satellite-a",
    "query-ends-with-value": "-2",
    "query-contains-value": "ite-b-",
    "query-in-field": "instruments",
    "query-in-values": "oli,sar",
    "fields-nested-property": "properties.eo:cloud_cover",
}


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Documents of STAC 1.1.0 alone, so that all of them are checked with their schemas."""
    dice = random.Random(5)
    documents = [make_collection(id) for id in SIZES]
    documents += [make_scene(dice, id, number) for id, size in SIZES.items() for number in range(size)]
    path = tmp_path_factory.mktemp("validator") / "scenes.cairn"
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in documents))
    server = Server(path)
    yield server
    assert server.stop()[0] == 0


@pytest.mark.parametrize("collection", SIZES)
def test_scenes(scenes, collection):
    options = [word for name, value in QUERY_OPTIONS.items() for word in (f"--{name}", value)]
    warnings, errors = validate(scenes.url, collection, FOUNDATION + EXTENSIONS, *options)
    assert errors in ([], ["none"])
    assert unexplained(warnings) in ([], ["none"])


# ---- what it sends, but doesn't look at the answers of ----


def pairs_of_filters(item, collection):
    """The validator's examples: of each the text and the JSON."""
    yield filters.cql2_text_ex_4, filters.cql2_json_ex_4
    yield filters.cql2_text_ex_9, filters.cql2_json_ex_9
    yield filters.cql2_text_between, filters.cql2_json_between
    yield filters.cql2_text_not_between, filters.cql2_json_not_between
    yield filters.cql2_text_like, filters.cql2_json_like
    yield filters.cql2_text_not_like, filters.cql2_json_not_like
    yield filters.cql2_text_s_intersects, filters.cql2_json_s_intersects
    yield filters.cql2_text_ex_2(collection), filters.cql2_json_ex_2(collection)
    yield filters.cql2_text_ex_6, filters.cql2_json_ex_6
    yield filters.cql2_text_ex_8, filters.cql2_json_ex_8
    yield filters.cql2_text_and(item, collection), filters.cql2_json_and(item, collection)
    yield filters.cql2_text_or(item, collection), filters.cql2_json_or(item, collection)
    yield filters.cql2_text_not(item), filters.cql2_json_not(item)
    yield from zip(filters.cql2_text_string_comparisons(collection), filters.cql2_json_string_comparisons(collection))
    yield from zip(filters.cql2_text_numeric_comparisons, filters.cql2_json_numeric_comparisons)
    yield from zip(filters.cql2_text_timestamp_comparisons, filters.cql2_json_timestamp_comparisons)


def found(answer):
    assert answer.status_code == 200, answer.text
    page = answer.json()
    return page.get("numberMatched"), [(one["collection"], one["id"]) for one in page["features"]]


def test_filters_in_text_and_json(scenes):
    search = scenes.url + "search"
    counts = []
    for text, tree in pairs_of_filters("scene-7", "scenes"):
        for limit in (60, 1):
            by_text = found(requests.get(search, params={"filter": text, "limit": limit}))
            by_json = found(requests.post(search, json={"filter": tree, "filter-lang": "cql2-json", "limit": limit}))
            assert by_text == by_json, text
        counts.append(by_text[0])
    assert len(counts) == 31
    assert sum(count > 0 for count in counts) > 20


@pytest.mark.parametrize(
    "asked",
    [
        {"sortby": "-properties.eo:cloud_cover,id"},
        {"sortby": "+properties.datetime"},
        {"fields": "id,properties.mission"},
        {"fields": "-assets"},
        {"query": '{"eo:cloud_cover":{"gte":"50"},"instruments":{"in":["sar"]}}'},
        {"query": '{"mission":{"startsWith":"sentinel"}}', "sortby": "platform", "fields": "+properties.platform"},
    ],
    ids=str,
)
def test_items_of_a_collection_as_search_has_them(scenes, asked):
    """The same words at both endpoints; links are their own."""
    items = requests.get(f"{scenes.url}collections/scenes/items", params={**asked, "limit": 250}).json()
    search = requests.get(scenes.url + "search", params={**asked, "limit": 250, "collections": "scenes"}).json()
    for page in (items, search):
        for one in page["features"]:
            one.pop("links", None)
    assert items["features"] == search["features"] != []


# ---- the bundled sample ----


def can_be_tried(server, collection):
    """The validator's paging needs two items with a place; and it puts ids into URLs without percent-coding them."""
    found = requests.get(server.url + "search", params={"collections": collection["id"], "bbox": "-180,-90,180,90"}).json()
    return len(found["features"]) > 1 and requests.utils.quote(collection["id"], safe="") == collection["id"]


def some_property(server, collection):
    """One beside the time that its first item has."""
    page = requests.get(server.url + "search", params={"collections": collection, "limit": 1}).json()
    return next(name for name, value in page["features"][0]["properties"].items() if value and "datetime" not in name)


def test_sample(server):
    """Without Query, which wants a property that each operator finds something by; these real items have none, it is tried above."""
    collections = requests.get(server.url + "collections").json()["collections"]
    tried = [one["id"] for one in collections if can_be_tried(server, one)]
    assert tried
    classes = [name for name in FOUNDATION + EXTENSIONS if name != "item-search#query"]
    nested = f"properties.{some_property(server, tried[0])}"
    warnings, errors = validate(server.url, tried[0], classes, "--fields-nested-property", nested)
    assert errors in ([], ["none"])
    assert unexplained(warnings) in ([], ["none"])
