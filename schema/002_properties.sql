-- Schema version 2: properties kept apart from the items' texts, promoted properties, words for free text, and what is
-- known of each property. Every table and column is documented in schema/README.md.

-- The item's `properties`, so that a filter is evaluated without the whole item.
CREATE TABLE item_properties(
  key        INTEGER PRIMARY KEY,
  encoding   INTEGER NOT NULL,
  crc        INTEGER NOT NULL,
  length     INTEGER NOT NULL,
  body_at    INTEGER, -- item_body.body lacks this block: it belongs behind so many bytes of it. NULL: the body is whole
  properties BLOB NOT NULL
);

-- Properties that have an index. definition: the rule that values are made by, see lib/store/sqlite/slots.c. Writers keep to
-- it; a program that would make them otherwise (another version, other descriptors) does not read the index.
CREATE TABLE promoted(
  slot       INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE, -- the path below the item's properties: 'eo:cloud_cover', 'a.b'
  built_in   INTEGER NOT NULL,
  definition TEXT NOT NULL
);

-- Built-in ones that somebody took away: not to be promoted again by themselves.
CREATE TABLE demoted(
  name TEXT PRIMARY KEY NOT NULL
) WITHOUT ROWID;

-- The index: property = promoted.slot * 2 for the value itself, + 1 for each member of an array (those are never sorted by).
-- value: REAL for numbers, TEXT for strings (canonical times of lib/query/sort.h where the definition says time), x'00' and
-- x'01' for booleans: SQLite's order of types is the order of lib/query/sort.h. Items without a value have no row. Where the item
-- has the field under a name of another generation only (proj:epsg for proj:code), the value is that one, changed.
CREATE TABLE item_value(
  property   INTEGER NOT NULL,
  collection INTEGER NOT NULL, -- collection.slot
  value      NOT NULL,
  back_sec   INTEGER NOT NULL, -- of the item
  key        INTEGER NOT NULL,
  PRIMARY KEY(property, collection, value, back_sec, key)
) WITHOUT ROWID;

-- Words of items and collections (cairn_text_words()); rowid is item.key, collection.slot. The words themselves are not
-- kept: to take an item out they are made anew from its properties.
CREATE VIRTUAL TABLE item_text USING fts5(words, content='', columnsize=0, tokenize='ascii');
CREATE VIRTUAL TABLE collection_text USING fts5(words, columnsize=0, tokenize='ascii');

-- What is known of a property in a collection (lib/store/property.h). Members that are null are not counted.
CREATE TABLE property(
  collection    INTEGER NOT NULL, -- collection.slot
  name          TEXT NOT NULL,
  integers      INTEGER NOT NULL,
  numbers       INTEGER NOT NULL, -- that are no integers
  strings       INTEGER NOT NULL,
  booleans      INTEGER NOT NULL,
  arrays        INTEGER NOT NULL,
  objects       INTEGER NOT NULL,
  times         INTEGER NOT NULL, -- strings that are RFC 3339 times
  minimum       REAL,             -- of numbers
  maximum       REAL,
  first         TEXT,             -- of times, canonical
  last          TEXT,
  minimum_items INTEGER NOT NULL, -- items that have the minimum, and so on: when none is left, all are counted anew
  maximum_items INTEGER NOT NULL,
  first_items   INTEGER NOT NULL,
  last_items    INTEGER NOT NULL,
  enumerated    INTEGER NOT NULL, -- 1: the list has all values
  list          TEXT NOT NULL,    -- JSON: [[value, count], ...]
  PRIMARY KEY(collection, name)
) WITHOUT ROWID;

-- The document that a source gave, where the served one (body) differs from it because its extent and summaries follow the
-- items. The source's own words are `source`, else `declared`, else `body`.
ALTER TABLE collection ADD COLUMN declared BLOB;
