"""Pages: every item once, in order, forward and backward, by GET and POST."""

import gzip
import json
import random

import pytest
import requests
from pystac_client import Client

from support import Server, make_item, run_cairn

COUNT = 300


def order(item):
    """The default order: newest first, then collection and id by their bytes."""
    seconds = item["properties"]["datetime"]
    return ([-ord(c) for c in seconds], item["collection"].encode(), item["id"].encode())


@pytest.fixture(scope="module")
def items():
    """Many items of the same instants, so that the order hangs on collection and id."""
    dice = random.Random(7)
    made = []
    for i in range(COUNT):
        moment = f"2020-01-{dice.randint(1, 9):02d}T00:00:00Z"
        collection = dice.choice(["a", "b", "c d"])
        made.append(make_item(f"i{i}", collection, dice.uniform(-180, 180), dice.uniform(-90, 90), moment))
    return sorted(made, key=order)


@pytest.fixture(scope="module")
def many(items, tmp_path_factory):
    path = tmp_path_factory.mktemp("paging") / "many.cairn"
    shuffled = random.Random(1).sample(items, len(items))
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in shuffled))
    server = Server(path)
    yield server
    assert server.stop()[0] == 0


def follow(page, rel):
    """The page that the link `rel` names, or None."""
    found = [link for link in page["links"] if link["rel"] == rel]
    if not found:
        return None
    (link,) = found
    assert link["type"] == "application/geo+json"
    if link.get("method", "GET") == "GET":
        answer = requests.get(link["href"])
    else:
        assert link["merge"] is False
        answer = requests.post(link["href"], json=link["body"])
    assert answer.status_code == 200, answer.text
    return answer.json()


def walk(page, rel):
    pages = [page]
    while page := follow(page, rel):
        assert len(pages) <= COUNT
        pages.append(page)
    return pages


def keys(page):
    return [(one["collection"], one["id"]) for one in page["features"]]


@pytest.mark.parametrize("way", ["GET", "POST"])
@pytest.mark.parametrize("limit", [1, 7, 100, COUNT, COUNT + 1])
def test_forward_and_back(many, items, way, limit):
    if way == "GET":
        first = requests.get(many.url + "search", params={"limit": limit}).json()
    else:
        first = requests.post(many.url + "search", json={"limit": limit}).json()
    pages = walk(first, "next")
    assert [key for page in pages for key in keys(page)] == [(one["collection"], one["id"]) for one in items]
    assert len(pages) == -(-COUNT // limit)
    assert first["numberMatched"] == COUNT
    assert all(page["numberReturned"] == len(page["features"]) for page in pages)
    back = walk(pages[-1], "prev")
    assert [keys(page) for page in back] == [keys(page) for page in reversed(pages)]


def test_pages_of_a_collection(many, items):
    expected = [one["id"] for one in items if one["collection"] == "c d"]
    pages = walk(requests.get(many.url + "collections/c%20d/items").json(), "next")
    assert [one["id"] for page in pages for one in page["features"]] == expected
    assert pages[0]["numberMatched"] == len(expected)


def test_pages_keep_the_question(many, items):
    question = {"limit": 4, "collections": "a,b", "bbox": "-90,-45,90,45", "datetime": "2020-01-02T00:00:00Z/2020-01-08T00:00:00Z"}

    def inside(one):
        lon, lat = one["geometry"]["coordinates"]
        day = one["properties"]["datetime"]
        return (
            abs(lon) <= 90
            and abs(lat) <= 45
            and one["collection"] in "ab"
            and "2020-01-02T00:00:00Z" <= day <= "2020-01-08T00:00:00Z"
        )

    pages = walk(requests.get(many.url + "search", params=question).json(), "next")
    found = [key for page in pages for key in keys(page)]
    assert found == [(one["collection"], one["id"]) for one in items if inside(one)]
    assert len(pages) > 2


def test_no_page_of_nothing(many):
    page = requests.get(many.url + "search?collections=none").json()
    assert page["features"] == [] and page["numberMatched"] == 0
    assert {link["rel"] for link in page["links"]} == {"self", "root"}


def test_items_that_come_in_between(items, tmp_path):
    """While pages are read, items are added in front, between and behind: none of the old ones is lost or seen twice."""
    path = tmp_path / "live.cairn"
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in items[:60]))
    server = Server(path)
    try:
        page = requests.get(server.url + "search?limit=9").json()
        seen = keys(page)
        n = 0
        while page := follow(page, "next"):
            n += 1
            extra = [make_item(f"new{n}-{day}", "a", 1, 1, f"2020-01-{day:02d}T12:00:00Z") for day in (1, 5, 9)]
            run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in extra))
            seen += keys(page)
        old = [key for key in seen if not key[1].startswith("new")]
        assert old == [(one["collection"], one["id"]) for one in items[:60]]
        assert len(seen) == len(set(seen))
    finally:
        assert server.stop()[0] == 0


def test_tokens(many, items, tmp_path):
    page = requests.get(many.url + "search?limit=5").json()
    (link,) = [link for link in page["links"] if link["rel"] == "next"]
    token = link["href"].rsplit("token=", 1)[1]
    for wrong in (token[:-1], token[:-4] + "AAAA", "x", "A" * 100, "!!"):
        answer = requests.get(many.url + "search", params={"limit": 5, "token": wrong})
        assert answer.status_code == 400
        assert "token" in answer.json()["description"]
    copy = tmp_path / "copy.cairn"
    copy.write_bytes(many.catalog.read_bytes())
    server = Server(copy)
    try:
        again = requests.get(server.url + link["href"].split("/", 3)[3]).json()
        assert keys(again) == keys(follow(page, "next"))
    finally:
        assert server.stop()[0] == 0


def test_max_page_bytes(many, items, start_server):
    server = start_server(many.catalog, "--max-page-bytes", "1024")
    pages = walk(requests.get(server.url + "search?limit=100").json(), "next")
    assert [key for page in pages for key in keys(page)] == [(one["collection"], one["id"]) for one in items]
    assert all(1 < len(page["features"]) < 10 for page in pages[:-1])
    back = walk(pages[-1], "prev")
    assert [key for page in reversed(back) for key in keys(page)] == [key for page in pages for key in keys(page)]


def test_a_page_has_one_item_however_large(make_catalog, start_server):
    fat = [make_item(f"i{i}", properties={"datetime": "2020-01-01T00:00:00Z", "fat": "x" * 5000}) for i in range(3)]
    server = start_server(make_catalog(fat), "--max-page-bytes", "1024")
    for question in ({"limit": 3}, {"limit": 3, "profile": "source"}):
        pages = walk(requests.get(server.url + "search", params=question).json(), "next")
        assert [len(page["features"]) for page in pages] == [1, 1, 1]


@pytest.mark.parametrize(
    "path",
    ["", "collections", "search?limit=50", "search?limit=50&profile=source", "collections/a/items", "api", "api?f=yaml"],
)
def test_gzip_is_identity(many, path):
    plain = requests.get(many.url + path, headers={"Accept-Encoding": "identity"})
    packed = requests.get(many.url + path, headers={"Accept-Encoding": "gzip"}, stream=True)
    raw = packed.raw.read(decode_content=False)
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content)
    assert packed.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pystac_client_pages(many, items, method):
    client = Client.open(many.url)
    search = client.search(method=method, limit=17)
    assert search.matched() == COUNT
    found = [(one.collection_id, one.id) for one in search.items()]
    assert found == [(one["collection"], one["id"]) for one in items]
