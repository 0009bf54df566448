/* Content codings and entity tags (RFC 9110 8.8.3, 12.5.3, 13.1.2). No state. */
#ifndef CAIRN_HTTP_ENCODING_H
#define CAIRN_HTTP_ENCODING_H

#include "base/span.h"

/* Whether an Accept-Encoding value (absent: none was sent) wants gzip: its quality is above zero and not below that of
 * identity. Elements that are no valid list members are passed over. */
bool cairn_accepts_gzip(cairn_span accept_encoding);

enum { CAIRN_ETAG_SIZE = 20 };
/* The strong tag of the bytes as they are sent, with its quotes. */
void cairn_etag_make(cairn_span body, char out[CAIRN_ETAG_SIZE]);
/* Whether an If-None-Match value ("*", or a list of tags, weak or strong) names the tag, by weak comparison. */
bool cairn_etag_matches(cairn_span if_none_match, const char *etag);
/* The same for If-Match, by strong comparison: weak tags of the list match nothing. */
bool cairn_etag_matches_strongly(cairn_span if_match, const char *etag);

#endif
