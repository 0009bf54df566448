#include "query/csv.h"

#include "base/json.h"
#include "query/cql2/evaluate.h"

static const cairn_span default_names[] = {CAIRN_SPAN_LIT("id"),           CAIRN_SPAN_LIT("collection"),
                                           CAIRN_SPAN_LIT("datetime"),     CAIRN_SPAN_LIT("start_datetime"),
                                           CAIRN_SPAN_LIT("end_datetime"), CAIRN_SPAN_LIT("bbox")};

typedef struct column {
    cairn_cql2_property property;
    const char *member; /* of the item itself; NULL: below `properties`, or below the item when it isn't there */
} column;

struct cairn_csv {
    size_t n;
    column columns[];
};

static const char *member_of(const cairn_cql2_property *property)
{
    switch (property->field) {
    case CAIRN_CQL2_ID:
        return "id";
    case CAIRN_CQL2_COLLECTION:
        return "collection";
    case CAIRN_CQL2_PLACE:
        return "geometry";
    default:
        return NULL;
    }
}

typedef struct column_names {
    cairn_span list[CAIRN_CSV_MAX_COLUMNS];
    size_t n;
    bool too_many;
} column_names;

static void add_name(column_names *names, cairn_span name)
{
    if (!name.n)
        return;
    for (size_t i = 0; i < names->n; i++)
        if (cairn_span_equal(names->list[i], name))
            return;
    names->too_many |= names->n == CAIRN_CSV_MAX_COLUMNS;
    if (!names->too_many)
        names->list[names->n++] = name;
}

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "the columns do not fit in memory");
}

static const cairn_csv *make(const column_names *names, cairn_arena *arena)
{
    const cairn_span *list = names->n ? names->list : default_names;
    size_t n = names->n ? names->n : sizeof default_names / sizeof *default_names;
    cairn_csv *csv = cairn_arena_calloc(arena, 1, sizeof *csv + n * sizeof *csv->columns);
    if (!csv)
        return NULL;
    csv->n = n;
    for (size_t i = 0; i < n; i++) {
        column *c = &csv->columns[i];
        if (!cairn_cql2_property_of(list[i], arena, &c->property))
            return NULL;
        c->member = member_of(&c->property);
    }
    return csv;
}

static cairn_code finish(const column_names *names, cairn_arena *arena, const cairn_csv **out, cairn_error *error)
{
    if (names->too_many) {
        cairn_error_set(error, CAIRN_INVALID, "a CSV has at most %d columns", CAIRN_CSV_MAX_COLUMNS);
        return cairn_error_at_parameter(error, "fields");
    }
    *out = make(names, arena);
    return *out ? CAIRN_OK : no_memory(error);
}

/* A plus in front may have been read as a blank. */
cairn_code cairn_csv_from_text(cairn_span fields, cairn_arena *arena, const cairn_csv **out, cairn_error *error)
{
    column_names *names = cairn_arena_calloc(arena, 1, sizeof *names);
    if (!names)
        return no_memory(error);
    while (fields.n) {
        const char *comma = memchr(fields.p, ',', fields.n);
        size_t n = comma ? (size_t)(comma - fields.p) : fields.n, used = comma ? n + 1 : n;
        cairn_span name = cairn_span_trim(cairn_span_make(fields.p, n));
        fields = cairn_span_make(fields.p + used, fields.n - used);
        if (cairn_span_starts(name, "+"))
            name = cairn_span_make(name.p + 1, name.n - 1);
        if (!cairn_span_starts(name, "-"))
            add_name(names, name);
    }
    return finish(names, arena, out, error);
}

/* As the fields are read: the plural is what pystac-client sent for years, and the last one counts. */
static cairn_span included(cairn_span fields)
{
    cairn_span list = CAIRN_SPAN_NONE;
    cairn_json_walk walk = cairn_json_walk_object(fields);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);)
        if (cairn_json_key_is(member.key, "include") || cairn_json_key_is(member.key, "includes"))
            list = member.value;
    return list;
}

cairn_code cairn_csv_from_json(cairn_span fields, cairn_arena *arena, const cairn_csv **out, cairn_error *error)
{
    column_names *names = cairn_arena_calloc(arena, 1, sizeof *names);
    cairn_json_walk walk = cairn_json_walk_array(included(fields));
    cairn_span element;
    while (names && cairn_json_next_element(&walk, &element)) {
        cairn_span name = cairn_json_string(element, arena);
        if (!name.p)
            return no_memory(error);
        add_name(names, name);
    }
    return names ? finish(names, arena, out, error) : no_memory(error);
}

static bool is_box(const column *c)
{
    return cairn_span_is(c->property.name, "bbox");
}

void cairn_csv_cell(cairn_buf *out, cairn_span text)
{
    bool plain = true;
    for (size_t i = 0; i < text.n && plain; i++)
        plain = text.p[i] != '"' && text.p[i] != ',' && text.p[i] != '\n' && text.p[i] != '\r';
    if (plain && cairn_span_trim(text).n == text.n) {
        cairn_buf_add_span(out, text);
        return;
    }
    cairn_buf_add_byte(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            cairn_buf_add_byte(out, '"');
        cairn_buf_add_byte(out, text.p[i]);
    }
    cairn_buf_add_byte(out, '"');
}

static bool end_line(cairn_buf *out)
{
    return cairn_buf_add_text(out, "\r\n");
}

bool cairn_csv_header(const cairn_csv *csv, cairn_buf *out)
{
    for (size_t i = 0; i < csv->n; i++) {
        if (i)
            cairn_buf_add_byte(out, ',');
        if (is_box(&csv->columns[i]))
            cairn_buf_add_text(out, "west,south,east,north");
        else
            cairn_csv_cell(out, csv->columns[i].property.name);
    }
    return end_line(out);
}

/* Of 4 or 6 numbers; empty cells for what is no bbox. */
static void add_box(cairn_buf *out, cairn_span box)
{
    cairn_span numbers[6] = {CAIRN_SPAN_NONE}, element;
    size_t n = 0;
    cairn_json_walk walk = cairn_json_walk_array(box);
    while (n < 6 && cairn_json_next_element(&walk, &element))
        numbers[n++] = element;
    if (n == 6) {
        numbers[2] = numbers[3];
        numbers[3] = numbers[4];
    }
    for (size_t i = 0; i < 4; i++) {
        if (i)
            cairn_buf_add_byte(out, ',');
        if (n == 4 || n == 6)
            cairn_csv_cell(out, numbers[i]);
    }
}

static bool add_value(cairn_buf *out, cairn_span value, cairn_arena *scratch)
{
    if (!value.p || cairn_json_is_null(value))
        return true;
    if (cairn_json_kind(value) == '"') {
        value = cairn_json_string(value, scratch);
        if (!value.p)
            return false;
    }
    cairn_csv_cell(out, value);
    return true;
}

/* `properties` and `links` are told by the item's form: the links of an open one have no end. */
static bool find(const column *c, cairn_span item, cairn_span properties, cairn_arena *scratch, cairn_span *value)
{
    *value = CAIRN_SPAN_NONE;
    if (c->member) {
        *value = cairn_json_get(item, c->member);
        return true;
    }
    if (!c->property.n || cairn_span_is(c->property.path[0], "links"))
        return true;
    if (c->property.field != CAIRN_CQL2_IN_ITEM && !cairn_cql2_lookup(properties, &c->property, scratch, value))
        return false;
    return value->p || cairn_cql2_lookup(item, &c->property, scratch, value);
}

bool cairn_csv_row(const cairn_csv *csv, cairn_span item, cairn_arena *scratch, cairn_buf *out)
{
    cairn_span value, properties = cairn_json_get(item, "properties");
    for (size_t i = 0; i < csv->n; i++) {
        const column *c = &csv->columns[i];
        if (i)
            cairn_buf_add_byte(out, ',');
        if (!find(c, item, properties, scratch, &value))
            return false;
        if (is_box(c))
            add_box(out, value);
        else if (!add_value(out, value, scratch))
            return false;
    }
    return end_line(out);
}
