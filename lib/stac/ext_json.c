#include "stac/ext_json.h"

#include "base/json.h"
#include "stac/ext_table.h"

#include <stdio.h>

enum {
    FIELDS_MAX = 1000,
    NAME_BYTES = 256,
    TEXT_BYTES = 4096,
    OLDER = sizeof((cairn_ext_field *)0)->older / sizeof(char *)
};

typedef enum kind { A_NAME, A_TEXT, A_FLAG, A_TYPE, A_CHANGE, A_LIST, THE_FIELDS } kind;

typedef struct member {
    const char *name;
    kind kind;
    size_t at; /* in cairn_ext or cairn_ext_field */
} member;

static const member EXT[] = {
    {"prefix", A_TEXT, offsetof(cairn_ext, prefix)},
    {"title", A_TEXT, offsetof(cairn_ext, title)},
    {"schema", A_TEXT, offsetof(cairn_ext, schema)},
    {"fields", THE_FIELDS, 0},
    {NULL, A_TEXT, 0},
};

static const member FIELD[] = {
    {"name", A_NAME, offsetof(cairn_ext_field, name)},
    {"type", A_TYPE, offsetof(cairn_ext_field, type)},
    {"title", A_TEXT, offsetof(cairn_ext_field, title)},
    {"description", A_TEXT, offsetof(cairn_ext_field, description)},
    {"unit", A_TEXT, offsetof(cairn_ext_field, unit)},
    {"indexed", A_FLAG, offsetof(cairn_ext_field, indexed)},
    {"summary", A_FLAG, offsetof(cairn_ext_field, summary)},
    {"of_band", A_FLAG, offsetof(cairn_ext_field, of_band)},
    {"older", A_LIST, offsetof(cairn_ext_field, older)},
    {"change", A_CHANGE, offsetof(cairn_ext_field, change)},
    {NULL, A_TEXT, 0},
};

typedef struct reader {
    cairn_arena *arena;
    cairn_error *error;
    const char *prefix;
} reader;

static cairn_code wrong(const reader *r, const char *pointer, const char *expected, cairn_span found)
{
    char quoted[64];
    cairn_quote(found, quoted, sizeof quoted);
    cairn_error_set(r->error, CAIRN_INVALID, "%s: expected %s, found %s", *pointer ? pointer : "/", expected,
                    found.p ? quoted : "nothing");
    return cairn_error_at_pointer(r->error, pointer);
}

static cairn_code no_memory(const reader *r)
{
    return cairn_error_no_memory(r->error);
}

static void element_pointer(char *out, const char *pointer, size_t index)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", index);
    cairn_json_pointer(out, pointer, cairn_span_of(number));
}

/* ---- values ---- */

static bool is_printable(cairn_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
            return false;
    return true;
}

/* A NUL-terminated copy of a string. */
static cairn_code read_text(const reader *r, const char *pointer, cairn_span value, bool is_name, const char **out)
{
    if (cairn_json_kind(value) != '"')
        return wrong(r, pointer, "a string", value);
    cairn_span text = cairn_json_string(value, r->arena);
    if (!text.p)
        return no_memory(r);
    if (!is_printable(text))
        return wrong(r, pointer, "a string without control characters", value);
    if (text.n > (is_name ? NAME_BYTES : TEXT_BYTES))
        return wrong(r, pointer, is_name ? "a name of at most 256 bytes" : "a text of at most 4096 bytes", value);
    if (is_name && text.n == 0)
        return wrong(r, pointer, "a name", value);
    *out = cairn_arena_copy(r->arena, text).p;
    return *out ? CAIRN_OK : no_memory(r);
}

static cairn_code read_flag(const reader *r, const char *pointer, cairn_span value, bool *out)
{
    char letter = cairn_json_kind(value);
    if (letter != 't' && letter != 'f')
        return wrong(r, pointer, "true or false", value);
    *out = letter == 't';
    return CAIRN_OK;
}

static cairn_code read_type(const reader *r, const char *pointer, cairn_span value, cairn_ext_type *out)
{
    for (int type = CAIRN_EXT_ANY; type <= CAIRN_EXT_OBJECT; type++)
        if (cairn_json_string_is(value, cairn_ext_type_name((cairn_ext_type)type))) {
            *out = (cairn_ext_type)type;
            return CAIRN_OK;
        }
    return wrong(r, pointer, "any, number, integer, string, boolean, time, array or object", value);
}

static cairn_code read_change(const reader *r, const char *pointer, cairn_span value, cairn_ext_change *out)
{
    *out = cairn_json_string_is(value, "epsg_code") ? CAIRN_EXT_EPSG_CODE : CAIRN_EXT_SAME;
    return *out == CAIRN_EXT_EPSG_CODE || cairn_json_string_is(value, "same")
               ? CAIRN_OK
               : wrong(r, pointer, "same or epsg_code", value);
}

/* Adds to the names that are there: those of a field that is known already. */
static cairn_code read_older(const reader *r, const char *pointer, cairn_span value, const char **out)
{
    char at[CAIRN_ERROR_POINTER_MAX];
    cairn_code code = CAIRN_OK;
    cairn_span element;
    size_t n = 0, i = 0;
    if (cairn_json_kind(value) != '[')
        return wrong(r, pointer, "a list of names", value);
    while (n < OLDER && out[n])
        n++;
    cairn_json_walk walk = cairn_json_walk_array(value);
    for (; code == CAIRN_OK && cairn_json_next_element(&walk, &element); i++, n++) {
        element_pointer(at, pointer, i);
        code = n < OLDER ? read_text(r, at, element, true, &out[n])
                         : wrong(r, at, "at most three older names in all", element);
    }
    return code;
}

static cairn_code read_fields(const reader *r, const char *pointer, cairn_span value, cairn_ext *out);

static cairn_code read_value(const reader *r, const char *pointer, const member *m, cairn_span value, void *out)
{
    void *at = (char *)out + m->at;
    switch (m->kind) {
    case A_NAME:
    case A_TEXT:
        return read_text(r, pointer, value, m->kind == A_NAME, at);
    case A_FLAG:
        return read_flag(r, pointer, value, at);
    case A_TYPE:
        return read_type(r, pointer, value, at);
    case A_CHANGE:
        return read_change(r, pointer, value, at);
    case A_LIST:
        return read_older(r, pointer, value, at);
    case THE_FIELDS:
        break;
    }
    return read_fields(r, pointer, value, out);
}

/* ---- objects ---- */

static cairn_code unknown_member(const reader *r, const char *pointer, const member *members, cairn_span key)
{
    char list[256] = "one of ";
    size_t n = strlen(list);
    for (size_t i = 0; members[i].name && n < sizeof list; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", members[i].name);
    return wrong(r, pointer, list, key);
}

static cairn_code read_object(const reader *r, const char *pointer, const member *members, cairn_span object, void *out)
{
    char at[CAIRN_ERROR_POINTER_MAX];
    cairn_code code = CAIRN_OK;
    if (cairn_json_kind(object) != '{')
        return wrong(r, pointer, "an object", object);
    cairn_json_walk walk = cairn_json_walk_object(object);
    for (cairn_json_member one; code == CAIRN_OK && cairn_json_next_member(&walk, &one);) {
        size_t i = 0;
        while (members[i].name && !cairn_json_key_is(one.key, members[i].name))
            i++;
        cairn_json_pointer(at, pointer, one.key);
        code =
            members[i].name ? read_value(r, at, &members[i], one.value, out) : unknown_member(r, at, members, one.key);
    }
    return code;
}

static cairn_code wrong_member(const reader *r, const char *pointer, const char *name, const char *expected,
                               cairn_span object)
{
    char at[CAIRN_ERROR_POINTER_MAX];
    cairn_json_pointer(at, pointer, cairn_span_of(name));
    return wrong(r, at, expected, cairn_json_get(object, name));
}

static bool has_prefix(const reader *r, cairn_span name)
{
    size_t n = strlen(r->prefix);
    return n == 0 || (cairn_span_starts(name, r->prefix) && (name.n == n || name.p[n] == ':'));
}

static cairn_code check_older(const reader *r, const char *pointer, cairn_span object, const cairn_ext_field *field)
{
    for (size_t i = 0; i < OLDER && field->older[i]; i++) {
        const char *dot = strchr(field->older[i], '.');
        if (!field->of_band && dot)
            return wrong_member(r, pointer, "older", "names without a dot: those of members of properties", object);
        if (field->of_band && (!dot || dot == field->older[i] || strchr(dot + 1, '.') || !dot[1]))
            return wrong_member(r, pointer, "older", "names of the form eo:bands.common_name", object);
    }
    return CAIRN_OK;
}

static cairn_code check_field(const reader *r, const char *pointer, cairn_span object, const cairn_ext_field *field,
                              const cairn_ext_field *known)
{
    if (!has_prefix(r, cairn_span_of(field->name)))
        return wrong_member(r, pointer, "name", "a name that begins with the prefix and a colon", object);
    if (strchr(field->name, '.'))
        return wrong_member(r, pointer, "name", "a name without a dot", object);
    if (!known && !cairn_json_get(object, "type").p)
        return wrong_member(r, pointer, "type", "the type of a field that is not built in", object);
    if (known && known->type != CAIRN_EXT_ANY && field->type != known->type)
        return wrong_member(r, pointer, "type", cairn_ext_type_name(known->type), object);
    if (known && known->indexed && !field->indexed)
        return wrong_member(r, pointer, "indexed", "true, as it is built in", object);
    if (field->indexed && (field->of_band || field->type == CAIRN_EXT_OBJECT))
        return wrong_member(r, pointer, "indexed", "false: members of bands, and objects, have no index", object);
    return check_older(r, pointer, object, field);
}

/* The built-in field that the object says more of; NULL: none. */
static const cairn_ext_field *find_known(const reader *r, cairn_span object)
{
    cairn_span name = cairn_json_string(cairn_json_get(object, "name"), r->arena);
    return name.p ? cairn_ext_built_in_field(name, cairn_json_kind(cairn_json_get(object, "of_band")) == 't') : NULL;
}

static cairn_code read_field(const reader *r, const char *pointer, cairn_span object, cairn_ext_field *out)
{
    const cairn_ext_field *known = find_known(r, object);
    if (known)
        *out = *known;
    cairn_code code = read_object(r, pointer, FIELD, object, out);
    if (code == CAIRN_OK && !out->name)
        return wrong_member(r, pointer, "name", "a name", object);
    if (code == CAIRN_OK && !out->title)
        out->title = out->name;
    return code == CAIRN_OK ? check_field(r, pointer, object, out, known) : code;
}

static cairn_code read_fields(const reader *r, const char *pointer, cairn_span value, cairn_ext *out)
{
    char at[CAIRN_ERROR_POINTER_MAX];
    cairn_code code = CAIRN_OK;
    cairn_span element;
    size_t count = cairn_json_kind(value) == '[' ? cairn_json_count(value) : 0, n = 0;
    if (count == 0 || count > FIELDS_MAX)
        return wrong(r, pointer, "a list of 1 to 1000 fields", value);
    cairn_ext_field *fields = cairn_arena_calloc(r->arena, count, sizeof *fields);
    if (!fields)
        return no_memory(r);
    cairn_json_walk walk = cairn_json_walk_array(value);
    while (code == CAIRN_OK && cairn_json_next_element(&walk, &element)) {
        element_pointer(at, pointer, n);
        code = read_field(r, at, element, &fields[n++]);
    }
    out->fields = fields;
    out->n_fields = n;
    return code;
}

cairn_code cairn_ext_read(cairn_span json, cairn_arena *arena, cairn_ext *out, cairn_error *error)
{
    reader r = {arena, error, ""};
    *out = (cairn_ext){0};
    cairn_code code = cairn_json_check(json, CAIRN_JSON_MAX_DEPTH, NULL, error);
    if (code != CAIRN_OK)
        return code;
    json = cairn_span_trim(json);
    cairn_span prefix = cairn_json_get(json, "prefix");
    if (cairn_json_kind(json) == '{' && cairn_json_kind(prefix) != '"')
        return wrong(&r, "/prefix", "the prefix of the fields, \"\" for none", prefix);
    if (cairn_json_kind(json) == '{' && (code = read_text(&r, "/prefix", prefix, false, &r.prefix)) != CAIRN_OK)
        return code;
    code = read_object(&r, "", EXT, json, out);
    if (code == CAIRN_OK && !out->fields)
        return wrong(&r, "/fields", "a list of 1 to 1000 fields", CAIRN_SPAN_NONE);
    if (code == CAIRN_OK && !out->title)
        out->title = out->prefix;
    return code;
}
