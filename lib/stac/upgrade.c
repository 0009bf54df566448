#include "stac/upgrade.h"

#include "stac/upgrade_rules.h"

/* Lists that no honest document has are not searched to their ends: that would take the square of their length. */
enum { MANY = 1000 };

/* One upgrade of one document. */
typedef struct upgrade {
    cairn_arena *arena;
    long version;
    cairn_span *extensions; /* of the view, decoded */
    size_t count, room;
    bool failed;
} upgrade;

/* The item's eo:bands, to be taken by their places. */
typedef struct bands {
    cairn_span *at; /* NULL when there is no array of them */
    size_t count;
} bands;

/* ---- versions ---- */

static bool take_number(cairn_span *text, long *out)
{
    long value = 0;
    size_t n = 0;
    for (; n < text->n && n < 4 && text->p[n] >= '0' && text->p[n] <= '9'; n++)
        value = value * 10 + (text->p[n] - '0');
    *out = value;
    if (n == 0)
        return false;
    text->p += n;
    text->n -= n;
    return true;
}

static void take_dot(cairn_span *text)
{
    if (text->n && *text->p == '.') {
        text->p++;
        text->n--;
    }
}

/* "-beta.2", "-rc1": a place among the versions with the same three numbers. */
static long prerelease_rank(cairn_span text)
{
    static const char *const stages[] = {"-alpha", "-beta", "-rc"};
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        size_t n = strlen(stages[i]);
        if (!cairn_span_starts(text, stages[i]))
            continue;
        cairn_span rest = {text.p + n, text.n - n};
        long number;
        take_dot(&rest);
        take_number(&rest, &number);
        return (long)i * 10 + (number < 10 ? number : 9);
    }
    return CAIRN_RELEASED;
}

/* As CAIRN_VERSION; -1 when it is no version. */
static long parse_version(cairn_span text)
{
    long major, minor = 0, patch = 0;
    if (text.n && (*text.p | 32) == 'v')
        text = (cairn_span){text.p + 1, text.n - 1};
    if (!take_number(&text, &major))
        return -1;
    take_dot(&text);
    if (take_number(&text, &minor))
        take_dot(&text);
    take_number(&text, &patch);
    if (major > 99 || minor > 99 || patch > 99)
        return -1;
    return CAIRN_VERSION(major, minor, patch, prerelease_rank(text));
}

bool cairn_upgrade_is_needed(cairn_span stac_version)
{
    long version = parse_version(stac_version);
    return !stac_version.p || (version >= 0 && version < CAIRN_VERSION(1, 0, 0, CAIRN_RELEASED));
}

/* ---- extensions ---- */

static void list_extension(upgrade *u, cairn_span uri)
{
    for (size_t i = 0; i < u->count && i < MANY; i++)
        if (cairn_span_equal(u->extensions[i], uri))
            return;
    if (u->count == u->room) {
        size_t room = u->room * 2 + 16;
        cairn_span *grown = cairn_arena_calloc(u->arena, room, sizeof *grown);
        if (!grown) {
            u->failed = true;
            return;
        }
        if (u->count)
            memcpy(grown, u->extensions, u->count * sizeof *grown);
        u->extensions = grown;
        u->room = room;
    }
    u->extensions[u->count++] = uri;
}

/* Unless one of its versions is listed already. */
static void need_extension(upgrade *u, const cairn_extension_rule *extension)
{
    size_t stem = (size_t)(strstr(extension->uri, "/v") - extension->uri) + 2;
    for (size_t i = 0; i < u->count && i < MANY; i++)
        if (u->extensions[i].n > stem && memcmp(u->extensions[i].p, extension->uri, stem) == 0)
            return;
    list_extension(u, cairn_span_of(extension->uri));
}

static const cairn_extension_rule *extension_by_prefix(cairn_span key)
{
    for (const cairn_extension_rule *e = cairn_extension_rules; e->uri; e++)
        if (e->prefix && cairn_span_starts(key, e->prefix))
            return e;
    return NULL;
}

/* A removed short name has no URI. */
static void list_old_extension(upgrade *u, cairn_span name)
{
    for (const cairn_short_name *s = cairn_short_names; s->name; s++)
        if (cairn_span_is(name, s->name)) {
            if (s->uri)
                list_extension(u, cairn_span_of(s->uri));
            return;
        }
    list_extension(u, name);
}

static void read_extensions(upgrade *u, cairn_jnode *document)
{
    cairn_jnode *list = cairn_j_get(u->arena, document, "stac_extensions");
    for (cairn_jnode *e = list ? cairn_j_children(u->arena, list) : NULL; e; e = e->next) {
        cairn_span name = e->kind == CAIRN_J_RAW ? cairn_json_string(e->raw, u->arena) : CAIRN_SPAN_NONE;
        if (name.p)
            list_old_extension(u, name);
    }
}

static void write_extensions(upgrade *u, cairn_jnode *document)
{
    cairn_buf buf = CAIRN_BUF_INIT((size_t)1 << 26);
    cairn_buf_add_byte(&buf, '[');
    for (size_t i = 0; i < u->count; i++) {
        if (i)
            cairn_buf_add_byte(&buf, ',');
        cairn_buf_add_json_string(&buf, u->extensions[i]);
    }
    cairn_buf_add_byte(&buf, ']');
    cairn_span text = buf.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(u->arena, cairn_buf_span(&buf));
    cairn_buf_free(&buf);
    if (!text.p || !cairn_j_set(u->arena, document, "stac_extensions", text))
        u->failed = true;
}

/* ---- fields ---- */

static cairn_jnode *child_object(upgrade *u, cairn_jnode *parent, const char *name)
{
    cairn_jnode *child = parent ? cairn_j_get(u->arena, parent, name) : NULL;
    bool is_object =
        child && (child->kind == CAIRN_J_OBJECT || (child->kind == CAIRN_J_RAW && cairn_json_kind(child->raw) == '{'));
    return is_object ? child : NULL;
}

static cairn_span text_of(upgrade *u, const cairn_jnode *node)
{
    cairn_span text = cairn_j_text(node, u->arena);
    if (!text.p)
        u->failed = true;
    return text;
}

static cairn_span only_element(cairn_span array)
{
    cairn_span element = array;
    cairn_json_walk walk = cairn_json_walk_array(array);
    if (cairn_json_kind(array) != '[')
        return array;
    return cairn_json_count(array) == 1 && cairn_json_next_element(&walk, &element) ? element : CAIRN_SPAN_NONE;
}

/* A hex digest with the multihash's code and length in front. */
static cairn_span multihash(upgrade *u, const cairn_field_rule *rule, cairn_span value)
{
    cairn_span digest = cairn_json_string(value, u->arena);
    if (!digest.p || digest.n != rule->digits)
        return CAIRN_SPAN_NONE;
    return cairn_arena_printf(u->arena, "\"%s%.*s\"", rule->prefix, CAIRN_SPAN_FMT(digest));
}

/* The value in its new form; absent when it can't be had: then the field stays as it is. */
static cairn_span convert(upgrade *u, const cairn_field_rule *rule, cairn_span value)
{
    switch (rule->how) {
    case CAIRN_FIELD_LISTED:
        return cairn_json_kind(value) == '[' ? value : cairn_arena_printf(u->arena, "[%.*s]", CAIRN_SPAN_FMT(value));
    case CAIRN_FIELD_SINGLE:
        return only_element(value);
    case CAIRN_FIELD_MULTIHASH:
        return multihash(u, rule, value);
    case CAIRN_FIELD_ORBIT:
        return cairn_json_is_null(value) ? cairn_span_of("\"geostationary\"") : value;
    default:
        return value;
    }
}

static void apply_rule(upgrade *u, cairn_jnode *object, const cairn_field_rule *rule, bool summary)
{
    cairn_jnode *node = cairn_j_get(u->arena, object, rule->from);
    if (!node)
        return;
    cairn_span old = text_of(u, node);
    cairn_span value = summary ? old : convert(u, rule, old);
    if (!value.p)
        return;
    if (strcmp(rule->from, rule->to) != 0)
        cairn_j_rename(u->arena, object, rule->from, rule->to);
    if (value.p != old.p && !cairn_j_set(u->arena, object, rule->to, value))
        u->failed = true;
    const cairn_extension_rule *extension = extension_by_prefix(cairn_span_of(rule->to));
    if (extension && !cairn_span_starts(cairn_span_of(rule->from), extension->prefix))
        need_extension(u, extension);
}

/* An array of numbers becomes a field each. */
static void apply_split(upgrade *u, cairn_jnode *object, const cairn_split_rule *rule)
{
    cairn_jnode *node = cairn_j_get(u->arena, object, rule->from);
    cairn_span old = node ? text_of(u, node) : CAIRN_SPAN_NONE, element;
    if (cairn_json_kind(old) != '[')
        return;
    cairn_json_walk walk = cairn_json_walk_array(old);
    for (size_t i = 0; i < CAIRN_SPLIT_MAX && rule->to[i] && cairn_json_next_element(&walk, &element); i++)
        if (!cairn_j_set(u->arena, object, rule->to[i], element))
            u->failed = true;
    cairn_j_remove(u->arena, object, rule->from);
}

static void upgrade_fields(upgrade *u, cairn_jnode *object, bool summary)
{
    for (const cairn_field_rule *rule = cairn_field_rules; rule->from; rule++)
        if (u->version < rule->before)
            apply_rule(u, object, rule, summary);
    for (const cairn_split_rule *rule = cairn_split_rules; rule->from && !summary; rule++)
        if (u->version < rule->before)
            apply_split(u, object, rule);
}

/* Before 0.8 an extension needn't be named. */
static void need_extensions_of(upgrade *u, cairn_jnode *object)
{
    if (u->version >= CAIRN_VERSION(0, 8, 0, CAIRN_RELEASED))
        return;
    for (cairn_jnode *member = cairn_j_children(u->arena, object); member; member = member->next) {
        const cairn_extension_rule *extension = extension_by_prefix(member->key);
        if (extension)
            need_extension(u, extension);
    }
}

/* ---- assets ---- */

static void upgrade_media_type(upgrade *u, cairn_jnode *asset)
{
    cairn_jnode *type = cairn_j_get(u->arena, asset, "type");
    cairn_span text = type ? text_of(u, type) : CAIRN_SPAN_NONE;
    for (const cairn_media_rule *rule = cairn_media_rules; text.p && rule->from; rule++)
        if (cairn_json_string_is(text, rule->from) &&
            !cairn_j_set_string(u->arena, asset, "type", cairn_span_of(rule->to)))
            u->failed = true;
}

static bands list_bands(upgrade *u, cairn_jnode *node)
{
    cairn_span text = node ? text_of(u, node) : CAIRN_SPAN_NONE;
    bands list = {NULL, cairn_json_count(text)};
    if (cairn_json_kind(text) != '[')
        return list;
    list.at = cairn_arena_calloc(u->arena, list.count + 1, sizeof *list.at);
    u->failed |= !list.at;
    cairn_json_walk walk = cairn_json_walk_array(text);
    for (size_t i = 0; list.at && cairn_json_next_element(&walk, &list.at[i]); i++)
        continue;
    return list;
}

static cairn_span band_at(const bands *list, long long place)
{
    bool there = place >= 0 && (unsigned long long)place < list->count;
    return there ? list->at[place] : (cairn_span)CAIRN_SPAN_LIT("{}");
}

/* Before 1.0.0-beta.1 an asset's eo:bands were places in the item's. */
static void inline_bands(upgrade *u, cairn_jnode *asset, const bands *list)
{
    cairn_jnode *node = cairn_j_get(u->arena, asset, "eo:bands");
    cairn_span old = node ? text_of(u, node) : CAIRN_SPAN_NONE, element;
    cairn_buf buf = CAIRN_BUF_INIT((size_t)1 << 26);
    cairn_json_walk walk = cairn_json_walk_array(old);
    if (cairn_json_kind(old) != '[' || !list->at)
        return;
    cairn_buf_add_byte(&buf, '[');
    while (cairn_json_next_element(&walk, &element)) {
        long long place;
        if (buf.n > 1)
            cairn_buf_add_byte(&buf, ',');
        cairn_buf_add_span(&buf, cairn_json_integer(element, &place) ? band_at(list, place) : element);
    }
    cairn_buf_add_byte(&buf, ']');
    cairn_span text = buf.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(u->arena, cairn_buf_span(&buf));
    cairn_buf_free(&buf);
    if (!text.p || !cairn_j_set(u->arena, asset, "eo:bands", text))
        u->failed = true;
}

static void upgrade_asset(upgrade *u, cairn_jnode *asset, const bands *list)
{
    upgrade_fields(u, asset, false);
    upgrade_media_type(u, asset);
    if (u->version < CAIRN_VERSION(0, 8, 0, CAIRN_RELEASED))
        cairn_j_rename(u->arena, asset, "name", "title");
    if (u->version < CAIRN_VERSION(1, 0, 0, CAIRN_BETA(1)))
        inline_bands(u, asset, list);
    need_extensions_of(u, asset);
}

static void upgrade_assets(upgrade *u, cairn_jnode *document, const bands *list)
{
    cairn_jnode *assets = child_object(u, document, "assets");
    for (cairn_jnode *asset = assets ? cairn_j_children(u->arena, assets) : NULL; asset; asset = asset->next)
        if (asset->kind != CAIRN_J_RAW || cairn_json_kind(asset->raw) == '{')
            upgrade_asset(u, asset, list);
}

/* ---- documents ---- */

static upgrade upgrade_begin(cairn_arena *arena, cairn_jnode *document, cairn_span stac_version)
{
    upgrade u = {.arena = arena, .version = parse_version(stac_version)};
    if (u.version < 0)
        u.version = CAIRN_VERSION(0, 6, 0, CAIRN_RELEASED); /* the oldest that is read */
    read_extensions(&u, document);
    return u;
}

static bool upgrade_end(upgrade *u, cairn_jnode *document)
{
    if (!cairn_j_set_string(u->arena, document, "stac_version", cairn_span_of("1.0.0")))
        return false;
    write_extensions(u, document);
    return !u->failed;
}

/* Up to 0.9 the collection was often named among the properties. */
static void lift_collection(upgrade *u, cairn_jnode *item, cairn_jnode *properties)
{
    cairn_jnode *named = cairn_j_get(u->arena, properties, "collection");
    if (!named || named->kind != CAIRN_J_RAW || cairn_json_kind(named->raw) != '"' || named->raw.n <= 2)
        return;
    cairn_jnode *own = cairn_j_get(u->arena, item, "collection");
    if ((!own || (own->kind == CAIRN_J_RAW && cairn_json_is_null(own->raw))) &&
        !cairn_j_set(u->arena, item, "collection", named->raw))
        u->failed = true;
}

bool cairn_upgrade_item(cairn_arena *arena, cairn_jnode *item, cairn_span stac_version)
{
    upgrade u = upgrade_begin(arena, item, stac_version);
    cairn_jnode *properties = child_object(&u, item, "properties");
    bands list = list_bands(&u, properties ? cairn_j_get(arena, properties, "eo:bands") : NULL);
    upgrade_assets(&u, item, &list);
    if (properties) {
        lift_collection(&u, item, properties);
        upgrade_fields(&u, properties, false);
        need_extensions_of(&u, properties);
    }
    return upgrade_end(&u, item);
}

/* {"spatial": [w, s, e, n]} becomes {"spatial": {"bbox": [[w, s, e, n]]}}, and the like in time. */
static void upgrade_extent(upgrade *u, cairn_jnode *extent, const char *name, const char *member)
{
    cairn_jnode *node = cairn_j_get(u->arena, extent, name);
    cairn_span old = node ? text_of(u, node) : CAIRN_SPAN_NONE;
    if (cairn_json_kind(old) != '[')
        return;
    cairn_span value = cairn_arena_printf(u->arena, "{\"%s\":[%.*s]}", member, CAIRN_SPAN_FMT(old));
    if (!value.p || !cairn_j_set(u->arena, extent, name, value))
        u->failed = true;
}

static cairn_jnode *summaries_of(upgrade *u, cairn_jnode *collection)
{
    cairn_jnode *summaries = child_object(u, collection, "summaries");
    return summaries ? summaries : cairn_j_set(u->arena, collection, "summaries", cairn_span_of("{}"));
}

static bool stands_at_root(cairn_span key)
{
    static const char *const names[] = {"sci:doi", "sci:citation", "sci:publications", "cube:dimensions"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (cairn_json_key_is(key, names[i]))
            return true;
    return false;
}

/* The object, or NULL when it has so many members that looking up each would take long: then it stays as it is. */
static cairn_jnode *few_members(upgrade *u, cairn_jnode *object)
{
    size_t n = 0;
    for (cairn_jnode *m = object ? cairn_j_children(u->arena, object) : NULL; m && n <= MANY; m = m->next)
        n++;
    return n <= MANY ? object : NULL;
}

/* Sets a member unless there is one of that name. `key` is as written between quotes. */
static void set_new(upgrade *u, cairn_jnode *object, cairn_span key, cairn_span value)
{
    cairn_span name = cairn_json_string((cairn_span){key.p - 1, key.n + 2}, u->arena);
    cairn_span text = cairn_arena_copy(u->arena, name); /* with a NUL behind it */
    if (!text.p || !value.p)
        u->failed = true;
    else if (!cairn_j_get(u->arena, object, text.p) && !cairn_j_set(u->arena, object, text.p, value))
        u->failed = true;
}

/* The fields that items had in common (extension commons, to 0.9) become summaries with one value. */
static void upgrade_commons(upgrade *u, cairn_jnode *collection)
{
    cairn_jnode *properties = few_members(u, child_object(u, collection, "properties"));
    cairn_jnode *summaries = properties ? summaries_of(u, collection) : NULL;
    if (!summaries)
        return;
    for (cairn_jnode *p = cairn_j_children(u->arena, properties); p; p = p->next) {
        cairn_span value = text_of(u, p);
        if (stands_at_root(p->key))
            set_new(u, collection, p->key, value);
        else if (cairn_json_kind(value) == '[')
            set_new(u, summaries, p->key, value);
        else
            set_new(u, summaries, p->key, cairn_arena_printf(u->arena, "[%.*s]", CAIRN_SPAN_FMT(value)));
    }
    cairn_j_remove(u->arena, collection, "properties");
}

/* {"values": [...]} or {"extent": [min, max]} of 0.6 and 0.7. */
static void upgrade_other_properties(upgrade *u, cairn_jnode *collection)
{
    cairn_jnode *other = few_members(u, child_object(u, collection, "other_properties"));
    cairn_jnode *summaries = other ? summaries_of(u, collection) : NULL;
    if (!summaries)
        return;
    for (cairn_jnode *p = cairn_j_children(u->arena, other); p; p = p->next) {
        cairn_span text = text_of(u, p), low, high;
        cairn_span values = cairn_json_get(text, "values"), extent = cairn_json_get(text, "extent");
        cairn_json_walk walk = cairn_json_walk_array(extent);
        if (cairn_json_next_element(&walk, &low) && cairn_json_next_element(&walk, &high))
            set_new(u, summaries, p->key,
                    cairn_arena_printf(u->arena, "{\"minimum\":%.*s,\"maximum\":%.*s}", CAIRN_SPAN_FMT(low),
                                       CAIRN_SPAN_FMT(high)));
        else if (cairn_json_kind(values) == '[')
            set_new(u, summaries, p->key, values);
    }
    cairn_j_remove(u->arena, collection, "other_properties");
}

static void upgrade_summaries(upgrade *u, cairn_jnode *collection)
{
    cairn_jnode *summaries = child_object(u, collection, "summaries");
    if (!summaries)
        return;
    for (cairn_jnode *s = cairn_j_children(u->arena, summaries); s; s = s->next)
        if (u->version < CAIRN_VERSION(1, 0, 0, CAIRN_RC(1)) &&
            (s->kind == CAIRN_J_OBJECT || cairn_json_kind(s->raw) == '{')) {
            cairn_j_rename(u->arena, s, "min", "minimum");
            cairn_j_rename(u->arena, s, "max", "maximum");
        }
    upgrade_fields(u, summaries, true);
    need_extensions_of(u, summaries);
}

/* Up to 0.9 a collection's `assets` could be what 1.0 has as item_assets: templates without href. */
static void move_item_assets(upgrade *u, cairn_jnode *collection)
{
    static const cairn_extension_rule ITEM_ASSETS = {NULL, CAIRN_ITEM_ASSETS_URI};
    cairn_jnode *assets = child_object(u, collection, "assets");
    cairn_jnode *asset = assets ? cairn_j_children(u->arena, assets) : NULL;
    if (!asset)
        return;
    for (; asset; asset = asset->next)
        if (cairn_j_get(u->arena, asset, "href"))
            return;
    cairn_j_rename(u->arena, collection, "assets", "item_assets");
    need_extension(u, &ITEM_ASSETS);
}

bool cairn_upgrade_collection(cairn_arena *arena, cairn_jnode *collection, cairn_span stac_version)
{
    upgrade u = upgrade_begin(arena, collection, stac_version);
    cairn_jnode *extent = child_object(&u, collection, "extent");
    if (extent) {
        upgrade_extent(&u, extent, "spatial", "bbox");
        upgrade_extent(&u, extent, "temporal", "interval");
    }
    if (u.version < CAIRN_VERSION(1, 0, 0, CAIRN_BETA(1))) {
        move_item_assets(&u, collection);
        upgrade_commons(&u, collection);
    }
    upgrade_other_properties(&u, collection);
    upgrade_summaries(&u, collection);
    upgrade_assets(&u, collection, &(bands){NULL, 0});
    if (!cairn_j_set_string(arena, collection, "type", cairn_span_of("Collection")))
        return false;
    return upgrade_end(&u, collection);
}
