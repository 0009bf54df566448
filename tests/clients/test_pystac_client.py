"""An unmodified pystac-client: opening, collections, each search parameter by GET and POST, paging, matched()."""

import datetime
import json
import random

import pytest
import requests
from pystac_client import Client
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


@pytest.fixture(scope="module")
def ten_thousand(tmp_path_factory):
    path = tmp_path_factory.mktemp("client") / "many.cairn"
    many = (make_item(f"i{i}", "many", i % 180, i % 90, f"2020-01-{i % 28 + 1:02d}T00:00:00Z") for i in range(10000))
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in many))
    server = Server(path)
    yield Client.open(server.url)
    assert server.stop()[0] == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_paging_through_ten_thousand(ten_thousand, method):
    search = ten_thousand.search(method=method, limit=333)
    pages = list(search.pages_as_dicts())
    found = [one["id"] for page in pages for one in page["features"]]
    assert len(pages) == 31
    assert len(found) == len(set(found)) == search.matched() == 10000
