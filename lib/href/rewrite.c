/* The hrefs of an item's assets are replaced in its text; nothing else of it is touched. */
#include "base/json.h"
#include "href/choose.h"
#include "href/map.h"

const char *const cairn_href_modes[] = {"loadable", "https", "s3", "file", "source", "signed", NULL};

cairn_code cairn_href_mode_parse(cairn_span text, cairn_href_mode *out, cairn_error *error)
{
    char quoted[80];
    for (int i = 0; cairn_href_modes[i]; i++)
        if (cairn_span_is(text, cairn_href_modes[i])) {
            *out = (cairn_href_mode)i;
            return CAIRN_OK;
        }
    return cairn_error_set(error, CAIRN_INVALID, "expected loadable, https, s3, file, source or signed, found \"%s\"",
                           cairn_quote(text, quoted, sizeof quoted));
}

/* ---- which items need a look ---- */

static unsigned changed_kinds(const cairn_href_view *view)
{
    const unsigned objects = CAIRN_HREFS_S3 | CAIRN_HREFS_GS | CAIRN_HREFS_AZURE;
    bool folders = view->map->folders && view->base_url.p;
    switch (view->mode) {
    case CAIRN_HREF_S3:
        return CAIRN_HREFS_HTTP;
    case CAIRN_HREF_FILE:
        return folders ? CAIRN_HREFS_HTTP : 0;
    case CAIRN_HREF_SIGNED:
        return objects | (folders ? CAIRN_HREFS_FILE : 0) |
               (view->map->signer ? CAIRN_HREFS_HTTP | CAIRN_HREFS_ALTERNATE : 0);
    default:
        return objects | (folders ? CAIRN_HREFS_FILE : 0);
    }
}

/* Kinds that an alternate may take the place of. */
static unsigned replaced_kinds(cairn_href_mode mode)
{
    const unsigned own = CAIRN_HREFS_ALL & ~(unsigned)(CAIRN_HREFS_ALTERNATE | CAIRN_HREFS_UNKNOWN);
    if (mode == CAIRN_HREF_S3)
        return own & ~(unsigned)(CAIRN_HREFS_S3 | CAIRN_HREFS_GS | CAIRN_HREFS_AZURE);
    return own & ~(unsigned)(mode == CAIRN_HREF_FILE ? CAIRN_HREFS_FILE : CAIRN_HREFS_HTTP);
}

bool cairn_href_view_touches(const cairn_href_view *view, unsigned kinds)
{
    if (view->mode == CAIRN_HREF_SOURCE)
        return false;
    unsigned changed = changed_kinds(view) | view->map->rule_kinds | CAIRN_HREFS_UNKNOWN;
    if (kinds & changed)
        return true;
    bool own_rules = view->map->rules || (view->map->folders && view->base_url.p);
    return (kinds & CAIRN_HREFS_ALTERNATE) && (own_rules || (kinds & replaced_kinds(view->mode)));
}

/* ---- splicing ---- */

typedef struct rewriting {
    cairn_href_choice choice;
    const char *kept; /* from here on nothing is copied yet */
    cairn_buf *out;
    cairn_buf href; /* the one in hand */
    cairn_error *error;
} rewriting;

static cairn_code rewrite_href(rewriting *r, cairn_span value)
{
    cairn_span href = cairn_json_string(value, r->choice.arena);
    if (cairn_json_kind(value) != '"')
        return CAIRN_OK;
    if (!href.p)
        return cairn_error_no_memory(r->error);
    cairn_buf_reset(&r->href);
    cairn_code code = cairn_href_choose(&r->choice, href, &r->href, r->error);
    if (code || !r->href.n || cairn_span_equal(cairn_buf_span(&r->href), href))
        return code;
    cairn_buf_add(r->out, r->kept, (size_t)(value.p - r->kept));
    cairn_buf_add_json_string(r->out, cairn_buf_span(&r->href));
    r->kept = value.p + value.n;
    return CAIRN_OK;
}

static cairn_code rewrite_assets(rewriting *r, cairn_span assets, bool are_alternates);

/* Recursion: an asset has alternates, those have none. Of several hrefs the last one counts, as in all of JSON: each of
 * them would look at the whole asset. */
static cairn_code rewrite_asset(rewriting *r, cairn_span asset, bool is_alternate)
{
    cairn_code code = CAIRN_OK;
    cairn_span href = cairn_json_get(asset, "href");
    cairn_json_walk walk = cairn_json_walk_object(asset);
    for (cairn_json_member member; !code && cairn_json_next_member(&walk, &member);) {
        r->choice.asset = asset;
        r->choice.is_alternate = is_alternate;
        if (member.value.p == href.p)
            code = rewrite_href(r, member.value);
        else if (!is_alternate && cairn_json_key_is(member.key, "alternate"))
            code = rewrite_assets(r, member.value, true);
    }
    return code;
}

static cairn_code rewrite_assets(rewriting *r, cairn_span assets, bool are_alternates)
{
    cairn_code code = CAIRN_OK;
    cairn_json_walk walk = cairn_json_walk_object(assets);
    for (cairn_json_member asset; !code && cairn_json_next_member(&walk, &asset);)
        code = rewrite_asset(r, asset.value, are_alternates);
    return code;
}

cairn_code cairn_href_rewrite(const cairn_href_view *view, cairn_span item, cairn_arena *arena, cairn_buf *out,
                              int64_t *expires, cairn_error *error)
{
    enum { HREF_BYTES = 1 << 30 };
    cairn_code code = CAIRN_OK;
    cairn_item_storage storage;
    rewriting r = {.choice = {.view = view, .item = &storage, .arena = arena, .expires = expires},
                   .kept = item.p,
                   .out = out,
                   .href = CAIRN_BUF_INIT(HREF_BYTES),
                   .error = error};
    if (!cairn_item_storage_read(cairn_json_get(item, "properties"), arena, &storage))
        return cairn_error_no_memory(error);
    cairn_json_walk walk = cairn_json_walk_object(item);
    for (cairn_json_member member; view->mode != CAIRN_HREF_SOURCE && !code && cairn_json_next_member(&walk, &member);)
        if (cairn_json_key_is(member.key, "assets"))
            code = rewrite_assets(&r, member.value, false);
    cairn_buf_free(&r.href);
    cairn_buf_add(out, r.kept, (size_t)(item.p + item.n - r.kept));
    return code || !out->failed ? code : cairn_error_no_memory(error);
}
