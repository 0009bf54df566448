"""Holds every answer that a test gets from a cairnd against openapi.yaml: path, status, media type, body.

Stricter than the document, which leaves room for members to come: our own objects have none beyond those that it names, items and
collections are complete where nothing less was asked for, and each record of a stream is looked at. Used by conftest.py, which puts
check() behind requests' Session.send.
"""

import csv
import io
import json
import re
from functools import cache
from urllib.parse import parse_qs, urlsplit

import jsonschema
import yaml

from support import ROOT

# What HTTP or a gateway in front may say of any path.
ANYWHERE = {400, 404, 405, 413, 414, 431, 500, 503, 408}

# Objects that the server makes whole; the others are of the documents that were ingested, too.
OWN = """
    error conformance landingPage health collections catalog children propertiesSchema itemCollection explanation aggregations
    aggregationCollection aggregation signedUrl collectionToken
""".split()

COMPLETE = {
    "Feature": {"type", "stac_version", "id", "collection", "geometry", "properties", "links", "assets"},
    "Collection": {"type", "stac_version", "id", "description", "license", "extent", "links"},
}


@cache
def definition():
    return yaml.safe_load((ROOT / "openapi.yaml").read_text())


def to_json_schema(node):
    """OpenAPI 3.0 has `nullable` where JSON Schema has a type more."""
    if isinstance(node, list):
        return [to_json_schema(child) for child in node]
    if not isinstance(node, dict):
        return node
    schema = {key: to_json_schema(child) for key, child in node.items() if key != "nullable"}
    if node.get("nullable"):
        return {"anyOf": [schema, {"type": "null"}]}
    return schema


def closed(node):
    """The same, without other members than those that are named."""
    if isinstance(node, list):
        return [closed(child) for child in node]
    if not isinstance(node, dict):
        return node
    schema = {key: closed(child) for key, child in node.items()}
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
        schema.setdefault("additionalProperties", False)
    return schema


@cache
def schemas():
    every = to_json_schema(definition()["components"]["schemas"])
    return every | {name: closed(every[name]) for name in OWN}


@cache
def validator(method, path, status, media):
    content = response_of(method, path, status).get("content", {}).get(media)
    schema = {**to_json_schema(content.get("schema", {})), "components": {"schemas": schemas()}}
    return jsonschema.Draft202012Validator(schema)


@cache
def item_validator():
    return jsonschema.Draft202012Validator({"$ref": "#/components/schemas/itemWithFields", "components": {"schemas": schemas()}})


@cache
def response_of(method, path, status):
    response = definition()["paths"][path][method]["responses"].get(str(status))
    if response and "$ref" in response:
        response = definition()["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    return response


@cache
def templates():
    def pattern(path):
        return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{.*?\})", path)) + "/?$")

    # Fixed segments before variables.
    return sorted(((pattern(path), path) for path in definition()["paths"]), key=lambda pair: pair[1].count("{"))


def template_of(path):
    return next((template for pattern, template in templates() if pattern.match(path)), None)


def asks_for_a_part(request):
    """Whether it asks for some of the members, or for the documents as their sources have them."""
    query = parse_qs(urlsplit(request.path_url).query, keep_blank_values=True)
    if "fields" in query or "source" in query.get("profile", []) or "Accept-Profile" in request.headers:
        return True
    return '"fields"' in str(request.body)


def check_complete(document):
    """Items and collections, alone or in a list."""
    lists = [document.get(name) for name in ("features", "collections", "children")]
    for one in [document, *(one for members in lists if isinstance(members, list) for one in members)]:
        missing = COMPLETE.get(one.get("type"), set()) - set(one)
        assert not missing, f"{one.get('id')}: {missing} are missing"


def check_links(document):
    """Those that are ours alone lead somewhere, and say to what."""
    if document.get("type") in COMPLETE:
        return
    for link in document.get("links", []):
        assert {"rel", "href", "type"} <= set(link) <= {"rel", "href", "type", "title", "method", "body", "merge"}, link
        assert re.match(r"https?://[^/]", link["href"]), link
        assert ("body" in link) <= (link.get("method") == "POST"), link


def check_document(schema, document, request):
    fault = jsonschema.exceptions.best_match(schema.iter_errors(document))
    assert fault is None, f"{fault.json_path}: {fault.message[:500]}"
    check_links(document)
    if not asks_for_a_part(request):
        check_complete(document)


def check_csv(text):
    rows = list(csv.reader(io.StringIO(text)))
    assert rows and all(len(row) == len(rows[0]) > 0 for row in rows), "rows of different lengths"


def check_stream(media, text, request):
    if media == "text/csv":
        check_csv(text)
    elif "seq" in media:
        assert not text or (text[0] == "\x1e" and text[-1] == "\n"), "no text sequence"
        for record in text.split("\x1e")[1:]:
            check_document(item_validator(), json.loads(record), request)
    else:
        assert not text or text[-1] == "\n", "the last line has no end"
        for line in text.split("\n")[:-1]:
            check_document(item_validator(), json.loads(line), request)


def check_body(method, template, response, media):
    is_stream = "seq" in media or "ndjson" in media or media == "text/csv"
    if is_stream:
        check_stream(media, response.content.decode(), response.request)
    elif "json" in media:
        check_document(validator(method, template, response.status_code, media), json.loads(response.content), response.request)


def check_described(method, template, response, has_body):
    described = response_of(method, template, response.status_code)
    assert described is not None, "not in openapi.yaml"
    if "content" not in described:  # of 431 the body is the HTTP library's
        assert not has_body or not response.content or response.status_code == 431, "a body that is not in openapi.yaml"
        return
    media = response.headers.get("Content-Type", "")
    known = described["content"]
    media = media if media in known else media.split(";")[0]
    assert media in known, f"{media} is not in openapi.yaml"
    if has_body and response.request.method != "HEAD":
        check_body(method, template, response, media)


def check(response, root="", has_body=True):
    """Raises AssertionError when the answer isn't what openapi.yaml says.

    `root` is the path of the API's root, without '/' at its end. Without `has_body` the body is left for the test to read.
    """
    method = {"HEAD": "get"}.get(response.request.method, response.request.method.lower())
    path = response.request.path_url.split("?")[0]
    if not path.startswith(root):
        return
    template = template_of(path[len(root) :] or "/")
    if template is None or method not in definition()["paths"][template]:
        assert response.status_code in ANYWHERE | {204}, f"{method} {path}: {response.status_code} of a path that is not there"
        return
    try:
        check_described(method, template, response, has_body)
    except AssertionError as fault:
        where = f"{response.request.method} {response.request.path_url[:300]}: {response.status_code}"
        raise AssertionError(f"{where}: {fault}") from None
