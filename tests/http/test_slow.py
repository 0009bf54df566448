"""Slow requests beside fast ones: the slow lane, its limits, and its end."""

import http.client
import json
import signal
import socket
import threading
import time
from urllib.parse import quote

import pytest
from raw import Connection, get
from support import PATIENCE, Server, make_item, run_cairn, wait_until

ITEMS = 30_000
# True of no item, and known only when each was read.
NOTHING = "/search?limit=10&filter=" + quote("\"title\" LIKE '%no such words%'")
# True of each item, and each is looked at to be sorted.
SORTED = "/search?limit=5000&sortby=" + quote("+properties.title")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Read it only."""
    path = tmp_path_factory.mktemp("slow") / "slow.cairn"
    words = "a title which is long enough to be searched for some time " * 6

    def lines():
        for i in range(ITEMS):
            item = make_item(f"i{i:06}", lon=i % 360 - 180, lat=0)
            item["properties"]["title"] = f"{i * 7919 % ITEMS:06} {words}"
            yield json.dumps(item) + "\n"

    run_cairn("ingest", path, "-", input="".join(lines()))
    return path


class Asker(threading.Thread):
    """Asks the same again and again on a connection of its own, and keeps how long it took."""

    def __init__(self, port, target, times=None):
        super().__init__(daemon=True)
        self.port, self.target, self.times = port, target, times
        self.took, self.statuses, self.texts = [], [], []
        self.ending = threading.Event()
        self.start()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2 * PATIENCE)
        while not self.ending.is_set() and (self.times is None or len(self.took) < self.times):
            began = time.monotonic()
            connection.request("GET", self.target)
            answer = connection.getresponse()
            self.texts.append(answer.read())
            self.took.append(time.monotonic() - began)
            self.statuses.append(answer.status)
        connection.close()

    def end(self):
        self.ending.set()
        self.join(2 * PATIENCE)
        assert not self.is_alive()


def seconds_of(port, target):
    began = time.monotonic()
    answer = get(port, target)
    return time.monotonic() - began, answer


def test_fast_requests_do_not_wait_for_slow_ones(large):
    daemon = Server(large, "--threads", "1")
    alone, answer = seconds_of(daemon.port, NOTHING)
    assert answer.status == 200 and json.loads(answer.body)["features"] == []
    slow = [Asker(daemon.port, NOTHING) for _ in range(2)]
    fast = [Asker(daemon.port, f"/collections/things/items/i{i:06}") for i in range(4)]
    wait_until(lambda: all(len(one.took) >= 2 for one in slow), seconds=4 * PATIENCE)
    for one in fast + slow:
        one.end()
    took = sorted(t for one in fast for t in one.took)
    assert {s for one in fast + slow for s in one.statuses} == {200}
    assert alone > 0.05, "the slow one is not slow enough to prove anything"
    assert len(took) > 200
    # One thread serves all six connections: without the slow lane each request would take as long as the slow ones.
    assert took[len(took) * 99 // 100] < max(0.1, alone / 4), (alone, took[-10:])
    assert daemon.stop()[0] == 0


def test_answers_are_the_same_as_those_that_come_at_once(large):
    daemon = Server(large)
    page = json.loads(get(daemon.port, SORTED).body)
    assert [f["properties"]["title"][:6] for f in page["features"]] == [f"{i:06}" for i in range(5000)]
    tags = {get(daemon.port, SORTED).headers["etag"] for _ in range(2)}
    assert len(tags) == 1
    assert get(daemon.port, SORTED, headers=[("If-None-Match", tags.pop())]).status == 304
    body = json.dumps({"filter-lang": "cql2-json", "limit": 1, "sortby": [{"field": "properties.title", "direction": "desc"}]})
    one = get(daemon.port, "/search", "POST", [("Content-Type", "application/json")], body.encode())
    assert json.loads(one.body)["features"][0]["properties"]["title"].startswith(f"{ITEMS - 1:06}")
    daemon.stop()


def test_head_of_a_slow_answer(large):
    daemon = Server(large)
    whole = get(daemon.port, NOTHING)
    with Connection(daemon.port) as connection:
        for _ in range(2):  # the connection stays
            connection.send(f"HEAD {NOTHING} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            head = connection.answer(head_only=True)
            assert head.status == 200
            assert head.headers["etag"] == whole.headers["etag"]
            assert head.headers["content-length"] == str(len(whole.body))
    daemon.stop()


def test_requests_in_a_row_on_one_connection_are_answered_in_order(large):
    daemon = Server(large)
    targets = [NOTHING, "/healthz", NOTHING, "/conformance"]
    with Connection(daemon.port, timeout=2 * PATIENCE) as connection:
        connection.send("".join(f"GET {t} HTTP/1.1\r\nHost: a\r\n\r\n" for t in targets).encode())
        answers = [connection.answer() for _ in targets]
    assert [a.status for a in answers] == [200] * 4
    assert "features" in json.loads(answers[2].body) and "conformsTo" in json.loads(answers[3].body)
    daemon.stop()


def test_what_takes_too_long_is_cut_by_its_deadline(large):
    daemon = Server(large, "--query-timeout", "60ms")
    answer = get(daemon.port, NOTHING)
    assert answer.status == 503
    assert "longer than this server allows" in json.loads(answer.body)["description"]
    daemon.stop()


def test_more_slow_requests_than_there_is_room_for(large):
    daemon = Server(large, "--threads", "1")  # two slow ones at a time, and 32 wait
    askers = [Asker(daemon.port, NOTHING, times=1) for _ in range(60)]
    for one in askers:
        one.join(4 * PATIENCE)
    statuses = [one.statuses[0] for one in askers]
    refused = [one for one in askers if one.statuses[0] == 503]
    assert set(statuses) <= {200, 503} and statuses.count(200) >= 10
    assert refused, "all were taken: too few, or too quick"
    assert b"too many requests that take long" in refused[0].texts[0]
    assert get(daemon.port, "/healthz").status == 200
    assert daemon.stop()[0] == 0


def test_clients_that_go_away_while_they_wait(large):
    daemon = Server(large, "--threads", "1")
    for _ in range(30):
        connection = Connection(daemon.port)
        connection.send(f"GET {NOTHING} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        time.sleep(0.03)
        connection.close()  # by a reset
    with Connection(daemon.port, timeout=4 * PATIENCE) as connection:
        connection.send(f"GET {NOTHING} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert connection.answer().status == 200
    assert get(daemon.port, "/healthz").status == 200
    code, _, errors = daemon.stop()
    assert code == 0 and "not finished" not in errors


def test_slow_requests_are_answered_while_the_server_ends(large):
    daemon = Server(large, "--threads", "1")
    askers = [Asker(daemon.port, NOTHING, times=1) for _ in range(6)]
    time.sleep(0.3)
    daemon.process.send_signal(signal.SIGTERM)
    for one in askers:
        one.join(4 * PATIENCE)
    assert [one.statuses for one in askers] == [[200]] * 6
    assert daemon.stop()[0] == 0


def test_the_end_is_bounded_with_slow_requests(large):
    daemon = Server(large, "--threads", "1", "--drain-timeout", "100ms", "--query-timeout", "1s")
    askers = [Asker(daemon.port, NOTHING, times=1) for _ in range(30)]
    time.sleep(0.2)
    began = time.monotonic()
    code, _, errors = daemon.stop()
    assert code == 0
    assert time.monotonic() - began < 0.5 * PATIENCE
    assert "not finished in time" in errors or all(one.statuses == [200] for one in askers)


def test_streams_are_made_beside_fast_requests(large):
    daemon = Server(large, "--threads", "1")
    streams = [Asker(daemon.port, "/search?f=ndjson&sortby=" + quote("-properties.title"), times=1) for _ in range(2)]
    fast = Asker(daemon.port, "/collections/things/items/i000001")
    for one in streams:
        one.join(8 * PATIENCE)
    fast.end()
    took = sorted(fast.took)
    assert took[len(took) * 99 // 100] < 0.25, took[-10:]
    for one in streams:
        titles = [json.loads(line)["properties"]["title"][:6] for line in one.texts[0].splitlines()]
        assert titles == [f"{i:06}" for i in reversed(range(ITEMS))]
    daemon.stop()


def test_no_connection_is_forgotten(large):
    """Many connections of one thread, each slow now and then: all are answered, however they are suspended and resumed."""
    daemon = Server(large, "--threads", "1", "--query-timeout", "60ms")
    slow = "/search?limit=1000&sortby=" + quote("+properties.title")
    mixed = [Asker(daemon.port, slow if i % 2 else "/collections/things/items/i000001") for i in range(24)]
    time.sleep(4)
    for one in mixed:
        one.end()
    assert all(len(one.took) >= 3 for one in mixed), [len(one.took) for one in mixed]
    assert {s for one in mixed for s in one.statuses} <= {200, 503}
    assert daemon.stop()[0] == 0
