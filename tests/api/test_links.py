"""Links, media types and conformance (STAC API Core, Collections, Features)."""

import socket

import pytest
import requests


def links(document, rel):
    return [link for link in document["links"] if link["rel"] == rel]


def href(document, rel):
    (link,) = links(document, rel)
    return link["href"]


@pytest.fixture(scope="module")
def landing(server):
    return requests.get(server.url).json()


def test_landing_page(server, landing):
    assert landing["type"] == "Catalog"
    assert href(landing, "self") == href(landing, "root") == server.url
    assert links(landing, "service-desc")[0]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert links(landing, "service-doc")[0]["type"] == "text/html"
    assert href(landing, "data") == server.url + "collections"
    assert [link["method"] for link in links(landing, "search")] == ["GET", "POST"]
    assert {link["href"] for link in links(landing, "search")} == {server.url + "search"}
    assert {link["type"] for link in links(landing, "search")} == {"application/geo+json"}
    assert all(link["type"] and link["href"].startswith(server.url) for link in landing["links"])
    assert landing["description"]


def test_child_links_are_the_collections(server, landing):
    collections = requests.get(server.url + "collections").json()["collections"]
    assert [link["href"] for link in links(landing, "child")] == [href(one, "self") for one in collections]
    assert len(collections) > 0


def test_conformance(server, landing):
    answer = requests.get(href(landing, "conformance"))
    assert answer.headers["content-type"] == "application/json"
    classes = answer.json()["conformsTo"]
    assert classes == landing["conformsTo"]
    assert len(classes) == len(set(classes))
    for uri in (
        "https://api.stacspec.org/v1.0.0/core",
        "https://api.stacspec.org/v1.0.0/collections",
        "https://api.stacspec.org/v1.0.0/ogcapi-features",
        "https://api.stacspec.org/v1.0.0/item-search",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    ):
        assert uri in classes


def test_every_link_answers_with_its_type(server, landing):
    for link in landing["links"]:
        if link["rel"] == "aggregate":  # has to be told what to aggregate
            params, body = {"aggregations": "total_count"}, {"aggregations": ["total_count"]}
        else:
            params, body = {}, {}
        post = link.get("method", "GET") == "POST"
        answer = requests.request(
            "POST" if post else "GET",
            link["href"],
            params={} if post else params,
            headers={"Accept": link["type"]},
            json=body if post else None,
        )
        assert answer.status_code == 200, link
        assert answer.headers["content-type"].split(";")[0] == link["type"].split(";")[0]


def test_collections(server):
    answer = requests.get(server.url + "collections")
    assert answer.headers["content-type"] == "application/json"
    page = answer.json()
    assert href(page, "self") == server.url + "collections"
    assert href(page, "root") == server.url
    assert page["numberMatched"] == page["numberReturned"] == len(page["collections"])
    for collection in page["collections"]:
        assert href(collection, "root") == href(collection, "parent") == server.url
        one = requests.get(href(collection, "self"))
        assert one.headers["content-type"] == "application/json"
        # It alone has links to what is in it.
        whole = one.json()
        whole["links"] = [link for link in whole["links"] if link["rel"] not in ("child", "children", "item")]
        assert whole == collection


def test_items(server):
    collections = requests.get(server.url + "collections").json()["collections"]
    for collection in collections:
        answer = requests.get(href(collection, "items"))
        assert answer.headers["content-type"] == "application/geo+json"
        page = answer.json()
        assert href(page, "self") == href(collection, "items")
        assert href(page, "collection") == href(collection, "self")
        assert href(page, "root") == server.url
        assert page["numberReturned"] == len(page["features"])
        for item in page["features"][:3]:
            assert href(item, "collection") == href(item, "parent") == href(collection, "self")
            one = requests.get(href(item, "self"))
            assert one.headers["content-type"] == "application/geo+json"
            assert one.json() == item


def test_self_links_repeat_the_question(server):
    page = requests.get(server.url + "search", params={"limit": 3, "datetime": "../2030-01-01T00:00:00Z"}).json()
    again = requests.get(href(page, "self"))
    assert again.json() == page


def test_every_href_of_ours_is_absolute(server):
    page = requests.get(server.url + "search?limit=100").json()
    for document in [page, *page["features"]]:
        for link in document["links"]:
            assert "://" in link["href"], link


def test_accept(server):
    for path in ("", "conformance", "collections", "search", "healthz"):
        for accept in ("application/json", "application/geo+json", "*/*", "application/*", "text/html, */*;q=0.1"):
            assert requests.get(server.url + path, headers={"Accept": accept}).status_code == 200
        refused = requests.get(server.url + path, headers={"Accept": "text/html"})
        assert refused.status_code == 406
        assert refused.json()["code"] == "NotAcceptable"
        assert requests.get(server.url + path, params={"f": "json"}, headers={"Accept": "text/html"}).status_code == 200
        assert requests.get(server.url + path, params={"f": "html"}).status_code == 400


def test_unknown_paths_name_near_ones(server):
    answer = requests.get(server.url + "searchh")
    assert answer.status_code == 404
    assert "/search" in answer.json()["description"]
    answer = requests.get(server.url + "a/b/c/d/e/f/g")
    assert answer.status_code == 404


def test_health(server):
    answer = requests.get(server.url + "healthz").json()
    matched = requests.get(server.url + "search?limit=1").json()["numberMatched"]
    assert answer["status"] == "ok"
    assert answer["items"] == matched


def test_title_and_description(server, catalog, start_server):
    page = requests.get(start_server(catalog, "--id", "mine", "--title", 'A "title"', "--description", "Words").url).json()
    assert (page["id"], page["title"], page["description"]) == ("mine", 'A "title"', "Words")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_base_url(catalog, start_server):
    port = free_port()
    start_server(catalog, "--base-url", "https://example.org/stac", "--listen", f"127.0.0.1:{port}")
    page = requests.get(f"http://127.0.0.1:{port}/search?limit=1").json()
    for document in [page, *page["features"]]:
        assert href(document, "root") == "https://example.org/stac/"
    assert href(page, "next").startswith("https://example.org/stac/search?limit=1&token=")
