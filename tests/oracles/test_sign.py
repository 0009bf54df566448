"""Signed URLs against botocore and azure-storage-blob, byte for byte, at a frozen clock; and nothing outside the allow-list.

CAIRN_SIGN_KEYS is how many keys are signed and how many hrefs are tried to get in (default 1,000; scripts/sign-oracle takes
10,000).
"""

import datetime
import json
import os
import random
import subprocess
from contextlib import contextmanager
from urllib.parse import parse_qs, quote, unquote_to_bytes, urlsplit

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.session
import pytest
from azure.storage.blob import _shared_access_signature as azure_sas
from botocore.config import Config
from support import BUILD

N = int(os.environ.get("CAIRN_SIGN_KEYS", "1000"))
NOW = datetime.datetime(2024, 2, 29, 23, 59, 58, tzinfo=datetime.timezone.utc)
SECONDS = int(NOW.timestamp())
ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ACCOUNT_KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODk="
KEYS = f"access-key-id = {ID}\nsecret-access-key = {SECRET}\n"


def run(config, lines, env=None):
    """The answers of cairn_sign_tool to lines of {href or collection, now}."""
    done = subprocess.run(
        [BUILD / "tests/tools/cairn_sign_tool", config],
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(lines)
    return answers


def sign(config, hrefs, now=SECONDS, **more):
    return run(config, [{"href": href, "now": now} for href in hrefs], **more)


@pytest.fixture
def configure(tmp_path):
    def write(text):
        path = tmp_path / "sign.ini"
        path.write_text(text)
        path.chmod(0o600)
        return path

    return write


# ---- S3


@contextmanager
def frozen():
    real = botocore.auth.get_current_datetime
    botocore.auth.get_current_datetime = lambda *args, **kwargs: NOW
    try:
        yield
    finally:
        botocore.auth.get_current_datetime = real


def client(region, endpoint=None, token=None, style="virtual", key=(ID, SECRET)):
    return botocore.session.Session().create_client(
        "s3",
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        aws_session_token=token,
        config=Config(signature_version="s3v4", s3={"addressing_style": style, "us_east_1_regional_endpoint": "regional"}),
    )


def presigned(s3, bucket, key, seconds):
    with frozen():
        return s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds)


ODD = [" ", "  ", "+", "%", "%20", "%2F", "~", "//", "/", "&", "=", "?", "#", ":", ";", ",", "@", "!", "$", "'", "(", ")", "*"]
ODD += ["[", "]", "{", "}", "|", "\\", "^", "`", '"', "<", ">", "\t", "\x01", "\x7f", "é", "e\u0301", "日本", "😀", "\u202e", "a", "Z"]
ODD += ["0", "_", "-", ".", "...", ".a", "a.", "..a", "B04.tif", "\u00a0", "\ufeff", "Ω/ω", "%zz", "%C3%A9", "x" * 60]


def is_key(key):
    return key and len(key.encode()) <= 1024 and not any(part in (".", "..") for part in key.split("/"))


def odd_keys(n, seed):
    dice = random.Random(seed)
    keys = ["/", "//", "/leading", "///three", "trailing/", "a//b", "a" * 1024, "é" * 512, "/" * 1000, " ", "+", "%", "~"]
    while len(keys) < n:
        key = "".join(dice.choice(ODD) for _ in range(dice.choice([1, 2, 3, 5, 8, 13, 200])))
        if is_key(key):
            keys.append(key)
    return keys[:n]


STORES = {
    "virtual": ("region = eu-west-1", "bucket", dict(region="eu-west-1")),
    "path style": ("region = eu-west-1\npath-style = yes", "bucket", dict(region="eu-west-1", style="path")),
    "us-east-1": ("region = us-east-1", "bucket", dict(region="us-east-1")),
    "us-east-1, the old host": (
        "region = us-east-1\nendpoint = https://s3.amazonaws.com",
        "bucket",
        dict(region="us-east-1", endpoint="https://s3.amazonaws.com"),
    ),
    "China": ("region = cn-north-1", "bucket", dict(region="cn-north-1")),
    "GovCloud": ("region = us-gov-west-1", "bucket", dict(region="us-gov-west-1")),
    "dots": ("region = eu-central-1", "my.dotted.bucket", dict(region="eu-central-1")),
    "an old name": ("region = us-east-1\npath-style = yes", "Old_Bucket", dict(region="us-east-1", style="path")),
    "a session": ("region = ap-south-1\nsession-token = tok/en+==%&", "bucket", dict(region="ap-south-1", token="tok/en+==%&")),
    "http and a port": ("endpoint = http://localhost:9000", "bucket", dict(region="us-east-1", endpoint="http://localhost:9000", style="path")),
    "a port": (
        "endpoint = https://S3.Example.org:8443/\nregion = de-1",
        "bucket",
        dict(region="de-1", endpoint="https://s3.example.org:8443", style="path"),
    ),
    "virtual on a host": (
        "endpoint = https://s3.example.org\npath-style = no",
        "bucket",
        dict(region="us-east-1", endpoint="https://s3.example.org"),
    ),
    "IPv4": ("endpoint = http://127.0.0.1:9000", "bucket", dict(region="us-east-1", endpoint="http://127.0.0.1:9000", style="path")),
    "IPv6": ("endpoint = http://[::1]:9000", "bucket", dict(region="us-east-1", endpoint="http://[::1]:9000", style="path")),
}


@pytest.mark.parametrize("name", STORES)
def test_as_botocore_signs(configure, name):
    lines, bucket, how = STORES[name]
    seconds = random.Random(name).choice([1, 900, 3600, 604800])
    config = configure(f"[s]\nallow = s3://{bucket}/\nexpires = {seconds}\n{KEYS}{lines}\n")
    keys = odd_keys(-(-N // len(STORES)), name)
    s3 = client(**how)
    answers = sign(config, [f"s3://{bucket}/{quote(key)}" for key in keys])
    for key, answer in zip(keys, answers):
        assert answer == {"href": presigned(s3, bucket, key, seconds), "expires": SECONDS + seconds}, key


def test_as_botocore_signs_for_google(configure):
    config = configure(f"[g]\nallow = gs://bucket/\naccess-key-id = GOOG1EXAMPLE\nsecret-access-key = {SECRET}\n")
    s3 = client("auto", "https://storage.googleapis.com", style="path", key=("GOOG1EXAMPLE", SECRET))
    keys = odd_keys(max(50, N // 10), "gs")
    for key, answer in zip(keys, sign(config, [f"gs://bucket/{quote(key)}" for key in keys])):
        assert answer["href"] == presigned(s3, "bucket", key, 3600), key


def test_requester_pays_as_botocore_signs_the_parameter(configure):
    config = configure(f"[s]\nallow = s3://bucket/\nregion = eu-west-1\nrequester-pays = yes\nsession-token = tok\n{KEYS}")
    (answer,) = sign(config, ["s3://bucket/a%20b"])
    request = botocore.awsrequest.AWSRequest("GET", "https://bucket.s3.eu-west-1.amazonaws.com/a%20b")
    request.params = {"x-amz-request-payer": "requester"}
    credentials = botocore.credentials.Credentials(ID, SECRET, "tok")
    with frozen():
        botocore.auth.S3SigV4QueryAuth(credentials, "s3", "eu-west-1", expires=3600).add_auth(request)
    assert answer["href"] == request.url


def test_the_published_example(configure):
    """AWS, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)"."""
    config = configure(f"[s]\nallow = s3://examplebucket/\nregion = us-east-1\nendpoint = https://s3.amazonaws.com\nexpires = 86400\n{KEYS}")
    (answer,) = sign(config, ["s3://examplebucket/test.txt"], now=1369353600)
    assert answer["href"] == (
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"
        "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


@pytest.mark.parametrize(
    "href",
    [
        "s3://bucket/k",
        "S3://bucket/k",
        "https://bucket.s3.eu-west-1.amazonaws.com/k",
        "https://BUCKET.S3.eu-west-1.amazonaws.com/k",
        "https://bucket.s3.eu-west-1.amazonaws.com:443/k",
        "https://bucket.s3.amazonaws.com/k",
        "https://bucket.s3-eu-west-1.amazonaws.com/k",
        "https://bucket.s3.dualstack.eu-west-1.amazonaws.com/k",
        "https://s3.eu-west-1.amazonaws.com/bucket/k",
        "https://s3.amazonaws.com/bucket/k",
        "s3://bucket/%6B",
    ],
)
def test_all_forms_of_an_href_are_the_same_object(configure, href):
    config = configure(f"[s]\nallow = s3://bucket/\nregion = eu-west-1\n{KEYS}")
    assert sign(config, [href])[0]["href"] == presigned(client("eu-west-1"), "bucket", "k", 3600)


# ---- Azure


def sas(monkeypatch):
    monkeypatch.setattr(azure_sas, "X_MS_VERSION", "2020-12-06")
    return azure_sas.BlobSharedAccessSignature("account", ACCOUNT_KEY)


AZURE = f"[az]\nallow = https://account.blob.core.windows.net/container/\naccount-key = {ACCOUNT_KEY}\ncollections = c\nexpires = 7200\n"
END = NOW + datetime.timedelta(seconds=7200)


def test_as_azure_signs(configure, monkeypatch):
    factory, config = sas(monkeypatch), configure(AZURE)
    keys = odd_keys(max(50, N // 4), "azure")
    forms = ["https://account.blob.core.windows.net/container/", "abfs://container@account.dfs.core.windows.net/"]
    forms += ["abfss://container@account.dfs.core.windows.net/", "az://container/", "abfs://container/"]
    hrefs = [forms[i % len(forms)] + quote(key) for i, key in enumerate(keys)]
    for key, answer in zip(keys, sign(config, hrefs)):
        expected = factory.generate_blob("container", key, permission="r", expiry=END, protocol="https")
        assert answer["expires"] == int(END.timestamp())
        path, query = answer["href"].split("?")
        assert query == expected, key
        assert path == "https://account.blob.core.windows.net/container/" + quote(key, safe="/~")


def test_a_container_and_a_folder_as_azure_signs(configure, monkeypatch):
    factory = sas(monkeypatch)
    (answer,) = run(configure(AZURE), [{"collection": "c", "now": SECONDS}])
    assert answer["href"] == factory.generate_container("container", permission="rl", expiry=END, protocol="https")
    folder = AZURE.replace("container/\n", "container/a%20b/c/\n") + "hierarchical = yes\n"
    (answer,) = run(configure(folder), [{"collection": "c", "now": SECONDS}])
    expected = factory.generate_blob("container", "a b/c", permission="rl", expiry=END, protocol="https", is_directory=True)
    assert answer["href"] == expected
    (answer,) = run(configure(folder.replace("hierarchical = yes", "")), [{"collection": "c", "now": SECONDS}])
    assert answer["code"] == "not found"


def test_a_given_sas_lasts_as_long_as_it_says(configure):
    given = "sv=2020-12-06&se=2124-03-01T00%3A00%3A00Z&sr=c&sp=rl&sig=a%2Bb/c%3D"
    config = configure(f"[az]\nallow = abfs://container@account.dfs.core.windows.net/\nsas = ?{given}\n")
    href, end = "az://container/a", int(datetime.datetime(2124, 3, 1, tzinfo=datetime.timezone.utc).timestamp())
    (answer,) = sign(config, [href])
    assert answer == {"href": f"https://account.blob.core.windows.net/container/a?{given}", "expires": end}
    (answer,) = sign(config, [href], now=end)
    assert answer["code"] != "not found" and "SAS has ended" in answer["message"] and "a%2Bb" not in answer["message"]


# ---- nothing else

ALLOW = f"""
[whole]
allow = s3://whole-bucket
region = eu-west-1
{KEYS}
[part]
allow = s3://bucket/data/set
allow = s3://bucket/more/
region = eu-west-1
{KEYS}
[own]
allow = s3://own/a%20b/
endpoint = http://store.example.org:9000
{KEYS}
[google]
allow = gs://gbucket/x/
{KEYS}
[az]
allow = https://account.blob.core.windows.net/container/dir/
account-key = {ACCOUNT_KEY}
"""

AWS_HOSTS = ["s3.eu-west-1.amazonaws.com", "s3-eu-west-1.amazonaws.com", "s3.dualstack.eu-west-1.amazonaws.com", "s3.amazonaws.com"]
PLACES = {
    "whole-bucket": ("s3", "https", AWS_HOSTS, [b""]),
    "bucket": ("s3", "https", AWS_HOSTS, [b"data/set", b"more/"]),
    "own": ("s3", "http", ["store.example.org:9000"], [b"a b/"]),
    "gbucket": ("gs", "https", ["storage.googleapis.com"], [b"x/"]),
}


def named(href):
    """(scheme, container, path) of what an href names, by rules written anew from the documentation."""
    scheme, colon, rest = href.partition("://")
    scheme = scheme.lower()
    authority, slash, path = rest.partition("/")
    if not colon or not slash or "?" in href or "#" in href:
        return None
    if scheme in ("s3", "gs"):
        return (scheme, authority, path) if PLACES.get(authority, [""])[0] == scheme else None
    host = authority.lower().removesuffix({"https": ":443", "http": ":80"}.get(scheme, "\0"))
    for bucket, (_, of_scheme, hosts, _) in PLACES.items():
        for known in hosts:
            if scheme == of_scheme and host == f"{bucket}.{known}":
                return scheme, bucket, path
            if scheme == of_scheme and host == known and path.startswith(bucket + "/"):
                return scheme, bucket, path[len(bucket) + 1 :]
    accounts = ["account.blob.core.windows.net", "account.dfs.core.windows.net"]
    if scheme == "https" and host in accounts and path.startswith("container/"):
        return scheme, "container", path[len("container/") :]
    of_abfs = authority == "container" or (authority.startswith("container@") and authority[10:].lower() in accounts)
    if (scheme in ("abfs", "abfss") and of_abfs) or (scheme == "az" and authority == "container"):
        return scheme, "container", path
    return None


def may_be_signed(href):
    """The judge: in plain Python, with nothing of ours."""
    it = named(href)
    if not it or "%2f" in it[2].lower():
        return False
    parts = it[2].split("%")
    if any(len(part) < 2 or not all(c in "0123456789abcdefABCDEF" for c in part[:2]) for part in parts[1:]):
        return False
    key = unquote_to_bytes(it[2].encode("utf-8", "surrogatepass"))
    try:
        key.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if not key or b"\0" in key or len(key) > 4096 or {b".", b".."} & set(key.split(b"/")):
        return False
    prefixes = [b"dir/"] if it[1] == "container" else PLACES[it[1]][3]
    for prefix in prefixes:
        whole = prefix.rstrip(b"/")
        if not prefix or key.startswith(whole + b"/") or (key == whole and not prefix.endswith(b"/")):
            return True
    return False


COVERED = [
    "s3://whole-bucket/a/b.tif",
    "s3://bucket/data/set/a.tif",
    "s3://bucket/data/set",
    "s3://bucket/more/a/b/c",
    "https://bucket.s3.eu-west-1.amazonaws.com/data/set/a.tif",
    "https://s3.eu-west-1.amazonaws.com/bucket/more/a",
    "https://s3.amazonaws.com/whole-bucket/a",
    "s3://own/a%20b/c",
    "http://store.example.org:9000/own/a%20b/c",
    "http://own.store.example.org:9000/a%20b/c",
    "gs://gbucket/x/y",
    "https://storage.googleapis.com/gbucket/x/y",
    "https://gbucket.storage.googleapis.com/x/y",
    "https://account.blob.core.windows.net/container/dir/a.tif",
    "abfs://container@account.dfs.core.windows.net/dir/a.tif",
    "az://container/dir/a",
]
TRICKS = ["../", "/..", "%2e%2e/", "/%2E%2E", "./", "/.", "%2F", "%2f", "%5C", "\\", "%00", "\0", "//", "/", "@", "user@", "user:pw@", ":"]
TRICKS += [":443", ":80", ":9000", ":0443", "?", "?x=1", "#", "#f", "%23", "%3F", ".", "..", "%", "%zz", "%252e%252e/", "%25", "\t", " ", "\n"]
TRICKS += ["evil", ".evil.org", "evil.org/", "bucket", "bucket.", "s3://", "https://", "é", "%C3%A9", "%FF", "%C0%AE", "\u2215", "\uff0f", "s3.", "x"]
TRICKS += ["account", "container", "container@", "data/set", "data/sets", "dir", "amazonaws.com", "a" * 300, "%61", "-", "_", "S3", "*", ";", ","]


def mutations(n, seed="allow"):
    dice = random.Random(seed)
    for _ in range(n):
        href = dice.choice(COVERED)
        for _ in range(dice.choice([1, 1, 1, 2, 3])):
            at = dice.choice([dice.randint(0, len(href)), href.find("/", 8) % (len(href) + 1), href.find("//") + 2, len(href)])
            kind = dice.randrange(6)
            if kind <= 1:
                href = href[:at] + dice.choice(TRICKS) + href[at:]
            elif kind == 2:
                href = href[:at] + href[at + dice.choice([1, 1, 2, 5]) :]
            elif kind == 3:
                href = href[:at] + dice.choice(TRICKS) + href[at + 1 :]
            elif kind == 4:
                href = href[:at] + href[at:].swapcase()
            else:
                other = dice.choice(COVERED)
                href = href[:at] + other[dice.randint(0, len(other)) :]
        yield href


def test_nothing_outside_of_the_allow_list_is_signed(configure):
    config = configure(ALLOW)
    assert all("href" in answer for answer in sign(config, COVERED))
    hrefs = list(mutations(N))
    answers = sign(config, hrefs)
    wrong = [href for href, answer in zip(hrefs, answers) if ("href" in answer) != may_be_signed(href)]
    assert not wrong, wrong[:20]
    inside = [(href, answer["href"]) for href, answer in zip(hrefs, answers) if "href" in answer]
    assert N // 50 < len(inside) < N // 2
    for href, url in inside:  # and what was signed is that very object
        _, container, path = named(href)
        signed = urlsplit(url)
        key = unquote_to_bytes(path)
        at = signed.path[1:] if signed.netloc.startswith(container + ".") else signed.path[1:].removeprefix(container + "/")
        assert unquote_to_bytes(at) == key and not signed.fragment
        assert {"X-Amz-Signature", "sig"} & set(parse_qs(signed.query))


# ---- keys


def test_keys_of_the_environment_and_of_a_profile(configure, tmp_path):
    href = "s3://bucket/k"
    head = "[s]\nallow = s3://bucket/\nregion = eu-west-1\n"
    expected = presigned(client("eu-west-1", token="tok"), "bucket", "k", 3600)
    env = {"AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": "tok"}
    (answer,) = sign(configure(head + "credentials = environment\n"), [href], env=env)
    assert answer["href"] == expected
    credentials = tmp_path / "credentials"
    long = "t" * 3000  # longer than the lines of some readers
    credentials.write_text(
        f"# of tests\n[default]\naws_access_key_id = X\naws_secret_access_key = Y\n\n[reader]\n"
        f"aws_access_key_id={ID}\naws_secret_access_key = {SECRET}\naws_session_token = {long}\nregion = us-east-1\n"
    )
    env = {"AWS_SHARED_CREDENTIALS_FILE": str(credentials), "AWS_CONFIG_FILE": str(tmp_path / "none")}
    (answer,) = sign(configure(head + "profile = reader\n"), [href], env=env)
    assert answer["href"] == presigned(client("eu-west-1", token=long), "bucket", "k", 3600)


def test_the_profile_of_a_configuration_with_a_process(configure, tmp_path):
    (tmp_path / "keys.json").write_text(
        json.dumps({"Version": 1, "AccessKeyId": ID, "SecretAccessKey": SECRET, "Expiration": "2024-03-01T00:10:00+00:00"})
    )
    aws = tmp_path / "config"
    aws.write_text(f"[profile reader]\ns3 =\n  addressing_style = path\ncredential_process = cat '{tmp_path}/keys.json'\n")
    env = {"AWS_CONFIG_FILE": str(aws), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    config = configure("[s]\nallow = s3://bucket/\nregion = eu-west-1\nprofile = reader\n")
    (answer,) = sign(config, ["s3://bucket/k"], env=env)
    seconds = 10 * 60 + 2  # what is left of the keys, not the hour
    assert answer == {"href": presigned(client("eu-west-1"), "bucket", "k", seconds), "expires": SECONDS + seconds}
    (answer,) = sign(config, ["s3://bucket/k"], env=env, now=SECONDS + 3600)
    assert "no keys" in answer["message"] and SECRET not in answer["message"]


HEAD = "[s]\nallow = s3://bucket/\nregion = eu-west-1\n"
BAD = {
    "": "1: expected a section",
    "allow = s3://bucket/\n": "1: expected [name]",
    "[s\n": "1: expected [name]",
    "[]\n": "1: expected [name]",
    "[s]\nnonsense\n": "2: expected key = value",
    HEAD + "secret = x\n": "4: unknown key 'secret'",
    HEAD + "region = eu-west-2\n": "4: region: given a second time",
    HEAD + "profile =\n": "4: profile: expected a value",
    HEAD + KEYS + "[s]\n": "6: section [s]: given a second time",
    HEAD: "1: [s]: credentials: expected one of",
    HEAD + KEYS + "profile = x\n": "1: [s]: credentials: expected one of",
    HEAD + "access-key-id = x\n": "1: [s]: secret-access-key: expected both",
    HEAD + "access-key-id = a b\nsecret-access-key = x\n": "4: [s]: access-key-id: expected 1 to",
    HEAD + "credentials = file\n": "4: [s]: credentials: expected environment",
    HEAD + "account-key = eA==\n": "4: [s]: account-key: is no key of a section of s3://",
    HEAD + KEYS + "expires = 604801\n": "6: [s]: expires: expected seconds",
    HEAD + KEYS + "expires = 1h\n": "6: [s]: expires: expected seconds",
    HEAD + KEYS + "expires = 0\n": "6: [s]: expires: expected seconds",
    HEAD + KEYS + "path-style = maybe\n": "6: [s]: path-style: expected yes or no",
    HEAD + KEYS + "token-required = yes\n": "6: [s]: token-required: expected the collections",
    HEAD + KEYS + "endpoint = s3.example.org\n": "6: [s]: endpoint: expected https://HOST",
    HEAD + KEYS + "endpoint = https://s3.example.org/path\n": "6: [s]: endpoint: expected https://HOST",
    HEAD + KEYS + "endpoint = https://a@s3.example.org\n": "6: [s]: endpoint: expected https://HOST",
    HEAD + KEYS + "endpoint = https://s3.example.org:0\n": "6: [s]: endpoint: expected https://HOST",
    HEAD + KEYS + "endpoint = https://s3.example.org:99999\n": "6: [s]: endpoint: expected https://HOST",
    HEAD + KEYS + "endpoint = http://127.0.0.1:9000\npath-style = no\n": "7: [s]: path-style: expected yes",
    HEAD + "profile = nobody\n": "1: [s]: profile 'nobody' is neither",
    f"[s]\nallow = s3://bucket/\n{KEYS}": "1: [s]: region: expected the region",
    f"[s]\nallow = s3://bucket/\nregion = EU west\n{KEYS}": "3: [s]: region: expected the region",
    f"[s]\nregion = eu-west-1\n{KEYS}": "1: [s]: allow: expected what may be signed",
    f"[s]\nallow = bucket/x\n{KEYS}": "2: [s]: allow: expected s3://BUCKET/PREFIX",
    f"[s]\nallow = file:///etc\n{KEYS}": "2: [s]: allow: expected s3://BUCKET/PREFIX",
    f"[s]\nallow = s3://b/\n{KEYS}": "2: [s]: allow: expected s3://BUCKET/PREFIX with the name",
    f"[s]\nallow = s3://bu cket/\n{KEYS}": "2: [s]: allow: expected s3://BUCKET/PREFIX with the name",
    f"[s]\nallow = s3://user@bucket/\n{KEYS}": "2: [s]: allow: expected s3://BUCKET/PREFIX with the name",
    f"[s]\nallow = s3://bucket/*\n{KEYS}": "2: [s]: allow: expected a prefix",
    f"[s]\nallow = s3://bucket/a/../b\n{KEYS}": "2: [s]: allow: expected a prefix",
    f"[s]\nallow = s3://bucket/a%2Fb\n{KEYS}": "2: [s]: allow: expected a prefix",
    f"[s]\nallow = s3://bucket/a?b\n{KEYS}": "2: [s]: allow: expected a prefix",
    f"[s]\nallow = s3://bucket/\nallow = gs://bucket/\nregion = eu-west-1\n{KEYS}": "3: [s]: allow: expected the same store",
    "[s]\nallow = https://account.blob.core.windows.net/\naccount-key = eA==\n": "2: [s]: allow: expected https://ACCOUNT",
    "[s]\nallow = https://example.org/c/\naccount-key = eA==\n": "2: [s]: allow: expected https://ACCOUNT",
    "[s]\nallow = abfs://c@account.dfs.core.windows.net/\naccount-key = not base64\n": "3: [s]: account-key: expected the account's key",
    "[s]\nallow = abfs://c@account.dfs.core.windows.net/\n": "1: [s]: account-key: expected one of",
    "[s]\nallow = abfs://c@account.dfs.core.windows.net/\nsas = sv=1\n": "3: [s]: sas: expected the query string",
    "[s]\nallow = abfs://c@account.dfs.core.windows.net/\nsas = sp=r&sr=c&sig=x\n": "3: [s]: sas: expected its end",
    "[s]\nallow = abfs://c@account.dfs.core.windows.net/\nsas = se=2030-01-01&sp=wl&sr=c&sig=x\n": "3: [s]: sas: it gives no right",
    "[s]\nallow = abfs://c@account.dfs.core.windows.net/\nsas = se=2030-01-01&sp=r&sr=b&sig=x\n": "3: [s]: sas: expected one of a container",
    f"{AZURE}allow = abfs://d@account.dfs.core.windows.net/\n": "[az]: collections: expected one allow",
    f"{AZURE}{AZURE.replace('[az]', '[az2]')}": "6: [az2]: collections: 'c' is in [az] already",
    HEAD + "credential-process = x\0y\n": "4: expected text",
    HEAD + "credential-process = " + "x" * 70000 + "\n": "4: expected at most",
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: BAD[text][:60])
def test_a_bad_configuration_names_file_and_line(tmp_path, text):
    config = tmp_path / "sign.ini"
    config.write_text(text)
    env = {**os.environ, "AWS_SHARED_CREDENTIALS_FILE": "/none", "AWS_CONFIG_FILE": "/none"}
    done = subprocess.run([BUILD / "tests/tools/cairn_sign_tool", config], input="", capture_output=True, text=True, env=env)
    assert done.returncode == 1
    message = done.stderr.splitlines()[-1]
    assert message.startswith(f"{config}:") and BAD[text] in message, message
    for secret in (SECRET, ACCOUNT_KEY, "sig=x"):
        assert secret not in done.stderr
