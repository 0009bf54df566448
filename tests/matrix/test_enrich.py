"""cairn enrich: items that tell nothing of their files are completed by what the files say, and then real clients load them."""

import json
import shutil
import subprocess

import numpy as np
import pytest
import rasterio
from rasterio.shutil import copy
from support import BUILD, Server, make_item, run_cairn

COG = "image/tiff; application=geotiff; profile=cloud-optimized"
EAST, NORTH = 500000.0, 5200000.0

pytestmark = pytest.mark.skipif(not (BUILD / "cairn_gdal.so").exists(), reason="built without GDAL")


def pixels(dtype="uint16", height=600, width=700, count=1):
    return (np.arange(count * height * width).reshape(count, height, width) % 251 + 1).astype(dtype)


def write(path, data, crs="EPSG:32633", scale=None, driver="GTiff", layout="plain", **more):
    count, height, width = data.shape
    profile = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": data.dtype, "crs": crs}
    profile["transform"] = rasterio.transform.from_origin(EAST, NORTH, 10, 10)
    plain = path.with_suffix(".plain.tif")
    with rasterio.open(plain, "w", **profile, **more) as file:
        file.write(data)
        if scale:
            file.scales, file.offsets = [scale[0]] * count, [scale[1]] * count
    if layout == "cog":
        copy(plain, path, driver="COG", blocksize=256)
        plain.unlink()
    elif layout == "old cog":  # as GDAL 2 and rio-cogeo write it
        with rasterio.open(plain, "r+") as file:
            file.build_overviews([2, 4])
        copy(plain, path, driver="GTiff", tiled=True, blockxsize=256, blockysize=256, copy_src_overviews=True)
        plain.unlink()
    else:
        plain.rename(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files, and items without any words about them."""
    made = tmp_path_factory.mktemp("enrich")
    write(made / "red.tif", pixels(), layout="cog", nodata=0)
    write(made / "nir.tif", pixels() + 1, layout="cog", nodata=0, scale=(0.0001, -0.1))
    write(made / "old.tif", pixels(), layout="old cog")
    write(made / "strips.tif", pixels())
    write(made / "nan.tif", pixels("float32"), nodata=float("nan"), crs=None)
    write(made / "rgb.tif", pixels("uint8", count=3), layout="cog")
    made.joinpath("no.tif").write_bytes(b"II*\0 this is none")
    subprocess.run(["gdal_translate", "-q", "-of", "VRT", made / "red.tif", made / "trap.tif"], check=True)
    return made


def item_of(id, hrefs, **more):
    """As `make_item`, and as bare as can be: nothing but hrefs."""
    item = make_item(id, collection="bare", **more)
    item["assets"] = {name: {"href": href} for name, href in hrefs.items()}
    return item


def ingested(folder, name, items):
    source = folder / f"{name}.ndjson"
    source.write_text("".join(json.dumps(item) + "\n" for item in items))
    catalog = folder / f"{name}.cairn"
    catalog.unlink(missing_ok=True)
    run_cairn("ingest", catalog, source, "--quiet")
    return catalog


def documents(catalog, *flags):
    return {item["id"]: item for item in map(json.loads, run_cairn("export", catalog, *flags).stdout.splitlines())}


def enrich(catalog, *flags, code=0):
    done = run_cairn("enrich", catalog, "--progress", "json", *flags, check=False)
    assert done.returncode == code, done.stderr
    return json.loads(done.stderr.splitlines()[-1]), done


def loads(catalog):
    return json.loads(run_cairn("doctor", catalog, "--format", "json", check=False).stdout)


@pytest.fixture(scope="module")
def done(folder):
    catalog = ingested(folder, "scene", [item_of("scene", {"red": "red.tif", "nir": "nir.tif"})])
    before = documents(catalog, "--profile", "source")
    first = run_cairn("doctor", catalog, check=False).stdout
    facts, _ = enrich(catalog)
    return catalog, before, first, facts


def row_of(text):
    head, row = [line.split() for line in text.splitlines()[:2]]
    return dict(zip(head, row, strict=True))


def test_clients_load_it_after_not_before(done):
    catalog, _, first, facts = done
    assert (facts["opened"], facts["changed"], facts["failed"]) == (2, 1, 0)
    now = row_of(run_cairn("doctor", catalog, check=False).stdout)
    before = row_of(first)
    for client in ("stackstac", "odc-stac", "xpystac"):
        assert (before[client], now[client]) == ("0", "1")
    run_cairn("check", catalog)


def test_stackstac_gives_the_pixels(done):
    import stackstac

    item = documents(done[0])["scene"]
    cube = stackstac.stack([item], assets=["red"], rescale=False, dtype="float64", fill_value=np.nan, xy_coords="topleft")
    assert cube.attrs["spec"].epsg == 32633
    assert np.array_equal(cube.compute(scheduler="threads").values[0, 0], pixels()[0])
    scaled = stackstac.stack([item], assets=["nir"]).compute(scheduler="threads").values[0, 0]
    assert np.allclose(scaled, (pixels()[0] + 1) * 0.0001 - 0.1)


def test_odc_stac_gives_the_pixels(done):
    import odc.stac
    import pystac

    cube = odc.stac.load([pystac.Item.from_dict(documents(done[0])["scene"])], bands=["red", "nir"], chunks={})
    assert cube.red.dtype == np.uint16 and cube.red.attrs["nodata"] == 0
    assert np.array_equal(cube.red.compute(scheduler="threads").values[0], pixels()[0])


def test_the_source_stays_what_it_was(done):
    catalog, before, _, _ = done
    assert documents(catalog, "--profile", "source") == before
    enriched = documents(catalog)
    done = run_cairn("optimize", catalog, "--load-ready")
    assert ", 0 changed" in done.stdout
    assert documents(catalog) == enriched and documents(catalog, "--profile", "source") == before


def ingest_again(catalog, source, *flags):
    done = run_cairn("ingest", catalog, source, "--progress", "json", *flags)
    return json.loads(done.stdout.splitlines()[-1])


def test_reading_the_same_source_again_keeps_what_was_completed(folder):
    item = item_of("kept", {"red": "red.tif"})
    catalog = ingested(folder, "kept", [item])
    enrich(catalog)
    before, source = documents(catalog), documents(catalog, "--profile", "source")
    for flags in ((), ("--on-conflict", "error")):
        facts = ingest_again(catalog, folder / "kept.ndjson", *flags)
        assert (facts["unchanged"], facts["replaced"]) == (1, 0)
        assert documents(catalog) == before and documents(catalog, "--profile", "source") == source
    item["properties"]["title"] = "another"
    (folder / "kept.ndjson").write_text(json.dumps(item) + "\n")
    assert ingest_again(catalog, folder / "kept.ndjson")["replaced"] == 1
    now = documents(catalog)["kept"]["properties"]
    assert now["title"] == "another" and "cairn:enriched" not in now
    run_cairn("check", catalog)


def test_what_rasterio_says_is_what_stands_there(done, folder):
    item = documents(done[0])["scene"]
    assert item["properties"]["proj:epsg"] == 32633
    for name, asset in item["assets"].items():
        with rasterio.open(folder / f"{name}.tif") as file:
            assert asset["proj:transform"] == list(file.transform)[:6]
            assert asset["proj:shape"] == [file.height, file.width]
            assert asset["file:size"] == (folder / f"{name}.tif").stat().st_size
            assert asset["type"] == COG
            band = asset["raster:bands"][0]
            assert (band["data_type"], band["nodata"]) == (file.dtypes[0], file.nodata)
            assert (band.get("scale", 1), band.get("offset", 0)) == (file.scales[0], file.offsets[0])


def test_a_second_run_opens_nothing(done, folder):
    catalog = shutil.copy(done[0], folder / "again.cairn")
    before = documents(catalog)
    facts, _ = enrich(catalog)
    assert (facts["opened"], facts["complete"], facts["changed"]) == (0, 1, 0)
    facts, _ = enrich(catalog, "--filter", '"cairn:enriched" IS NULL')
    assert facts["items"] == 0
    facts, _ = enrich(catalog, "--overwrite")
    assert facts["opened"] == 2 and documents(catalog) == before


def test_odd_files(folder):
    hrefs = {name: f"{name}.tif" for name in ("old", "strips", "nan", "rgb")}
    catalog = ingested(folder, "odd", [item_of("odd", hrefs)])
    enrich(catalog)
    assets = documents(catalog)["odd"]["assets"]
    assert assets["old"]["type"] == COG and assets["rgb"]["type"] == COG
    assert "cloud-optimized" not in assets["strips"]["type"]
    assert assets["nan"]["raster:bands"] == [{"data_type": "float32", "nodata": "nan"}]
    assert "proj:code" not in assets["nan"]
    assert [band["data_type"] for band in assets["rgb"]["bands"]] == ["uint8"] * 3
    assert "raster:bands" not in assets["rgb"]


def test_what_is_there_stays(folder):
    item = item_of("mine", {"red": "red.tif"})
    item["properties"]["proj:epsg"] = 32632
    item["assets"]["red"]["raster:bands"] = [{"nodata": 5}]
    catalog = ingested(folder, "mine", [item])
    enrich(catalog)
    asset = documents(catalog)["mine"]["assets"]["red"]
    assert documents(catalog)["mine"]["properties"]["proj:epsg"] == 32632 and "proj:epsg" not in asset
    assert asset["raster:bands"] == [{"nodata": 5, "data_type": "uint16"}]
    enrich(catalog, "--overwrite")
    asset = documents(catalog)["mine"]["assets"]["red"]
    assert asset["proj:epsg"] == 32633 and asset["raster:bands"] == [{"nodata": 0, "data_type": "uint16"}]


def test_what_cannot_be_read_is_told_and_the_rest_is_done(folder):
    bad = {
        "gone": "gone.tif",
        "broken": "no.tif",
        "vrt": "trap.tif",
        "vsi": f"file:///vsizip/{folder}/x.tif",
        "wms": "WMS:http://127.0.0.1:1/",
        "closed": "http://127.0.0.1:1/a.tif?X-Amz-Signature=SECRET",
    }
    catalog = ingested(folder, "bad", [item_of("bad", bad), item_of("good", {"red": "red.tif"})])
    facts, _ = enrich(catalog, "--retries", "0", code=3)
    assert (facts["opened"], facts["failed"], facts["changed"]) == (1, len(bad), 1)
    told = run_cairn("enrich", catalog, "--retries", "0", check=False).stderr
    for name in bad:
        assert f"bare/bad: refused: /assets/{name}:" in told or "by kind" in told
    assert "SECRET" not in told
    assert "proj:code" in documents(catalog)["good"]["properties"]
    assert "file:size" not in json.dumps(documents(catalog)["bad"])


def test_by_http_and_only_what_is_allowed(folder):
    items = [item_of(f"i{number}", {"red": "red.tif"}) for number in range(30)]
    source = folder / "remote.ndjson"
    source.write_text("".join(json.dumps(item) + "\n" for item in items))
    catalog = folder / "remote.cairn"
    server = Server(folder / "scene.cairn", "--assets", f"/files/={folder}")
    try:
        run_cairn("ingest", catalog, source, "--asset-base", f"{server.url}files/", "--quiet")
        facts, _ = enrich(catalog, "--only-prefix", "https://elsewhere.example/")
        assert (facts["opened"], facts["passed_over"]) == (0, 30)
        assert (facts["complete"], facts["items_passed_over"]) == (0, 30)
        facts, _ = enrich(catalog, "--ids", "i1,i2")
        assert facts["opened"] == 2
        facts, _ = enrich(catalog, "--only-prefix", f"{server.url}files/", "--jobs", "4")
        assert (facts["opened"], facts["complete"]) == (28, 2)
    finally:
        server.stop()
    assert all(item["assets"]["red"]["proj:epsg"] == 32633 for item in documents(catalog).values())


def test_dry_run_and_files(folder):
    catalog = ingested(folder, "dry", [item_of("a", {"red": "red.tif"})])
    before = catalog.read_bytes()
    _, told = enrich(catalog, "--dry-run")
    assert told.stdout.startswith("bare/a\tred: file:size proj:code") and catalog.read_bytes() == before
    facts, _ = enrich(folder / "dry.ndjson", "-o", folder / "out.ndjson")
    item = json.loads((folder / "out.ndjson").read_text())
    assert facts["changed"] == 1 and item["assets"]["red"]["proj:epsg"] == 32633 and item["assets"]["red"]["href"] == "red.tif"


def test_a_prefix_ends_in_a_slash(folder):
    done = run_cairn("enrich", folder / "dry.cairn", "--only-prefix", "https://example.com", check=False)
    assert done.returncode == 2 and "does not end in a slash" in done.stderr


@pytest.mark.parametrize("prefix, hint", [("/data/", "such as file:///data/"), ("example.com/", "https://data.example/")])
def test_a_prefix_has_a_scheme(folder, prefix, hint):
    done = run_cairn("enrich", folder / "dry.cairn", "--only-prefix", prefix, check=False)
    assert done.returncode == 2 and "has no scheme" in done.stderr and hint in done.stderr


def test_a_collection_that_is_not_there_and_a_folder(folder):
    catalog = ingested(folder, "named", [item_of("a", {"red": "red.tif"})])
    done = run_cairn("enrich", catalog, "--collections", "bare,mien", check=False)
    assert done.returncode == 1 and "no collection 'mien'" in done.stderr
    done = run_cairn("enrich", folder, "-o", folder / "out.ndjson", check=False)
    assert done.returncode == 2 and "is a folder" in done.stderr
