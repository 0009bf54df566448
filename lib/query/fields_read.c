#include "query/fields_names.h"

#include "base/json.h"

#include <stdlib.h>

enum { NAMES_MAX = 1000, DEPTH_MAX = 16, NAME_BYTES_MAX = 1024, QUOTED_MAX = 80 };

static const char EXAMPLE[] = "\"fields\": {\"include\": [\"id\", \"properties.datetime\"], \"exclude\": [\"assets\"]}";
static const char PROPERTIES[] = "properties.";

static const char *const ITEM_MEMBERS[] = {"type",  "stac_version", "stac_extensions", "id",         "geometry", "bbox",
                                           "links", "assets",       "collection",      "properties", NULL};

/* What is sent beside what is asked for, unless it is excluded. */
static const char *const EXTRAS[] = {"type", "stac_version", "id", "collection", NULL};
static const char *const ITEM_DEFAULTS[] = {"type", "stac_version", "id",     "collection",          "geometry",
                                            "bbox", "links",        "assets", "properties.datetime", NULL};
static const char *const RANGE_DEFAULTS[] = {"properties.start_datetime", "properties.end_datetime", NULL};
static const char *const COLLECTION_DEFAULTS[] = {"type",    "stac_version", "id",    "description",
                                                  "license", "extent",       "links", NULL};

/* The names as they are given. */
typedef struct reader {
    cairn_arena *arena;
    cairn_error *error;
    cairn_field_name *names;
    size_t n, room;
    bool any_wanted, any_excluded;
} reader;

static cairn_code refuse(reader *r, cairn_code code, const char *what, cairn_span input, const char *expected)
{
    char quoted[QUOTED_MAX];
    cairn_error_set(r->error, code, "%s '%s'; expected %s", what, cairn_quote(input, quoted, sizeof quoted), expected);
    cairn_error_at_parameter(r->error, "fields");
    return code;
}

static cairn_code no_memory(reader *r)
{
    return cairn_error_set(r->error, CAIRN_NOMEM, "the request's memory is used up by 'fields'");
}

static cairn_code make_room(reader *r, size_t n)
{
    if (n > NAMES_MAX) {
        cairn_error_set(r->error, CAIRN_TOO_LARGE, "'fields' has %zu names, expected at most %d", n, NAMES_MAX);
        cairn_error_at_parameter(r->error, "fields");
        return CAIRN_TOO_LARGE;
    }
    r->room = n;
    r->names = cairn_arena_calloc(r->arena, n + 1, sizeof *r->names);
    return r->names ? CAIRN_OK : no_memory(r);
}

static size_t depth_of(cairn_span name)
{
    size_t depth = 1;
    for (size_t i = 0; i < name.n; i++)
        depth += name.p[i] == '.';
    return depth;
}

/* An empty name is as if it weren't there. */
static cairn_code take_name(reader *r, cairn_span name, bool wanted)
{
    if (name.n == 0)
        return CAIRN_OK;
    if (name.n > NAME_BYTES_MAX)
        return refuse(r, CAIRN_TOO_LARGE, "the name is too long:", name, "at most 1,024 bytes");
    if (depth_of(name) > DEPTH_MAX)
        return refuse(r, CAIRN_TOO_LARGE, "the name has too many parts:", name, "at most 16 with dots between them");
    if (r->n == r->room)
        return no_memory(r);
    r->names[r->n++] = (cairn_field_name){name, wanted};
    r->any_wanted |= wanted;
    r->any_excluded |= !wanted;
    return CAIRN_OK;
}

/* ---- the lists that are looked up ---- */

static int compare_names(const void *a, const void *b)
{
    const cairn_field_name *x = a, *y = b;
    int order = cairn_span_compare(x->path, y->path);
    return order ? order : (int)y->wanted - (int)x->wanted;
}

/* Of one name the first stays: being included wins. */
static void sort_names(cairn_field_names *names)
{
    size_t kept = 0;
    qsort(names->p, names->n, sizeof *names->p, compare_names);
    for (size_t i = 0; i < names->n; i++)
        if (!kept || !cairn_span_equal(names->p[kept - 1].path, names->p[i].path))
            names->p[kept++] = names->p[i];
    names->n = kept;
}

static bool is_at_or_below(cairn_span path, cairn_span above)
{
    return path.n >= above.n && memcmp(path.p, above.p, above.n) == 0 && (path.n == above.n || path.p[above.n] == '.');
}

/* Of what is not asked for by name, what is not excluded, nor anything that it stands in. */
static void add_unless_excluded(cairn_field_names *names, const char *const *paths)
{
    size_t given = names->n;
    for (; *paths; paths++) {
        bool excluded = false;
        cairn_span path = cairn_span_of(*paths);
        for (size_t i = 0; i < given && !excluded; i++)
            excluded = !names->p[i].wanted && is_at_or_below(path, names->p[i].path);
        if (!excluded)
            names->p[names->n++] = (cairn_field_name){path, true};
    }
}

static bool is_item_member(cairn_span name)
{
    const char *dot = memchr(name.p, '.', name.n);
    cairn_span first = cairn_span_make(name.p, dot ? (size_t)(dot - name.p) : name.n);
    for (const char *const *member = ITEM_MEMBERS; *member; member++)
        if (cairn_span_is(first, *member))
            return true;
    return false;
}

/* Behind a name there is a second one when it is no member of items: a property, or a foreign member of that name. */
static bool add_given(const reader *r, cairn_field_names *names, bool is_item)
{
    for (size_t i = 0; i < r->n; i++) {
        cairn_field_name name = r->names[i];
        names->p[names->n++] = name;
        if (!is_item || is_item_member(name.path))
            continue;
        name.path = cairn_arena_printf(r->arena, "%s%.*s", PROPERTIES, CAIRN_SPAN_FMT(name.path));
        if (!name.path.p)
            return false;
        names->p[names->n++] = name;
    }
    return true;
}

static bool make_names(const reader *r, bool is_item, const char *const *more, const char *const *still_more,
                       cairn_field_names *out)
{
    size_t room = 2 * r->n + sizeof ITEM_DEFAULTS / sizeof *ITEM_DEFAULTS + 4;
    *out = (cairn_field_names){cairn_arena_calloc(r->arena, room, sizeof *out->p), 0};
    if (!out->p || !add_given(r, out, is_item))
        return false;
    if (more)
        add_unless_excluded(out, more);
    if (still_more)
        add_unless_excluded(out, still_more);
    sort_names(out);
    return true;
}

static bool make_fields(const reader *r, cairn_fields *fields)
{
    bool by_default = !r->any_wanted && !fields->all_but;
    const char *const *extras = r->any_wanted ? EXTRAS : NULL;
    const char *const *of_item = by_default ? ITEM_DEFAULTS : extras;
    const char *const *of_collection = by_default ? COLLECTION_DEFAULTS : extras;
    return make_names(r, true, of_item, NULL, &fields->item) &&
           make_names(r, true, of_item, by_default ? RANGE_DEFAULTS : NULL, &fields->item_in_range) &&
           make_names(r, false, of_collection, NULL, &fields->collection);
}

static cairn_code finish(reader *r, bool all_but, const cairn_fields **out)
{
    cairn_field_names below;
    cairn_fields *fields = cairn_arena_calloc(r->arena, 1, sizeof *fields);
    if (!fields)
        return no_memory(r);
    fields->all_but = all_but;
    if (!make_fields(r, fields))
        return no_memory(r);
    const cairn_field_name *links = cairn_field_names_find(fields->item, 0, cairn_span_of("links"), &below);
    fields->wants_links = links ? links->wanted : all_but;
    *out = fields;
    return CAIRN_OK;
}

/* ---- GET ---- */

/* A plus that was not percent-coded comes as a blank. */
static cairn_code take_signed(reader *r, cairn_span piece)
{
    cairn_span name = cairn_span_trim(piece);
    bool is_signed = name.n && (name.p[0] == '-' || name.p[0] == '+');
    bool wanted = !(is_signed && name.p[0] == '-');
    if (is_signed)
        name = cairn_span_trim(cairn_span_make(name.p + 1, name.n - 1));
    if (is_signed && name.n == 0)
        return refuse(r, CAIRN_INVALID, "there is no name behind the sign in", piece, "a name such as -geometry");
    return take_name(r, name, wanted);
}

cairn_code cairn_fields_from_text(cairn_span text, cairn_arena *arena, const cairn_fields **out, cairn_error *error)
{
    reader r = {.arena = arena, .error = error};
    size_t commas = 0;
    text = cairn_arena_copy(arena, text);
    if (!text.p)
        return no_memory(&r);
    for (size_t i = 0; i < text.n; i++)
        commas += text.p[i] == ',';
    cairn_code code = make_room(&r, commas + 1);
    for (const char *at = text.p, *end = text.p + text.n; code == CAIRN_OK && at <= end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        code = take_signed(&r, cairn_span_make(at, (size_t)(stop - at)));
        at = stop + 1;
    }
    return code == CAIRN_OK ? finish(&r, false, out) : code;
}

/* ---- POST ---- */

static cairn_code take_list(reader *r, cairn_span list, bool wanted)
{
    cairn_code code = CAIRN_OK;
    cairn_span element;
    cairn_json_walk walk = cairn_json_walk_array(list);
    while (code == CAIRN_OK && cairn_json_next_element(&walk, &element)) {
        if (cairn_json_kind(element) != '"')
            return refuse(r, CAIRN_INVALID, "a name is", element, "strings, as in \"include\": [\"id\"]");
        cairn_span name = cairn_json_string(element, r->arena);
        name = name.p ? cairn_arena_copy(r->arena, name) : name;
        code = name.p ? take_name(r, name, wanted) : no_memory(r);
    }
    return code;
}

static cairn_code check_list(reader *r, cairn_span list)
{
    char kind = cairn_json_kind(list);
    if (kind == 0 || kind == 'n' || kind == '[')
        return CAIRN_OK;
    return refuse(r, CAIRN_INVALID, "a list of names is", list, EXAMPLE);
}

/* The plurals are what pystac-client sent for years. */
static cairn_code find_lists(reader *r, cairn_span json, cairn_span *include, cairn_span *exclude)
{
    cairn_json_walk walk = cairn_json_walk_object(json);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);)
        if (cairn_json_key_is(member.key, "include") || cairn_json_key_is(member.key, "includes"))
            *include = member.value;
        else if (cairn_json_key_is(member.key, "exclude") || cairn_json_key_is(member.key, "excludes"))
            *exclude = member.value;
        else
            return refuse(r, CAIRN_INVALID, "'fields' has a member", member.key, EXAMPLE);
    return CAIRN_OK;
}

cairn_code cairn_fields_from_json(cairn_span json, cairn_arena *arena, const cairn_fields **out, cairn_error *error)
{
    reader r = {.arena = arena, .error = error};
    cairn_span include = CAIRN_SPAN_NONE, exclude = CAIRN_SPAN_NONE;
    if (cairn_json_kind(json) != '{')
        return refuse(&r, CAIRN_INVALID, "'fields' is", json, EXAMPLE);
    cairn_code code = find_lists(&r, json, &include, &exclude);
    if (code == CAIRN_OK)
        code = check_list(&r, include);
    if (code == CAIRN_OK)
        code = check_list(&r, exclude);
    if (code == CAIRN_OK)
        code = make_room(&r, cairn_json_count(include) + cairn_json_count(exclude));
    if (code == CAIRN_OK)
        code = take_list(&r, include, true);
    if (code == CAIRN_OK)
        code = take_list(&r, exclude, false);
    bool all_but = !include.p && r.any_excluded;
    return code == CAIRN_OK ? finish(&r, all_but, out) : code;
}
