-- Schema version 4: space and time in integers, packed where many items come at once; numbers that filters ask for most, beside
-- the item's place; dictionaries of the compact form. Every table and column is documented in schema/README.md.

DROP TABLE item_box;

-- Candidates by place and time (lib/store/sqlite/space.h). entry = item.key * 2 + k, where k = 1 is the western part of a box
-- over the antimeridian. Items with a key of meta.loose_from and more are in neither of the two.
CREATE VIRTUAL TABLE item_space USING rtree_i32(
  entry, west, east, south, north, first, last); -- time folded with the collection
CREATE VIRTUAL TABLE item_space_all USING rtree_i32(
  entry, west, east, south, north, first, last); -- time alone

ALTER TABLE item ADD COLUMN hot BLOB; -- lib/store/hot.h

-- What texts of encoding 2 are compressed with.
CREATE TABLE dictionary(
  number INTEGER PRIMARY KEY,
  bytes  BLOB NOT NULL
);
