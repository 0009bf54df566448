/* The one growable buffer. Each use states its maximum; failure is sticky, so that a chain of appends needs one
 * check at the end. Thread-safety: none, a buffer belongs to one thread. */
#ifndef CAIRN_BASE_BUF_H
#define CAIRN_BASE_BUF_H

#include "base/span.h"

#include <stdint.h>

typedef struct cairn_buf {
    char *p;     /* owned; NULL while empty */
    size_t n;    /* bytes used */
    size_t cap;  /* bytes allocated */
    size_t max;  /* never grows beyond */
    bool failed; /* an append did not fit, or memory ran out: the contents are to be thrown away */
} cairn_buf;

/* clang-format off */
#define CAIRN_BUF_INIT(max_bytes) {NULL, 0, 0, (max_bytes), false}
/* clang-format on */

void cairn_buf_free(cairn_buf *buf);
/* Empties it and clears `failed`, keeping the memory. */
void cairn_buf_reset(cairn_buf *buf);

/* Makes room for `n` more bytes and returns where to write them, NULL (and failed) when that is over the maximum.
 * The caller adds what it wrote to buf->n. */
char *cairn_buf_reserve(cairn_buf *buf, size_t n);

bool cairn_buf_add(cairn_buf *buf, const void *bytes, size_t n);
bool cairn_buf_add_span(cairn_buf *buf, cairn_span bytes);
/* Appends what is around `part`, which lies within `whole`. */
bool cairn_buf_add_around(cairn_buf *buf, cairn_span whole, cairn_span part);
bool cairn_buf_add_text(cairn_buf *buf, const char *text);
bool cairn_buf_add_byte(cairn_buf *buf, char byte);
bool cairn_buf_printf(cairn_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends `text` (UTF-8) as a JSON string with its quotes; broken UTF-8 becomes U+FFFD. */
bool cairn_buf_add_json_string(cairn_buf *buf, cairn_span text);
/* Appends a double as JSON: the shortest spelling that reads back the same; NaN and infinities as null. */
bool cairn_buf_add_json_number(cairn_buf *buf, double value);
/* Appends a path segment or query value of a URL: all but A-Z a-z 0-9 - . _ ~ percent-coded. "." and ".." as whole
 * segments are coded too (%2E), so that no client folds them away. */
bool cairn_buf_add_url_segment(cairn_buf *buf, cairn_span text);

static inline cairn_span cairn_buf_span(const cairn_buf *buf)
{
    return (cairn_span){buf->p ? buf->p : "", buf->n};
}

#endif
