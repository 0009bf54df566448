"""Real items, one after another: each is found again and comes back in its own words, or was refused with a reason.

scripts/corpus does the same with the whole corpus, its trees and its bad inputs.
"""

import json

import pytest
from lines import Tally, apart, items_are_whole, items_of
from source_form import difference
from support import CORPUS_SAMPLE

FILE = "file:///data/a.ndjson"


def test_sample(tmp_path):
    tally, reasons = Tally(), {}
    lines = items_of(CORPUS_SAMPLE.read_text().split("\n")[:-1])
    for n, some in enumerate(apart(lines), 1):
        reasons |= items_are_whole(tally, tmp_path / f"items-{n}.cairn", some)
    assert not tally.failures
    assert tally.passed > 4 * (len(lines) - len(reasons))
    assert 1 <= len(reasons) <= 10


def text(**more):
    item = {"id": "a", "properties": {"x": 1}, "assets": {"b": {"href": "./b c.tif"}}, "links": []}
    return json.dumps({**item, **more})


def test_differences_are_seen():
    served = text(assets={"b": {"href": "file:///data/b%20c.tif"}}, links=[{"rel": "self", "href": "x"}])
    assert difference(text(), served, FILE) is None


@pytest.mark.parametrize(
    "before, after",
    [
        (text(n=1), text(n=1).replace('"n": 1', '"n": 1.0')),
        (text(n=1.50), text(n="1.5")),
        (text(y=1, z=2), text(z=2, y=1)),
        (text(y=1), text(y=1).replace('"y": 1', '"y": 1, "y": 1')),
        (text(y={"a": [None]}), text(y={"a": []})),
        (text(), text(assets={"b": {"href": "file:///data/c.tif"}})),
        (text(), text(assets={"b": {"href": "file:///data/b%20c.tif", "type": "x"}})),
        (text(collection="c"), text()),
    ],
)
def test_each_difference_is_told(before, after):
    after = after.replace("./b c.tif", "file:///data/b%20c.tif")
    assert difference(before, after, FILE)
