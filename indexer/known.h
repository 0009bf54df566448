/* What a catalog knows of its items' properties, over all collections or in one of them: for `cairn queryables list`.
 * Thread-safety: none. */
#ifndef CAIRN_INDEXER_KNOWN_H
#define CAIRN_INDEXER_KNOWN_H

#include "store/store.h"

typedef struct cairn_known {
    cairn_property property; /* of the collections together; texts in the arena; `collection` is absent */
    bool has_index, built_in;
    bool nested;      /* below a property that has objects */
    uint64_t indexed; /* items of all collections that the index holds */
} cairn_known;

typedef struct cairn_knowns {
    cairn_arena *arena; /* the caller's */
    cairn_known *at;    /* by name */
    size_t n, room;
    bool of_one; /* collection */
} cairn_knowns;

/* Takes up the properties of the collection, of all when it is absent, and what is promoted. No item need have a
 * promoted property under its own name: its values may be found under others, or be nested. Such are taken up too where
 * somebody added them or the index holds an item; of one collection only those that are nested in what it has. Begins
 * by forgetting what there was (the arena is reset). */
cairn_code cairn_knowns_read(cairn_knowns *knowns, cairn_session *session, cairn_span collection, cairn_error *error);

/* The property of this name, or NULL. */
const cairn_known *cairn_knowns_find(const cairn_knowns *knowns, cairn_span name);

/* CAIRN_INVALID, with a nearer name, when it is certain that no item has the property, without a look at them. */
cairn_code cairn_knowns_expect(const cairn_knowns *knowns, cairn_span name, cairn_error *error);
/* Sets the reason why an index of the property holds no item. */
cairn_code cairn_knowns_refuse(const cairn_knowns *knowns, cairn_span name, cairn_error *error);

/* Appends the table, a line a property. */
bool cairn_knowns_text(const cairn_knowns *knowns, cairn_buf *out);
/* Appends {"properties": [...]}. What the index holds is not told of one collection. */
bool cairn_knowns_json(const cairn_knowns *knowns, cairn_buf *out);

#endif
