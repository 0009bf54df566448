"""Every command of `cairn` but ingest and validate, from outside: what it prints, what it changes, how it fails."""

import json
import os
import pty
import re
import stat
import subprocess

import pytest
from support import BUILD, CORPUS_SAMPLE, alone, run_cairn
from things import ALL, damage, ids

# ---- init ----


def test_init(cairn, tmp_path):
    path = tmp_path / "new.cairn"
    cairn("init", path, "--id", "my id", "--title", 'A "title"', "--description", "Größe")
    info = json.loads(cairn("info", path, "--format", "json").stdout)
    assert (info["id"], info["title"], info["description"]) == ("my id", 'A "title"', "Größe")
    assert info["items"] == 0 and info["collections"] == []
    assert alone(path)
    cairn("check", path)


def test_init_keeps_what_is_there(cairn, things):
    before = things.read_bytes()
    done = cairn("init", things, "--title", "new", check=False)
    assert done.returncode == 1
    assert str(things) in done.stderr
    assert things.read_bytes() == before


def test_init_where_there_is_no_folder(cairn, tmp_path):
    done = cairn("init", tmp_path / "no" / "new.cairn", check=False)
    assert done.returncode == 1
    assert str(tmp_path / "no") in done.stderr


# ---- search ----


@pytest.mark.parametrize(
    "flags, expected",
    [
        (["--bbox", "7,46,8,47"], [("things", "b"), ("things", "a")]),
        (["--bbox", "7,46,0,8,47,9"], [("things", "b"), ("things", "a")]),
        (["--bbox=-123,47,-122,48"], [("things", "c")]),
        (["--bbox", "-123,47,-122,48"], [("things", "c")]),
        (["--bbox", "179,-20,-179,0"], [("other", "a")]),
        (["--bbox", "7,46,8,47", "--null-geometry", "match"], [("other", "nowhere"), ("things", "b"), ("things", "a")]),
        (["--datetime", "2021-01-01T00:00:00Z"], [("things", "b")]),
        (["--datetime", "2021-01-01T00:00:00Z/.."], ALL[:3]),
        (["--datetime", "/1999-12-31T00:00:00Z"], [("other", "a")]),
        (["--ids", "a"], [("things", "a"), ("other", "a")]),
        (["--ids", "a,c", "--collections", "things"], [("things", "c"), ("things", "a")]),
        (["--intersects", '{"type":"Point","coordinates":[7.4,46.9]}'], [("things", "a")]),
    ],
)
def test_search_by_each_parameter(cairn, things, flags, expected):
    assert ids(things, *flags) == expected
    assert cairn("search", things, *flags, "--format", "count").stdout == f"{len(expected)}\n"
    features = json.loads(cairn("search", things, *flags, "--format", "geojson").stdout)
    assert features["type"] == "FeatureCollection"
    assert features["numberReturned"] == len(expected)
    assert [(f["collection"], f["id"]) for f in features["features"]] == expected
    lines = cairn("search", things, *flags, "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line) for line in lines] == features["features"]


def test_search_area_from_file_and_standard_input(cairn, things, tmp_path):
    area = tmp_path / "area.json"
    area.write_text('{"type": "Polygon", "coordinates": [[[7, 46], [8, 46], [8, 46.85], [7, 46.85], [7, 46]]]}\n')
    assert ids(things, "--intersects", f"@{area}") == [("things", "b")]
    done = cairn("search", things, "--intersects", "-", input=area.read_text())
    assert done.stdout == "things\tb\n"


@pytest.mark.parametrize(
    "flags, names",
    [
        (["--bbox", "1,2,3"], "bbox: "),
        (["--bbox", "1,9,3,4"], "bbox: "),
        (["--bbox", "a,b,c,d"], "bbox: "),
        (["--datetime", "yesterday"], "datetime: "),
        (["--datetime", "2021-01-01T00:00:00Z/2020-01-01T00:00:00Z"], "datetime: "),
        (["--intersects", "{}"], "intersects: "),
        (["--intersects", "{oops"], "intersects: "),
        (["--intersects", '{"type":"Point","coordinates":[1]}'], "intersects: "),
        (["--limit", "0"], "limit: expected a whole number from 1, found '0'"),
        (["--limit", "ten"], "limit: expected a whole number from 1, found 'ten'"),
        (["--format", "xml"], "format: expected one of ids, ndjson, geojson, csv, count, found 'xml'"),
        (["--bbox", "1,2,3,4", "--intersects", '{"type":"Point","coordinates":[1,2]}'], "bbox"),
        (["--bbox", "1,2,3,4", "--bbox", "1,2,3,4"], "bbox: given twice"),
    ],
)
def test_search_says_what_is_wrong(cairn, things, flags, names):
    done = cairn("search", things, *flags, check=False)
    assert done.returncode == 2, done
    assert done.stdout == "" or done.stdout.startswith('{"type":"FeatureCollection"')
    first, last = done.stderr.splitlines()[0], done.stderr.splitlines()[-1]
    assert first.startswith("cairn search: ") and names in first
    assert last == "cairn search: try 'cairn search --help'"


def test_search_names_a_parameter_once(cairn, things):
    done = cairn("search", things, "--bbox", "1,2,3", check=False)
    assert done.stderr.startswith("cairn search: --bbox: expected 4 numbers")


def test_search_tells_collections_that_are_not_there(cairn, things):
    done = cairn("search", things, "--collections", "nope,things", "--limit", 1, check=False)
    assert done.returncode == 3
    assert done.stdout == "things\tc\n"
    assert done.stderr == "cairn search: no collection 'nope'\n"
    done = cairn("search", things, "--collections", "nope", "--format", "count", check=False)
    assert (done.returncode, done.stdout) == (3, "0\n")
    assert cairn("search", things, "--collections", "things,other").stderr == ""


def test_search_area_from_a_file_that_is_not_there(cairn, things):
    done = cairn("search", things, "--intersects", "@/no/such/file", check=False)
    assert done.returncode == 1
    assert "intersects: cannot open /no/such/file: No such file or directory" in done.stderr


def test_long_listing_is_paged(cairn, make_catalog, item):
    """More than one page with bodies (1,000) and without (10,000): none lost, none repeated, in order."""
    count = 12345
    path = make_catalog([item(f"{i:05}", lon=i % 360 - 180, lat=0, datetime="2020-01-01T00:00:00Z") for i in range(count)])
    expected = [("things", f"{i:05}") for i in range(count)]
    assert ids(path) == expected
    assert ids(path, "--limit", 10001) == expected[:10001]
    lines = cairn("search", path, "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [id for _, id in expected]
    assert cairn("search", path, "--format", "count").stdout == f"{count}\n"
    east = [pair for i, pair in enumerate(expected) if i % 360 - 180 >= 0]
    assert ids(path, "--bbox", "0,-1,180,1") == east
    assert cairn("search", path, "--bbox", "0,-1,180,1", "--format", "count", "--limit", 5).stdout == "5\n"


# ---- get ----


def test_get_item_and_collection(cairn, things):
    text = cairn("get", things, "other", "a").stdout
    assert text.endswith("\n") and text.count("\n") == 1
    document = json.loads(text)
    assert (document["id"], document["collection"]) == ("a", "other")
    collection = json.loads(cairn("get", things, "other").stdout)
    assert (collection["type"], collection["id"]) == ("Collection", "other")


def test_get_source_profile_gives_the_words_back(cairn, make_catalog, item):
    odd = item("old", lon=1, lat=2)
    odd["stac_version"] = "0.9.0"
    odd["properties"]["eo:gsd"] = 1.50
    text = json.dumps(odd, separators=(",", ":")).replace("1.5}", "1.50}")
    path = make_catalog([json.loads(text)], "source.cairn")
    run_cairn("ingest", path, "-", input=text)
    source = cairn("get", path, "things", "old", "--profile", "source").stdout
    assert '"stac_version":"0.9.0"' in source and '"eo:gsd":1.50}' in source
    assert json.loads(cairn("get", path, "things", "old").stdout)["stac_version"] != "0.9.0"


def test_get_says_what_is_missing(cairn, things):
    done = cairn("get", things, "things", "z", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("cairn get: no item 'z' in collection 'things'")
    done = cairn("get", things, "thing", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("cairn get: no collection 'thing'")


@pytest.mark.parametrize("id", ["a b", "a/b", "100%", "%2F", "..", "ä ö\u2028", "-dash", "t\tab", "'\"\\"])
def test_odd_ids(cairn, make_catalog, item, id):
    path = make_catalog([item(id, collection=f"c {id}", lon=1, lat=2), item("rest", collection=f"c {id}", lon=1, lat=2)])
    assert json.loads(cairn("get", path, "--", f"c {id}", id).stdout)["id"] == id
    assert json.loads(cairn("search", path, f"--ids={id}", "--format", "ndjson").stdout)["id"] == id
    assert cairn("delete", path, "--", f"c {id}", id).stdout == "deleted 1, not found 0\n"
    assert cairn("get", path, "--", f"c {id}", id, check=False).returncode == 1


# ---- delete ----


def test_delete_items(cairn, things):
    done = cairn("delete", things, "things", "a", "b")
    assert done.stdout == "deleted 2, not found 0\n"
    assert ids(things) == [pair for pair in ALL if pair not in [("things", "a"), ("things", "b")]]
    assert ids(things, "--bbox", "7,46,8,47") == []
    cairn("check", things)
    assert alone(things)


def test_delete_brings_a_made_collection_s_extent_up_to_date(cairn, things):
    cairn("delete", things, "things", "c")
    extent = json.loads(cairn("get", things, "things").stdout)["extent"]
    assert extent["spatial"]["bbox"] == [[7.4, 46.8, 7.5, 46.9]]
    assert extent["temporal"]["interval"] == [["2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"]]


def test_delete_tells_ids_that_are_not_there(cairn, things):
    done = cairn("delete", things, "things", "x", "a", "y", check=False)
    assert done.returncode == 3
    assert done.stdout == "deleted 1, not found 2\n"
    assert "cairn delete: no item 'x' in collection 'things'" in done.stderr
    quiet = cairn("delete", things, "things", "x", "--quiet", check=False)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (3, "", "")


def test_delete_ids_from_file_and_standard_input(cairn, things, tmp_path):
    listed = tmp_path / "ids.txt"
    listed.write_bytes(b"a\r\n\nb")
    assert cairn("delete", things, "things", "--ids-from", listed).stdout == "deleted 2, not found 0\n"
    assert cairn("delete", things, "things", "--ids-from", "-", input="c\n").stdout == "deleted 1, not found 0\n"
    assert ids(things) == [("other", "nowhere"), ("other", "a")]


def test_delete_ids_from_a_file_that_is_not_there_deletes_nothing(cairn, things, tmp_path):
    done = cairn("delete", things, "things", "a", "--ids-from", tmp_path / "none", check=False)
    assert done.returncode == 1
    assert "No such file or directory" in done.stderr
    assert ids(things) == ALL
    assert alone(things)


def test_delete_a_whole_collection_wants_to_be_asked_for(cairn, things):
    done = cairn("delete", things, "things", check=False)
    assert done.returncode == 2
    assert "--all" in done.stderr
    assert ids(things) == ALL
    done = cairn("delete", things, "things", "a", "--all", check=False)
    assert done.returncode == 2
    assert ids(things) == ALL
    assert cairn("delete", things, "things", "--all").stdout == "deleted the collection and 3 items\n"
    assert ids(things) == [("other", "nowhere"), ("other", "a")]
    assert cairn("get", things, "things", check=False).returncode == 1
    assert cairn("delete", things, "things", "--yes", check=False).returncode == 1
    cairn("check", things)


def test_delete_in_several_batches(cairn, make_catalog, item):
    path = make_catalog([item(str(i)) for i in range(20500)])
    numbers = "".join(f"{i}\n" for i in range(20500) if i % 100)
    assert cairn("delete", path, "things", "--ids-from", "-", input=numbers).stdout == "deleted 20295, not found 0\n"
    assert cairn("search", path, "--format", "count").stdout == "205\n"
    cairn("check", path)


# ---- info ----


def test_info(cairn, things):
    info = json.loads(cairn("info", things, "--format", "json").stdout)
    assert info["items"] == 5
    assert info["bytes"] == things.stat().st_size
    assert info["schema_version"] >= 1
    assert info["journal"] == "rollback"
    other, third = info["collections"]
    assert (other["id"], other["items"], other["made"]) == ("other", 2, True)
    assert other["bbox"] == [179.9, -10, 179.9, -10]
    assert other["interval"] == ["1500-01-01T00:00:00Z", "2023-01-01T00:00:00Z"]
    assert (third["id"], third["items"]) == ("things", 3)
    assert third["bbox"] == [-122.3, 46.8, 7.5, 47.6]
    text = cairn("info", things).stdout
    assert re.search(r"^items +5$", text, re.M) and re.search(r"^collections +2$", text, re.M)
    assert "\nthings\n  items  3\n" in text


# ---- check ----


def test_check_of_a_sound_catalog(cairn, things):
    assert cairn("check", things).stdout == f"{things}: ok\n"
    assert json.loads(cairn("check", things, "--format", "json").stdout) == {"findings": [], "count": 0, "ok": True}
    assert alone(things)


@pytest.mark.parametrize(
    "sql",
    [
        "update item set west = west - 5 where id = 'b'",
        "update item set back_sec = back_sec + 5 where id = 'b'",
        "update item set footprint = x'00' where id = 'b'",
        "delete from item_space where entry / 2 = (select key from item where id = 'b')",
        "delete from item_body where key = (select key from item where id = 'b')",
        "update item_body set crc = crc + 1 where key = (select key from item where id = 'b')",
        "update collection set items = items + 1",
        "insert into item_space_all values (1000000, 1, 2, 3, 4, 5, 6)",
        "update item_space_all set north = north + 1 where entry / 2 = (select key from item where id = 'b')",
        "update item set hot = x'010131' where id = 'b'",
        "insert into meta values ('loose_from', 1)",
        "insert into meta values ('loose_from', 'all')",
    ],
)
def test_check_finds_a_fault(cairn, things, sql):
    damage(things, sql)
    done = cairn("check", things, check=False)
    assert done.returncode == 1, sql
    assert re.search(r": \d+ faults?\n$", done.stdout), done
    report = json.loads(cairn("check", things, "--format", "json", check=False).stdout)
    assert report["ok"] is False and report["count"] == len(report["findings"]) >= 1
    assert all({"where", "message"} <= finding.keys() for finding in report["findings"])


def test_check_shows_progress_on_a_terminal_only(make_catalog, item):
    things = make_catalog([item(str(i)) for i in range(2500)])
    leader, follower = pty.openpty()
    command = [str(BUILD / "cairn"), "check", str(things)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=follower, text=True)
    os.close(follower)
    shown = os.read(leader, 10000).decode()
    os.close(leader)
    assert done.stdout == f"{things}: ok\n"
    assert "\r\033[Kchecked " in shown and shown.endswith("\r\033[K")
    assert run_cairn("check", things).stderr == ""


def test_check_of_a_cut_file(cairn, make_catalog, item):
    path = make_catalog([item(str(i), lon=1, lat=2) for i in range(2000)])
    os.truncate(path, path.stat().st_size // 2)
    done = cairn("check", path, check=False)
    assert done.returncode == 1
    assert done.stdout + done.stderr != ""


# ---- optimize ----


def test_optimize_gives_room_back(cairn, make_catalog, item):
    path = make_catalog([item(str(i), lon=i % 180, lat=0, title="x" * 500) for i in range(3000)])
    cairn("delete", path, "things", "--ids-from", "-", input="".join(f"{i}\n" for i in range(2, 3000)))
    before = path.stat().st_size
    out = cairn("optimize", path).stdout
    after = path.stat().st_size
    assert after < before / 2
    assert out == f"{path}: {before} bytes before, {after} now\n"
    assert alone(path)
    assert len(ids(path)) == 2
    cairn("check", path)


# ---- export ----


@pytest.mark.parametrize("profile", ["default", "source"])
def test_export_and_ingest_is_the_same_again(cairn, tmp_path, profile):
    """With real items of all versions and repairs; those that name no collection are in one called none."""
    exported, flags = tmp_path / "all.ndjson", ["--with-collections", "--profile", profile]
    cairn("ingest", tmp_path / "one.cairn", CORPUS_SAMPLE, "--collection", "none", check=False)
    cairn("export", tmp_path / "one.cairn", *flags, "--output", exported)
    cairn("ingest", tmp_path / "two.cairn", exported, "--collection", "none")
    listed = ids(tmp_path / "one.cairn")
    assert len(listed) > 30
    assert ids(tmp_path / "two.cairn") == listed
    assert cairn("export", tmp_path / "two.cairn", *flags).stdout == exported.read_text()
    default = [cairn("export", tmp_path / name).stdout for name in ["one.cairn", "two.cairn"]]
    assert default[0] == default[1]


def test_export_of_collections(cairn, things):
    lines = [json.loads(line) for line in cairn("export", things, "--collections", "other").stdout.splitlines()]
    assert [line["id"] for line in lines] == ["nowhere", "a"]
    lines = cairn("export", things, "--collections", "other", "--with-collections").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["other", "nowhere", "a"]
    done = cairn("export", things, "--collections", "other,nothing", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no collection 'nothing'" in done.stderr


def test_export_to_a_file_is_whole_or_not_there(cairn, things, tmp_path):
    target = tmp_path / "folder" / "out.ndjson"
    done = cairn("export", things, "--output", target, check=False)
    assert done.returncode == 1 and "No such file or directory" in done.stderr
    target.parent.mkdir()
    target.write_text("old")
    done = cairn("export", things, "--collections", "nothing", "--output", target, check=False)
    assert done.returncode == 1
    assert target.read_text() == "old" and [p.name for p in target.parent.iterdir()] == ["out.ndjson"]
    cairn("export", things, "--output", target)
    assert len(target.read_text().splitlines()) == 5
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~umask
    assert [p.name for p in target.parent.iterdir()] == ["out.ndjson"]
    cairn("export", things, "--output", "/dev/null")
