"""Fixtures of the tests that open data with real clients. They run in `scripts/venv clients`: see scripts/test."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from world import made_world  # noqa: E402


def pytest_configure(config):
    """What the clients' own dependencies deprecate is nothing that a test here is about."""
    config.addinivalue_line("filterwarnings", "ignore")


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    with made_world(tmp_path_factory.mktemp("world")) as made:
        yield made
