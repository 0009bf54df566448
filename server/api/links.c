#include "api/links.h"

enum { MAX_PATH_BYTES = 1 << 20 };

cairn_span cairn_path_join(cairn_arena *arena, const cairn_span *segments, size_t n)
{
    cairn_buf path = CAIRN_BUF_INIT(MAX_PATH_BYTES);
    for (size_t i = 0; i < n; i++) {
        cairn_buf_add_byte(&path, '/');
        cairn_buf_add_url_segment(&path, segments[i]);
    }
    if (!n)
        cairn_buf_add_byte(&path, '/');
    cairn_span text = path.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(arena, cairn_buf_span(&path));
    cairn_buf_free(&path);
    return text;
}

cairn_span cairn_path_of_collection(cairn_arena *arena, cairn_span id, bool items)
{
    const cairn_span segments[] = {cairn_span_of("collections"), id, cairn_span_of("items")};
    return cairn_path_join(arena, segments, items ? 3 : 2);
}

void cairn_link_open(const cairn_call *call, cairn_buf *out, const char *rel, const char *type, cairn_span path)
{
    char before = out->n ? out->p[out->n - 1] : '[';
    if (!path.p) {
        out->failed = true;
        return;
    }
    cairn_buf_add_text(out, before == '[' || before == ',' ? "{\"rel\":\"" : ",{\"rel\":\"");
    cairn_buf_add_text(out, rel);
    cairn_buf_add_text(out, "\",\"type\":\"");
    cairn_buf_add_text(out, type);
    cairn_buf_add_text(out, "\",\"href\":\"");
    cairn_buf_add_span(out, call->base);
    cairn_buf_add_span(out, path);
    cairn_buf_add_byte(out, '"');
}

void cairn_link_add(const cairn_call *call, cairn_buf *out, const char *rel, const char *type, cairn_span path,
                    cairn_span title)
{
    cairn_link_open(call, out, rel, type, path);
    if (title.p) {
        cairn_buf_add_text(out, ",\"title\":");
        cairn_buf_add_json_string(out, title);
    }
    cairn_buf_add_byte(out, '}');
}

/* self holds everything before the item's id, rest everything behind it. */
static bool make_item_links(cairn_item_links *links, const cairn_call *call, cairn_span collection)
{
    const cairn_buf empty = CAIRN_BUF_INIT(MAX_PATH_BYTES);
    cairn_arena *arena = call->request->arena;
    cairn_item_links_free(links);
    links->collection = links->self = links->rest = empty;

    cairn_link_open(call, &links->self, "self", "application/geo+json",
                    cairn_path_of_collection(arena, collection, true));
    if (links->self.n)
        links->self.p[links->self.n - 1] = '/';
    cairn_span path = cairn_path_of_collection(arena, collection, false);
    cairn_buf_add_text(&links->rest, "\"}");
    cairn_link_add(call, &links->rest, "parent", "application/json", path, CAIRN_SPAN_NONE);
    cairn_link_add(call, &links->rest, "collection", "application/json", path, CAIRN_SPAN_NONE);
    cairn_link_add(call, &links->rest, "root", "application/json", cairn_span_of("/"), CAIRN_SPAN_NONE);
    cairn_buf_add_text(&links->rest, "]}");
    return cairn_buf_add_span(&links->collection, collection) && !links->self.failed && !links->rest.failed;
}

bool cairn_item_links_add(cairn_item_links *links, const cairn_call *call, cairn_span collection, cairn_span id,
                          cairn_buf *out)
{
    if ((!links->rest.n || !cairn_span_equal(cairn_buf_span(&links->collection), collection)) &&
        !make_item_links(links, call, collection))
        return false;
    cairn_buf_add_span(out, cairn_buf_span(&links->self));
    cairn_buf_add_url_segment(out, id);
    return cairn_buf_add_span(out, cairn_buf_span(&links->rest));
}

void cairn_item_links_free(cairn_item_links *links)
{
    cairn_buf_free(&links->collection);
    cairn_buf_free(&links->self);
    cairn_buf_free(&links->rest);
}
