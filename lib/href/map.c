#include "href/map.h"

#include "base/uri.h"
#include "href/object.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAP_BYTES = 16 << 20 };

cairn_href_map *cairn_href_map_new(void)
{
    cairn_href_map *map = calloc(1, sizeof *map);
    if (!map)
        return NULL;
    map->arena = cairn_arena_new(MAP_BYTES);
    if (map->arena)
        return map;
    free(map);
    return NULL;
}

void cairn_href_map_free(cairn_href_map *map)
{
    if (!map)
        return;
    cairn_arena_free(map->arena);
    free(map);
}

void cairn_href_map_set_signer(cairn_href_map *map, cairn_signer *signer)
{
    map->signer = signer;
}

bool cairn_href_map_signs(const cairn_href_map *map)
{
    return map->signer != NULL;
}

static cairn_code refuse(cairn_span rule, const char *expected, cairn_error *error)
{
    char quoted[200];
    return cairn_error_set(error, CAIRN_INVALID, "\"%s\": %s", cairn_quote(rule, quoted, sizeof quoted), expected);
}

/* Cuts "LEFT=RIGHT" at the first '=' behind which `starts` holds; a '=' may stand in LEFT. */
static bool cut(cairn_span rule, bool (*starts)(cairn_span), cairn_span *left, cairn_span *right)
{
    for (size_t i = 0; i < rule.n; i++) {
        *right = cairn_span_make(rule.p + i + 1, rule.n - i - 1);
        if (rule.p[i] == '=' && starts(*right)) {
            *left = cairn_span_make(rule.p, i);
            return i > 0;
        }
    }
    return false;
}

/* ---- prefixes ---- */

static bool has_scheme(cairn_span href)
{
    cairn_span scheme = cairn_uri_scheme(href);
    return scheme.p && href.n > scheme.n + 3 && memcmp(href.p + scheme.n, "://", 3) == 0;
}

static void append_rule(cairn_href_map *map, cairn_href_rule *rule)
{
    cairn_href_rule **at = &map->rules;
    /* The longest first; of one length, in the order given. */
    while (*at && (*at)->from.n >= rule->from.n)
        at = &(*at)->next;
    rule->next = *at;
    *at = rule;
    map->rule_kinds |= rule->from_kind;
}

/* A rule that is none; the commonest slip is TO as a path. */
static cairn_code refuse_rule(cairn_span text, cairn_error *error)
{
    char quoted[100], expected[200];
    const char *slash = text.n ? memmem(text.p, text.n, "=/", 2) : NULL;
    if (!slash)
        return refuse(text, "expected FROM=TO, two prefixes of hrefs, such as s3://bucket/=https://data.example.org/",
                      error);
    cairn_span path = cairn_span_make(slash + 1, (size_t)(cairn_span_end(text) - slash - 1));
    snprintf(expected, sizeof expected, "TO is a folder without its scheme, write file://%s",
             cairn_quote(path, quoted, sizeof quoted));
    return refuse(text, expected, error);
}

cairn_code cairn_href_map_add(cairn_href_map *map, cairn_span text, cairn_error *error)
{
    cairn_span from, to;
    if (!cut(text, has_scheme, &from, &to) || !has_scheme(from))
        return refuse_rule(text, error);
    if ((from.p[from.n - 1] == '/') != (to.p[to.n - 1] == '/'))
        return refuse(text, "FROM and TO must both end in a slash, or both not", error);
    cairn_href_rule *rule = cairn_arena_calloc(map->arena, 1, sizeof *rule);
    if (!rule || !(rule->from = cairn_arena_copy(map->arena, from)).p ||
        !(rule->to = cairn_arena_copy(map->arena, to)).p)
        return cairn_error_no_memory(error);
    rule->from_kind = cairn_href_kind(from);
    rule->to_kind = cairn_href_kind(to);
    append_rule(map, rule);
    return CAIRN_OK;
}

static bool begins(cairn_span href, cairn_span from)
{
    if (href.n < from.n || memcmp(href.p, from.p, from.n) != 0)
        return false;
    return from.p[from.n - 1] == '/' || href.n == from.n || href.p[from.n] == '/';
}

static bool has_query(cairn_span rest)
{
    return rest.n && (memchr(rest.p, '?', rest.n) || memchr(rest.p, '#', rest.n));
}

/* The rest is coded as the new scheme has it: objects by their key, all else as URIs are. A query or fragment of the
 * one can't be said in the other. */
static bool apply(const cairn_href_rule *rule, cairn_span rest, cairn_buf *out)
{
    const unsigned objects = CAIRN_HREFS_S3 | CAIRN_HREFS_GS | CAIRN_HREFS_AZURE;
    bool from_object = rule->from_kind & objects, to_object = rule->to_kind & objects;
    if (cairn_href_has_dots(rest))
        return false;
    if (from_object != to_object && has_query(rest))
        return false;
    cairn_buf_add_span(out, rule->to);
    if (from_object == to_object)
        return cairn_buf_add_span(out, rest);
    return to_object ? cairn_href_add_decoded(out, rest) : cairn_href_add_path(out, rest);
}

bool cairn_href_by_rule(const cairn_href_map *map, cairn_span href, unsigned kinds, cairn_buf *out)
{
    for (const cairn_href_rule *rule = map->rules; rule; rule = rule->next)
        if ((rule->to_kind & kinds) && begins(href, rule->from))
            return apply(rule, cairn_span_make(href.p + rule->from.n, href.n - rule->from.n), out);
    return false;
}

/* ---- alternates ---- */

cairn_code cairn_href_map_add_alternate(cairn_href_map *map, cairn_span text, cairn_error *error)
{
    cairn_href_name **last = &map->alternates;
    if (!text.n)
        return refuse(text, "expected the name of an alternate, such as https", error);
    cairn_href_name *name = cairn_arena_calloc(map->arena, 1, sizeof *name);
    if (!name || !(name->text = cairn_arena_copy(map->arena, text)).p)
        return cairn_error_no_memory(error);
    while (*last)
        last = &(*last)->next;
    *last = name;
    return CAIRN_OK;
}
