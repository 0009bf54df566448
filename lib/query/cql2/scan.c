#include "query/cql2/scan.h"

#include "base/utf8.h"

#include <strings.h>

/* Rule identifierStart, beyond ASCII. */
static const struct {
    uint32_t first, last;
} NAME_RANGES[] = {
    {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},   {0x37F, 0x1FFE},  {0x200C, 0x200D},
    {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
};

static bool is_space_code(uint32_t c)
{
    return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool begins_name(uint32_t c)
{
    if (c < 0x80)
        return c == ':' || c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    for (size_t i = 0; i < sizeof NAME_RANGES / sizeof *NAME_RANGES; i++)
        if (c >= NAME_RANGES[i].first && c <= NAME_RANGES[i].last)
            return !is_space_code(c);
    return false;
}

static bool continues_name(uint32_t c)
{
    return begins_name(c) || c == '.' || (c >= '0' && c <= '9') || (c >= 0x300 && c <= 0x36F) || c == 0x203F ||
           c == 0x2040;
}

/* The length of the name that begins at `p`, 0 when none does. */
static size_t name_length(const char *p, const char *end)
{
    const char *at = p;
    while (at < end) {
        size_t n = cairn_utf8_length(at, end);
        uint32_t c = n ? cairn_utf8_decode(at, n) : 0;
        if (n == 0 || !(at == p ? begins_name(c) : continues_name(c)))
            break;
        at += n;
    }
    return (size_t)(at - p);
}

bool cairn_cql2_is_identifier(cairn_span name)
{
    return name.n > 0 && name_length(name.p, name.p + name.n) == name.n;
}

bool cairn_cql2_is_reserved(cairn_span name)
{
    static const char *const WORDS[] = {"and", "or",   "not",  "like",  "between", "in",
                                        "is",  "null", "true", "false", "div",     NULL};
    for (const char *const *word = WORDS; *word; word++)
        if (name.n == strlen(*word) && strncasecmp(name.p, *word, name.n) == 0)
            return true;
    return false;
}

static size_t digits(const char *p, const char *end)
{
    const char *at = p;
    while (at < end && is_digit(*at))
        at++;
    return (size_t)(at - p);
}

/* 1, 1., .5, 1.5e-3. An e without digits behind it does not belong to the number. */
static size_t number_length(const char *p, const char *end)
{
    const char *at = p + digits(p, end);
    size_t whole = (size_t)(at - p);
    if (at < end && *at == '.') {
        size_t fraction = digits(at + 1, end);
        if (whole + fraction == 0)
            return 0;
        at += 1 + fraction;
    }
    if (at == p)
        return 0;
    if (at < end && (*at == 'e' || *at == 'E')) {
        const char *exponent = at + 1;
        exponent += exponent < end && (*exponent == '+' || *exponent == '-');
        size_t n = digits(exponent, end);
        at = n ? exponent + n : at;
    }
    return (size_t)(at - p);
}

/* The length of a quoted piece with its quotes, 0 when it is not closed. A doubled quote, and in strings a backslash
 * with what follows, do not close it. */
static size_t quoted_length(const char *p, const char *end)
{
    for (const char *at = p + 1; at < end; at++) {
        if (*at == '\\' && *p == '\'')
            at++;
        else if (*at == *p && at + 1 < end && at[1] == *p)
            at++;
        else if (*at == *p)
            return (size_t)(at + 1 - p);
    }
    return 0;
}

static size_t symbol_length(const char *p, const char *end)
{
    static const char *const PAIRS[] = {"<>", "<=", ">=", "!=", NULL};
    for (const char *const *pair = PAIRS; *pair; pair++)
        if (end - p >= 2 && p[0] == (*pair)[0] && p[1] == (*pair)[1])
            return 2;
    return strchr("(),+-*/%^=<>", *p) && *p ? 1 : 0;
}

static void skip_space(cairn_cql2_scanner *s)
{
    const char *end = s->text.p + s->text.n;
    while (s->at < s->text.n) {
        const char *p = s->text.p + s->at;
        size_t n = cairn_utf8_length(p, end);
        if (n == 0 || !is_space_code(cairn_utf8_decode(p, n)))
            return;
        s->at += n;
    }
}

static cairn_cql2_token take(cairn_cql2_scanner *s, cairn_cql2_token_kind kind, size_t n, size_t quotes)
{
    const char *p = s->text.p + s->at;
    cairn_cql2_token token = {kind, cairn_span_make(p + quotes, n - 2 * quotes), cairn_span_make(p, n), s->at};
    s->at += n;
    return token;
}

cairn_cql2_token cairn_cql2_scan(cairn_cql2_scanner *s)
{
    size_t n;
    skip_space(s);
    const char *p = s->text.p + s->at, *end = s->text.p + s->text.n;
    if (p >= end)
        return (cairn_cql2_token){CAIRN_CQL2_T_END, CAIRN_SPAN_NONE, CAIRN_SPAN_NONE, s->text.n};
    if ((n = name_length(p, end)))
        return take(s, CAIRN_CQL2_T_NAME, n, 0);
    if ((n = number_length(p, end)))
        return take(s, CAIRN_CQL2_T_NUMBER, n, 0);
    if (*p == '\'' && (n = quoted_length(p, end)))
        return take(s, CAIRN_CQL2_T_STRING, n, 1);
    if (*p == '"' && (n = quoted_length(p, end)))
        return take(s, CAIRN_CQL2_T_QUOTED, n, 1);
    if ((n = symbol_length(p, end)))
        return take(s, CAIRN_CQL2_T_SYMBOL, n, 0);
    n = cairn_utf8_length(p, end);
    return take(s, CAIRN_CQL2_T_BROKEN, n ? n : 1, 0);
}

bool cairn_cql2_is_symbol(const cairn_cql2_token *token, const char *symbol)
{
    return token->kind == CAIRN_CQL2_T_SYMBOL && cairn_span_is(token->text, symbol);
}

bool cairn_cql2_is_word(const cairn_cql2_token *token, const char *word)
{
    return token->kind == CAIRN_CQL2_T_NAME && token->text.n == strlen(word) &&
           strncasecmp(token->text.p, word, token->text.n) == 0;
}
