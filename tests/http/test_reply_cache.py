"""Replies that are kept (--reply-cache): the same bytes as without, and never those of a catalog that has changed."""

import json
import os
import random
import threading

import pytest
import requests
from support import make_item, run_cairn, wait_until

N = 40
TARGETS = [
    ("GET", "/", None),
    ("GET", "/conformance", None),
    ("GET", "/collections", None),
    ("GET", "/collections/things", None),
    ("GET", "/collections/things/items?limit=7", None),
    ("GET", "/collections/things/items/a-3", None),
    ("GET", "/collections/things/items/a-3?profile=source", None),
    ("GET", "/search?limit=5", None),
    ("GET", "/search?ids=a-1,a-2&fields=id", None),
    ("GET", "/search?filter=n%3E10&limit=3", None),
    ("GET", "/aggregate?aggregations=total_count", None),
    ("GET", "/api", None),
    ("POST", "/search", {"limit": 5}),
    ("POST", "/search", {"limit": 6}),
    ("HEAD", "/search?limit=5", None),
    ("GET", "/nothing", None),
    ("GET", "/search?limit=no", None),
    ("GET", "/healthz", None),
]
HEADERS = [
    {},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "identity"},
    {"Accept": "application/geo+json"},
    {"Accept": "text/html"},
    {"Accept-Profile": "<https://example.org/none>"},
    {"Host": "example.org:81"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "outside.example", "X-Forwarded-Prefix": "/stac"},
    {"If-None-Match": "*"},
    {"If-None-Match": '"0000000000000000"'},
]


def items(era, n=N):
    return [make_item(f"{era}-{i}", collection="things", lon=i, lat=0, n=i, era=era) for i in range(n)]


def ingest(path, wanted):
    run_cairn("ingest", path, "-", input="".join(json.dumps(one) + "\n" for one in wanted))
    return path


@pytest.fixture
def kept(start_server, make_catalog):
    return start_server(make_catalog(items("a")), "--reply-cache", "8M", "--trust-proxy", "127.0.0.1")


def reads(daemon):
    """How often the process has read a file; what it gets from sockets does not count."""
    with open(f"/proc/{daemon.process.pid}/io") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("syscr"))


def ask(port, method, target, body, headers):
    host = {"Host": "127.0.0.1:1"} | headers
    answer = requests.request(
        method, f"http://127.0.0.1:{port}{target}", json=body, headers={"Accept-Encoding": None} | host, stream=True
    )
    facts = {name.lower(): value for name, value in answer.headers.items() if name.lower() != "date"}
    return answer.status_code, facts, answer.raw.read(decode_content=False)


def test_same_bytes_as_without(kept, start_server):
    """Each question in each form three times in random order, beside a daemon that keeps nothing."""
    plain = start_server(kept.catalog, "--trust-proxy", "127.0.0.1")
    questions = [(*target, headers) for target in TARGETS for headers in HEADERS] * 3
    random.Random(3).shuffle(questions)
    for question in questions:
        assert ask(kept.port, *question) == ask(plain.port, *question), question


def test_a_kept_reply_reads_no_file(start_server, make_catalog):
    kept = start_server(make_catalog(items("a")), "--reply-cache", "8M", "--lock-reads")
    wait_until(lambda: not grows(kept, "/search?limit=5"))
    assert grows(kept, "/healthz")
    assert not grows(kept, "/search?limit=5", {"If-None-Match": "*"})


def grows(daemon, target, headers=None):
    """Whether each request reads the file, as those do that take a lock."""
    with requests.Session() as session:
        before = reads(daemon)
        for _ in range(20):
            session.get(f"http://127.0.0.1:{daemon.port}{target}", headers=headers)
        return reads(daemon) >= before + 20


def test_not_modified_from_a_kept_reply(kept):
    first = requests.get(kept.url + "search?limit=5")
    for _ in range(3):
        again = requests.get(kept.url + "search?limit=5", headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == first.headers["ETag"]
        assert requests.get(kept.url + "search?limit=5").content == first.content


def test_what_another_process_commits_is_seen_at_once(kept):
    """The answer right behind each ingest is the new one, in WAL mode too."""
    url = kept.url + "search?limit=1"
    for i in range(12):
        for _ in range(3):
            assert requests.get(url).json()["numberMatched"] == N + i
        ingest(kept.catalog, [make_item(f"b-{i}", collection="things", lon=i, lat=1)])
        assert requests.get(url).json()["numberMatched"] == N + i + 1


def test_replaced_catalog_is_seen_at_once(kept, tmp_path):
    for era, other in [("b", "a"), ("a", "b")] * 4:
        for _ in range(3):
            assert {one["era"] for one in requests.get(kept.url + "search").json()["features"]} == {other}
        os.rename(ingest(tmp_path / "next", items(era)), kept.catalog)
        # The first request after it opens the new file; from then on nothing is of the old one.
        assert {one["era"] for one in requests.get(kept.url + "search").json()["features"]} == {era}


def test_ingest_under_load_is_never_missed(kept):
    """Four clients ask while items are added: what is found is never less than what was acknowledged before."""
    acknowledged, stop, wrong = [N], threading.Event(), []

    def client():
        with requests.Session() as session:
            while not stop.is_set():
                least = acknowledged[0]
                found = session.get(kept.url + "search?limit=1").json()["numberMatched"]
                if found < least:
                    wrong.append((least, found))

    clients = [threading.Thread(target=client) for _ in range(4)]
    for one in clients:
        one.start()
    for i in range(10):
        ingest(kept.catalog, [make_item(f"c-{i}", collection="things", lon=i, lat=2)])
        acknowledged[0] += 1
    stop.set()
    for one in clients:
        one.join()
    assert not wrong


def rss(daemon):
    with open(f"/proc/{daemon.process.pid}/status") as lines:
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmRSS"))


def test_many_questions_do_not_grow_memory(start_server, make_catalog):
    daemon = start_server(make_catalog(items("a")), "--reply-cache", "1M", "--threads", "2")

    def ask_many(first, n):
        with requests.Session() as session:
            for i in range(first, first + n):
                assert session.get(daemon.url + f"search?limit=20&bbox=-1,-1,{30 + i / 1e4},1").status_code == 200

    ask_many(0, 400)  # more than fits
    before = rss(daemon)
    ask_many(400, 600)
    assert rss(daemon) < before + (4 << 20)


def test_private_and_streamed_are_never_kept(start_server, make_catalog, tmp_path):
    config = tmp_path / "sign.ini"
    config.write_text(
        "[things]\nallow = s3://bucket/\nregion = us-east-1\n"
        "access-key-id = AKIDEXAMPLE\nsecret-access-key = wJalrXUtnFEMI\n"
    )
    config.chmod(0o600)
    item = make_item("s-1", collection="things", lon=1, lat=1)
    item["assets"] = {"data": {"href": "s3://bucket/key.tif"}}
    signer = start_server(make_catalog([item]), "--reply-cache", "8M", "--lock-reads", "--sign", config)
    target = "/collections/things/items/s-1?asset-href-mode=signed"
    assert requests.get(f"http://127.0.0.1:{signer.port}{target}").headers["Cache-Control"].startswith("private")
    assert grows(signer, target)
    assert grows(signer, "/search?f=ndjson")
