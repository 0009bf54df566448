"""Hrefs of assets at serving time: real forms of the corpus, paging, profiles, streams, rules; everything else byte for byte."""

import copy
import csv
import io
import json
import subprocess

import pytest
import requests

from support import BUILD, ROOT, Server, make_item

# Forms as catalogs of the corpus have them: (as ingested, by https, by the store's own scheme).
REAL = [
    ("s3://dataforgood-fb-data/hrsl-cogs/cog_globallat_-10_lon_-40_general-v1.5.1.tif",
     "https://dataforgood-fb-data.s3.amazonaws.com/hrsl-cogs/cog_globallat_-10_lon_-40_general-v1.5.1.tif", None),
    ("gs://naip-data/tx/2016/100cm/rgb/30097/m_3009743_sw_14_1_20160928.tif",
     "https://storage.googleapis.com/naip-data/tx/2016/100cm/rgb/30097/m_3009743_sw_14_1_20160928.tif", None),
    ("https://storage.googleapis.com/pdd-stac/disasters/hurricane-harvey/0831/SkySat.png", None,
     "gs://pdd-stac/disasters/hurricane-harvey/0831/SkySat.png"),
    ("https://sentinel-cogs.s3.us-west-2.amazonaws.com/sentinel-s2-l2a-cogs/2020/L2A_PVI.tif", None,
     "s3://sentinel-cogs/sentinel-s2-l2a-cogs/2020/L2A_PVI.tif"),
    ("https://arturo-stac-api-test-data.s3.amazonaws.com/joplin/images/may24C357500e4105000n.tif", None,
     "s3://arturo-stac-api-test-data/joplin/images/may24C357500e4105000n.tif"),
    ("https://asc-jupiter.s3-us-west-2.amazonaws.com/europa/10ESGLOBAL01.jpg", None, "s3://asc-jupiter/europa/10ESGLOBAL01.jpg"),
    ("http://dea-public-data-dev.s3-ap-southeast-2.amazonaws.com/analysis-ready-data/nbart.tif", None,
     "s3://dea-public-data-dev/analysis-ready-data/nbart.tif"),
    ("https://s3.eu-west-1.amazonaws.com/data.gaezdev.aws.fao.org/res06/V/2010/all_2010_val.tif", None,
     "s3://data.gaezdev.aws.fao.org/res06/V/2010/all_2010_val.tif"),
    ("https://sentinel2l2a01.blob.core.windows.net/sentinel2-l2/06/V/VN/GRANULE", None,
     "abfs://sentinel2-l2@sentinel2l2a01.dfs.core.windows.net/06/V/VN/GRANULE"),
    ("abfs://example.com/examples/file.zarr", None, None),
    ("https://zenodo.org/records/10396451/files/BF_100m.zip?download=1", None, None),
    ("http://cool-sat.com/catalog/CS3-20160503_132130_04/analytic.tif", None, None),
]  # fmt: skip

# As USGS and Maxar have them.
LANDSAT = {
    "href": "https://landsatlook.usgs.gov/data/collection02/level-2/LC08_L2SP_028030_SR_B1.TIF",
    "alternate": {"s3": {"storage:platform": "AWS", "storage:requester_pays": True, "href": "s3://usgs-landsat/collection02/level-2/B1.TIF"}},
}
MAXAR = {
    "href": "s3://maxar-opendata/events/visual.tif",
    "alternate": {"public": {"href": "https://maxar-opendata.s3.amazonaws.com/events/visual.tif", "title": "Public Access"}},
}
HOSTILE = [
    "s3://bucket/../../etc/passwd", "s3://b\"}]/x", "s3://bucket/\u0000", "s3://bucket/\ud800", "s3://bucket/\\..\\x", "s3://" + "a" * 70000,
    "gs://%2e%2e/x", "abfs://a@b@c.dfs.core.windows.net/x", "abfs://c@evil.com/x", "az://", "file://../x", "s3://bucket/\r\nSet-Cookie: x",
    "s3://bücket/é", "javascript:alert(1)", "//host/x", "s3:bucket", "S3A://x/%", "https://s3.amazonaws.com", "gs:////x",
]  # fmt: skip


def scene(number, assets, **more):
    item = make_item(f"i{number:02}", lon=number % 90, lat=number % 40, datetime=f"2020-01-{1 + number % 28:02}T00:00:00Z", **more)
    return {**item, "assets": assets}


def make_items():
    items = [scene(n, {"data": {"href": hrefs[0], "title": "a \u00e9 \" b"}}) for n, hrefs in enumerate(REAL)]
    items.append(scene(len(items), {"data": LANDSAT}))
    items.append(scene(len(items), {"data": MAXAR}))
    items.append(scene(len(items), {f"h{n}": {"href": href} for n, href in enumerate(HOSTILE)}))
    items.append(scene(len(items), {"data": {"href": "file:///data/a/x%20y.tif"}}))
    for item in items:
        item["links"] = [{"rel": "derived_from", "href": "s3://bucket/derived"}]
    return items


@pytest.fixture(scope="module")
def catalog(tmp_path_factory, cairn):
    folder = tmp_path_factory.mktemp("hrefs")
    source = folder / "items.ndjson"
    source.write_text("".join(json.dumps(item) + "\n" for item in make_items()))
    cairn("ingest", folder / "c.cairn", source, "--quiet")
    return folder / "c.cairn"


@pytest.fixture(scope="module")
def server(catalog):
    server = Server(catalog)
    yield server
    server.stop()


def search(server, **params):
    answer = requests.get(server.url + "search", params={"limit": 100, **params})
    assert answer.status_code == 200, answer.text
    return {item["id"]: item for item in answer.json()["features"]}


def href(item, asset="data"):
    return item["assets"][asset]["href"]


def without_hrefs(items):
    items = copy.deepcopy(items)
    for item in items.values():
        for asset in item["assets"].values():
            asset["href"] = None
        item["links"] = [link for link in item["links"] if link["rel"] != "self"]
    return items


@pytest.mark.parametrize("mode, column", [(None, 1), ("loadable", 1), ("https", 1), ("s3", 2), ("source", 0)])
def test_real_forms(server, mode, column):
    found = search(server, **({"asset-href-mode": mode} if mode else {}))
    for number, row in enumerate(REAL):
        assert href(found[f"i{number:02}"]) == (row[column] or row[0])


def test_s3_is_what_fsspec_takes_apart(server):
    """The bucket and key that s3fs would ask for are those that the https form names."""
    found = search(server, **{"asset-href-mode": "s3"})
    for number, (source, _, native) in enumerate(REAL):
        if native and native.startswith("s3://"):
            bucket, _, key = href(found[f"i{number:02}"]).removeprefix("s3://").partition("/")
            assert source.endswith("/" + key)
            assert bucket in source


def test_alternates(server):
    landsat, maxar = f"i{len(REAL):02}", f"i{len(REAL) + 1:02}"
    assert href(search(server)[landsat]) == LANDSAT["href"]
    assert href(search(server)[maxar]) == MAXAR["alternate"]["public"]["href"]
    s3 = search(server, **{"asset-href-mode": "s3"})
    assert href(s3[landsat]) == LANDSAT["alternate"]["s3"]["href"]
    assert href(s3[maxar]) == MAXAR["href"]
    assert s3[landsat]["assets"]["data"]["alternate"]["s3"] == LANDSAT["alternate"]["s3"]


@pytest.mark.parametrize("mode", ["loadable", "https", "s3", "file"])
def test_only_hrefs_differ(server, mode):
    assert without_hrefs(search(server, **{"asset-href-mode": mode})) == without_hrefs(search(server, **{"asset-href-mode": "source"}))


def test_gzip_and_plain_are_the_same(server):
    for mode in ("loadable", "s3", "source"):
        texts = {
            requests.get(server.url + "search", params={"asset-href-mode": mode, "limit": 100}, headers={"Accept-Encoding": coding}).text
            for coding in ("gzip", "identity")
        }
        assert len(texts) == 1


def test_each_way_gives_the_same(server):
    want = {id: href(item) for id, item in search(server, **{"asset-href-mode": "s3"}).items() if "data" in item["assets"]}
    posted = requests.post(server.url + "search", json={"asset-href-mode": "s3", "limit": 100}).json()["features"]
    listed = requests.get(server.url + "collections/things/items", params={"asset-href-mode": "s3", "limit": 100}).json()["features"]
    lines = requests.get(server.url + "search", params={"asset-href-mode": "s3", "f": "ndjson"}).text.splitlines()
    sequence = requests.post(server.url + "search?f=geojsonseq", json={"asset-href-mode": "s3"}).text.split("\x1e")[1:]
    fields = requests.get(server.url + "search", params={"asset-href-mode": "s3", "limit": 100, "fields": "id,assets"}).json()["features"]
    for items in (posted, listed, map(json.loads, lines), map(json.loads, sequence), fields):
        assert {item["id"]: href(item) for item in items if "data" in item["assets"]} == want
    for id, one in want.items():
        item = requests.get(f"{server.url}collections/things/items/{id}", params={"asset-href-mode": "s3"}).json()
        assert href(item) == one
    table = requests.get(server.url + "search", params={"asset-href-mode": "s3", "f": "csv", "fields": "id,assets.data.href"}).text
    rows = {row["id"]: row["assets.data.href"] for row in csv.DictReader(io.StringIO(table))}
    assert {id: rows[id] for id in want} == want


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_keep_the_mode(server, method):
    found, link = {}, {"href": server.url + "search?limit=3&asset-href-mode=s3", "body": {"limit": 3, "asset-href-mode": "s3"}}
    while link:
        if method == "POST":
            page = requests.post(server.url + "search", json=link["body"]).json()
        else:
            page = requests.get(link["href"]).json()
        found.update({item["id"]: item for item in page["features"]})
        links = {link["rel"]: link for link in page["links"]}
        link = links.get("next")
    assert found == search(server, **{"asset-href-mode": "s3"})
    previous = links["prev"]
    if method == "POST":
        assert previous["body"]["asset-href-mode"] == "s3"
    else:
        assert "asset-href-mode=s3" in previous["href"]


def test_profile_source_is_exact_unless_a_form_is_asked_for(server):
    source = search(server, profile="source")
    for item in make_items():
        if len(item["assets"]) == 1:
            assert source[item["id"]]["assets"] == item["assets"]
    asked = search(server, profile="source", **{"asset-href-mode": "https"})
    assert href(asked["i00"]) == REAL[0][1]
    assert {id: href(item) for id, item in search(server, profile="load-ready").items() if "data" in item["assets"]} == {
        id: href(item) for id, item in search(server).items() if "data" in item["assets"]
    }


def test_hostile_hrefs(server):
    """An answer is valid JSON, an href is the source's or a URL of its store, and no key climbs out of its bucket."""
    id, source = f"i{len(REAL) + 2:02}", search(server, **{"asset-href-mode": "source"})
    for mode in ("loadable", "https", "s3", "file"):
        assets = search(server, **{"asset-href-mode": mode})[id]["assets"]
        for name, asset in assets.items():
            was = source[id]["assets"][name]["href"]
            if asset["href"] == was:
                continue
            assert mode in ("loadable", "https")
            assert asset["href"].startswith(("https://s3.amazonaws.com/", "https://bucket.s3.amazonaws.com/", "https://storage.googleapis.com/"))
            assert asset["href"].isascii() and asset["href"].isprintable() and " " not in asset["href"]
            assert ".." not in asset["href"].split("/")


@pytest.mark.parametrize("mode", ["", "nonsense", "HTTPS", "signed"])
def test_other_modes_are_refused(server, mode):
    for answer in (
        requests.get(server.url + "search", params={"asset-href-mode": mode}),
        requests.post(server.url + "search", json={"asset-href-mode": mode}),
        requests.get(server.url + "collections/things/items/i00", params={"asset-href-mode": mode}),
    ):
        assert answer.status_code == (400 if mode else 200)
        if mode:
            assert "asset-href-mode" in answer.json()["description"]
            assert "loadable, https, s3, file" in answer.json()["description"]


def test_unsigned_answers_stay_cacheable(server):
    answer = requests.get(server.url + "search", params={"asset-href-mode": "https"})
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["ETag"]


def test_rules_of_the_owner(catalog, tmp_path):
    (tmp_path / "a").mkdir()
    server = Server(
        catalog, "--href-map", "s3://dataforgood-fb-data/=https://mirror.example.org/", "--href-map", "https://zenodo.org=https://z.example.org",
        "--asset-href-mode", "https", "--href-alternate", "none",
    )  # fmt: skip
    try:
        found = search(server)
        assert href(found["i00"]) == "https://mirror.example.org/hrsl-cogs/cog_globallat_-10_lon_-40_general-v1.5.1.tif"
        assert href(found["i10"]) == "https://z.example.org/records/10396451/files/BF_100m.zip?download=1"
        assert href(search(server, **{"asset-href-mode": "source"})["i00"]) == REAL[0][0]
        assert href(search(server, **{"asset-href-mode": "s3"})["i00"]) == REAL[0][0]
    finally:
        server.stop()


def test_served_folders(cairn, tmp_path):
    data = tmp_path / "odd name=%41"
    data.mkdir()
    (data / "x y.tif").write_bytes(b"pixels")
    source = tmp_path / "items.ndjson"
    item = scene(1, {"data": {"href": (data / "x y.tif").as_uri()}, "out": {"href": (tmp_path / "other.tif").as_uri()}})
    source.write_text(json.dumps(item) + "\n")
    cairn("ingest", tmp_path / "c.cairn", source, "--quiet")
    server = Server(tmp_path / "c.cairn", "--assets", f"/files/={data}")
    try:
        found = search(server)["i01"]
        assert href(found) == server.url + "files/x%20y.tif"
        assert href(found, "out") == item["assets"]["out"]["href"]
        assert requests.get(href(found)).content == b"pixels"
        assert href(search(server, **{"asset-href-mode": "file"})["i01"]) == item["assets"]["data"]["href"]
    finally:
        server.stop()


def test_the_server_may_serve_the_source_by_default(catalog):
    server = Server(catalog, "--profile", "source")
    try:
        assert href(search(server)["i00"]) == REAL[0][0]
        assert href(search(server, profile="load-ready")["i00"]) == REAL[0][1]
        page = requests.get(server.url + "search", params={"limit": 2}, headers={"Accept-Profile": "load-ready"}).json()
        following = next(link["href"] for link in page["links"] if link["rel"] == "next")
        assert "profile=load-ready" in following
    finally:
        server.stop()


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--asset-href-mode", "signed"], "--sign FILE"),
        (["--asset-href-mode", "ftp"], "loadable"),
        (["--href-map", "s3://a/"], "FROM=TO"),
        (["--href-map", "s3://a/=https://b"], "both end in a slash"),
        (["--href-map", "s3://a/=/mnt/b/"], "write file:///mnt/b/"),
        (["--profile", "other"], "load-ready"),
    ],
)
def test_options_that_are_none(catalog, flags, message):
    with pytest.raises(AssertionError, match=message):
        Server(catalog, *flags)


@pytest.mark.parametrize("flags", [["--asset-href-mode", "signed"], ["--href-map", "s3://a/"]])
def test_wrong_rules_are_wrong_usage(catalog, flags):
    done = subprocess.run([BUILD / "cairnd", "--catalog", catalog, *flags], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2, done.stderr


def test_the_table_of_the_documentation(cairn, tmp_path):
    table = (ROOT / "docs" / "hrefs.md").read_text().split("| as ingested |")[1].split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table]
    assert len(rows) > 10
    items = [scene(n, {"data": {"href": source}}) for n, (source, _, _) in enumerate(rows)]
    (tmp_path / "items.ndjson").write_text("".join(json.dumps(item) + "\n" for item in items))
    cairn("ingest", tmp_path / "c.cairn", tmp_path / "items.ndjson", "--quiet")
    server = Server(tmp_path / "c.cairn")
    try:
        for n, (_, mode, wanted) in enumerate(rows):
            assert href(search(server, **{"asset-href-mode": mode})[f"i{n:02}"]) == wanted
    finally:
        server.stop()
