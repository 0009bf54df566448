/* What `cairn doctor` finds out: the verdicts of the clients (stac/loads.h) on many items, counted by collection,
 * client and reason, and how that is told. Thread-safety: none. */
#ifndef CAIRN_INDEXER_DOCTOR_H
#define CAIRN_INDEXER_DOCTOR_H

#include "base/arena.h"
#include "base/buf.h"
#include "stac/loads.h"

#include <stdint.h>

/* Further collections are counted together. */
enum { CAIRN_DOCTOR_COLLECTIONS = 10000 };

/* Items of which a client said the same. */
typedef struct cairn_doctor_reason {
    cairn_loads_verdict verdict; /* of the first; its asset lives in the doctor's arena */
    cairn_span collection, id;   /* of the first */
    uint64_t items;
    struct cairn_doctor_reason *next;
} cairn_doctor_reason;

typedef struct cairn_doctor_counts {
    cairn_span collection; /* decoded; absent: all, or the further ones */
    uint64_t items;
    uint64_t loads[CAIRN_N_CLIENTS], before[CAIRN_N_CLIENTS];
    cairn_doctor_reason *reasons[CAIRN_N_CLIENTS];
} cairn_doctor_counts;

typedef struct cairn_doctor {
    /* What is wanted. */
    bool wanted[CAIRN_N_CLIENTS];
    bool compare; /* count what loads in the source's own words, too */
    bool source;  /* judge those words alone */
    bool details; /* reasons of each collection, not of all together */
    size_t most;  /* reasons told of each client */

    /* What was found. */
    cairn_doctor_counts all, others, **collections; /* sorted by id */
    size_t n_collections;
    uint64_t refused;     /* records that are no items that can be read */
    cairn_arena *arena;   /* of what is kept */
    cairn_arena *scratch; /* of one item */
} cairn_doctor;

/* False when out of memory. */
bool cairn_doctor_init(cairn_doctor *doctor);
void cairn_doctor_free(cairn_doctor *doctor);

typedef struct cairn_doctor_item {
    cairn_span collection, id;
    cairn_span served; /* open form or whole document */
    cairn_span source; /* the same in the source's own words; absent: no others */
} cairn_doctor_item;

/* Judges and counts an item. `verdicts` (borrowed until the next call) are those that were counted. */
cairn_code cairn_doctor_take(cairn_doctor *doctor, const cairn_doctor_item *item, const cairn_loads_verdict **verdicts,
                             cairn_error *error);

/* True when nothing was refused and every item loads in every client that is wanted. */
bool cairn_doctor_all_well(const cairn_doctor *doctor);

/* ---- printing; false when the buffer is full ---- */

/* One item on a line: tab-separated text (collection, id, and of each client "loads" or the code and the asset), or a
 * JSON object. */
bool cairn_doctor_item_heading(const cairn_doctor *doctor, cairn_buf *out);
bool cairn_doctor_item_text(const cairn_doctor *doctor, const cairn_doctor_item *item,
                            const cairn_loads_verdict *verdicts, cairn_buf *out);
bool cairn_doctor_item_json(const cairn_doctor *doctor, const cairn_doctor_item *item,
                            const cairn_loads_verdict *verdicts, cairn_buf *out);

/* The whole: a table and the reasons, or a JSON object on one line. */
bool cairn_doctor_text(const cairn_doctor *doctor, cairn_buf *out);
bool cairn_doctor_json(const cairn_doctor *doctor, cairn_buf *out);

#endif
