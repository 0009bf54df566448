"""An unmodified pystac-client: opening, collections, each search parameter by GET and POST, paging, matched()."""

import datetime
import json
import random
import socket

import pytest
import requests
from pystac_client import Client
from pystac_client.exceptions import APIError
from shapely.geometry import Point, box, mapping

from support import Server, make_item, run_cairn

COUNT = 500


@pytest.fixture(scope="module")
def items():
    dice = random.Random(11)
    made = []
    for i in range(COUNT):
        moment = datetime.datetime(2020, 1, 1) + datetime.timedelta(hours=dice.randint(0, 8000))
        place = {"lon": dice.uniform(-20, 20), "lat": dice.uniform(-20, 20)}
        made.append(make_item(f"item {i}", dice.choice(["red", "blue green"]), **place, datetime=f"{moment.isoformat()}Z"))
    return made


@pytest.fixture(scope="module")
def client(items, tmp_path_factory):
    path = tmp_path_factory.mktemp("client") / "client.cairn"
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in items))
    server = Server(path)
    yield Client.open(server.url)
    assert server.stop()[0] == 0


def names(found):
    return {(one.collection_id, one.id) for one in found}


def expected(items, test):
    return {(one["collection"], one["id"]) for one in items if test(one)}


def test_open(client):
    assert client.conforms_to("CORE")
    assert client.conforms_to("ITEM_SEARCH")
    assert client.conforms_to("COLLECTIONS")
    assert client.get_search_link().media_type == "application/geo+json"


def test_collections(client, items):
    collections = list(client.get_collections())
    assert [one.id for one in collections] == ["blue green", "red"]
    assert client.get_collection("blue green").title == collections[0].title
    found = names(client.get_collection("blue green").get_items())
    assert found == expected(items, lambda one: one["collection"] == "blue green")


def test_item(client, items):
    one = client.get_collection("red")
    wanted = next(item for item in items if item["collection"] == "red")
    assert one.get_item(wanted["id"]).to_dict()["properties"] == wanted["properties"]


AREA = box(-5, -5, 10, 10)
START, END = "2020-03-01T00:00:00Z", "2020-06-01T00:00:00Z"


def inside(one):
    return AREA.intersects(Point(one["geometry"]["coordinates"]))


QUESTIONS = {
    "all": ({}, lambda one: True),
    "bbox": ({"bbox": AREA.bounds}, inside),
    "intersects": ({"intersects": mapping(AREA)}, inside),
    "datetime": ({"datetime": f"{START}/{END}"}, lambda one: START <= one["properties"]["datetime"] <= END),
    "month": ({"datetime": "2020-03"}, lambda one: one["properties"]["datetime"].startswith("2020-03")),
    "open": ({"datetime": f"{END}/.."}, lambda one: END <= one["properties"]["datetime"]),
    "collections": ({"collections": ["blue green"]}, lambda one: one["collection"] == "blue green"),
    "ids": ({"ids": ["item 1", "item 2", "none"]}, lambda one: one["id"] in ("item 1", "item 2")),
    "together": (
        {"collections": ["red"], "bbox": AREA.bounds, "datetime": f"../{END}"},
        lambda one: one["collection"] == "red" and inside(one) and one["properties"]["datetime"] <= END,
    ),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_search(client, items, method, question):
    parameters, test = QUESTIONS[question]
    search = client.search(method=method, limit=13, **parameters)
    found = list(search.items())
    assert names(found) == expected(items, test)
    assert len(found) == len(names(found)) > 0
    assert search.matched() == len(found)
    assert client.search(method=method, max_items=7, **parameters).item_collection()


def test_links_of_items_work(client):
    for one in client.search(max_items=20).items():
        assert requests.get(one.get_self_href()).json()["id"] == one.id
        assert one.get_collection().id == one.collection_id


FORMS = {
    "2020-03-05": ("2020-03-05T00:00:00Z", "2020-03-05T23:59:59Z"),
    "2020-03": ("2020-03-01T00:00:00Z", "2020-03-31T23:59:59Z"),
    "2020": ("2020-01-01T00:00:00Z", "2020-12-31T23:59:59Z"),
    "2020-03/2020-04": ("2020-03-01T00:00:00Z", "2020-04-30T23:59:59Z"),
    f"{START}/..": (START, "9999"),
    f"../{END}": ("0000", END),
    "2020-03-01T02:00:00+02:00/2020-06-01T00:00:00.000Z": (START, END),
    (datetime.datetime(2020, 3, 1), datetime.datetime(2020, 6, 1)): (START, END),
    (START, None): (START, "9999"),
    (None, END): ("0000", END),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_forms_of_datetime(client, items, method, form):
    first, last = FORMS[form]
    asked = list(form) if isinstance(form, tuple) else form
    found = names(client.search(method=method, datetime=asked, limit=100).items())
    assert found == expected(items, lambda one: first <= one["properties"]["datetime"] <= last)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_instant(client, items, method):
    moment = items[0]["properties"]["datetime"]
    found = names(client.search(method=method, datetime=moment).items())
    assert found == expected(items, lambda one: one["properties"]["datetime"] == moment)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_ways_to_read_a_search(client, items, method):
    search = client.search(method=method, max_items=40, limit=15)
    assert [len(page) for page in search.pages()] == [15, 15, 10]
    assert len(search.item_collection()) == len(list(search.items_as_dicts())) == 40
    assert [len(page["features"]) for page in search.pages_as_dicts()] == [15, 15, 10]
    assert search.matched() == len(items)


def test_what_is_not_there(client):
    assert client.get_collection("red").get_item("none") is None
    assert client.search(ids=["none"]).matched() == 0
    assert client.get_collection("none") is None
    with pytest.raises(APIError, match="bbox"):
        client.search(bbox=[0, 0, 0]).item_collection()


# ---- many ----

MANY = 10000


@pytest.fixture(scope="module")
def many():
    """Small items, many of them at the same instants."""
    dice = random.Random(3)
    days = [f"2020-{month:02d}-{day:02d}T00:00:00Z" for month in range(1, 13) for day in range(1, 29)]
    return [make_item(f"i{i}", dice.choice("abc"), i % 180, i % 90, dice.choice(days)) for i in range(MANY)]


@pytest.fixture(scope="module")
def client_of_many(many, tmp_path_factory):
    path = tmp_path_factory.mktemp("many") / "many.cairn"
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in many))
    server = Server(path)
    yield Client.open(server.url)
    assert server.stop()[0] == 0


def in_order(items):
    """Newest first, then by collection and id."""
    by_name = sorted(items, key=lambda one: (one["collection"], one["id"]))
    return sorted(by_name, key=lambda one: one["properties"]["datetime"], reverse=True)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("seed", range(3))
def test_paging_through_ten_thousand(client_of_many, many, method, seed):
    limit = random.Random(seed).randint(40, 3000)
    search = client_of_many.search(method=method, limit=limit)
    pages = list(search.pages_as_dicts())
    assert [len(page["features"]) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    found = [(one["collection"], one["id"]) for page in pages for one in page["features"]]
    assert found == [(one["collection"], one["id"]) for one in in_order(many)]
    assert search.matched() == MANY


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_paging_through_a_part(client_of_many, many, method):
    parameters = {"collections": ["a", "c"], "bbox": [-1, -1, 90, 40], "datetime": "2020-02/2020-10"}
    found = list(client_of_many.search(method=method, limit=77, **parameters).items())
    part = [one for one in many if one["collection"] != "b" and one["bbox"][0] <= 90 and one["bbox"][1] <= 40]
    part = [one for one in part if "2020-02" <= one["properties"]["datetime"] < "2020-11"]
    assert [(one.collection_id, one.id) for one in found] == [(one["collection"], one["id"]) for one in in_order(part)]
    assert len(part) > 500


# ---- odd names, odd places ----

ODD = ["with space", "a/b/c", "100%", "%2F", "what?x=1", "a#b", "a&b=c", "a+b", "ä-ö-日本-🛰", '"quoted"', "...", "x" * 500]


@pytest.fixture(scope="module", params=["", "/stac/v1"])
def odd_client(request, tmp_path_factory):
    """Once at the root, once under a prefix that a proxy took away."""
    path = tmp_path_factory.mktemp("odd") / "odd.cairn"
    odd = [make_item(id, collection, 1, 1) for collection in ("plain", "odd col/lection%") for id in ODD]
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in odd))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}{request.param}"
    server = Server(path, "--listen", f"127.0.0.1:{port}", "--base-url", url)
    client = Client.open(url)
    assert client.get_self_href().rstrip("/") == url
    yield client
    assert server.stop()[0] == 0


def test_odd_ids(odd_client):
    every = {(collection, id) for collection in ("plain", "odd col/lection%") for id in ODD}
    assert {one.id for one in odd_client.get_collections()} == {"plain", "odd col/lection%"}
    for method in ("GET", "POST"):
        found = list(odd_client.search(method=method, limit=5).items())
        assert names(found) == every and len(found) == len(every)
    for one in found:
        assert one.get_self_href().startswith(odd_client.get_self_href())
        assert requests.get(one.get_self_href()).json()["id"] == one.id
        assert one.get_collection().id == one.collection_id
        assert one.get_root().id == odd_client.id


@pytest.mark.parametrize("id", ODD)
def test_each_odd_id(odd_client, id):
    """GET parts its list of ids at commas, which none of these has."""
    for method in ("GET", "POST"):
        search = odd_client.search(method=method, ids=[id], collections=["odd col/lection%"])
        assert [one.id for one in search.items()] == [id]


def test_items_of_an_odd_collection(odd_client):
    """get_item() puts the id into the path as it is, so only ids that need no coding can be asked for."""
    collection = next(one for one in odd_client.get_collections() if one.id == "odd col/lection%")
    assert {one.id for one in collection.get_items()} == set(ODD)
    assert collection.get_item("with space").id == "with space"
    assert collection.get_item("a+b").collection_id == "odd col/lection%"
