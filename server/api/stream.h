/* The whole result of a search in one answer, item by item: newline-delimited JSON, GeoJSON text sequence (RFC 8142) or
 * CSV (RFC 4180). It is made of keyset pages, each a short read transaction of its own, so that memory stays constant
 * and a slow client holds no snapshot: what is added or removed in between is seen or not, but nothing else is lost or
 * repeated. `limit` is the number of items altogether (none: all); a token has no place in it. */
#ifndef CAIRN_API_STREAM_H
#define CAIRN_API_STREAM_H

#include "api/call.h"

/* Whether a form was negotiated that is streamed. */
bool cairn_stream_is_wanted(const cairn_call *call);

/* Reads the search of a call, whose arena, parameters and body it may use; the search points into them. */
typedef cairn_code (*cairn_search_reader)(cairn_call *call, cairn_search *search);

/* Makes response->stream. Reads the search (again: into memory of the stream's own) and its first page, so that what is
 * wrong with it is told by a status. */
cairn_code cairn_stream_answer(cairn_call *call, cairn_search_reader read);

#endif
