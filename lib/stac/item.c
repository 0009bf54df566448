#include "stac/item.h"

#include "stac/item_rules.h"
#include "stac/ready.h"
#include "stac/ready/needed.h"
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
    const cairn_json_index *index; /* of the view's text, or NULL */
    cairn_members view;   /* of what is served and indexed: the source's members, or those of a rewritten text */
    bool upgraded;        /* to the words of 1.0.0 */
    bool rewritten;       /* by that or by the load-ready form */
    bool adds_collection; /* the source names none */
} reader;

/* ---- the view: upgraded and load-ready ---- */

/* The members of the view. Repeated keys were told when the source was read. */
static cairn_code read_view(reader *r, const cairn_jnode *tree)
{
    cairn_warnings none = {0};
    cairn_read_options lenient = *r->record.options;
    cairn_record quiet = {&lenient, r->record.arena, &none, r->record.error};
    cairn_span text = r->upgraded ? cairn_j_text(tree, r->record.arena) : cairn_j_text_as_is(tree, r->record.arena);
    lenient.strict = false;
    r->rewritten = true;
    if (!text.p)
        return cairn_record_full(&r->record);
    r->index = cairn_json_index_of(text, r->record.arena);
    return cairn_record_members(&quiet, r->index, "", text, &r->view);
}

/* The source without its links, hrefs absolute. */
static cairn_jnode *open_tree(reader *r)
{
    cairn_arena *arena = r->record.arena;
    cairn_span edited;
    if (r->source.hrefs.first)
        return cairn_source_close(&r->source, &edited) == CAIRN_OK ? cairn_j_open(arena, edited) : NULL;
    cairn_jnode *tree = cairn_j_open_in(arena, r->source.index, r->source.text);
    if (tree)
        cairn_j_remove(arena, tree, "links");
    return tree;
}

static cairn_code rewrite(reader *r, cairn_span version)
{
    cairn_arena *arena = r->record.arena;
    bool changed = false;
    cairn_jnode *tree = open_tree(r);
    if (!tree || (r->upgraded && !cairn_upgrade_item(arena, tree, version)))
        return cairn_record_full(&r->record);
    cairn_code code = cairn_ready_item(arena, tree, &changed, r->record.error);
    return code == CAIRN_OK && (changed || r->upgraded) ? read_view(r, tree) : code;
}

static cairn_code read_version(reader *r)
{
    cairn_span version;
    cairn_code code = cairn_source_version(&r->source, &version);
    r->view = r->source.members;
    r->index = r->source.index;
    r->item->stac_version = version.p ? version : cairn_span_of("");
    r->upgraded = cairn_upgrade_is_needed(version);
    return code == CAIRN_OK && (r->upgraded || cairn_ready_is_needed(&r->view)) ? rewrite(r, version) : code;
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
    cairn_code code = cairn_record_members(&r->record, r->index, "/properties", properties, &members);
    return code == CAIRN_OK ? cairn_item_read_times(&r->record, &members, r->item) : code;
}

/* What stands for a geometry that the source lacks was made here: nobody is warned of how it is repaired. */
static cairn_code read_footprint(reader *r, cairn_geos *geos, cairn_span geometry, bool own)
{
    const cairn_read_options *options = r->record.options;
    cairn_geometry_limits limits = {.max_vertices = options->max_vertices};
    cairn_warnings unheard = {0};
    return cairn_footprint_read(geos, geometry, own && options->strict, &limits, r->record.arena, &r->item->footprint,
                                own ? &r->item->warnings : &unheard, r->record.error);
}

static bool is_given(cairn_span value)
{
    return value.p && !cairn_json_is_null(value);
}

static cairn_code check_bbox(reader *r, cairn_span geometry, bool made)
{
    cairn_span bbox = cairn_members_get(&r->source.members, "bbox");
    char quoted[CAIRN_RECORD_QUOTE];
    if (!made)
        return cairn_item_check_bbox(&r->record, bbox, &r->item->footprint);
    if (!geometry.p || !is_given(bbox))
        return CAIRN_OK;
    return cairn_record_mend(&r->record, "/bbox", "a geometry was made",
                             "an item without a geometry has no bbox, found %s", cairn_record_quote(bbox, quoted));
}

static cairn_code read_place(reader *r, cairn_geos *geos)
{
    cairn_span own = cairn_members_get(&r->source.members, "geometry");
    cairn_span geometry = cairn_members_get(&r->view, "geometry");
    bool made = is_given(geometry) && !is_given(own);
    cairn_code code = CAIRN_OK;
    if (!own.p)
        code = cairn_record_mend(&r->record, "/geometry", made ? "made from proj fields or bbox" : "taken as null",
                                 "geometry is missing");
    if (!geometry.p)
        geometry = cairn_span_of("null");
    if (code == CAIRN_OK)
        code = read_footprint(r, geos, geometry, !made);
    return code == CAIRN_OK ? check_bbox(r, own, made) : code;
}

/* ---- what is kept ---- */

/* `*properties`: where and how long the value of the last properties is. */
static void write_view(const reader *r, cairn_buf *out, size_t properties[2])
{
    cairn_buf_reserve(out, r->source.text.n + r->source.text.n / 4);
    cairn_buf_add_byte(out, '{');
    for (size_t i = 0; i < r->view.count; i++) {
        const cairn_json_member *member = &r->view.at[i];
        if (r->adds_collection && cairn_json_key_is(member->key, "collection"))
            continue;
        if (cairn_json_key_is(member->key, "properties")) {
            properties[0] = out->n + (size_t)(member->value.p - member->whole.p);
            properties[1] = member->value.n;
        }
        cairn_buf_add_span(out, member->whole);
        cairn_buf_add_byte(out, ',');
    }
}

static cairn_code write_body(reader *r)
{
    cairn_buf buf = cairn_source_buf(&r->source);
    size_t properties[2] = {0, 0};
    if (r->rewritten)
        write_view(r, &buf, properties);
    else
        cairn_source_write(&r->source, r->adds_collection ? "collection" : NULL, &buf);
    if (r->adds_collection) {
        cairn_buf_add_text(&buf, "\"collection\":");
        cairn_buf_add_json_string(&buf, r->item->collection);
        cairn_buf_add_byte(&buf, ',');
    }
    cairn_buf_add_span(&buf, r->source.links);
    cairn_code code = cairn_record_take(&r->record, &buf, &r->item->body);
    if (code == CAIRN_OK && properties[1])
        r->item->properties = cairn_span_make(r->item->body.p + properties[0], properties[1]);
    return code;
}

static cairn_code write_forms(reader *r)
{
    cairn_code code = write_body(r);
    return code == CAIRN_OK && (r->rewritten || r->adds_collection) ? cairn_source_open(&r->source, &r->item->source)
                                                                    : code;
}

/* The body has the members of the view, and nothing else that counts here, unless hrefs were edited as it was written.
 */
static cairn_code read_traits(const reader *r)
{
    const cairn_record *record = &r->record;
    bool edited = !r->rewritten && r->source.hrefs.first;
    return edited ? cairn_traits_of(r->item->body, record->arena, &r->item->traits, record->error)
                  : cairn_traits_of_members(&r->view, r->index, record->arena, &r->item->traits, record->error);
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
    return code == CAIRN_OK ? read_traits(&r) : code;
}
