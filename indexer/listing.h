/* The items that a search finds, printed in their order page by page: each page is a short read of its own, so memory
 * stays constant and a writer never waits. Items that are added or deleted meanwhile may be seen or not; none of the
 * others is lost or repeated. */
#ifndef CAIRN_INDEXER_LISTING_H
#define CAIRN_INDEXER_LISTING_H

#include "indexer/output.h"
#include "indexer/reader.h"

typedef struct cairn_listing cairn_listing;

/* Appends what is printed for a row. `number` counts the rows from 0. */
typedef cairn_code (*cairn_listing_print)(const cairn_listing *listing, cairn_session *session,
                                          const cairn_item_row *row, uint64_t number, cairn_buf *out,
                                          cairn_error *error);

struct cairn_listing {
    cairn_reader *reader;
    const cairn_search *search;
    uint64_t limit;            /* 0: all */
    cairn_listing_print print; /* NULL: only counted */
    bool without_body;         /* rows come without body and source */
    bool source;               /* for `print`: the source's own words are wanted */
    cairn_hrefs *hrefs;        /* for `print` of documents */
    cairn_output *output;      /* NULL when only counted */
};

/* Prints, and says in *count how many rows there were. */
cairn_code cairn_listing_run(const cairn_listing *listing, uint64_t *count, cairn_error *error);

/* Ready prints: the whole document, one a line; collection, a tab, id. */
cairn_code cairn_listing_print_document(const cairn_listing *listing, cairn_session *session, const cairn_item_row *row,
                                        uint64_t number, cairn_buf *out, cairn_error *error);
cairn_code cairn_listing_print_ids(const cairn_listing *listing, cairn_session *session, const cairn_item_row *row,
                                   uint64_t number, cairn_buf *out, cairn_error *error);

#endif
