"""Collection search: /collections against a plain evaluation of its parameters in Python, page by page."""

import datetime
import json
import random
import unicodedata

import pytest
import requests
from pystac_client import Client
from support import Server, make_item, run_cairn

COUNT = 120
PLACES = ["Léman", "Rhône", "north sea", "Sahara", "amazon basin"]
LICENSES = ["MIT", "CC-BY-4.0", "other"]


def random_box(dice):
    south, north = sorted(round(dice.uniform(-90, 90), 2) for _ in range(2))
    west, east = (round(dice.uniform(-180, 180), 2) for _ in range(2))  # west > east crosses the antimeridian
    if dice.random() < 0.8:
        west, east = sorted((west, east))
    if dice.random() < 0.1:  # a line, or a point
        west, north = east, dice.choice([south, north])
    return [west, south, east, north] if dice.random() < 0.8 else [west, south, -10, east, north, 500.5]


def random_end(dice):
    return dice.choice([f"{dice.randint(1990, 2030)}-{dice.randint(1, 12):02d}-15T00:00:00Z", None])


def random_interval(dice):
    ends = [random_end(dice), random_end(dice)]
    return sorted(ends) if None not in ends else ends


def random_boxes(dice):
    boxes = [random_box(dice) for _ in range(dice.choice([1, 1, 1, 3]))]
    return boxes if len(boxes) == 1 else [[-180, -90, 180, 90]] + boxes if dice.random() < 0.5 else boxes


def random_collection(dice, i):
    collection = {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": f"c{dice.randint(0, 10**6)}-{i}",
        "title": f"{dice.choice(PLACES)} {dice.randint(1, 20)}",
        "description": f"Scenes of {dice.choice(PLACES)}",
        "license": dice.choice(LICENSES),
        "keywords": dice.sample(["ice", "Water", "land cover", "snow"], dice.randint(0, 3)),
        "extent": {
            "spatial": {"bbox": random_boxes(dice)},
            "temporal": {"interval": [random_interval(dice) for _ in range(dice.choice([1, 1, 2]))]},
        },
        "summaries": {"gsd": [dice.choice([10, 20, 60])], "eo:cloud_cover": {"minimum": dice.randint(0, 50), "maximum": 90}},
        "links": [{"rel": "license", "href": "https://example.com/license"}],
    }
    for name in ["title", "keywords", "summaries"]:
        if dice.random() < 0.15:
            del collection[name]
    return collection


@pytest.fixture(scope="module")
def collections():
    dice = random.Random(4)
    return sorted((random_collection(dice, i) for i in range(COUNT)), key=lambda one: one["id"].encode())


@pytest.fixture(scope="module")
def many(collections, tmp_path_factory):
    path = tmp_path_factory.mktemp("collections") / "many.cairn"
    shuffled = random.Random(1).sample(collections, len(collections))
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in shuffled))
    server = Server(path)
    yield server
    assert server.stop()[0] == 0


def ask(server, status=200, **parameters):
    answer = requests.get(server.url + "collections", params={k.replace("_", "-"): v for k, v in parameters.items()})
    assert answer.status_code == status, answer.text
    return answer.json()


def links(page, rel):
    return [link["href"] for link in page["links"] if link["rel"] == rel]


def ids(page):
    return [one["id"] for one in page["collections"]]


def walk(server, **parameters):
    """The ids of all pages; each page holds what it should, and leads back to the one before."""
    page = ask(server, **parameters)
    matched, found, back = page["numberMatched"], ids(page), None
    while True:
        assert page["numberMatched"] == matched
        assert page["numberReturned"] == len(page["collections"]) <= parameters.get("limit", matched or 1)
        assert bool(links(page, "prev")) == (back is not None)
        if back is not None:
            assert ids(requests.get(*links(page, "prev")).json()) == back
        back = ids(page)
        if not links(page, "next"):
            assert len(found) == matched
            return found
        page = requests.get(*links(page, "next")).json()
        assert page["collections"]
        found += ids(page)


# ---- the oracle ----


def halves(box):
    west, south, east, north = box if len(box) == 4 else [box[0], box[1], box[3], box[4]]
    return [(west, south, east, north)] if west <= east else [(west, south, 180, north), (-180, south, east, north)]


def meets_box(collection, box):
    return any(
        a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]
        for one in collection["extent"]["spatial"]["bbox"]
        for a in halves(one)
        for b in halves(box)
    )


def instant(text, otherwise):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() if text else otherwise


def interval(ends):
    return instant(ends[0], -1e18), instant(ends[1], 1e18)


def meets_time(collection, ends):
    start, end = interval(ends)
    return any(a <= end and start <= b for a, b in map(interval, collection["extent"]["temporal"]["interval"]))


def fold(text):
    text = unicodedata.normalize("NFKD", text)
    return "".join(c for c in text if not unicodedata.combining(c)).casefold()


def words(collection):
    fields = [collection["id"], collection.get("title", ""), collection["description"], *collection.get("keywords", [])]
    return ["".join(c if c.isalnum() else " " for c in fold(field)).split() for field in fields]


def has_phrase(collection, phrase):
    phrase = fold(phrase).split()
    n = len(phrase)
    return any(field[i : i + n] == phrase for field in words(collection) for i in range(len(field)))


# ---- tests ----


def test_all_are_there_without_parameters(many, collections):
    page = ask(many)
    assert ids(page) == [one["id"] for one in collections]
    assert page["numberMatched"] == page["numberReturned"] == COUNT
    assert links(page, "self") == [many.url + "collections"]
    assert links(page, "root") == links(page, "parent") == [many.url]
    assert not links(page, "next") and not links(page, "prev")
    for served, given in zip(page["collections"], collections):
        rest = {name: value for name, value in served.items() if name != "links"}
        assert rest == {name: value for name, value in given.items() if name != "links"}
        assert {link["rel"] for link in served["links"]} >= {"self", "root", "parent", "items", "license"}
        (self,) = links(served, "self")
        assert requests.get(self).json() == served


@pytest.mark.parametrize("limit", [1, 7, 119, 120, 121, 10_000_000])
def test_pages_hold_each_once(many, collections, limit):
    assert walk(many, limit=limit) == [one["id"] for one in collections]


def test_boxes(many, collections):
    dice = random.Random(5)
    for _ in range(60):
        box = random_box(dice)
        wanted = [one["id"] for one in collections if meets_box(one, box)]
        assert ids(ask(many, bbox=",".join(map(str, box)))) == wanted, box


def test_times(many, collections):
    dice = random.Random(6)
    for _ in range(60):
        ends = random_interval(dice)
        if ends == [None, None]:
            continue
        wanted = [one["id"] for one in collections if meets_time(one, ends)]
        text = "/".join(end or ".." for end in ends)
        assert ids(ask(many, datetime=text)) == wanted, text


@pytest.mark.parametrize("phrase", ["leman", "NORTH SEA", "sea north", "Water", "land cover", "mit", "rhone 3", "nothing"])
def test_words(many, collections, phrase):
    wanted = [one["id"] for one in collections if has_phrase(one, phrase)]
    assert ids(ask(many, q=f'"{phrase}"')) == wanted


def test_words_any_of_which(many, collections):
    wanted = [one["id"] for one in collections if has_phrase(one, "sahara") or has_phrase(one, "ice")]
    assert walk(many, q="Sahara,ice", limit=11) == wanted


@pytest.mark.parametrize(
    ("sortby", "key", "reverse"),
    [
        ("id", lambda one: one["id"].encode(), False),
        ("-id", lambda one: one["id"].encode(), True),
        ("license", lambda one: one["license"].encode(), False),
        ("-license", lambda one: one["license"].encode(), True),
        ("+summaries.eo:cloud_cover.minimum", lambda one: one.get("summaries", {}).get("eo:cloud_cover", {}).get("minimum"), False),
        ("-summaries.eo:cloud_cover.minimum", lambda one: one.get("summaries", {}).get("eo:cloud_cover", {}).get("minimum"), True),
        ("title", lambda one: one["title"].encode() if "title" in one else None, False),
        ("-title", lambda one: one["title"].encode() if "title" in one else None, True),
        ("datetime", lambda one: instant(one["extent"]["temporal"]["interval"][0][0], None), False),
        ("-datetime", lambda one: instant(one["extent"]["temporal"]["interval"][0][0], None), True),
        ("-end_datetime", lambda one: instant(one["extent"]["temporal"]["interval"][0][1], None), True),
    ],
)
def test_orders(many, collections, sortby, key, reverse):
    has = sorted((one for one in collections if key(one) is not None), key=key, reverse=reverse)
    lacks = [one for one in collections if key(one) is None]
    if reverse and sortby != "-id":  # ties stay in the order of ids
        has = sorted(sorted(has, key=lambda one: one["id"].encode()), key=key, reverse=True)
    wanted = [one["id"] for one in has + lacks]
    assert walk(many, sortby=sortby) == wanted
    assert walk(many, sortby=sortby, limit=13) == wanted


def test_conditions_together(many, collections):
    wanted = [
        one["id"]
        for one in collections
        if meets_box(one, [-30, -30, 60, 60]) and meets_time(one, ["2005-01-01T00:00:00Z", None]) and one["license"] == "MIT"
    ]
    found = walk(
        many, bbox="-30,-30,60,60", datetime="2005-01-01T00:00:00Z/..", filter="license = 'MIT'", sortby="-id", limit=3
    )
    assert found == sorted(wanted, key=str.encode, reverse=True)
    assert wanted


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("license = 'MIT'", lambda one: one["license"] == "MIT"),
        ("title IS NULL", lambda one: "title" not in one),
        ("title LIKE 'Rh%'", lambda one: one.get("title", "").startswith("Rh")),
        ("CASEI(ACCENTI(title)) LIKE casei('LEMAN%')", lambda one: fold(one.get("title", "")).startswith("leman")),
        ("A_CONTAINS(keywords, ('ice', 'snow'))", lambda one: {"ice", "snow"} <= set(one.get("keywords", []))),
        (
            "summaries.eo:cloud_cover.minimum < 10",
            lambda one: one.get("summaries", {}).get("eo:cloud_cover", {}).get("minimum", 99) < 10,
        ),
        ("A_CONTAINS(summaries.gsd, (60))", lambda one: 60 in one.get("summaries", {}).get("gsd", [])),
        ("S_INTERSECTS(geometry, BBOX(5, 45, 7, 47))", lambda one: meets_box(one, [5, 45, 7, 47])),
        ("S_INTERSECTS(geometry, POINT(179.5 -10))", lambda one: meets_box(one, [179.5, -10, 179.5, -10])),
        (
            "T_INTERSECTS(datetime, INTERVAL('2001-01-01T00:00:00Z', '2002-01-01T00:00:00Z'))",
            lambda one: meets_time(
                {"extent": {"temporal": {"interval": one["extent"]["temporal"]["interval"][:1]}}},
                ["2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z"],
            ),
        ),
        (
            "end_datetime >= TIMESTAMP('2020-01-01T00:00:00Z')",
            lambda one: interval(one["extent"]["temporal"]["interval"][0])[1] >= 1577836800,
        ),
        ("datetime IS NULL AND id LIKE 'c1%'", lambda one: one["id"].startswith("c1")),
        ("nonsense = 5", lambda one: False),
    ],
)
def test_filters(many, collections, text, test):
    wanted = [one["id"] for one in collections if test(one)]
    assert walk(many, filter=text, limit=17) == wanted
    assert bool(wanted) == (text != "nonsense = 5")


def test_places_in_filters_are_those_of_bbox(many, collections):
    dice = random.Random(8)
    for _ in range(40):
        west, south, east, north = halves(random_box(dice))[0]
        wanted = [one["id"] for one in collections if meets_box(one, [west, south, east, north])]
        assert ids(ask(many, filter=f"S_INTERSECTS(geometry, BBOX({west}, {south}, {east}, {north}))")) == wanted


def test_query(many, collections):
    found = ids(ask(many, query=json.dumps({"license": {"eq": "MIT"}})))
    assert found == [one["id"] for one in collections if one["license"] == "MIT"]


def test_fields(many):
    page = ask(many, fields="id,title,summaries.gsd", limit=20)
    for one in page["collections"]:
        assert set(one) <= {"type", "stac_version", "id", "title", "summaries"}
        assert set(one.get("summaries", {})) <= {"gsd"}
    assert any("title" in one for one in page["collections"])
    assert all("links" in one and "extent" in one for one in ask(many, fields="-keywords")["collections"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "x"),
        ("bbox", "1,2,3"),
        ("bbox", "1,2,3,nan"),
        ("datetime", "yesterday"),
        ("datetime", "../.."),
        ("filter", "license ="),
        ("filter", "S_INTERSECTS(geometry, POINT(500 0))"),
        ("sortby", "geometry"),
        ("token", "abc"),
        ("q", '"open'),
        ("ids", "a"),
        ("collections", "a"),
        ("intersects", '{"type":"Point","coordinates":[0,0]}'),
    ],
)
def test_refused(many, name, value):
    answer = ask(many, status=400, **{name: value})
    assert name in answer["description"]


def test_a_token_is_good_for_its_request_alone(many):
    (after,) = links(ask(many, limit=5, sortby="title"), "next")
    token = requests.utils.urlparse(after).query.split("token=")[1]
    assert "token" in ask(many, status=400, limit=5, token=token)["description"]
    assert "token" in ask(many, status=400, limit=5, sortby="license", token=token)["description"]


def test_a_token_of_items_is_refused(server):
    page = requests.get(server.url + "search", params={"limit": 1, "sortby": "id"}).json()
    token = requests.utils.urlparse(links(page, "next")[0]).query.split("token=")[1]
    answer = requests.get(server.url + "collections", params={"sortby": "id", "token": token})
    assert answer.status_code == 400 and "token" in answer.json()["description"]


def test_collections_that_come_and_go_shift_no_page(collections, tmp_path, start_server):
    path = tmp_path / "changing.cairn"
    given = collections[:40]
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in given))
    server = start_server(path)
    page = ask(server, limit=10, sortby="-title")
    seen = ids(page)
    added = [dict(given[0], id=f"new{i}", title=title) for i, title in enumerate(["zzz", "aaa", "North"])]
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in added))
    while links(page, "next"):
        page = requests.get(*links(page, "next")).json()
        seen += ids(page)
    assert len(seen) == len(set(seen))
    assert {one["id"] for one in given} <= set(seen)


def test_a_page_ends_at_its_size(many, collections, start_server):
    server = start_server(many.catalog, "--max-page-bytes", "20000")
    page = ask(server)
    assert 1 < page["numberReturned"] < COUNT and page["numberMatched"] == COUNT
    assert walk_all(page) == [one["id"] for one in collections]
    assert walk_all(ask(server, sortby="-id")) == [one["id"] for one in reversed(collections)]


def walk_all(page):
    found = ids(page)
    while links(page, "next"):
        page = requests.get(*links(page, "next")).json()
        found += ids(page)
    return found


def test_extents_and_summaries_follow_the_items(tmp_path, start_server):
    given = random_collection(random.Random(3), 1) | {"id": "things"}
    given["extent"] = {
        "spatial": {"bbox": [[0, 0, 10.0, 10]]},
        "temporal": {"interval": [["2020-01-01T00:00:00Z", "2020-06-01T02:00:00+02:00"]]},
    }
    given["summaries"] = {"gsd": [10.0], "eo:cloud_cover": {"minimum": 5, "maximum": 50.0}, "platform": {"type": "string"}}
    inside = make_item("in", lon=5, lat=5, datetime="2020-06-01T00:00:00Z")
    inside["properties"].update({"gsd": 10, "eo:cloud_cover": 7})
    outside = make_item("out", lon=-20.5, lat=5, datetime="2021-06-01T00:00:00Z")
    outside["properties"].update({"gsd": 30, "eo:cloud_cover": 99.5, "platform": "p", "constellation": "c"})
    path = tmp_path / "things.cairn"
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in [given, inside]))
    server = start_server(path)
    url = server.url + "collections/things"
    assert requests.get(url).json()["extent"] == given["extent"]
    assert ask(server, bbox="-30,0,-10,10")["numberMatched"] == 0

    run_cairn("ingest", path, "-", input=json.dumps(outside))
    served = requests.get(url).json()
    assert served["extent"]["spatial"]["bbox"] == [[-20.5, 0, 10.0, 10]]
    assert served["extent"]["temporal"]["interval"] == [["2020-01-01T00:00:00Z", "2021-06-01T00:00:00Z"]]
    assert served["summaries"]["gsd"] == [10.0, 30]
    assert served["summaries"]["eo:cloud_cover"] == {"minimum": 5, "maximum": 99.5}
    assert served["summaries"]["platform"] == {"type": "string"}
    assert served["summaries"]["constellation"] == ["c"]
    assert ask(server, bbox="-30,0,-10,10")["numberMatched"] == 1
    source = requests.get(url, params={"profile": "source"}).json()
    assert source["extent"] == given["extent"] and source["summaries"] == given["summaries"]


def test_a_client_searches_collections(many, collections):
    client = Client.open(many.url)
    found = client.collection_search(bbox=[-30, -30, 60, 60], q="Sahara", limit=4)
    wanted = [one["id"] for one in collections if meets_box(one, [-30, -30, 60, 60]) and has_phrase(one, "sahara")]
    assert [one.id for one in found.collections()] == wanted and len(wanted) > 4
    assert found.matched() == len(wanted)
