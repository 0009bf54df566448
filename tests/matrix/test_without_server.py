"""From a catalog file to arrays without a daemon, and with one that the notebook starts itself."""

import json
import os
import subprocess

import data_maker
import numpy as np
import pystac
import pytest
import requests
from data_maker import DATES, ZONES
from support import BUILD, run_cairn

WHAT = {"--collections": "series", "--filter": f"\"proj:code\" = 'EPSG:{ZONES[0]}'", "--sortby": "datetime"}


@pytest.fixture(scope="module")
def found(world):
    """What `cairn search` prints."""
    flags = [word for pair in WHAT.items() for word in pair]
    return json.loads(run_cairn("search", world.catalog, *flags, "--format", "geojson").stdout)


def red():
    return np.array([data_maker.truth(0, date, "red") for date in range(len(DATES))])


def test_they_are_the_very_items_that_http_gives(world, found):
    parameters = {key.strip("-"): value for key, value in WHAT.items()}
    answer = requests.get(world.relative + "search", parameters).json()
    assert len(found["features"]) == len(DATES)
    for by_file, by_http in zip(found["features"], answer["features"], strict=True):
        del by_http["links"]  # they lead to the daemon
        by_file.pop("links", None)
        assert by_file == by_http


def test_to_odc_stac(found):
    import odc.stac

    items = pystac.ItemCollection.from_dict(found)
    cube = odc.stac.load(items, bands=["red"], chunks={})
    assert np.array_equal(cube.red.compute(scheduler="threads"), red())


def test_to_stackstac(found):
    import stackstac

    cube = stackstac.stack(found["features"], assets=["red"])
    assert np.array_equal(cube.sel(band="red").compute(scheduler="threads"), red())


def test_a_notebook_starts_its_own_daemon(world, monkeypatch):
    """As the cells of a notebook have it; docs/clients.md and the examples do the same."""
    import odc.stac
    import pystac_client

    monkeypatch.setenv("PATH", f"{BUILD}{os.pathsep}{os.environ['PATH']}")
    catalog, folder = world.folder.parent / "served.cairn", world.folder
    command = ["cairnd", "--catalog", catalog, "--listen", "127.0.0.1:0", "--assets", f"/data/={folder}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        try:
            url = daemon.stdout.readline().strip()  # the first line says where it listens
            items = list(pystac_client.Client.open(url).search(ids=[f"{ZONES[0]}-0"]).items())
            assert items[0].assets["red"].href == f"{url.rstrip('/')}/data/data/{ZONES[0]}-0-red.tif"
            cube = odc.stac.load(items, bands=["red"], chunks={}).compute(scheduler="threads")
            assert np.array_equal(cube.red[0], data_maker.truth(0, 0, "red"))
        finally:
            daemon.terminate()
    assert daemon.returncode == 0
