/* What is done with one record, apart from writing it: check, read, pack. Each thread has tools of its own. */
#ifndef CAIRN_INDEXER_WORK_H
#define CAIRN_INDEXER_WORK_H

#include "indexer/source.h"
#include "store/store.h"

typedef enum cairn_verdict {
    CAIRN_VERDICT_TAKEN,
    CAIRN_VERDICT_REFUSED, /* `error` says why */
    CAIRN_VERDICT_IGNORED, /* JSON that is not STAC, where such may be */
} cairn_verdict;

/* A record and what became of it. Lives in the arena of its batch. */
typedef struct cairn_outcome {
    const cairn_origin *origin;
    cairn_span text;
    uint64_t line;
    bool is_checked, is_root;
    const char *fault;
    cairn_span words; /* open form of the source's own words, where `text` isn't what the source said; else absent */

    cairn_verdict verdict;
    bool is_json;                          /* text is one JSON value */
    const cairn_error *error;              /* when refused */
    cairn_kind kind;                       /* OTHER when that is not known */
    cairn_item item;                       /* when an item is taken; once packed without body and source */
    cairn_packed body, source, properties; /* when it is packed; see cairn_item_record */
    cairn_span properties_text;
    cairn_collection collection;
    cairn_catalog catalog;
} cairn_outcome;

typedef struct cairn_work_options {
    bool strict;
    bool pack;   /* for the store; otherwise only checked */
    int level;   /* of deflate */
    size_t room; /* memory for reading one record that is packed; 0: 1 GiB */
} cairn_work_options;

typedef struct cairn_tools cairn_tools;

/* NULL when out of memory. */
cairn_tools *cairn_tools_new(const cairn_work_options *options);
void cairn_tools_free(cairn_tools *tools);

/* Fills in the second half of the outcome. */
void cairn_work_on(cairn_tools *tools, cairn_arena *arena, cairn_outcome *outcome);

/* The line that a refusal is about: the record's, or the one inside of it where the JSON is broken. */
uint64_t cairn_outcome_line(const cairn_outcome *outcome);

#endif
