"""The judge of every answer (definition.py) finds what is wrong with one."""

import json

import definition
import pytest
import requests
from support import make_item

LINKS = [{"rel": "root", "href": "http://127.0.0.1/", "type": "application/json"}]
ITEM = make_item("a", lon=1, lat=2)
LANDING = {
    "type": "Catalog",
    "stac_version": "1.1.0",
    "id": "x",
    "title": "x",
    "description": "x",
    "conformsTo": [],
    "links": LINKS,
}
PAGE = {"type": "FeatureCollection", "features": [ITEM], "links": LINKS, "numberReturned": 1}
JSON, GEOJSON = "application/json", "application/geo+json"


def without(document, name):
    return {key: value for key, value in document.items() if key != name}


def answer(url, media, body, status=200, method="GET"):
    made = requests.Response()
    made.request = requests.Request(method, "http://127.0.0.1" + url).prepare()
    made.status_code = status
    made.headers["Content-Type"] = media
    made._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    return made


RIGHT = [
    ("/", JSON, LANDING),
    ("/search", GEOJSON, PAGE),
    ("/search?fields=id", GEOJSON, {**PAGE, "features": [without(ITEM, "assets")]}),
    ("/search?f=ndjson", "application/x-ndjson", f"{json.dumps(ITEM)}\n{json.dumps(ITEM)}\n"),
    ("/search?f=geojsonseq", "application/geo+json-seq", f"\x1e{json.dumps(ITEM)}\n"),
    ("/search?f=csv", "text/csv; charset=utf-8; header=present", 'id,title\r\na,"b,\nc"\r\n'),
    ("/collections/c/items/i", GEOJSON, ITEM),
    ("/collections/c/items/i?profile=source", GEOJSON, without(ITEM, "collection")),
]
WRONG = [
    ("a member that the document doesn't name", "/", JSON, {**LANDING, "extra": 1}),
    ("a member is missing", "/", JSON, without(LANDING, "title")),
    ("another type", "/", JSON, {**LANDING, "id": 1}),
    ("another media type", "/", GEOJSON, LANDING),
    ("a link without type", "/", JSON, {**LANDING, "links": [without(LINKS[0], "type")]}),
    ("a relative link", "/", JSON, {**LANDING, "links": [{**LINKS[0], "href": "/search"}]}),
    ("a body in a link of GET", "/", JSON, {**LANDING, "links": [{**LINKS[0], "body": {}}]}),
    ("an item without assets", "/search", GEOJSON, {**PAGE, "features": [without(ITEM, "assets")]}),
    ("no count", "/search", GEOJSON, without(PAGE, "numberReturned")),
    ("a line that is no item", "/search?f=ndjson", "application/x-ndjson", f"{json.dumps(ITEM)}\n{{}}\n[]\n"),
    ("half a line", "/search?f=ndjson", "application/x-ndjson", json.dumps(ITEM)),
    ("no record separator", "/search?f=geojsonseq", "application/geo+json-seq", f"{json.dumps(ITEM)}\n"),
    ("ragged rows", "/search?f=csv", "text/csv; charset=utf-8; header=present", "id,title\r\na\r\n"),
    ("an empty description", "/search", JSON, {"code": "x", "description": ""}),
]


@pytest.mark.parametrize("url, media, body", RIGHT, ids=[one[0] for one in RIGHT])
def test_right_answers(url, media, body):
    definition.check(answer(url, media, body))


@pytest.mark.parametrize("url, media, body", [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
def test_wrong_answers(url, media, body):
    status = 400 if "code" in body and "description" in body and isinstance(body, dict) else 200
    with pytest.raises(AssertionError):
        definition.check(answer(url, media, body, status))


@pytest.mark.parametrize("method, url, status", [("GET", "/search", 418), ("GET", "/nowhere", 200), ("PUT", "/search", 200), ("HEAD", "/", 201)])
def test_wrong_statuses(method, url, status):
    with pytest.raises(AssertionError):
        definition.check(answer(url, GEOJSON, PAGE, status, method))
