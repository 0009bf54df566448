/* What a message of the parser does not say: the habit of another language that led to the fault. */
#include "query/cql2/text.h"

#include "stac/ext.h"

#include <stdio.h>

/* A piece of the filter in a hint. */
enum { QUOTED_MAX = 96, HINT_MAX = 256 };

static bool touches(const cairn_cql2_token *a, const cairn_cql2_token *b)
{
    return a->offset + a->whole.n == b->offset;
}

/* ---- operators of other languages ---- */

static const struct {
    const char *theirs, *hint;
} HABITS[] = {
    {"==", "equal is written ="},
    {"&&", "write AND"},
    {"||", "write OR"},
};

/* Two of the same may have been read as two operators, so the fault may be the second byte. */
static const char *hint_of_symbol(cairn_span source, size_t offset)
{
    for (size_t i = 0; i < sizeof HABITS / sizeof *HABITS; i++)
        for (size_t back = 0; back < 2; back++)
            if (back <= offset && offset < source.n && source.n - (offset - back) >= 2 &&
                memcmp(source.p + offset - back, HABITS[i].theirs, 2) == 0)
                return HABITS[i].hint;
    return NULL;
}

static const char *hint_of_word(cairn_span source, size_t offset)
{
    cairn_cql2_scanner scanner = {.text = source, .at = offset};
    cairn_cql2_token token = cairn_cql2_scan(&scanner);
    if (cairn_cql2_is_word(&token, "ILIKE"))
        return "without regard to case: CASEI(a) LIKE CASEI('b%')";
    return NULL;
}

/* ---- names ---- */

/* Behind `first`, a name: what `sign` and other names, all without blanks, make of it; its length, 0 when nothing. */
static size_t joined_length(cairn_cql2_scanner ahead, cairn_cql2_token first, const char *sign)
{
    cairn_cql2_token last = first, middle = cairn_cql2_scan(&ahead), next = cairn_cql2_scan(&ahead);
    while (cairn_cql2_is_symbol(&middle, sign) && touches(&last, &middle) && touches(&middle, &next) &&
           (next.kind == CAIRN_CQL2_T_NAME || next.kind == CAIRN_CQL2_T_NUMBER)) {
        last = next;
        middle = cairn_cql2_scan(&ahead);
        next = cairn_cql2_scan(&ahead);
    }
    return last.offset + last.whole.n - first.offset;
}

/* "assets." and "*" behind it: all up to what no name has. */
static size_t starred_length(cairn_span source, const cairn_cql2_token *first)
{
    size_t at = first->offset + first->whole.n;
    if (first->whole.p[first->whole.n - 1] != '.' || at >= source.n || source.p[at] != '*')
        return first->whole.n;
    while (at < source.n && source.p[at] && !strchr(" \t\n\r,()'\"=<>!", source.p[at]))
        at++;
    return at - first->offset;
}

static bool hint_of_name(cairn_span source, bool number, char *out, size_t size)
{
    char quoted[QUOTED_MAX];
    cairn_cql2_scanner scanner = {.text = source};
    for (cairn_cql2_token token = cairn_cql2_scan(&scanner);
         token.kind != CAIRN_CQL2_T_END && token.kind != CAIRN_CQL2_T_BROKEN; token = cairn_cql2_scan(&scanner)) {
        if (token.kind != CAIRN_CQL2_T_NAME)
            continue;
        size_t starred = starred_length(source, &token);
        size_t n = starred > token.whole.n ? starred : number ? joined_length(scanner, token, "-") : 0;
        if (n <= token.whole.n)
            continue;
        cairn_quote(cairn_span_make(token.whole.p, n), quoted, sizeof quoted);
        snprintf(out, size, "a name with '%c' stands in double quotes: \"%s\"", starred == n ? '*' : '-', quoted);
        return true;
    }
    return false;
}

static bool is_name(cairn_span text)
{
    return cairn_cql2_is_identifier(text) && (memchr(text.p, ':', text.n) || cairn_ext_find(text, NULL));
}

static const char *hint_of_string(cairn_span source)
{
    cairn_cql2_scanner scanner = {.text = source};
    for (cairn_cql2_token token = cairn_cql2_scan(&scanner);
         token.kind != CAIRN_CQL2_T_END && token.kind != CAIRN_CQL2_T_BROKEN; token = cairn_cql2_scan(&scanner))
        if (token.kind == CAIRN_CQL2_T_STRING && is_name(token.text))
            return "single quotes make a string; names stand without quotes or in double quotes";
    return NULL;
}

void cairn_cql2_text_hint(cairn_cql2_text *p)
{
    char hint[HINT_MAX] = "", message[CAIRN_ERROR_MESSAGE_MAX];
    cairn_error *error = p->b.error;
    if (!error || p->b.code != CAIRN_INVALID || error->offset < 0 || (size_t)error->offset > p->b.source.n)
        return;
    snprintf(message, sizeof message, "%s", error->message);
    bool number = strstr(message, "number") != NULL, string = strstr(message, "string") != NULL;
    const char *found = hint_of_symbol(p->b.source, (size_t)error->offset);
    if (!found)
        found = hint_of_word(p->b.source, (size_t)error->offset);
    if (!found && hint_of_name(p->b.source, number, hint, sizeof hint))
        found = hint;
    if (!found && number && string)
        found = hint_of_string(p->b.source);
    if (!found)
        return;
    error->code = CAIRN_OK; /* what is set already stays */
    cairn_error_set(error, p->b.code, "%s (%s)", message, found);
}
