"""Header fields of answers: cross-origin rules, HEAD, entity tags, content codings."""

import gzip
import json

import pytest
from raw import Connection, get
from small import server, tiny  # noqa: F401

PATHS = {
    "/": 200,
    "/conformance": 200,
    "/api": 200,
    "/api.html": 200,
    "/healthz": 200,
    "/collections": 200,
    "/collections/things": 200,
    "/collections/things/items": 200,
    "/collections/things/items/i1": 200,
    "/search?limit=20": 200,
    "/nothing": 404,
    "/collections/nothing": 404,
    "/collections/things/items/nothing": 404,
    "/search?limit=0": 400,
    "/%00": 400,
}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_cross_origin_fields(server, path):
    answer = get(server.port, path)
    assert answer.status == PATHS[path]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Accept-Encoding" in answer.headers["vary"]


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_a_body(server, path):
    """On one connection: bytes behind the head would be taken for the next answer."""
    with Connection(server.port) as connection:
        for coding in (b"identity", b"gzip"):
            rest = path.encode() + b" HTTP/1.1\r\nHost: a\r\nAccept-Encoding: " + coding + b"\r\n\r\n"
            connection.send(b"GET " + rest)
            get_answer = connection.answer()
            connection.send(b"HEAD " + rest)
            head = connection.answer(head_only=True)
            assert head.status == get_answer.status
            ignored = {"date"}
            assert {k: v for k, v in head.headers.items() if k not in ignored} == {
                k: v for k, v in get_answer.headers.items() if k not in ignored
            }
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.answer().body.startswith(b"{")


@pytest.mark.parametrize("path", [p for p, status in PATHS.items() if status == 200 and p != "/healthz"])
def test_entity_tags(server, path):
    plain = get(server.port, path)
    packed = get(server.port, path, headers=[("Accept-Encoding", "gzip")])
    assert plain.headers["etag"].startswith('"') and plain.headers["etag"].endswith('"')
    assert get(server.port, path).headers["etag"] == plain.headers["etag"]
    if "content-encoding" in packed.headers:
        assert packed.headers["etag"] != plain.headers["etag"]
        assert gzip.decompress(packed.body) == plain.body
    else:
        assert packed.body == plain.body
    for answer, coding in ((plain, "identity"), (packed, "gzip")):
        etag = answer.headers["etag"]
        for sent in (etag, "W/" + etag, "*", f'"x", {etag}', f'W/"a" , W/{etag}, "b"'):
            same = get(server.port, path, headers=[("If-None-Match", sent), ("Accept-Encoding", coding)])
            assert same.status == 304 and same.body == b"", sent
            assert same.headers["etag"] == etag
            assert same.headers["access-control-allow-origin"] == "*"
            assert same.headers["vary"] == answer.headers["vary"]
            assert "content-type" not in same.headers and "content-encoding" not in same.headers
            head = get(server.port, path, "HEAD", [("If-None-Match", sent), ("Accept-Encoding", coding)])
            assert head.status == 304
        for sent in ('"x"', etag[1:-1], etag[:-1], "", "W/", '"', etag.replace('"', "'"), etag[:-1] + 'x"'):
            other = get(server.port, path, headers=[("If-None-Match", sent), ("Accept-Encoding", coding)])
            assert other.status == 200, sent


def test_if_none_match_in_two_lines(server):
    etag = get(server.port, "/").headers["etag"]
    same = get(server.port, "/", headers=[("If-None-Match", '"x"'), ("If-None-Match", etag)])
    assert same.status == 304


def test_304_leaves_the_connection_in_order(server):
    with Connection(server.port) as connection:
        for _ in range(3):
            connection.send(b"GET /conformance HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n")
            assert connection.answer().status == 304
        connection.send(b"GET /conformance HTTP/1.1\r\nHost: a\r\n\r\n")
        assert json.loads(connection.answer().body)["conformsTo"]


@pytest.mark.parametrize(
    "accept_encoding, packed",
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("gzip, deflate, br, zstd", True),
        ("gzip;q=0.001", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("gzip; q=0", False),
        ("gzip ;q=0.5", True),
        ("*", True),
        ("*;q=0", False),
        ("*;q=0, gzip", True),
        ("gzip;q=0, *;q=1", False),
        ("identity", False),
        ("identity;q=1, gzip;q=0.5", False),
        ("identity;q=0.5, gzip;q=1", True),
        ("identity;q=0, gzip", True),
        ("br", False),
        ("gzipped", False),
        ("gzip;q=2", False),
        ("gzip;q=x", False),
        ("gzip;q=", False),
        (",,gzip,,", True),
    ],
)
def test_gzip_only_when_it_is_wanted(server, accept_encoding, packed):
    headers = [] if accept_encoding is None else [("Accept-Encoding", accept_encoding)]
    answer = get(server.port, "/search?limit=50", headers=headers)
    assert answer.status == 200
    assert (answer.headers.get("content-encoding") == "gzip") == packed
    body = gzip.decompress(answer.body) if packed else answer.body
    assert len(json.loads(body)["features"]) == 50


def test_accept_encoding_in_two_lines(server):
    answer = get(server.port, "/search?limit=50", headers=[("Accept-Encoding", "br"), ("Accept-Encoding", "gzip")])
    assert answer.headers["content-encoding"] == "gzip"


def test_post_has_no_entity_tag(server):
    answer = get(server.port, "/search", "POST", [("If-None-Match", "*")], b'{"limit":1}')
    assert answer.status == 200
    assert "etag" not in answer.headers


@pytest.mark.parametrize("path, methods", [("/search", "GET, HEAD, POST, OPTIONS"), ("/collections", "GET, HEAD, OPTIONS")])
def test_preflight(server, path, methods):
    answer = get(
        server.port,
        path,
        "OPTIONS",
        [("Origin", "https://example.org"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")],
    )
    assert answer.status == 204 and answer.body == b""
    assert answer.headers["allow"] == methods
    assert answer.headers["access-control-allow-methods"] == methods
    assert "Content-Type" in answer.headers["access-control-allow-headers"]
    assert int(answer.headers["access-control-max-age"]) > 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_405_names_the_methods(server, method):
    answer = get(server.port, "/collections", method)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_errors_are_not_stored(server):
    assert get(server.port, "/nothing").headers["cache-control"] == "no-store"
    assert get(server.port, "/").headers["cache-control"] == "no-cache"
