"""What is kept of each item without opening it: kinds of hrefs, counted anew in Python after each change."""

import json
import sqlite3
from collections import Counter
from urllib.parse import urlsplit

import pytest
from support import make_item
from version1 import make_version_2

KINDS = {"http": 1, "https": 1, "s3": 2, "s3a": 2, "s3n": 2, "gs": 4, "gcs": 4, "abfs": 8, "abfss": 8, "az": 8, "file": 16}
HREFS = [
    "https://example.com/a.tif", "HTTP://example.com/a.tif", "s3://bucket/a.tif", "S3://bucket/a.tif", "gs://bucket/a.tif",
    "abfs://box@account.dfs.core.windows.net/a.tif", "az://box/a.tif", "file:///data/a.tif", "ftp://example.com/a.tif",
    "hpss:/a/b.tif", "s3\\u003a//bucket/a", "urn:a:b",
]  # fmt: skip


def kinds(assets):
    found = 0
    for asset in assets.values():
        found |= KINDS.get(urlsplit(asset["href"]).scheme, 32)
        if "alternate" in asset:
            found |= 64
    return found


def scene(n):
    item = make_item(f"i{n}", collection=f"c{n % 2}", lon=n, lat=n)
    asset = {"href": HREFS[n % len(HREFS)]}
    if n % 3 == 0:
        asset["alternate"] = {"other": {"href": HREFS[n * 7 % len(HREFS)]}}
    item["assets"] = {"a": asset, "b": {"href": HREFS[n * 5 % len(HREFS)]}} if n % 5 else {}
    return item


def counted(path):
    db = sqlite3.connect(path)
    try:
        rows = db.execute("SELECT c.id, traits & 255, sum(t.items) FROM item_traits t JOIN collection c ON c.slot=collection GROUP BY 1, 2")
        return {(id, kind): n for id, kind, n in rows}
    finally:
        db.close()


def expected(items):
    return dict(Counter((item["collection"], kinds(item["assets"])) for item in items))


def ingest(cairn, path, items):
    source = path.with_suffix(".ndjson")
    source.write_text("".join(json.dumps(item).replace("\\\\u", "\\u") + "\n" for item in items))
    cairn("ingest", path, source, "--quiet")


def plain(items):
    return json.loads(json.dumps(items).replace("\\\\u003a", ":"))


@pytest.fixture
def scenes(cairn, tmp_path):
    items = [scene(n) for n in range(60)]
    path = tmp_path / "scenes.cairn"
    ingest(cairn, path, items)
    return path, plain(items)


def test_added_replaced_deleted(cairn, scenes):
    path, items = scenes
    assert counted(path) == expected(items)
    changed = [{**scene(n + 1), "id": items[n]["id"], "collection": items[n]["collection"]} for n in range(0, 60, 7)]
    ingest(cairn, path, changed)
    items = {item["id"]: item for item in [*items, *plain(changed)]}
    assert counted(path) == expected(items.values())
    for n in range(0, 60, 9):
        cairn("delete", path, items[f"i{n}"]["collection"], f"i{n}")
        del items[f"i{n}"]
    assert counted(path) == expected(items.values())
    cairn("check", path)
    cairn("delete", path, "c0", "--yes")
    assert counted(path) == expected([item for item in items.values() if item["collection"] == "c1"])
    cairn("check", path)


def test_version_2_is_brought_up(cairn, scenes):
    path, items = scenes
    make_version_2(path)
    assert cairn("check", path, check=False).returncode == 1
    cairn("optimize", path)
    cairn("check", path)
    assert counted(path) == expected(items)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE item_body SET traits=traits + 1 WHERE key=1",
        "UPDATE item_traits SET items=items + 1 WHERE collection=1",
        "DELETE FROM item_traits WHERE collection=2",
        "INSERT INTO item_traits VALUES(1, 77777, 1)",
        "INSERT INTO item_traits VALUES(99, 1, 1)",
    ],
)
def test_a_fault_is_found_and_mended(cairn, scenes, sql):
    path, items = scenes
    db = sqlite3.connect(path)
    db.executescript(sql)
    db.close()
    done = cairn("check", path, check=False)
    assert done.returncode == 1
    assert "`cairn optimize`" in done.stdout
    cairn("optimize", path)
    cairn("check", path)
    assert counted(path) == expected(items)
