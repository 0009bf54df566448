#include "indexer/work.h"

#include "base/patch.h"
#include "store/properties.h"

#include <stdlib.h>

struct cairn_tools {
    cairn_work_options options;
    cairn_geos *geos;
    cairn_codec *codec;
    cairn_arena *scratch; /* what a packed item needs only until it is packed: always the same memory, in the cache */
    cairn_buf patch, packed;
};

static const size_t buffer_max = (size_t)1 << 30, default_room = (size_t)1 << 30;

cairn_tools *cairn_tools_new(const cairn_work_options *options)
{
    cairn_tools *tools = calloc(1, sizeof *tools);
    if (!tools)
        return NULL;
    tools->options = *options;
    tools->geos = cairn_geos_new();
    tools->codec = cairn_codec_new(options->level);
    tools->scratch = cairn_arena_new(options->room ? options->room : default_room);
    tools->patch = (cairn_buf)CAIRN_BUF_INIT(buffer_max);
    tools->packed = (cairn_buf)CAIRN_BUF_INIT(buffer_max);
    if (tools->geos && tools->codec && tools->scratch)
        return tools;
    cairn_tools_free(tools);
    return NULL;
}

void cairn_tools_free(cairn_tools *tools)
{
    if (!tools)
        return;
    cairn_arena_free(tools->scratch); /* may hold what GEOS made */
    cairn_geos_free(tools->geos);
    cairn_codec_free(tools->codec);
    cairn_buf_free(&tools->patch);
    cairn_buf_free(&tools->packed);
    free(tools);
}

static void refuse(cairn_outcome *outcome, cairn_arena *arena, const cairn_error *error)
{
    static const cairn_error no_room = {CAIRN_NOMEM, -1, 0,
                                        "",          "", "the record needs more memory than there is for it"};
    cairn_error *copy = cairn_arena_alloc(arena, sizeof *copy);
    if (copy)
        *copy = *error;
    outcome->verdict = CAIRN_VERDICT_REFUSED;
    outcome->error = copy ? copy : &no_room;
}

static void refuse_text(cairn_outcome *outcome, cairn_arena *arena, const char *message)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_error_set(&error, CAIRN_INVALID, "%s", message);
    refuse(outcome, arena, &error);
}

/* ---- items ---- */

static cairn_span keep(cairn_arena *arena, cairn_span span, bool *ok)
{
    cairn_span kept = span.p ? cairn_arena_copy(arena, span) : CAIRN_SPAN_NONE;
    *ok = *ok && (kept.p || !span.p);
    return kept;
}

static void keep_warnings(cairn_arena *arena, cairn_warnings *warnings, bool *ok)
{
    const cairn_warning *from = warnings->first;
    warnings->first = warnings->last = NULL;
    for (; from && *ok; from = from->next) {
        cairn_warning *kept = cairn_arena_alloc(arena, sizeof *kept);
        *ok = kept != NULL;
        if (!kept)
            return;
        *kept = (cairn_warning){keep(arena, from->pointer, ok), keep(arena, from->message, ok), NULL};
        if (warnings->last)
            warnings->last->next = kept;
        else
            warnings->first = kept;
        warnings->last = kept;
    }
}

/* The properties' bytes are a part of the body's, and stay so. */
static bool pack_body(cairn_tools *tools, cairn_arena *arena, cairn_outcome *outcome)
{
    size_t at;
    bool ok = true;
    const cairn_item *item = &outcome->item;
    cairn_span properties = item->properties.p ? item->properties : cairn_properties_of(item->body);
    cairn_buf_reset(&tools->packed);
    if (!cairn_properties_pack(tools->codec, outcome->item.body, properties, &tools->packed, &outcome->body,
                               &outcome->properties))
        return false;
    bool within = cairn_properties_within(&outcome->body, &outcome->properties, &at);
    outcome->body.bytes = keep(arena, outcome->body.bytes, &ok);
    if (within && ok)
        outcome->properties.bytes.p = outcome->body.bytes.p + at;
    else
        outcome->properties.bytes = keep(arena, outcome->properties.bytes, &ok);
    outcome->properties_text = keep(arena, properties, &ok);
    return ok;
}

static bool pack_source(cairn_tools *tools, cairn_arena *arena, cairn_outcome *outcome)
{
    const cairn_item *item = &outcome->item;
    cairn_span source = outcome->words.p ? outcome->words : item->source;
    bool ok = true;
    if (!source.p || cairn_span_equal(source, item->body))
        return true;
    cairn_buf_reset(&tools->patch);
    cairn_buf_reset(&tools->packed);
    if (!cairn_patch_make(item->body, source, &tools->patch) ||
        !cairn_pack(tools->codec, cairn_buf_span(&tools->patch), &tools->packed, &outcome->source))
        return false;
    outcome->source.bytes = keep(arena, outcome->source.bytes, &ok);
    return ok;
}

/* Packs what was read in the scratch, of which nothing is left in the outcome then. */
static cairn_code pack_item(cairn_tools *tools, cairn_arena *arena, cairn_outcome *outcome, cairn_error *error)
{
    cairn_item *item = &outcome->item;
    bool ok = pack_body(tools, arena, outcome) && pack_source(tools, arena, outcome);
    item->body = item->properties = item->source = CAIRN_SPAN_NONE;
    item->id = keep(arena, item->id, &ok);
    item->collection = keep(arena, item->collection, &ok);
    item->stac_version = keep(arena, item->stac_version, &ok);
    item->footprint.wkb = keep(arena, item->footprint.wkb, &ok);
    keep_warnings(arena, &item->warnings, &ok);
    return ok ? CAIRN_OK : cairn_error_set(error, CAIRN_NOMEM, "the item needs more memory than there is for it");
}

static cairn_code read_item(cairn_tools *tools, cairn_arena *arena, const cairn_read_options *options,
                            cairn_outcome *outcome, cairn_error *error)
{
    if (!tools->options.pack)
        return cairn_item_read(tools->geos, outcome->text, options, arena, &outcome->item, error);
    cairn_code code = cairn_item_read(tools->geos, outcome->text, options, tools->scratch, &outcome->item, error);
    if (code == CAIRN_OK)
        code = pack_item(tools, arena, outcome, error);
    return code;
}

/* ---- other records ---- */

static const char *found_name(cairn_span text)
{
    switch (cairn_json_kind(text)) {
    case '[':
        return "expected a JSON object, found an array: 'jq -c .[]' makes lines of its elements";
    case '{':
        return "not STAC: expected an item (\"type\":\"Feature\" with stac_version, assets or links), a collection or "
               "a "
               "catalog";
    default:
        return "expected a JSON object";
    }
}

static cairn_code read_other(cairn_arena *arena, cairn_outcome *outcome)
{
    if (outcome->origin->any_json)
        outcome->verdict = CAIRN_VERDICT_IGNORED;
    else
        refuse_text(outcome, arena, found_name(outcome->text));
    return CAIRN_OK;
}

static cairn_code read_kind(cairn_tools *tools, cairn_arena *arena, bool compact, cairn_outcome *outcome,
                            cairn_error *error)
{
    const cairn_origin *origin = outcome->origin;
    cairn_read_options options = {.strict = tools->options.strict,
                                  .base = origin->base,
                                  .asset_base = origin->asset_base,
                                  .collection = origin->collection,
                                  .compact = compact,
                                  .index = cairn_json_index_of(outcome->text, tools->scratch)};
    outcome->kind = cairn_document_kind_in(options.index, outcome->text);
    switch (outcome->kind) {
    case CAIRN_KIND_ITEM:
        return read_item(tools, arena, &options, outcome, error);
    case CAIRN_KIND_COLLECTION:
        return cairn_collection_read(outcome->text, &options, arena, &outcome->collection, error);
    case CAIRN_KIND_CATALOG:
        return cairn_catalog_read(outcome->text, arena, &outcome->catalog, error);
    case CAIRN_KIND_FEATURE_COLLECTION:
        return cairn_error_set(error, CAIRN_INVALID,
                               "a FeatureCollection among other records: 'jq -c .features[]' makes lines of its items");
    case CAIRN_KIND_OTHER:
        break;
    }
    return read_other(arena, outcome);
}

void cairn_work_on(cairn_tools *tools, cairn_arena *arena, cairn_outcome *outcome)
{
    if (outcome->fault) {
        refuse_text(outcome, arena, outcome->fault);
        return;
    }
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_json_facts facts = {.has_space = true};
    cairn_code code = CAIRN_OK;
    if (!outcome->is_checked)
        code = cairn_json_check(outcome->text, CAIRN_JSON_MAX_DEPTH, &facts, &error);
    outcome->is_json = code == CAIRN_OK;
    if (code == CAIRN_OK)
        code = read_kind(tools, arena, !facts.has_space, outcome, &error);
    cairn_arena_reset(tools->scratch);
    if (code != CAIRN_OK)
        refuse(outcome, arena, &error);
}

uint64_t cairn_outcome_line(const cairn_outcome *outcome)
{
    int inside = outcome->error ? outcome->error->line : 0;
    return outcome->line + (inside > 1 ? (uint64_t)inside - 1 : 0);
}
