"""Without a server: the command line gives the very items that HTTP gives, but for the links that a server writes."""

import json

import pytest
import requests

from support import Server, make_item, sample_sources

OWN = {"self", "root", "parent", "collection", "items", "child", "children", "next", "prev"}
ASSETS = {
    "s3": {"href": "s3://sentinel-cogs/a b.tif"},
    "gs": {"href": "gs://bucket/a.tif"},
    "web": {"href": "https://bucket.s3.eu-west-1.amazonaws.com/a.tif", "alternate": {"s3": {"href": "s3://bucket/a.tif"}}},
    "disk": {"href": "file:///data/a.tif"},
    "pays": {"href": "s3://usgs-landsat/a.tif", "storage:requester_pays": True},
}
for asset in ASSETS.values():
    asset["type"] = "image/tiff"


@pytest.fixture(scope="module")
def catalog(cairn, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hrefs")
    item = {**make_item("assets", collection="odd", lon=1, lat=1), "assets": ASSETS, "links": [{"rel": "license", "href": "https://e.org/l"}]}
    (folder / "odd.ndjson").write_text(json.dumps(item) + "\n")
    cairn("ingest", folder / "c.cairn", *sample_sources(), folder / "odd.ndjson", "--quiet")
    return folder / "c.cairn"


@pytest.fixture(scope="module")
def server(catalog):
    server = Server(catalog)
    yield server
    server.stop()


def without_own_links(items):
    return [{**item, "links": [link for link in item["links"] if link["rel"] not in OWN]} for item in items]


@pytest.mark.parametrize("mode", [None, "loadable", "https", "s3", "file", "source"])
def test_search_gives_the_items_of_http(cairn, catalog, server, mode):
    flags, parameters = (["--asset-href-mode", mode], {"asset-href-mode": mode}) if mode else ([], {})
    printed = json.loads(cairn("search", catalog, "--format", "geojson", *flags).stdout)["features"]
    answered = requests.get(server.url + "search", params={"limit": 10000, **parameters}).json()["features"]
    assert len(printed) > 5
    assert without_own_links(printed) == without_own_links(answered)
    lines = cairn("search", catalog, "--format", "ndjson", *flags).stdout.splitlines()
    assert [json.loads(line) for line in lines] == printed
    exported = cairn("export", catalog, *(flags or ["--asset-href-mode", "loadable"])).stdout.splitlines()
    assert [json.loads(line) for line in exported] == printed
    assert json.loads(cairn("get", catalog, "odd", "assets", *flags).stdout) in printed


def hrefs(cairn, catalog, *flags):
    return {name: asset["href"] for name, asset in json.loads(cairn("get", catalog, "odd", "assets", *flags).stdout)["assets"].items()}


def test_what_becomes_of_them(cairn, catalog):
    was = {name: asset["href"] for name, asset in ASSETS.items()}
    assert hrefs(cairn, catalog) == {
        **was,
        "s3": "https://sentinel-cogs.s3.amazonaws.com/a%20b.tif",
        "gs": "https://storage.googleapis.com/bucket/a.tif",
    }
    assert hrefs(cairn, catalog, "--profile", "source") == was
    assert hrefs(cairn, catalog, "--asset-href-mode", "s3") == {**was, "web": "s3://bucket/a.tif"}
    assert hrefs(cairn, catalog, "--profile", "source", "--asset-href-mode", "https")["pays"] == "https://usgs-landsat.s3.amazonaws.com/a.tif"
    mapped = ["--href-map", "file:///data/=https://e.org/d/", "--href-map", "gs://bucket/=file:///mnt/"]
    assert hrefs(cairn, catalog, *mapped)["disk"] == "https://e.org/d/a.tif"
    assert hrefs(cairn, catalog, *mapped, "--asset-href-mode", "file")["gs"] == "file:///mnt/a.tif"


def test_fields_and_csv_have_them_too(cairn, catalog):
    flags = ["--ids", "assets", "--asset-href-mode", "s3", "--fields", "id,assets.web.href"]
    assert json.loads(cairn("search", catalog, "-f", "ndjson", *flags).stdout)["assets"]["web"]["href"] == "s3://bucket/a.tif"
    assert cairn("search", catalog, "-f", "csv", *flags).stdout.splitlines()[1] == "assets,s3://bucket/a.tif"


def test_a_copy_of_a_catalog_is_one(cairn, catalog, tmp_path):
    text = cairn("export", catalog).stdout
    (tmp_path / "copy.ndjson").write_text(text)
    cairn("ingest", tmp_path / "copy.cairn", tmp_path / "copy.ndjson", "--quiet")
    assert cairn("export", tmp_path / "copy.cairn").stdout == text
    assert json.loads(cairn("get", tmp_path / "copy.cairn", "odd", "assets", "--asset-href-mode", "source").stdout)["assets"] == ASSETS


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--asset-href-mode", "nonsense"], "loadable, https, s3, file, source"),
        (["--asset-href-mode", "signed"], "cairnd --sign"),
        (["--href-map", "s3://a/"], "FROM=TO"),
        (["--href-alternate", ""], "name of an alternate"),
    ],
)
@pytest.mark.parametrize("command", ["search", "export", "get"])
def test_what_is_no_rule(cairn, catalog, command, flags, message):
    done = cairn(command, catalog, *(["odd", "assets"] if command == "get" else []), *flags, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count(flags[0].strip("-")) == 1, done.stderr  # named once
