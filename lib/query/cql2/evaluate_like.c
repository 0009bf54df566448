/* LIKE. The pattern is taken apart at its %; the pieces are then found one behind the other, leftmost first, which is
 * enough: nothing is gained by going back. */
#include "query/cql2/evaluate_value.h"

#include "base/utf8.h"

/* What stands between two %: bytes, some of which stand for any one character. */
typedef struct piece {
    const char *bytes;
    const bool *any; /* of each byte: it is a _ */
    size_t n;
    size_t characters;
    bool has_any;
} piece;

struct cairn_cql2_pattern {
    piece *pieces;
    size_t n; /* 1: no %; else the first one is bound to the start and the last one to the end */
};

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

/* Reads a piece behind `at` into memory for it; returns where it ended. */
static const char *read_piece(const char *at, const char *end, char *bytes, bool *any, piece *out)
{
    *out = (piece){bytes, any, 0, 0, false};
    for (; at < end && *at != '%'; at++) {
        any[out->n] = *at == '_';
        if (*at == '\\' && at + 1 < end)
            at++;
        out->has_any |= any[out->n];
        out->characters += begins_character(*at);
        bytes[out->n++] = *at;
    }
    return at;
}

cairn_cql2_pattern *cairn_cql2_pattern_new(cairn_span text, cairn_arena *arena)
{
    cairn_cql2_pattern *pattern = cairn_arena_calloc(arena, 1, sizeof *pattern);
    char *bytes = cairn_arena_calloc(arena, text.n + 1, 1);
    bool *any = cairn_arena_calloc(arena, text.n + 1, sizeof *any);
    piece *pieces = cairn_arena_calloc(arena, text.n + 2, sizeof *pieces);
    if (!pattern || !bytes || !any || !pieces)
        return NULL;
    const char *at = text.p, *end = text.p + text.n;
    size_t used = 0;
    pattern->pieces = pieces;
    for (;;) {
        piece *next = &pieces[pattern->n++];
        at = read_piece(at, end, bytes + used, any + used, next);
        used += next->n;
        if (at == end)
            return pattern;
        while (at + 1 < end && at[1] == '%')
            at++;
        at++;
    }
}

/* Where the piece ends that begins at `at`, or NULL. */
static const char *match_at(const piece *p, const char *at, const char *end)
{
    if (!p->has_any)
        return (size_t)(end - at) >= p->n && memcmp(at, p->bytes, p->n) == 0 ? at + p->n : NULL;
    for (size_t i = 0; i < p->n; i++) {
        if (at == end || (!p->any[i] && *at != p->bytes[i]))
            return NULL;
        size_t length = p->any[i] ? cairn_utf8_length(at, end) : 1;
        at += length ? length : 1;
    }
    return at;
}

/* Where the first such piece from `at` on ends, or NULL. */
static const char *find(const piece *p, const char *at, const char *end)
{
    if (!p->has_any) {
        const char *found = memmem(at, (size_t)(end - at), p->bytes, p->n);
        return found ? found + p->n : NULL;
    }
    for (; at < end; at++) {
        const char *behind = begins_character(*at) ? match_at(p, at, end) : NULL;
        if (behind)
            return behind;
    }
    return NULL;
}

/* The piece is what [at, end) ends with. */
static bool ends_with(const piece *p, const char *at, const char *end)
{
    const char *from = end;
    for (size_t left = p->characters; left > 0; left--) {
        do {
            if (from == at)
                return false;
            from--;
        } while (!begins_character(*from));
    }
    return match_at(p, from, end) == end;
}

bool cairn_cql2_pattern_matches(const cairn_cql2_pattern *pattern, cairn_span text)
{
    const char *end = text.p + text.n, *at = match_at(&pattern->pieces[0], text.p, end);
    if (pattern->n == 1)
        return at == end;
    for (size_t i = 1; at && i + 1 < pattern->n; i++)
        at = find(&pattern->pieces[i], at, end);
    return at && ends_with(&pattern->pieces[pattern->n - 1], at, end);
}

cairn_cql2_value cairn_cql2_run_like(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    const cairn_cql2_pattern *pattern = run->prepared[node->index]->pattern;
    cairn_cql2_value value = cairn_cql2_value_of(run, node->args[0]);
    if (!pattern || value.type != CAIRN_CQL2_V_STRING)
        return CAIRN_CQL2_NULL;
    return cairn_cql2_value_truth(cairn_cql2_pattern_matches(pattern, value.text) ? CAIRN_TRUE : CAIRN_FALSE);
}
