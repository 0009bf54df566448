"""Model output as netCDF, Zarr v2 and v3 and kerchunk references: found by search, opened by xarray, xpystac and intake-esm."""

import data_maker
import fsspec
import numpy as np
import pystac_client
import pytest
import xarray
from data_maker import MODELS
from support import run_cairn


@pytest.fixture(scope="module", params=range(len(MODELS)), ids=MODELS)
def model(request):
    return request.param


@pytest.fixture(scope="module")
def assets(world, model):
    search = pystac_client.Client.open(world.relative).search(
        collections=["model"],
        filter=f"\"cmip6:source_id\" = '{MODELS[model]}' AND \"cmip6:variable_id\" = 'tas'",
        filter_lang="cql2-text",
        datetime="2000-06-01T00:00:00Z",
    )
    (item,) = search.items()
    return item.assets


def check(dataset, model):
    assert np.array_equal(dataset["tas"], data_maker.model_truth(model))
    assert dataset["tas"].attrs["units"] == "K"
    assert np.array_equal(dataset["lat"], data_maker.LATS)


@pytest.mark.parametrize("key", ["zarr2", "zarr3"])
def test_xarray_opens_zarr(assets, model, key):
    check(xarray.open_dataset(assets[key].href, engine="zarr", chunks={}), model)


def test_xarray_opens_zarr_by_the_version_that_is_asked_for(assets, model):
    check(xarray.open_zarr(assets["zarr2"].href, zarr_format=2, consolidated=True), model)
    check(xarray.open_zarr(assets["zarr3"].href, zarr_format=3), model)


def test_xarray_opens_netcdf_in_ranges(assets, model):
    with fsspec.open(assets["netcdf"].href) as file, xarray.open_dataset(file, engine="h5netcdf") as dataset:
        check(dataset, model)


def test_netcdf_c_opens_netcdf_in_ranges(assets, model):
    check(xarray.open_dataset(assets["netcdf"].href + "#mode=bytes", engine="netcdf4"), model)


def test_xarray_opens_references(assets, model):
    check(xarray.open_dataset(assets["references"].href, engine="kerchunk"), model)


def test_fsspec_opens_references(assets, model):
    """zarr-python 3 reads through asynchronous file systems only, and both of them must be told so."""
    where = {"fo": assets["references"].href, "remote_protocol": "http"}
    asynchronous = {"asynchronous": True, "remote_options": {"asynchronous": True}}
    options = {"storage_options": {**where, **asynchronous}, "consolidated": False}
    check(xarray.open_dataset("reference://", engine="zarr", backend_kwargs=options), model)


@pytest.mark.parametrize("key", ["zarr2", "references"])
def test_xpystac_opens_what_the_asset_says(assets, model, key):
    check(xarray.open_dataset(assets[key], engine="stac"), model)


def test_xpystac_knows_no_zarr_media_type_with_a_parameter(assets, model):
    """The way round is xarray on the href, as above."""
    with pytest.raises(UnboundLocalError, match="default_kwargs"):
        xarray.open_dataset(assets["zarr3"], engine="stac")


@pytest.fixture(scope="module")
def esm(world, tmp_path_factory):
    import intake

    output = tmp_path_factory.mktemp("esm") / "models"
    run_cairn("export", world.catalog, "--collections", "model", "--format", "esm", "--output", output)
    return intake.open_esm_datastore(f"{output}.json")


def open_by_esm(esm, asset, **how):
    found = esm.search(asset=asset)
    assert len(found.df) == len(MODELS)
    return found.to_dataset_dict(threaded=False, progressbar=False, **how)


def test_intake_esm_tells_the_simulations(esm):
    unique = esm.unique()
    assert sorted(unique["source_id"]) == sorted(MODELS)
    assert unique["experiment_id"] == ["historical"]
    assert set(unique["format"]) == {"netcdf", "zarr", "reference"}
    assert len(esm.search(source_id=MODELS[0]).df) == 4


@pytest.mark.parametrize(
    "asset, engine",
    [("zarr2", None), ("zarr3", None), ("netcdf", "h5netcdf"), ("references", "kerchunk")],
)
def test_intake_esm_opens_every_format(esm, asset, engine):
    how = {"xarray_open_kwargs": {"engine": engine}} if engine else {}
    opened = open_by_esm(esm, asset, **how)
    assert len(opened) == len(MODELS)
    for key, dataset in opened.items():
        (model,) = (index for index, name in enumerate(MODELS) if name in key)
        check(dataset.squeeze(drop=True), model)


@pytest.mark.parametrize(
    "asset, fault",
    [
        ("netcdf", "file objects are not supported by the netCDF4 backend"),
        ("references", "Reference-FS's target filesystem must have same value of asynchronous"),
    ],
)
def test_intake_esm_wants_an_engine_over_http(esm, asset, fault):
    """Its own choice of engine is for local files; the way round is the engine, as above."""
    from intake_esm.source import ESMDataSourceError

    with pytest.raises(ESMDataSourceError) as refused:
        open_by_esm(esm, asset)
    assert fault in str(refused.value.__cause__)
