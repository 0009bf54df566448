"""intake-stac walks from the landing page to pixels; what the matrix asks of it, and the time series."""

import data_maker
import numpy as np
import pytest
from expectations import expected_outcome
from openers import OF_INTAKE, outcome, questions


@pytest.mark.parametrize("profile", ["source", "default"])
@pytest.mark.parametrize("client", OF_INTAKE)
def test_what_it_makes_of_every_combination(world, client, profile):
    asked = list(questions(world.relative, client, profile))
    got = {question.id: outcome(client, question) for question in asked}
    assert got == {question.id: expected_outcome(client, question) for question in asked}


def test_the_whole_series_from_the_landing_page(world):
    import intake

    series = intake.open_stac_catalog(world.relative)["series"]
    assert len(list(series)) == len(data_maker.ZONES) * len(data_maker.DATES)
    for zone, epsg in enumerate(data_maker.ZONES):
        for date in range(len(data_maker.DATES)):
            red = series[f"{epsg}-{date}"]["red"].to_dask()
            assert np.array_equal(red.squeeze("band"), data_maker.truth(zone, date, "red"))


def test_bands_stacked_by_their_common_names(world):
    """stack_bands() reads eo:bands, so it is load-ready that makes it work on items of STAC 1.1."""
    import intake

    item = intake.open_stac_catalog(world.relative)["series"][f"{data_maker.ZONES[1]}-0"]
    both = item.stack_bands(["nir", "red"])().to_dask()
    truth = [data_maker.truth(1, 0, band) for band in ("nir", "red")]
    assert np.array_equal(np.asarray(both).reshape(np.shape(truth)), truth)


def test_an_item_collection_of_a_search(world):
    import intake
    import pystac
    import requests

    answer = requests.get(world.relative + "search", {"collections": "model"}).json()
    catalog = intake.open_stac_item_collection(pystac.ItemCollection.from_dict(answer))
    for model, name in enumerate(data_maker.MODELS):
        opened = catalog[name]["netcdf"].to_dask()
        assert np.array_equal(opened["tas"], data_maker.model_truth(model))
