"""The query language on the command line: `cairn search` with --filter, --query, --q, --sortby, --fields, --bbox-crs."""

import json

import pytest
from support import make_item, run_cairn
from things import ids

FILTER = "eo:cloud_cover < 15 AND platform LIKE 'landsat%'"
AS_JSON = {"op": "<", "args": [{"property": "eo:cloud_cover"}, 15]}


def scene(id, lon, year, **properties):
    item = make_item(id, lon=lon, lat=46, datetime=f"{year}-01-01T00:00:00Z")
    item["properties"].update(properties)
    return item


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenes") / "scenes.cairn"
    items = [
        scene("a", 7, 2020, **{"eo:cloud_cover": 10, "platform": "landsat-8", "title": "Sea ice, winter"}),
        scene("b", 8, 2021, **{"eo:cloud_cover": "20", "platform": "landsat-9", "keywords": ["Meer", "Größe"]}),
        scene("c", 9, 2019, **{"eo:cloud_cover": 5.5, "platform": "sentinel-2", "instruments": ["msi", "x"]}),
        scene("d", 10, 2018, platform="sentinel-2"),
    ]
    run_cairn("ingest", path, "-", input="\n".join(json.dumps(item) for item in items))
    return path


def found(path, *flags, **more):
    return "".join(line.split("\t")[1] for line in run_cairn("search", path, *flags, **more).stdout.splitlines())


@pytest.mark.parametrize(
    "flags, expected",
    [
        (["--filter", FILTER], "a"),
        (["--filter", json.dumps(AS_JSON)], "ac"),
        (["--filter", " " + json.dumps(AS_JSON), "--filter-lang", "cql2-json"], "ac"),
        (["--filter", FILTER, "--filter-lang", "cql2-text"], "a"),
        (["--query", '{"eo:cloud_cover":{"lt":15}}'], "ac"),
        (["--query", '{"eo:cloud_cover":{"eq":"20"}}'], "b"),
        (["--query", '{"instruments":{"in":["msi"]}}'], "c"),
        (["--query", '{"eo:cloud_cover":{"lt":15}}', "--filter", "platform = 'sentinel-2'"], "c"),
        (["--q", "ice"], "a"),
        (["--q", "grosse,WINTER"], "ba"),
        (["--q", '"sea ice" -winter'], ""),
        (["--sortby", "eo:cloud_cover"], "cabd"),
        (["--sortby", "-eo:cloud_cover"], "bacd"),
        (["--sortby", "+properties.platform,-id"], "abdc"),
        (["--sortby", "-datetime"], "bacd"),
        (["--sortby", "datetime"], "dcab"),
        (["--sortby", "-id", "--limit", "2"], "dc"),
        (["--bbox", "45,6.5,47,8.5", "--bbox-crs", "EPSG:4326"], "ba"),
        (["--bbox", "5080000,3490000,5110000,3510000", "--bbox-crs", "EPSG:31467"], "c"),
        (["--bbox", "300000,5000000,430000,5200000", "--bbox-crs", "urn:ogc:def:crs:EPSG::32632"], "ba"),
    ],
)
def test_search(scenes, flags, expected):
    assert found(scenes, *flags) == expected
    count = run_cairn("search", scenes, *flags, "--format", "count").stdout
    assert count == f"{len(expected)}\n"


def test_conditions_come_from_files_and_standard_input(scenes, tmp_path):
    (tmp_path / "filter.txt").write_text(FILTER + "\n")
    (tmp_path / "filter.json").write_text(json.dumps(AS_JSON, indent=2))
    assert found(scenes, "--filter", f"@{tmp_path / 'filter.txt'}") == "a"
    assert found(scenes, "--filter", f"@{tmp_path / 'filter.json'}") == "ac"
    assert found(scenes, "--filter", "-", input=FILTER) == "a"
    assert found(scenes, "--query", "-", "--filter", FILTER, input='{"id":{"eq":"a"}}') == "a"


@pytest.mark.parametrize("name", ["filter", "query", "q"])
def test_an_empty_condition_is_not_everything(scenes, name):
    done = run_cairn("search", scenes, f"--{name}", "", check=False)
    assert done.returncode == 2 and f"--{name}" in done.stderr and "leave it out" in done.stderr


def test_empty_fields_are_the_default_set(scenes):
    line = run_cairn("search", scenes, "--fields=", "-f", "ndjson", "--limit", 1).stdout
    assert list(json.loads(line)["properties"]) == ["datetime"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    path = tmp_path_factory.mktemp("plain") / "plain.cairn"
    properties = {"eo:cloud_cover": 10, "platform": "landsat-8", "instruments": ["oli"], "created": "2024-01-01T00:00:00Z", "proj:code": "EPSG:4326"}
    run_cairn("ingest", path, "-", input=json.dumps(scene("a", 7, 2020, **properties)))
    return path


MISTAKES = [
    ("platfrom = 'x'", "no item has the property 'platfrom'; did you mean 'platform'?"),
    ("xyz IS NOT NULL", "no item has the property 'xyz'"),
    ("xyz.a = 1", "no item has the property 'xyz'"),
    ('platform = "landsat-8"', "no item has the property 'landsat-8'; double quotes are for names, strings stand in single quotes"),
    ("platform = nowhere", "no item has the property 'nowhere'; a string stands in single quotes"),
    ("S_INTERSECTS(geom, POINT(7 46))", "no item has the property 'geom'; the footprint is called geometry"),
    ("instruments = 'oli'", "'instruments' is an array: use A_CONTAINS(instruments, ('oli'))"),
    ("instruments IN ('oli', 'x')", "'instruments' is an array: use A_CONTAINS(instruments, ('oli'))"),
    ("instruments LIKE 'oli%'", "'instruments' is an array, and LIKE is for strings"),
    ("datetime > '2019-06'", "'datetime' is a time, and '2019-06' is no date or timestamp; a time is written as '2024-06-01' or '2024-06-01T00:00:00Z'"),
    ("created = 2024", "'created' is a time, and is compared with a number; a time is written as '2024-06-01' or '2024-06-01T00:00:00Z'"),
    ("eo:cloud_cover = '10'", "'eo:cloud_cover' has numbers only, and is compared with a string; numbers stand without quotes"),
    ("CASEI(platform) = 'Landsat-8'", "CASEI stands on one side only, where nothing equals 'Landsat-8'; write CASEI('Landsat-8')"),
]


@pytest.mark.parametrize("filter, note", MISTAKES)
def test_notes_tell_of_mistakes(plain, filter, note):
    done = run_cairn("search", plain, "--filter", filter, "-f", "count")
    assert (done.stdout, done.stderr) == ("0\n", f"cairn search: note: {note}\n")
    assert json.loads(run_cairn("explain", plain, "--filter", filter, "--json").stdout)["notes"] == [note]
    assert f"\nnote              {note}\n" in run_cairn("explain", plain, "--filter", filter).stdout


@pytest.mark.parametrize(
    "flags",
    [
        ["--filter", "platform = 'landsat-9' AND eo:cloud_cover > 90"],
        ["--filter", '"platform" = \'landsat-9\''],
        ["--filter", "CASEI(platform) = 'landsat-9' OR CASEI(platform) LIKE CASEI('X%')"],
        ["--filter", "proj:epsg = 32632"],
        ["--filter", '"assets.*.roles" = \'x\' OR proj:code.nested = 1'],
        ["--filter", "datetime > '2030-01-01' AND created < '2000-01-01T00:00:00Z' AND datetime LIKE 'x%'"],
        ["--filter", "instruments = 'msi' OR A_CONTAINS(instruments, ('msi'))"],
        ["--filter", "S_INTERSECTS(geometry, POINT(0 0)) AND id = 'b' AND collection = 'c'"],
        ["--query", '{"instruments":{"in":["msi"]}}'],
        ["--query", '{"instruments":{"contains":"msi"}}'],
        ["--query", '{"eo:cloud_cover":{"eq":"11"}}'],
        ["--bbox", "100,0,101,1", "--sortby", "-eo:cloud_cover,id"],
    ],
)
def test_no_notes_without_a_mistake(plain, flags):
    done = run_cairn("search", plain, *flags)
    assert (done.stdout, done.stderr) == ("", "")


def test_notes_on_a_sort(plain):
    notes = json.loads(run_cairn("explain", plain, "--sortby", "eo:cloud_covr", "--json").stdout)["notes"]
    assert notes == ["no item has the property 'eo:cloud_covr'; did you mean 'eo:cloud_cover'?"]


def test_notes_only_when_nothing_was_found(plain):
    done = run_cairn("search", plain, "--filter", "platfrom IS NULL", "-f", "ids")
    assert done.stdout.endswith("\ta\n") and done.stderr == ""


def test_fields_cut_documents(scenes):
    lines = run_cairn("search", scenes, "--fields", "id,eo:cloud_cover", "-f", "ndjson", "--limit", 1).stdout
    assert json.loads(lines)["properties"] == {"eo:cloud_cover": "20"}
    assert "assets" not in json.loads(lines)
    flags = ["--fields=-links,-geometry", "-f", "geojson"]
    features = json.loads(run_cairn("search", scenes, *flags).stdout)["features"]
    assert len(features) == 4
    assert all("links" not in feature and "geometry" not in feature and "bbox" in feature for feature in features)
    flags = ["--fields", "id,links", "-f", "ndjson"]
    assert json.loads(run_cairn("search", scenes, *flags).stdout.splitlines()[0])["links"] == []


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--filter", "a ="], "--filter: expected a property, a value or '(' at byte 3, found the end"),
        (["--filter", "{"], "--filter: "),
        (["--filter", json.dumps(AS_JSON), "--filter-lang", "cql2-text"], "--filter: "),
        (["--filter", "nosuch(a)"], "--filter: no function is called 'nosuch'"),
        (["--filter-lang", "sql"], "--filter-lang: expected cql2-text or cql2-json, found 'sql'; for example --filter-lang"),
        (["--query", "{"], "--query: "),
        (["--query", '{"a":{"les":1}}'], "--query: 'a': no operator is called 'les'"),
        (["--q", "(a"], "--q: "),
        (["--sortby", "geometry"], "--sortby: items can't be sorted by 'geometry'"),
        (["--sortby", "a,,b"], "--sortby: expected the name of a field between the commas, found ''; for example --sortby"),
        (["--bbox", "1,2,3", "--bbox-crs", "EPSG:32632"], "--bbox: expected 4 or 6 numbers; for example --bbox 100"),
        (["--bbox-crs", "mars"], "--bbox-crs: "),
        (["--fields", "id"], "--fields: there are no fields in --format ids"),
        (["--filter", "-", "--query", "-"], "--query: standard input is --filter already"),
    ],
)
def test_search_says_what_is_wrong_with_a_condition(scenes, flags, message):
    done = run_cairn("search", scenes, *flags, check=False, input="")
    assert done.returncode == 2 and done.stdout == ""
    first, last = done.stderr.splitlines()
    assert first.startswith("cairn search: " + message), first
    assert last == "cairn search: try 'cairn search --help'"


def test_a_listing_in_another_order_is_whole(cairn, tmp_path):
    """More than a page, with ties and items without a value."""
    path = tmp_path / "many.cairn"
    items = [scene(f"i{i:05}", i % 100, 2000 + i % 7, **({"n": i % 50} if i % 3 else {})) for i in range(12000)]
    cairn("ingest", path, "-", input="\n".join(json.dumps(item) for item in items))

    def key(item):
        n = item["properties"].get("n")
        return (n is None, -(n or 0), -int(item["properties"]["datetime"][:4]), item["id"])

    assert [id for _, id in ids(path, "--sortby", "-n")] == [item["id"] for item in sorted(items, key=key)]
