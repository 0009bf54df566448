"""Where links point: --base-url, what trusted proxies say, the Host header; and path prefixes."""

import json

import pytest
from raw import get
from small import server, tiny  # noqa: F401
from support import Server


@pytest.fixture(scope="module")
def trusting(tiny):
    """Trusts us, 10.0.0.0/8 and one IPv6 network."""
    daemon = Server(tiny, "--trust-proxy", "127.0.0.0/8", "--trust-proxy", "10.0.0.0/8,fd00::/8")
    yield daemon
    code, _, errors = daemon.stop()
    assert code == 0, errors


def root_of(answer):
    assert answer.status == 200, answer
    links = json.loads(answer.body)["links"]
    return next(link["href"] for link in links if link["rel"] == "root")


def test_host_header(server):
    for host in ("example.org", "example.org:8443", "[2001:db8::1]:80", "a_b-c.d~e"):
        assert root_of(get(server.port, host=host)) == f"http://{host}/"


def test_absolute_target_beats_host(server):
    assert root_of(get(server.port, "http://other.example/", host="a")) == "http://other.example/"


def test_nobody_is_trusted_by_default(server):
    lies = [
        ("Forwarded", "for=1.2.3.4;host=evil.example;proto=https"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Port", "444"),
        ("X-Forwarded-Prefix", "/evil"),
        ("X-Forwarded-For", "10.0.0.1"),
    ]
    assert root_of(get(server.port, headers=lies, host="a")) == "http://a/"
    # Not even looked at: nonsense is no error.
    assert root_of(get(server.port, headers=[("X-Forwarded-Host", "<script>")], host="a")) == "http://a/"


@pytest.mark.parametrize(
    "headers, root",
    [
        ([("X-Forwarded-Proto", "https")], "https://a/"),
        ([("X-Forwarded-Proto", "HTTPS")], "https://a/"),
        ([("X-Forwarded-Host", "e.org")], "http://e.org/"),
        ([("X-Forwarded-Host", "e.org"), ("X-Forwarded-Proto", "https")], "https://e.org/"),
        ([("X-Forwarded-Host", "e.org"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Port", "443")], "https://e.org/"),
        ([("X-Forwarded-Host", "e.org"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Port", "8443")], "https://e.org:8443/"),
        ([("X-Forwarded-Host", "e.org:81"), ("X-Forwarded-Port", "82")], "http://e.org:81/"),
        ([("X-Forwarded-Prefix", "/stac")], "http://a/stac/"),
        ([("X-Forwarded-Prefix", "/stac/v1/")], "http://a/stac/v1/"),
        ([("X-Forwarded-Prefix", "/")], "http://a/"),
        # What a client sent in front of a proxy that appends is not believed ...
        ([("X-Forwarded-Host", "evil.example, e.org"), ("X-Forwarded-For", "1.2.3.4")], "http://e.org/"),
        ([("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Host", "e.org")], "http://e.org/"),
        ([("X-Forwarded-Proto", "https, http")], "http://a/"),
        # ... unless the client is a trusted proxy itself.
        (
            [("X-Forwarded-Host", "evil.example, outer.example, inner.example"), ("X-Forwarded-For", "1.2.3.4, 10.0.0.7")],
            "http://outer.example/",
        ),
        ([("X-Forwarded-Host", "e.org"), ("X-Forwarded-For", "1.2.3.4, 10.1.1.1, 10.2.2.2")], "http://e.org/"),
        ([("Forwarded", "for=1.2.3.4;host=e.org;proto=https")], "https://e.org/"),
        ([("Forwarded", "For=1.2.3.4;Host=e.org;Proto=HTTPS;by=_x")], "https://e.org/"),
        ([("Forwarded", 'for="[2001:db8::1]:4711"; host="e.org:8443" ; proto=https')], "https://e.org:8443/"),
        ([("Forwarded", "proto=https")], "https://a/"),
        ([("Forwarded", "host=evil.example;proto=https, for=1.2.3.4;host=e.org")], "http://e.org/"),
        ([("Forwarded", 'host="evil.example, x", for=1.2.3.4;host=e.org')], "http://e.org/"),
        ([("Forwarded", "for=1.2.3.4;host=outer.example, for=10.0.0.3;host=inner.example")], "http://outer.example/"),
        ([("Forwarded", 'for=1.2.3.4;host=outer.example, for="[fd00::1]:80";host=inner.example')], "http://outer.example/"),
        ([("Forwarded", "host=evil.example, for=1.2.3.4;host=o.example, for=10.0.0.3;host=i.example")], "http://o.example/"),
        ([("Forwarded", "host=evil.example, for=unknown;host=e.org")], "http://e.org/"),
        ([("Forwarded", "host=evil.example, for=_hidden;host=e.org")], "http://e.org/"),
        # A proxy that knows one family passes the other one on as the client sent it.
        ([("Forwarded", "host=evil.example"), ("X-Forwarded-For", "1.2.3.4")], "http://a/"),
        ([("Forwarded", "host=evil.example;proto=https"), ("X-Forwarded-Host", "e.org")], "http://e.org/"),
        ([("Forwarded", "")], "http://a/"),
        ([("Forwarded", ",,;;=")], "http://a/"),
    ],
)
def test_trusted_proxies(trusting, headers, root):
    assert root_of(get(trusting.port, headers=headers, host="a")) == root


@pytest.mark.parametrize(
    "name, value",
    [
        ("X-Forwarded-Host", "e.org/x"),
        ("X-Forwarded-Host", "<script>"),
        ("X-Forwarded-Host", "user@e.org"),
        ("X-Forwarded-Proto", "ftp"),
        ("X-Forwarded-Proto", "javascript"),
        ("X-Forwarded-Port", "x"),
        ("X-Forwarded-Port", "70000"),
        ("X-Forwarded-Prefix", "stac"),
        ("X-Forwarded-Prefix", "/a//b"),
        ("X-Forwarded-Prefix", "//evil.example"),
        ("X-Forwarded-Prefix", "/a/../b"),
        ("X-Forwarded-Prefix", "/a?b"),
        ("X-Forwarded-Prefix", "/<b>"),
        ("Forwarded", "host=a/b"),
        ("Forwarded", "proto=gopher"),
        ("Forwarded", 'host="a\\"b"'),
    ],
)
def test_nonsense_of_trusted_proxies(trusting, name, value):
    answer = get(trusting.port, headers=[(name, value)])
    assert answer.status == 400
    assert name in json.loads(answer.body)["description"]


def test_prefix_of_a_proxy(trusting):
    """Stripped by the proxy or not: both are understood."""
    headers = [("X-Forwarded-Prefix", "/stac/v1"), ("X-Forwarded-Host", "e.org")]
    for path in ("/stac/v1/collections", "/collections"):
        answer = get(trusting.port, path, headers=headers)
        assert root_of(answer) == "http://e.org/stac/v1/"
    assert get(trusting.port, "/stac/collections", headers=headers).status == 404
    assert get(trusting.port, "/stac/v1x/collections", headers=headers).status == 404


def test_every_link_has_the_base(start_server, tiny):
    base = "https://example.org/stac/v1"
    daemon = start_server(tiny, "--base-url", base + "/", "--listen", "127.0.0.1:0", "--trust-proxy", "0.0.0.0/0")
    assert daemon.url == base + "/"
    # The port is not in the URL then: find it by the process's listening socket.
    port = listening_port(daemon.process.pid)
    lies = [("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example")]
    for prefix in ("", "/stac/v1"):
        for path in ("/", "/collections", "/collections/things", "/collections/things/items?limit=2", "/search?limit=2"):
            answer = get(port, prefix + path, headers=lies)
            assert answer.status == 200
            for link in links_of(json.loads(answer.body)):
                assert link["href"] == base or link["href"].startswith(base + "/"), link


def links_of(document):
    yield from document.get("links", [])
    for part in document.get("features", []) + document.get("collections", []):
        yield from part["links"]


def listening_port(pid):
    import os

    inodes = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            name = os.readlink(f"/proc/{pid}/fd/{fd}")
        except FileNotFoundError:
            continue
        if name.startswith("socket:["):
            inodes.add(name[8:-1])
    for line in open("/proc/net/tcp").readlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and fields[9] in inodes:
            return int(fields[1].split(":")[1], 16)
    raise AssertionError("it listens nowhere")


def test_ipv6(start_server, tiny):
    from raw import Connection

    try:
        daemon = start_server(tiny, "--listen", "[::1]:0", "--trust-proxy", "::1")
    except AssertionError as error:
        pytest.skip(f"no IPv6 here: {error}")
    assert daemon.url.startswith("http://[::1]:")
    port = int(daemon.url.rsplit(":", 1)[1].strip("/"))
    with Connection(port, host="::1") as connection:
        connection.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: e.org\r\n\r\n")
        assert root_of(connection.answer()) == "http://e.org/"


def test_an_ipv4_peer_on_a_dual_stack_socket_is_trusted_by_its_ipv4_network(start_server, tiny):
    try:
        daemon = start_server(tiny, "--listen", "[::]:0", "--trust-proxy", "127.0.0.0/8")
    except AssertionError as error:
        pytest.skip(f"no IPv6 here: {error}")
    port = int(daemon.url.rsplit(":", 1)[1].strip("/"))
    assert root_of(get(port, headers=[("X-Forwarded-Host", "e.org")])) == "http://e.org/"
