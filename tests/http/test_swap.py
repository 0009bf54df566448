"""A catalog that is replaced by rename while it is served: no request fails, each answer is of one catalog."""

import contextlib
import json
import os
import signal
import subprocess
import time

import pytest
from load import Load
from raw import get
from support import BUILD, make_item, run_cairn, wait_until

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


def test_a_symbolic_link_is_pointed_elsewhere(start_server, tmp_path):
    """The usual way to publish: current.cairn -> v1.cairn becomes current.cairn -> v2.cairn by one rename."""
    build(tmp_path / "v1.cairn", "old")
    build(tmp_path / "v2.cairn", "new", N - 10)
    current, following = tmp_path / "current.cairn", tmp_path / "following"
    current.symlink_to("v1.cairn")
    following.symlink_to("v2.cairn")
    daemon = start_server(current)
    with Load(daemon.port, "/search?limit=100", era_of) as load:
        wait_until(lambda: load.count("old") > 50)
        os.rename(following, current)
        wait_until(lambda: load.count("new") > 50 and load.order[-1] == "new")
    assert not load.failures, load.failures[:3]
    assert set(load.seen) == {"old", "new"}


def test_ingest_rename_ingest(start_server, tmp_path):
    """After a rename over a catalog that was written while it was served, the new one is written as well: its left-overs
    make the daemon read the new one without locks, until the writer begins."""
    served = build(tmp_path / "served.cairn", "old")
    masters = tmp_path / "master.cairn"
    masters.write_bytes(served.read_bytes())
    daemon = start_server(served)
    with Load(daemon.port, "/search?limit=1", lambda page: len(page["features"]) == 1) as load:
        for round in range(3):
            for step in range(2):
                items = [make_item(f"r{round}s{step}-{i}", collection="more", lon=i % 90, lat=1) for i in range(400)]
                run_cairn("ingest", served, "-", "--batch", "50", input="".join(json.dumps(one) + "\n" for one in items))
                assert json.loads(get(daemon.port, "/healthz").body)["items"] == N + 400 * (step + 1)
            (tmp_path / "next").write_bytes(masters.read_bytes())
            os.rename(tmp_path / "next", served)
            wait_until(lambda: json.loads(get(daemon.port, "/healthz").body)["items"] == N)
    assert not load.failures, load.failures[:3]
    assert set(load.seen) == {True}
    assert "is not taken" not in daemon.errors()


def leave_a_wal(path, text):
    """Ingests in small batches and kills the writer when some are committed."""
    writer = subprocess.Popen(
        [str(BUILD / "cairn"), "ingest", str(path), "-", "--batch", "10", "--progress", "json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    writer.stdin.write(text)
    writer.stdin.flush()  # left open, so that it waits for more
    committed = 0
    while committed < 50:
        committed = json.loads(writer.stdout.readline())["read"]
    writer.kill()
    writer.wait()


def test_swap_while_the_old_catalog_has_an_unfinished_wal(start_server, tmp_path):
    served = build(tmp_path / "served.cairn", "old")
    wal, shm = tmp_path / "served.cairn-wal", tmp_path / "served.cairn-shm"
    daemon = start_server(served)
    with Load(daemon.port, "/search?limit=1000", which) as load:
        wait_until(lambda: load.count("old") > 50)
        more = [make_item(f"more-{i}", lon=i % 180, lat=0, era="more") for i in range(400)]
        leave_a_wal(served, "".join(json.dumps(one) + "\n" for one in more))
        assert wal.stat().st_size > 0
        wait_until(lambda: load.count("old and more") > 50)
        os.rename(build(tmp_path / "new.cairn", "new", N - 10), served)
        wait_until(lambda: "the new catalog is not taken" in daemon.errors())
        before = load.total()
        wait_until(lambda: load.total() > before + 500)
        time.sleep(1)
        assert load.order[-1] == "old and more" and load.count("new") == 0
        refusals = [line for line in daemon.errors().splitlines() if "the new catalog is not taken" in line]
        assert len(refusals) == 1, refusals  # once a reason, however often it tries
        assert f"remove {wal} and {shm}" in refusals[0]
        # The way out that it says.
        wal.unlink()
        shm.unlink()
        wait_until(lambda: load.count("new") > 50)
        assert load.order[-1] == "new"
    assert not load.failures, load.failures[:3]
    assert set(load.seen) == {"old", "old and more", "new"}, load.seen
    # The end of the old catalog has left nothing that would spoil the new one.
    assert daemon.stop()[0] == 0
    assert not wal.exists() and not shm.exists()
    run_cairn("check", served)
    assert run_cairn("search", served, "--format", "count").stdout.strip() == str(N - 10)


def which(document):
    """Old, with some committed batches of ten more, or new."""
    eras = [feature["era"] for feature in document["features"]]
    count = {era: eras.count(era) for era in set(eras)}
    if count == {"old": N}:
        return "old"
    if count == {"new": N - 10}:
        return "new"
    if set(count) == {"old", "more"} and count["old"] == N and count["more"] % 10 == 0:
        return "old and more"
    return f"mixed: {count}"


@pytest.mark.parametrize("flags", [[], ["--immutable"]], ids=["", "immutable"])
@pytest.mark.parametrize(
    "content, reason",
    [(b"", "is not a Cairn catalog"), (b"nonsense" * 1000, "is not a Cairn catalog"), (None, "WAL mode")],
    ids=["empty", "nonsense", "unfinished"],
)
def test_what_may_not_be_swapped_in(start_server, tmp_path, content, reason, flags):
    served = build(tmp_path / "served.cairn", "old")
    good = build(tmp_path / "new.cairn", "new", N - 10).read_bytes()
    if content is None:
        content = bytearray(good)
        content[18:20] = b"\2\2"  # SQLite's mark of WAL mode
    daemon = start_server(served, *flags)
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


@pytest.mark.parametrize("content", [b"nonsense" * 1000, None], ids=["nonsense", "gone"])
def test_the_slow_lane_of_a_catalog_whose_file_is_gone(start_server, tmp_path, content):
    """Its sessions are opened when they are wanted, which is too late now: it gets one of the others'."""
    served = build(tmp_path / "served.cairn", "old")
    daemon = start_server(served)
    assert era_of(json.loads(get(daemon.port, "/search?limit=100").body)) == "old"
    if content:
        (tmp_path / "next").write_bytes(content)
        os.rename(tmp_path / "next", served)
    else:
        served.unlink()
    body = json.dumps({"limit": 100}).encode().ljust(100 << 10)  # so long a body goes there at once
    for _ in range(5):
        answer = get(daemon.port, "/search", "POST", [("Content-Type", "application/json")], body)
        assert answer.status == 200 and era_of(json.loads(answer.body)) == "old", answer


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
    names = []
    for fd in os.listdir(f"/proc/{daemon.process.pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # the last connection is being closed
            names.append(os.readlink(f"/proc/{daemon.process.pid}/fd/{fd}"))
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
