-- Schema version 3: what is known of each item without opening it (lib/stac/traits.h), and how many items of a collection have
-- it. Every table and column is documented in schema/README.md.

ALTER TABLE item_body ADD COLUMN traits INTEGER NOT NULL DEFAULT 128; -- nobody looked

CREATE TABLE item_traits(
  collection INTEGER NOT NULL, -- collection.slot
  traits     INTEGER NOT NULL,
  items      INTEGER NOT NULL, -- never 0
  PRIMARY KEY(collection, traits)
) WITHOUT ROWID;
