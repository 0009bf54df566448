"""Every pair of names in docs/fields.md: an item that has a field under one of them is found by a filter with the other.

The program under test is cairn_cql2_tool of the build directory named by CAIRN_BUILD (build/dev by default).
"""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CAIRN_BUILD", ROOT / "build" / "dev"))
TOOL = BUILD / "tests" / "tools" / "cairn_cql2_tool"

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason=f"{TOOL} is not built")

VALUES = {
    "number": 1.5,
    "integer": 7,
    "string": "x",
    "boolean": True,
    "time": "2020-01-01T00:00:00Z",
    "array": ["x"],
    "object": {"x": 1},
    "any": "x",
}
CODES = {"proj:code": "EPSG:32633", "proj:epsg": 32633, "eo:epsg": 32633}


def pairs():
    """(a name, another one of the same field, its type), either way round."""
    found = []
    for line in (ROOT / "docs" / "fields.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("| `"):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for older in [name.strip(" `") for name in cells[6].split(",") if name.strip()]:
            found += [(cells[0].strip("`"), older, cells[1]), (older, cells[0].strip("`"), cells[1])]
    return found


def holder(name, value):
    """An object with the field: as a member, or in a band."""
    bands, dot, member = name.partition(".")
    return {bands: [{member: value}]} if dot else {name: value}


def condition(name, value, gathered):
    """What is true of an item with that value; `gathered`: the path leads to an array of all that it finds."""
    reference = {"property": name}
    if isinstance(value, list) and not gathered:
        return {"op": "a_equals", "args": [reference, value]}
    if gathered and not isinstance(value, dict):
        return {"op": "a_contains", "args": [reference, value if isinstance(value, list) else [value]]}
    if isinstance(value, dict):
        return {"op": "not", "args": [{"op": "isNull", "args": [reference]}]}
    return {"op": "=", "args": [reference, value]}


def matches(filters, items, tmp_path):
    """For each filter, the ids of the items that it matches."""
    path = tmp_path / "items.ndjson"
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    text = "".join(json.dumps({"json": node}) + "\n" for node in filters)
    done = subprocess.run([TOOL, "--items", path], input=text.encode(), capture_output=True, check=True)
    return [json.loads(line)["ids"] for line in done.stdout.splitlines()]


def item(id, properties, assets):
    return {"type": "Feature", "id": id, "geometry": None, "properties": {"datetime": None, **properties}, "assets": assets}


def test_either_name_finds_the_other(tmp_path):
    names = pairs()
    assert len(names) > 80
    items, filters, wanted = [], [], []
    for i, (stored, asked, type) in enumerate(names):
        value, sought = CODES.get(stored, VALUES[type]), CODES.get(asked, VALUES[type])
        in_band = "." in stored
        items.append(item(f"p{i}", holder(stored, value), {}))
        items.append(item(f"a{i}", {}, {"data": holder(stored, value)}))
        filters.append(condition(asked, sought, in_band))
        wanted.append(f"p{i}")
        filters.append(condition(f"assets.*.{asked}", sought, True))
        wanted.append(f"a{i}")
    for node, expected, found in zip(filters, wanted, matches(filters, items, tmp_path), strict=True):
        assert expected in found, f"{node} does not match {expected}"


def test_a_name_of_its_own_comes_first(tmp_path):
    scalars = [(stored, asked) for stored, asked, type in pairs() if type == "number" and "." not in stored]
    assert len(scalars) > 20
    items = [item(f"{i}", {stored: 1.5, asked: 2.5}, {}) for i, (stored, asked) in enumerate(scalars)]
    filters = [{"op": "=", "args": [{"property": asked}, 2.5]} for _, asked in scalars]
    for i, found in enumerate(matches(filters, items, tmp_path)):
        assert f"{i}" in found, scalars[i]


def test_what_is_below_a_field_keeps_its_names(tmp_path):
    items = [item("a", {"eo:platform": {"x": 1}, "eo:bands": [{"common_name": "red", "x": {"y": 1}}]}, {})]
    filters = [
        {"op": "=", "args": [{"property": "platform.x"}, 1]},
        {"op": "a_contains", "args": [{"property": "bands.common_name"}, ["red"]]},
        {"op": "a_contains", "args": [{"property": "bands.x.y"}, [1]]},
        {"op": "a_contains", "args": [{"property": "bands.eo:common_name"}, ["red"]]},
    ]
    assert matches(filters, items, tmp_path) == [[], [], [], ["a"]]
