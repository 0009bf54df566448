#include "stac/item.h"

#include "stac/item_rules.h"
#include "stac/traits.h"
#include "stac/upgrade.h"

cairn_time cairn_item_sort_time(const cairn_item *item)
{
    return item->has_datetime ? item->datetime : item->range.start;
}

/* One reading of one item. */
typedef struct reader {
    cairn_record record;
    cairn_item *item;
    cairn_source source;
    cairn_members view; /* of what is indexed: the source's members, or those of the upgraded text */
    bool upgraded;
    bool adds_collection; /* the source names none */
} reader;

/* ---- the upgraded view ---- */

/* The members of the view. Repeated keys were told when the source was read. */
static cairn_code read_view(reader *r, cairn_span text)
{
    cairn_warnings none = {0};
    cairn_read_options lenient = *r->record.options;
    cairn_record quiet = {&lenient, r->record.arena, &none, r->record.error};
    lenient.strict = false;
    r->upgraded = true;
    return cairn_record_members(&quiet, "", text, &r->view);
}

static cairn_code upgrade(reader *r, cairn_span version)
{
    cairn_arena *arena = r->record.arena;
    cairn_span source, text = CAIRN_SPAN_NONE;
    cairn_code code = cairn_source_close(&r->source, &source);
    if (code != CAIRN_OK)
        return code;
    cairn_jnode *tree = cairn_j_open(arena, source);
    if (tree && cairn_upgrade_item(arena, tree, version))
        text = cairn_j_text(tree, arena);
    return text.p ? read_view(r, text) : cairn_record_full(&r->record);
}

static cairn_code read_version(reader *r)
{
    cairn_span version;
    cairn_code code = cairn_source_version(&r->source, &version);
    r->view = r->source.members;
    r->item->stac_version = version.p ? version : cairn_span_of("");
    return code == CAIRN_OK && cairn_upgrade_is_needed(version) ? upgrade(r, version) : code;
}

/* ---- members ---- */

static cairn_code read_type(reader *r)
{
    cairn_span type = cairn_members_get(&r->source.members, "type");
    char quoted[CAIRN_RECORD_QUOTE];
    if (cairn_json_string_is(type, "Feature"))
        return CAIRN_OK;
    return cairn_record_refuse(&r->record, "/type", "an item has the type \"Feature\", found %s",
                               cairn_record_quote(type, quoted));
}

static cairn_code read_id(reader *r)
{
    return cairn_record_id(&r->record, "/id", "id", cairn_members_get(&r->source.members, "id"), &r->item->id);
}

static cairn_code read_collection(reader *r)
{
    cairn_span value = cairn_members_get(&r->view, "collection");
    if (value.p && !cairn_json_is_null(value) && !cairn_json_string_is(value, ""))
        return cairn_record_id(&r->record, "/collection", "collection", value, &r->item->collection);
    r->adds_collection = true;
    r->item->collection = r->record.options->collection;
    if (r->item->collection.n)
        return CAIRN_OK;
    return cairn_record_refuse(&r->record, "/collection",
                               "the item names no collection, and where it was found there is none to take");
}

static cairn_code read_links(reader *r)
{
    return cairn_source_links(&r->source, r->upgraded);
}

static cairn_code read_assets(reader *r)
{
    cairn_span assets = cairn_members_get(&r->source.members, "assets");
    char quoted[CAIRN_RECORD_QUOTE];
    if (cairn_json_kind(assets) == '{')
        return cairn_source_assets(&r->source, true);
    cairn_record_quote(assets, quoted);
    if (assets.p && !cairn_json_is_null(assets))
        return cairn_record_refuse(&r->record, "/assets", "expected an object of assets, found %s", quoted);
    return cairn_record_mend(&r->record, "/assets", "taken as none", "expected an object of assets, found %s",
                             assets.p ? quoted : "nothing");
}

static cairn_code read_properties(reader *r)
{
    cairn_span properties = cairn_members_get(&r->view, "properties");
    char quoted[CAIRN_RECORD_QUOTE];
    cairn_members members;
    if (cairn_json_kind(properties) != '{')
        return cairn_record_refuse(&r->record, "/properties", "expected an object of properties, found %s",
                                   cairn_record_quote(properties, quoted));
    cairn_code code = cairn_record_members(&r->record, "/properties", properties, &members);
    return code == CAIRN_OK ? cairn_item_read_times(&r->record, &members, r->item) : code;
}

static cairn_code read_place(reader *r, cairn_geos *geos)
{
    const cairn_read_options *options = r->record.options;
    cairn_span geometry = cairn_members_get(&r->view, "geometry");
    cairn_geometry_limits limits = {.max_vertices = options->max_vertices};
    cairn_code code = CAIRN_OK;
    if (!geometry.p) {
        code = cairn_record_mend(&r->record, "/geometry", "taken as null", "geometry is missing");
        geometry = cairn_span_of("null");
    }
    if (code == CAIRN_OK)
        code = cairn_footprint_read(geos, geometry, options->strict, &limits, r->record.arena, &r->item->footprint,
                                    &r->item->warnings, r->record.error);
    if (code != CAIRN_OK)
        return code;
    return cairn_item_check_bbox(&r->record, cairn_members_get(&r->view, "bbox"), &r->item->footprint);
}

/* ---- what is kept ---- */

static void write_view(const reader *r, cairn_buf *out)
{
    cairn_buf_add_byte(out, '{');
    for (size_t i = 0; i < r->view.count; i++) {
        if (r->adds_collection && cairn_json_key_is(r->view.at[i].key, "collection"))
            continue;
        cairn_buf_add_span(out, r->view.at[i].whole);
        cairn_buf_add_byte(out, ',');
    }
}

static cairn_code write_body(reader *r)
{
    cairn_buf buf = cairn_source_buf(&r->source);
    if (r->upgraded)
        write_view(r, &buf);
    else
        cairn_source_write(&r->source, r->adds_collection ? "collection" : NULL, &buf);
    if (r->adds_collection) {
        cairn_buf_add_text(&buf, "\"collection\":");
        cairn_buf_add_json_string(&buf, r->item->collection);
        cairn_buf_add_byte(&buf, ',');
    }
    cairn_buf_add_span(&buf, r->source.links);
    return cairn_record_take(&r->record, &buf, &r->item->body);
}

static cairn_code write_forms(reader *r)
{
    cairn_code code = write_body(r);
    return code == CAIRN_OK && (r->upgraded || r->adds_collection) ? cairn_source_open(&r->source, &r->item->source)
                                                                   : code;
}

cairn_code cairn_item_read(cairn_geos *geos, cairn_span json, const cairn_read_options *options, cairn_arena *arena,
                           cairn_item *out, cairn_error *error)
{
    static cairn_code (*const steps[])(reader *) = {read_type,       read_id,    read_assets,    read_version,
                                                    read_collection, read_links, read_properties};
    *out = (cairn_item){0};
    reader r = {.record = {options, arena, &out->warnings, error}, .item = out};
    cairn_code code = cairn_source_read(&r.record, json, &r.source);
    for (size_t i = 0; code == CAIRN_OK && i < sizeof steps / sizeof steps[0]; i++)
        code = steps[i](&r);
    if (code == CAIRN_OK)
        code = read_place(&r, geos);
    if (code == CAIRN_OK)
        code = write_forms(&r);
    return code == CAIRN_OK ? cairn_traits_of(out->body, arena, &out->traits, error) : code;
}
