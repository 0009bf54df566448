"""Fixtures for tests that look at HTTP only: import them by name."""

import json

import pytest
from support import Server, make_item, run_cairn


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A small catalog: read it only."""
    path = tmp_path_factory.mktemp("tiny") / "tiny.cairn"
    items = [make_item(f"i{n}", lon=n, lat=0) for n in range(50)]
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in items))
    return path


@pytest.fixture(scope="module")
def server(tiny):
    """A daemon that serves it."""
    daemon = Server(tiny)
    yield daemon
    code, _, errors = daemon.stop()
    assert code == 0, errors
