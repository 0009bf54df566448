"""Browsing: every item can be reached by child and item links, in documents that are not too long; /children."""

import collections
import json

import pytest
import requests
from support import Server, make_item, run_cairn

MAX_LINKS = 1000

# collection -> {datetime: number of items}; None: only an end, so that there is no time to sort by
CALENDARS = {
    "small": {"2020-01-01T00:00:00Z": 3, "1999-12-31T23:59:59.999999999Z": 1},
    "thousand": {"2020-01-01T00:00:00Z": 1000},
    "thousand-and-one": {"2020-01-01T00:00:00Z": 500, "2021-05-05T05:05:05.5Z": 501},
    "months": {f"2020-{month:02}-15T12:00:00Z": 100 for month in range(1, 13)},
    "edges": {
        "0000-01-01T00:00:00Z": 400,
        "1969-12-31T23:59:59.999999999Z": 400,
        "1970-01-01T00:00:00Z": 400,
        "9999-12-31T23:59:59.999999999Z": 2,
    },
    "days": {"2020-02-28T23:59:59.999999999Z": 700, "2020-02-29T00:00:00Z": 700, "2020-03-01T00:00:00Z": 700},
    "parts": {"2020-03-05T10:00:00Z": 1500, "2020-03-05T11:00:00Z": 1001, "2020-03-06T00:00:00Z": 1},
    "undated": {None: 2100, "2020-01-01T00:00:00Z": 5},
    "all undated": {None: 1001},
    "centuries": {f"{year:04}-06-01T00:00:00Z": 950 if year == 1950 else 1 for year in range(900, 2022)},
    "weird/ id?%&": {"2020-01-01T00:00:00Z": 1001},
}


def make_items():
    for collection, calendar in CALENDARS.items():
        for day, (datetime, n) in enumerate(calendar.items()):
            for i in range(n):
                item = make_item(f"{day}-{i:05} é/{i % 7}", collection=collection, datetime=datetime)
                if datetime is None:
                    item["properties"]["end_datetime"] = "2020-01-01T00:00:00Z"
                yield item


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    path = tmp_path_factory.mktemp("browse") / "b.cairn"
    run_cairn("ingest", path, "-", input="".join(json.dumps(item) + "\n" for item in make_items()))
    server = Server(path)
    yield server
    code, _, errors = server.stop()
    assert code == 0, errors


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        yield session


def get(session, url, status=200):
    answer = session.get(url)
    assert answer.status_code == status, (url, answer.text[:300])
    return answer.json()


def links(document, *rels):
    return [link for link in document["links"] if link["rel"] in rels]


def one_link(document, rel):
    (link,) = links(document, rel)
    return link["href"]


def url_of(served, *segments):
    return served.url + "/".join(requests.utils.quote(segment, safe="") for segment in segments)


def crawl(session, url):
    """All documents below `url`, by their URLs, and how often each item link was met."""
    documents, items, todo = {}, collections.Counter(), [url]
    while todo:
        url = todo.pop()
        assert url not in documents, f"{url} is met twice"
        document = documents[url] = get(session, url)
        items.update(link["href"] for link in links(document, "item"))
        todo += [link["href"] for link in links(document, "child")]
    return documents, items


@pytest.fixture(scope="module")
def crawled(served, session):
    return crawl(session, served.url)


def test_each_item_is_reached_once(served, session, crawled):
    expected = {
        url_of(served, "collections", item["collection"], "items", item["id"]) for item in make_items()
    }
    assert set(crawled[1]) == expected
    assert set(crawled[1].values()) == {1}
    for url in sorted(expected)[:: len(expected) // 20]:
        assert get(session, url)["type"] == "Feature"


def test_no_document_has_too_many_links(crawled):
    for url, document in crawled[0].items():
        below = links(document, "child", "item")
        assert 0 < len(below) <= MAX_LINKS, url
        assert len({link["rel"] for link in below}) == 1, url


def test_documents_are_catalogs_and_collections_that_know_where_they_are(served, crawled):
    parents = {link["href"]: url for url, document in crawled[0].items() for link in links(document, "child")}
    ids = [document["id"] for document in crawled[0].values()]
    assert len(ids) == len(set(ids))
    for url, document in crawled[0].items():
        assert one_link(document, "self") == url
        assert one_link(document, "root") == served.url
        assert document["type"] in ("Catalog", "Collection") and document["description"]
        if url != served.url:
            assert one_link(document, "parent") == parents[url]
        assert all(link["type"] == "application/json" for link in links(document, "child"))
        assert all(link["type"] == "application/geo+json" for link in links(document, "item"))


@pytest.mark.parametrize(
    "collection, below",
    [
        ("small", []),
        ("thousand", []),
        ("thousand-and-one", ["2021", "2020"]),
        ("months", ["2020"]),
        ("months/2020", [f"2020/{month:02}" for month in range(12, 0, -1)]),
        ("months/2020/07", []),
        ("edges", ["9999", "1970", "1969", "0000"]),
        ("days/2020", ["2020/03", "2020/02"]),
        ("days/2020/02", ["2020/02/29", "2020/02/28"]),
        ("parts/2020/03", ["2020/03/06", "2020/03/05"]),
        ("parts/2020/03/05", ["2020/03/05/1", "2020/03/05/2", "2020/03/05/3"]),
        ("undated", ["2020", "undated"]),
        ("all undated", ["undated"]),
        ("undated/undated", ["undated/1", "undated/2", "undated/3"]),
        ("centuries", [f"{century}xx" for century in range(20, 9, -1)] + ["09xx"]),
        ("centuries/19xx", [str(year) for year in range(1999, 1899, -1)]),
        ("centuries/18xx", []),
        ("centuries/1950", []),
    ],
)
def test_the_calendar(served, session, collection, below):
    collection, _, place = collection.partition("/")
    whole = url_of(served, "collections", collection)
    document = get(session, f"{whole}/catalogs/{place}" if place else whole)
    assert [link["href"] for link in links(document, "child")] == [f"{whole}/catalogs/{path}" for path in below]
    assert bool(links(document, "item")) == (not below)


def test_items_stand_in_the_default_order(served, session):
    document = get(session, url_of(served, "collections", "parts") + "/catalogs/2020/03/05/2")
    found = [requests.utils.unquote(link["href"].rsplit("/", 1)[1]) for link in links(document, "item")]
    day = [f"1-{i:05} é/{i % 7}" for i in range(1001)] + [f"0-{i:05} é/{i % 7}" for i in range(1500)]
    assert found == day[1000:2000]


def test_titles_count_what_is_known(served, session):
    month = get(session, url_of(served, "collections", "parts") + "/catalogs/2020/03")
    assert [link["title"] for link in links(month, "child")] == ["2020-03-06 (1 item)", "2020-03-05"]
    day = get(session, url_of(served, "collections", "parts") + "/catalogs/2020/03/05")
    assert links(day, "child")[2]["title"] == "2020-03-05, part 3 (501 items)"
    assert day["title"] == "parts: 2020-03-05" and day["id"] == "parts-2020-03-05"


@pytest.mark.parametrize(
    "path",
    [
        "collections/nope/catalogs/2020",
        "collections/nope/children",
        *(
            f"collections/days/catalogs/{path}"
            for path in [
                "2019", "2020/01", "2020/02/27", "2020/02/30", "2020/13", "2020/00", "2020/2", "2020/02/00", "2020/02/29/1",
                "2020/02/29/0", "2020/02/29/-1", "2020/02/29/x", "99999", "02020", "+020", "2o20", "20", "xxxx", "20XX",
                "20xx/2020", "19xx", "undated", "undated/1", "%00", "2020%2F02", "2020/02%00", "٢٠٢٠", "2020/children/children",
            ]
        ),
        *(
            f"collections/parts/catalogs/2020/03/05/{part}"
            for part in ["4", "01", "1-1000", "1-3", "3-1", "1-", "-1", "999999999999999", "9" * 40, "1/2", "1-1000000000"]
        ),
        "catalogs/1", "catalogs/0", "catalogs/1-1000", "catalogs/x", "catalogs",
    ],
)  # fmt: skip
def test_there_is_nothing_elsewhere(served, session, path):
    answer = session.get(served.url + path)
    assert answer.status_code == 400 if "%00" in path else answer.status_code == 404, answer.text
    assert answer.json()["description"]


# ---- /children ----


def children_of(session, url):
    found, pages = [], 0
    while url:
        page = get(session, url)
        assert one_link(page, "self") == url
        found += page["children"]
        pages += 1
        assert page["numberReturned"] == len(page["children"])
        url = next((link["href"] for link in links(page, "next")), None)
    assert page["numberMatched"] == len(found)
    return found, pages


def test_children_are_what_child_links_lead_to(served, session, crawled):
    for url, document in crawled[0].items():
        hrefs = [link["href"] for link in links(document, "child")]
        if not hrefs or len(hrefs) > 20:
            continue
        where = url.rstrip("/") + "/children"
        if url == served.url:
            assert one_link(document, "children") == where
        found, pages = children_of(session, where)
        assert pages == 1
        assert found == [crawled[0][href] for href in hrefs], url


def test_children_in_pages(served, session):
    whole, _ = children_of(session, served.url + "children")
    found, pages = children_of(session, served.url + "children?limit=3")
    assert found == whole and pages == 4


def test_children_by_type(served, session):
    whole, _ = children_of(session, served.url + "children")
    for type, expected in [("Collection", whole), ("Catalog", []), ("Catalog%2CCollection", whole), ("", whole)]:
        found, _ = children_of(session, served.url + f"children?type={type}")
        assert found == expected, type
    months = url_of(served, "collections", "months") + "/catalogs/2020/children"
    assert len(get(session, months + "?type=Catalog")["children"]) == 12
    assert get(session, months + "?type=Collection")["children"] == []
    assert get(session, url_of(served, "collections", "small") + "/children")["children"] == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=x", "limit=99999999999999999999", "token=x", "token=0", "type=Item",
              "type=collection", "type=Catalog,", "nope=1"]
)  # fmt: skip
def test_wrong_parameters_of_children(served, session, query):
    assert "description" in get(session, served.url + "children?" + query, status=400)


def test_many_collections_are_gathered_in_catalogs(start_server, make_catalog, session):
    n = 2345
    server = start_server(make_catalog(make_item("only", collection=f"c{i:05}") for i in range(n)))
    root = get(session, server.url)
    assert [link["href"] for link in links(root, "child")] == [f"{server.url}catalogs/{part}" for part in (1, 2, 3)]
    second = get(session, server.url + "catalogs/2")
    assert [link["href"] for link in links(second, "child")] == [
        f"{server.url}collections/c{i:05}" for i in range(1000, 2000)
    ]
    assert one_link(second, "parent") == server.url
    found, _ = children_of(session, server.url + "children")
    assert [child["id"] for child in found] == ["collections-1", "collections-2", "collections-3"]
    assert found[1] == second
    last, _ = children_of(session, server.url + "catalogs/3/children")
    assert [child["id"] for child in last] == [f"c{i:05}" for i in range(2000, n)]
    assert get(session, server.url + "children?type=Collection")["children"] == []
    get(session, server.url + "catalogs/4", status=404)
