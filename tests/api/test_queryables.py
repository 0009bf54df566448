"""Queryables and sortables: JSON Schemas that say what the items have, checked against the items themselves."""

import json
import random

import jsonschema
import pytest
import requests
from support import Server, make_item, run_cairn

BASE = ["id", "collection", "geometry", "datetime", "start_datetime", "end_datetime"]
NUMBER_OF_MANY = 60
DRAFT = "https://json-schema.org/draft/2019-09/schema"


def properties_of(dice, i):
    more = {
        "eo:cloud_cover": dice.choice([0, 12.5, 99.75, round(dice.uniform(0, 100), 1)]),
        "gsd": dice.choice([10, 20, 60]),
        "platform": dice.choice(["a", "b"]),
        "instruments": dice.sample(["x", "y", "z"], 2),
        "created": f"2021-01-{i % 28 + 1:02d}T00:00:00Z",
        "mixed": dice.choice([1, "one", True]),
        "text": f"value {i}",
        "deep": {"a": {"b": i}},
        "night": dice.random() < 0.5,
        'a "quoted" name': i,
    }
    return {name: value for name, value in more.items() if dice.random() < 0.9}


@pytest.fixture(scope="module")
def items():
    dice = random.Random(9)
    made = []
    for i in range(2 * NUMBER_OF_MANY):
        item = make_item(f"i{i}", ["one", "two"][i % 2], lon=1, lat=2)
        item["properties"].update(properties_of(dice, i))
        if item["collection"] == "two":
            item["properties"]["platform"] = "c"
        made.append(item)
    return made


@pytest.fixture(scope="module")
def many(items, tmp_path_factory):
    path = tmp_path_factory.mktemp("queryables") / "many.cairn"
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in items))
    server = Server(path)
    yield server
    assert server.stop()[0] == 0


def get(url, accept="application/schema+json"):
    answer = requests.get(url, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/schema+json"
    schema = answer.json()
    jsonschema.Draft201909Validator.check_schema(schema)
    assert schema["$schema"] == DRAFT
    assert schema["$id"] == url
    assert schema["type"] == "object" and schema["title"] and schema["description"]
    assert schema["additionalProperties"] is True
    return schema


def link(document, what):
    (found,) = [one for one in document["links"] if one["rel"] == f"http://www.opengis.net/def/rel/ogc/1.0/{what}"]
    assert found["type"] == "application/schema+json"
    return found["href"]


def documents(server):
    """Where queryables of items are linked from, and whose items they are about."""
    yield requests.get(server.url).json(), ["one", "two"]
    for name in ["one", "two"]:
        yield requests.get(server.url + f"collections/{name}").json(), [name]


def test_all_items_fit_their_queryables(many, items):
    for document, names in documents(many):
        schema = get(link(document, "queryables"))
        mine = [one for one in items if one["collection"] in names]
        properties = {name: one for name, one in schema["properties"].items() if name != "geometry"}
        for one in mine:
            values = {**one["properties"], "id": one["id"], "collection": one["collection"]}
            jsonschema.Draft201909Validator({"type": "object", "properties": properties}).validate(values)
        assert list(schema["properties"])[: len(BASE)] == BASE
        assert set(schema["properties"]) == {*BASE, *(name for one in mine for name in one["properties"])}


def test_ranges_types_and_values_are_those_of_the_items(many, items):
    for document, names in documents(many):
        schema = get(link(document, "queryables"))["properties"]

        def values(name):
            return [one["properties"][name] for one in items if one["collection"] in names and name in one["properties"]]

        assert schema["eo:cloud_cover"]["type"] == "number" and "enum" not in schema["eo:cloud_cover"]
        assert schema["eo:cloud_cover"]["minimum"] == min(values("eo:cloud_cover"))
        assert schema["eo:cloud_cover"]["maximum"] == max(values("eo:cloud_cover"))
        assert schema["eo:cloud_cover"]["title"] != "eo:cloud_cover"
        assert schema["gsd"]["type"] == "integer" and schema["gsd"]["enum"] == sorted(set(values("gsd")))
        assert schema["platform"]["type"] == "string"
        assert schema["platform"]["enum"] == sorted(set(values("platform")))
        assert schema["instruments"]["type"] == "array"
        assert schema["instruments"]["items"]["enum"] == ["x", "y", "z"]
        assert (schema["created"]["type"], schema["created"]["format"]) == ("string", "date-time")
        assert "enum" not in schema["created"] and "enum" not in schema["text"]
        assert schema["mixed"]["type"] == ["integer", "string", "boolean"]
        assert schema["deep"]["type"] == "object"
        assert schema["night"] == {"title": "night", "type": "boolean"}
        assert schema['a "quoted" name']["minimum"] == min(values('a "quoted" name'))
        assert schema["geometry"]["$ref"] == "https://geojson.org/schema/Geometry.json"


def test_sortables_are_what_sorts_take(many):
    for document, names in documents(many):
        schema = get(link(document, "sortables"))["properties"]
        assert {"deep", "geometry", "instruments"}.isdisjoint(schema)
        assert {"id", "collection", "datetime", "gsd", "created", "mixed", "text", "night"} <= set(schema)
        for name in schema:
            if '"' in name:
                continue
            answer = requests.get(many.url + "search", params={"sortby": name, "collections": ",".join(names)})
            assert answer.status_code == 200, answer.text


def test_any_kind_of_json_is_accepted(many):
    for accept in ["application/json", "*/*", "application/schema+json", ""]:
        get(many.url + "queryables", accept)
    assert requests.get(many.url + "queryables", headers={"Accept": "text/html"}).status_code == 406
    assert requests.get(many.url + "queryables?f=json").json()["$id"] == many.url + "queryables"


@pytest.mark.parametrize("what", ["queryables", "sortables"])
def test_unknown_collection(many, what):
    answer = requests.get(many.url + f"collections/none/{what}")
    assert answer.status_code == 404 and "none" in answer.json()["description"]


def test_ids_are_coded_in_the_schema_id(tmp_path, start_server):
    path = tmp_path / "odd.cairn"
    odd = 'a/b c"é'
    run_cairn("ingest", path, "-", input=json.dumps(make_item("i", odd, 1, 2)))
    server = start_server(path)
    (collection,) = requests.get(server.url + "collections").json()["collections"]
    for what, verb in [("queryables", "filtered"), ("sortables", "sorted")]:
        says = get(link(collection, what))["description"]
        assert says.startswith(f"What items of collection {odd} can be {verb} by;")


def test_collections_have_their_own(many):
    listing = requests.get(many.url + "collections").json()
    queryables, sortables = get(link(listing, "queryables")), get(link(listing, "sortables"))
    assert {"id", "title", "keywords", "geometry", "datetime"} <= set(queryables["properties"])
    assert "keywords" not in sortables["properties"]
    for name in sortables["properties"]:
        assert requests.get(many.url + "collections", params={"sortby": name}).status_code == 200


def test_they_follow_the_items(tmp_path, start_server):
    path = tmp_path / "changing.cairn"
    item = make_item("i", "c", 1, 2)
    item["properties"]["gsd"] = 10
    run_cairn("ingest", path, "-", input=json.dumps(item))
    server = start_server(path)
    assert get(server.url + "queryables")["properties"]["gsd"]["enum"] == [10]
    del item["properties"]["gsd"]
    item["properties"]["other"] = "x"
    run_cairn("ingest", path, "-", input=json.dumps(item))
    schema = get(server.url + "collections/c/queryables")["properties"]
    assert "gsd" not in schema and schema["other"]["enum"] == ["x"]
