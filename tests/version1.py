"""Makes catalogs of schema versions 1 and 2, as older programs left them, out of one of version 3."""

import sqlite3

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


def make_version_2(path):
    change(path, TO_VERSION_2)


def make_version_1(path):
    change(path, TO_VERSION_2, TO_VERSION_1)
