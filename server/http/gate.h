/* The gate before the body is read: what two readers of the same bytes could understand in two ways is refused, so that
 * no request can be smuggled past a proxy (RFC 9112 6.1, 6.3, 11.2). Knows no HTTP library. */
#ifndef CAIRN_HTTP_GATE_H
#define CAIRN_HTTP_GATE_H

#include "api/api.h"

typedef struct cairn_gate {
    unsigned hosts, lengths, codings; /* how often the header was sent */
    cairn_span host, length, coding;  /* its value; the first one's */
    cairn_error fault;                /* the first bad header */
} cairn_gate;

#define CAIRN_GATE_INIT                                                                                                \
    {                                                                                                                  \
        0, 0, 0, CAIRN_SPAN_NONE, CAIRN_SPAN_NONE, CAIRN_SPAN_NONE, CAIRN_ERROR_INIT                                   \
    }

/* Shows the gate one header. Name and value are borrowed until the check. */
void cairn_gate_header(cairn_gate *gate, cairn_span name, cairn_span value);

/* After all headers: CAIRN_INVALID (answer 400 and close the connection) with the reason. `version` is "HTTP/1.1".
 * Sets *length to Content-Length, 0 without one; *chunked when the body comes in chunks. */
cairn_code cairn_gate_check(const cairn_gate *gate, cairn_method method, cairn_span version, uint64_t *length,
                            bool *chunked, cairn_error *error);

#endif
