#include "api/stream_csv.h"

#include "base/json.h"

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

/* "a,+b,-c": without what is excluded. A plus in front may have been read as a blank. */
static void add_from_text(column_names *names, cairn_span text)
{
    while (text.n) {
        const char *comma = memchr(text.p, ',', text.n);
        size_t n = comma ? (size_t)(comma - text.p) : text.n;
        cairn_span name = cairn_span_trim(cairn_span_make(text.p, n));
        text = cairn_span_make(text.p + n + (comma != NULL), text.n - n - (comma != NULL));
        if (cairn_span_starts(name, "-"))
            continue;
        add_name(names, cairn_span_starts(name, "+") ? cairn_span_make(name.p + 1, name.n - 1) : name);
    }
}

static bool add_from_json(column_names *names, cairn_span body, cairn_arena *arena)
{
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(cairn_json_get(body, "fields"), "include"));
    cairn_span element;
    while (cairn_json_next_element(&walk, &element)) {
        cairn_span name = cairn_json_string(element, arena);
        if (!name.p)
            return false;
        add_name(names, name);
    }
    return true;
}

cairn_code cairn_stream_columns(cairn_call *call, const cairn_csv **out)
{
    const cairn_request *request = call->request;
    column_names *names = cairn_arena_calloc(request->arena, 1, sizeof *names);
    bool ok = names != NULL;
    if (ok && request->method == CAIRN_POST)
        ok = add_from_json(names, cairn_span_trim(request->body), request->arena);
    for (size_t i = 0; ok && request->method != CAIRN_POST && i < request->n_params; i++)
        if (cairn_span_is(request->params[i].name, "fields"))
            add_from_text(names, request->params[i].value);
    *out = ok ? cairn_csv_new(names->list, names->n, request->arena) : NULL;
    if (ok && names->too_many) {
        cairn_error_set(&call->error, CAIRN_INVALID, "a CSV has at most %d columns", CAIRN_CSV_MAX_COLUMNS);
        return cairn_error_at_parameter(&call->error, "fields");
    }
    return *out ? CAIRN_OK : cairn_error_set(&call->error, CAIRN_NOMEM, "the columns do not fit in memory");
}
