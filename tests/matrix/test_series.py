"""A time series in two UTM zones, crawled from relative hrefs: whole cubes, compared to the last pixel, read by dask workers."""

import data_maker
import numpy as np
import pystac_client
import pytest
from data_maker import BANDS, DATES, ZONES

BOTH = ("red", "nir")


@pytest.fixture(scope="module")
def cluster():
    """Workers are processes of their own, as on a cluster: nothing of this process helps them to find the data."""
    from dask.distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as workers:
        with Client(workers) as client:
            yield client


def search(world, **more):
    return pystac_client.Client.open(world.relative).search(collections=["series"], sortby="datetime", **more)


def search_zone(world, zone):
    """The zone's scenes. One name is asked for, whatever version of the extension each item was written in."""
    return search(world, filter=f"\"proj:code\" = 'EPSG:{ZONES[zone]}'", filter_lang="cql2-text")


def truth(zone, bands=BOTH):
    """[time, band, y, x] as stored."""
    return np.array([[data_maker.truth(zone, date, band) for band in bands] for date in range(len(DATES))])


def scaled_truth(zone):
    cube = truth(zone).astype("float64")
    cube[:, 1] = [data_maker.reflectance(zone, date) for date in range(len(DATES))]
    return cube


def check_grid(array):
    """Coordinates of stackstac are upper left corners, to the metre."""
    west, _, _, north = data_maker.bounds()
    steps = np.arange(data_maker.SIZE) * data_maker.PIXEL
    assert np.array_equal(array.x, west + steps)
    assert np.array_equal(array.y, north - steps)


def geobox(zone):
    from odc.geo.geobox import GeoBox

    return GeoBox((data_maker.SIZE, data_maker.SIZE), data_maker.transform(), f"EPSG:{ZONES[zone]}")


@pytest.mark.parametrize("zone", range(len(ZONES)))
def test_stackstac_reads_a_zone(world, cluster, zone):
    import stackstac

    items = list(search_zone(world, zone).items_as_dicts())
    cube = stackstac.stack(items, assets=list(BOTH), chunksize=128)
    assert cube.attrs["crs"] == f"epsg:{ZONES[zone]}"
    check_grid(cube)
    assert np.allclose(cube.compute(), scaled_truth(zone), rtol=0, atol=1e-9)


def test_stackstac_wants_one_reference_system(world):
    import stackstac

    items = list(search(world).items_as_dicts())
    with pytest.raises(ValueError, match="Cannot pick a common CRS, since assets have multiple CRSs: asset 'red' of item"):
        stackstac.stack(items, assets=list(BOTH))
    cube = stackstac.stack(items, assets=list(BOTH), epsg=ZONES[0], resolution=data_maker.PIXEL, bounds=data_maker.bounds())
    assert np.allclose(cube.compute(scheduler="threads"), scaled_truth(0), rtol=0, atol=1e-9)  # none of the other zone is there


def test_stackstac_wants_one_band_an_asset(world):
    """At once where the source has raster:bands of several; load-ready writes none of those, so else when it opens the file."""
    import stackstac

    items = list(search_zone(world, 0).items_as_dicts())
    with pytest.raises(ValueError, match="raster:bands has 3 elements for asset 'rgb'. Multi-band rasters are not"):
        stackstac.stack(items, assets=["rgb"])
    items = list(search_zone(world, 1).items_as_dicts())
    with pytest.raises(RuntimeError, match="Assets must have exactly 1 band, but file .* has 3"):
        stackstac.stack(items, assets=["rgb"]).compute(scheduler="threads")


@pytest.mark.parametrize("zone", range(len(ZONES)))
def test_odc_stac_reads_a_zone(world, cluster, zone):
    import odc.stac

    items = list(search_zone(world, zone).items())
    cube = odc.stac.load(items, bands=list(BOTH), chunks={"x": 128, "y": 128})
    assert cube.odc.geobox == geobox(zone)
    for index, band in enumerate(BOTH):
        assert cube[band].dtype == "uint16"
        assert cube[band].nodata == data_maker.NODATA
        assert np.array_equal(cube[band].compute(), truth(zone)[:, index])


def test_odc_stac_reads_both_zones_into_one_grid(world, cluster):
    """Of each zone's own grid its scenes come through exactly, whatever else was found."""
    import odc.stac

    items = list(search(world).items())
    for zone in range(len(ZONES)):
        cube = odc.stac.load(items, bands=["red"], geobox=geobox(zone), chunks={}, groupby="time")
        assert np.array_equal(cube.red.compute(), truth(zone, ["red"])[:, 0])


def test_odc_stac_reads_bands_by_common_name_and_of_one_asset(world, cluster):
    import odc.stac

    for zone in range(len(ZONES)):
        items = list(search_zone(world, zone).items())
        names = [f"rgb.{number}" for number in (1, 2, 3)]
        cube = odc.stac.load(items, bands=names, chunks={})
        got = np.stack([cube[name].compute() for name in names], axis=1)
        assert np.array_equal(got, truth(zone, BANDS))


def test_rioxarray_in_the_workers(world, cluster):
    """A function that runs in a worker, given an item's href: as people write it without any STAC client."""

    def open_there(href):
        import rioxarray

        return rioxarray.open_rasterio(href).to_numpy()

    items = list(search_zone(world, 1).items())
    got = cluster.gather(cluster.map(open_there, [item.assets["red"].href for item in items]))
    assert np.array_equal(np.concatenate(got), truth(1, ["red"])[:, 0])


def test_a_daemon_serves_the_files_of_its_own_catalog(world):
    """Crawled without --asset-base: the file: hrefs go out as what the daemon itself serves."""
    import rioxarray

    client = pystac_client.Client.open(world.served)
    items = list(client.search(collections=["series"], sortby="datetime", ids=[f"{ZONES[0]}-2"]).items())
    href = items[0].assets["nir"].href
    assert href == f"{world.files}data/{ZONES[0]}-2-nir.tif"
    assert np.array_equal(rioxarray.open_rasterio(href)[0], data_maker.truth(0, 2, "nir"))
