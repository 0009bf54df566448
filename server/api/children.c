/* Catalogs to browse, and /children (STAC API Children 1.0.0-rc.2): the documents that child links lead to, in one
 * answer. */
#include "api/browse_links.h"
#include "api/links.h"
#include "api/page.h"

enum { MAX_DIGITS = 9 };

/* Where a path goes on behind "catalogs": the place that it names, and what is browsed. */
static cairn_code open_place(cairn_call *call, cairn_browse *browse, cairn_place *place, uint64_t *count)
{
    const cairn_request *request = call->request;
    bool in_collection = request->n_segments && cairn_span_is(request->segments[0], "collections");
    size_t from = in_collection ? 3 : 1, to = request->n_segments;
    if (to && cairn_span_is(request->segments[to - 1], "children"))
        to--;
    *place = (cairn_place){.kind = CAIRN_PLACE_WHOLE};
    cairn_code code = cairn_browse_open(browse, call, in_collection ? request->segments[1] : CAIRN_SPAN_NONE);
    if (!code && to > from)
        return cairn_browse_find(browse, request->segments + from, to - from, place, count);
    return code ? code : cairn_browse_count(browse, place, count);
}

cairn_code cairn_get_catalog(cairn_call *call)
{
    cairn_browse browse;
    cairn_place place, parent;
    uint64_t count;
    cairn_code code = open_place(call, &browse, &place, &count);
    if (!code)
        code = cairn_browse_parent(&browse, &place, count, &parent);
    return code ? code : cairn_browse_add_catalog(&browse, &place, &parent, count, &call->response->body);
}

/* ---- children ---- */

typedef struct listing {
    cairn_call *call;
    cairn_browse browse;
    cairn_place place;
    cairn_child *list;
    size_t n;
    size_t begin, limit;
    bool catalogs, collections; /* are wanted */
    cairn_span token;           /* as given */
} listing;

static cairn_code refuse(cairn_call *call, const char *name, const char *expected, cairn_span value)
{
    char quoted[80];
    cairn_error_set(&call->error, CAIRN_INVALID, "expected %s, found \"%s\"", expected,
                    cairn_quote(value, quoted, sizeof quoted));
    return cairn_error_at_parameter(&call->error, name);
}

static bool read_count(cairn_span text, size_t *out)
{
    *out = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        *out = *out * 10 + (size_t)(text.p[i] - '0');
    }
    return text.n > 0 && text.n <= MAX_DIGITS && *out > 0;
}

/* "Catalog", "Collection", or both with a comma. */
static bool read_types(listing *l, cairn_span text)
{
    l->catalogs = l->collections = false;
    while (text.p) {
        const char *comma = text.n ? memchr(text.p, ',', text.n) : NULL;
        cairn_span type = cairn_span_trim(cairn_span_make(text.p, comma ? (size_t)(comma - text.p) : text.n));
        bool catalog = cairn_span_is(type, "Catalog"), collection = cairn_span_is(type, "Collection");
        if (!catalog && !collection)
            return false;
        l->catalogs |= catalog;
        l->collections |= collection;
        text = comma ? cairn_span_make(comma + 1, text.n - (size_t)(comma + 1 - text.p)) : CAIRN_SPAN_NONE;
    }
    return true;
}

static cairn_code read_parameter(listing *l, const cairn_param *param)
{
    cairn_span name = param->name, value = param->value;
    if (cairn_span_is(name, "limit") && !read_count(value, &l->limit))
        return refuse(l->call, "limit", "a number from 1", value);
    if (cairn_span_is(name, "type") && value.n && !read_types(l, value))
        return refuse(l->call, "type", "Catalog or Collection", value);
    if (cairn_span_is(name, "token") && value.n) {
        l->token = value;
        if (!read_count(value, &l->begin))
            return refuse(l->call, "token", "that of a next link", value);
    }
    return CAIRN_OK;
}

static bool is_wanted(const listing *l, const cairn_child *child)
{
    return child->collection.p ? l->collections : l->catalogs;
}

static bool is_full(const listing *l, size_t returned, const cairn_buf *out, size_t begun)
{
    return returned >= l->limit || (returned && out->n - begun >= l->call->api->options->max_page_bytes);
}

/* Writes the page and says where the next one begins: 0 when there is none. */
static cairn_code add_page(listing *l, size_t *next, size_t *returned, cairn_buf *out)
{
    size_t begun = out->n;
    cairn_code code = CAIRN_OK;
    *next = *returned = 0;
    for (size_t i = l->begin; i < l->n && !code; i++) {
        if (!is_wanted(l, &l->list[i]))
            continue;
        if (is_full(l, *returned, out, begun)) {
            *next = i;
            break;
        }
        if ((*returned)++)
            cairn_buf_add_byte(out, ',');
        code = cairn_browse_add_child(&l->browse, &l->list[i], &l->place, out);
    }
    return code;
}

static void add_tail(const listing *l, size_t next, size_t returned, cairn_buf *out)
{
    const cairn_call *call = l->call;
    cairn_span token = next ? cairn_arena_printf(call->request->arena, "%zu", next) : CAIRN_SPAN_NONE;
    size_t matched = 0;
    for (size_t i = 0; i < l->n; i++)
        matched += is_wanted(l, &l->list[i]);
    cairn_buf_add_text(out, "],\"links\":[");
    cairn_link_add(call, out, "self", "application/json", cairn_page_path(call, l->token), CAIRN_SPAN_NONE);
    cairn_link_add(call, out, "root", "application/json", cairn_span_of("/"), CAIRN_SPAN_NONE);
    cairn_span parent = cairn_path_join(call->request->arena, call->request->segments, call->request->n_segments - 1);
    cairn_link_add(call, out, "parent", "application/json", parent, CAIRN_SPAN_NONE);
    if (next)
        cairn_link_add(call, out, "next", "application/json", cairn_page_path(call, token), CAIRN_SPAN_NONE);
    cairn_buf_printf(out, "],\"numberMatched\":%zu,\"numberReturned\":%zu}", matched, returned);
}

cairn_code cairn_get_children(cairn_call *call)
{
    listing l = {.call = call, .limit = SIZE_MAX, .catalogs = true, .collections = true};
    cairn_buf *out = &call->response->body;
    uint64_t count;
    size_t next = 0, returned = 0;
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < call->request->n_params && !code; i++)
        code = read_parameter(&l, &call->request->params[i]);
    if (!code)
        code = open_place(call, &l.browse, &l.place, &count);
    if (!code)
        code = cairn_browse_children(&l.browse, &l.place, count, &l.list, &l.n);
    if (code)
        return code;
    cairn_buf_add_text(out, "{\"children\":[");
    code = add_page(&l, &next, &returned, out);
    add_tail(&l, next, returned, out);
    return code;
}
