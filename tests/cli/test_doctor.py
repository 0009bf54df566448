"""cairn doctor: what it reads, counts and prints. Whether its verdicts are true: tests/clients/test_verdicts.py."""

import contextlib
import functools
import http.server
import json
import os
import threading

import pytest
from support import make_item, sample_sources

COG = "image/tiff; application=geotiff; profile=cloud-optimized"
PROJECTION = "https://stac-extensions.github.io/projection/v1.1.0/schema.json"
CLIENTS = ["stackstac", "odc-stac", "rioxarray", "xpystac", "intake-stac", "gdal-stacit"]


def scene(id, collection="scenes", **more):
    """An item that every client loads, but for what `more` takes away."""
    item = make_item(id, collection=collection, lon=9, lat=47)
    item["stac_extensions"] = [PROJECTION]
    item["properties"].update({"proj:epsg": 32632, "proj:shape": [10, 10], "proj:bbox": [0, 0, 100, 100]})
    item["properties"]["proj:transform"] = [10, 0, 0, 0, -10, 100]
    item["assets"] = {"a": {"href": "https://example.com/a.tif", "type": COG, "raster:bands": [{"data_type": "uint8"}]}}
    item["properties"].update(more)
    return item


def tabular(id):
    """An item that no client loads."""
    item = make_item(id, collection="tables")
    item["assets"] = {"t": {"href": "https://example.com/t.parquet", "type": "application/x-parquet", "roles": ["data"]}}
    return item


def write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def summary(done):
    *items, last = [json.loads(line) for line in done.stdout.splitlines()]
    assert last["kind"] == "summary" and all(item["kind"] == "item" for item in items)
    return last


@pytest.fixture
def doctor(cairn):
    """doctor(operand..., exit=0) -> CompletedProcess with JSON."""

    def run(*args, exit=0):
        done = cairn("doctor", *args, "--format", "json", check=False)
        assert done.returncode == exit, done.stdout + done.stderr
        return done

    return run


# ---- counts ----


def test_all_is_well(doctor, tmp_path):
    found = summary(doctor(write(tmp_path / "i.ndjson", scene("a"), scene("b"))))
    assert found["items"] == 2 and found["refused"] == 0
    assert list(found["clients"]) == CLIENTS
    assert {client["loads"] for client in found["clients"].values()} == {2}
    assert [collection["id"] for collection in found["collections"]] == ["scenes"]


def test_counts_by_collection_and_reason(doctor, tmp_path):
    unplaced = scene("c", collection="others", **{"proj:epsg": None})
    found = summary(doctor(write(tmp_path / "i.ndjson", scene("a"), tabular("t1"), tabular("t2"), unplaced), exit=3))
    assert [(c["id"], c["items"]) for c in found["collections"]] == [("others", 1), ("scenes", 1), ("tables", 2)]
    by_id = {c["id"]: c["clients"] for c in found["collections"]}
    assert by_id["scenes"]["stackstac"]["loads"] == 1 and by_id["tables"]["stackstac"]["loads"] == 0
    (reason,) = by_id["tables"]["rioxarray"]["reasons"]
    assert reason["code"] == "no-raster-asset" and reason["items"] == 2 and not reason["loads"]
    assert reason["example"] == {"collection": "tables", "id": "t1", "asset": "t"}
    assert by_id["others"]["odc-stac"]["reasons"][0]["code"] == "no-crs"
    assert found["clients"]["stackstac"]["loads"] == 1
    assert {r["code"]: r["items"] for r in found["clients"]["stackstac"]["reasons"]} == {
        "no-media-type": 2,
        "no-epsg": 1,
        "feed-dicts": 1,
    }


def test_items_one_a_line(doctor, cairn, tmp_path):
    path = write(tmp_path / "i.ndjson", scene("a"), tabular("t\tx"))
    first, second, _ = [json.loads(line) for line in doctor(path, "--items", exit=3).stdout.splitlines()]
    assert first["id"] == "a" and all(v["loads"] for v in first["clients"].values())
    assert second["clients"]["xpystac"] == {
        **second["clients"]["xpystac"],
        "loads": False,
        "assets": 0,
        "code": "no-engine",
        "asset": "t",
    }
    lines = cairn("doctor", path, "--items", "--client", "odc-stac", check=False).stdout.splitlines()
    assert lines[0] == "collection\tid\todc-stac"
    assert lines[1] == "scenes\ta\tloads"
    assert lines[2] == "tables\tt\\tx\tno-raster-asset"


def test_clients_are_chosen(doctor, tmp_path):
    path = write(tmp_path / "i.ndjson", scene("a", **{"proj:transform": None}))
    assert list(summary(doctor(path, "--client", "rioxarray", "-c", "xpystac"))["clients"]) == ["rioxarray", "xpystac"]
    doctor(path, "--client", "odc-stac", exit=3)


# ---- what is judged ----


def test_catalog_file_and_comparison_agree(doctor, cairn, tmp_path):
    old = scene("old")
    old["properties"].pop("proj:epsg")
    old["properties"]["proj:code"] = "EPSG:32632"
    path = write(tmp_path / "i.ndjson", scene("a"), old, tabular("t"))
    cairn("ingest", tmp_path / "c.cairn", path, "--quiet")
    as_written = summary(doctor(path, exit=3))
    as_source = summary(doctor(tmp_path / "c.cairn", "--profile", "source", exit=3))
    assert as_written == as_source
    compared = summary(doctor(tmp_path / "c.cairn", "--compare", exit=3))
    assert summary(doctor(path, "--compare", exit=3)) == compared
    served = summary(doctor(tmp_path / "c.cairn", exit=3))
    for client in CLIENTS:
        assert compared["clients"][client]["before"] == as_source["clients"][client]["loads"]
        assert compared["clients"][client]["loads"] == served["clients"][client]["loads"]
    for name in "load-ready", "default":
        assert summary(doctor(path, "--profile", name, exit=3)) == served


def test_reads_what_ingest_reads(doctor, cairn, tmp_path):
    page = {"type": "FeatureCollection", "features": [scene("a"), scene("b")]}
    tmp_path.joinpath("page.json").write_text(json.dumps(page, indent=1))
    tmp_path.joinpath("one.json").write_text(json.dumps(scene("c"), indent=1))
    assert summary(doctor(tmp_path / "page.json", tmp_path / "one.json"))["items"] == 3
    assert summary(doctor(tmp_path))["items"] == 3
    done = cairn("doctor", "-", "--format", "json", input=json.dumps(scene("d")))
    assert summary(done)["items"] == 1
    nameless = scene("e")
    del nameless["collection"]
    assert summary(doctor(write(tmp_path / "n.ndjson", nameless)))["collections"][0]["id"] == "(none)"


def test_pipes(doctor, cairn, tmp_path):
    """A pipe has its bytes once: what a look at its beginning takes is gone."""
    path = write(tmp_path / "items.ndjson", *(scene(f"s{i}") for i in range(50)))
    os.mkfifo(tmp_path / "pipe")
    feeder = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(path.read_bytes()))
    feeder.start()
    assert summary(doctor(tmp_path / "pipe"))["items"] == 50
    feeder.join()


def test_the_sample(doctor, catalog):
    found = summary(doctor(catalog, exit=3))
    files = summary(doctor(*sample_sources(), "--profile", "default", exit=3))
    assert found["clients"] == {**files["clients"], **found["clients"]}
    assert {name: c["loads"] for name, c in files["clients"].items()} == {name: c["loads"] for name, c in found["clients"].items()}


def test_limit(doctor, cairn, tmp_path):
    path = write(tmp_path / "i.ndjson", *(scene(f"i{n}") for n in range(50)))
    cairn("ingest", tmp_path / "c.cairn", path, "--quiet")
    for operand in (path, tmp_path / "c.cairn"):
        assert summary(doctor(operand, "--limit", "7"))["items"] == 7
        assert summary(doctor(operand, "--limit", "0"))["items"] == 50


def test_info_counts_the_same(doctor, cairn, tmp_path):
    path = tmp_path / "c.cairn"
    items = [scene("a"), scene("b", collection="b"), scene("c", **{"proj:shape": None, "proj:bbox": None}), tabular("t")]
    cairn("ingest", path, write(tmp_path / "i.ndjson", *items), "--quiet")
    cairn("delete", path, "b", "b")

    def told():
        info = json.loads(cairn("info", path, "--format", "json").stdout)
        return {c["id"]: (c["loads"], c["loads_unknown"]) for c in info["collections"]}

    found = summary(doctor(path, exit=3))
    counted = {c["id"]: ({name: c["clients"][name]["loads"] for name in CLIENTS}, 0) for c in found["collections"]}
    assert told() == {**counted, "b": (dict.fromkeys(CLIENTS, 0), 0)}
    assert counted["scenes"][0]["odc-stac"] == 1 and counted["scenes"][0]["rioxarray"] == 2
    assert "  loads  stackstac " in cairn("info", path).stdout


# ---- what is printed ----


def test_text(cairn, tmp_path):
    path = write(tmp_path / "i.ndjson", scene("a"), tabular("t"), scene("evil\x1b[2J\n", collection="e\x1bvil"))
    done = cairn("doctor", path, check=False)
    assert done.returncode == 3
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["collection", "items", *CLIENTS]
    assert lines[4].split() == ["all", "3", "2", "2", "2", "2", "2", "2"]
    assert "  stackstac: 2 of 3 load" in lines
    assert "\x1b" not in done.stdout
    assert max(map(len, lines)) <= 130
    detailed = cairn("doctor", path, "--details", "--reasons", "1", "--client", "rioxarray", check=False).stdout
    assert "\ntables\n" in detailed and "mend:" in detailed
    compared = cairn("doctor", path, "--compare", "-c", "gdal-stacit", check=False).stdout
    assert "2 -> 2" in compared


def test_nothing_to_judge(cairn, doctor, tmp_path):
    cairn("init", tmp_path / "c.cairn")
    done = doctor(tmp_path / "c.cairn", exit=1)
    assert summary(done)["items"] == 0 and "nothing to judge" in done.stderr
    (tmp_path / "empty").mkdir()
    done = cairn("doctor", tmp_path / "empty", check=False)
    assert done.returncode == 1 and "no items" in done.stdout
    assert f"nothing to judge: there is no item in {tmp_path / 'empty'}" in done.stderr


def test_netcdf_is_for_xarray(doctor, tmp_path):
    cube = scene("cube")
    cube["assets"] = {"c": {"href": "https://example.com/c.nc", "type": "application/x-netcdf", "roles": ["data"]}}
    clients = summary(doctor(write(tmp_path / "i.ndjson", cube), exit=3))["clients"]
    (reason,) = clients["stackstac"]["reasons"]
    assert reason["code"] == "not-an-image" and "xarray" in reason["mend"] and "single images" in reason["reason"]
    (reason,) = clients["odc-stac"]["reasons"]
    assert reason["loads"] and reason["code"] == "no-image" and "reading it fails" in reason["reason"]


def test_files_in_place_load_from_a_server(doctor, tmp_path):
    here = scene("here")
    here["assets"]["a"]["href"] = "file:///data/a.tif"
    (reason,) = summary(doctor(write(tmp_path / "i.ndjson", here), exit=3))["clients"]["gdal-stacit"]["reasons"]
    assert reason["code"] == "no-way-to-href" and "run 'cairn doctor' on its URL" in reason["mend"]


# ---- what is wrong ----


def test_records_that_are_no_items(doctor, tmp_path):
    broken = make_item("b")
    broken["properties"] = "none"
    path = write(tmp_path / "i.ndjson", scene("a"), broken, {"type": "Feature", "id": 1}, [])
    path.write_bytes(path.read_bytes() + b'{"type":"Feature",\n' + b"\xff\xfe\n" + b'{"a":' + b"[" * 500 + b"]" * 500 + b"}\n")
    done = doctor(path, exit=3)
    assert summary(done)["items"] == 1 and summary(done)["refused"] >= 5
    assert "i.ndjson" in done.stderr


@pytest.mark.parametrize("value", ["null", "[]", "{}", '"x"', "-1e400", "[[1,2],[3]]", '{"a":[]}'])
@pytest.mark.parametrize("name", ["proj:epsg", "proj:shape", "proj:transform", "proj:bbox", "proj:projjson", "proj:wkt2"])
def test_odd_values_are_judged(cairn, tmp_path, name, value):
    text = json.dumps(scene("a", **{name: "HERE"})).replace('"HERE"', value)
    path = tmp_path / "i.ndjson"
    path.write_text(text + "\n")
    done = cairn("doctor", path, "--format", "json", check=False)
    assert done.returncode in (0, 3), done.stderr
    assert summary(done)["items"] == 1


def test_usage(cairn, tmp_path):
    assert cairn("doctor", check=False).returncode == 2
    done = cairn("doctor", tmp_path, "--client", "arcgis", check=False)
    assert done.returncode == 2 and "stackstac" in done.stderr
    assert cairn("doctor", tmp_path, "--compare", "--profile", "source", check=False).returncode == 2
    done = cairn("doctor", tmp_path / "nothing", check=False)
    assert done.returncode == 1 and "nothing" in done.stderr


# ---- URLs ----


@contextlib.contextmanager
def serving(folder=None, handler=None):
    handler = handler or functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class Quiet(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())


def test_a_daemon(doctor, cairn, start_server, tmp_path):
    path = write(tmp_path / "i.ndjson", *(scene(f"i{n:03}") for n in range(60)), *(tabular(f"t{n}") for n in range(5)))
    cairn("ingest", tmp_path / "c.cairn", path, "--quiet")
    url = start_server(tmp_path / "c.cairn").url
    expected = summary(doctor(tmp_path / "c.cairn", exit=3))
    for place in ["", "search?limit=10"]:
        found = summary(doctor(url + place, exit=3))
        assert found["items"] == 65 and found == expected, place
    assert summary(doctor(url + "collections/scenes"))["items"] == 60
    assert summary(doctor(url + "collections/scenes/items?limit=7", "--limit", "20"))["items"] == 20
    assert summary(doctor(url + "collections/tables/items/t3", exit=3))["items"] == 1


def test_files_behind_http(doctor, tmp_path):
    item = scene("a")
    item["assets"]["a"]["href"] = "../data/a.tif"
    tmp_path.joinpath("items").mkdir()
    tmp_path.joinpath("items", "a.json").write_text(json.dumps(item))
    links = [{"rel": "item", "href": "items/a.json"}, {"rel": "item", "href": "items/a.json"}, {"rel": "child", "href": "catalog.json"}]
    catalog = {"type": "Catalog", "id": "c", "stac_version": "1.0.0", "description": "d", "links": links}
    tmp_path.joinpath("catalog.json").write_text(json.dumps(catalog))
    with serving(tmp_path) as url:
        assert summary(doctor(url + "catalog.json"))["items"] == 1
        assert summary(doctor(url + "items/a.json"))["items"] == 1
        done = doctor(url + "items/b.json", exit=1)
        assert "404" in done.stderr and done.stdout == ""


def test_servers_that_mean_no_good(doctor, cairn, tmp_path):
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(scene("secret")))

    class Handler(Quiet):
        def do_GET(self):
            path = self.path.split("?")[0]
            if path == "/loop":
                self.answer({"type": "FeatureCollection", "features": [], "links": [{"rel": "next", "href": "/loop?x"}]})
            elif path == "/redirect":
                self.answer(b"", 302, Location="/redirect")
            elif path == "/to-user":
                self.answer(b"", 302, Location=f"http://me:geheim@{self.headers['Host']}/loop")
            elif path == "/many":
                links = [{"rel": "item", "href": f"{i}.json"} for i in range(100001)]
                self.answer({"type": "Catalog", "stac_version": "1.0.0", "id": "c", "description": "d", "links": links})
            elif path == "/to-file":
                self.answer(b"", 302, Location=secret.as_uri())
            elif path == "/next-file":
                link = {"rel": "next", "href": secret.as_uri()}
                self.answer({"type": "FeatureCollection", "features": [scene("a")], "links": [link]})
            elif path == "/next-post":
                link = {"rel": "next", "href": "/loop", "method": "POST", "body": {}}
                self.answer({"type": "FeatureCollection", "features": [scene("a")], "links": [link]})
            elif path == "/large":
                self.answer(b'{"a":"' + b"x" * 100000 + b'"}')
            elif path == "/short":
                self.answer(b"{", Content_Length="1000")
            elif path == "/slow":
                self.answer(b"{")
                threading.Event().wait(5)
            elif path == "/cut":
                self.answer(b'{"type":"FeatureCollection"')
            elif path == "/html":
                self.answer(b"<html>")
            elif path == "/other":
                self.answer({"hello": "world"})
            else:
                self.answer(b"", 500)

    with serving(handler=Handler) as url:
        nothing = doctor(url + "loop?token=geheim", exit=1)
        assert summary(nothing)["items"] == 0
        assert "nothing to judge" in nothing.stderr and "geheim" not in nothing.stderr
        for path, exit, word in [
            ("redirect", 1, "redirect"),
            ("to-file", 1, "rotocol"),
            ("to-user", 1, "ogin"),
            ("many", 1, "100000 documents"),
            ("next-post", 1, "POST"),
            ("short", 1, "short"),
            ("cut", 1, "JSON"),
            ("html", 1, "JSON"),
            ("other", 1, "no STAC"),
            ("five-hundred?token=geheim", 1, "500"),
        ]:
            done = doctor(url + path, exit=exit)
            assert word in done.stderr, (path, done.stderr)
            assert "geheim" not in done.stderr
        assert summary(doctor(url + "next-file"))["items"] == 1
        assert "max-bytes" in doctor(url + "large", "--max-bytes", "5000", exit=1).stderr
        assert "timeout" in doctor(url + "slow", "--timeout", "1", exit=1).stderr
        assert "user name" in doctor(url.replace("//", "//me:geheim@"), exit=1).stderr
    assert doctor("http://127.0.0.1:1/x", exit=1).stderr


def test_packed_answers(doctor):
    import gzip

    class Handler(Quiet):
        def do_GET(self):
            plain = json.dumps(scene("a")).encode() if "bomb" not in self.path else b" " * (8 << 20)
            self.answer(gzip.compress(plain), Content_Encoding="gzip")

    with serving(handler=Handler) as url:
        assert summary(doctor(url + "x"))["items"] == 1
        assert "max-bytes" in doctor(url + "bomb", "--max-bytes", "1M", exit=1).stderr
