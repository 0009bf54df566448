/* Which properties of its items a collection's summaries tell of, and what: for cairn_collection_view(), the same in
 * every store. Told of are the fields that the registry of extensions marks so (cairn_ext_field.summary) and those that
 * the declared document summarises already. Where it declares a range, the range of the items' numbers (of their times,
 * where that is what it declares), whatever else some of them have; else a range where at least half of the values are
 * numbers, or all are times. What is enumerated as a list too, in the order of the values. Thread-safety: none. */
#ifndef CAIRN_STORE_SUMMARIES_H
#define CAIRN_STORE_SUMMARIES_H

#include "stac/collection.h"
#include "store/property.h"

typedef struct cairn_summaries {
    cairn_arena *arena;  /* of all texts */
    cairn_span declared; /* the object `summaries` of the document, or absent */
    cairn_summary *at;
    size_t n, room;
} cairn_summaries;

/* Nothing yet. `declared` is the document's open form, or absent. False at the arena's cap. */
bool cairn_summaries_begin(cairn_summaries *summaries, cairn_span declared, cairn_arena *arena);

/* A cairn_property_sink: takes up the property if it is to be told of. CAIRN_NOMEM at the arena's cap. */
cairn_code cairn_summaries_add(void *summaries, const cairn_property *property, cairn_error *error);

#endif
