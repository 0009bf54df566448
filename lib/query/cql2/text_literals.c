#include "query/cql2/text.h"

/* ---- tokens ---- */

void cairn_cql2_advance(cairn_cql2_text *p)
{
    p->token = cairn_cql2_scan(&p->scanner);
}

bool cairn_cql2_accept(cairn_cql2_text *p, const char *symbol)
{
    if (!cairn_cql2_is_symbol(&p->token, symbol))
        return false;
    cairn_cql2_advance(p);
    return true;
}

cairn_cql2_node *cairn_cql2_surprise(cairn_cql2_text *p, const char *what)
{
    const cairn_cql2_token *token = &p->token;
    if (token->kind == CAIRN_CQL2_T_BROKEN && (*token->whole.p == '\'' || *token->whole.p == '"'))
        return cairn_cql2_fail(&p->b, CAIRN_INVALID, token->offset, "the quote %c at byte %zu is never closed",
                               *token->whole.p, token->offset);
    return cairn_cql2_expected(&p->b, token->offset, what, token->whole);
}

bool cairn_cql2_want(cairn_cql2_text *p, const char *symbol)
{
    char what[8] = {'\'', symbol[0], '\'', '\0'};
    return cairn_cql2_accept(p, symbol) || cairn_cql2_surprise(p, what);
}

/* ---- numbers ---- */

/* The grammar allows leading zeros, "5." and ".5", which JSON does not. */
cairn_span cairn_cql2_text_number(cairn_cql2_text *p, bool negative)
{
    cairn_span text = p->token.text;
    size_t skip = 0, n = 0;
    while (skip + 1 < text.n && text.p[skip] == '0' && text.p[skip + 1] >= '0' && text.p[skip + 1] <= '9')
        skip++;
    char *out = cairn_arena_alloc(p->b.arena, text.n + 3);
    if (!out) {
        cairn_cql2_no_memory(&p->b);
        return CAIRN_SPAN_NONE;
    }
    if (negative)
        out[n++] = '-';
    if (text.p[skip] == '.')
        out[n++] = '0';
    for (size_t i = skip; i < text.n; i++) {
        bool bare = text.p[i] == '.' && (i + 1 == text.n || text.p[i + 1] < '0' || text.p[i + 1] > '9');
        if (!bare)
            out[n++] = text.p[i];
    }
    cairn_cql2_advance(p);
    return cairn_span_make(out, n);
}

/* ---- strings ---- */

/* Requirement /req/cql2-text/escaping; 0 when the character behind the backslash has no escape. */
static char unescape(char c)
{
    static const char FROM[] = "abtnvfr'\\", TO[] = "\a\b\t\n\v\f\r'\\";
    const char *at = c ? strchr(FROM, c) : NULL;
    return at ? TO[at - FROM] : '\0';
}

cairn_span cairn_cql2_text_string(cairn_cql2_text *p, const char *what)
{
    if (p->token.kind != CAIRN_CQL2_T_STRING) {
        cairn_cql2_surprise(p, what);
        return CAIRN_SPAN_NONE;
    }
    cairn_span text = p->token.text;
    char *out = cairn_arena_alloc(p->b.arena, text.n + 1);
    size_t n = 0;
    if (!out) {
        cairn_cql2_no_memory(&p->b);
        return CAIRN_SPAN_NONE;
    }
    for (size_t i = 0; i < text.n; i++) {
        char escaped = text.p[i] == '\\' && i + 1 < text.n ? unescape(text.p[i + 1]) : '\0';
        out[n++] = escaped ? escaped : text.p[i];
        i += escaped || text.p[i] == '\'';
    }
    cairn_cql2_advance(p);
    return cairn_span_make(out, n);
}
