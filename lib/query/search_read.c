#include "query/search_read.h"

#include "query/token.h"

enum { QUOTED_MAX = 80 };

const char *const cairn_search_names[] = {
    "bbox",        "datetime",   "intersects", "ids", "collections", "limit",  "token",           "bbox-crs", "filter",
    "filter-lang", "filter-crs", "query",      "q",   "sortby",      "fields", "asset-href-mode", NULL};

int cairn_search_parameter(cairn_span name)
{
    for (int i = 0; cairn_search_names[i]; i++)
        if (cairn_span_is(name, cairn_search_names[i]))
            return i;
    return -1;
}

cairn_code cairn_search_once(cairn_search_reader *reader, int parameter)
{
    unsigned bit = 1U << parameter;
    if (reader->search->given & bit) {
        cairn_error_set(reader->error, CAIRN_INVALID, "'%s' is given more than once, expected it once",
                        cairn_search_names[parameter]);
        cairn_error_at_parameter(reader->error, cairn_search_names[parameter]);
        return CAIRN_INVALID;
    }
    reader->search->given |= bit;
    return CAIRN_OK;
}

cairn_code cairn_search_refuse(cairn_search_reader *reader, int parameter, const char *expected, cairn_span value,
                               const char *example)
{
    char quoted[QUOTED_MAX];
    cairn_error_set(reader->error, CAIRN_INVALID, "expected %s, found '%s'; for example %s", expected,
                    cairn_quote(value, quoted, sizeof quoted), example);
    cairn_error_at_parameter(reader->error, cairn_search_names[parameter]);
    return CAIRN_INVALID;
}

cairn_code cairn_search_refuse_empty(cairn_search_reader *reader, int parameter)
{
    return cairn_search_fail(reader, parameter, CAIRN_INVALID,
                             "it is empty, expected a condition; leave it out to search without one");
}

cairn_code cairn_search_fail(cairn_search_reader *reader, int parameter, cairn_code code, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    cairn_error_vset(reader->error, code, format, ap);
    va_end(ap);
    cairn_error_at_parameter(reader->error, cairn_search_names[parameter]);
    return code;
}

cairn_code cairn_search_explain(cairn_search_reader *reader, int parameter, const cairn_error *why, const char *example)
{
    const char *name = cairn_search_names[parameter], *message = why->message;
    size_t n = strlen(name);
    if (strncmp(message, name, n) == 0 && message[n] == ':' && message[n + 1] == ' ')
        message += n + 2;
    cairn_error_set(reader->error, why->code, "%s; for example %s", message, example);
    cairn_error_at_parameter(reader->error, name);
    cairn_error_at_pointer(reader->error, why->pointer);
    return why->code;
}

cairn_code cairn_search_no_memory(cairn_search_reader *reader)
{
    return cairn_error_set(reader->error, CAIRN_NOMEM, "the search needs more memory than a request may use");
}

cairn_code cairn_search_take_datetime(cairn_search_reader *reader, cairn_span text, const char *example)
{
    cairn_error why = CAIRN_ERROR_INIT;
    if (text.n == 0)
        return CAIRN_OK;
    if (cairn_interval_parse(text, &reader->search->datetime, &why) != CAIRN_OK)
        return cairn_search_explain(reader, CAIRN_SEARCH_DATETIME, &why, example);
    reader->search->has_datetime = true;
    return CAIRN_OK;
}

void cairn_search_take_limit(cairn_search_reader *reader, uint64_t limit)
{
    uint32_t max = reader->limits->max_limit;
    reader->search->limit = limit < max ? (uint32_t)limit : max;
}

void cairn_search_take_intersects(cairn_search_reader *reader, cairn_span geojson)
{
    reader->search->intersects = geojson;
    reader->search->max_vertices = reader->limits->max_vertices;
}

cairn_code cairn_search_take_token(cairn_search_reader *reader, cairn_span token)
{
    if (token.n == 0)
        return CAIRN_OK;
    if (token.n > CAIRN_TOKEN_MAX)
        return cairn_search_refuse(reader, CAIRN_SEARCH_TOKEN, "the token of a 'next' or 'prev' link",
                                   cairn_span_make(token.p, QUOTED_MAX), "the href of that link as it is");
    reader->search->token = token;
    return CAIRN_OK;
}

/* ---- lists ---- */

cairn_code cairn_search_new_list(cairn_search_reader *reader, int parameter, size_t n, cairn_span **out)
{
    if (n > reader->limits->max_list) {
        cairn_error_set(reader->error, CAIRN_TOO_LARGE,
                        "%zu entries, expected no more than %zu; ask in several requests", n, reader->limits->max_list);
        cairn_error_at_parameter(reader->error, cairn_search_names[parameter]);
        return CAIRN_TOO_LARGE;
    }
    *out = cairn_arena_calloc(reader->arena, n ? n : 1, sizeof **out);
    return *out ? CAIRN_OK : cairn_search_no_memory(reader);
}

cairn_code cairn_search_take_list(cairn_search_reader *reader, int parameter, cairn_span *list, size_t n)
{
    n = cairn_list_sort(list, n);
    /* An empty list matches nothing; who sends one has mostly lost his names and would take all items for the answer.
     */
    if (!n || list[0].n == 0) {
        cairn_error_set(reader->error, CAIRN_INVALID,
                        "%s is empty, expected names such as %s; leave it out to ask for all",
                        n ? "an entry" : "the list", parameter == CAIRN_SEARCH_IDS ? "ids=a,b" : "collections=a,b");
        cairn_error_at_parameter(reader->error, cairn_search_names[parameter]);
        return CAIRN_INVALID;
    }
    cairn_search *search = reader->search;
    *(parameter == CAIRN_SEARCH_IDS ? &search->ids : &search->collections) = list;
    *(parameter == CAIRN_SEARCH_IDS ? &search->n_ids : &search->n_collections) = n;
    return CAIRN_OK;
}
