"""CQL2 through the API, by GET and POST, as text and as JSON: what the standard's own examples and tests, and those of cql2-rs, say."""

import gzip
import json
import re

import pytest
import requests
import shapely
import shapely.geometry

from support import ROOT, Server, run_cairn

DATA = ROOT / "tests" / "data" / "cql2"

# See tests/oracles/test_cql2.py: literals beyond 180 degrees are refused (/conf/basic-spatial-functions/s_intersects of OGC 21-065),
# and footprints are cut at the antimeridian (RFC 7946 3.1.9).
BEYOND = re.compile(r"-195\.79")
WRAPPED = "s_crosses(geometry, LINESTRING(-170 -90, -170 90))"


def lines(name):
    return [json.loads(line) for line in (DATA / f"{name}.ndjson").read_text(encoding="utf-8").splitlines()]


def serve(tmp_path_factory, name, source, change=lambda line: line):
    path = tmp_path_factory.mktemp(name) / f"{name}.cairn"
    run_cairn("ingest", path, "-", input=b"".join(change(line) for line in gzip.decompress(source.read_bytes()).splitlines(True)))
    return Server(path)


def cut_at_the_poles(line):
    """16 of the records of cql2-rs reach beyond 90 degrees of latitude, for which ingest refuses them."""
    item = json.loads(line)
    inside = shapely.clip_by_rect(shapely.geometry.shape(item["geometry"]), -360, -90, 360, 90)
    item["geometry"] = shapely.geometry.mapping(inside)
    item["bbox"] = list(inside.bounds)
    return json.dumps(item).encode() + b"\n"


@pytest.fixture(scope="module")
def natural_earth(tmp_path_factory):
    server = serve(tmp_path_factory, "natural-earth", ROOT / "tests" / "data" / "natural-earth.ndjson.gz")
    yield server
    assert server.stop()[0] == 0


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    server = serve(tmp_path_factory, "records", DATA / "cql2-rs-items.ndjson.gz", cut_at_the_poles)
    yield server
    assert server.stop()[0] == 0


def get(server, filter, lang="cql2-text", **more):
    text = filter if isinstance(filter, str) else json.dumps(filter)
    return requests.get(server.url + "search", params={"filter": text, "filter-lang": lang, "limit": 1000, **more})


def post(server, filter, lang=None, **more):
    body = {"filter": filter, "limit": 1000, **more, **({"filter-lang": lang} if lang else {})}
    return requests.post(server.url + "search", json=body)


def ids(answer):
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["numberMatched"] == page["numberReturned"] == len(page["features"])
    return sorted((item["collection"], item["id"]) for item in page["features"])


def test_counts_of_the_abstract_test_suite(natural_earth):
    predicates = lines("ats-predicates")
    wrong = {}
    for line in predicates:
        answer = get(natural_earth, line["filter"], collections=line["collection"])
        if answer.status_code != 200 or answer.json()["numberMatched"] != line["expected"]:
            wrong[line["filter"]] = (line["expected"], answer.json().get("numberMatched", answer.text))
    assert wrong == {}
    assert len(predicates) == 157


def test_the_items_of_a_collection_take_the_same_filters(natural_earth):
    for line in lines("ats-predicates")[::5]:
        url = f"{natural_earth.url}collections/{line['collection']}/items"
        answer = requests.get(url, params={"filter": line["filter"], "limit": 1000})
        assert answer.status_code == 200 and answer.json()["numberMatched"] == line["expected"], line["filter"]


def test_syntax_of_the_abstract_test_suite(natural_earth):
    expressions = lines("ats-syntax")
    answers = {line["text"]: get(natural_earth, line["text"]) for line in expressions}
    refused = {text: answer.json()["description"] for text, answer in answers.items() if answer.status_code != 200}
    # These have a latitude of 180 degrees: the same clause as above wants it refused as an invalid coordinate.
    assert set(refused) == {text for text in answers if "90 180" in text} and len(refused) == 3
    assert all("out of range" in description for description in refused.values())
    assert len(expressions) == 109


def test_pairs_of_the_standard(records):
    pairs = lines("ogc-examples")
    refused = set()
    for pair in pairs:
        answers = [
            get(records, pair["text"]),
            get(records, pair["json"], "cql2-json"),
            post(records, pair["json"]),
            post(records, pair["text"], "cql2-text"),
        ]
        assert len({answer.status_code for answer in answers}) == 1, [answer.text[:300] for answer in answers]
        if answers[0].status_code == 200:
            assert len({tuple(ids(answer)) for answer in answers}) == 1, pair["text"]
            continue
        refused.add(pair["name"])
        for answer in answers:
            assert answer.status_code == 400 and answer.json()["description"].startswith("filter: "), answer.text
            assert re.search(r"function|condition|out of range|invalid", answer.json()["description"]), answer.text
    # Functions that this server does not have, and expressions that are no conditions.
    assert len(pairs) == 120 and len(refused) < 20, sorted(refused)


def test_ids_of_cql2_rs(records):
    expressions = lines("cql2-rs-expressions")
    unlike = 0
    for line in expressions:
        answer = get(records, line["filter"])
        if BEYOND.search(line["filter"]):
            assert answer.status_code == 400 and "out of range" in answer.json()["description"]
            unlike += 1
            continue
        found = {id for _, id in ids(answer)}
        if line["filter"] == WRAPPED:
            assert found != set(line["expected_ids"])
            unlike += 1
        else:
            assert found == set(line["expected_ids"]), line["filter"]
    assert len(expressions) == 108 and unlike == 4


def test_the_language_follows_the_method(records):
    text, tree = "intfield < 10", {"op": "<", "args": [{"property": "intfield"}, 10]}
    expected = ids(get(records, text))
    assert 0 < len(expected) < 112
    assert ids(requests.get(records.url + "search", params={"filter": text, "limit": 1000})) == expected
    assert ids(post(records, tree)) == ids(post(records, tree, "cql2-json")) == ids(post(records, text, "cql2-text")) == expected
    assert ids(get(records, tree, "cql2-json")) == expected


@pytest.mark.parametrize(
    "filter, part",
    [
        ("intfield <", "byte 10"),
        ("intfield < 5 AND", "byte 16"),
        ("intfield BETWEEN 1", "AND"),
        ("foo(intfield) = 1", "foo"),
        ("S_INTERSECTS(geometry, POINT(200 0))", "out of range"),
        ("intfield = 'abc", "'"),
    ],
)
def test_faults_name_the_place(records, filter, part):
    answer = get(records, filter)
    assert answer.status_code == 400
    error = answer.json()
    assert error["code"] == "InvalidParameterValue"
    assert error["description"].startswith("filter: ") and part in error["description"], error
    assert "SELECT" not in error["description"] and "sqlite" not in error["description"].lower()


def test_what_is_too_deep_is_too_large(records):
    deep = "(" * 1000 + "intfield > 1" + ")" * 1000
    assert get(records, deep).status_code == 414  # what is too large in a GET is its query string
    assert post(records, deep, "cql2-text").status_code == 413
    assert "deep" in post(records, deep, "cql2-text").json()["description"]


def test_languages_and_crs_that_are_not_there(records):
    assert get(records, "intfield < 5", "cql-text").status_code == 400
    assert get(records, "intfield < 5", **{"filter-crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}).status_code == 200
    assert get(records, "intfield < 5", **{"filter-crs": "EPSG:3857"}).status_code == 400
    assert post(records, {"op": "<", "args": [{"property": "intfield"}]}).status_code == 400


def test_unknown_properties_are_null(records):
    assert ids(get(records, "no_such_thing < 5")) == []
    assert len(ids(get(records, "no_such_thing IS NULL"))) == 112


def test_pages_of_a_filter(records):
    whole = [item["id"] for item in get(records, "intfield > 20").json()["features"]]
    walked, url = [], records.url + "search?filter=intfield%20%3E%2020&limit=7"
    while url:
        page = requests.get(url).json()
        walked += [item["id"] for item in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert walked == whole and len(whole) > 50
