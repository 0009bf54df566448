/* Borrowed bytes. A span never owns: it lives as long as what it points into. It is not
 * NUL-terminated and may hold any byte. {NULL, 0} is the absent span; an empty one has p != NULL. */
#ifndef CAIRN_BASE_SPAN_H
#define CAIRN_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct cairn_span {
    const char *p;
    size_t n;
} cairn_span;

#define CAIRN_SPAN_NONE ((cairn_span){NULL, 0})
/* A span over a string literal, usable in initialisers. */
/* clang-format off */
#define CAIRN_SPAN_LIT(s) {(s), sizeof(s) - 1}
/* clang-format on */
/* For printf("%.*s"): the length is cut at INT_MAX / 2. */
#define CAIRN_SPAN_FMT(s) (int)((s).n > 0x3fffffff ? 0x3fffffff : (s).n), (s).p ? (s).p : ""

static inline cairn_span cairn_span_of(const char *text)
{
    return text ? (cairn_span){text, strlen(text)} : CAIRN_SPAN_NONE;
}

static inline cairn_span cairn_span_make(const char *p, size_t n)
{
    return (cairn_span){p, n};
}

/* Behind its last byte; of an absent one NULL, to which C lets nothing be added, not even 0. */
static inline const char *cairn_span_end(cairn_span a)
{
    return a.n ? a.p + a.n : a.p;
}

static inline bool cairn_span_equal(cairn_span a, cairn_span b)
{
    return a.n == b.n && (a.n == 0 || (a.p && b.p && memcmp(a.p, b.p, a.n) == 0));
}

/* True when the span has exactly the bytes of the NUL-terminated `text`. */
static inline bool cairn_span_is(cairn_span a, const char *text)
{
    return cairn_span_equal(a, cairn_span_of(text));
}

/* Order by unsigned bytes, shorter first: UTF-8 code point order, as CQL2 and SQLite BINARY have it. */
static inline int cairn_span_compare(cairn_span a, cairn_span b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static inline bool cairn_span_starts(cairn_span a, const char *prefix)
{
    size_t n = strlen(prefix);
    return a.p && a.n >= n && memcmp(a.p, prefix, n) == 0;
}

static inline bool cairn_span_ends(cairn_span a, const char *suffix)
{
    size_t n = strlen(suffix);
    return a.p && a.n >= n && memcmp(a.p + a.n - n, suffix, n) == 0;
}

/* Without ASCII white space (space, tab, CR, LF) at both ends. */
static inline cairn_span cairn_span_trim(cairn_span a)
{
    while (a.n && (*a.p == ' ' || *a.p == '\t' || *a.p == '\r' || *a.p == '\n'))
        a.p++, a.n--;
    while (a.n && (a.p[a.n - 1] == ' ' || a.p[a.n - 1] == '\t' || a.p[a.n - 1] == '\r' || a.p[a.n - 1] == '\n'))
        a.n--;
    return a;
}

/* Sorts by cairn_span_compare() and leaves each text once; returns how many are left. */
size_t cairn_list_sort(cairn_span *list, size_t n);
/* Membership in a list so sorted. O(log n). */
bool cairn_list_has(const cairn_span *list, size_t n, cairn_span value);
/* Takes the next member off a text of members with commas between, without white space around it; empty members are
 * passed over (as RFC 9110 5.6.1 has it). False at the end. */
bool cairn_list_next(cairn_span *rest, cairn_span *member);

#endif
