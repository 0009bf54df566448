#include "href/choose.h"

#include "base/json.h"
#include "href/map.h"

#include <stdint.h>

enum { OBJECTS = CAIRN_HREFS_S3 | CAIRN_HREFS_GS | CAIRN_HREFS_AZURE };

/* ---- credentials, as far as the item tells ---- */

/* The authentication extension: an empty list means that none is needed. */
static bool needs_login(cairn_span asset)
{
    return cairn_json_count(cairn_json_get(asset, "auth:refs")) > 0;
}

static bool is_open(const cairn_href_choice *choice, cairn_span href, cairn_span asset)
{
    cairn_object object;
    if (needs_login(asset))
        return false;
    if (!cairn_object_parse(href, &object))
        return true;
    return !cairn_storage_of(&object, asset, choice->item, choice->arena).requester_pays;
}

/* ---- the owner's rules ---- */

static unsigned kinds_of_mode(cairn_href_mode mode)
{
    switch (mode) {
    case CAIRN_HREF_HTTPS:
    case CAIRN_HREF_SIGNED:
        return CAIRN_HREFS_HTTP;
    case CAIRN_HREF_S3:
        return OBJECTS;
    case CAIRN_HREF_FILE:
        return CAIRN_HREFS_FILE;
    default:
        return CAIRN_HREFS_ALL;
    }
}

/* For modes of http(s). */
static bool is_web(cairn_href_mode mode)
{
    return mode != CAIRN_HREF_S3 && mode != CAIRN_HREF_FILE;
}

/* What rules and served folders make of it; appends nothing where they make nothing. */
static cairn_code add_owned(const cairn_href_choice *choice, cairn_span href, cairn_buf *out, cairn_error *error)
{
    const cairn_href_view *view = choice->view;
    if (cairn_href_by_rule(view->map, href, kinds_of_mode(view->mode), out)) {
        href = cairn_arena_copy(choice->arena, cairn_buf_span(out));
        if (!href.p)
            return cairn_error_no_memory(error);
        cairn_buf_reset(out);
        if (!is_web(view->mode) || !cairn_href_served(view, href, choice->arena, out))
            cairn_buf_add_span(out, href);
    } else if (is_web(view->mode)) {
        cairn_href_served(view, href, choice->arena, out);
    }
    return out->failed ? cairn_error_no_memory(error) : CAIRN_OK;
}

/* The same in the arena; what it was where it stays, or memory is short. */
static cairn_span owned(const cairn_href_choice *choice, cairn_span href)
{
    enum { HREF_BYTES = 1 << 30 };
    cairn_span found = CAIRN_SPAN_NONE;
    cairn_buf out = CAIRN_BUF_INIT(HREF_BYTES);
    if (add_owned(choice, href, &out, NULL) == CAIRN_OK && out.n)
        found = cairn_arena_copy(choice->arena, cairn_buf_span(&out));
    cairn_buf_free(&out);
    return found.p ? found : href;
}

/* ---- alternates ---- */

/* The href of an alternate as it goes out, when it is of one of the kinds. */
static cairn_span alternate_href(const cairn_href_choice *choice, cairn_span alternate, unsigned kinds, bool open)
{
    cairn_span href = cairn_json_string(cairn_json_get(alternate, "href"), choice->arena);
    if (href.p)
        href = owned(choice, href);
    if (!href.p || !(cairn_href_kind(href) & kinds) || (open && !is_open(choice, href, alternate)))
        return CAIRN_SPAN_NONE;
    return href;
}

static bool is_named(cairn_span key, cairn_span name, cairn_arena *arena)
{
    cairn_span decoded = cairn_json_string(cairn_span_make(key.p - 1, key.n + 2), arena);
    return cairn_span_equal(decoded, name);
}

/* The first alternate that serves; of that name, when it is given. */
static cairn_span alternate(const cairn_href_choice *choice, const cairn_href_name *name, unsigned kinds, bool open)
{
    cairn_json_walk walk = cairn_json_walk_object(cairn_json_get(choice->asset, "alternate"));
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        if (name && !is_named(member.key, name->text, choice->arena))
            continue;
        cairn_span href = alternate_href(choice, member.value, kinds, open);
        if (href.p)
            return href;
    }
    return CAIRN_SPAN_NONE;
}

static cairn_span web_alternate(const cairn_href_choice *choice, bool open)
{
    const cairn_href_name *name = choice->view->map->alternates;
    if (!name)
        return alternate(choice, NULL, CAIRN_HREFS_HTTP, open);
    cairn_span href = CAIRN_SPAN_NONE;
    for (; name && !href.p; name = name->next)
        href = alternate(choice, name, CAIRN_HREFS_HTTP, open);
    return href;
}

/* ---- forms ---- */

/* `open`: only what loads with no credentials. */
static bool to_web(const cairn_href_choice *choice, cairn_span href, bool open, cairn_buf *out)
{
    cairn_object object;
    if (cairn_href_kind(href) == CAIRN_HREFS_HTTP)
        return false;
    cairn_span other = web_alternate(choice, open);
    if (other.p)
        return cairn_buf_add_span(out, other);
    if (!cairn_object_parse(href, &object))
        return false;
    cairn_storage storage = cairn_storage_of(&object, choice->asset, choice->item, choice->arena);
    if (open && (storage.requester_pays || needs_login(choice->asset)))
        return false;
    return cairn_object_https(&object, &storage, out);
}

static bool to_native(const cairn_href_choice *choice, cairn_span href, cairn_buf *out)
{
    cairn_object object;
    if (cairn_href_kind(href) & OBJECTS)
        return false;
    if (cairn_object_parse(href, &object) && cairn_object_native(&object, out))
        return true;
    cairn_span other = alternate(choice, NULL, OBJECTS, false);
    return other.p && cairn_buf_add_span(out, other);
}

static bool to_file(const cairn_href_choice *choice, cairn_span href, cairn_buf *out)
{
    if (cairn_href_kind(href) == CAIRN_HREFS_FILE)
        return false;
    if (cairn_href_local(choice->view, href, choice->arena, out))
        return true;
    cairn_span other = alternate(choice, NULL, CAIRN_HREFS_FILE, false);
    return other.p && cairn_buf_add_span(out, other);
}

static bool to_form(const cairn_href_choice *choice, cairn_span href, cairn_buf *out)
{
    cairn_href_mode mode = choice->view->mode;
    if (is_web(mode))
        return to_web(choice, href, mode == CAIRN_HREF_LOADABLE, out);
    return mode == CAIRN_HREF_S3 ? to_native(choice, href, out) : to_file(choice, href, out);
}

/* ---- signatures ---- */

/* What of the asset the signer covers: its own href, else one of its alternates. */
static cairn_span covered(const cairn_href_choice *choice, cairn_span href)
{
    const cairn_signer *signer = choice->view->map->signer;
    if (cairn_signer_covers(signer, href))
        return href;
    cairn_json_walk walk = cairn_json_walk_object(cairn_json_get(choice->asset, "alternate"));
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        cairn_span other = cairn_json_string(cairn_json_get(member.value, "href"), choice->arena);
        if (other.p && cairn_signer_covers(signer, other))
            return other;
    }
    return CAIRN_SPAN_NONE;
}

static cairn_code sign(const cairn_href_choice *choice, cairn_span href, cairn_buf *out, cairn_error *error)
{
    const cairn_href_view *view = choice->view;
    cairn_signed result;
    cairn_code code = cairn_signer_sign(view->map->signer, href, view->now, choice->arena, &result, error);
    if (code)
        return code;
    if (choice->expires && result.expires < *choice->expires)
        *choice->expires = result.expires;
    return cairn_buf_add_span(out, result.href) ? CAIRN_OK : cairn_error_no_memory(error);
}

/* ---- all of it ---- */

cairn_code cairn_href_choose(const cairn_href_choice *choice, cairn_span href, cairn_buf *out, cairn_error *error)
{
    const cairn_href_view *view = choice->view;
    bool signs = view->mode == CAIRN_HREF_SIGNED && view->map->signer && !choice->is_alternate;
    cairn_span object = signs ? covered(choice, href) : CAIRN_SPAN_NONE;
    if (object.p)
        return sign(choice, object, out, error);
    cairn_code code = add_owned(choice, href, out, error);
    if (code || choice->is_alternate)
        return code;
    if (out->n) {
        href = cairn_arena_copy(choice->arena, cairn_buf_span(out));
        if (!href.p)
            return cairn_error_no_memory(error);
        cairn_buf_reset(out);
        if (signs && cairn_signer_covers(view->map->signer, href))
            return sign(choice, href, out, error);
    }
    if (!to_form(choice, href, out) && !out->failed)
        cairn_buf_add_span(out, href);
    return out->failed ? cairn_error_no_memory(error) : CAIRN_OK;
}
