"""A small catalog that the tests of the commands know by heart; the fixture `things` makes it."""

import sqlite3

from support import make_item, run_cairn

ITEMS = [
    make_item("a", lon=7.4, lat=46.9, datetime="2020-01-01T00:00:00Z"),
    make_item("b", lon=7.5, lat=46.8, datetime="2021-01-01T00:00:00Z"),
    make_item("c", lon=-122.3, lat=47.6, datetime="2022-01-01T00:00:00.5Z"),
    make_item("a", collection="other", lon=179.9, lat=-10, datetime="1500-01-01T00:00:00Z"),
    make_item("nowhere", collection="other", datetime="2023-01-01T00:00:00Z"),
]

# In the default order.
ALL = [("other", "nowhere"), ("things", "c"), ("things", "b"), ("things", "a"), ("other", "a")]


def ids(path, *args):
    """What `cairn search` finds, as (collection, id)."""
    return [tuple(line.split("\t")) for line in run_cairn("search", path, *args).stdout.split("\n")[:-1]]


def damage(path, sql):
    db = sqlite3.connect(path)
    db.execute(sql)
    db.commit()
    db.close()
