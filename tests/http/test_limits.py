"""Sizes and deadlines: slow senders, large bodies, long targets, many connections."""

import json
import socket
import threading
import time

import pytest
from raw import Connection, get, seconds_until_closed
from small import server, tiny  # noqa: F401
from support import Server

HEAD = b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def strict(tiny):
    """Small limits, so that tests reach them."""
    daemon = Server(
        tiny,
        *("--request-timeout", "2s", "--idle-timeout", "3s", "--max-body-bytes", "100K", "--max-url-bytes", "4K"),
        *("--threads", "2", "--log-level", "debug"),
    )
    yield daemon
    code, _, errors = daemon.stop()
    assert code == 0, errors


def drip(connection, data, pause, at_most):
    """Sends byte by byte until the server closes; returns (seconds, what it sent)."""
    start = time.monotonic()
    connection.socket.settimeout(pause)
    got = b""
    for i in range(len(data)):
        if time.monotonic() - start > at_most:
            return time.monotonic() - start, got
        try:
            connection.send(data[i : i + 1])
            more = connection.socket.recv(4096)
            got += more
            if not more:
                return time.monotonic() - start, got
        except (TimeoutError, socket.timeout):
            continue
        except (ConnectionResetError, BrokenPipeError):
            return time.monotonic() - start, got
    return time.monotonic() - start, got


@pytest.mark.parametrize(
    "sent_first, dripped",
    [
        (b"", b"G" * 1000),
        (b"GET /", b"a" * 1000),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"a" * 1000),
        (HEAD + b"Content-Length: 1000\r\n\r\n", b" " * 1000),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n", b" " * 1000),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 100),
    ],
    ids=["request line", "target", "field", "body", "chunk", "chunks"],
)
def test_a_byte_now_and_then_is_cut(strict, sent_first, dripped):
    with Connection(strict.port) as connection:
        connection.send(sent_first)
        seconds, got = drip(connection, dripped, 0.2, 10)
        assert 1.5 < seconds < 4, seconds
        assert got == b"" or got.startswith(b"HTTP/1.1 408 ")


def test_the_next_request_on_a_connection_is_cut_too(strict):
    with Connection(strict.port) as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.answer().status == 200
        connection.send(HEAD)
        seconds, got = drip(connection, b"X: " + b"a" * 1000, 0.2, 12)
        # Its header has the request timeout from its request line on.
        assert 1.5 < seconds < 4, seconds
    with Connection(strict.port) as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.answer().status == 200
        seconds, got = drip(connection, b"G" * 1000, 0.2, 12)
        # The request line may begin as late as the idle timeout allows.
        assert 4 < seconds < 8, seconds


def test_408_is_whole(strict):
    with Connection(strict.port) as connection:
        connection.send(HEAD + b"Content-Length: 10\r\n\r\n{")
        answer = connection.answer()
        assert answer.status == 408
        assert json.loads(answer.body)["code"] == "RequestTimeout"
        assert connection.is_closed()


def test_idle_connections_are_closed(strict):
    with Connection(strict.port) as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.answer().status == 200
        assert 2 < seconds_until_closed(connection, 10) < 7
    with Connection(strict.port) as connection:
        assert seconds_until_closed(connection, 10) < 5


def test_slow_but_steady_within_the_deadline_is_served(strict):
    with Connection(strict.port) as connection:
        request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
        for i in range(0, len(request), 4):
            connection.send(request[i : i + 4])
            time.sleep(0.05)
        assert connection.answer().status == 200


def test_slow_clients_do_not_hinder_others(strict):
    slow = [Connection(strict.port) for _ in range(50)]
    for connection in slow:
        connection.send(HEAD + b"Content-Length: 100\r\n\r\n{")
    start = time.monotonic()
    for _ in range(100):
        assert get(strict.port, "/healthz").status == 200
    assert time.monotonic() - start < 1.9
    for connection in slow:
        connection.close()


LIMIT = 100 << 10


def padded(n):
    return b'{"limit":1' + b" " * (n - 11) + b"}"


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("n, status", [(LIMIT - 1, 200), (LIMIT, 200), (LIMIT + 1, 413), (2 * LIMIT, 413)])
def test_body_at_the_limit(strict, n, status, chunked):
    body = padded(n)
    with Connection(strict.port) as connection:
        if chunked:
            parts = [body[i : i + 10000] for i in range(0, n, 10000)]
            text = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
            connection.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + text)
        else:
            connection.send(HEAD + b"Content-Length: %d\r\n\r\n" % n + body)
        answer = connection.answer()
        assert answer.status == status, answer
        if status == 413:
            assert "max-body-bytes" in json.loads(answer.body)["description"]
        # It was read, so the connection stays.
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.answer().status == 200


def test_a_much_too_large_body_is_not_read(strict):
    with Connection(strict.port) as connection:
        connection.send(HEAD + b"Content-Length: %d\r\n\r\n" % (100 * LIMIT))
        answer = connection.answer()
        assert answer.status == 413 and answer.headers["connection"] == "close"
        assert connection.is_closed()
    with Connection(strict.port) as connection:
        connection.send(HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (100 * LIMIT))
        assert connection.answer().status == 413  # instead of 100


def test_chunks_without_end_are_cut(strict):
    with Connection(strict.port) as connection:
        connection.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        start = time.monotonic()
        piece = b"2710\r\n" + b" " * 10000 + b"\r\n"
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            while time.monotonic() - start < 10:
                connection.send(piece)
                time.sleep(0.005)
        assert time.monotonic() - start < 4


@pytest.mark.parametrize("n, status", [(4095, 200), (4096, 200), (4097, 414), (8000, 414)])
def test_target_at_the_limit(strict, n, status):
    start = "/search?ids="
    with Connection(strict.port) as connection:
        connection.send(f"GET {start}{'a' * (n - len(start))} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        answer = connection.answer()
        assert answer.status == status, answer
        if status == 414:
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "max-url-bytes" in json.loads(answer.body)["description"]
            connection.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert connection.answer().status == 200


def test_the_longest_target_has_room_for_many_fields(server):
    """What libmicrohttpd answers by itself comes behind our own limits."""
    target = "/search?ids=" + "a" * (16384 - 12)
    fields = [(f"X-Field-{n}", "v" * 100) for n in range(60)]
    assert get(server.port, target, headers=fields).status == 200
    assert get(server.port, target + "a", headers=fields).status == 414


def test_far_too_long_a_header(server):
    for request in (
        b"GET /" + b"a" * 500000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 500000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 100000 + b"\r\n",
    ):
        with Connection(server.port) as connection:
            try:
                connection.send(request)
                answer = connection.answer()
            except (BrokenPipeError, ConnectionResetError):
                answer = None
            assert answer is None or answer.status in (413, 414, 431), answer
    assert get(server.port, "/healthz").status == 200


def test_a_client_that_does_not_read(start_server, tmp_path, cairn, item):
    """An answer that nobody takes is given up; others are served meanwhile."""
    path = tmp_path / "big.cairn"
    big = [item(f"i{n}", lon=n % 100, lat=0, big="x" * 100000) for n in range(300)]
    cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in big))
    daemon = start_server(path, "--request-timeout", "1s", "--idle-timeout", "2s", "--threads", "2")
    with Connection(daemon.port) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.send(b"GET /search?limit=300 HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(1)
        for _ in range(20):
            assert get(daemon.port, "/healthz").status == 200
        time.sleep(4)
        assert len(json.loads(get(daemon.port, "/search?limit=300").body)["features"]) == 300
        # Nothing is under way any more, although the client still holds its end.
        start = time.monotonic()
        code, _, errors = daemon.stop()
        assert code == 0 and "not finished" not in errors
        assert time.monotonic() - start < 3


def test_connection_limit_of_an_address(start_server, tiny):
    daemon = start_server(tiny, "--max-connections-per-ip", "5")
    held = []
    for _ in range(5):
        held.append(Connection(daemon.port))
        held[-1].send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert held[-1].answer().status == 200
    with Connection(daemon.port) as connection:
        try:
            connection.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert connection.answer() is None
        except (BrokenPipeError, ConnectionResetError):
            pass
    for connection in held:
        connection.close()


def test_many_connections_at_once(start_server, tiny):
    daemon = start_server(tiny)
    failures = []

    def client():
        try:
            with Connection(daemon.port, timeout=30) as connection:
                for _ in range(20):
                    connection.send(b"GET /search?limit=3 HTTP/1.1\r\nHost: a\r\n\r\n")
                    assert connection.answer().status == 200
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=client) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[:3]
