"""Catalogs whose rows hold what no writer of ours puts there: every command ends, with a message."""

import json

import pytest
from support import make_item
from things import damage


@pytest.fixture
def crafted(make_catalog):
    def make(sql):
        items = [make_item(f"i{n}", lon=n, lat=n) for n in range(50)]
        for n, item in enumerate(items):
            item["properties"]["gsd"] = n % 10
        path = make_catalog(items)
        damage(path, sql)
        return path

    return make


@pytest.mark.parametrize("value", ["9223372036854775807", "x''", "x'0001'"])
@pytest.mark.parametrize("sort", ["gsd", "-gsd"])
def test_a_strange_value_does_not_keep_a_walk_going(cairn, crafted, value, sort):
    of_gsd = "property=(SELECT slot * 2 FROM promoted WHERE name='gsd')"
    path = crafted(f"UPDATE item_value SET value={value} WHERE {of_gsd} AND value=5.0")
    done = cairn("search", path, "--limit", "3", f"--sortby={sort}", check=False)
    assert done.returncode == 0 or "`cairn check` tells more" in done.stderr
    assert "index" in {f["where"] for f in findings(cairn, path)}


def findings(cairn, path):
    done = cairn("check", path, "--format", "json", check=False)
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)["findings"]


APART = "the parts of an item do not fit together"
HUGE = "9223372036854775807"


@pytest.mark.parametrize(
    "sql, where, message",
    [
        ("UPDATE item_properties SET body_at=1000000 WHERE key=1", "body", APART),
        ("UPDATE item_properties SET body_at=-7 WHERE key=1", "body", APART),
        ("UPDATE item_body SET length=-1 WHERE key=1", "body", "a block of"),
        (f"UPDATE item_properties SET length={HUGE} WHERE key=1", "properties", None),  # not read by `get`
    ],
)
def test_impossible_lengths_are_found(cairn, crafted, sql, where, message):
    path = crafted(sql)
    assert where in {f["where"] for f in findings(cairn, path)}
    done = cairn("get", path, "things", "i0", check=False)
    assert done.returncode == (1 if message else 0)
    assert (message or "") in done.stderr
