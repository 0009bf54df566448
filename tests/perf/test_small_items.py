"""The native maker of millions of items: the same bytes each time, valid, and as skewed as its head says."""

import json
import subprocess
from collections import Counter

import pytest
from support import BUILD, run_cairn

MAKER = BUILD / "tests" / "perf" / "cairn_make_small_items"


def make(count, *options):
    return subprocess.run([MAKER, "--count", str(count), *map(str, options)], capture_output=True, check=True).stdout


def test_prefix_and_parts():
    whole = make(3000, "--seed", 5)
    assert make(1000, "--seed", 5) == b"".join(whole.splitlines(keepends=True)[:1000])
    assert make(3000, "--seed", 5, "--from", 1001, "--every", 100) == b"".join(whole.splitlines(keepends=True)[1100::100])
    assert make(3000, "--seed", 6) != whole


def test_revisions_change_the_items_alone():
    first, second = ([json.loads(line) for line in make(500, "--revision", r).splitlines()] for r in (0, 1))
    assert first != second
    for item in first + second:
        del item["properties"]["eo:cloud_cover"]
    assert first == second


@pytest.mark.parametrize("collections", [50, 5000])
def test_skew_and_size(collections):
    text = make(20000, "--collections", collections)
    items = [json.loads(line) for line in text.splitlines()]
    assert 400 <= len(text) / len(items) <= 700
    assert len({(i["collection"], i["id"]) for i in items}) == len(items)
    largest = Counter(i["collection"] for i in items).most_common(2)
    assert largest[0][1] > 2 * largest[1][1] > 2000
    widths = [i["bbox"][2] - i["bbox"][0] for i in items]
    assert 5 <= sum(w == 360 for w in widths) <= 50  # 0.1 % are global
    assert 100 <= sum(w < 0 for w in widths)  # over the antimeridian
    assert all(i["geometry"]["type"] == ("MultiPolygon" if w < 0 else "Polygon") for i, w in zip(items, widths))
    assert not [i for i, w in zip(items, widths) if i["bbox"][3] > 75 and w != 360]


def test_ingest_has_nothing_to_repair(tmp_path):
    source = tmp_path / "small.ndjson"
    source.write_bytes(make(3000))
    done = run_cairn("ingest", tmp_path / "small.cairn", source)
    assert "warning" not in done.stderr
    assert run_cairn("check", tmp_path / "small.cairn").returncode == 0


@pytest.mark.parametrize("options", [["--count"], ["--count", "x"], ["--every", "0"], ["--kind", "odd"], ["--nothing", "1"]])
def test_wrong_usage(options):
    assert subprocess.run([MAKER, *options], capture_output=True).returncode == 2
