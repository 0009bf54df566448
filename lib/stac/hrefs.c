#include "base/uri.h"
#include "stac/record.h"

#include <stdio.h>

static cairn_span absolute_self(const cairn_json_index *index, cairn_span links, cairn_arena *arena)
{
    cairn_link link;
    cairn_links walk = cairn_links_in(index, links, arena);
    while (cairn_links_next(&walk, &link))
        if (cairn_span_is(link.rel, "self") && cairn_uri_is_absolute(link.href))
            return link.href;
    return CAIRN_SPAN_NONE;
}

cairn_hrefs cairn_hrefs_of(cairn_record *record, const cairn_json_index *index, cairn_span links)
{
    cairn_hrefs hrefs = {.record = record, .index = index, .base = record->options->asset_base};
    if (!hrefs.base.p)
        hrefs.base = absolute_self(index, links, record->arena);
    if (!hrefs.base.p)
        hrefs.base = record->options->base;
    return hrefs;
}

/* ---- one href ---- */

static cairn_span with_slashes(cairn_arena *arena, cairn_span href)
{
    cairn_span copy = cairn_arena_copy(arena, href);
    for (size_t i = 0; copy.p && i < copy.n; i++)
        if (copy.p[i] == '\\')
            ((char *)copy.p)[i] = '/';
    return copy;
}

static bool is_drive(cairn_span href)
{
    return href.n >= 3 && href.p[1] == ':' && href.p[2] == '/' && ((href.p[0] | 32) >= 'a' && (href.p[0] | 32) <= 'z');
}

static cairn_span resolve(cairn_arena *arena, cairn_span base, cairn_span href)
{
    if (!is_drive(href))
        return cairn_uri_resolve(arena, base, href);
    cairn_span path = cairn_arena_printf(arena, "/%.*s", CAIRN_SPAN_FMT(href));
    return path.p ? cairn_uri_from_path(arena, path) : CAIRN_SPAN_NONE;
}

static cairn_span quote_json(cairn_arena *arena, cairn_span text)
{
    cairn_buf buf = CAIRN_BUF_INIT(text.n * 6 + 2);
    cairn_span quoted = CAIRN_SPAN_NONE;
    if (text.p && cairn_buf_add_json_string(&buf, text))
        quoted = cairn_arena_copy(arena, cairn_buf_span(&buf));
    cairn_buf_free(&buf);
    return quoted;
}

static cairn_code resolve_into(const cairn_hrefs *hrefs, const char *pointer, cairn_span href, cairn_span *out)
{
    cairn_record *record = hrefs->record;
    char quoted[CAIRN_RECORD_QUOTE];
    if (memchr(href.p, '\\', href.n)) {
        cairn_quote(href, quoted, sizeof quoted);
        cairn_warn(record->warnings, record->arena, pointer, "backslashes in \"%s\" are taken as slashes", quoted);
        href = with_slashes(record->arena, href);
        if (!href.p)
            return cairn_record_full(record);
    }
    if (!hrefs->base.p && !is_drive(href)) {
        cairn_quote(href, quoted, sizeof quoted);
        cairn_warn(record->warnings, record->arena, pointer,
                   "there is nothing to resolve the relative href \"%s\" against: kept as it is", quoted);
        return CAIRN_OK;
    }
    *out = quote_json(record->arena, resolve(record->arena, hrefs->base, href));
    return out->p ? CAIRN_OK : cairn_record_full(record);
}

/* White space around an href is no part of it, or " https://h/x" would be a file's name. */
static cairn_code trimmed_href(const cairn_hrefs *hrefs, const char *pointer, cairn_span href, cairn_span *out)
{
    cairn_record *record = hrefs->record;
    char quoted[CAIRN_RECORD_QUOTE];
    cairn_quote(href, quoted, sizeof quoted);
    cairn_warn(record->warnings, record->arena, pointer, "white space around \"%s\" is left out", quoted);
    if (!cairn_uri_is_absolute(href))
        return resolve_into(hrefs, pointer, href, out);
    *out = quote_json(record->arena, href);
    return out->p ? CAIRN_OK : cairn_record_full(record);
}

/* `*out` becomes the quoted absolute href, or absent when `value` stays as it is. */
static cairn_code absolute_href(const cairn_hrefs *hrefs, const char *pointer, cairn_span value, cairn_span *out)
{
    cairn_record *record = hrefs->record;
    *out = CAIRN_SPAN_NONE;
    if (cairn_json_kind(value) != '"') {
        char quoted[CAIRN_RECORD_QUOTE];
        cairn_warn(record->warnings, record->arena, pointer, "expected a URI, found %s",
                   cairn_record_quote(value, quoted));
        return CAIRN_OK;
    }
    cairn_span written = cairn_json_string(value, record->arena), href = cairn_span_trim(written);
    if (!written.p)
        return cairn_record_full(record);
    if (href.n == 0)
        cairn_warn(record->warnings, record->arena, pointer, "the href is empty");
    if (href.n == 0 || cairn_uri_is_absolute(written))
        return CAIRN_OK;
    return href.n < written.n ? trimmed_href(hrefs, pointer, href, out) : resolve_into(hrefs, pointer, href, out);
}

/* ---- assets ---- */

/* True when there are hrefs in the text and each visibly begins with a scheme, as nearly always: then the asset need
 * not be opened. */
static bool all_absolute(cairn_span text)
{
    static const char key[] = "\"href\"";
    const char *p = text.p, *end = text.p + text.n;
    bool found = false;
    if (memchr(text.p, '\\', text.n))
        return false;
    while ((p = memmem(p, (size_t)(end - p), key, sizeof key - 1)) != NULL) {
        p += sizeof key - 1;
        if (end - p < 3 || p[0] != ':' || p[1] != '"')
            return false;
        const char *scheme = p += 2;
        while (p < end && ((unsigned char)((*p | 32) - 'a') < 26 || (*p >= '0' && *p <= '9')))
            p++;
        if (p - scheme < 2 || end - p < 3 || memcmp(p, "://", 3) != 0)
            return false;
        found = true;
    }
    return found;
}

static cairn_code note_edit(cairn_hrefs *hrefs, cairn_span cut, cairn_span put)
{
    cairn_edit *edit = cairn_arena_calloc(hrefs->record->arena, 1, sizeof *edit);
    if (!edit)
        return cairn_record_full(hrefs->record);
    edit->cut = cut;
    edit->put = put;
    if (hrefs->last)
        hrefs->last->next = edit;
    else
        hrefs->first = edit;
    hrefs->last = edit;
    return CAIRN_OK;
}

static cairn_code edit_href(cairn_hrefs *hrefs, const char *prefix, cairn_span value)
{
    char pointer[CAIRN_ERROR_POINTER_MAX];
    cairn_span put;
    cairn_json_pointer(pointer, prefix, cairn_span_of("href"));
    cairn_code code = absolute_href(hrefs, pointer, value, &put);
    return code == CAIRN_OK && put.p ? note_edit(hrefs, value, put) : code;
}

static cairn_code edit_asset(cairn_hrefs *hrefs, const char *prefix, cairn_json_member asset, bool alternates);

static cairn_code edit_alternates(cairn_hrefs *hrefs, const char *prefix, cairn_span alternate)
{
    char pointer[CAIRN_ERROR_POINTER_MAX];
    cairn_code code = CAIRN_OK;
    cairn_json_member member;
    cairn_json_walk walk = cairn_json_walk_object(alternate);
    cairn_json_pointer(pointer, prefix, cairn_span_of("alternate"));
    while (code == CAIRN_OK && cairn_json_next_member(&walk, &member))
        code = edit_asset(hrefs, pointer, member, false);
    return code;
}

/* Recursion: an asset has alternates, those have none. */
static cairn_code edit_asset(cairn_hrefs *hrefs, const char *prefix, cairn_json_member asset, bool alternates)
{
    char pointer[CAIRN_ERROR_POINTER_MAX];
    cairn_code code = CAIRN_OK;
    cairn_json_member member;
    cairn_json_walk walk = cairn_json_walk_object(asset.value);
    cairn_json_pointer(pointer, prefix, asset.key);
    while (code == CAIRN_OK && cairn_json_next_member(&walk, &member)) {
        if (cairn_json_key_is(member.key, "href"))
            code = edit_href(hrefs, pointer, member.value);
        else if (alternates && cairn_json_key_is(member.key, "alternate"))
            code = edit_alternates(hrefs, pointer, member.value);
    }
    return code;
}

static cairn_code check_asset(cairn_record *record, cairn_json_member asset)
{
    char pointer[CAIRN_ERROR_POINTER_MAX], quoted[CAIRN_RECORD_QUOTE];
    if (cairn_json_get(asset.value, "href").p)
        return CAIRN_OK;
    cairn_json_pointer(pointer, "/assets", asset.key);
    return cairn_record_mend(record, pointer, "kept as it is", "expected an object with an href, found %s",
                             cairn_record_quote(asset.value, quoted));
}

cairn_code cairn_hrefs_assets(cairn_hrefs *hrefs, const cairn_members *assets, bool need_href)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; code == CAIRN_OK && i < assets->count; i++) {
        if (all_absolute(assets->at[i].value))
            continue;
        code = edit_asset(hrefs, "/assets", assets->at[i], true);
        if (code == CAIRN_OK && need_href)
            code = check_asset(hrefs->record, assets->at[i]);
    }
    return code;
}

bool cairn_hrefs_write(const cairn_hrefs *hrefs, cairn_span text, cairn_buf *out)
{
    const char *p = text.p, *end = text.p + text.n;
    bool edited = hrefs->first && hrefs->first->cut.p >= p && hrefs->first->cut.p < end;
    for (const cairn_edit *edit = edited ? hrefs->first : NULL; edit; edit = edit->next) {
        cairn_buf_add(out, p, (size_t)(edit->cut.p - p));
        cairn_buf_add_span(out, edit->put);
        p = edit->cut.p + edit->cut.n;
    }
    return cairn_buf_add(out, p, (size_t)(end - p));
}

/* ---- links ---- */

/* The server writes these itself. */
static bool is_own(cairn_span rel)
{
    static const char *const own[] = {"self",  "root",  "parent",   "collection", "item",
                                      "items", "child", "children", "next",       "prev"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (cairn_span_is(rel, own[i]))
            return true;
    return false;
}

static bool write_link(cairn_link link, bool add_rel, cairn_span href, cairn_span put, cairn_buf *out)
{
    const char *p = link.whole.p, *end = p + link.whole.n;
    if (add_rel) {
        cairn_buf_add_text(out, "{\"rel\":");
        cairn_buf_add_json_string(out, link.rel);
        cairn_buf_add_byte(out, ',');
        p++;
    }
    if (put.p) {
        cairn_buf_add(out, p, (size_t)(href.p - p));
        cairn_buf_add_span(out, put);
        p = href.p + href.n;
    }
    cairn_buf_add(out, p, (size_t)(end - p));
    return cairn_buf_add_byte(out, ',');
}

static cairn_code keep_link(cairn_hrefs *hrefs, cairn_link link, size_t place, cairn_buf *out)
{
    char pointer[CAIRN_ERROR_POINTER_MAX], number[24];
    cairn_record *record = hrefs->record;
    cairn_span put, href = cairn_json_get(link.whole, "href");
    snprintf(number, sizeof number, "%zu", place);
    cairn_json_pointer(pointer, "/links", cairn_span_of(number));
    if (!link.rel.p || !link.href.p)
        return cairn_record_mend(record, pointer, "left out", "a link needs rel and href, both strings");
    cairn_code code = absolute_href(hrefs, pointer, href, &put);
    if (code == CAIRN_OK && !write_link(link, !cairn_json_get(link.whole, "rel").p, href, put, out))
        return cairn_record_full(record);
    return code;
}

cairn_code cairn_hrefs_write_links(cairn_hrefs *hrefs, cairn_span links, cairn_buf *out)
{
    cairn_link link;
    cairn_links walk = cairn_links_in(hrefs->index, links, hrefs->record->arena);
    cairn_code code = CAIRN_OK;
    cairn_buf_add_span(out, cairn_open_links);
    for (size_t place = 0; code == CAIRN_OK && cairn_links_next(&walk, &link); place++)
        if (!is_own(link.rel))
            code = keep_link(hrefs, link, place, out);
    return code == CAIRN_OK && out->failed ? cairn_record_full(hrefs->record) : code;
}
