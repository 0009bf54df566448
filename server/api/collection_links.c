#include "api/collection_links.h"

#include "api/auth.h"
#include "api/links.h"

enum { MAX_PATH_BYTES = 1 << 14 };

/* What stands below a collection's path. */
static const struct {
    const char *rel, *type, *below, *title;
} OWN[] = {
    {"self", "application/json", "", "This collection"},
    {"items", "application/geo+json", "/items", "Items of this collection"},
    {CAIRN_REL_QUERYABLES, "application/schema+json", "/queryables", "What its items can be filtered by"},
    {CAIRN_REL_SORTABLES, "application/schema+json", "/sortables", "What its items can be sorted by"},
    {"aggregations", "application/json", "/aggregations", "What its items can be aggregated by"},
    {"aggregate", "application/json", "/aggregate", "Aggregate its items"},
};

/* Behind an open form. */
static bool add_links(const cairn_call *call, cairn_span id, cairn_buf *out)
{
    static const cairn_span ROOT = CAIRN_SPAN_LIT("/"), WHOLE = CAIRN_SPAN_LIT("The whole catalog");
    cairn_buf path = CAIRN_BUF_INIT(MAX_PATH_BYTES);
    cairn_buf_add_text(&path, "/collections/");
    cairn_buf_add_url_segment(&path, id);
    size_t n = path.n;
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN && !path.failed; i++) {
        path.n = n;
        cairn_buf_add_text(&path, OWN[i].below);
        cairn_link_add(call, out, OWN[i].rel, OWN[i].type, cairn_buf_span(&path), cairn_span_of(OWN[i].title));
    }
    cairn_link_add(call, out, "root", "application/json", ROOT, WHOLE);
    cairn_link_add(call, out, "parent", "application/json", ROOT, WHOLE);
    bool ok = !path.failed && cairn_buf_add_text(out, "]}");
    cairn_buf_free(&path);
    return ok;
}

cairn_code cairn_collection_add(const cairn_call *call, const cairn_collection_row *row, const cairn_fields *fields,
                                cairn_buf *out, cairn_error *error)
{
    cairn_span open = call->source && row->source.p ? row->source : row->body;
    if (!call->source && !fields && cairn_auth_wants(call, row->id))
        return cairn_auth_add_collection(call, row->id, open, out) && add_links(call, row->id, out)
                   ? CAIRN_OK
                   : cairn_error_set(error, CAIRN_NOMEM, "the collections do not fit in memory");
    bool ok = fields ? cairn_fields_write(fields, open, out) : cairn_buf_add_span(out, open);
    if (ok && (!fields || cairn_fields_want_links(fields)))
        ok = add_links(call, row->id, out);
    return ok && !out->failed ? CAIRN_OK : cairn_error_set(error, CAIRN_NOMEM, "the collections do not fit in memory");
}
