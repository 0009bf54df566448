"""cairn optimize --compact: a smaller file that gives the same answers, byte for byte, and the way back."""

import json
import signal
import subprocess
import time

import pytest
import requests
from support import BUILD, CORPUS_SAMPLE, PATIENCE, alone, make_item, sample_sources, wait_until

MANY = 1500

SEARCHES = [
    [],
    ["--bbox", "-106,39,-104,41"],
    ["--datetime", "2024-01-01T00:00:00Z/.."],
    ["--filter", "eo:cloud_cover < 20"],
    ["--filter", "platform LIKE 'sentinel%' OR gsd > 10"],
    ["--sortby", "-eo:cloud_cover,id", "--limit", "50"],
    ["--fields", "id,datetime,assets", "--limit", "100"],
    ["--q", "landsat"],
    ["--ids", "many-7,many-8,none"],
    ["--collections", "many", "--filter", "\"odd:number\" = 7"],
]


def many_items():
    for i in range(MANY):
        item = make_item(f"many-{i}", collection="many", lon=i % 170, lat=i % 80, datetime=f"2020-01-{i % 28 + 1:02}T00:00:00Z")
        item["properties"].update({"odd:number": i % 50, "platform": "sentinel-2a"})
        item["assets"] = {name: {"href": f"https://example.com/{i}/{name}.tif", "type": "image/tiff", "title": f"{name} of number {i}"} for name in ("red", "green")}
        yield json.dumps(item)


@pytest.fixture(scope="module")
def fast(cairn, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compact")
    (folder / "many.ndjson").write_text("\n".join(many_items()) + "\n")
    cairn("ingest", folder / "fast.cairn", *sample_sources(), CORPUS_SAMPLE, folder / "many.ndjson", "--quiet", check=False)
    cairn("optimize", folder / "fast.cairn")
    return folder / "fast.cairn"


@pytest.fixture(scope="module")
def compact(cairn, fast):
    path = fast.with_name("compact.cairn")
    path.write_bytes(fast.read_bytes())
    done = cairn("optimize", path, "--compact", "--progress", "none")
    assert done.stderr == ""
    assert alone(path)
    return path


def exports(cairn, path):
    return [cairn("export", path, "--profile", profile).stdout for profile in ("load-ready", "source")]


def info(cairn, path):
    return json.loads(cairn("info", path, "--format", "json").stdout)


def test_smaller_and_the_same(cairn, fast, compact):
    assert exports(cairn, compact) == exports(cairn, fast)
    before, now = info(cairn, fast), info(cairn, compact)
    assert now["bytes"] < before["bytes"] * 0.8  # most of this small one is indexes
    assert before["form"] == "fast" and "dictionaries" not in before
    assert now["form"] == "compact" and now["compact_items"] == now["items"] > MANY
    assert now["dictionaries"] > 0 and now["dictionary_bytes"] > 0
    assert "form         compact (" in cairn("info", compact).stdout
    cairn("check", compact)


@pytest.mark.parametrize("search", SEARCHES, ids=lambda args: " ".join(args) or "all")
def test_searches_find_the_same(cairn, fast, compact, search):
    found, wanted = (cairn("search", path, *search, "--format", "ndjson").stdout for path in (compact, fast))
    assert found == wanted


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", ["search?limit=200", "search?limit=20&profile=source", "collections/many/items/many-7", "search?limit=5&fields=id,assets"])
def test_a_daemon_sends_the_same(start_server, fast, compact, path, encoding):
    texts = []
    for catalog in (fast, compact):
        server = start_server(catalog)
        answer = requests.get(server.url + path, headers={"Accept-Encoding": encoding})
        assert answer.status_code == 200
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        body = json.loads(answer.text.replace(server.url, "http://server/"))
        for link in body["links"]:
            link.pop("href"), link.pop("body", None)  # of the next page: a token of the catalog
        texts.append(json.dumps(body))
    assert texts[0] == texts[1]


def test_back_to_fast(cairn, fast, compact, tmp_path):
    path = tmp_path / "c.cairn"
    path.write_bytes(compact.read_bytes())
    cairn("optimize", path)
    assert info(cairn, path)["form"] == "compact"
    cairn("optimize", path, "--fast", "--jobs", "1")
    assert info(cairn, path)["form"] == "fast"
    assert abs(path.stat().st_size - fast.stat().st_size) <= fast.stat().st_size * 0.05
    assert exports(cairn, path) == exports(cairn, fast)
    cairn("check", path)


def test_what_is_ingested_later_is_mixed_in(cairn, fast, compact, tmp_path):
    path = tmp_path / "c.cairn"
    path.write_bytes(compact.read_bytes())
    again = cairn("ingest", path, fast.with_name("many.ndjson"), "--progress", "json")
    assert json.loads(again.stdout.splitlines()[-1])["unchanged"] == MANY
    item = make_item("later", collection="many", lon=1, lat=1, datetime="2021-01-01T00:00:00Z")
    cairn("ingest", path, "-", "--quiet", input=json.dumps(item))
    cairn("delete", path, "many", "many-3")
    cairn("check", path)
    before = exports(cairn, path)
    cairn("optimize", path, "--compact", "--progress", "none")
    assert exports(cairn, path) == before
    assert info(cairn, path)["compact_items"] == info(cairn, path)["items"]
    cairn("check", path)


def start(path):
    return subprocess.Popen([BUILD / "cairn", "optimize", path, "--compact", "--jobs", "1", "--progress", "none"], stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("seconds", [0.1, 0.4, 0.8, 1.6])
def test_killed_and_run_again(cairn, fast, tmp_path, seconds):
    path = tmp_path / "c.cairn"
    path.write_bytes(fast.read_bytes())
    process = start(path)
    time.sleep(seconds)
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert exports(cairn, path) == exports(cairn, fast)
    cairn("check", path)
    cairn("optimize", path, "--compact", "--progress", "none")
    assert info(cairn, path)["form"] == "compact"
    assert exports(cairn, path) == exports(cairn, fast)
    assert alone(path)


def test_interrupted_it_says_so(cairn, fast, tmp_path):
    path = tmp_path / "c.cairn"
    path.write_bytes(fast.read_bytes())
    process = start(path)
    wait_until(path.with_name("c.cairn.lock").exists)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    if process.returncode != 0:  # it was not quicker
        assert process.returncode == 1
        assert "interrupted; what was done is kept, and the same command goes on" in said
    assert exports(cairn, path) == exports(cairn, fast)
    assert alone(path)


def test_two_forms_at_once(cairn, compact):
    done = cairn("optimize", compact, "--compact", "--fast", check=False)
    assert done.returncode == 2
    assert "--compact and --fast" in done.stderr

