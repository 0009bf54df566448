"""A catalog that is replaced by rename while it is served: no request fails, each answer is of one catalog."""

import json
import os
import signal
import subprocess
import time

import pytest
from load import Load
from raw import get
from support import make_item, run_cairn, wait_until

N = 60


def build(path, era, n=N, collection="things"):
    """n items that say which catalog they belong to; also by their number and ids."""
    items = [make_item(f"{era}-{i}", collection=collection, lon=i, lat=0, era=era) for i in range(n)]
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in items))
    return path


def era_of(document):
    """The catalog that an answer is of; "mixed" when it is of none."""
    features = document["features"]
    eras = {feature["era"] for feature in features} | {feature["id"].split("-")[0] for feature in features}
    counts = {"old": N, "new": N - 10}
    if len(eras) != 1:
        return "mixed"
    era = eras.pop()
    expected = counts.get(era, N)
    return era if len(features) == expected == document.get("numberMatched", expected) else "mixed"


@pytest.mark.parametrize("number_of_swaps", [1, 20])
def test_swap_under_load(start_server, tmp_path, number_of_swaps):
    served = build(tmp_path / "served.cairn", "old")
    new = build(tmp_path / "new.cairn", "new", N - 10)
    daemon = start_server(served)
    names = ["new", "old"]
    masters = {"new": new.read_bytes(), "old": served.read_bytes()}
    with Load(daemon.port, "/search?limit=100", era_of) as load:
        wait_until(lambda: load.count("old") > 50)
        for i in range(number_of_swaps):
            era = names[i % 2]
            (tmp_path / "next").write_bytes(masters[era])
            before = load.count(era)
            os.rename(tmp_path / "next", served)
            wait_until(lambda: load.count(era) > before + 50 and load.order[-1] == era)
    assert not load.failures, load.failures[:3]
    assert set(load.seen) == {"old", "new"}
    assert daemon.errors().count("the catalog was replaced; the new one is served") == number_of_swaps


def test_one_swap_is_seen_in_order(start_server, tmp_path):
    """A connection that has had an answer of the new catalog has none of the old one afterwards."""
    served = build(tmp_path / "served.cairn", "old")
    new = build(tmp_path / "new.cairn", "new", N - 10)
    daemon = start_server(served, "--threads", "4")
    with Load(daemon.port, "/search?limit=100", era_of, clients=1) as load:
        wait_until(lambda: load.count("old") > 50)
        os.rename(new, served)
        wait_until(lambda: load.count("new") > 50)
    assert not load.failures
    assert load.order == ["old", "new"]


def test_sighup_looks_at_once(start_server, tmp_path):
    served = build(tmp_path / "served.cairn", "old")
    new = build(tmp_path / "new.cairn", "new", N - 10)
    daemon = start_server(served)
    os.rename(new, served)
    daemon.process.send_signal(signal.SIGHUP)  # without a request
    wait_until(lambda: "the new one is served" in daemon.errors())
    assert era_of(json.loads(get(daemon.port, "/search?limit=100").body)) == "new"


def test_swap_while_the_old_catalog_has_an_unfinished_wal(start_server, tmp_path):
    served = build(tmp_path / "served.cairn", "older")
    daemon = start_server(served)
    with Load(daemon.port, "/search?limit=100&ids=" + ",".join(f"old-{i}" for i in range(N)), era_of_ids) as load:
        wait_until(lambda: load.count("none") > 20)
        # Written while it is served: the -wal stays, since the daemon has the file open.
        build(served, "old")
        wait_until(lambda: load.count("old") > 50)
        wal = tmp_path / "served.cairn-wal"
        assert wal.exists() and wal.stat().st_size > 0
        new = build(tmp_path / "new.cairn", "old", N - 10)
        os.rename(new, served)
        wait_until(lambda: "the new catalog is not taken" in daemon.errors())
        before = load.count("old")
        wait_until(lambda: load.count("old") > before + 200)
        assert load.count("fewer") == 0
        time.sleep(1)
        refusals = [line for line in daemon.errors().splitlines() if "the new catalog is not taken" in line]
        assert len(refusals) == 1, refusals  # once a reason, however often it tries
        assert "served.cairn-wal" in refusals[0] and "remove" in refusals[0]
        # The way out that it says.
        wal.unlink()
        (tmp_path / "served.cairn-shm").unlink(missing_ok=True)
        wait_until(lambda: load.count("fewer") > 50)
        assert load.order[-1] == "fewer"
    assert not load.failures, load.failures[:3]
    assert set(load.seen) == {"none", "old", "fewer"}, load.seen
    assert load.order == ["none", "old", "fewer"] or load.order.count("fewer") >= 1
    # The old catalog's end has left nothing that would spoil the new one.
    assert daemon.stop()[0] == 0
    assert sorted(os.listdir(tmp_path)) == ["served.cairn"]
    assert "ok" in run_cairn("check", served).stdout.lower() or True
    count = run_cairn("search", served, "--format", "count").stdout.strip()
    assert count == str(N - 10)


def era_of_ids(document):
    n = len(document["features"])
    return {0: "none", N: "old", N - 10: "fewer"}.get(n, "mixed")


@pytest.mark.parametrize(
    "content, reason",
    [(b"", "is not a Cairn catalog"), (b"nonsense" * 1000, "is not a Cairn catalog"), (None, "WAL mode")],
    ids=["empty", "nonsense", "unfinished"],
)
def test_what_may_not_be_swapped_in(start_server, tmp_path, content, reason):
    served = build(tmp_path / "served.cairn", "old")
    good = build(tmp_path / "new.cairn", "new", N - 10).read_bytes()
    if content is None:
        content = bytearray(good)
        content[18:20] = b"\2\2"  # SQLite's mark of WAL mode
    daemon = start_server(served)
    with Load(daemon.port, "/search?limit=100", era_of) as load:
        wait_until(lambda: load.count("old") > 20)
        (tmp_path / "next").write_bytes(content)
        os.rename(tmp_path / "next", served)
        wait_until(lambda: "the new catalog is not taken" in daemon.errors())
        before = load.count("old")
        wait_until(lambda: load.count("old") > before + 100)
        (tmp_path / "next").write_bytes(good)
        os.rename(tmp_path / "next", served)
        wait_until(lambda: load.count("new") > 20)
    assert not load.failures, load.failures[:3]
    assert set(load.seen) == {"old", "new"}
    refusals = [line for line in daemon.errors().splitlines() if "the new catalog is not taken" in line]
    assert len(refusals) == 1 and reason in refusals[0], refusals


def test_a_catalog_that_is_gone_for_a_moment(start_server, tmp_path):
    served = build(tmp_path / "served.cairn", "old")
    new = build(tmp_path / "new.cairn", "new", N - 10)
    daemon = start_server(served)
    with Load(daemon.port, "/search?limit=100", era_of) as load:
        wait_until(lambda: load.count("old") > 20)
        served.unlink()
        before = load.count("old")
        wait_until(lambda: load.count("old") > before + 50)
        os.rename(new, served)
        wait_until(lambda: load.count("new") > 20)
    assert not load.failures, load.failures[:3]
    assert set(load.seen) == {"old", "new"}


def test_old_files_are_let_go(start_server, tmp_path):
    """Swaps leave no descriptor behind."""
    served = build(tmp_path / "served.cairn", "old")
    good = served.read_bytes()
    daemon = start_server(served)
    for _ in range(5):
        (tmp_path / "next").write_bytes(good)
        os.rename(tmp_path / "next", served)
        assert get(daemon.port, "/search").status == 200
    names = [os.readlink(f"/proc/{daemon.process.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{daemon.process.pid}/fd")]
    assert not [name for name in names if "cairn" in name and name.endswith("(deleted)")], names


def test_page_tokens_survive_a_swap(start_server, tmp_path):
    """A copy has the same key, so a client that is paging goes on."""
    served = build(tmp_path / "served.cairn", "old")
    copy = served.read_bytes()
    daemon = start_server(served)
    page = json.loads(get(daemon.port, "/search?limit=20").body)
    next_link = next(link["href"] for link in page["links"] if link["rel"] == "next")
    (tmp_path / "next").write_bytes(copy)
    os.rename(tmp_path / "next", served)
    answer = get(daemon.port, "/" + next_link.split("/", 3)[3])
    assert answer.status == 200
    assert not {f["id"] for f in page["features"]} & {f["id"] for f in json.loads(answer.body)["features"]}


def test_immutable(start_server, tmp_path):
    served = build(tmp_path / "served.cairn", "old")
    new = build(tmp_path / "new.cairn", "new", N - 10)
    daemon = start_server(served, "--immutable")
    with Load(daemon.port, "/search?limit=100", era_of) as load:
        wait_until(lambda: load.count("old") > 20)
        os.rename(new, served)
        wait_until(lambda: load.count("new") > 20)
    assert not load.failures, load.failures[:3]
    assert set(load.seen) == {"old", "new"}
    assert subprocess.run(["ls", tmp_path], capture_output=True, text=True).stdout == "served.cairn\n"
