"""GET /sign, the tokens of collections, and what is said of both."""

import json
import re
import subprocess
import sys
import textwrap
import threading
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pystac
import pytest
import requests
from support import BUILD, make_item, wait_until

KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ACCOUNT_KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODk="

CONFIG = f"""
[data]
allow = s3://bucket/open/
region = eu-west-1
access-key-id = AKIAIOSFODNN7EXAMPLE
secret-access-key = {KEY}
collections = of-s3
expires = 1200

[guarded]
allow = s3://bucket/guarded
region = eu-west-1
access-key-id = AKIAIOSFODNN7EXAMPLE
secret-access-key = {KEY}
collections = of-guarded
token-required = yes

[azure]
allow = abfs://container@account.dfs.core.windows.net/
account-key = {ACCOUNT_KEY}
collections = of-azure

[folder]
allow = https://account.blob.core.windows.net/second/folder/
account-key = {ACCOUNT_KEY}
collections = of-folder
"""

# What the schemas of the extension and of its platforms have of storage:schemes.
STORAGE_SCHEMES = {
    "additionalProperties": {
        "type": "object",
        "required": ["type", "platform"],
        "properties": {
            "platform": {"type": "string", "pattern": r"^[\w\+.-]+://"},
            "region": {"type": "string"},
            "requester_pays": {"type": "boolean"},
        },
        "allOf": [
            {
                "if": {"properties": {"type": {"const": "aws-s3"}}},
                "then": {
                    "properties": {
                        "platform": {"const": "https://{bucket}.s3.{region}.amazonaws.com"},
                        "bucket": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-.]{1,61}[a-z0-9]$"},
                        "region": {"type": "string", "pattern": "^[a-z0-9-]+$"},
                    }
                },
            },
            {
                "if": {"properties": {"type": {"const": "ms-azure"}}},
                "then": {"properties": {"platform": {"const": "https://{account}.blob.core.windows.net"}}},
            },
        ],
    },
}

SECRETS = ["wJalrXUtnFEMI", "QUJDREVGR0hJSktM", "X-Amz-Signature", "X-Amz-Credential", "sig=", "sig%3D"]


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "sign.ini"
    path.write_text(CONFIG)
    path.chmod(0o600)
    return path


@pytest.fixture
def signing(make_catalog, start_server, config):
    names = ["of-s3", "of-guarded", "of-azure", "of-folder", "of-none"]
    catalog = make_catalog(
        [make_item(name, name, 1, 2, assets={"a": {"href": f"s3://bucket/open/{name}.tif"}}) for name in names]
    )
    return start_server(catalog, "--sign", config, "--log-level", "debug", "--access-log")


def sign(server, href, **more):
    return requests.get(server.url + "sign", params={"href": href, **more})


def seconds_left(answer):
    end = datetime.strptime(answer.json()["msft:expiry"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    return (end - datetime.now(timezone.utc)).total_seconds()


def test_signs_what_is_covered(signing):
    answer = sign(signing, "s3://bucket/open/a%20b.tif")
    url = urlsplit(answer.json()["href"])
    assert (url.scheme, url.netloc, url.path) == ("https", "bucket.s3.eu-west-1.amazonaws.com", "/open/a%20b.tif")
    assert parse_qs(url.query)["X-Amz-Expires"] == ["1200"]
    assert 1190 <= seconds_left(answer) <= 1200


@pytest.mark.parametrize(
    "href",
    [
        "s3://bucket/openly/a",
        "s3://bucket/open/../closed/a",
        "s3://bucket/open/%2e%2e/a",
        "s3://bucket/open%2Fa",
        "s3://other/open/a",
        "s3://bucket/open/a?versionId=1",
        "https://bucket.s3.eu-west-1.amazonaws.com.example.org/open/a",
        "https://user@bucket.s3.eu-west-1.amazonaws.com/open/a",
        "file:///etc/passwd",
        "open/a",
        "s3://bucket/guarded/a",
    ],
)
def test_anything_else_is_not_found(signing, href):
    answer = sign(signing, href)
    assert answer.status_code == 404
    assert "bucket" not in answer.text and "guarded" not in answer.text


def test_the_answer_is_private_and_cors(signing):
    answer = requests.get(signing.url + "sign", params={"href": "s3://bucket/open/a"}, headers={"Origin": "http://x"})
    private, age = re.fullmatch(r"(private), max-age=(\d+)", answer.headers["Cache-Control"]).groups()
    assert 0 < int(age) < seconds_left(answer)
    assert "ETag" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_inline(signing):
    answer = requests.get(signing.url + "search", params={"asset-href-mode": "signed"})
    hrefs = [item["assets"]["a"]["href"] for item in answer.json()["features"]]
    assert len(hrefs) == 5 and all("X-Amz-Signature=" in href for href in hrefs)
    assert answer.headers["Cache-Control"].startswith("private, max-age=") and "ETag" not in answer.headers
    plain = requests.get(signing.url + "search")
    assert "X-Amz" not in plain.text and "ETag" in plain.headers


@pytest.mark.parametrize("query", ["", "?href=", "?href=a&href=b", "?href=s3://bucket/open/a&token=x"])
def test_bad_parameters(signing, query):
    assert requests.get(signing.url + "sign" + query).status_code == 400


def token_of(server, collection):
    answer = requests.get(f"{server.url}collections/{collection}/token")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_token_of_s3_is_for_sign(signing):
    token = token_of(signing, "of-guarded")
    assert (token["type"], token["authorizationApi"]) == ("sign", signing.url + "sign")
    assert sign(signing, "s3://bucket/guarded/a", token=token["token"]).status_code == 200
    other = token_of(signing, "of-s3")["token"]
    assert sign(signing, "s3://bucket/guarded/a", token=other).status_code == 404
    assert sign(signing, "s3://bucket/open/a", token=other).status_code == 200
    for i in (0, 20, len(other) - 1):
        broken = other[:i] + ("A" if other[i] != "A" else "B") + other[i + 1 :]
        assert sign(signing, "s3://bucket/open/a", token=broken).status_code == 400


def test_a_token_of_azure_is_a_sas(signing):
    token = token_of(signing, "of-azure")
    assert token["type"] == "sas"
    query = parse_qs(token["token"])
    assert (query["sr"], query["sp"], query["spr"]) == (["c"], ["rl"], ["https"])


def test_collections_without_a_token(signing):
    answers = {name: requests.get(f"{signing.url}collections/{name}/token") for name in ["of-folder", "of-none", "no"]}
    assert {answer.status_code for answer in answers.values()} == {404}
    assert "GET /sign" in answers["of-folder"].json()["description"]


def check_scheme(document, root):
    assert "https://stac-extensions.github.io/authentication/v1.1.0/schema.json" in document["stac_extensions"]
    scheme = document["auth:schemes"]["cairn_sign"]
    flow = scheme["flows"]["authorizationCode"]
    assert scheme["type"] == "signedUrl"
    assert (flow["authorizationApi"], flow["method"], flow["responseField"]) == (root + "sign", "GET", "href")
    assert flow["parameters"]["href"] == {**flow["parameters"]["href"], "in": "query", "required": True}


def test_announced_where_something_is_signed(signing):
    check_scheme(requests.get(signing.url).json(), signing.url)
    for name in ["of-s3", "of-azure"]:
        document = requests.get(f"{signing.url}collections/{name}").json()
        check_scheme(document, signing.url)
        assert pystac.Collection.from_dict(document).id == name
    assert "auth:schemes" not in requests.get(signing.url + "collections/of-none").json()
    listed = {c["id"]: c for c in requests.get(signing.url + "collections").json()["collections"]}
    assert "auth:schemes" in listed["of-s3"] and "auth:schemes" not in listed["of-none"]


STORAGE = "https://stac-extensions.github.io/storage/v2.0.0/schema.json"
STORED = {
    "of-s3": {
        "cairn_sign_bucket": {
            "type": "aws-s3",
            "platform": "https://{bucket}.s3.{region}.amazonaws.com",
            "bucket": "bucket",
            "region": "eu-west-1",
            "requester_pays": False,
        },
        "cairn_sign_cubes": {
            "type": "custom-s3",
            "platform": "http://minio.example.org:9000",
            "bucket": "cubes",
            "region": "us-east-1",
            "requester_pays": False,
        },
    },
    "of-azure": {
        "cairn_sign_account": {
            "type": "ms-azure",
            "platform": "https://{account}.blob.core.windows.net",
            "account": "account",
            "requester_pays": False,
        }
    },
}


@pytest.mark.parametrize("more", [{}, {"storage:region": "x"}])
def test_where_the_objects_lie(tmp_path, cairn, start_server, config, more):
    collection = {
        "type": "Collection",
        "stac_version": "1.1.0",
        "description": "d",
        "license": "other",
        "extent": {"spatial": {"bbox": [[0, 0, 1, 1]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
        "links": [],
        **more,
    }
    twice = "[more]\nallow = s3://cubes/a/\nallow = s3://cubes/b/\nallow = s3://bucket/c/\n"
    keys = f"endpoint = http://minio.example.org:9000\naccess-key-id = A\nsecret-access-key = {KEY}\n"
    config.write_text(f"{CONFIG}\n{twice}{keys}collections = of-s3\n")
    catalog = tmp_path / "stored.cairn"
    cairn("ingest", catalog, "-", input="".join(json.dumps({**collection, "id": name}) + "\n" for name in STORED))
    server = start_server(catalog, "--sign", config)
    listed = requests.get(server.url + "collections").json()["collections"]
    for document in [*listed, *(requests.get(f"{server.url}collections/{name}").json() for name in STORED)]:
        check_scheme(document, server.url)
        assert document.get("storage:schemes") == (None if more else STORED[document["id"]])
        assert document["stac_extensions"].count(STORAGE) == (0 if more else 1)
        jsonschema.Draft7Validator(STORAGE_SCHEMES).validate(document.get("storage:schemes", {}))
    assert "storage:schemes" not in requests.get(server.url + "collections/of-s3?profile=source").json()


def test_a_collection_keeps_its_own_schemes_and_links(tmp_path, cairn, start_server, config):
    own = {
        "type": "Collection",
        "stac_version": "1.1.0",
        "stac_extensions": ["https://example.org/x.json"],
        "id": "of-s3",
        "description": "d",
        "license": "other",
        "extent": {"spatial": {"bbox": [[0, 0, 1, 1]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
        "auth:schemes": {"login": {"type": "http", "scheme": "basic"}},
        "links": [{"rel": "license", "href": "https://example.org/l", "type": "text/html"}],
    }
    catalog = tmp_path / "own.cairn"
    cairn("ingest", catalog, "-", input=json.dumps(own) + "\n")
    server = start_server(catalog, "--sign", config)
    served = requests.get(server.url + "collections/of-s3").json()
    check_scheme(served, server.url)
    assert served["auth:schemes"]["login"] == own["auth:schemes"]["login"]
    assert served["stac_extensions"][0] == "https://example.org/x.json"
    assert [link["href"] for link in served["links"] if link["rel"] == "license"] == ["https://example.org/l"]
    source = requests.get(server.url + "collections/of-s3?profile=source").json()
    assert list(source["auth:schemes"]) == ["login"]


def test_without_a_signer(server):
    for path in ["sign?href=s3://bucket/a", "collections/x/token"]:
        answer = requests.get(server.url + path)
        assert answer.status_code == 404 and "--sign" in answer.json()["description"]
    assert "auth:schemes" not in requests.get(server.url).json()


def test_nothing_secret_is_logged(signing):
    """Thousands of answers, and the log of them at its most talkative."""

    def ask():
        with requests.Session() as session:
            for i in range(500):
                session.get(signing.url + "sign", params={"href": f"s3://bucket/open/{i}"})
                session.get(signing.url + "sign", params={"href": "s3://bucket/closed?X-Amz-Signature=0"})
                if i % 10 == 0:
                    session.get(signing.url + "search", params={"asset-href-mode": "signed"})
            session.get(signing.url + "collections/of-azure/token")
            session.get(signing.url + "sign", params={"href": "s3://bucket/open/a", "X-Amz-Signature": "0"})
            session.get(signing.url + "sign", params={"token": "sig=0", "href": "s3://bucket/open/a"})

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = signing.errors()
    assert log.count("access: GET /sign 200") >= 2000
    for secret in SECRETS + ["s3://", "bucket"]:
        assert secret not in log


PROCESS = """
import json, sys, time
mode, count = sys.argv[1:3]
with open(count, "a") as file:
    file.write("x")
if mode == "fail-then-hang":
    time.sleep(4 if open(count).read() == "xx" else 0); sys.exit(1)
if mode == "fail":
    print("SECRET-OUT"); print("SECRET-ERR", file=sys.stderr); sys.exit(3)
if mode == "junk":
    print("SECRET-OUT"); sys.exit(0)
if mode == "flood":
    sys.stdout.write("SECRET" * 100000)
keys = {"Version": 1, "AccessKeyId": "AKIDPROCESS", "SecretAccessKey": "SECRETKEY", "SessionToken": "tok/en=="}
if mode != "forever":
    ends = time.time() + (600 if mode == "short" else 7200)
    keys["Expiration"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ends))
print(json.dumps(keys))
"""


@pytest.fixture
def by_process(tmp_path, make_catalog, start_server):
    """by_process(mode) -> (a server whose keys are a program's, how often that ran)"""
    catalog = make_catalog([make_item("a", "c", 1, 2, assets={"a": {"href": "s3://bucket/a"}})])
    (tmp_path / "my keys.py").write_text(PROCESS)

    def start(mode):
        count = tmp_path / "count"
        count.write_text("")
        config = tmp_path / "sign.ini"
        config.write_text(
            textwrap.dedent(f"""
            [p]
            allow = s3://bucket/
            region = eu-west-1
            expires = 3600
            credential-process = {sys.executable} "{tmp_path}/my keys.py" {mode} '{count}'
            """)
        )
        return start_server(catalog, "--sign", config), lambda: len(count.read_text())

    return start


def test_keys_of_a_process(by_process):
    server, runs = by_process("long")
    answers = [sign(server, "s3://bucket/a") for _ in range(5)]
    query = parse_qs(urlsplit(answers[0].json()["href"]).query)
    assert query["X-Amz-Security-Token"] == ["tok/en=="]
    assert query["X-Amz-Expires"] == ["3600"]
    assert runs() == 1


def test_no_signature_outlives_its_keys(by_process):
    server, runs = by_process("short")
    answer = sign(server, "s3://bucket/a")
    query = parse_qs(urlsplit(answer.json()["href"]).query)
    # Counted from the beginning of the request, before the process ran.
    begun = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ")
    ends = begun + timedelta(seconds=int(query["X-Amz-Expires"][0]))
    assert ends.strftime("%Y-%m-%dT%H:%M:%SZ") == answer.json()["msft:expiry"]
    assert 500 <= seconds_left(answer) <= 600
    assert [sign(server, "s3://bucket/a").status_code for _ in range(5)] == [200] * 5
    assert runs() == 1  # soon to be renewed, but not at every request


@pytest.mark.parametrize("mode, why", [("fail", "exit code 3"), ("junk", "no JSON"), ("flood", "64 KB")])
def test_a_process_that_fails(by_process, mode, why):
    server, runs = by_process(mode)
    answers = [sign(server, "s3://bucket/a") for _ in range(5)]
    for path in "search", "search?f=ndjson", "collections/c/items/a":
        answers.append(requests.get(server.url + path, params={"asset-href-mode": "signed"}))
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["description"].split(",")[0] for answer in answers} == {
        "this server has no keys to sign with at the moment"
    }
    assert runs() == 1  # it is not asked again at once
    assert requests.get(server.url).status_code == 200
    assert why in server.errors() and not any(why in answer.text for answer in answers)
    assert "SECRET" not in server.errors() + answers[0].text


def test_many_at_once_run_the_process_once(by_process):
    server, runs = by_process("long")
    codes = []
    threads = [threading.Thread(target=lambda: codes.append(sign(server, "s3://bucket/a").status_code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 8 and runs() == 1


def test_a_process_that_hangs_keeps_one_thread(by_process):
    server, runs = by_process("fail-then-hang")
    assert sign(server, "s3://bucket/a").status_code == 503
    time.sleep(5.1)  # until it is asked again
    first = threading.Thread(target=sign, args=(server, "s3://bucket/a"))
    first.start()
    wait_until(lambda: runs() == 2)
    answer = sign(server, "s3://bucket/a")
    assert answer.status_code == 503 and first.is_alive()
    first.join()


def test_a_configuration_that_is_wrong_stops_the_start(tmp_path, catalog):
    config = tmp_path / "sign.ini"
    config.write_text("[a]\nallow = s3://bucket/\nregoin = eu-west-1\n")
    done = subprocess.run([BUILD / "cairnd", "--catalog", catalog, "--sign", config], capture_output=True, text=True)
    assert done.returncode == 2 and f"{config}:3: unknown key 'regoin'" in done.stderr


@pytest.mark.parametrize(
    "lines, message",
    [
        (["allow = https://account.blob.core.windows.net/c/?sv=2020&sig=SECRET"], ":2: [a]: allow: expected a prefix"),
        (["allow = abfs://c@account.dfs.core.windows.net/", "account-key = QUJD", "  SECRET+/x=="], ":4: unknown key;"),
        (["allow = s3://bucket/", "SECRET==", "region = eu-west-1"], ":3: unknown key;"),
    ],
)
def test_a_secret_in_the_wrong_place_is_not_told(tmp_path, catalog, lines, message):
    config = tmp_path / "sign.ini"
    config.write_text("\n".join(["[a]", *lines]))
    done = subprocess.run([BUILD / "cairnd", "--catalog", catalog, "--sign", config], capture_output=True, text=True)
    assert done.returncode == 2 and f"{config}{message}" in done.stderr and "SECRET" not in done.stderr


def given_sas(ends):
    ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ends))
    sas = f"sv=2020-12-06&se={ends}&sr=c&sp=rl&sig=SECRET"
    return f"[given]\nallow = abfs://container@account.dfs.core.windows.net/\nsas = {sas}\n"


def test_a_sas_that_has_ended_stops_the_start(tmp_path, catalog):
    config = tmp_path / "sign.ini"
    config.write_text(given_sas(1577934245))
    done = subprocess.run([BUILD / "cairnd", "--catalog", catalog, "--sign", config], capture_output=True, text=True)
    assert done.returncode == 2 and "SECRET" not in done.stderr
    assert f"{config}:3: [given]: sas: it ended at 2020-01-02T03:04:05Z; have a new one made" in done.stderr


def test_a_sas_that_ends_meanwhile_is_told(tmp_path, catalog, start_server):
    config, ends, href = tmp_path / "sign.ini", int(time.time()) + 4, "abfs://container@account.dfs.core.windows.net/a"
    config.write_text(given_sas(ends))
    server = start_server(catalog, "--sign", config)
    assert sign(server, href).status_code == 200
    wait_until(lambda: time.time() >= ends)
    answer = sign(server, href)
    assert answer.status_code == 503
    assert "SAS" in answer.json()["description"] and "has ended" in answer.json()["description"]
    assert "minute" not in answer.text and "given" not in answer.text
    assert "[given]: its SAS has ended; put a new one in its place and restart cairnd" in server.errors()
    assert "SECRET" not in server.errors() + answer.text
