"""The short form of scripts/bench-4tb: what its lazy arrays are, of 24 scenes (23 GB) that no file stands behind."""

import json

import numpy as np
import pytest
from perf import big_catalog
from perf.big_catalog import SCENE_BYTES, SIZE, TILES, USED
from support import run_cairn
from world import running

DATES = 3


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("big")
    assert big_catalog.write_scenes(folder / "scenes.ndjson", DATES) == DATES * len(TILES)
    run_cairn("ingest", folder / "big.cairn", folder / "scenes.ndjson", "--quiet")
    with running(folder / "big.cairn") as url:
        yield url


@pytest.mark.parametrize("tiles", [TILES[5:6], TILES], ids=["one tile", "all"])
@pytest.mark.parametrize("limit", [5, 1000])
def test_odc_stac_lays_the_tiles_of_a_date_side_by_side(url, tiles, limit):
    cube = big_catalog.by_odc_stac(url, tiles, limit)
    across = min(len(tiles), 4)
    assert dict(cube.sizes) == {"time": DATES, "y": SIZE * len(tiles) // across, "x": SIZE * across}
    assert big_catalog.bytes_of(cube) == SCENE_BYTES * DATES * len(tiles)
    assert {cube[band].dtype.name for band in USED} == {"uint16"}
    west, north = big_catalog.corner(tiles[0])
    assert (cube.odc.geobox.transform.c, cube.odc.geobox.transform.f) == (west, north)
    assert all(len(cube[band].data.__dask_keys__()) == DATES for band in USED)


def test_stackstac_makes_an_array_of_each_tile(url):
    arrays = big_catalog.by_stackstac(url, TILES, 10)
    assert sorted(arrays) == sorted(TILES)
    assert big_catalog.bytes_of(arrays) == SCENE_BYTES * DATES * len(TILES)
    for tile, array in arrays.items():
        assert array.shape == (DATES, len(USED), SIZE, SIZE)
        assert array.dtype == "uint16"
        assert (float(array.x[0]), float(array.y[0])) == big_catalog.corner(tile)
        assert array.id.str.contains(tile).all()
        assert (np.diff(array.time) == np.timedelta64(5, "D")).all()


def test_scenes_are_of_the_size_that_the_world_writes(tmp_path):
    big_catalog.write_scenes(tmp_path / "scenes.ndjson", 1)
    sizes = [len(line) for line in (tmp_path / "scenes.ndjson").open()]
    assert min(sizes) > 7000
    assert len({json.loads(line)["id"] for line in (tmp_path / "scenes.ndjson").open()}) == len(TILES)
    assert big_catalog.DATES * len(TILES) * SCENE_BYTES > 4e12
