"""cairn optimize --load-ready: a catalog of an earlier version, whose items are their source's words, becomes what ingesting them now makes."""

import json
import sqlite3
import zlib

import pytest
from support import alone, make_item, sample_sources
from version1 import make_version_1, make_version_2, make_version_3


def forget_load_ready(path, source):
    """Bodies as they were kept before: the source's own words, in the open form."""
    db = sqlite3.connect(path)
    for item in map(json.loads, source.splitlines()):
        [key] = db.execute("SELECT key FROM item WHERE collection=? AND id=?", (item["collection"], item["id"])).fetchone()
        links = "".join(json.dumps(link, separators=(",", ":")) + "," for link in item.pop("links"))
        text = json.dumps(item, separators=(",", ":"), ensure_ascii=False)[:-1] + ',"links":[' + links
        properties = json.dumps(item["properties"], separators=(",", ":"), ensure_ascii=False)
        for table, column, data in (("item_body", "body", text), ("item_properties", "properties", properties)):
            data = data.encode()
            db.execute(f"UPDATE {table} SET encoding=0, crc=?, length=?, {column}=? WHERE key=?", (zlib.crc32(data), len(data), data, key))
        db.execute("UPDATE item_body SET source=NULL WHERE key=?", (key,))
        db.execute("UPDATE item_properties SET body_at=NULL WHERE key=?", (key,))
    db.commit()
    db.close()


@pytest.fixture(scope="module")
def now(cairn, tmp_path_factory):
    folder = tmp_path_factory.mktemp("renew")
    item = make_item("utm", collection="odd", lon=9, lat=1)
    item["stac_extensions"] = ["https://stac-extensions.github.io/projection/v2.0.0/schema.json"]
    item["properties"].update({"proj:code": "EPSG:32632", "proj:shape": [10, 10], "proj:transform": [10, 0, 500000, 0, -10, 100100]})
    item["assets"] = {"data": {"href": "s3://bucket/a.tif"}}
    (folder / "odd.ndjson").write_text(json.dumps(item) + "\n")
    cairn("ingest", folder / "now.cairn", *sample_sources(), folder / "odd.ndjson", "--quiet")
    return folder / "now.cairn"


def as_of(cairn, now, path, make):
    path.write_bytes(now.read_bytes())
    source = [line for line in cairn("export", path, "--profile", "source").stdout.splitlines() if json.loads(line).get("collection")]
    current = [line for line in source if "stac_version" in (item := json.loads(line)) and item["stac_version"] >= "1.0.0"]
    forget_load_ready(path, "\n".join(current))
    make(path)
    return path


@pytest.mark.parametrize("make", [make_version_1, make_version_2, make_version_3])
def test_an_earlier_catalog_becomes_load_ready(cairn, now, tmp_path, make):
    old = as_of(cairn, now, tmp_path / "old.cairn", make)
    done = cairn("optimize", old, "--load-ready")
    assert "items read anew" in done.stdout
    cairn("check", old)
    for profile in ("load-ready", "source"):
        found, wanted = ({json.loads(line)["id"]: json.loads(line) for line in cairn("export", path, "--profile", profile).stdout.splitlines()} for path in (old, now))
        assert found == wanted
    again = cairn("optimize", old, "--load-ready")
    assert ", 0 changed" in again.stdout
    assert alone(old)


def test_what_is_of_now_stays(cairn, now, tmp_path):
    path = tmp_path / "c.cairn"
    path.write_bytes(now.read_bytes())
    text = cairn("export", path).stdout
    done = cairn("optimize", path, "--load-ready")
    assert ", 0 changed" in done.stdout
    assert done.stderr == ""
    assert cairn("export", path).stdout == text
