"""`cairn search --format geojson`: one FeatureCollection of the very items that HTTP gives, real and odd ones, which pystac reads."""

import json

import pystac
import pytest
import requests
from support import CORPUS_SAMPLE, Server, run_cairn, sample_sources


@pytest.fixture(scope="module", params=["corpus", "sample"])
def catalog(request, tmp_path_factory):
    path = tmp_path_factory.mktemp(request.param) / "all.cairn"
    run_cairn("ingest", path, *([CORPUS_SAMPLE] if request.param == "corpus" else sample_sources()), "--quiet", check=False)
    return path


def parsed(text):
    """Numbers as they are spelled."""
    return json.loads(text, parse_float=str, parse_int=str)


def over_http(catalog):
    server = Server(catalog)
    url, items = server.url + "search?limit=1000", []
    while url:
        answer = parsed(requests.get(url).text)
        items += answer["features"]
        url = next((link["href"] for link in answer["links"] if link["rel"] == "next"), None)
    server.stop()
    return items


def test_items_are_those_of_http_but_for_links(catalog):
    found = parsed(run_cairn("search", catalog, "--format", "geojson").stdout)
    assert found["type"] == "FeatureCollection" and found["numberReturned"] == str(len(found["features"]))
    expected = over_http(catalog)
    assert len(expected) == len(found["features"]) > 20
    for by_http, by_file in zip(expected, found["features"], strict=True):
        links = by_http.pop("links")
        assert all(link in links for link in by_file.pop("links"))
        assert by_http == by_file


def test_nothing_is_relative(catalog):
    for item in json.loads(run_cairn("search", catalog, "--format", "geojson").stdout)["features"]:
        for what in [*item["assets"].values(), *item["links"]]:
            if isinstance(what, dict) and isinstance(what.get("href"), str) and what["href"]:
                assert ":" in what["href"].split("/")[0], (item["id"], what["href"])


def test_pystac_reads_the_file(catalog, tmp_path):
    path = tmp_path / "found.geojson"
    text = run_cairn("search", catalog, "--format", "geojson").stdout
    path.write_text(text)
    read = pystac.ItemCollection.from_file(str(path))
    features = json.loads(text)["features"]
    assert [item.id for item in read] == [feature["id"] for feature in features]
    for item, feature in zip(read, features, strict=True):
        assert set(item.assets) == set(feature["assets"])
        assert {key: asset.href for key, asset in item.assets.items()} == {
            key: asset["href"] for key, asset in feature["assets"].items()
        }
