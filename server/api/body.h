/* The writer of bodies that hold items. Items are never parsed on the way out: in gzip their stored blocks are spliced
 * untouched between generated text, else they are inflated into the buffer. Only those whose hrefs change are
 * edited. */
#ifndef CAIRN_API_BODY_H
#define CAIRN_API_BODY_H

#include "href/href.h"
#include "store/store.h"

typedef struct cairn_body {
    cairn_session *session;
    cairn_buf *out;
    bool splicing; /* out becomes one gzip member */
    cairn_gzip gzip;
    cairn_buf pending; /* generated text since the last block, when splicing */
    cairn_buf whole;   /* the item in hand, unpacked */
    cairn_buf hrefs;   /* the same with other hrefs */
    const cairn_href_view *view;
    bool source;          /* the source's own words */
    cairn_arena *scratch; /* of one item */
    int64_t signed_until; /* the earliest end of a signature; INT64_MAX: none was made */
    bool lacks_keys;      /* what failed is a signature, for want of keys */
} cairn_body;

/* `view` is borrowed. */
void cairn_body_begin(cairn_body *body, cairn_session *session, const cairn_href_view *view, bool source,
                      cairn_buf *out, bool splicing);
/* Where generated text is to be appended. */
cairn_buf *cairn_body_text(cairn_body *body);
/* Appends an item's open form, or the source's own words of it, with hrefs as the view has them. */
cairn_code cairn_body_item(cairn_body *body, const cairn_item_row *row, cairn_error *error);
/* The same text, valid until the next call. */
cairn_code cairn_body_read(cairn_body *body, const cairn_item_row *row, cairn_span *out, cairn_error *error);
/* The same cut down to `fields`: in open form when they want links, else whole. It is written anew, so it can't be
 * spliced. */
cairn_code cairn_body_fields(cairn_body *body, const cairn_item_row *row, const cairn_fields *fields,
                             cairn_error *error);
/* For an answer in pieces: what is appended from now on goes to `out`, with bodies from `session`; what is pending goes
 * there too.
 */
void cairn_body_continue(cairn_body *body, cairn_session *session, cairn_buf *out);
/* Moves what is pending to `out`; false when anything did not fit. */
bool cairn_body_flush(cairn_body *body);
/* Ends the member; CAIRN_NOMEM when anything did not fit. */
cairn_code cairn_body_end(cairn_body *body, cairn_error *error);
void cairn_body_free(cairn_body *body);

#endif
