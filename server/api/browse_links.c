#include "api/browse_links.h"

#include "api/browse_items.h"
#include "api/collection_links.h"
#include "api/links.h"

/* "/collections/a/catalogs/2020/03" and `tail` behind it; in the arena, {NULL,0} at its cap. */
static cairn_span path_of(const cairn_browse *browse, const cairn_place *place, const char *tail)
{
    char below[CAIRN_PLACE_TEXT];
    cairn_arena *arena = browse->call->request->arena;
    cairn_span front =
        browse->collection.p ? cairn_path_of_collection(arena, browse->collection, false) : cairn_span_of("");
    bool whole = place->kind == CAIRN_PLACE_WHOLE && !place->part;
    cairn_place_path(place, below);
    if (!front.p)
        return front;
    if (whole && !browse->collection.p && !*tail)
        return cairn_span_of("/");
    return cairn_arena_printf(arena, "%.*s%s%s%s", CAIRN_SPAN_FMT(front), whole ? "" : "/catalogs/", below, tail);
}

/* "part 2 (1000 items)"; the count only where it is known. */
static cairn_span title_of(const cairn_browse *browse, const cairn_child *child)
{
    char place[CAIRN_PLACE_TEXT];
    const char *what = browse->collection.p ? "item" : "collection";
    if (child->collection.p)
        return child->title;
    cairn_place_title(&child->place, place);
    cairn_arena *arena = browse->call->request->arena;
    if (!child->count_known)
        return cairn_arena_printf(arena, "%s", place);
    return cairn_arena_printf(arena, "%s (%llu %s%s)", place, (unsigned long long)child->count, what,
                              child->count == 1 ? "" : "s");
}

static void add_child_link(const cairn_browse *browse, const cairn_child *child, cairn_buf *out)
{
    cairn_span path = child->collection.p
                          ? cairn_path_of_collection(browse->call->request->arena, child->collection, false)
                          : path_of(browse, &child->place, "");
    cairn_link_add(browse->call, out, "child", "application/json", path, title_of(browse, child));
}

static cairn_code add_child_links(const cairn_browse *browse, const cairn_place *place, uint64_t count, cairn_buf *out)
{
    cairn_child *list;
    size_t n = 0;
    cairn_code code = cairn_browse_children(browse, place, count, &list, &n);
    if (!code && browse->collection.p)
        cairn_link_add(browse->call, out, "children", "application/json", path_of(browse, place, "/children"),
                       cairn_span_of("What the child links lead to"));
    for (size_t i = 0; !code && i < n; i++)
        add_child_link(browse, &list[i], out);
    return code;
}

cairn_code cairn_browse_add_links(const cairn_browse *browse, const cairn_place *place, uint64_t count, cairn_buf *out)
{
    bool items = browse->collection.p && !cairn_browse_is_divided(place, count);
    cairn_code code = (items ? cairn_browse_add_items : add_child_links)(browse, place, count, out);
    return code || !out->failed ? code : cairn_browse_no_memory(browse);
}

/* ---- catalogs ---- */

/* "sentinel-2-2020-03", "collections-2". */
static cairn_span id_of(const cairn_browse *browse, const cairn_place *place)
{
    char below[CAIRN_PLACE_TEXT];
    cairn_span first = browse->collection.p ? browse->collection : cairn_span_of("collections");
    cairn_place_path(place, below);
    for (char *p = below; *p; p++)
        if (*p == '/')
            *p = '-';
    return cairn_arena_printf(browse->call->request->arena, "%.*s-%s", CAIRN_SPAN_FMT(first), below);
}

static void add_texts(const cairn_browse *browse, const cairn_place *place, cairn_buf *out)
{
    char title[CAIRN_PLACE_TEXT];
    cairn_arena *arena = browse->call->request->arena;
    cairn_span whole = browse->collection.p ? browse->title : cairn_span_of("Collections");
    cairn_place_title(place, title);
    cairn_buf_add_text(out, "{\"type\":\"Catalog\",\"stac_version\":\"1.1.0\",\"id\":");
    cairn_buf_add_json_string(out, id_of(browse, place));
    cairn_buf_add_text(out, ",\"title\":");
    cairn_buf_add_json_string(out, cairn_arena_printf(arena, "%.*s: %s", CAIRN_SPAN_FMT(whole), title));
    cairn_buf_add_text(out, ",\"description\":");
    cairn_buf_add_json_string(out, cairn_arena_printf(arena, browse->collection.p ? "Items of %.*s, %s." : "%.*s, %s.",
                                                      CAIRN_SPAN_FMT(whole), title));
}

cairn_code cairn_browse_add_catalog(const cairn_browse *browse, const cairn_place *place, const cairn_place *parent,
                                    uint64_t count, cairn_buf *out)
{
    const cairn_call *call = browse->call;
    cairn_code code;
    add_texts(browse, place, out);
    cairn_buf_add_text(out, ",\"links\":[");
    cairn_link_add(call, out, "self", "application/json", path_of(browse, place, ""), CAIRN_SPAN_NONE);
    cairn_link_add(call, out, "root", "application/json", cairn_span_of("/"), CAIRN_SPAN_NONE);
    cairn_link_add(call, out, "parent", "application/json", path_of(browse, parent, ""), CAIRN_SPAN_NONE);
    code = cairn_browse_add_links(browse, place, count, out);
    return code || cairn_buf_add_text(out, "]}") ? code : cairn_browse_no_memory(browse);
}

/* ---- collections ---- */

typedef struct collection_sink {
    cairn_browse *browse;
    cairn_buf *out;
} collection_sink;

static cairn_code add_collection(void *context, const cairn_collection_row *row, cairn_error *error)
{
    const collection_sink *sink = context;
    sink->browse->n = row->items;
    return cairn_collection_add(sink->browse->call, row, NULL, sink->out, error);
}

cairn_code cairn_browse_add_collection(cairn_call *call, cairn_span id, cairn_buf *out)
{
    const cairn_place whole = {.kind = CAIRN_PLACE_WHOLE};
    cairn_browse browse = {.call = call, .collection = id};
    collection_sink sink = {&browse, out};
    cairn_code code = cairn_session_collection(call->session, id, add_collection, &sink, &call->error);
    if (code)
        return code;
    out->n -= strlen("]}"); /* its links go on */
    code = cairn_browse_add_links(&browse, &whole, browse.n, out);
    return code || cairn_buf_add_text(out, "]}") ? code : cairn_browse_no_memory(&browse);
}

cairn_code cairn_browse_add_child(const cairn_browse *browse, const cairn_child *child, const cairn_place *parent,
                                  cairn_buf *out)
{
    uint64_t count;
    if (child->collection.p)
        return cairn_browse_add_collection(browse->call, child->collection, out);
    cairn_code code = cairn_browse_count(browse, &child->place, &count);
    return code ? code : cairn_browse_add_catalog(browse, &child->place, parent, count, out);
}
