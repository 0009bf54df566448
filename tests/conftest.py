"""Fixtures of the black-box tests; what they are made of is in support.py."""

import json
from urllib.parse import urlsplit

import definition
import pytest
import requests
from support import SAMPLE, Server, make_item, run_cairn, sample_sources
from things import ITEMS


@pytest.fixture(scope="session", autouse=True)
def answers_follow_the_definition():
    """Every answer that a test gets through requests from a cairnd is held against openapi.yaml."""
    send = requests.Session.send

    def send_and_check(session, request, **kwargs):
        answer = send(session, request, **kwargs)
        root = next((url for url in Server.roots if request.url.startswith(url)), None)
        if root and not request.url.startswith(tuple(Server.files)):
            definition.check(answer, urlsplit(root).path.rstrip("/"), has_body=not kwargs.get("stream"))
        return answer

    requests.Session.send = send_and_check
    yield
    requests.Session.send = send


@pytest.fixture(scope="session")
def cairn():
    """Runs the program: cairn("info", path) -> CompletedProcess. See run_cairn()."""
    return run_cairn


@pytest.fixture(scope="session")
def sample():
    """The folder of the bundled sample."""
    return SAMPLE


@pytest.fixture(scope="session")
def catalog(tmp_path_factory):
    """The sample as a catalog file, shared by all tests: read it only (copy it to change it)."""
    path = tmp_path_factory.mktemp("sample") / "sample.cairn"
    run_cairn("ingest", path, *sample_sources())
    return path


@pytest.fixture
def start_server():
    """start_server(catalog, *flags, env=None) -> Server; all are stopped by SIGTERM at the end, which must exit 0."""
    started = []

    def start(catalog, *args, **kwargs):
        server = Server(catalog, *args, **kwargs)
        started.append(server)
        return server

    yield start
    ended = [server.stop() for server in started if server.process.poll() is None]
    assert all(code == 0 for code, _, _ in ended), ended


@pytest.fixture(scope="session")
def server(catalog):
    """A daemon that serves the sample, shared by all tests."""
    server = Server(catalog)
    yield server
    code, _, errors = server.stop()
    assert code == 0, errors


@pytest.fixture(scope="session")
def item():
    """make_item() for tests."""
    return make_item


@pytest.fixture
def make_catalog(tmp_path):
    """make_catalog(items, name="made.cairn", *flags) -> path of a new catalog with these items."""

    def make(items, name="made.cairn", *flags):
        path = tmp_path / name
        text = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)
        run_cairn("ingest", path, "-", *flags, input=text)
        return path

    return make


@pytest.fixture
def things(make_catalog):
    """The small catalog of things.py."""
    return make_catalog(ITEMS, "things.cairn")
