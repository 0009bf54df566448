"""Whole results on the wire: slow clients, faults and shutdowns midway, constant memory."""

import http.client
import json
import os
import re
import socket
import sqlite3
import threading
import time

import pytest
from raw import Connection, get
from support import make_item, run_cairn, wait_until

PADDING = "x" * 400


def build(path, n, era="old", pad=PADDING):
    def lines():
        for i in range(n):
            item = make_item(f"i{i:06}", lon=i % 360 - 180, lat=0, pad=pad)
            yield json.dumps({**item, "era": era}) + "\n"

    run_cairn("ingest", path, "-", input="".join(lines()))
    return path


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """100,000 small items; read it only."""
    return build(tmp_path_factory.mktemp("large") / "large.cairn", 100_000, pad="")


def open_stream(daemon, target="/search?f=ndjson", read_buffer=None):
    """A connection whose answer's head was read; returns it and what came of the body."""
    connection = Connection(daemon.port, timeout=30)
    if read_buffer:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, read_buffer)
    connection.send(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.socket.recv(4096)
    head, _, rest = data.partition(b"\r\n\r\n")
    assert b" 200 " in head and b"chunked" in head.lower()
    return connection, rest


def read_chunks(connection, data=b""):
    """(the body, whether it was ended by the last chunk)."""
    pieces = []
    while True:
        line, end, rest = data.partition(b"\r\n")
        if end and len(rest) >= int(line, 16) + 2:
            size = int(line, 16)
            if size == 0:
                return b"".join(pieces), True
            pieces.append(rest[:size])
            data = rest[size + 2 :]
            continue
        try:
            more = connection.socket.recv(1 << 20)
        except ConnectionResetError:
            more = b""
        if not more:
            return b"".join(pieces), False
        data += more


def ids_of(body):
    return [json.loads(line)["id"] for line in body.decode().split("\n")[:-1]]


def resident(daemon):
    """Its own memory in megabytes, without the pages of the catalog that are mapped."""
    with open(f"/proc/{daemon.process.pid}/status") as status:
        return int(re.search(r"RssAnon:\s+(\d+) kB", status.read())[1]) / 1024


@pytest.mark.parametrize("form, headers", [("ndjson", {}), ("geojsonseq", {"Accept-Encoding": "gzip"}), ("csv", {})])
def test_memory_stays_constant(start_server, large, form, headers):
    daemon = start_server(large, "--threads", "1", "--cache-mb", "1")

    def take(limit):
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=60)
        connection.request("GET", f"/search?f={form}&limit={limit}", headers=headers)
        answer = connection.getresponse()
        total, peak = 0, 0.0
        while piece := answer.read(1 << 20):
            total += len(piece)
            peak = max(peak, resident(daemon))
        connection.close()
        return total, peak

    take(5000)
    few, before = take(5000)
    many, after = take(100_000)
    assert many > 15 * few
    assert after - before < 4, (before, after)


def test_the_connection_goes_on_after_a_stream(start_server, large):
    daemon = start_server(large)
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    for _ in range(3):
        connection.request("GET", "/search?f=ndjson&limit=2500")
        assert len(ids_of(connection.getresponse().read())) == 2500
        connection.request("HEAD", "/search?f=ndjson")
        answer = connection.getresponse()
        assert answer.status == 200 and answer.read() == b""
    connection.close()


def test_http_1_0_has_no_chunks(start_server, large):
    daemon = start_server(large)
    with Connection(daemon.port) as connection:
        connection.send(b"GET /search?f=ndjson&limit=1500 HTTP/1.0\r\n\r\n")
        data = b""
        while more := connection.socket.recv(1 << 20):
            data += more
    head, _, body = data.partition(b"\r\n\r\n")
    assert b"chunked" not in head.lower()
    assert len(ids_of(body)) == 1500


def test_a_client_that_does_not_read_is_cut(start_server, tmp_path):
    daemon = start_server(build(tmp_path / "c.cairn", 50_000), "--request-timeout", "1s", "--idle-timeout", "2s",
                          "--threads", "1", "--access-log")  # fmt: skip
    connection, _ = open_stream(daemon, read_buffer=4096)
    with connection:
        for _ in range(20):  # the one thread is not held
            assert get(daemon.port, "/healthz").status == 200
        wait_until(lambda: "access: GET /search 200 " in daemon.errors(), 10)
    sent = int(re.search(r"access: GET /search 200 (\d+) bytes", daemon.errors())[1])
    assert 0 < sent < 20_000_000


def test_a_client_that_goes_away_stops_the_query(start_server, large):
    daemon = start_server(large, "--access-log")
    connection, _ = open_stream(daemon)
    connection.close()
    wait_until(lambda: "access: GET /search 200 " in daemon.errors(), 10)
    sent = int(re.search(r"access: GET /search 200 (\d+) bytes", daemon.errors())[1])
    assert sent < 10_000_000


def test_a_slow_but_steady_client_gets_everything(start_server, tmp_path):
    n = 30_000
    daemon = start_server(build(tmp_path / "c.cairn", n), "--request-timeout", "2s")
    connection, data = open_stream(daemon)
    with connection:
        start = time.monotonic()
        while time.monotonic() - start < 4 and (more := connection.socket.recv(32 << 10)):
            data += more
            time.sleep(0.02)
        body, whole = read_chunks(connection, data)
    assert whole and len(ids_of(body)) == n


def spoil(path, id):
    db = sqlite3.connect(path)
    (key,) = db.execute("SELECT key FROM item WHERE id = ?", (id,)).fetchone()
    db.execute("UPDATE item_body SET body = x'00' WHERE key = ?", (key,))
    db.commit()
    db.close()


def test_a_fault_midway_is_seen(start_server, tmp_path):
    """The answer has no last chunk; the log says what it was."""
    path = build(tmp_path / "c.cairn", 5000)
    spoil(path, "i003500")
    daemon = start_server(path)
    connection, data = open_stream(daemon)
    with connection:
        body, whole = read_chunks(connection, data)
    assert not whole
    assert ids_of(body) == [f"i{i:06}" for i in range(3000)]
    assert "/search: the answer ended early" in daemon.errors()
    assert get(daemon.port, "/search?f=ndjson&limit=1&ids=i000001").status == 200


def test_a_fault_at_the_beginning_has_a_status(start_server, tmp_path):
    path = build(tmp_path / "c.cairn", 50)
    spoil(path, "i000010")
    assert get(start_server(path).port, "/search?f=ndjson").status == 500


def test_a_swap_midway(start_server, tmp_path):
    """The stream goes on at its place in the order, in the new catalog."""
    n = 30_000
    path = build(tmp_path / "c.cairn", n)
    new = build(tmp_path / "new.cairn", n, "new")
    daemon = start_server(path)
    connection, data = open_stream(daemon)
    with connection:
        time.sleep(0.2)  # it waits for the client now
        os.rename(new, path)
        body, whole = read_chunks(connection, data)
    assert whole
    items = [json.loads(line) for line in body.decode().split("\n")[:-1]]
    assert [item["id"] for item in items] == [f"i{i:06}" for i in range(n)]
    eras = [item["era"] for item in items]
    assert eras == sorted(eras, reverse=True) and set(eras) == {"old", "new"}


def test_a_writer_midway(start_server, tmp_path):
    """What was there from the beginning to the end comes once."""
    n = 20_000
    path = build(tmp_path / "c.cairn", n)
    daemon = start_server(path)
    connection, data = open_stream(daemon)
    with connection:
        text = "".join(json.dumps(make_item(f"i{i:06}-b")) + "\n" for i in range(0, n, 10))
        run_cairn("ingest", path, "-", input=text)
        body, whole = read_chunks(connection, data)
    found = ids_of(body)
    assert whole and len(found) == len(set(found)) and found == sorted(found)
    assert [id for id in found if not id.endswith("-b")] == [f"i{i:06}" for i in range(n)]
    assert n < len(found) < n + n // 10


def test_streams_under_way_are_finished_when_the_server_stops(start_server, tmp_path):
    daemon = start_server(build(tmp_path / "c.cairn", 20_000))
    connection, data = open_stream(daemon)
    ended = []
    with connection:
        stopping = threading.Thread(target=lambda: ended.append(daemon.stop()))
        stopping.start()
        wait_until(lambda: "no further connections" in daemon.errors())
        body, whole = read_chunks(connection, data)
        stopping.join()
    assert whole and len(ids_of(body)) == 20_000
    assert ended[0][0] == 0 and "not finished" not in ended[0][2]


def test_a_stalled_stream_does_not_hold_the_shutdown(start_server, large):
    daemon = start_server(large, "--drain-timeout", "1s", "--access-log")
    connection, _ = open_stream(daemon, read_buffer=4096)
    with connection:
        start = time.monotonic()
        code, _, errors = daemon.stop()
        assert time.monotonic() - start < 5
        assert code == 0 and "access: GET /search 200 " in errors


def test_many_streams_at_once(start_server, large):
    daemon = start_server(large, "--threads", "2")
    counts = []

    def take():
        connection, data = open_stream(daemon, "/search?f=csv&limit=20000")
        with connection:
            body, whole = read_chunks(connection, data)
        counts.append(body.count(b"\r\n") if whole else -1)

    threads = [threading.Thread(target=take) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [20001] * 12
