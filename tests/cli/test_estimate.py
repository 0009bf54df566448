"""cairn search --estimate and array_bytes/cube_bytes against plain Python; the real clients' arrays: tests/matrix/test_estimated_cubes.py."""

import json
import math
import random

import pytest
import requests
from support import CORPUS_SAMPLE, make_item, run_cairn

SIZES = {"uint8": 1, "int8": 1, "uint16": 2, "int16": 2, "float16": 2, "uint32": 4, "int32": 4, "float32": 4, "cint16": 4}
SIZES |= {"uint64": 8, "int64": 8, "float64": 8, "cint32": 8, "cfloat32": 8, "cfloat64": 16}
TIFF = "image/tiff; application=geotiff"


def estimate(path, *args):
    return json.loads(run_cairn("search", path, "--estimate", "--json", *args).stdout)


def grid(item, shape=(10, 20), pixel=10, east=500000, north=100000, code="EPSG:32631"):
    item["properties"] |= {"proj:code": code, "proj:shape": list(shape), "proj:transform": [pixel, 0, east, 0, -pixel, north]}
    return item


def with_assets(item, **assets):
    item["assets"] = {key: {"href": f"https://e.org/{key}.tif", "type": TIFF, **more} for key, more in assets.items()}
    return item


def bytes_of(asset, properties):
    """(bytes or None, bands) of an asset by docs/estimate.md."""
    shape = asset.get("proj:shape") or properties.get("proj:shape")
    bands = next((asset[name] for name in ("bands", "raster:bands", "eo:bands") if asset.get(name)), [{}])
    own = asset.get("data_type") or properties.get("data_type")

    def total(list):
        sizes = [SIZES.get(band.get("data_type"), 0) for band in list]
        return sum(sizes) if sizes and all(sizes) else 0

    raster = asset.get("raster:bands", [])
    value = total(bands) or (total(raster) if len(raster) == len(bands) else 0) or len(bands) * SIZES.get(own, 0)
    return (math.prod(shape) * value if shape and value else None), len(bands)


def test_bytes_of_many_kinds(make_catalog):
    rng = random.Random(5)
    items, expected, unknown = [], {}, {}
    for number in range(300):
        item = make_item(f"i{number}", lon=3, lat=0.5, datetime=f"2020-01-{1 + number % 20:02}T00:00:00Z")
        if rng.random() < 0.8:
            grid(item, (rng.randint(1, 30000), rng.randint(1, 30000)))
        if rng.random() < 0.2:
            item["properties"]["data_type"] = rng.choice([*SIZES, "odd"])
        for key in rng.sample(["a", "b", "c", "d"], rng.randint(0, 4)):
            more = {}
            for name in rng.sample(["bands", "raster:bands", "eo:bands", "data_type", "proj:shape"], rng.randint(0, 3)):
                bands = [{"data_type": rng.choice([*SIZES, *SIZES, "other"])} for _ in range(rng.randint(1, 3))]
                more[name] = {"data_type": "float32", "proj:shape": [7, 9]}.get(name, bands)
            item["assets"][key] = {"href": "https://e.org/a.tif", "type": TIFF, **more}
        items.append(item)
    path = make_catalog(items)
    # What is served may say more than the source; the estimate is of what is served.
    served = [json.loads(line) for line in run_cairn("search", path, "--format", "ndjson").stdout.splitlines()]
    for item in served:
        for key, asset in item["assets"].items():
            size, _ = bytes_of(asset, item["properties"])
            expected[key] = expected.get(key, 0) + (size or 0)
            unknown[key] = unknown.get(key, 0) + (size is None)
    found = estimate(path)
    assert {one["key"]: one["bytes"] for one in found["arrays"]["assets"]} == expected
    assert {one["key"]: one["unknown"] for one in found["arrays"]["assets"]} == unknown
    assert found["array_bytes"] == sum(expected.values()) > 0
    assert found["arrays"]["unknown"] == sum(unknown.values()) > 0
    times = {item["properties"]["datetime"] for item in items if item["assets"]}
    assert found["arrays"]["times"] == len(times) and found["arrays"]["items"] == 300


def test_which_assets_hold_data(make_catalog):
    item = grid(with_assets(make_item("i"), b={"data_type": "uint8"}, v={"roles": ["visual"], "data_type": "uint8"}, x={"type": "image/png"}))
    item["assets"]["n"] = {"href": "https://e.org/n", "roles": ["data"], "data_type": "uint8"}
    path = make_catalog([item])
    assert [one["key"] for one in estimate(path)["arrays"]["assets"]] == ["b", "n"]
    assert [one["key"] for one in estimate(path, "--estimate-assets", "x, v")["arrays"]["assets"]] == ["v", "x"]


def test_a_key_that_no_item_has(make_catalog):
    path = make_catalog([grid(with_assets(make_item("i"), b={"data_type": "uint8"}, red={"data_type": "uint8"}))])
    done = run_cairn("search", path, "--estimate", "--estimate-assets", "b,nope", check=False)
    assert done.returncode == 2 and "no item has an asset 'nope'; there are: b, red" in done.stderr
    assert run_cairn("search", path, "--ids", "none", "--estimate", "--estimate-assets", "nope").returncode == 0


def test_cube(make_catalog):
    items = [grid(with_assets(make_item(f"i{n}", datetime=f"2020-01-0{1 + n // 2}T00:00:00Z"), b={"data_type": "int16"}), east=500000 + 55 * n) for n in range(4)]
    cube = estimate(make_catalog(items), "--estimate-memory", "1M")["cube"]
    assert cube["crs"] == "EPSG:32631" and cube["resolution"] == [10, 10] and cube["box"] == [500000, 99900, 500370, 100000]
    assert cube["shape"] == [10, 37] and cube["times"] == 2 and cube["bands"] == 1
    assert cube["bytes"] == 2 * 10 * 37 * 2 and cube["float64_bytes"] == 4 * 10 * 37 * 8
    assert cube["chunk_side"] == 5632 and cube["chunks"] == 2 and cube["chunk_bytes"] == 740 and cube["workers"] == 1


def test_datacubes(make_catalog):
    item = make_item("z")
    item["properties"]["cube:dimensions"] = {"time": {"type": "temporal", "values": ["a", "b", "c"]}, "x": {"type": "spatial", "extent": [0, 9.5], "step": 0.5}}
    item["assets"]["z"] = {"href": "https://e.org/z.zarr", "type": "application/vnd+zarr", "cube:variables": {
        "u": {"type": "data", "dimensions": ["time", "x"], "data_type": "float32"},
        "v": {"type": "data", "dimensions": ["time"], "shape": [5, 6], "data_type": "int16"},
        "lon": {"type": "auxiliary", "dimensions": ["x"]}}}  # fmt: skip
    found = estimate(make_catalog([item]))
    assert found["array_bytes"] == 3 * 20 * 4 + 30 * 2 and found["cube"] is None and found["cube_bytes"] is None


def test_hostile_numbers(make_catalog):
    items = []
    for number, (shape, transform) in enumerate([
        ([2**62, 2**62], [1, 0, 0, 0, -1, 0]), ([-1, 5], [1, 0, 0, 0, -1, 0]), ([1.5, 2], None), ("x", "y"), ([3, 3], [0, 0, 0, 0, 0, 0]),
        ([10, 10], [1e-300, 0, 1e300, 0, -1e300, 0]), ([10], []), ([0, 0], [1, 0, 0, 0, 1, 0]),
    ]):  # fmt: skip
        item = with_assets(make_item(f"h{number}"), a={"data_type": "float64"})
        item["properties"] |= {"proj:epsg": 32631 if number % 2 else 999999, "proj:shape": shape, "proj:transform": transform}
        items.append(item)
    found = estimate(make_catalog(items))
    assert found["array_bytes"] == 2**64 - 1


def test_the_table_and_options(things, make_catalog):
    path = make_catalog([grid(with_assets(make_item("i", lon=3, lat=0.9), b={"data_type": "int16"}))])
    table = run_cairn("search", path, "--estimate").stdout
    assert "400 B" in table and "EPSG:32631" in table
    assert "no cube" in run_cairn("search", things, "--estimate").stdout
    for args, words in [(["--json"], "--estimate"), (["--estimate", "--estimate-crs", "x"], "--estimate-crs"),
                        (["--estimate", "--estimate-crs", "EPSG:1"], "EPSG:1"), (["--estimate", "--estimate-resolution", "-1"], "above 0")]:  # fmt: skip
        done = run_cairn("search", path, *args, check=False)
        assert done.returncode == 2 and words in done.stderr, done.stderr


@pytest.mark.parametrize("query", ["cube_crs=x", "cube_resolution=0", "cube_resolution=a", "cube_crs=EPSG:1"])
def test_refused_by_the_server(things, start_server, query):
    answer = requests.get(start_server(things).url + "aggregate?aggregations=cube_bytes&" + query)
    assert answer.status_code == 400 and query.split("=")[0] in answer.text and "unknown" not in answer.text


def test_real_items(tmp_path, start_server):
    path = tmp_path / "corpus.cairn"
    run_cairn("ingest", path, CORPUS_SAMPLE, "--quiet", check=False)
    found = estimate(path)
    answer = requests.get(start_server(path).url + "aggregate?aggregations=array_bytes,cube_bytes").json()["aggregations"]
    assert answer[0]["value"] == found["array_bytes"] > 0 and answer[0]["arrays"] == found["arrays"]
    assert answer[1]["value"] == found["cube_bytes"] and answer[1]["cube"] == found["cube"]
