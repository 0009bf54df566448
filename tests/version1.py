"""Makes catalogs of schema versions 1 to 3, as older programs left them, out of one of version 4."""

import sqlite3

DAYS = "(CASE WHEN {0} BETWEEN -9e15 AND 9e15 THEN ({0} - 946684800) / 86400.0 WHEN {0} < 0 THEN -1e9 ELSE 1e9 END)"
START, END = DAYS.format("coalesce(start_sec, -back_sec)"), DAYS.format("coalesce(end_sec, -back_sec)")

TO_VERSION_3 = f"""
DROP TABLE item_space;
DROP TABLE item_space_all;
ALTER TABLE item DROP COLUMN hot;
DROP TABLE dictionary;
DELETE FROM meta WHERE key='loose_from';
CREATE VIRTUAL TABLE item_box USING rtree(entry, west, east, south, north, start_day, end_day);
INSERT INTO item_box SELECT key * 2, west, iif(west > east, 180, east), south, north, {START}, {END} FROM item
  WHERE west IS NOT NULL;
INSERT INTO item_box SELECT key * 2 + 1, -180, east, south, north, {START}, {END} FROM item WHERE west > east;
PRAGMA user_version=3;
"""

TO_VERSION_2 = """
ALTER TABLE item_body DROP COLUMN traits;
DROP TABLE item_traits;
PRAGMA user_version=2;
"""

TO_VERSION_1 = """
UPDATE item_body SET body=(SELECT CAST(substr(item_body.body, 1, p.body_at) || p.properties ||
  substr(item_body.body, p.body_at + 1) AS BLOB) FROM item_properties p WHERE p.key=item_body.key)
  WHERE key IN (SELECT key FROM item_properties WHERE body_at IS NOT NULL);
UPDATE collection SET body=coalesce(declared, body);
ALTER TABLE collection DROP COLUMN declared;
DROP TABLE item_properties;
DROP TABLE promoted;
DROP TABLE demoted;
DROP TABLE item_value;
DROP TABLE property;
DROP TABLE item_text;
DROP TABLE collection_text;
PRAGMA user_version=1;
"""


def change(path, *scripts):
    db = sqlite3.connect(path)
    for script in scripts:
        db.executescript(script)
    db.commit()
    db.close()


def make_version_3(path):
    change(path, TO_VERSION_3)


def make_version_2(path):
    change(path, TO_VERSION_3, TO_VERSION_2)


def make_version_1(path):
    change(path, TO_VERSION_3, TO_VERSION_2, TO_VERSION_1)
