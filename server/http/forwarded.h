/* Where the client thinks it is: scheme, host and path prefix of the external URL, from what trusted proxies say
 * (Forwarded, RFC 7239, or the X-Forwarded-* family), else from the Host header. No state.
 *
 * A proxy appends what it saw at the right, so the list is read from there: the last entry was written by our peer; the
 * one before it counts only when the last one's client is a trusted proxy itself, and so on. When any X-Forwarded-*
 * header is there, Forwarded is not looked at: a proxy that knows only one family passes the other on as the client
 * sent it. */
#ifndef CAIRN_HTTP_FORWARDED_H
#define CAIRN_HTTP_FORWARDED_H

#include "base/arena.h"
#include "http/net.h"

typedef struct cairn_forwarded {
    cairn_span forwarded, x_for, x_proto, x_host, x_port, x_prefix; /* header values; absent when not sent */
} cairn_forwarded;

typedef struct cairn_origin {
    cairn_span scheme; /* "http" or "https" */
    cairn_span host;   /* host[:port], checked */
    cairn_span prefix; /* "" or "/a/b" */
} cairn_origin;

/* Changes `origin`, which the caller has filled from the connection and the Host header, by the words of trusted
 * proxies. A peer that is not trusted changes nothing. CAIRN_INVALID when what was said is no host, scheme, port or
 * prefix. */
cairn_code cairn_forwarded_apply(const cairn_forwarded *headers, const cairn_networks *trusted,
                                 const cairn_address *peer, cairn_arena *arena, cairn_origin *origin,
                                 cairn_error *error);

#endif
