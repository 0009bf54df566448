"""Whole results: every form has the items of the pages, in their order."""

import csv
import gzip
import io
import json

import pytest
import requests
from support import Server, make_item, run_cairn

N = 2600
csv.field_size_limit(1 << 24)
FORMS = {
    "ndjson": "application/x-ndjson",
    "geojsonseq": "application/geo+json-seq",
    "csv": "text/csv; charset=utf-8; header=present",
}
COLUMNS = ["id", "collection", "datetime", "start_datetime", "end_datetime", "west", "south", "east", "north"]


def make_items():
    for i in range(N):
        item = make_item(
            f"item {i % 1300:04}" if i % 7 else f'q"u,o/{i % 1300}\tté',
            collection=["first", "second"][i >= 1300],
            lon=i % 360 - 180,
            lat=i % 170 - 85,
            datetime=f"20{i % 30:02}-01-01T00:00:00.{i % 3}Z",
        )
        item["properties"] |= {
            "n": i,
            "eo:cloud_cover": None if i % 11 == 0 else i % 101 / 2,
            "title": ['say "x"', "a,b", "line\nbreak", "plain", " space ", "", "日本"][i % 7],
            "deep": {"er": {"value": i % 5, "list": [1, {"a": "b,c"}]}},
            "flag": i % 2 == 0,
        }
        if i % 13 == 0:
            item["properties"] |= {
                "datetime": None,
                "start_datetime": "2019-01-01T00:00:00Z",
                "end_datetime": "2020-01-01T00:00:00Z",
            }
        if i % 17 == 0:
            item |= {"geometry": None}
            item.pop("bbox")
        if i % 1000 == 999:
            item["properties"]["large"] = "x" * 1_500_000  # more than a piece of a stream
        yield item


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    path = tmp_path_factory.mktemp("stream") / "s.cairn"
    run_cairn("ingest", path, "-", input="".join(json.dumps(item) + "\n" for item in make_items()))
    server = Server(path)
    yield server
    code, _, errors = server.stop()
    assert code == 0, errors


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        yield session


def pages(session, url, params, body=None):
    """The features of all pages."""
    features = []
    method = "GET" if body is None else "POST"
    while url:
        answer = session.request(method, url, params=params, json=body, stream=True)  # with fields it is no item
        assert answer.status_code == 200, answer.text
        page = answer.json()
        features += page["features"]
        follow = [link for link in page["links"] if link["rel"] == "next"]
        url, params = (follow[0]["href"], None) if follow else (None, None)
        body = follow[0].get("body") if follow else None
    return features


def stream(session, url, form, params=None, body=None, **more):
    answer = session.request(
        "GET" if body is None else "POST", url, params={**(params or {}), "f": form}, json=body, **more
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == FORMS[form]
    return answer


def read_lines(answer):
    text = answer.content.decode()
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def read_sequence(answer):
    records = answer.content.split(b"\x1e")
    assert records[0] == b"" and all(record.endswith(b"}\n") and record.count(b"\n") == 1 for record in records[1:])
    return [json.loads(record) for record in records[1:]]


def read_table(answer):
    return list(csv.reader(io.StringIO(answer.content.decode(), newline=""), strict=True))


SEARCHES = [
    {},
    {"collections": "second"},
    {"bbox": "-20,-20,60,40"},
    {"datetime": "2010-01-01T00:00:00Z/2019-06-01T00:00:00Z"},
    {"ids": "item 0001,item 0002,nothing"},
    {"ids": "nothing"},
    {"intersects": json.dumps({"type": "Point", "coordinates": [-180, -85]})},
    {"filter": "n % 3 = 1 AND eo:cloud_cover > 20"},
    {"sortby": "-eo:cloud_cover,+n"},
    {"sortby": "title"},
    {"fields": "id,properties.title"},
    {"fields": "-assets,-links", "collections": "first"},
    {"q": "日本"},
    {"profile": "source", "collections": "first"},
]


@pytest.mark.parametrize("search", SEARCHES, ids=[" ".join(search) or "all" for search in SEARCHES])
def test_streams_have_the_items_of_the_pages(served, session, search):
    url = served.url + "search"
    expected = pages(session, url, {**search, "limit": 400})
    assert read_lines(stream(session, url, "ndjson", search)) == expected
    assert read_sequence(stream(session, url, "geojsonseq", search)) == expected


def test_streams_by_post(served, session):
    url = served.url + "search"
    body = {"bbox": [-20, -20, 60, 40], "collections": ["first"]}
    expected = pages(session, url, None, {**body, "limit": 100})
    assert len(expected) > 50
    assert read_lines(stream(session, url, "ndjson", body=body)) == expected
    assert len(read_table(stream(session, url, "csv", body={**body, "limit": 7}))) == 8


def test_streams_of_a_collection(served, session):
    url = served.url + "collections/second/items"
    expected = pages(session, url, {"limit": 1000})
    assert len(expected) == 1300
    assert read_lines(stream(session, url, "ndjson")) == expected
    assert session.get(served.url + "collections/nope/items?f=ndjson").status_code == 404


@pytest.mark.parametrize("limit", [1, 999, 1000, 1001, 2000, N, N + 1, 4294967295])
def test_the_limit_is_that_of_all(served, session, limit):
    url = served.url + "search"
    whole = read_lines(stream(session, url, "ndjson"))
    assert read_lines(stream(session, url, "ndjson", {"limit": limit})) == whole[:limit]


def test_the_largest_page_is_no_limit(start_server, make_catalog, session):
    server = start_server(make_catalog(make_item(f"i{i}") for i in range(50)), "--max-limit", "10")
    assert len(read_lines(stream(session, server.url + "search", "ndjson"))) == 50
    assert len(read_lines(stream(session, server.url + "search", "ndjson", {"limit": 30}))) == 30


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("search", [{}, {"profile": "source", "limit": 1100}, {"ids": "nothing"}])
def test_gzip(served, session, form, search):
    url = served.url + "search"
    plain = stream(session, url, form, search, headers={"Accept-Encoding": "identity"})
    packed = stream(session, url, form, search, headers={"Accept-Encoding": "gzip"}, stream=True)
    assert "content-encoding" not in plain.headers and packed.headers["content-encoding"] == "gzip"
    raw = packed.raw.read(decode_content=False)
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 3 or len(plain.content) < 1000


# ---- CSV ----


def cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def test_the_default_columns(served, session):
    expected = pages(session, served.url + "search", {"limit": 1000})
    header, *rows = read_table(stream(session, served.url + "search", "csv"))
    assert header == COLUMNS
    assert len(rows) == N
    for item, row in zip(expected, rows, strict=True):
        properties = item["properties"]
        assert row[:2] == [item["id"], item["collection"]]
        assert row[2:5] == [cell(properties.get(name)) for name in ("datetime", "start_datetime", "end_datetime")]
        assert row[5:] == ([cell(number) for number in item["bbox"]] if "bbox" in item else [""] * 4)


def test_chosen_columns(served, session):
    names = ["id", "properties.title", "eo:cloud_cover", "flag", "n", "deep.er.value", "deep.er.list", "geometry",
             "bbox", "missing", "properties", "assets", "type", "links"]  # fmt: skip
    answer = stream(session, served.url + "search", "csv", {"fields": ",".join(names), "collections": "first"})
    header, *rows = read_table(answer)
    box = names.index("bbox")
    assert header == names[:box] + ["west", "south", "east", "north"] + names[box + 1 :]
    expected = pages(session, served.url + "search", {"collections": "first", "limit": 1000})
    for item, row in zip(expected, rows, strict=True):
        properties = item["properties"]
        assert row[:box] == [
            item["id"], properties["title"], cell(properties["eo:cloud_cover"]), cell(properties["flag"]),
            cell(properties["n"]), cell(properties["deep"]["er"]["value"]), cell(properties["deep"]["er"]["list"]),
            cell(item["geometry"]),
        ]  # fmt: skip
        missing, whole, *rest = row[box + 4 :]
        assert (missing, json.loads(whole), rest) == ("", properties, ["{}", "Feature", ""])


def test_columns_of_a_post(served, session):
    body = {"fields": {"include": ["n", "id"], "exclude": ["links"]}, "limit": 2}
    assert read_table(stream(session, served.url + "search", "csv", body=body))[0] == ["n", "id"]
    body = {"fields": {"includes": ["n", "id"]}, "limit": 2}
    assert read_table(stream(session, served.url + "search", "csv", body=body))[0] == ["n", "id"]
    body = {"fields": {"exclude": ["geometry"]}, "limit": 2}
    assert read_table(stream(session, served.url + "search", "csv", body=body))[0] == COLUMNS


def test_bytes_of_csv(start_server, make_catalog, session):
    item = make_item('a "b", c\r\nd', lon=0.10, lat=-1)
    item["bbox"] = [0.1, -1, 5, 0.2, -0.5, 6]
    item["properties"]["sum"] = "=1+1"
    server = start_server(make_catalog([item]))
    answer = stream(session, server.url + "search", "csv", {"fields": "id,bbox,sum,datetime"})
    assert answer.content == (
        b'id,west,south,east,north,sum,datetime\r\n"a ""b"", c\r\nd",0.1,-1,0.2,-0.5,=1+1,2020-01-01T00:00:00Z\r\n'
    )


# ---- which form ----


@pytest.mark.parametrize(
    "accept, content_type",
    [
        ("application/x-ndjson", "application/x-ndjson"),
        ("application/ndjson", "application/ndjson"),
        ("application/geo+json-seq", "application/geo+json-seq"),
        ("text/csv", FORMS["csv"]),
        ("text/csv;q=0.5, application/x-ndjson", "application/x-ndjson"),
        ("*/*", "application/geo+json"),
        ("application/*", "application/geo+json"),
        ("application/json", "application/geo+json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/geo+json"),
    ],
)
def test_accept(served, session, accept, content_type):
    answer = session.get(served.url + "search?limit=1", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == content_type
    assert "Accept" in answer.headers["vary"].split(", ")


def test_f_beats_accept(served, session):
    answer = session.get(served.url + "search?limit=1&f=geojson", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "application/geo+json"


def test_head(served, session):
    answer = session.head(served.url + "search?f=csv")
    assert answer.status_code == 200 and answer.headers["content-type"] == FORMS["csv"] and not answer.content
    assert session.head(served.url + "search?f=csv&limit=x").status_code == 400


@pytest.mark.parametrize(
    "query, words",
    [
        ("f=xml", "geojson, ndjson, geojsonseq, csv"),
        ("f=ndjson&token=abc", "token"),
        ("f=ndjson&limit=0", "limit"),
        ("f=csv&bbox=1,2,3", "bbox"),
        ("f=csv&nope=1", "nope"),
        ("f=geojsonseq&sortby=geometry", "sortby"),
        ("f=ndjson&filter=n%20%3D", "filter"),
    ],
)
def test_what_is_wrong_is_told_by_a_status(served, session, query, words):
    answer = session.get(f"{served.url}search?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    assert words in answer.json()["description"]


def test_only_lists_of_items_are_streamed(served, session):
    for path in ("", "collections", "collections/first", "collections/first/items/item%200001"):
        assert session.get(f"{served.url}{path}?f=ndjson").status_code == 400
