#include "stac/collection.h"

#include "stac/record.h"
#include "stac/upgrade.h"

#include <stdio.h>

static const char UNKNOWN_EXTENT[] =
    "{\"spatial\":{\"bbox\":[[-180,-90,180,90]]},\"temporal\":{\"interval\":[[null,null]]}}";

/* One reading of one collection. */
typedef struct reader {
    cairn_record record;
    cairn_collection *collection;
    cairn_source source;
    cairn_span version; /* absent when missing */
    bool changed;       /* the body is not the source */
} reader;

static cairn_code read_type(reader *r)
{
    cairn_span type = cairn_members_get(&r->source.members, "type");
    char quoted[CAIRN_RECORD_QUOTE];
    if (!type.p || cairn_json_string_is(type, "Collection"))
        return CAIRN_OK;
    return cairn_record_refuse(&r->record, "/type", "a collection has the type \"Collection\", found %s",
                               cairn_record_quote(type, quoted));
}

static cairn_code read_id(reader *r)
{
    return cairn_record_id(&r->record, "/id", "id", cairn_members_get(&r->source.members, "id"), &r->collection->id);
}

static cairn_code read_version(reader *r)
{
    cairn_code code = cairn_source_version(&r->source, &r->version);
    r->changed = cairn_upgrade_is_needed(r->version);
    return code;
}

static cairn_code read_links(reader *r)
{
    return cairn_source_links(&r->source, r->changed);
}

static cairn_code read_assets(reader *r)
{
    return cairn_source_assets(&r->source, false); /* up to 0.9 they may be templates for items */
}

/* ---- the view ---- */

/* The member must be there and of that kind ('"' or '{'), otherwise `value` is written in. */
static cairn_code need_member(reader *r, cairn_jnode *tree, const char *name, char kind, cairn_span value)
{
    char pointer[CAIRN_ERROR_POINTER_MAX], done[CAIRN_RECORD_QUOTE];
    cairn_jnode *node = cairn_j_get(r->record.arena, tree, name);
    bool given = node && (node->kind == CAIRN_J_RAW ? cairn_json_kind(node->raw) == kind && node->raw.n > 2
                                                    : node->kind == CAIRN_J_OBJECT && kind == '{');
    if (given)
        return CAIRN_OK;
    r->changed = true;
    if (!value.p || !cairn_j_set(r->record.arena, tree, name, value))
        return cairn_record_full(&r->record);
    cairn_json_pointer(pointer, "", cairn_span_of(name));
    snprintf(done, sizeof done, "%.*s is written in", value.n < 64 ? (int)value.n : 0, value.p);
    return cairn_record_mend(&r->record, pointer, value.n < 64 ? done : "a default is written in",
                             "%s is missing or %s", name, kind == '{' ? "no object" : "no text");
}

static cairn_span default_description(reader *r)
{
    cairn_buf buf = CAIRN_BUF_INIT((size_t)1 << 20);
    cairn_span name = r->collection->title.n ? r->collection->title : r->collection->id;
    cairn_span out = CAIRN_SPAN_NONE;
    if (cairn_buf_add_json_string(&buf, name))
        out = cairn_arena_copy(r->record.arena, cairn_buf_span(&buf));
    cairn_buf_free(&buf);
    return out;
}

static cairn_code need_members(reader *r, cairn_jnode *tree)
{
    cairn_code code = need_member(r, tree, "type", '"', cairn_span_of("\"Collection\""));
    if (code == CAIRN_OK)
        code = need_member(r, tree, "description", '"', default_description(r));
    if (code == CAIRN_OK)
        code = need_member(r, tree, "license", '"', cairn_span_of("\"other\""));
    if (code == CAIRN_OK)
        code = need_member(r, tree, "extent", '{', cairn_span_of(UNKNOWN_EXTENT));
    return code;
}

static cairn_code view_tree(reader *r, cairn_jnode **out)
{
    cairn_arena *arena = r->record.arena;
    cairn_span text;
    cairn_code code = cairn_source_close(&r->source, &text);
    if (code != CAIRN_OK)
        return code;
    *out = cairn_j_open(arena, text);
    if (!*out || (r->changed && !cairn_upgrade_collection(arena, *out, r->version)))
        return cairn_record_full(&r->record);
    return need_members(r, *out);
}

static cairn_span string_member(cairn_arena *arena, cairn_jnode *object, const char *name)
{
    cairn_jnode *node = cairn_j_get(arena, object, name);
    return node && node->kind == CAIRN_J_RAW ? cairn_json_string(node->raw, arena) : CAIRN_SPAN_NONE;
}

/* A printed object without its last brace and with the links behind. */
static cairn_code write_body(reader *r, cairn_jnode *tree)
{
    cairn_buf buf = cairn_source_buf(&r->source);
    cairn_j_print(tree, &buf);
    if (buf.n)
        buf.p[buf.n - 1] = ',';
    cairn_buf_add_span(&buf, r->source.links);
    return cairn_record_take(&r->record, &buf, &r->collection->body);
}

static cairn_code write_forms(reader *r)
{
    cairn_jnode *tree = NULL;
    cairn_span title = cairn_members_get(&r->source.members, "title");
    r->collection->title = cairn_json_string(title, r->record.arena);
    cairn_code code = view_tree(r, &tree);
    if (code == CAIRN_OK)
        code = write_body(r, tree);
    if (code != CAIRN_OK)
        return code;
    r->collection->description = string_member(r->record.arena, tree, "description");
    return r->changed ? cairn_source_open(&r->source, &r->collection->source) : CAIRN_OK;
}

cairn_code cairn_collection_read(cairn_span json, const cairn_read_options *options, cairn_arena *arena,
                                 cairn_collection *out, cairn_error *error)
{
    static cairn_code (*const steps[])(reader *) = {read_type,   read_id,    read_version,
                                                    read_assets, read_links, write_forms};
    *out = (cairn_collection){0};
    reader r = {.record = {options, arena, &out->warnings, error}, .collection = out};
    cairn_code code = cairn_source_read(&r.record, json, &r.source);
    for (size_t i = 0; code == CAIRN_OK && i < sizeof steps / sizeof steps[0]; i++)
        code = steps[i](&r);
    return code;
}

/* ---- catalogs ---- */

cairn_code cairn_catalog_read(cairn_span json, cairn_arena *arena, cairn_catalog *out, cairn_error *error)
{
    static const cairn_read_options LENIENT = {0};
    cairn_warnings warnings = {0};
    cairn_record record = {&LENIENT, arena, &warnings, error};
    char quoted[CAIRN_RECORD_QUOTE];
    *out = (cairn_catalog){0};
    if (cairn_json_kind(json) != '{')
        return cairn_record_refuse(&record, "", "expected a JSON object, found %s", cairn_record_quote(json, quoted));
    out->title = cairn_json_string(cairn_json_get(json, "title"), arena);
    out->description = cairn_json_string(cairn_json_get(json, "description"), arena);
    return cairn_record_id(&record, "/id", "id", cairn_json_get(json, "id"), &out->id);
}
