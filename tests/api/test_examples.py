"""Runs each example of openapi.yaml against a server with the sample, and checks the answers by the schemas of that file."""

import copy
import json

import jsonschema
import pytest
import requests
import yaml

from support import ROOT, Server, make_item, run_cairn

DEFINITION = yaml.safe_load((ROOT / "openapi.yaml").read_text())


def as_json_schema(schema):
    """OpenAPI 3.0's dialect as JSON Schema: `nullable` becomes a type."""
    if isinstance(schema, list):
        return [as_json_schema(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: as_json_schema(value) for key, value in schema.items()}
    if schema.pop("nullable", False):
        return {"anyOf": [schema, {"type": "null"}]}
    return schema


SCHEMAS = as_json_schema(copy.deepcopy(DEFINITION["components"]))


def check(schema, instance):
    jsonschema.Draft202012Validator({"components": SCHEMAS, **as_json_schema(schema)}).validate(instance)


def resolve(value):
    while "$ref" in value:
        at = DEFINITION
        for step in value["$ref"][2:].split("/"):
            at = at[step]
        value = at
    return value


def to_text(value):
    if isinstance(value, list):
        return ",".join(str(one) for one in value)
    return str(value)


def get_examples():
    """(path, query) of each GET alone, and with each parameter that has an example."""
    for path, methods in DEFINITION["paths"].items():
        parameters = [resolve(p) for p in methods["get"].get("parameters", [])]
        needed = {p["name"]: to_text(p["example"]) for p in parameters if p["in"] == "query" and p.get("required")}
        yield pytest.param(path, needed, id=path)
        for p in parameters:
            if p["in"] == "query" and "example" in p:
                yield pytest.param(path, {**needed, p["name"]: to_text(p["example"])}, id=f"{path}?{p['name']}")


@pytest.fixture(scope="module")
def place(server):
    """A collection of the sample that has items, and one of these."""
    for item in requests.get(server.url + "search").json()["features"]:
        return {"collectionId": item["collection"], "itemId": item["id"]}
    raise AssertionError("the sample has no item")


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """A server with more than 1,000 items of one day and more than 1,000 collections: it has every kind of catalog."""
    path = tmp_path_factory.mktemp("crowd") / "crowd.cairn"
    items = [make_item(f"i{n}", collection="c0000", lon=7, lat=50, datetime="2020-01-05T00:00:00Z") for n in range(1100)]
    items += [make_item("only", collection=f"c{n:04}") for n in range(1, 1100)]
    run_cairn("ingest", path, "-", input="".join(json.dumps(item) + "\n" for item in items))
    server = Server(path)
    yield server
    assert server.stop()[0] == 0


CALENDAR = {"collectionId": "c0000", "year": "2020", "month": "01", "day": "05", "part": "1"}


def check_answer(answer, operation):
    assert answer.status_code == 200, answer.text
    response = resolve(operation["responses"]["200"])
    types = {media.split(";")[0]: content for media, content in response["content"].items()}
    media = answer.headers["content-type"].split(";")[0]
    assert media in types
    if media.endswith("json"):
        check(types[media]["schema"], answer.json())


@pytest.fixture(scope="module")
def signer(catalog, place, tmp_path_factory):
    """A server of the sample that signs what the examples name."""
    config = tmp_path_factory.mktemp("signer") / "sign.ini"
    keys = "access-key-id = AKIDEXAMPLE\nsecret-access-key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\nregion = eu-central-1\n"
    config.write_text(f"[s3]\nallow = s3://bucket/path/\n{keys}collections = {place['collectionId']}\n")
    config.chmod(0o600)
    server = Server(catalog, "--sign", config)
    yield server
    assert server.stop()[0] == 0


@pytest.mark.parametrize("path, query", list(get_examples()))
def test_get(server, crowd, signer, place, path, query):
    if "{year}" in path or "/catalogs/" in path:
        server, place = crowd, CALENDAR
    if "Signing" in DEFINITION["paths"][path]["get"]["tags"]:
        server = signer
    quoted = {name: requests.utils.quote(value, safe="") for name, value in place.items()}
    answer = requests.get(server.url + path[1:].format(**quoted), params=query)
    check_answer(answer, DEFINITION["paths"][path]["get"])


BODIES = DEFINITION["paths"]["/search"]["post"]["requestBody"]["content"]["application/json"]


@pytest.mark.parametrize("name", BODIES["examples"])
def test_post(server, name):
    body = json.loads(json.dumps(BODIES["examples"][name]["value"], default=str))
    check(BODIES["schema"], body)
    answer = requests.post(server.url + "search", json=body)
    check_answer(answer, DEFINITION["paths"]["/search"]["post"])


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "search?limit=ten", 400),
        ("GET", "collections/none", 404),
        ("GET", "collections/none/items", 404),
        ("GET", "collections/none/items/none", 404),
        ("DELETE", "search", 405),
        ("POST", "collections", 405),
    ],
)
def test_errors_have_the_shape_of_the_definition(server, method, path, status):
    answer = requests.request(method, server.url + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    check({"$ref": "#/components/schemas/error"}, answer.json())
    if status == 405:
        assert "GET" in answer.headers["allow"]
