/* A catalog opened for reading by a command. Belongs to one thread. */
#ifndef CAIRN_INDEXER_READER_H
#define CAIRN_INDEXER_READER_H

#include "indexer/hrefs.h"
#include "indexer/options.h"
#include "store/sqlite/sqlite_store.h"

typedef struct cairn_reader {
    const char *path; /* borrowed */
    bool immutable;
    cairn_store *store;
    cairn_session *session;
} cairn_reader;

/* `immutable`: nobody changes the file, so no lock is taken (media and file systems that refuse them). The message of
 * an error names the file. */
cairn_code cairn_reader_open(cairn_reader *reader, const char *path, bool immutable, cairn_error *error);
/* The option for it: a bool `field` of the command's struct. */
#define CAIRN_READER_OPTION(type, field)                                                                               \
    {                                                                                                                  \
        .name = "immutable", .kind = CAIRN_OPTION_FLAG, .at = offsetof(type, field),                                   \
        .help = "nobody writes to the catalog meanwhile: read it without locks, as some network file systems and "     \
                "read-only media want it"                                                                              \
    }
void cairn_reader_close(cairn_reader *reader);

/* What is read in one transaction. It may be run again from the start, so it begins by forgetting what it had. */
typedef cairn_code (*cairn_reading)(void *context, cairn_session *session, cairn_error *error);

/* Runs `reading` within one committed state. When the file was replaced meanwhile, the new one is opened and `reading`
 * runs again (a few times at most). */
cairn_code cairn_reader_run(cairn_reader *reader, cairn_reading reading, void *context, cairn_error *error);

/* Refuses a search that names a collection which is not there: a mistake, not an empty answer. In a transaction. */
cairn_code cairn_reader_check_collections(const cairn_search *search, cairn_session *session, cairn_error *error);

/* The largest text that a command makes in memory: the page of a listing, one document. */
#define CAIRN_READER_MAX_TEXT ((size_t)1 << 30)

/* Appends the whole document of a row and a line feed: what is served, or the source's own words. */
cairn_code cairn_reader_print_item(cairn_session *session, const cairn_item_row *row, bool source, cairn_hrefs *hrefs,
                                   cairn_buf *out, cairn_error *error);
cairn_code cairn_reader_print_collection(const cairn_collection_row *row, bool source, cairn_buf *out,
                                         cairn_error *error);

#endif
