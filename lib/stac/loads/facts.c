#include "stac/loads/facts.h"

#include "base/json.h"

typedef struct slot {
    cairn_span name;
    size_t at; /* offsetof() the span */
} slot;

static const slot proj_slots[] = {
    {CAIRN_SPAN_LIT("proj:epsg"), offsetof(cairn_loads_proj, epsg)},
    {CAIRN_SPAN_LIT("proj:code"), offsetof(cairn_loads_proj, code)},
    {CAIRN_SPAN_LIT("proj:wkt2"), offsetof(cairn_loads_proj, wkt2)},
    {CAIRN_SPAN_LIT("proj:projjson"), offsetof(cairn_loads_proj, projjson)},
    {CAIRN_SPAN_LIT("proj:bbox"), offsetof(cairn_loads_proj, bbox.text)},
    {CAIRN_SPAN_LIT("proj:shape"), offsetof(cairn_loads_proj, shape.text)},
    {CAIRN_SPAN_LIT("proj:transform"), offsetof(cairn_loads_proj, transform.text)},
    {{NULL, 0}, 0},
};

static const slot item_slots[] = {
    {CAIRN_SPAN_LIT("stac_version"), offsetof(cairn_loads_facts, stac_version)},
    {CAIRN_SPAN_LIT("stac_extensions"), offsetof(cairn_loads_facts, stac_extensions)},
    {CAIRN_SPAN_LIT("bbox"), offsetof(cairn_loads_facts, bbox.text)},
    {CAIRN_SPAN_LIT("assets"), offsetof(cairn_loads_facts, assets_text)},
    {CAIRN_SPAN_LIT("properties"), offsetof(cairn_loads_facts, properties)},
    {{NULL, 0}, 0},
};

static const slot property_slots[] = {
    {CAIRN_SPAN_LIT("datetime"), offsetof(cairn_loads_facts, datetime)},
    {CAIRN_SPAN_LIT("start_datetime"), offsetof(cairn_loads_facts, start)},
    {CAIRN_SPAN_LIT("end_datetime"), offsetof(cairn_loads_facts, end)},
    {CAIRN_SPAN_LIT("data_type"), offsetof(cairn_loads_facts, data_type)},
    {CAIRN_SPAN_LIT("nodata"), offsetof(cairn_loads_facts, nodata)},
    {CAIRN_SPAN_LIT("eo:bands"), offsetof(cairn_loads_facts, eo_bands)},
    {{NULL, 0}, 0},
};

static const slot asset_slots[] = {
    {CAIRN_SPAN_LIT("href"), offsetof(cairn_loads_asset, href)},
    {CAIRN_SPAN_LIT("type"), offsetof(cairn_loads_asset, type)},
    {CAIRN_SPAN_LIT("roles"), offsetof(cairn_loads_asset, roles)},
    {CAIRN_SPAN_LIT("data_type"), offsetof(cairn_loads_asset, data_type)},
    {CAIRN_SPAN_LIT("nodata"), offsetof(cairn_loads_asset, nodata)},
    {CAIRN_SPAN_LIT("bands"), offsetof(cairn_loads_asset, bands)},
    {CAIRN_SPAN_LIT("eo:bands"), offsetof(cairn_loads_asset, eo_bands)},
    {CAIRN_SPAN_LIT("raster:bands"), offsetof(cairn_loads_asset, raster_bands)},
    {CAIRN_SPAN_LIT("xarray:open_kwargs"), offsetof(cairn_loads_asset, open_kwargs)},
    {CAIRN_SPAN_LIT("alternate"), offsetof(cairn_loads_asset, alternate)},
    {{NULL, 0}, 0},
};

/* Puts a member's value where the table says; the last one wins when keys repeat, as in Python: then `*repeats`. */
static bool keep(const slot *slots, void *into, const cairn_json_member *member, bool *repeats)
{
    bool escaped = memchr(member->key.p, '\\', member->key.n) != NULL;
    for (; slots->name.p; slots++) {
        if (escaped ? cairn_json_key_is(member->key, slots->name.p) : cairn_span_equal(member->key, slots->name)) {
            cairn_span *value = (cairn_span *)(void *)((char *)into + slots->at);
            *repeats = *repeats || value->p;
            *value = member->value;
            return true;
        }
    }
    return false;
}

/* A list that is written as another one was says the same. */
static void read_list(cairn_loads_list *list, const cairn_loads_list *known)
{
    if (known && list->text.n && cairn_span_equal(list->text, known->text)) {
        list->n = known->n;
        memcpy(list->at, known->at, sizeof list->at);
    } else {
        cairn_loads_read_list(list);
    }
}

/* `known`: the fields of the asset before, which are mostly the same, or NULL. */
static void read_lists(cairn_loads_proj *proj, const cairn_loads_proj *known)
{
    read_list(&proj->bbox, known ? &known->bbox : NULL);
    read_list(&proj->shape, known ? &known->shape : NULL);
    read_list(&proj->transform, known ? &known->transform : NULL);
}

static void gather_properties(cairn_loads_facts *facts)
{
    cairn_json_walk walk = cairn_json_walk_object_in(facts->index, facts->properties);
    cairn_json_member member;
    while (cairn_json_next_member(&walk, &member)) {
        if (!keep(property_slots, facts, &member, &facts->repeats))
            keep(proj_slots, &facts->proj, &member, &facts->repeats);
        facts->ragged = facts->ragged || cairn_loads_is_ragged(member.value);
    }
    read_lists(&facts->proj, NULL);
}

static unsigned role_of(cairn_span role)
{
    static const struct {
        const char *name;
        unsigned bit;
    } roles[] = {{"data", CAIRN_ROLE_DATA},           {"metadata", CAIRN_ROLE_METADATA},
                 {"thumbnail", CAIRN_ROLE_THUMBNAIL}, {"overview", CAIRN_ROLE_OVERVIEW},
                 {"info", CAIRN_ROLE_INFO},           {"index", CAIRN_ROLE_INDEX},
                 {"references", CAIRN_ROLE_INDEX}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (cairn_json_string_is(role, roles[i].name))
            return roles[i].bit;
    return 0;
}

/* Members that stackstac leaves out of its coordinates. */
static bool is_no_coordinate(cairn_span key)
{
    return cairn_span_is(key, "href") || cairn_span_is(key, "type") || cairn_span_is(key, "roles") ||
           cairn_span_is(key, "eo:bands");
}

static bool gather_asset(cairn_loads_facts *facts, cairn_span value, cairn_loads_asset *asset)
{
    cairn_arena *arena = facts->arena;
    cairn_json_walk walk = cairn_json_walk_object_in(facts->index, value);
    cairn_json_member member;
    cairn_span role;
    while (cairn_json_next_member(&walk, &member)) {
        if (!keep(asset_slots, asset, &member, &facts->repeats))
            keep(proj_slots, &asset->proj, &member, &facts->repeats);
        if (!asset->ragged && !is_no_coordinate(member.key))
            asset->ragged = cairn_loads_is_ragged(member.value);
    }
    for (walk = cairn_json_walk_array(asset->roles); cairn_json_next_element(&walk, &role);)
        asset->role_set |= role_of(role);
    asset->media_type = cairn_json_string(asset->type, arena);
    asset->address = cairn_json_string(asset->href, arena);
    asset->media = cairn_media_of(asset->media_type, asset->address);
    asset->ways = cairn_ways_to(asset->address);
    read_lists(&asset->proj, asset > facts->assets ? &asset[-1].proj : &facts->proj);
    return (asset->media_type.p || cairn_json_kind(asset->type) != '"') &&
           (asset->address.p || cairn_json_kind(asset->href) != '"');
}

enum { ASSETS_COMPARED = 64, FIRST_ROOM = 16 };

/* Makes room for one more. */
static bool grow(cairn_loads_facts *facts)
{
    if (facts->n_assets < facts->room)
        return true;
    size_t room = facts->room ? 2 * facts->room : FIRST_ROOM;
    cairn_loads_asset *more = cairn_arena_alloc(facts->arena, room * sizeof *more);
    if (!more)
        return false;
    if (facts->n_assets)
        memcpy(more, facts->assets, facts->n_assets * sizeof *more);
    facts->assets = more;
    facts->room = room;
    return true;
}

/* A key that comes again takes the place of the first one. Among many assets it isn't looked for, which would be
 * quadratic. */
static cairn_loads_asset *asset_of(cairn_loads_facts *facts, cairn_span key)
{
    for (size_t i = 0; facts->n_assets <= ASSETS_COMPARED && i < facts->n_assets; i++)
        if (cairn_span_equal(facts->assets[i].key, key)) {
            facts->repeats = true;
            return &facts->assets[i];
        }
    return grow(facts) ? &facts->assets[facts->n_assets++] : NULL;
}

static bool gather_assets(cairn_loads_facts *facts)
{
    cairn_json_walk walk = cairn_json_walk_object_in(facts->index, facts->assets_text);
    cairn_json_member member;
    while (facts->n_assets < CAIRN_LOADS_MOST_ASSETS && cairn_json_next_member(&walk, &member)) {
        cairn_loads_asset *asset = asset_of(facts, member.key);
        if (!asset)
            return false;
        *asset = (cairn_loads_asset){.key = member.key};
        if (!gather_asset(facts, member.value, asset))
            return false;
    }
    return true;
}

static bool names_extension(cairn_span uri, const char *folder, const char *short_name)
{
    static const char site[] = "\"https://stac-extensions.github.io/";
    cairn_span rest = {uri.p + sizeof site - 1, uri.n - (sizeof site - 1)};
    if (cairn_span_starts(uri, site) && cairn_span_starts(rest, folder))
        return true;
    return cairn_json_string_is(uri, short_name);
}

static void gather_extensions(cairn_loads_facts *facts)
{
    cairn_json_walk walk = cairn_json_walk_array(facts->stac_extensions);
    cairn_span uri;
    while (cairn_json_next_element(&walk, &uri)) {
        facts->declares_proj = facts->declares_proj || names_extension(uri, "projection/", "proj");
        facts->declares_projection =
            facts->declares_projection || facts->declares_proj || cairn_json_string_is(uri, "projection");
        facts->declares_eo = facts->declares_eo || names_extension(uri, "eo/", "eo");
    }
}

/* With the item's members in place. */
static bool gather_parts(cairn_loads_facts *facts)
{
    facts->asked = cairn_arena_calloc(facts->arena, 1, sizeof *facts->asked);
    if (!facts->asked)
        return false;
    cairn_loads_read_list(&facts->bbox);
    gather_extensions(facts);
    gather_properties(facts);
    return gather_assets(facts);
}

bool cairn_loads_gather(cairn_span item, bool brief, cairn_arena *arena, cairn_loads_facts *out)
{
    cairn_json_walk walk = cairn_json_walk_object(item);
    cairn_json_member member;
    *out = (cairn_loads_facts){.arena = arena, .brief = brief};
    while (cairn_json_next_member(&walk, &member)) /* the open form has no end: its walk ends with the text */
        keep(item_slots, out, &member, &out->repeats);
    return gather_parts(out);
}

bool cairn_loads_gather_members(const cairn_members *item, const cairn_json_index *index, cairn_arena *arena,
                                cairn_loads_facts *out)
{
    *out = (cairn_loads_facts){.arena = arena, .index = index, .brief = true};
    for (size_t i = 0; i < item->count; i++)
        keep(item_slots, out, &item->at[i], &out->repeats);
    return gather_parts(out);
}
