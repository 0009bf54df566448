"""stac-api-validator finds no error in core, collections, features and item-search, with paging.

Without a network it can't fetch JSON Schemas: see offline_validator.py. What it warns of is listed here, each with its reason; anything
else fails the test.
"""

import json
import pathlib
import random
import re
import subprocess
import sys

import pytest
import requests

from support import Server, make_item, run_cairn

VALIDATOR = pathlib.Path(__file__).with_name("offline_validator.py")
WORLD = {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}

# Warnings that are no fault of the server.
KNOWN_WARNINGS = [
    # stac-check's opinions about the documents that were ingested; they are served as they are.
    r"has these stac-check recommendations",
    # A fixed box in the sea (20,20,21,21 and the like) that this catalog has nothing in.
    r"to validate ids does not override all other parameters returned 0 results",
]


def validate(url, collection, geometry):
    """(warnings, errors) of a run."""
    command = [sys.executable, str(VALIDATOR), "--root-url", url, "--collection", collection]
    command += ["--geometry", json.dumps(geometry), "--validate-pagination"]
    for name in ("core", "collections", "features", "item-search"):
        command += ["--conformance", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    found = re.search(r"Warnings:(.*?)Errors:(.*)", done.stdout, re.S)
    assert found, done.stdout + done.stderr
    return [[line[2:] for line in part.splitlines() if line.startswith("- ")] for part in found.groups()]


def unexplained(warnings):
    return [one for one in warnings if not any(re.search(known, one) for known in KNOWN_WARNINGS)]


COLLECTION = {
    "type": "Collection",
    "stac_version": "1.1.0",
    "id": "points-of-2020",
    "title": "Points",
    "description": "Points all over the world",
    "license": "CC-BY-4.0",
    "extent": {
        "spatial": {"bbox": [[-180, -90, 180, 90]]},
        "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]},
    },
    "links": [],
}


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    """Documents of STAC 1.1.0 alone, so that all of them are checked with their schemas."""
    dice = random.Random(5)
    documents = [COLLECTION]
    for i in range(250):
        place = {"lon": dice.uniform(-180, 180), "lat": dice.uniform(-90, 90)}
        day = f"2020-01-{dice.randint(1, 31):02d}T00:00:00Z"
        documents.append(make_item(f"p{i}", COLLECTION["id"], **place, datetime=day, stac_version="1.1.0"))
    path = tmp_path_factory.mktemp("validator") / "points.cairn"
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in documents))
    server = Server(path)
    yield server
    assert server.stop()[0] == 0


def test_points(points):
    warnings, errors = validate(points.url, COLLECTION["id"], WORLD)
    assert errors in ([], ["none"])
    assert unexplained(warnings) in ([], ["none"])


def can_be_tried(server, collection):
    """The validator's paging needs two items with a place; and it puts ids into URLs without percent-coding them."""
    found = requests.get(server.url + "search", params={"collections": collection["id"], "bbox": "-180,-90,180,90"}).json()
    return len(found["features"]) > 1 and requests.utils.quote(collection["id"], safe="") == collection["id"]


def test_sample(server):
    collections = requests.get(server.url + "collections").json()["collections"]
    tried = [one["id"] for one in collections if can_be_tried(server, one)]
    assert tried
    warnings, errors = validate(server.url, tried[0], WORLD)
    assert errors in ([], ["none"])
    assert unexplained(warnings) in ([], ["none"])
