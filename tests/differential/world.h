/* What the searches run over: the items of the files, in both stores, and what the generator wants to know of them. */
#ifndef CAIRN_DIFFERENTIAL_WORLD_H
#define CAIRN_DIFFERENTIAL_WORLD_H

#include "store/store.h"
#include "tests/differential/dice.h"

/* One line of a file that was taken as an item. */
typedef struct sample {
    cairn_span line; /* the source */
    size_t number;   /* of the line, from 1 */
    cairn_span collection, id;
    cairn_interval range;
    bool has_place, repaired;
    cairn_box box;
    cairn_span geometry; /* GeoJSON as it is served */
} sample;

/* A store that takes part. */
typedef struct party {
    cairn_store *store;
    cairn_session *session;
    cairn_writer *writer;
} party;

enum { TESTED, ORACLE, PARTIES };

typedef struct world {
    party parties[PARTIES];
    char *folder;         /* of the SQLite file; NULL when the tested store has none */
    cairn_arena *texts;   /* lives as long as the world */
    cairn_arena *scratch; /* of one search */
    cairn_arena *reading; /* of one record */
    cairn_geos *geos;
    cairn_codec *codec;
    cairn_buf packed;
    sample *samples;
    size_t n_samples, cap_samples, refused;
} world;

/* `tested`: "sqlite" or "memory". Says on stderr what went wrong. */
bool world_open(world *w, const char *tested);
/* Takes each line of a file; the last of several with one (collection, id) wins. */
bool world_load(world *w, const char *path);
void world_close(world *w);

/* Reads the sample's line again into the arena for reading. */
cairn_code world_read(world *w, const sample *from, cairn_item *item, cairn_error *error);
/* Puts an item into a store inside an open transaction. */
cairn_code world_put(world *w, party *to, const cairn_item *item, cairn_put *what, cairn_error *error);

/* changes.c: one transaction of random deletions, moves and returns, the same in both stores; sometimes rolled back.
 * False when the stores answered differently. */
bool world_change(world *w, dice *d);
/* Compares collections and counts of both stores, and lets the tested one check itself. */
bool world_compare(world *w);

#endif
