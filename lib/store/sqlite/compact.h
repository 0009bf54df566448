/* The form that items are kept in: the fast one (deflate, to be spliced into replies), or the compact one
 * (store/pack.h: zstd with dictionaries, which are made from the catalog's own items). Both may stand side by side:
 * what is written is in the fast form, `cairn optimize` leads from one to the other. */
#ifndef CAIRN_STORE_SQLITE_COMPACT_H
#define CAIRN_STORE_SQLITE_COMPACT_H

#include "store/compact.h"
#include "store/sqlite/internal.h"

/* ---- dictionary.c: the table `dictionary`; meta.dictionary is the last number that was given, so that none is given
 * twice and what a session knows of one stays true ---- */

/* Enters a dictionary. Within a batch. */
cairn_code dictionary_add(sqlite_writer *writer, cairn_span bytes, size_t *number, cairn_error *error);
/* Appends the plain bytes of one that is there. */
cairn_code dictionary_read(sqlite3 *db, size_t number, cairn_buf *out, cairn_error *error);
/* Deletes all but these. Within a batch. */
cairn_code dictionaries_keep(sqlite_writer *writer, const size_t *numbers, size_t n, cairn_error *error);

/* ---- compact_pool.c: packing, by several threads ---- */

enum { COMPACT_LEVEL = 19, COMPACT_FAST_LEVEL = 6 };

/* One item: texts in, stored forms out, which point into `out`. */
typedef struct compact_item {
    sqlite3_int64 key;
    cairn_buf open, patch, out;
    bool has_patch;
    cairn_packed body, properties, source;
    bool packed;
} compact_item;

typedef struct compact_pool compact_pool;
/* threads 0: as many as there are processors. */
compact_pool *compact_pool_new(unsigned threads);
void compact_pool_free(compact_pool *pool);
/* Packs n items: with a dictionary (number 0: an empty one), or, without, into the fast form. item->packed says which
 * could be. Returns when all are done. */
void compact_pool_run(compact_pool *pool, const cairn_dictionary *dictionary, size_t number, compact_item *items,
                      size_t n);

/* ---- compact_train.c: the dictionary of some items ---- */

/* Chooses among dictionaries of several sizes, and none, what makes `total` items smallest together with itself, going
 * by n of them (open and patch; the rest is used for work). Leaves *out empty when none is best. */
cairn_code compact_train(compact_pool *pool, compact_item *items, size_t n, uint64_t total, cairn_buf *out,
                         cairn_error *error);

/* ---- compact_form.c ---- */
/* Brings all items into the form, in batches of its own: what is done stays done when it is stopped. */
cairn_code compact_convert(sqlite_writer *writer, const cairn_optimizing *how, cairn_error *error);

#endif
