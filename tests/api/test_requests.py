"""The datetimes, boxes and limits of stac-api-validator with the status that it expects, by GET and POST, and rules beside them."""

import json

import pytest
import requests

from support import ROOT

CASES = json.loads((ROOT / "tests" / "data" / "requests-stac-api-validator.json").read_text())
BBOX, DATETIME, LIMIT = CASES["bbox"], CASES["datetime"], CASES["limit"]


def get(server, **params):
    return requests.get(server.url + "search", params=params)


def post(server, **body):
    return requests.post(server.url + "search", json=body)


def assert_status(answer, status, parameter):
    assert answer.status_code == status, answer.text
    if status >= 400:
        error = answer.json()
        assert error["code"] == "InvalidParameterValue"
        assert parameter in error["description"]
        assert "SELECT" not in error["description"]


@pytest.mark.parametrize("way", [get, post])
@pytest.mark.parametrize("status", [200, 400])
def test_datetime(server, way, status):
    for value in DATETIME[f"expect {status}"]:
        assert_status(way(server, datetime=value), status, "datetime")


@pytest.mark.parametrize("status", [200, 400])
def test_datetime_of_items(server, catalog, status):
    collection = requests.get(server.url + "collections").json()["collections"][0]
    items = next(link["href"] for link in collection["links"] if link["rel"] == "items")
    for value in DATETIME[f"expect {status}"]:
        assert_status(requests.get(items, params={"datetime": value}), status, "datetime")


def test_a_raw_plus_in_a_datetime(server):
    assert requests.get(server.url + "search?datetime=2020-07-23T00:00:00+03:00").status_code == 200


@pytest.mark.parametrize("status", [200, 400])
def test_bbox(server, status):
    for value in BBOX[f"expect {status}, GET"]:
        assert_status(get(server, bbox=value), status, "bbox")
    for value in BBOX[f"expect {status}, POST"]:
        assert_status(post(server, bbox=value), status, "bbox")


def test_boxes_over_the_antimeridian_and_points(server):
    for box in ([170, -10, -170, 10], [10, 10, 10, 10], [-180, -90, 180, 90]):
        assert get(server, bbox=",".join(map(str, box))).status_code == 200
        assert post(server, bbox=box).status_code == 200
    for text in ("nan,0,1,1", "inf,0,1,1", "0,-91,1,1", "0,0,1,x"):
        assert_status(get(server, bbox=text), 400, "bbox")


def test_bbox_and_intersects_together(server):
    for body in CASES["bbox and intersects together"]["expect 400"]:
        assert_status(post(server, **body), 400, "intersects")
        texts = {"bbox": ",".join(map(str, body["bbox"])), "intersects": json.dumps(body["intersects"])}
        assert_status(get(server, **texts), 400, "intersects")


def test_limit(server):
    for value in LIMIT["expect 200"]:
        assert get(server, limit=value).status_code == 200
        assert post(server, limit=value).status_code == 200
    for value in LIMIT["expect 400"] + [0, "ten", 1.5]:
        assert_status(get(server, limit=value), 400, "limit")
        assert_status(post(server, limit=value), 400, "limit")


@pytest.mark.parametrize(
    "value",
    [
        "{",
        '{"type":"Point"}',
        '{"type":"Feature","geometry":{"type":"Point","coordinates":[0,0]},"properties":{}}',
        '{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}',
        '{"type":"Circle","coordinates":[0,0]}',
        "[]",
    ],
)
def test_broken_geometries(server, value):
    assert_status(get(server, intersects=value), 400, "intersects")


def test_every_type_of_geometry(server):
    ring = [[0, 0], [9, 0], [9, 9], [0, 0]]
    geometries = [
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "MultiPoint", "coordinates": [[0, 0], [1, 1]]},
        {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
        {"type": "MultiLineString", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [ring]},
        {"type": "MultiPolygon", "coordinates": [[ring]]},
    ]
    geometries.append({"type": "GeometryCollection", "geometries": geometries[:5]})
    for geometry in geometries:
        assert get(server, intersects=json.dumps(geometry)).status_code == 200
        assert post(server, intersects=geometry).status_code == 200


def test_lists(server):
    assert post(server, collections="one").status_code == 200
    assert_status(post(server, ids="one"), 400, "ids")
    assert_status(post(server, collections=5), 400, "collections")
    assert_status(post(server, ids=[1]), 400, "ids")
    assert post(server, ids=None, collections=None, bbox=None, intersects=None, datetime=None).status_code == 200


@pytest.mark.parametrize("name", ["ids", "collections"])
def test_an_empty_list_is_not_everything(server, name):
    """A script that has lost its ids must not take the whole catalog for the answer."""
    assert_status(post(server, **{name: []}), 400, name)
    assert_status(get(server, **{name: ""}), 400, name)


@pytest.mark.parametrize("path", ["search", "collections", "aggregate"])
@pytest.mark.parametrize("name", ["filter", "query", "q"])
def test_an_empty_condition_is_not_everything(server, path, name):
    more = {"aggregations": "total_count"} if path == "aggregate" else {}
    answer = requests.get(server.url + path, params={name: "", **more})
    assert_status(answer, 400, name)
    assert "leave it out" in answer.json()["description"]


def test_an_empty_condition_in_a_body(server):
    for name in ("filter", "query", "q"):
        assert_status(post(server, **{name: ""}), 400, name)
    assert post(server, filter=None, query=None, q=None).status_code == 200


def test_empty_fields_are_the_default_set(server):
    """docs/search.md: the same by GET and by POST."""
    by_get = get(server, fields="", limit=1).json()["features"]
    by_post = post(server, fields={}, limit=1).json()["features"]
    assert by_get == by_post
    assert set(by_get[0]["properties"]) <= {"datetime", "start_datetime", "end_datetime"}
    assert {"assets", "links"} <= set(by_get[0])


def test_exclusion_by_get_and_by_post(server):
    """docs/search.md: what looks alike is not, and each can be said by the other method too."""

    def sent(answer):
        return answer.json()["features"]

    default = sent(get(server, fields="-assets", limit=3))
    assert set(default[0]["properties"]) <= {"datetime", "start_datetime", "end_datetime"}
    assert default == sent(post(server, fields={"include": [], "exclude": ["assets"]}, limit=3))
    whole = sent(post(server, fields={"exclude": ["assets"]}, limit=3))
    assert len(whole[0]["properties"]) > 3 and "assets" not in whole[0]
    assert whole == sent(get(server, fields="stac_extensions,geometry,bbox,links,properties", limit=3))


def test_explanations_have_notes(catalog, start_server):
    server = start_server(catalog, "--explain")
    wrong = get(server, filter="platfrom = 'x'", explain="true", limit=1).json()
    assert wrong["features"] == []
    assert wrong["cairn:explain"]["notes"] == ["no item has the property 'platfrom'; did you mean 'platform'?"]
    assert get(server, explain="true", limit=1).json()["cairn:explain"]["notes"] == []


def test_unknown_parameters(server, catalog, start_server):
    answer = get(server, collectionns="a")
    assert answer.status_code == 400
    assert '"collections"' in answer.json()["description"]
    assert post(server, collectionns=["a"]).status_code == 400
    lenient = start_server(catalog, "--unknown-params", "ignore")
    assert get(lenient, collectionns="a").status_code == 200
    assert post(lenient, collectionns=["a"]).status_code == 200


def test_what_is_not_near_is_not_guessed(server):
    """/collections has no ids: `fields` is no help, the list of what there is, is."""
    answer = requests.get(server.url + "collections", params={"ids": "x"})
    assert answer.status_code == 400
    assert "did you mean" not in answer.json()["description"]
    assert "this path knows" in answer.json()["description"]


def test_members_of_the_query_string(server):
    for name in ("f", "profile", "explain"):
        answer = post(server, **{name: "x"})
        assert_status(answer, 400, name)
        assert "belongs into the query string" in answer.json()["description"]


def test_bodies_that_are_no_searches(server):
    for body in (b"", b"[]", b"null", b'{"limit":1', b'{"limit":1}x', b"\xff", b"limit=1"):
        answer = requests.post(server.url + "search", data=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, body
    answer = requests.post(server.url + "search", data={"limit": 1})
    assert answer.status_code == 415


def test_null_geometry(item, make_catalog, start_server):
    path = make_catalog([item("nowhere"), item("here", lon=5, lat=5), item("there", lon=50, lat=5)])
    box = {"bbox": "0,0,10,10"}

    def ids(server, **params):
        return sorted(one["id"] for one in get(server, **params).json()["features"])

    server = start_server(path)
    assert ids(server) == ["here", "nowhere", "there"]
    assert ids(server, **box) == ["here"]
    assert ids(server, datetime="2020-01-01T00:00:00Z") == ["here", "nowhere", "there"]
    server = start_server(path, "--null-geometry", "match")
    assert ids(server, **box) == ["here", "nowhere"]


def test_null_datetime_stays(item, make_catalog, start_server):
    one = item("ranged", lon=1, lat=1)
    one["properties"] = {
        "datetime": None,
        "start_datetime": "2020-01-01T00:00:00Z",
        "end_datetime": "2020-02-01T00:00:00Z",
    }
    server = start_server(make_catalog([one]))
    for datetime, hits in [
        ("2020-02-01T00:00:00Z", 1),
        ("../2020-01-01T00:00:00Z", 1),
        ("2020-02-01T00:00:01Z/..", 0),
    ]:
        found = get(server, datetime=datetime).json()["features"]
        assert len(found) == hits
        for hit in found:
            assert hit["properties"] == one["properties"]
