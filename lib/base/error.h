/* Errors: a fallible function returns a code and writes the detail to an explicit, fixed-size value that
 * the caller passes last. The first error wins; outer layers add context with cairn_error_context(), never
 * replace it. One table maps codes to HTTP status (server/api/error.c), one to exit codes (indexer/exit.c).
 *
 * Messages are one line of UTF-8: what was wrong, quoting the input, and what was expected.
 * Thread-safety: a cairn_error belongs to one thread. */
#ifndef CAIRN_BASE_ERROR_H
#define CAIRN_BASE_ERROR_H

#include "base/span.h"

#include <stdarg.h>

typedef enum cairn_code {
    CAIRN_OK = 0,
    CAIRN_INVALID,     /* the input is wrong: HTTP 400, a refused record, exit 1 */
    CAIRN_NOT_FOUND,   /* nothing has that name: HTTP 404 */
    CAIRN_CONFLICT,    /* it exists already, or is in another state: HTTP 409 */
    CAIRN_TOO_LARGE,   /* a stated limit is exceeded: HTTP 413 or 414 */
    CAIRN_BUSY,        /* somebody else holds the lock: HTTP 503 */
    CAIRN_DEADLINE,    /* out of time: HTTP 503 */
    CAIRN_UNSUPPORTED, /* a newer schema, a missing capability: HTTP 501 */
    CAIRN_IO,          /* the system said no: HTTP 500 */
    CAIRN_CORRUPT,     /* the catalog contradicts itself: HTTP 500 */
    CAIRN_NOMEM,       /* memory, or a request's arena, is used up: HTTP 503 */
    CAIRN_INTERNAL,    /* a bug of ours: HTTP 500 */
} cairn_code;

enum { CAIRN_ERROR_PARAMETER_MAX = 64, CAIRN_ERROR_POINTER_MAX = 192, CAIRN_ERROR_MESSAGE_MAX = 768 };

typedef struct cairn_error {
    cairn_code code;
    long long offset;                          /* byte in the input, -1 when unknown */
    int line;                                  /* 1-based line in the input, 0 when unknown */
    char parameter[CAIRN_ERROR_PARAMETER_MAX]; /* the request parameter or flag, or "" */
    char pointer[CAIRN_ERROR_POINTER_MAX];     /* JSON pointer (RFC 6901) into the record, or "" */
    char message[CAIRN_ERROR_MESSAGE_MAX];
} cairn_error;

/* clang-format off */
#define CAIRN_ERROR_INIT {CAIRN_OK, -1, 0, "", "", ""}
/* clang-format on */

/* Clears `e` for reuse. */
void cairn_error_clear(cairn_error *e);

/* Records an error unless one is there already (first wins); returns the code that `e` then has.
 * `e` may be NULL: then only `code` is returned. Control bytes and broken UTF-8 in the formatted message are
 * replaced, and a message that is too long ends in "...". */
cairn_code cairn_error_set(cairn_error *e, cairn_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
cairn_code cairn_error_vset(cairn_error *e, cairn_code code, const char *format, va_list ap)
    __attribute__((format(printf, 3, 0)));

/* CAIRN_NOMEM "out of memory", by cairn_error_set(): where no more is to be said of what the memory was for. */
cairn_code cairn_error_no_memory(cairn_error *e);

/* Puts "context: " in front of the message of an error that is set; does nothing otherwise. */
void cairn_error_context(cairn_error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Names the parameter or JSON pointer that the error is about, unless one is named already. Return e->code;
 * without an `e`, CAIRN_INVALID. */
cairn_code cairn_error_at_parameter(cairn_error *e, const char *parameter);
cairn_code cairn_error_at_pointer(cairn_error *e, const char *pointer);

/* The code's name in words, for logs: "invalid", "not found" ... Never NULL. */
const char *cairn_code_name(cairn_code code);

/* Copies `input` into `out` (at least 8 bytes) as something safe to print in one line: control bytes escaped,
 * broken UTF-8 replaced, cut with "..." at out_size. Returns `out`. For quoting users' input in messages. */
const char *cairn_quote(cairn_span input, char *out, size_t out_size);

#endif
