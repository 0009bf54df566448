"""Ids with any characters are found, linked and fetched by their self links."""

import http.client
import json
import urllib.parse

import pytest
import requests

from support import Server, make_item, run_cairn

ODD = [
    "with space",
    "a/b/c",
    "/lead",
    "trail/",
    "100%",
    "%2F",
    "%25",
    "what?x=1",
    "a#b",
    "a&b=c",
    "a+b",
    "ä-ö-日本-🛰",
    "e\u0301",
    '"quoted" \\ <b>',
    "a;b:c@d!$'()*,~",
    ".hidden",
    "...",
    "tab\there",
    "x" * 2000,
]
# Clients fold these segments away, even when they are percent-coded: http.client sends the target as it is.
DOTS = [".", ".."]


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    items = [make_item(id, collection, 1, 1) for collection in ("plain", "col/lec tion%", "..") for id in ODD + DOTS]
    path = tmp_path_factory.mktemp("odd") / "odd.cairn"
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in items))
    server = Server(path)
    yield server
    assert server.stop()[0] == 0


def fetch(url):
    """GET without any change of the target; the parsed body."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", parts.path + ("?" + parts.query if parts.query else ""))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, (url, body)
    return json.loads(body)


def link(document, rel):
    (found,) = [one["href"] for one in document["links"] if one["rel"] == rel]
    return found


def test_every_item_by_its_links(odd):
    page = requests.get(odd.url + "search?limit=1000").json()
    assert len(page["features"]) == 3 * len(ODD + DOTS)
    for item in page["features"]:
        assert fetch(link(item, "self")) == item
        collection = fetch(link(item, "collection"))
        assert collection["id"] == item["collection"]
        assert link(collection, "self") == link(item, "collection") == link(item, "parent")


@pytest.mark.parametrize("id", [id for id in ODD if "," not in id])
def test_search_by_id(odd, id):
    by_get = requests.get(odd.url + "search", params={"ids": id}).json()
    by_post = requests.post(odd.url + "search", json={"ids": [id]}).json()
    assert {one["id"] for one in by_get["features"]} == {id}
    assert len(by_get["features"]) == 3
    assert by_post["features"] == by_get["features"]


def test_requests_can_follow_all_but_dots(odd):
    for item in requests.post(odd.url + "search", json={"ids": ODD, "collections": ["col/lec tion%"], "limit": 99}).json()["features"]:
        assert requests.get(link(item, "self")).json() == item


def test_pages_of_odd_ids(odd):
    seen = []
    url = odd.url + "collections/col%2Flec%20tion%25/items?limit=1"
    while url:
        page = fetch(url)
        seen += [one["id"] for one in page["features"]]
        url = next((one["href"] for one in page["links"] if one["rel"] == "next"), None)
    assert sorted(seen) == sorted(ODD + DOTS)
    assert seen == sorted(seen, key=str.encode)


def test_the_same_id_in_two_collections(odd):
    page = requests.get(odd.url + "search", params={"ids": "a+b", "collections": "plain"}).json()
    assert [one["collection"] for one in page["features"]] == ["plain"]
