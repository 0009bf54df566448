"""Holds every answer that a test gets from a cairnd against openapi.yaml: path, status, media type, body.

Used by conftest.py, which puts check() behind requests' Session.send.
"""

import json
import re
from functools import cache

import jsonschema
import yaml

from support import ROOT

# What HTTP or a gateway in front may say of any path.
ANYWHERE = {400, 404, 405, 413, 414, 431, 500, 503, 408}


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


@cache
def schemas():
    return to_json_schema(definition()["components"]["schemas"])


@cache
def validator(method, path, status, media):
    content = response_of(method, path, status).get("content", {}).get(media)
    if content is None:
        return None
    schema = {**to_json_schema(content.get("schema", {})), "components": {"schemas": schemas()}}
    return jsonschema.Draft202012Validator(schema)


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


def check(response, root=""):
    """Raises AssertionError when the answer isn't what openapi.yaml says. `root` is the path of the API's root, without '/' at its end."""
    method = {"HEAD": "get"}.get(response.request.method, response.request.method.lower())
    path = response.request.path_url.split("?")[0]
    if not path.startswith(root):
        return
    template = template_of(path[len(root) :] or "/")
    if template is None or method not in definition()["paths"][template]:
        assert response.status_code in ANYWHERE | {204}, f"{method} {path}: {response.status_code} of a path that is not there"
        return
    described = response_of(method, template, response.status_code)
    where = f"{response.request.method} {response.request.path_url[:300]}: {response.status_code}"
    assert described is not None, f"{where} is not in openapi.yaml"
    if response.request.method == "HEAD" or not response.content or response.status_code == 304:
        return
    media = response.headers.get("Content-Type", "")
    known = described.get("content", {})
    assert media in known or media.split(";")[0] in known, f"{where}: {media} is not in openapi.yaml"
    schema = validator(method, template, response.status_code, media if media in known else media.split(";")[0])
    if schema is None or "json" not in media or "seq" in media or "ndjson" in media:
        return
    fault = jsonschema.exceptions.best_match(schema.iter_errors(json.loads(response.content)))
    assert fault is None, f"{where}: {fault.json_path}: {fault.message[:500]}"
