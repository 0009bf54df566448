"""Regressions of speed, by instructions: see instructions.py. And that one would be found."""

import instructions
import pytest
from support import BUILD


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if reason := instructions.why_not(BUILD):
        pytest.skip(reason)
    return tmp_path_factory.mktemp("instructions")


@pytest.fixture(scope="module")
def sources(folder):
    return instructions.make_sources(BUILD, folder)


@pytest.fixture(scope="module")
def server(folder, sources):
    server = instructions.Server(BUILD, instructions.make_catalog(BUILD, folder, sources), folder)
    yield server
    server.stop()


def recorded_here():
    platform, numbers = instructions.platform_of(BUILD), instructions.read_numbers()
    recorded = instructions.numbers_for(platform, numbers)
    if recorded is None:
        pytest.skip(instructions.no_numbers(platform, numbers))
    return recorded


def test_no_regression(folder, sources, server):
    recorded = recorded_here()
    counts = instructions.of_server(server) | instructions.of_ingest(BUILD, folder, sources)
    worse, better = instructions.compare(counts, recorded)
    print("\n".join(f"quicker, so record it: {text}" for text in better.values()))
    assert not worse, "\n".join(["more instructions than were recorded (scripts/instructions --record when it is meant):", *worse.values()])


def test_counts_hold_still_and_a_slower_one_shows(server):
    """The same requests count the same; one more in 16, which is 6 %, is a regression."""
    asked = instructions.requests()["small_bbox"] * 2
    first, again = server.count(asked, "gzip"), server.count(asked, "gzip")
    assert instructions.compare({"x": again}, {"x": first}) == ({}, {})
    slower = server.count([*asked, asked[0]], "gzip", of=16)
    worse, _ = instructions.compare({"x": slower}, {"x": first})
    assert "x" in worse


def test_where_adds_up_to_the_count(server):
    asked = instructions.requests()["small_bbox"]
    count = server.count(asked, "gzip")
    dump = f"{server.out}.{server.dumps}"
    places = instructions.where.add_up(instructions.Path(dump).read_text())
    assert sum(places.values()) / len(asked) == pytest.approx(count, rel=0.03)  # what is under way while valgrind reads it
    assert places["SQLite"] > 0 and places["server/http"] > 0


def test_compare():
    worse, better = instructions.compare({"a": 104, "b": 106, "c": 94, "new": 1}, {"a": 100, "b": 100, "c": 100, "gone": 1})
    assert sorted(worse) == ["b", "gone", "new"]
    assert list(better) == ["c"]


def test_record_keeps_other_platforms(tmp_path):
    path = tmp_path / "numbers.json"
    for counts in ({"x": 1}, {"x": 2}):
        instructions.record({"machine": "a"}, counts, path)
        instructions.record({"machine": "b"}, {"x": 3}, path)
    numbers = instructions.read_numbers(path)
    assert instructions.numbers_for({"machine": "a"}, numbers) == {"x": 2}
    assert instructions.numbers_for({"machine": "b"}, numbers) == {"x": 3}
    assert instructions.numbers_for({"machine": "c"}, numbers) is None
    assert "machine is c" in instructions.no_numbers({"machine": "c"}, numbers)
