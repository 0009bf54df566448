/* Which href an asset gets. Private to lib/href. */
#ifndef CAIRN_HREF_CHOOSE_H
#define CAIRN_HREF_CHOOSE_H

#include "href/href.h"
#include "href/storage.h"

/* One asset, or one alternate, on its way out. */
typedef struct cairn_href_choice {
    const cairn_href_view *view;
    cairn_span asset; /* its text */
    const cairn_item_storage *item;
    bool is_alternate; /* then only the owner's rules and folders count: it says where else the object lies */
    cairn_arena *arena;
    int64_t *expires; /* may be NULL */
} cairn_href_choice;

/* Appends the href in the place of `href` (decoded); appends nothing when it stays. */
cairn_code cairn_href_choose(const cairn_href_choice *choice, cairn_span href, cairn_buf *out, cairn_error *error);

#endif
