"""cairn ingest: what is read, how it is told, what is in the catalog afterwards."""

import gzip
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import pytest
from support import BUILD, PATIENCE, ROOT, alone, make_item, run_cairn, wait_until

SUM = ("added", "replaced", "unchanged", "skipped", "refused")
COLLECTION = {
    "type": "Collection",
    "stac_version": "1.0.0",
    "description": "Ours",
    "license": "CC0-1.0",
    "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
}


def ingest(catalog, *sources, code=0, input=None, cwd=None, check_sums=True):
    """Runs ingest with JSON progress; returns the summary, in which `commits` are the lines before it."""
    done = run_cairn(
        "ingest", catalog, *sources, "--progress", "json", check=False, input=input, cwd=cwd
    )
    assert done.returncode == code, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    summary = lines[-1]
    assert summary["event"] == "summary" and summary["exit"] == code
    if check_sums:
        for counts in (summary, summary["collections"]):
            assert counts["read"] == sum(counts[name] for name in SUM), counts
    summary["commits"] = lines[:-1]
    return summary


def ids(catalog, *flags):
    out = run_cairn("search", catalog, "--format", "ids", *flags).stdout
    return sorted(tuple(line.split("\t")) for line in out.splitlines())


def get(catalog, collection, *id, profile="default"):
    return json.loads(run_cairn("get", catalog, collection, *id, "--profile", profile).stdout)


def write(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def lines(items):
    return "".join(json.dumps(item) + "\n" for item in items)


def items(n, **more):
    return [make_item(f"i{k}", lon=k % 90, lat=k % 45, **more) for k in range(n)]


def feature_collection(features, **more):
    return {"type": "FeatureCollection", "features": features, **more}


def linked(document, **links):
    found = [{"rel": rel, "href": href} for rel, hrefs in links.items() for href in hrefs]
    return {**document, "links": found}


def catalog_of(id, **links):
    return linked({"type": "Catalog", "stac_version": "1.0.0", "id": id, "description": f"About {id}"}, **links)


def collection_of(id, **links):
    return linked({**COLLECTION, "id": id}, **links)


def without(item, *names):
    return {key: value for key, value in item.items() if key not in names}


# ---- sources ----


def compressed(path, text, how):
    data = text.encode()
    if how == "gz":
        half = len(data) // 2
        path.write_bytes(gzip.compress(data[:half]) + gzip.compress(data[half:]))  # two members
    elif how == "zst":
        zstd = shutil.which("zstd")
        if not zstd:
            pytest.skip("zstd is not installed")
        path.write_bytes(subprocess.run([zstd, "-q", "-c"], input=data, capture_output=True, check=True).stdout)
    else:
        path.write_bytes(data)
    return path


@pytest.mark.parametrize("how", ["", "gz", "zst"])
@pytest.mark.parametrize("name", ["x.ndjson", "x.jsonl", "x.geojsonl", "unnamed", "misnamed.json"])
def test_ndjson(tmp_path, name, how):
    source = compressed(tmp_path / (f"{name}.{how}" if how else name), lines(items(3)), how)
    assert ingest(tmp_path / "c.cairn", source)["added"] == 3


@pytest.mark.parametrize("how", ["", "gz", "zst"])
@pytest.mark.parametrize("indent", [None, 1])
def test_documents(tmp_path, indent, how):
    catalog = tmp_path / "c.cairn"
    suffix = f".{how}" if how else ""
    documents = {
        "item.json": make_item("one"),
        "collection.json": collection_of("alone"),
        "catalog.json": catalog_of("root"),
        "features.json": feature_collection(items(5)),
    }
    sources = [
        compressed(tmp_path / (name + suffix), json.dumps(document, indent=indent), how)
        for name, document in documents.items()
    ]
    summary = ingest(catalog, *sources)
    assert (summary["added"], summary["collections"]["added"], summary["catalogs"]["read"]) == (6, 1, 1)


def test_standard_input(tmp_path):
    catalog = tmp_path / "c.cairn"
    assert ingest(catalog, "-", input=lines(items(3)))["added"] == 3
    assert ingest(catalog, "-", input=json.dumps(feature_collection(items(4)), indent=2))["added"] == 1
    assert ingest(catalog, "-", input=json.dumps(make_item("alone")))["added"] == 1
    assert ingest(catalog, "-", input="")["read"] == 0


def test_odd_ndjson(tmp_path):
    """A byte order mark, CRLF, blank lines, record separators (RFC 8142), no line feed at the end."""
    one, two, three = (json.dumps(item) for item in items(3))
    source = tmp_path / "odd.ndjson"
    source.write_bytes(f"\ufeff{one}\r\n\r\n   \n\x1e{two}\n{three}".encode())
    assert ingest(tmp_path / "c.cairn", source)["added"] == 3


def test_several_sources_in_order(tmp_path):
    first = write(tmp_path / "a.ndjson", lines([make_item("x", datetime="2001-01-01T00:00:00Z")]))
    second = write(tmp_path / "b.json", make_item("x", datetime="2002-01-01T00:00:00Z"))
    catalog = tmp_path / "c.cairn"
    summary = ingest(catalog, first, second)
    assert (summary["added"], summary["replaced"]) == (1, 1)
    assert get(catalog, "things", "x")["properties"]["datetime"].startswith("2002")


def test_files_from(tmp_path):
    names = [write(tmp_path / f"f {k}.json", make_item(f"x{k}")) for k in range(3)]
    listing = write(tmp_path / "list.txt", "\n".join(map(str, names)) + "\n\n")
    assert ingest(tmp_path / "a.cairn", "--files-from", listing)["added"] == 3
    assert ingest(tmp_path / "b.cairn", "--files-from", "-", input=listing.read_text())["added"] == 3
    assert ingest(tmp_path / "c.cairn", names[0], "--files-from", listing)["unchanged"] == 1


def test_a_missing_file_in_a_list_does_not_stop_the_others(tmp_path):
    good = write(tmp_path / "good.json", make_item("x"))
    listing = write(tmp_path / "list.txt", f"{tmp_path}/gone.json\n{good}\n")
    summary = ingest(tmp_path / "c.cairn", "--files-from", listing, code=1)
    assert (summary["added"], summary["failed_sources"]) == (1, 1)


def test_folder(tmp_path):
    """Walked to the bottom; what is not STAC is skipped and counted; hidden names and loops are no harm."""
    tree = tmp_path / "tree"
    write(tree / "z" / "deep" / "item.json", make_item("deep"))
    write(tree / "z" / "lines.ndjson", lines(items(2)))
    write(tree / "features.geojson", feature_collection([make_item("in-features")]))
    write(tree / "collection.json", collection_of("things"))
    write(tree / "package.json", {"name": "not STAC"})
    write(tree / "list.json", [1, 2])
    place = {"type": "Point", "coordinates": [0, 0]}
    write(tree / "plain.geojson", feature_collection([{"type": "Feature", "geometry": place, "properties": {}}]))
    write(tree / "readme.txt", "not JSON")
    write(tree / ".hidden.json", make_item("hidden"))
    (tree / "z" / "loop").symlink_to("..")
    summary = ingest(tmp_path / "c.cairn", tree)
    assert summary["added"] == 4
    assert summary["collections"]["added"] == 1 and summary["collections"]["made"] == 0
    assert summary["ignored"] == 3
    assert get(tmp_path / "c.cairn", "things")["description"] == "Ours"


def test_a_collection_that_comes_after_its_items_replaces_the_made_one(tmp_path):
    tree = tmp_path / "tree"
    write(tree / "a.json", make_item("x"))
    write(tree / "sub" / "collection.json", collection_of("things"))
    summary = ingest(tmp_path / "c.cairn", tree)
    assert summary["collections"]["made"] == 1 and summary["collections"]["read"] == 1
    assert get(tmp_path / "c.cairn", "things")["description"] == "Ours"


# ---- crawling ----


@pytest.fixture
def tree(tmp_path):
    """A static catalog with each kind of link; items do not name their collections."""
    tree = tmp_path / "tree"
    bare = [without(item, "collection") for item in items(8)]
    write(
        tree / "catalog.json",
        {
            **catalog_of("root", child=["./col/collection.json", "cat/catalog.json"], item=["loose.json"]),
            "title": "The root",
        },
    )
    write(tree / "loose.json", bare[0])
    write(
        tree / "col" / "collection.json",
        collection_of("col", item=["with space.json", "coded%20space.json", "gone.json"], child=["../catalog.json"]),
    )
    write(tree / "col" / "with space.json", bare[1])
    write(tree / "col" / "coded space.json", bare[2])
    below = {"items": ["many.ndjson", "features.json"], "children": ["../more/c.json"]}
    write(tree / "cat" / "catalog.json", catalog_of("cat", **below))
    write(tree / "cat" / "many.ndjson", lines(bare[3:5]))
    write(tree / "cat" / "features.json", feature_collection(bare[5:7]))
    write(tree / "more" / "c.json", collection_of("more", item=["i.json", "https://example.com/remote.json"]))
    write(tree / "more" / "i.json", make_item("own", collection="elsewhere"))
    return tree


def test_crawl(tmp_path, tree):
    catalog = tmp_path / "c.cairn"
    done = run_cairn("ingest", catalog, tree / "catalog.json")
    assert ids(catalog) == [
        ("cat", "i3"),
        ("cat", "i4"),
        ("cat", "i5"),
        ("cat", "i6"),
        ("col", "i1"),
        ("col", "i2"),
        ("elsewhere", "own"),
        ("root", "i0"),
    ]
    assert "col/collection.json: warning: /links/2: dead link: the item link" in done.stderr
    assert "col/collection.json: warning: /links/3: cycle: the child link" in done.stderr
    assert re.search(r"more/c.json: warning: /links/1: .*https://example.com/remote.json.* not followed", done.stderr)
    assert re.search(r"^remote links +1$", done.stdout, re.M)
    info = json.loads(run_cairn("info", catalog, "--format", "json").stdout)
    assert "The root" in json.dumps(info)


def test_the_collection_of_crawled_items_is_written_into_what_is_served_only(tmp_path, tree):
    catalog = tmp_path / "c.cairn"
    ingest(catalog, tree / "catalog.json")
    assert get(catalog, "col", "i1")["collection"] == "col"
    assert "collection" not in get(catalog, "col", "i1", profile="source")


def test_collection_flag_counts_below_catalogs_not_below_collections(tmp_path, tree):
    catalog = tmp_path / "c.cairn"
    ingest(catalog, tree / "catalog.json", "--collection", "flag")
    found = dict((id, collection) for collection, id in ids(catalog))
    assert (found["i0"], found["i3"], found["i1"], found["own"]) == ("flag", "flag", "col", "elsewhere")


def test_crawl_from_a_collection(tmp_path, tree):
    catalog = tmp_path / "c.cairn"
    summary = ingest(catalog, tree / "col" / "collection.json")
    assert summary["added"] >= 2
    assert ("col", "i1") in ids(catalog)


def test_items_without_any_collection_are_refused(tmp_path):
    source = write(tmp_path / "x.json", without(make_item("x"), "collection"))
    done = run_cairn("ingest", tmp_path / "c.cairn", source, check=False)
    assert done.returncode == 3 and "/collection" in done.stderr
    assert ingest(tmp_path / "c.cairn", source, "--collection", "given")["added"] == 1


def test_crawl_of_compressed_catalog(tmp_path):
    (tmp_path / "catalog.json.gz").write_bytes(gzip.compress(json.dumps(catalog_of("z", item=["i.json"])).encode()))
    write(tmp_path / "i.json", make_item("i"))
    assert ingest(tmp_path / "c.cairn", tmp_path / "catalog.json.gz")["added"] == 1


def test_a_catalog_among_lines_is_not_crawled(tmp_path):
    write(tmp_path / "i.json", make_item("i"))
    source = write(tmp_path / "x.ndjson", lines([catalog_of("z", item=["i.json"]), make_item("j")]))
    summary = ingest(tmp_path / "c.cairn", source)
    assert (summary["added"], summary["catalogs"]["read"]) == (1, 1)


# ---- collections ----


def test_made_collections_follow_their_items(tmp_path):
    catalog = tmp_path / "c.cairn"
    summary = ingest(catalog, "-", input=lines([make_item("a", lon=1, lat=2), make_item("b", lon=11, lat=12)]))
    assert summary["collections"]["made"] == 1
    made = get(catalog, "things")
    assert made["type"] == "Collection" and made["extent"]["spatial"]["bbox"][0] == [1, 2, 11, 12]
    ingest(catalog, "-", input=lines([make_item("c", lon=-5, lat=3, datetime="2030-01-01T00:00:00Z")]))
    made = get(catalog, "things")
    assert made["extent"]["spatial"]["bbox"][0] == [-5, 2, 11, 12]
    assert made["extent"]["temporal"]["interval"][0] == ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]


def test_strict_collections(tmp_path):
    catalog = tmp_path / "c.cairn"
    done = run_cairn("ingest", catalog, "-", "--strict-collections", input=lines(items(2)), check=False)
    assert done.returncode == 3
    assert 'no collection "things"' in done.stderr
    assert ids(catalog) == []
    both = lines([collection_of("things"), *items(2)])
    assert ingest(catalog, "-", "--strict-collections", input=both)["added"] == 2


# ---- what is refused ----


def test_refused_records_do_not_stop_the_rest(tmp_path):
    catalog, reject = tmp_path / "c.cairn", tmp_path / "reject.ndjson"
    good = items(3)
    bad_time = make_item("bad", datetime="yesterday")
    source = write(
        tmp_path / "x.ndjson",
        "\n".join([json.dumps(good[0]), '{"broken": ', json.dumps(bad_time, indent=None), "17", json.dumps(good[1])])
        + "\n"
        + json.dumps(good[2])
        + "\n",
    )
    done = run_cairn("ingest", catalog, source, "--reject", reject, check=False)
    assert done.returncode == 3
    assert [id for _, id in ids(catalog)] == ["i0", "i1", "i2"]
    refused = [json.loads(line) for line in reject.read_text().splitlines()]
    assert [entry["line"] for entry in refused] == [2, 3, 4]
    assert all(entry["source"] == str(source) and entry["message"] for entry in refused)
    assert refused[0]["record"] == '{"broken":'
    assert refused[1]["record"] == bad_time and refused[1]["pointer"] == "/properties/datetime"
    assert refused[2]["record"] == 17
    for entry in refused:
        assert f"{source}:{entry['line']}: refused: " in done.stderr and entry["message"] in done.stderr


def test_rejected_records_can_be_mended_and_taken(tmp_path):
    catalog, reject = tmp_path / "c.cairn", tmp_path / "reject.ndjson"
    bad = [make_item(f"b{k}", datetime="2020-13-01T00:00:00Z") for k in range(3)]
    assert ingest(catalog, "-", "--reject", reject, input=lines(bad + items(1)), code=3)["refused"] == 3
    mended = "".join(
        json.dumps(json.loads(line)["record"]).replace("2020-13", "2020-12") + "\n"
        for line in reject.read_text().splitlines()
    )
    assert ingest(catalog, "-", input=mended)["added"] == 3


def test_reject_keeps_the_record_as_it_was(tmp_path):
    text = '{"type":"Feature","stac_version":"1.0.0","id":"x","b":1.10,"b":1e2,"u":"\\u00e9","geometry":null}'
    reject = tmp_path / "reject.ndjson"
    run_cairn("ingest", tmp_path / "c.cairn", "-", "--reject", reject, input=text, check=False)
    assert f'"record":{text}}}' in reject.read_text()


def test_reject_is_appended_and_never_read(tmp_path):
    catalog, reject = tmp_path / "c.cairn", tmp_path / "r.ndjson"
    for _ in range(2):
        ingest(catalog, "-", "--reject", reject, input="17\n", code=3)
    assert len(reject.read_text().splitlines()) == 2
    done = run_cairn("ingest", catalog, reject, "--reject", reject, check=False)
    assert done.returncode == 1 and "--reject" in done.stderr
    assert len(reject.read_text().splitlines()) == 2


def test_lines_of_documents(tmp_path):
    """A JSON fault in a document of many lines is told with its line in the file."""
    broken = write(tmp_path / "broken.json", '{\n "type": "Feature",\n "id": "x"\n "links": []\n}\n')
    done = run_cairn("ingest", tmp_path / "c.cairn", broken, check=False)
    assert f"{broken}:4: refused: JSON" in done.stderr
    features = json.dumps(feature_collection([make_item("a"), make_item("b", datetime="x")]), indent=1)
    place = features[: features.index('"b"')].count("\n")
    source = write(tmp_path / "f.json", features)
    done = run_cairn("ingest", tmp_path / "c.cairn", source, check=False)
    begin = [k + 1 for k, line in enumerate(features.splitlines()) if k <= place and line == "  {"][-1]
    assert f"{source}:{begin}: refused: /properties/datetime" in done.stderr


def test_broken_feature_collections(tmp_path):
    good = json.dumps(feature_collection(items(3)))
    cases = {
        good[:-30]: 2,  # cut in the last feature
        good[:-1]: 3,  # cut behind them
        good.replace("}, {", "} {", 1): 1,  # a comma is missing: no place to go on from
        good[:-1] + ',"links":[1 2]}': 3,
        good.replace('"i1"', '"i1",,', 1): 2,  # one broken feature
    }
    for text, added in cases.items():
        catalog = tmp_path / "c.cairn"
        catalog.unlink(missing_ok=True)
        summary = ingest(catalog, write(tmp_path / "f.json", text), code=3)
        assert (summary["added"], summary["refused"]) == (added, 1), text[-60:]


def test_too_large_records(tmp_path):
    big = make_item("big", extra="x" * 5000)
    source = write(tmp_path / "x.ndjson", lines([make_item("a"), big, make_item("b")]))
    summary = ingest(tmp_path / "c.cairn", source, "--max-record-bytes", "4096", code=3)
    assert (summary["added"], summary["refused"]) == (2, 1)
    assert ingest(tmp_path / "c.cairn", source)["added"] == 1


def test_items_over_a_megabyte(tmp_path):
    big = make_item("big", lon=1, lat=1)
    big["properties"]["text"] = "\u00e9" * 1_500_000
    catalog = tmp_path / "c.cairn"
    assert ingest(catalog, "-", input=json.dumps(big, ensure_ascii=False))["added"] == 1
    assert get(catalog, "things", "big")["properties"] == big["properties"]


def test_not_stac(tmp_path):
    done = run_cairn("ingest", tmp_path / "c.cairn", "-", input='{"a":1}', check=False)
    assert done.returncode == 3 and "not STAC" in done.stderr
    done = run_cairn("ingest", tmp_path / "c.cairn", "-", input="[1,2]", check=False)
    assert done.returncode == 3 and "array" in done.stderr


def test_data_instead_of_stac_is_one_refusal(tmp_path):
    source = tmp_path / "scene.nc"
    source.write_bytes(b"\x89HDF\r\n\x1a\n" + b"line\n" * 1000)
    good = write(tmp_path / "good.json", make_item("good"))
    catalog = tmp_path / "c.cairn"
    done = run_cairn("ingest", catalog, source, good, "--quiet", check=False)
    assert done.returncode == 3
    assert done.stderr == f"{source}:1: refused: is no JSON (HDF5 or netCDF-4); give the STAC item that describes it\n"
    assert [id for _, id in ids(catalog)] == ["good"]


def test_a_run_without_any_record_is_told(tmp_path):
    (tmp_path / "folder").mkdir()
    empty = write(tmp_path / "empty.ndjson", "")
    for source in (tmp_path / "folder", empty):
        done = run_cairn("ingest", tmp_path / "c.cairn", source)
        assert "warning: no record was read" in done.stderr
        assert run_cairn("ingest", tmp_path / "c.cairn", source, "--quiet").stderr == ""
    done = run_cairn("ingest", tmp_path / "c.cairn", empty, write(tmp_path / "i.json", make_item("i")))
    assert "no record" not in done.stderr


def test_a_message_does_not_repeat_its_pointer(tmp_path):
    rejects = tmp_path / "rejects"
    source = write(tmp_path / "i.json", {**make_item("i"), "id": 7})
    done = run_cairn("ingest", tmp_path / "c.cairn", source, "--quiet", "--reject", rejects, check=False)
    assert done.stderr == f"{source}:1: refused: /id: expected a non-empty string, found 7\n"
    assert json.loads(rejects.read_text())["message"] == "expected a non-empty string, found 7"


def test_cut_gzip_is_a_failure_and_keeps_what_came_before(tmp_path):
    text = lines(items(2000, description="".join(chr(97 + k * k % 26) for k in range(300))))
    data = gzip.compress(text.encode())
    source = tmp_path / "x.ndjson.gz"
    source.write_bytes(data[: len(data) * 3 // 4])
    done = run_cairn("ingest", tmp_path / "c.cairn", source, check=False)
    assert done.returncode == 1 and "ends too early" in done.stderr
    assert 0 < len(ids(tmp_path / "c.cairn")) < 2000
    source.write_bytes(data[:1000] + b"\0\1\2\3" * 10 + data[1040:])
    done = run_cairn("ingest", tmp_path / "c.cairn", source, check=False)
    assert done.returncode == 1 and "damaged gzip" in done.stderr


def test_usage(tmp_path):
    catalog = tmp_path / "c.cairn"
    for args in (
        [],
        [catalog],
        [catalog, "-", "--on-conflict", "maybe"],
        [catalog, "-", "--asset-base", "data/x"],
        [catalog, "-", "--asset-base", "https://h/x?sig=1"],
        [catalog, "-", "--level", "13"],
        [catalog, "-", "--unknown"],
    ):
        done = run_cairn("ingest", *args, input="", check=False)
        assert done.returncode == 2 and "try 'cairn ingest --help'" in done.stderr, args
    assert not catalog.exists()


def test_a_source_in_the_catalog_s_place_is_told(tmp_path):
    source = write(tmp_path / "items.ndjson", lines(items(1)))
    text = source.read_text()
    for first, what in ((source, "a source by its name"), (tmp_path, "a folder")):
        done = run_cairn("ingest", first, tmp_path / "my.cairn", check=False)
        assert done.returncode == 2
        assert done.stderr.startswith(f"cairn ingest: '{first}' is {what}: the catalog comes first: ")
    assert source.read_text() == text and not (tmp_path / "my.cairn").exists()


def test_a_wrong_source_makes_no_catalog(tmp_path):
    for source, word in ((tmp_path / "gone.json", "gone.json"), ("https://example.com/catalog.json", "local")):
        done = run_cairn("ingest", tmp_path / "c.cairn", source, check=False)
        assert done.returncode == 1 and word in done.stderr
    assert not (tmp_path / "c.cairn").exists()


# ---- conflicts ----


def test_on_conflict(tmp_path):
    catalog = tmp_path / "c.cairn"
    old, new = make_item("x", lon=1, lat=1), make_item("x", lon=50, lat=50, datetime="2021-06-01T00:00:00Z")
    ingest(catalog, "-", input=lines([old]))
    assert ingest(catalog, "-", "--on-conflict", "skip", input=lines([new]))["skipped"] == 1
    done = run_cairn("ingest", catalog, "-", "--on-conflict", "error", input=lines([new, make_item("y")]), check=False)
    assert done.returncode == 3 and "refused" in done.stderr
    assert ("things", "y") in ids(catalog)
    assert ingest(catalog, "-", "--on-conflict", "error", input=lines([old]))["unchanged"] == 1
    assert ids(catalog, "--bbox", "0,0,2,2") == [("things", "x")]
    assert ingest(catalog, "-", input=lines([new]))["replaced"] == 1
    assert ids(catalog, "--bbox", "0,0,2,2") == []
    assert ids(catalog, "--bbox", "49,49,51,51") == [("things", "x")]
    assert ids(catalog, "--datetime", "2020-01-01T00:00:00Z") == [("things", "y")]
    run_cairn("check", catalog)


def test_the_same_again_changes_nothing(tmp_path, tree):
    catalog = tmp_path / "c.cairn"
    first = ingest(catalog, tree / "catalog.json")
    second = ingest(catalog, tree / "catalog.json")
    assert second["unchanged"] == first["added"] == second["read"]
    assert second["collections"]["unchanged"] == second["collections"]["read"]


# ---- asset hrefs ----


def test_asset_base(tmp_path):
    assets = {"data": {"href": "./x y.tif"}, "up": {"href": "../u.tif"}, "abs": {"href": "s3://b/k.tif"}}
    tree = tmp_path / "ROOT"
    write(tree / "catalog.json", catalog_of("r", item=["a/b/i.json"]))
    write(tree / "a" / "b" / "i.json", make_item("i", assets=assets))

    def hrefs(name, *args, input=None):
        catalog = tmp_path / f"{name}.cairn"
        ingest(catalog, *args, input=input)
        item = json.loads(run_cairn("get", catalog, "things", "i", "--asset-href-mode", "source").stdout)
        return {key: asset["href"] for key, asset in item["assets"].items()}

    expected = {"data": "https://h/d/a/b/x%20y.tif", "up": "https://h/d/a/u.tif", "abs": "s3://b/k.tif"}
    for name, root in (("crawled", tree / "catalog.json"), ("folder", tree)):
        for slash in ("", "/"):
            assert hrefs(f"{name}{len(slash)}", root, "--asset-base", f"https://h/d{slash}") == expected
    assert hrefs("file", tree / "a" / "b" / "i.json", "--asset-base", "https://h/d")["data"] == "https://h/d/x%20y.tif"
    text = (tree / "a" / "b" / "i.json").read_text()
    assert hrefs("pipe", "-", "--asset-base", "https://h/d", input=text)["data"] == "https://h/d/x%20y.tif"
    place = f"file://{tree}/a/b/x%20y.tif"
    assert hrefs("place", tree)["data"] == place
    own = make_item("i", assets=assets, links=[{"rel": "self", "href": "https://own/p/q.json"}])
    assert hrefs("self", "-", input=json.dumps(own))["data"] == "https://own/p/x%20y.tif"


def test_relative_href_from_a_pipe_is_kept_with_a_warning(tmp_path):
    item = make_item("i", assets={"data": {"href": "./x.tif"}})
    done = run_cairn("ingest", tmp_path / "c.cairn", "-", input=json.dumps(item))
    assert "/assets/data/href" in done.stderr
    assert get(tmp_path / "c.cairn", "things", "i")["assets"]["data"]["href"] == "./x.tif"


# ---- what is told ----


def test_summary_as_text(tmp_path):
    done = run_cairn("ingest", tmp_path / "c.cairn", "-", input=lines(items(3)) + "17\n", check=False)
    counts = "read 4, added 3, replaced 0, unchanged 0, skipped 0, refused 1, warned 0"
    assert re.search(f"^items +{counts}$", done.stdout, re.M)
    assert re.search(r"^collections +read 0, .*made 1$", done.stdout, re.M)
    assert re.search(r"^committed +1 batches in", done.stdout, re.M)


def test_many_messages_are_counted_not_printed(tmp_path):
    bad = [make_item(f"b{k}", datetime=f"{k}") for k in range(500)]
    done = run_cairn("ingest", tmp_path / "c.cairn", "-", input=lines(bad), check=False)
    assert len(done.stderr.splitlines()) < 50
    assert re.search(r"^ +500  /properties/datetime: ", done.stderr, re.M)


def test_names_in_a_record_do_not_reach_the_terminal(tmp_path):
    item = make_item("x", assets={"a\x1b[2J\nb.ndjson:1: refused: c": {}})
    done = run_cairn("ingest", tmp_path / "a.cairn", "-", input=json.dumps(item))
    assert "\x1b" not in done.stderr and "\\x1b[2J\\nb.ndjson:1" in done.stderr
    assert not re.search("^b.ndjson", done.stderr, re.M)
    done = run_cairn("validate", "-", "--format", "json", input=json.dumps(item))
    assert json.loads(done.stdout.splitlines()[0])["pointer"] == "/assets/a\x1b[2J\nb.ndjson:1: refused: c"


def test_quiet(tmp_path):
    item = make_item("x", lon=1, lat=2, bbox=[50, 50, 51, 51])
    loud = run_cairn("ingest", tmp_path / "a.cairn", "-", input=json.dumps(item))
    assert "/bbox" in loud.stderr and loud.stdout
    quiet = run_cairn("ingest", tmp_path / "b.cairn", "-", "--quiet", input=json.dumps(item))
    assert quiet.stdout == "" and quiet.stderr == ""


def test_progress_json_tells_each_commit(tmp_path):
    source = write(tmp_path / "x.ndjson", lines(items(25)))
    summary = ingest(tmp_path / "c.cairn", source, "--batch", "10")
    assert [commit["committed"] for commit in summary["commits"]] == [10, 20, 25]
    assert [commit["line"] for commit in summary["commits"]] == [10, 20, 25]
    assert summary["batches"] == 3 and summary["committed"] == 25


def test_progress_line_on_a_terminal(tmp_path):
    """With the size known: items, rates, percent and what is left."""
    pty = pytest.importorskip("pty")
    source = write(tmp_path / "x.ndjson", lines(items(20000)))
    leader, follower = pty.openpty()
    command = [BUILD / "cairn", "ingest", tmp_path / "c.cairn", source, "--batch", "200"]
    process = subprocess.Popen(command, stderr=follower, stdout=subprocess.PIPE)
    os.close(follower)
    seen = b""
    try:
        while chunk := os.read(leader, 4096):
            seen += chunk
    except OSError:
        pass
    assert process.wait(PATIENCE) == 0
    os.close(leader)
    assert re.search(rb"\r\d+ items, \d+ items/s, [\d.]+ MB/s, \d+ %, \d+:\d\d:\d\d left", seen), seen


def test_plain_progress_when_piped(tmp_path):
    process = subprocess.Popen(
        [BUILD / "cairn", "ingest", tmp_path / "c.cairn", "-", "--batch", "1", "--threads", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for item in items(14):
        process.stdin.write(json.dumps(item) + "\n")
        process.stdin.flush()
        time.sleep(0.5)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert re.search(r"^\d+ items, \d+ items/s, [\d.]+ MB/s$", errors, re.M), errors


# ---- one file, locks, signals ----


def test_leaves_one_file(tmp_path):
    catalog = tmp_path / "c.cairn"
    ingest(catalog, "-", input=lines(items(10)))
    assert alone(catalog)
    ingest(catalog, "-", input=lines(items(20)))
    assert alone(catalog)


def test_a_second_writer_waits_and_says_for_whom(tmp_path):
    catalog = tmp_path / "c.cairn"
    run_cairn("init", catalog)
    command = [BUILD / "cairn", "ingest", catalog, "-", "--batch", "1"]
    pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = subprocess.Popen(command, **pipes)
    first.stdin.write(json.dumps(make_item("first")) + "\n" + " " * 300000)
    first.stdin.flush()
    wait_until(lambda: not alone(catalog))
    refused = run_cairn("ingest", catalog, "-", "--wait", "0", input="", check=False)
    assert refused.returncode == 1 and str(first.pid) in refused.stderr
    second = subprocess.Popen([*command, "--quiet"], **pipes)
    said = second.stderr.readline()
    assert "waiting" in said and str(first.pid) in said
    first.communicate("\n", timeout=PATIENCE)
    out, errors = second.communicate(json.dumps(make_item("second")), timeout=PATIENCE)
    assert (first.returncode, second.returncode) == (0, 0), errors
    assert [id for _, id in ids(catalog)] == ["first", "second"]


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(tmp_path, with_signal):
    """What was read is committed, the place is told, and the same command goes on."""
    catalog, source = tmp_path / "c.cairn", write(tmp_path / "x.ndjson", lines(items(20000)))
    process = subprocess.Popen(
        [BUILD / "cairn", "ingest", catalog, source, "--batch", "100", "--progress", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()
    process.send_signal(with_signal)
    out, errors = process.communicate(timeout=PATIENCE)
    summary = json.loads(out.splitlines()[-1])
    assert process.returncode == 1 and summary["interrupted"]
    assert 0 < summary["committed"] < 20000
    assert f"interrupted behind {source}:{summary['committed']}" in errors
    assert len(ids(catalog)) == summary["committed"] and alone(catalog)
    again = ingest(catalog, source)
    assert (again["unchanged"], again["added"]) == (summary["committed"], 20000 - summary["committed"])


def test_reading_needs_no_write_permission(tmp_path):
    """Whoever may read the file can search it: tried as another user where we are root, who may write everywhere."""
    user = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copy(BUILD / "cairn", folder / "cairn")
        ingest(folder / "c.cairn", "-", input=lines(items(3)))
        (folder / "c.cairn").chmod(0o444)
        folder.chmod(0o555)
        search = [folder / "cairn", "search", folder / "c.cairn", "--format", "count"]
        done = subprocess.run(search, capture_output=True, text=True, cwd="/", **user)
        folder.chmod(0o755)
    assert (done.returncode, done.stdout) == (0, "3\n"), done.stderr


def test_threads_and_batches_make_no_difference(tmp_path):
    source = write(tmp_path / "x.ndjson", lines(items(300) + items(50, description="again")))
    outs = set()
    for threads, batch in ((1, 1000), (2, 7), (8, 64)):
        catalog = tmp_path / f"{threads}.cairn"
        summary = ingest(catalog, source, "--threads", threads, "--batch", batch)
        assert (summary["added"], summary["replaced"]) == (300, 50)
        outs.add(run_cairn("export", catalog).stdout)
    assert len(outs) == 1


# ---- validate ----


def test_validate(tmp_path, tree):
    good = write(tmp_path / "good.json", without(make_item("x"), "collection"))
    assert run_cairn("validate", good).stdout.split() == "items 1 valid (0 with warnings), 0 refused".split()
    bad = write(tmp_path / "bad.ndjson", lines([make_item("x"), make_item("y", datetime="x")]))
    done = run_cairn("validate", bad, check=False)
    assert done.returncode == 3
    assert f"{bad}:2: refused: /properties/datetime: " in done.stdout
    done = run_cairn("validate", bad, "--format", "json", check=False)
    first, summary = [json.loads(line) for line in done.stdout.splitlines()]
    assert first["kind"] == "refused" and first["line"] == 2 and first["pointer"] == "/properties/datetime"
    assert summary["items"] == {"read": 2, "refused": 1, "warned": 0}
    done = run_cairn("validate", tree / "catalog.json", check=False)
    assert done.returncode == 0 and "dead link" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.ndjson", "good.json", "tree"]


def test_validate_strict_refuses_what_is_repaired(tmp_path):
    source = write(tmp_path / "x.json", make_item("x", lon=1, lat=2, datetime="2020-01-01"))
    done = run_cairn("validate", source)
    assert "warning" in done.stdout
    done = run_cairn("validate", source, "--strict", check=False)
    assert done.returncode == 3 and "refused" in done.stdout


# ---- the trees of the shared corpus, where it is ----

CORPUS = pathlib.Path(os.environ.get("CAIRN_CORPUS", ROOT.parent / "shared" / "corpus"))
TREES = sorted((CORPUS / "trees").glob("*.tar.gz")) if CORPUS.exists() else []


@pytest.mark.parametrize("archive", TREES, ids=lambda path: path.name.removesuffix(".tar.gz"))
def test_corpus_trees(tmp_path, archive):
    """Each file of a tree is read exactly once, but for the ones that no link leads to."""
    shutil.unpack_archive(archive, tmp_path)
    folder = next(path for path in tmp_path.iterdir() if path.is_dir())
    root = next(path for path in (folder / "catalog.json", folder / "collection.json") if path.exists())
    done = run_cairn("ingest", tmp_path / "c.cairn", root, "--progress", "json", check=False)
    assert done.returncode in (0, 3), done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    read = summary["read"] + summary["collections"]["read"] + summary["catalogs"]["read"]
    assert read == sum(1 for _ in folder.rglob("*.json"))
    run_cairn("check", tmp_path / "c.cairn")
