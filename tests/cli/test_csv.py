"""cairn search --format csv: the rows of the items that the other formats print, in their order."""

import csv
import io
import json

from support import run_cairn


def rows(path, *args):
    return list(csv.reader(io.StringIO(run_cairn("search", path, "--format", "csv", *args).stdout, newline="")))


def test_rows_are_those_of_the_items(catalog):
    items = [json.loads(line) for line in run_cairn("search", catalog, "--format", "ndjson").stdout.splitlines()]
    header, *found = rows(catalog)
    assert header == ["id", "collection", "datetime", "start_datetime", "end_datetime", "west", "south", "east", "north"]
    assert [row[:2] for row in found] == [[item["id"], item["collection"]] for item in items]
    for item, row in zip(items, found, strict=True):
        box = item.get("bbox")
        assert [float(cell) for cell in row[5:] if cell] == (box if len(box or []) != 6 else box[:2] + box[3:5])


def test_columns_are_the_fields(things):
    assert rows(things, "--fields", "datetime,id,-links", "--limit", "1") == [
        ["datetime", "id"], ["2023-01-01T00:00:00Z", "nowhere"],
    ]  # fmt: skip
    assert rows(things, "--ids", "nothing", "--fields", "id") == [["id"]]
    assert len(rows(things, "--sortby", "id")) == 6


def test_more_than_a_page(make_catalog, item):
    path = make_catalog(item(f"i{n:05}") for n in range(3000))
    assert [row[0] for row in rows(path, "--fields", "id")] == ["id"] + [f"i{n:05}" for n in range(3000)]
