"""Every client, every combination of format, projection version and STAC version, in both profiles: pixels or the exact refusal."""

import numpy as np
import pytest
import stackstac
import table
from expectations import EQUAL, RULES, WAY_ROUND, expected_outcome
from openers import CLIENTS, OF_INTAKE, ONLY, Question, outcome, questions, search
from support import ROOT


def compare(world, client, profile):
    asked = list(questions(world.relative, client, profile))
    got = {question.id: outcome(client, question) for question in asked}
    assert got == {question.id: expected_outcome(client, question) for question in asked}


@pytest.mark.parametrize("profile", ["source", "default"])
@pytest.mark.parametrize("client", [client for client in CLIENTS if client not in OF_INTAKE])
def test_what_a_client_makes_of_every_combination(world, client, profile):
    compare(world, client, profile)


def test_what_loads_in_the_source_form_loads_in_the_load_ready_form():
    for client in CLIENTS:
        for before in questions("", client, "source"):
            (after,) = (each for each in questions("", client, "default") if each.id == before.id)
            if expected_outcome(client, before) == EQUAL:
                assert expected_outcome(client, after) == EQUAL, (client, before.id)


def test_every_refusal_has_a_way_round():
    refusals = {rule[-1] for formats in RULES.values() for rules in formats.values() for rule in rules} - {EQUAL}
    assert refusals == set(WAY_ROUND)


def test_a_zarr_store_that_is_named_is_nothing_but_nodata_to_stackstac(world):
    """The one trap that says nothing: docs/clients.md warns of it."""
    question = Question(world.relative, "zarr", "v1", "1.0")
    items = list(search(question).items_as_dicts())
    cube = stackstac.stack(items, assets=["cube"]).compute(scheduler="threads")
    assert np.isnan(cube).all()


def test_the_page_has_the_table_that_the_tests_expect():
    """Run scripts/client-table when this fails. The line of versions is left out: Debian and Ubuntu have several of GDAL."""
    lines = table.section(table.expected(), ["..."]).split("\n")
    page = (ROOT / "docs" / "clients.md").read_text().split("\n")
    assert [line for line in lines if line not in page and not line.startswith("With ")] == []


def test_no_client_is_left_out():
    assert set(RULES) == set(CLIENTS)
    assert set(ONLY) < set(CLIENTS)
