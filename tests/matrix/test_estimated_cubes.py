"""`cairn search --estimate` and cube_bytes against the lazy arrays that stackstac and odc-stac really make."""

import json
import math

import odc.stac
import pyproj
import pystac
import pytest
import requests
import stackstac
from support import run_cairn

COG = "image/tiff; application=geotiff; profile=cloud-optimized"
TYPES = {"red": "uint16", "nir": "int16", "mask": "uint8"}


def scene(number, epsg=32632, east=600000.0, north=5000000.0, size=(700, 500), pixel=10.0, day=1):
    """An item of three assets on one grid, its footprint being exactly that grid's."""
    height, width = size
    transform = [pixel, 0.0, east, 0.0, -pixel, north]
    box = [east, north - height * pixel, east + width * pixel, north]
    to_degrees = pyproj.Transformer.from_crs(epsg, 4326, always_xy=True)
    corners = [(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]), (box[0], box[1])]
    ring = [list(to_degrees.transform(x, y)) for x, y in corners]
    lons, lats = zip(*ring)
    return {
        "type": "Feature", "stac_version": "1.0.0", "id": f"s{number}", "collection": "scenes",
        "stac_extensions": ["https://stac-extensions.github.io/projection/v1.1.0/schema.json",
                            "https://stac-extensions.github.io/raster/v1.1.0/schema.json"],
        "geometry": {"type": "Polygon", "coordinates": [ring]}, "bbox": [min(lons), min(lats), max(lons), max(lats)],
        "properties": {"datetime": f"2024-06-{day:02}T10:00:00Z", "proj:epsg": epsg, "proj:bbox": box,
                       "proj:shape": [height, width], "proj:transform": transform},
        "links": [],
        "assets": {key: {"href": f"https://e.org/{number}/{key}.tif", "type": COG, "roles": ["data"],
                         "raster:bands": [{"data_type": type, "nodata": 0}]} for key, type in TYPES.items()},
    }  # fmt: skip


def estimate(path, *args):
    return json.loads(run_cairn("search", path, "--estimate", "--json", *args).stdout)


def catalog_of(items, folder):
    path = folder / "estimate.cairn"
    run_cairn("ingest", path, "-", input="".join(json.dumps(item) + "\n" for item in items))
    return path


def nbytes_of_odc(items, **kwargs):
    cube = odc.stac.load([pystac.Item.from_dict(item) for item in items], chunks={}, **kwargs)
    return sum(cube[name].nbytes for name in cube.data_vars), cube


SETS = {
    "one": [scene(1)],
    "time series": [scene(n, day=n) for n in range(1, 9)],
    "two on each day": [scene(n, east=600000.0 + 3000 * (n % 2), day=1 + n // 2) for n in range(8)],
    "apart, and two pixel sizes": [scene(1), scene(2, east=640000.0, pixel=10.0), scene(3, size=(70, 50), pixel=100.0)],
}


@pytest.mark.parametrize("name", SETS)
def test_stackstac(name, tmp_path):
    items = SETS[name]
    found = estimate(catalog_of(items, tmp_path))
    array = stackstac.stack(items)
    assert found["cube"]["float64_bytes"] == array.nbytes
    assert found["cube"]["shape"] == list(array.shape[2:])
    assert found["cube"]["box"] == pytest.approx(array.attrs["spec"].bounds)


@pytest.mark.parametrize("name", ["one", "time series", "two on each day"])
def test_odc_stac(name, tmp_path):
    """odc-stac takes footprints, whose straight edges in degrees are curves on the grid: a pixel or two on each side."""
    items = SETS[name]
    found = estimate(catalog_of(items, tmp_path))["cube"]
    nbytes, cube = nbytes_of_odc(items, groupby="time")
    assert found["times"] == cube.sizes["time"]
    assert found["value_bytes"] == 2 + 2 + 1
    for side, found_side in zip([cube.sizes["y"], cube.sizes["x"]], found["shape"], strict=True):
        assert abs(side - found_side) <= 4
    assert nbytes == pytest.approx(found["bytes"], rel=0.02)


def test_arrays_are_those_of_the_files(tmp_path):
    items = SETS["apart, and two pixel sizes"]
    found = estimate(catalog_of(items, tmp_path))
    pixels = sum(math.prod(item["properties"]["proj:shape"]) for item in items)
    assert found["array_bytes"] == pixels * 5
    assert {asset["key"]: asset["bytes"] for asset in found["arrays"]["assets"]} == {"red": 2 * pixels, "nir": 2 * pixels, "mask": pixels}


def test_chosen_grid_and_assets(tmp_path):
    """Two zones in one chosen system, at a chosen resolution: boxes by PROJ, as stackstac does it."""
    items = [scene(1), scene(2, epsg=32633, east=200000.0, day=2)]
    path = catalog_of(items, tmp_path)
    found = estimate(path, "--estimate-crs", "EPSG:3035", "--estimate-resolution", "20", "--estimate-assets", "red,mask")
    array = stackstac.stack(items, epsg=3035, resolution=20, assets=["red", "mask"])
    cube = found["cube"]
    assert cube["crs"] == "EPSG:3035" and cube["crs_count"] == 2 and cube["bands"] == 2
    for side, expected in zip(cube["shape"], array.shape[2:], strict=True):
        assert abs(side - expected) <= 1 + 0.01 * expected
    assert cube["float64_bytes"] == pytest.approx(array.nbytes, rel=0.02)


def test_part_in_a_box(tmp_path):
    items = SETS["time series"]
    west, south, east, north = items[0]["bbox"]
    box = [west + (east - west) / 4, south + (north - south) / 4, west + (east - west) / 2, south + (north - south) / 2]
    text = ",".join(map(str, box))
    found = estimate(catalog_of(items, tmp_path), "--bbox", text)["cube"]["in_bbox"]
    array = stackstac.stack(items, bounds_latlon=box)
    assert found["float64_bytes"] == pytest.approx(array.nbytes, rel=0.02)


def test_the_server_says_the_same(tmp_path, start_server):
    path = catalog_of(SETS["two on each day"], tmp_path)
    server = start_server(path)
    body = {"aggregations": ["array_bytes", "cube_bytes"], "array_assets": ["red"], "cube_resolution": 30}
    query = "aggregations=array_bytes,cube_bytes&array_assets=red&cube_resolution=30"
    answers = [requests.post(server.url + "aggregate", json=body), requests.get(server.url + "aggregate?" + query),
               requests.get(server.url + "collections/scenes/aggregate?" + query)]  # fmt: skip
    said = estimate(path, "--estimate-assets", "red", "--estimate-resolution", "30")
    for answer in answers:
        assert answer.status_code == 200, answer.text
        for aggregation in answer.json()["aggregations"]:
            name = aggregation.pop("name")
            assert aggregation.pop("data_type") == "integer"
            part = name.removesuffix("_bytes") + ("s" if name == "array_bytes" else "")
            assert aggregation == {"value": said[name], part: said[part]}
    names = {one["name"] for one in requests.get(server.url + "collections/scenes/aggregations").json()["aggregations"]}
    assert {"array_bytes", "cube_bytes"} <= names
