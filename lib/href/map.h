/* The rules of a map, and what they make of an href. Private to lib/href. */
#ifndef CAIRN_HREF_MAP_H
#define CAIRN_HREF_MAP_H

#include "href/href.h"

typedef struct cairn_href_rule {
    struct cairn_href_rule *next;
    cairn_span from, to;
    unsigned from_kind, to_kind; /* CAIRN_HREFS_* */
} cairn_href_rule;

typedef struct cairn_href_folder {
    struct cairn_href_folder *next;
    cairn_span path;    /* "/path/", percent-coded */
    cairn_span dirs[2]; /* as given and with its symbolic links resolved, absolute, without a slash at the end; the
                           second is absent when it is the same */
} cairn_href_folder;

typedef struct cairn_href_name {
    struct cairn_href_name *next;
    cairn_span text;
} cairn_href_name;

struct cairn_href_map {
    cairn_arena *arena; /* holds all the text */
    cairn_href_rule *rules;
    cairn_href_folder *folders;
    cairn_href_name *alternates; /* in the order of preference */
    cairn_signer *signer;
    unsigned rule_kinds; /* of all that rules begin with */
};

/* Appends what the longest rule makes of `href` whose result is of one of the `kinds`; false when there is none. */
bool cairn_href_by_rule(const cairn_href_map *map, cairn_span href, unsigned kinds, cairn_buf *out);
/* Appends BASE-URL/path/... for a file: href inside of a served folder, and the other way round. */
bool cairn_href_served(const cairn_href_view *view, cairn_span href, cairn_arena *arena, cairn_buf *out);
bool cairn_href_local(const cairn_href_view *view, cairn_span href, cairn_arena *arena, cairn_buf *out);

#endif
