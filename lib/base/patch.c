#include "base/patch.h"

#include "base/varint.h"

#include <stdint.h>
#include <stdlib.h>

/* The texts are cut at equal windows of `from` that stand in the same order in both. They are looked for nearby first:
 * an index of all takes more time than the rest. */
enum { WINDOW = 12, TABLE_BITS = 14, CHAIN_MAX = 64, NEAR_FROM = 512, NEAR_TO = 64, SURE = 4, BLOCK = 32 };
/* Windows that are compared before the rest is taken as it is: some tens of milliseconds, which only large texts that
 * have little in common come to. */
enum { TRIES_MAX = 1 << 22 };

typedef struct window_index {
    uint32_t *head; /* 1-based position in `from` of the first window with a hash, 0: none */
    uint32_t *next; /* by position: the next one, ascending */
} window_index;

typedef struct differ {
    cairn_span from, to;
    window_index index; /* made when something isn't near; then it is always asked */
    cairn_buf *out;
    size_t i, j; /* written up to here */
    size_t tries;
} differ;

static uint32_t window_hash(const char *p)
{
    uint64_t a;
    uint32_t b;
    memcpy(&a, p, sizeof a);
    memcpy(&b, p + sizeof a, sizeof b);
    return (uint32_t)(((a ^ ((uint64_t)b << 17)) * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - TABLE_BITS));
}

static size_t common_prefix(cairn_span a, cairn_span b)
{
    size_t n = a.n < b.n ? a.n : b.n, i = 0;
    uint64_t x, y;
    for (; i + sizeof x <= n; i += sizeof x) {
        memcpy(&x, a.p + i, sizeof x);
        memcpy(&y, b.p + i, sizeof y);
        if (x != y)
            break;
    }
    while (i < n && a.p[i] == b.p[i])
        i++;
    return i;
}

static size_t common_suffix(cairn_span a, cairn_span b)
{
    size_t n = a.n < b.n ? a.n : b.n, i = 0;
    while (n - i >= BLOCK && memcmp(a.p + a.n - i - BLOCK, b.p + b.n - i - BLOCK, BLOCK) == 0)
        i += BLOCK;
    while (i < n && a.p[a.n - 1 - i] == b.p[b.n - 1 - i])
        i++;
    return i;
}

static cairn_span behind(cairn_span text, size_t n)
{
    return (cairn_span){text.p + n, text.n - n};
}

static bool index_build(window_index *index, cairn_span from)
{
    size_t windows = from.n >= WINDOW ? from.n - WINDOW + 1 : 0;
    index->head = calloc((size_t)1 << TABLE_BITS, sizeof *index->head);
    index->next = calloc(windows + 1, sizeof *index->next);
    if (!index->head || !index->next || from.n >= UINT32_MAX)
        return false;
    for (size_t i = windows; i > 0; i--) {
        uint32_t *head = &index->head[window_hash(from.p + i - 1)];
        index->next[i] = *head;
        *head = (uint32_t)i;
    }
    return true;
}

/* The nearest place at or behind d->i whose window equals the one at to[at]; from.n when there is none near. */
static size_t find_window(differ *d, size_t at)
{
    uint32_t *head = &d->index.head[window_hash(d->to.p + at)];
    while (*head && *head - 1 < d->i) /* places behind us are never asked for again */
        *head = d->index.next[*head];
    uint32_t i = *head;
    d->tries++;
    for (int tries = 0; i && tries < CHAIN_MAX; i = d->index.next[i], tries++, d->tries++)
        if (memcmp(d->from.p + i - 1, d->to.p + at, WINDOW) == 0)
            return i - 1;
    return d->from.n;
}

/* The pair of places where both texts go on alike with the least to drop and add; both ends when there is none. */
static void find_sync(differ *d, size_t *i, size_t *j)
{
    size_t best = SIZE_MAX;
    *i = d->from.n;
    *j = d->to.n;
    for (size_t at = d->j; at + WINDOW <= d->to.n && at - d->j < best && d->tries < TRIES_MAX; at++) {
        size_t found = find_window(d, at);
        if (found == d->from.n)
            continue;
        size_t cost = (found - d->i) + (at - d->j);
        if (cost < best) {
            best = cost;
            *i = found;
            *j = at;
        }
    }
    while (*i > d->i && *j > d->j && d->from.p[*i - 1] == d->to.p[*j - 1])
        (*i)--, (*j)--;
}

/* The same among the next few bytes; false when there is none. Where bytes were only put in, and many follow that are
 * alike, nothing better is looked for. */
static bool find_near(const differ *d, size_t *i, size_t *j)
{
    size_t best = NEAR_FROM;
    for (size_t at = 0; at < NEAR_TO && at < best && d->j + at + WINDOW <= d->to.n; at++) {
        size_t left = d->from.n - d->i, most = best - at - 1 + WINDOW;
        const char *from = d->from.p + d->i;
        const char *found = memmem(from, left < most ? left : most, d->to.p + d->j + at, WINDOW);
        if (!found)
            continue;
        best = (size_t)(found - from) + at;
        *i = d->i + (size_t)(found - from);
        *j = d->j + at;
        if (at == 0 && common_prefix(behind(d->from, *i), behind(d->to, *j)) >= SURE * best)
            break;
    }
    return best < NEAR_FROM;
}

static bool put_change(differ *d, size_t keep, size_t i, size_t j)
{
    return cairn_varint_put(d->out, keep) && cairn_varint_put(d->out, i - d->i) && cairn_varint_put(d->out, j - d->j) &&
           cairn_buf_add(d->out, d->to.p + d->j, j - d->j);
}

static bool diff(differ *d, size_t keep)
{
    while (d->i < d->from.n || d->j < d->to.n) {
        size_t i, j;
        if (d->to.n - d->j < WINDOW || d->from.n - d->i < WINDOW) {
            i = d->from.n;
            j = d->to.n;
        } else if (d->index.head || !find_near(d, &i, &j)) {
            if (!d->index.head && !index_build(&d->index, d->from))
                return false;
            find_sync(d, &i, &j);
        }
        if (!put_change(d, keep, i, j))
            return false;
        keep = common_prefix(behind(d->from, i), behind(d->to, j));
        d->i = i + keep;
        d->j = j + keep;
    }
    return true;
}

bool cairn_patch_make(cairn_span from, cairn_span to, cairn_buf *out)
{
    size_t keep = common_prefix(from, to);
    cairn_span a = behind(from, keep), b = behind(to, keep);
    size_t tail = common_suffix(a, b);
    differ d = {.from = {a.p, a.n - tail}, .to = {b.p, b.n - tail}, .out = out};
    if (d.from.n == 0 && d.to.n == 0)
        return true;
    if (d.from.n < WINDOW || d.to.n < WINDOW)
        return put_change(&d, keep, d.from.n, d.to.n);
    bool ok = diff(&d, keep);
    free(d.index.head);
    free(d.index.next);
    return ok;
}

static bool apply_change(cairn_span *from, cairn_span *patch, cairn_buf *out)
{
    size_t keep, drop, add;
    if (!cairn_varint_get(patch, &keep) || !cairn_varint_get(patch, &drop) || !cairn_varint_get(patch, &add))
        return false;
    if (keep > from->n || drop > from->n - keep || add > patch->n)
        return false;
    cairn_buf_add(out, from->p, keep);
    cairn_buf_add(out, patch->p, add);
    *from = behind(*from, keep + drop);
    *patch = behind(*patch, add);
    return true;
}

cairn_code cairn_patch_apply(cairn_span from, cairn_span patch, cairn_buf *out, cairn_error *error)
{
    size_t length = patch.n;
    while (patch.n)
        if (!apply_change(&from, &patch, out))
            return cairn_error_set(error, CAIRN_CORRUPT, "a patch of %zu bytes does not fit the text that it changes",
                                   length);
    if (!cairn_buf_add_span(out, from))
        return cairn_error_set(error, CAIRN_NOMEM, "no room for the patched text");
    return CAIRN_OK;
}
