"""openapi.yaml against the route table, both ways, and what /api and /api.html give."""

import re
import subprocess

import pytest
import requests
import yaml

from support import BUILD, ROOT


@pytest.fixture(scope="module")
def definition():
    return yaml.safe_load((ROOT / "openapi.yaml").read_text())


@pytest.fixture(scope="module")
def routes():
    """{(method, path): operationId} of the program's route table."""
    done = subprocess.run([str(BUILD / "tests" / "tools" / "cairn_routes_tool")], capture_output=True, text=True, check=True)
    return {tuple(line.split()[:2]): line.split()[2] for line in done.stdout.splitlines()}


def operations(definition):
    return {
        (method.upper(), path): operation
        for path, methods in definition["paths"].items()
        for method, operation in methods.items()
    }


def test_route_table_and_definition_agree(definition, routes):
    assert {key: operation["operationId"] for key, operation in operations(definition).items()} == routes


def test_definition_is_valid(definition):
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(definition)


def parameters(definition, operation, where):
    for parameter in operation.get("parameters", []):
        if "$ref" in parameter:
            parameter = definition["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
        if parameter["in"] == where:
            yield parameter


def test_definition_and_server_know_the_same_parameters(definition, server):
    for (method, path), operation in operations(definition).items():
        url = server.url.rstrip("/") + re.sub(r"\{.*?\}", "x", path)
        answer = requests.request(method, url, params={"zzzzzzzzzzzz": "1"}, json={} if method == "POST" else None)
        assert answer.status_code == 400
        known = re.search(r"this path knows (.*)$", answer.json()["description"]).group(1).split(", ")
        assert sorted(known) == sorted(p["name"] for p in parameters(definition, operation, "query")), path


def test_the_same_as_json_and_yaml(definition, server):
    as_json = requests.get(server.url + "api")
    assert as_json.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert "Accept" in as_json.headers["vary"]
    expected = {**definition, "servers": [{"url": server.url}]}
    assert as_json.json() == expected
    as_yaml = requests.get(server.url + "api", headers={"Accept": "application/vnd.oai.openapi;version=3.0"})
    assert as_yaml.headers["content-type"] == "application/vnd.oai.openapi;version=3.0"
    assert yaml.safe_load(as_yaml.text) == expected
    assert requests.get(server.url + "api?f=yaml").text == as_yaml.text
    assert requests.get(server.url + "api", headers={"Accept": "application/json"}).json() == expected


def test_html_needs_nothing_else(definition, server):
    page = requests.get(server.url + "api.html", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert not re.search(r"<(script|img|link|iframe)|src=|@import|url\(", page.text)
    for _, path in operations(definition):
        assert f"<code>{path}</code>" in page.text
    for href in re.findall(r'href="(.*?)"', page.text):
        assert requests.get(href).status_code == 200
