"""Files over HTTP (--assets): what clients read, and what nobody may."""

import email
import email.policy
import email.utils
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

import hostile
import pytest
from raw import Connection, get
from small import tiny  # noqa: F401
from support import BUILD, Server, make_item, run_cairn, wait_until
from test_proxy import listening_port
from test_signals import run_cairnd

BIG = bytes(range(251)) * 6000  # 1.5 MB, no power of two
OLD = 1_500_000_000
OLD_DATE = "Fri, 14 Jul 2017 02:40:00 GMT"


def put(path, data, when=OLD):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (when, when))
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assets") / "data"
    put(folder / "a.tif", b"0123456789")
    put(folder / "big.nc", BIG)
    put(folder / "empty.json", b"")
    put(folder / "with space é+%41.png", b"png")
    put(folder / "s.zarr" / ".zgroup", b"{}")
    put(folder / "s.zarr" / "v" / ".zarray", b"{}")
    put(folder / "s.zarr" / "v" / "0.0", b"chunk")
    put(folder / "deep" / "/".join("abcdefghijklmnopqrstuvwxyz") / "x.json", b"{}")
    with open(folder / "huge.h5", "wb") as huge:
        huge.truncate(5 << 30)
        huge.seek((4 << 30) + 7)
        huge.write(b"beyond 4 GB")
    (folder / "link.tif").symlink_to("a.tif")
    (folder / "zarr-link").symlink_to("s.zarr")
    return folder


@pytest.fixture(scope="module")
def server(tiny, data):
    daemon = Server(tiny, "--assets", f"/assets/={data}", "--assets", f"/assets/sub={data / 's.zarr'}", "--access-log")
    yield daemon
    code, _, errors = daemon.stop()
    assert code == 0, errors


def ranged(server, path, value, *more):
    return get(server.port, path, headers=[("Range", value), *more])


# ---- whole files ----


@pytest.mark.parametrize(
    "path, name, media_type",
    [
        ("a.tif", "a.tif", "image/tiff; application=geotiff"),
        ("link.tif", "a.tif", "image/tiff; application=geotiff"),
        ("big.nc", "big.nc", "application/netcdf"),
        ("empty.json", "empty.json", "application/json"),
        ("with%20space%20%C3%A9+%2541.png", "with space é+%41.png", "image/png"),
        ("s.zarr/.zgroup", "s.zarr/.zgroup", "application/json"),
        ("s.zarr/v/.zarray", "s.zarr/v/.zarray", "application/json"),
        ("s.zarr/v/0.0", "s.zarr/v/0.0", "application/octet-stream"),
        ("zarr-link/v/0.0", "s.zarr/v/0.0", "application/octet-stream"),
        ("sub/v/0.0", "s.zarr/v/0.0", "application/octet-stream"),
        ("a.tif?x=y&x=%zz", "a.tif", "image/tiff; application=geotiff"),
        ("deep/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/x.json", "empty.json", "application/json"),
    ],
)
def test_whole_files(server, data, path, name, media_type):
    body = b"{}" if path.startswith("deep") else (data / name).read_bytes()
    answer = get(server.port, f"/assets/{path}", headers=[("Accept-Encoding", "gzip, br")])
    assert answer.status == 200 and answer.body == body
    expected = {
        "content-type": media_type,
        "content-length": str(len(body)),
        "accept-ranges": "bytes",
        "last-modified": OLD_DATE,
        "cache-control": "no-cache",
        "access-control-allow-origin": "*",
        "x-content-type-options": "nosniff",
    }
    assert expected.items() <= answer.headers.items()
    assert not {"content-encoding", "content-range", "vary"} & set(answer.headers)
    exposed = set(answer.headers["access-control-expose-headers"].split(", "))
    assert {"Content-Range", "Accept-Ranges", "Content-Length", "ETag", "Last-Modified"} <= exposed
    with Connection(server.port) as connection:
        connection.send(f"HEAD /assets/{path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        head = connection.answer(head_only=True)
        assert head.status == 200
        assert {k: v for k, v in head.headers.items() if k != "date"} == {k: v for k, v in answer.headers.items() if k != "date"}
        connection.send(b"GET /assets/a.tif HTTP/1.1\r\nHost: a\r\n\r\n")  # nothing came behind the head
        assert connection.answer().body == b"0123456789"


def test_beyond_4_gb(server):
    head = get(server.port, "/assets/huge.h5", "HEAD")
    assert head.headers["content-length"] == str(5 << 30)
    start = (4 << 30) + 7
    assert ranged(server, "/assets/huge.h5", f"bytes={start}-{start + 10}").body == b"beyond 4 GB"
    tail = ranged(server, "/assets/huge.h5", f"bytes={start - 200000}-{start + 200000}")
    assert tail.body == bytes(200000) + b"beyond 4 GB" + bytes(200000 - 10)
    assert tail.headers["content-range"] == f"bytes {start - 200000}-{start + 200000}/{5 << 30}"
    parts = ranged(server, "/assets/huge.h5", f"bytes=-1,{start}-{start + 5}")
    assert [body for _, body in parts_of(parts)] == [b"\0", b"beyond"]


def test_another_client_reads_the_same(server, data, tmp_path):
    def curl(*args):
        return subprocess.run(["curl", "-sS", "--fail", *args], capture_output=True, check=True).stdout

    url = f"{server.url}assets/"
    assert curl(url + "big.nc") == BIG
    assert curl("-r", "1000-900000", url + "big.nc") == BIG[1000:900001]
    assert curl("-r", "-5", url + "big.nc") == BIG[-5:]
    partial = put(tmp_path / "partial", BIG[:12345])
    subprocess.run(["curl", "-sS", "-C", "-", "-o", partial, url + "big.nc"], check=True)
    assert partial.read_bytes() == BIG
    assert curl("-z", OLD_DATE, url + "a.tif") == b""
    assert b"Content-Length: 10\r\n" in curl("-I", "--http1.0", url + "a.tif")


# ---- ranges ----


def parts_of(answer):
    """[(Content-Range, body)] of a multipart answer, as Python's own parser of messages has them."""
    head = b"Content-Type: " + answer.headers["content-type"].encode() + b"\r\n\r\n"
    message = email.message_from_bytes(head + answer.body, policy=email.policy.HTTP)
    assert message.get_content_type() == "multipart/byteranges" and not message.defects
    boundary = message.get_boundary().encode()
    bodies = [part.split(b"\r\n\r\n", 1)[1][:-2] for part in answer.body.split(b"--" + boundary)[1:-1]]
    return list(zip([part["Content-Range"] for part in message.iter_parts()], bodies, strict=True))


@pytest.mark.parametrize(
    "value, first, last",
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, None),
        ("bytes=-1", -1, None),
        ("bytes=-2000000", 0, None),
        ("bytes=100-65635", 100, 65635),
        ("bytes=100-65636", 100, 65636),
        ("bytes=3-700000", 3, 700000),
        ("bytes=100-262243", 100, 262243),
        ("bytes=100-262244", 100, 262244),
        ("bytes=900000-99999999999999999999", 900000, None),
        ("bytes=500-599, 99999999-", 500, 599),
        ("Bytes=5-7", 5, 7),
    ],
)
def test_one_range(server, value, first, last):
    body = BIG[first:] if last is None else BIG[first : last + 1]
    answer = ranged(server, "/assets/big.nc", value)
    start = first if first >= 0 else len(BIG) + first
    assert answer.status == 206 and answer.body == body
    assert answer.headers["content-range"] == f"bytes {start}-{start + len(body) - 1}/{len(BIG)}"
    assert answer.headers["content-type"] == "application/netcdf"
    assert answer.headers["etag"] == get(server.port, "/assets/big.nc").headers["etag"]


@pytest.mark.parametrize(
    "value", ["", "bytes", "bytes=", "items=0-1", "bytes=a-b", "bytes=5-4", "bytes=-", "bytes=0-1;2-3", "bytes=0-1,x", "0-1"]
)
def test_what_is_no_range_is_passed_over(server, value):
    answer = ranged(server, "/assets/a.tif", value)
    assert answer.status == 200 and answer.body == b"0123456789"


@pytest.mark.parametrize(
    "path, value",
    [
        ("a.tif", "bytes=10-"),
        ("a.tif", "bytes=-0"),
        ("a.tif", "bytes=10-20, 99-"),
        ("a.tif", "bytes=0-,0-,0-,0-"),
        ("a.tif", "bytes=" + ",".join(["0-0"] * 257)),
        ("big.nc", "bytes=" + ",".join(f"{n}-{n}" for n in range(257))),
        ("empty.json", "bytes=0-0"),
        ("empty.json", "bytes=0-"),
    ],
)
def test_ranges_that_are_refused(server, data, path, value):
    answer = ranged(server, f"/assets/{path}", value)
    assert answer.status == 416
    assert answer.headers["content-range"] == f"bytes */{(data / path).stat().st_size}"
    assert json.loads(answer.body)["code"] == "RangeNotSatisfiable"
    assert answer.headers["access-control-allow-origin"] == "*" and answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "ranges",
    [
        [(0, 0), (9, 9)],
        [(9, 9), (0, 0)],
        [(0, 99999), (200000, 299999), (500000, 500000)],
        [(0, 500), (400, 900), (450, 460)],
        [(n * 3000, n * 3000 + 5) for n in range(256)],
    ],
)
def test_many_ranges(server, ranges):
    answer = ranged(server, "/assets/big.nc", "bytes=" + ",".join(f"{a}-{b}" for a, b in ranges))
    assert answer.status == 206 and "content-range" not in answer.headers
    assert parts_of(answer) == [(f"bytes {a}-{b}/{len(BIG)}", BIG[a : b + 1]) for a, b in ranges]


def test_an_empty_file_has_no_last_bytes_but_itself(server):
    answer = ranged(server, "/assets/empty.json", "bytes=-5")
    assert answer.status == 200 and answer.body == b""


def test_head_has_no_ranges(server):
    answer = get(server.port, "/assets/a.tif", "HEAD", [("Range", "bytes=0-1")])
    assert answer.status == 200 and answer.headers["content-length"] == "10"


def test_a_few_thousand_ranges_are_those_of_the_file(server):
    """On one connection, against slices of the bytes."""
    import random

    choose = random.Random(5)
    with Connection(server.port) as connection:
        for _ in range(2000):
            a = choose.randrange(len(BIG))
            b = min(len(BIG) - 1, a + choose.choice([0, 10, 16384, 65535, 65536, 300000]))
            connection.send(f"GET /assets/big.nc HTTP/1.1\r\nHost: a\r\nRange: bytes={a}-{b}\r\n\r\n".encode())
            answer = connection.answer()
            assert answer.status == 206 and answer.body == BIG[a : b + 1]


# ---- conditions ----


def test_conditions(server):
    etag = get(server.port, "/assets/a.tif").headers["etag"]
    assert etag.startswith('"') and len(etag) > 10
    before, after = (email.utils.formatdate(OLD + d, usegmt=True) for d in (-1, 1))
    part = ("Range", "bytes=1-2")
    cases = [
        ([("If-None-Match", etag)], 304),
        ([("If-None-Match", f'"x", W/{etag}')], 304),
        ([("If-None-Match", "*")], 304),
        ([("If-None-Match", '"x"')], 200),
        ([("If-None-Match", '"x"'), ("If-Modified-Since", after)], 200),
        ([("If-None-Match", etag), part], 304),
        ([("If-Modified-Since", OLD_DATE)], 304),
        ([("If-Modified-Since", after)], 304),
        ([("If-Modified-Since", before)], 200),
        ([("If-Modified-Since", "yesterday")], 200),
        ([("If-Match", etag)], 200),
        ([("If-Match", f"W/{etag}")], 412),
        ([("If-Match", '"x"'), part], 412),
        ([("If-Match", "*")], 200),
        ([("If-Unmodified-Since", before)], 412),
        ([("If-Unmodified-Since", OLD_DATE)], 200),
        ([("If-Range", etag), part], 206),
        ([("If-Range", OLD_DATE), part], 206),
        ([("If-Range", '"x"'), part], 200),
        ([("If-Range", f"W/{etag}"), part], 200),
        ([("If-Range", before), part], 200),
        ([("If-Range", after), part], 200),
        ([("If-Range", '"x"'), ("Range", "bytes=99-")], 200),
        ([("If-Range", etag), ("Range", "bytes=99-")], 416),
    ]
    for headers, status in cases:
        for method in ("GET", "HEAD"):
            expected = 200 if method == "HEAD" and status in (206, 416) else status
            answer = get(server.port, "/assets/a.tif", method, headers)
            assert answer.status == expected, (method, headers)
            if method == "GET" and expected < 400:
                assert answer.body == {200: b"0123456789", 206: b"12", 304: b""}[status]
            if expected < 400:
                assert answer.headers["etag"] == etag


def test_the_tag_follows_the_file(server, data):
    path = put(data / "changing", b"one")

    def etag():
        return get(server.port, "/assets/changing").headers["etag"]

    tags = [etag()]
    put(path, b"two")  # same size, same times
    tags.append(etag())
    put(data / "new", b"two")
    os.replace(data / "new", path)
    tags.append(etag())
    os.utime(path, (OLD + 1, OLD + 1))
    tags.append(etag())
    assert len(set(tags)) == 4 and not any(tag.startswith("W/") for tag in tags)
    path.write_bytes(b"now")
    assert etag().startswith("W/")
    os.utime(path, (time.time() + 86400,) * 2)
    assert "last-modified" not in get(server.port, "/assets/changing").headers


# ---- methods, origins, prefixes ----


def test_methods(server):
    answer = get(server.port, "/assets/a.tif", "OPTIONS", [("Origin", "http://b"), ("Access-Control-Request-Headers", "range")])
    assert answer.status == 204 and answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert "Range" in answer.headers["access-control-allow-headers"]
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    for method in ("POST", "PUT", "DELETE", "PATCH", "PROPFIND"):
        answer = get(server.port, "/assets/a.tif", method)
        assert answer.status == 405 and answer.headers["allow"] == "GET, HEAD, OPTIONS", method


def test_behind_a_prefix(tiny, data, start_server):
    fixed = start_server(tiny, "--assets", f"/assets={data}", "--base-url", "https://example.org/stac/v1")
    port = listening_port(fixed.process.pid)  # which is not in the URL then
    proxied = start_server(tiny, "--assets", f"/assets={data}", "--trust-proxy", "127.0.0.0/8")
    prefix = [("X-Forwarded-Prefix", "/data")]
    assert get(port, "/stac/v1/assets/a.tif").body == b"0123456789"
    assert get(port, "/assets/a.tif").body == b"0123456789"
    assert get(port, "http://other/stac/v1/assets/a.tif").body == b"0123456789"
    assert get(port, "/stac/v2/assets/a.tif").status == 404
    assert get(proxied.port, "/data/assets/a.tif", headers=prefix).body == b"0123456789"
    assert get(proxied.port, "/assets/a.tif", headers=prefix).body == b"0123456789"
    assert get(proxied.port, "/data/assets/a.tif").status == 404


def test_the_log_has_paths_and_no_queries(server):
    get(server.port, "/assets/a.tif?token=hidden", headers=[("Range", "bytes=2-4")])
    wait_until(lambda: "GET /assets/a.tif 206 3 bytes" in server.errors())
    assert "hidden" not in server.errors()


def test_without_folders_there_are_none(tiny, start_server):
    assert get(start_server(tiny).port, "/assets/a.tif").status == 404


# ---- what nobody may read ----


@pytest.mark.parametrize(
    "path", ["", "/", "/none", "/s.zarr", "/s.zarr/", "/a.tif/", "/a.tif/x", "//a.tif", "/./a.tif", "/s.zarr/../a.tif", "/s.zarr%2fv/0.0"]
)
def test_no_such_file(server, path):
    answer = get(server.port, f"/assets{path}")
    assert answer.status == 404 and json.loads(answer.body)["code"] == "NotFound"


@pytest.fixture(scope="module")
def trap(tiny, tmp_path_factory):
    folder, secret = hostile.make_folder(tmp_path_factory.mktemp("trap"))
    daemon = Server(tiny, "--assets", f"/assets/={folder}", "--threads", "2")
    yield daemon, secret
    code, _, errors = daemon.stop()
    assert code == 0, errors


def test_hostile_paths(trap):
    """scripts/hostile-paths asks for 100,000."""
    daemon, secret = trap
    counts = hostile.ask_all(daemon.port, hostile.paths(4000, seed=1), secret)
    assert counts[404] > 1000 and counts[400] > 500 and counts[414] >= 1, counts
    assert get(daemon.port, "/assets/file.bin").body == b"innocent"
    assert get(daemon.port, "/assets/sub/file.bin").body == b"innocent"


@pytest.mark.parametrize("name", ["pipe", "socket", "out", "up/secret.txt", "out-folder/secret.txt", "self/environ", "catalog.cairn", ".env"])
def test_what_stands_in_the_folder_and_is_not_served(trap, name):
    daemon, _ = trap
    start = time.monotonic()
    assert get(daemon.port, f"/assets/{name}").status == 404
    assert time.monotonic() - start < 5


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything; tests/unit/test_assets.c drops its rights")
def test_what_may_not_be_read_is_not_missing(server, data):
    path = put(data / "locked", b"x")
    path.chmod(0)
    assert get(server.port, "/assets/locked").status == 403


# ---- files and folders that change ----


def test_a_file_that_shrinks_ends_the_connection(server, data):
    """A length was announced that can't be kept: nobody waits, and nobody takes what came for the whole."""
    for headers in (b"", b"Range: bytes=0-50000000,60000000-60000001\r\n"):
        path = put(data / "shrinking", os.urandom(1 << 20) * 64)
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(b"GET /assets/shrinking HTTP/1.1\r\nHost: a\r\n" + headers + b"\r\n")
            got = connection.recv(100)
            os.truncate(path, 1 << 20)
            connection.settimeout(10)
            start = time.monotonic()
            while more := connection.recv(1 << 20):
                got += more
            assert time.monotonic() - start < 5
        head, _, body = got.partition(b"\r\n\r\n")
        assert len(body) < 50_000_000 < int(head.split(b"Content-Length: ")[1].split()[0])
    assert get(server.port, "/assets/a.tif").status == 200


def test_the_folder_may_go_and_come(tiny, tmp_path, start_server):
    folder = tmp_path / "data"
    put(folder / "x", b"one")
    daemon = start_server(tiny, "--assets", f"/assets/={folder}")
    assert get(daemon.port, "/assets/x").body == b"one"
    folder.rename(tmp_path / "away")
    answer = get(daemon.port, "/assets/x")  # not 404, which would mean "fill value" to who reads a Zarr store
    assert answer.status == 503 and answer.headers["retry-after"] == "1"
    put(folder / "x", b"two")
    assert get(daemon.port, "/assets/x").body == b"two"
    shutil.rmtree(folder)
    put(folder, b"a file")
    assert get(daemon.port, "/assets/x").status == 503
    assert get(daemon.port, "/healthz").status == 200


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_folder_that_is_unmounted_has_no_missing_files(tiny, tmp_path, start_server):
    folder = tmp_path / "data"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "none", folder], capture_output=True).returncode:
        pytest.skip("this machine lets nothing be mounted")
    try:
        put(folder / "x", b"one")
        daemon = start_server(tiny, "--assets", f"/assets/={folder}")
        assert get(daemon.port, "/assets/x").body == b"one"
        assert get(daemon.port, "/assets/y").status == 404
    finally:
        subprocess.run(["umount", folder], check=True)
    assert get(daemon.port, "/assets/x").status == 503
    assert get(daemon.port, "/assets/y").status == 503


# ---- limits ----


def test_so_many_open_files(tiny, data, start_server):
    daemon = start_server(tiny, "--assets", f"/assets/={data}", "--max-open-files", "2")
    slow = [Connection(daemon.port) for _ in range(2)]
    for connection in slow:
        connection.send(b"GET /assets/huge.h5 HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.socket.recv(10)
    refused = get(daemon.port, "/assets/big.nc")
    assert refused.status == 503 and refused.headers["retry-after"] == "1"
    assert get(daemon.port, "/assets/big.nc", "HEAD").status == 200
    assert ranged(daemon, "/assets/big.nc", "bytes=0-99").body == BIG[:100]
    for connection in slow:
        connection.close()
    wait_until(lambda: get(daemon.port, "/assets/big.nc").status == 200)
    for _ in range(20):
        assert get(daemon.port, "/assets/big.nc").body == BIG


def open_files(daemon):
    return len(list(pathlib.Path(f"/proc/{daemon.process.pid}/fd").iterdir()))


def test_files_are_closed(tiny, data, start_server):
    daemon = start_server(tiny, "--assets", f"/assets/={data}")
    get(daemon.port, "/healthz")
    before = open_files(daemon)
    for headers in ([], [("Range", "bytes=0-500000")], [("Range", "bytes=0-1,5-6")], [("Range", "bytes=9999999-")], [("If-None-Match", "*")]):
        for path in ("big.nc", "a.tif", "none", "s.zarr"):
            for method in ("GET", "HEAD", "POST"):
                get(daemon.port, f"/assets/{path}", method, headers)
    for _ in range(20):  # clients that go away in the middle
        with Connection(daemon.port) as connection:
            connection.send(b"GET /assets/huge.h5 HTTP/1.1\r\nHost: a\r\n\r\n")
            connection.socket.recv(10)
    wait_until(lambda: open_files(daemon) <= before)


def test_a_low_limit_of_the_system(tiny, data):
    """Fewer descriptors than connections would need: a start with a warning, and files none the less."""
    command = f"ulimit -n 200; exec {BUILD}/cairnd --catalog {tiny} --assets /assets/={data} --listen 127.0.0.1:0"
    with subprocess.Popen(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as daemon:
        port = int(daemon.stdout.readline().rsplit(":", 1)[1].strip("/\n"))
        assert get(port, "/assets/big.nc").body == BIG
        daemon.terminate()
        errors = daemon.stderr.read()
    assert "would serve --max-connections and --assets" in errors


# ---- configuration ----


@pytest.mark.parametrize(
    "rule, message",
    [
        ("/x", "--assets: expected /path/=DIR, such as /assets/=/data, found '/x'"),
        ("/search/=/tmp", "--assets: /search/: the API has /search there; choose another path, such as /assets/"),
        ("/collections/x=/tmp", "--assets: /collections/x/: the API has /collections there"),
        ("/=/tmp", "--assets: expected a path such as /assets/ in front of the '='"),
        ("/a/../b=/tmp", "--assets: expected a path such as /assets/ in front of the '='"),
        ("/a/=/not/there", "--assets: /not/there: No such file or directory"),
        ("/a/=/etc/passwd", "--assets: expected a folder of data, found '/etc/passwd'"),
        ("/a/=/", "--assets: expected a folder of data, found '/'"),
    ],
)
def test_bad_rules(rule, message):
    done = run_cairnd("--catalog", "x", "--assets", rule)
    assert done.returncode == 2 and done.stderr.startswith(f"cairnd: {message}"), done.stderr


def test_the_catalog_and_the_configuration_are_not_handed_out(tiny, tmp_path):
    (tmp_path / "named").symlink_to(tiny)
    shutil.copy(tiny, tmp_path / "catalog.db")
    (tmp_path / "c.ini").write_text("max-limit = 100\n")
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "sign.ini").write_text("[a]\nsecret-access-key = x\n")
    for args, what in [
        (["--catalog", tiny, "--sign", tmp_path / "keys" / "sign.ini"], "the keys for signing"),
        (["--catalog", tiny, "--sign", "/not/there"], "the keys for signing, " + str(tmp_path / "keys" / "aws")),
        (["--catalog", tmp_path / "catalog.db"], "the catalog"),
        (["--catalog", tmp_path / "named"], "the catalog"),
        (["--catalog", tiny, "--config", tmp_path / "c.ini"], "the configuration"),
    ]:
        done = run_cairnd(*args, "--assets", f"/a/={tmp_path}", env={"AWS_CONFIG_FILE": str(tmp_path / "keys" / "aws")})
        assert done.returncode == 2 and f"would hand out {what}" in done.stderr


def test_environment_and_file(tiny, data, tmp_path, start_server):
    spaced = tmp_path / "two words"
    put(spaced / "x", b"spaced")
    (tmp_path / "c").mkdir()
    config = tmp_path / "c" / "d.ini"
    config.write_text(f"assets = /one/={data}\nassets = /two/={spaced}\n")
    daemon = start_server(tiny, "--config", config)
    assert get(daemon.port, "/one/a.tif").status == 200 and get(daemon.port, "/two/x").body == b"spaced"
    daemon = start_server(tiny, "--assets", f"/three={spaced}", "--config", config)
    assert get(daemon.port, "/three/x").body == b"spaced" and get(daemon.port, "/one/a.tif").status == 404
    daemon = start_server(tiny, env={"CAIRND_ASSETS": f"/one/={data}, /two/={data}/s.zarr"})
    assert get(daemon.port, "/one/a.tif").status == 200 and get(daemon.port, "/two/v/0.0").body == b"chunk"


# ---- with the indexer ----


def test_hrefs_that_are_written_at_ingest_are_served(tmp_path, start_server):
    """`cairn ingest --asset-base` writes the addresses that `cairnd --assets` answers."""
    folder = tmp_path / "archive"
    files = {"scene one/red é.tif": b"red", "scene one/100%.nc": b"nc", "top.json": b"{}"}
    for name, body in files.items():
        put(folder / name, body)
    item = make_item("i1", assets={"a": {"href": "./red é.tif"}, "b": {"href": "100%25.nc"}, "c": {"href": "../top.json"}})
    (folder / "scene one" / "item.json").write_text(json.dumps(item))
    catalog = tmp_path / "archive.cairn"
    run_cairn("init", catalog)
    daemon = start_server(catalog, "--assets", f"/assets/={folder}")
    run_cairn("ingest", catalog, folder, "--asset-base", f"{daemon.url}assets/", "--quiet")
    served = json.loads(get(daemon.port, "/collections/things/items/i1").body)
    for key, body in {"a": b"red", "b": b"nc", "c": b"{}"}.items():
        href = served["assets"][key]["href"]
        assert href.startswith(f"{daemon.url}assets/"), href
        assert get(daemon.port, "/" + href.removeprefix(daemon.url)).body == body


def test_files_are_no_part_of_the_definition(server):
    """requests' answers are held against openapi.yaml in these tests; those of files are passed by."""
    import requests

    assert requests.get(f"{server.url}assets/a.tif", timeout=10).content == b"0123456789"
