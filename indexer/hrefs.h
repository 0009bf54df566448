/* Hrefs of assets in what a command prints: the options, which mean what they mean to cairnd (docs/hrefs.md), and items
 * by them. Not thread-safe. */
#ifndef CAIRN_INDEXER_HREFS_H
#define CAIRN_INDEXER_HREFS_H

#include "href/href.h"
#include "indexer/options.h"
#include "store/store.h"

typedef struct cairn_hrefs_flags {
    const char *mode;
    cairn_option_list maps, alternates;
} cairn_hrefs_flags;

/* The entries of a table of options for the member `flags` of the struct `type`; `otherwise` is the default mode. */
#define CAIRN_HREFS_OPTIONS(type, flags, otherwise)                                                                    \
    {.name = "asset-href-mode",                                                                                        \
     .kind = CAIRN_OPTION_TEXT,                                                                                        \
     .argument = "MODE",                                                                                               \
     .at = offsetof(type, flags.mode),                                                                                 \
     .help = "how hrefs of assets are given: loadable (what loads with no credentials), https, s3 (the store's own "   \
             "scheme) or file, by the rules of docs/hrefs.md, or source (as ingested); default: " otherwise},          \
        {.name = "href-map",                                                                                           \
         .kind = CAIRN_OPTION_LIST,                                                                                    \
         .argument = "FROM=TO",                                                                                        \
         .at = offsetof(type, flags.maps),                                                                             \
         .help = "hrefs of assets that begin with FROM begin with TO instead; may be given again"},                    \
    {                                                                                                                  \
        .name = "href-alternate", .kind = CAIRN_OPTION_LIST, .argument = "NAME",                                       \
        .at = offsetof(type, flags.alternates),                                                                        \
        .help = "only alternates of this name take the place of an href that does not load without credentials; may "  \
                "be given again"                                                                                       \
    }

typedef struct cairn_hrefs {
    cairn_href_map *map;
    cairn_href_view view;
    cairn_arena *scratch; /* of one item */
    cairn_buf text;       /* of one item, as it is stored */
} cairn_hrefs;

/* `otherwise` is the mode when none is given. CAIRN_INVALID names the option. Close in any case. */
cairn_code cairn_hrefs_open(cairn_hrefs *hrefs, const cairn_hrefs_flags *flags, cairn_href_mode otherwise,
                            cairn_error *error);
void cairn_hrefs_close(cairn_hrefs *hrefs);

/* As cairn_row_text(), with these hrefs. */
cairn_code cairn_hrefs_row_text(cairn_hrefs *hrefs, cairn_session *session, const cairn_item_row *row, bool source,
                                cairn_buf *out, cairn_error *error);

#endif
