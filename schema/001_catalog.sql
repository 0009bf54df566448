-- Cairn catalog, schema version 1. Every table and column is documented in schema/README.md.
-- Times are UTC seconds since 1970 and nanoseconds; coordinates degrees lon/lat (CRS84).

CREATE TABLE meta(
  key   TEXT PRIMARY KEY NOT NULL,
  value NOT NULL
) WITHOUT ROWID;

CREATE TABLE collection(
  slot       INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  title      TEXT,
  made       INTEGER NOT NULL DEFAULT 0,
  body       BLOB NOT NULL,
  source     BLOB,
  items      INTEGER NOT NULL DEFAULT 0,
  west       REAL,
  south      REAL,
  east       REAL,
  north      REAL,
  start_sec  INTEGER,
  start_nsec INTEGER,
  end_sec    INTEGER,
  end_nsec   INTEGER,
  lead       INTEGER NOT NULL DEFAULT 0,
  lag        INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE item(
  key        INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  id         TEXT NOT NULL,
  back_sec   INTEGER NOT NULL,
  back_nsec  INTEGER NOT NULL,
  start_sec  INTEGER,
  start_nsec INTEGER,
  end_sec    INTEGER,
  end_nsec   INTEGER,
  west       REAL,
  south      REAL,
  east       REAL,
  north      REAL,
  footprint  BLOB
);

-- An item by its name; (id, collection) so that a search by ids alone finds it too.
CREATE UNIQUE INDEX item_name ON item(id, collection);

-- The default order, newest first, inside a collection and over all: covering, so that a scan never touches the table
-- but for footprints.
CREATE INDEX item_order ON item(
  collection, back_sec, back_nsec, id,
  start_sec, start_nsec, end_sec, end_nsec, west, south, east, north);
CREATE INDEX item_order_all ON item(
  back_sec, back_nsec, collection, id,
  start_sec, start_nsec, end_sec, end_nsec, west, south, east, north);

-- Space and time. entry = item.key * 2 + k, where k = 1 is the western part of a box over the antimeridian.
CREATE VIRTUAL TABLE item_box USING rtree(
  entry, west, east, south, north, start_day, end_day);

CREATE TABLE item_body(
  key             INTEGER PRIMARY KEY,
  encoding        INTEGER NOT NULL,
  crc             INTEGER NOT NULL,
  length          INTEGER NOT NULL,
  changed         INTEGER NOT NULL,
  body            BLOB NOT NULL,
  source_encoding INTEGER,
  source_crc      INTEGER,
  source_length   INTEGER,
  source          BLOB
);
