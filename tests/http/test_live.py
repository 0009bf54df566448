"""Ingest into the catalog that is served, under load: no request fails, each answer is of one committed state."""

import json
import os

from load import Load
from raw import get
from support import make_item, run_cairn, wait_until

N = 80


def lines(epoch, n=N):
    """Every item of one epoch: replaced in one transaction, moved to another place and time."""
    return "".join(
        json.dumps(
            make_item(f"i{i}", lon=(i + epoch) % 170, lat=epoch % 80, datetime=f"20{epoch % 100:02}-01-01T00:00:00Z", epoch=epoch)
        )
        + "\n"
        for i in range(n)
    )


def epoch_of(document):
    features = document["features"]
    epochs = {feature["epoch"] for feature in features}
    whole = len(features) == N and len({f["id"] for f in features}) == N and document.get("numberMatched", N) == N
    return epochs.pop() if whole and len(epochs) == 1 else "torn"


def test_replacing_everything_again_and_again(start_server, tmp_path):
    path = tmp_path / "live.cairn"
    run_cairn("ingest", path, "-", input=lines(0))
    daemon = start_server(path)
    with Load(daemon.port, "/search?limit=1000", epoch_of) as load, Load(
        daemon.port, "/collections/things/items?limit=1000&bbox=-180,-90,180,90", epoch_of
    ) as boxes:
        for epoch in range(1, 16):
            run_cairn("ingest", path, "-", input=lines(epoch))
            # Committed, so whoever asks now sees it.
            assert epoch_of(json.loads(get(daemon.port, "/search?limit=1000").body)) == epoch
        wait_until(lambda: load.count(15) > 5 and boxes.count(15) > 5)
    assert not load.failures and not boxes.failures, (load.failures + boxes.failures)[:3]
    assert "torn" not in load.seen and "torn" not in boxes.seen
    assert len(load.seen) > 5
    assert daemon.stop()[0] == 0
    assert os.listdir(tmp_path) == ["live.cairn"]  # tidied up by the daemon, as the last one who had it open
    assert run_cairn("search", path, "--format", "count").stdout.strip() == str(N)


def test_adding_while_pages_are_read(start_server, tmp_path):
    """A client that pages while newer items come: none of those that were there is lost or given twice."""
    path = tmp_path / "live.cairn"
    items = [make_item(f"a{i:03}", lon=i % 180, lat=0, datetime=f"2020-01-01T00:00:{i % 60:02}Z") for i in range(300)]
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in items))
    daemon = start_server(path)
    target, got, pages = "/search?limit=20", [], 0
    while target:
        page = json.loads(get(daemon.port, target).body)
        got += [feature["id"] for feature in page["features"]]
        more = [
            make_item(f"b{pages:03}-{k}", lon=k, lat=1, datetime=f"20{10 + 5 * k}-06-01T00:00:{pages:02}Z") for k in range(4)
        ]
        run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in more))
        pages += 1
        target = next((link["href"].split("/", 3)[3] for link in page["links"] if link["rel"] == "next"), None)
        target = target and "/" + target
        assert pages < 100
    assert len(got) == len(set(got))
    assert [id for id in got if id.startswith("a")] == sorted(
        (one["id"] for one in items), key=lambda id: (-int(id[1:]) % 60 if False else [-(int(id[1:]) % 60), id])
    )


def test_a_reader_never_waits_for_the_writer(start_server, tmp_path):
    import time

    path = tmp_path / "live.cairn"
    run_cairn("ingest", path, "-", input=lines(0))
    daemon = start_server(path)
    import subprocess

    from support import BUILD

    writer = subprocess.Popen(
        [str(BUILD / "cairn"), "ingest", str(path), "-", "--batch", "100000", "--progress", "none"],
        stdin=subprocess.PIPE,
        text=True,
        stderr=subprocess.DEVNULL,
    )
    writer.stdin.write("".join(json.dumps(make_item(f"x{i}", lon=0, lat=0, pad="y" * 2000)) + "\n" for i in range(3000)))
    writer.stdin.flush()  # its transaction is open, and stays so
    slowest = 0
    for _ in range(200):
        start = time.monotonic()
        answer = get(daemon.port, "/search?limit=1000")
        slowest = max(slowest, time.monotonic() - start)
        assert answer.status == 200 and epoch_of(json.loads(answer.body)) == 0
    assert slowest < 1
    writer.stdin.close()
    assert writer.wait(60) == 0
    assert json.loads(get(daemon.port, "/search?limit=1").body)["numberMatched"] == N + 3000
