/* The promoted properties, and what their values are made by. */
#include "store/sqlite/internal.h"

#include "base/json.h"
#include "base/secret.h"
#include "query/cql2/evaluate_value.h"

/* ---- definitions ----
 *
 * JSON: ["value", [0, "proj:code"], [1, "proj:epsg"]]: "value" or "time", then all that is looked under, in this order:
 * its change and its path. What is kept in the file counts for whoever writes, so that one index is made by one rule,
 * whatever descriptors a program was told of; who would make it by another rule does not read it. */

static cairn_span definition_of(const slot *slot, cairn_arena *arena)
{
    enum { DEFINITION_BYTES = 1 << 20 };
    cairn_buf buf = CAIRN_BUF_INIT(DEFINITION_BYTES);
    cairn_buf_add_text(&buf, slot->property.is_time ? "[\"time\"" : "[\"value\"");
    for (size_t i = 0; i < slot->n_sources; i++) {
        const cairn_cql2_source *source = &slot->sources[i];
        cairn_buf_printf(&buf, ",[%d", (int)source->change);
        for (size_t k = 0; k < source->property.n; k++) {
            cairn_buf_add_byte(&buf, ',');
            cairn_buf_add_json_string(&buf, source->property.path[k]);
        }
        cairn_buf_add_byte(&buf, ']');
    }
    cairn_buf_add_byte(&buf, ']');
    cairn_span out = buf.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(arena, cairn_buf_span(&buf));
    cairn_buf_free(&buf);
    return out;
}

/* The path is copied: its parts are no parts of one name, as in cairn_cql2_sources_of(). */
static bool read_source(cairn_span json, cairn_arena *arena, cairn_cql2_source *out)
{
    cairn_json_walk walk = cairn_json_walk_array(json);
    cairn_span first, part, *path = cairn_arena_calloc(arena, cairn_json_count(json) + 1, sizeof *path);
    long long change;
    if (!path || !cairn_json_next_element(&walk, &first) || !cairn_json_integer(first, &change) || change < 0 ||
        change > CAIRN_CQL2_TO_EPSG)
        return false;
    out->change = (cairn_cql2_change)change;
    out->property.path = path;
    while (cairn_json_next_element(&walk, &part)) {
        cairn_span text = cairn_json_string(part, arena);
        if (!text.p || !(path[out->property.n++] = cairn_arena_copy(arena, text)).p)
            return false;
    }
    return out->property.n > 0;
}

static bool same_path(const cairn_cql2_property *a, const cairn_cql2_property *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = cairn_span_equal(a->path[i], b->path[i]);
    return same;
}

/* False when it can't be read: then the slot stays as it is. */
static bool read_definition(cairn_span json, cairn_arena *arena, slot *out)
{
    cairn_json_walk walk = cairn_json_walk_array(json);
    cairn_span element;
    size_t n = 0;
    if (!json.p || cairn_json_check(json, CAIRN_JSON_MAX_DEPTH, NULL, NULL) ||
        !cairn_json_next_element(&walk, &element))
        return false;
    bool is_time = cairn_json_string_is(element, "time");
    if (!is_time && !cairn_json_string_is(element, "value"))
        return false;
    cairn_cql2_source *sources = cairn_arena_calloc(arena, cairn_json_count(json), sizeof *sources);
    while (sources && cairn_json_next_element(&walk, &element))
        if (!read_source(element, arena, &sources[n++]))
            return false;
    if (n == 0 || !same_path(&sources[0].property, &out->property))
        return false;
    sources[0].property = out->property;
    out->property.is_time = is_time;
    out->sources = sources;
    out->n_sources = n;
    return true;
}

static cairn_code no_property(cairn_span name, cairn_error *error)
{
    char quoted[160];
    return cairn_error_set(error, CAIRN_INVALID,
                           "'%s' is no property that an index can be made for: expected a member of an item's "
                           "'properties', other than datetime, start_datetime and end_datetime",
                           cairn_quote(name, quoted, sizeof quoted));
}

cairn_code slot_of(cairn_span name, cairn_arena *arena, slot *out, cairn_span *definition, cairn_error *error)
{
    *out = (slot){0};
    if (name.n == 0)
        return no_property(name, error);
    bool ok = cairn_cql2_property_of(name, arena, &out->property);
    if (ok && out->property.field != CAIRN_CQL2_IN_PROPERTIES)
        return no_property(name, error);
    ok = ok && cairn_cql2_sources_of(&out->property, arena, &out->sources, &out->n_sources);
    *definition = ok ? definition_of(out, arena) : CAIRN_SPAN_NONE;
    if (!definition->p)
        return cairn_error_no_memory(error);
    const cairn_span *path = out->property.path;
    const cairn_span last = path[out->property.n - 1];
    out->property.name = cairn_span_make(path[0].p, (size_t)(last.p + last.n - path[0].p));
    return CAIRN_OK;
}

/* Room for one more; the list grows by doubling, so that thousands of properties fit in the arena. */
static bool make_room(slots *out, size_t *room)
{
    enum { FIRST = 32 };
    if (out->n < *room)
        return true;
    size_t more = *room ? *room * 2 : FIRST;
    slot *list = cairn_arena_calloc(out->arena, more, sizeof *list);
    if (!list)
        return false;
    if (out->n)
        memcpy(list, out->list, out->n * sizeof *list);
    out->list = list;
    *room = more;
    return true;
}

/* Twice the number, and one more, must fit in the column item_value.property. */
static bool is_number(sqlite3_int64 number)
{
    return number > INT64_MIN / 2 && number < INT64_MAX / 2;
}

static cairn_code load_one(sqlite3_stmt *row, slots *out, size_t *room, cairn_error *error)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_span definition = CAIRN_SPAN_NONE;
    /* The prefix, so that a property called id is not taken for the item's own. */
    cairn_span name = cairn_arena_printf(out->arena, "properties.%.*s", CAIRN_SPAN_FMT(db_column_span(row, 1)));
    if (!name.p || !make_room(out, room))
        return cairn_error_no_memory(error);
    slot *new = &out->list[out->n];
    cairn_code code = slot_of(name, out->arena, new, &definition, &fault);
    if (code == CAIRN_INVALID || !is_number(sqlite3_column_int64(row, 0)))
        return CAIRN_OK; /* not of this program's making */
    if (code)
        return cairn_error_set(error, code, "%s", fault.message);
    new->number = sqlite3_column_int64(row, 0);
    new->built_in = sqlite3_column_int(row, 2) != 0;
    new->current = cairn_span_equal(definition, db_column_span(row, 3));
    new->readable =
        new->current || read_definition(cairn_arena_copy(out->arena, db_column_span(row, 3)), out->arena, new);
    out->n++;
    return CAIRN_OK;
}

/* ---- by the names of members ---- */

bool slots_is_plain(const cairn_cql2_source *source)
{
    return source->property.n == 1 && !cairn_span_is(source->property.path[0], "*");
}

size_t slots_place(const slots *slots, cairn_span name)
{
    return (size_t)cairn_hash64(name) & (slots->n_names - 1);
}

static void enter_name(slots *slots, cairn_span name, size_t place)
{
    size_t at = slots_place(slots, name);
    while (slots->names[at].name.p)
        at = (at + 1) & (slots->n_names - 1);
    slots->names[at] = (slot_name){name, place};
}

bool slots_index(slots *slots)
{
    slots->n_sources = 0;
    for (size_t i = 0; i < slots->n; i++)
        slots->n_sources += slots->list[i].n_sources;
    for (slots->n_names = 16; slots->n_names < 4 * slots->n_sources;)
        slots->n_names *= 2;
    slots->names = cairn_arena_calloc(slots->arena, slots->n_names, sizeof *slots->names);
    if (!slots->names)
        return false;
    size_t place = 0;
    for (size_t i = 0; i < slots->n; i++)
        for (size_t k = 0; k < slots->list[i].n_sources; k++, place++)
            if (slots_is_plain(&slots->list[i].sources[k]))
                enter_name(slots, slots->list[i].sources[k].property.path[0], place);
    return true;
}

/* ---- loading ---- */

cairn_code slots_load(sqlite3 *db, slots *out, cairn_error *error)
{
    enum { ARENA_BYTES = 64 << 20 };
    sqlite3_stmt *rows = NULL;
    int rc = SQLITE_DONE;
    size_t room = 0;
    *out = (slots){.arena = cairn_arena_new(ARENA_BYTES)};
    if (!out->arena)
        return cairn_error_no_memory(error);
    cairn_code code =
        db_prepare(db, "SELECT slot, name, built_in, definition FROM promoted ORDER BY name", &rows, error);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW)
        code = load_one(rows, out, &room, error);
    if (!code && rc != SQLITE_DONE)
        code = db_error(db, rc, "reading the promoted properties", error);
    sqlite3_finalize(rows);
    if (!code && !slots_index(out))
        code = cairn_error_no_memory(error);
    if (!code)
        code = late_read(db, &out->late, error);
    for (size_t i = 0; i < out->n; i++)
        out->list[i].current &= !out->late;
    return code;
}

void slots_free(slots *slots)
{
    cairn_arena_free(slots->arena);
    slots->arena = NULL;
    slots->n = 0;
}
