#include "indexer/asking.h"

#include "indexer/input.h"
#include "indexer/message.h"

#include <stdio.h>

const char *const cairn_asking_null_geometries[] = {"ignore", "match", NULL};
enum { MATCH = 1 };

/* The limits of a server don't bind its owner's own machine. */
static const cairn_search_limits limits = {.max_limit = UINT32_MAX, .max_list = 1000000, .max_vertices = 1000000};

typedef struct parameter {
    const char *name, *argument; /* NULL: not given */
    bool from_file;              /* may be @FILE or - */
} parameter;

static cairn_code set_parameter(cairn_search *search, const char *name, cairn_span value, cairn_arena *arena,
                                cairn_error *error)
{
    bool known;
    cairn_code code = cairn_search_set(search, cairn_span_of(name), value, &limits, arena, &known, error);
    if (code != CAIRN_OK)
        cairn_error_at_parameter(error, name);
    return code;
}

static bool is_stdin(const parameter *p)
{
    return p->from_file && p->argument && strcmp(p->argument, "-") == 0;
}

static cairn_code check_stdin(const parameter *parameters, size_t n, cairn_error *error)
{
    const char *first = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!is_stdin(&parameters[i]))
            continue;
        if (first) {
            cairn_error_set(error, CAIRN_INVALID, "standard input is --%s already, expected @FILE or the text itself",
                            first);
            return cairn_error_at_parameter(error, parameters[i].name);
        }
        first = parameters[i].name;
    }
    return CAIRN_OK;
}

static cairn_code read_value(const parameter *p, cairn_arena *arena, cairn_span *out, cairn_error *error)
{
    *out = cairn_span_of(p->argument);
    if (!p->from_file || !p->argument)
        return CAIRN_OK;
    cairn_code code = cairn_input_argument(p->argument, arena, out, error);
    if (code != CAIRN_OK)
        cairn_error_at_parameter(error, p->name);
    *out = cairn_span_trim(*out);
    return code;
}

static bool is_json_filter(const parameter *p, cairn_span value, const cairn_asking *asking)
{
    return strcmp(p->name, "filter") == 0 && !asking->filter_lang && cairn_span_starts(value, "{");
}

static cairn_code read_parameter(const parameter *p, const cairn_asking *asking, cairn_arena *arena,
                                 cairn_search *search, cairn_error *error)
{
    cairn_span value;
    cairn_code code = read_value(p, arena, &value, error);
    if (code == CAIRN_OK && is_json_filter(p, value, asking))
        code = set_parameter(search, "filter-lang", cairn_span_of("cql2-json"), arena, error);
    return code == CAIRN_OK && value.p ? set_parameter(search, p->name, value, arena, error) : code;
}

cairn_code cairn_asking_read(const cairn_asking *asking, cairn_arena *arena, cairn_search *out, cairn_error *error)
{
    const parameter parameters[] = {
        {"bbox", asking->bbox, false},         {"bbox-crs", asking->bbox_crs, false},
        {"datetime", asking->datetime, false}, {"intersects", asking->intersects, true},
        {"ids", asking->ids, false},           {"collections", asking->collections, false},
        {"filter", asking->filter, true},      {"filter-lang", asking->filter_lang, false},
        {"query", asking->query, true},        {"q", asking->q, false},
        {"sortby", asking->sortby, false},     {"fields", asking->fields, false},
    };
    size_t n = sizeof(parameters) / sizeof(*parameters);
    *out = (cairn_search){.null_geometry_hits = asking->null_geometry == MATCH};
    cairn_code code = check_stdin(parameters, n, error);
    for (size_t i = 0; i < n && code == CAIRN_OK; i++)
        code = read_parameter(&parameters[i], asking, arena, out, error);
    return code == CAIRN_OK ? cairn_search_check(out, error) : code;
}

/* ---- what is said ---- */

/* The option that "bbox=" at `at` stands for, where a word begins; NULL when there is none. */
static const char *option_at(const char *message, const char *at)
{
    bool begins = at == message || strchr(" '(\"", at[-1]);
    for (const char *const *name = cairn_search_names; begins && *name; name++) {
        size_t n = strlen(*name);
        if (strncmp(at, *name, n) == 0 && at[n] == '=')
            return *name;
    }
    return NULL;
}

/* "for example bbox=1,2,3,4" becomes "for example --bbox 1,2,3,4". */
static void name_options(const char *message, cairn_buf *out)
{
    for (const char *at = message; *at;) {
        const char *option = option_at(message, at);
        if (option)
            cairn_buf_printf(out, "--%s ", option);
        else
            cairn_buf_add_byte(out, *at);
        at += option ? strlen(option) + 1 : 1;
    }
    cairn_buf_add_byte(out, '\0');
}

int cairn_asking_report(const cairn_command *command, const cairn_error *error)
{
    cairn_error said = CAIRN_ERROR_INIT;
    cairn_buf message = CAIRN_BUF_INIT(2 * CAIRN_ERROR_MESSAGE_MAX);
    char option[CAIRN_ERROR_PARAMETER_MAX + 2];
    cairn_span plain = cairn_message_behind(cairn_span_of(error->parameter), cairn_span_of(error->message));
    name_options(plain.p, &message);
    snprintf(option, sizeof(option), "%s%s", error->parameter[0] ? "--" : "", error->parameter);
    cairn_error_set(&said, error->code, "%s", message.failed ? plain.p : message.p);
    cairn_error_at_parameter(&said, option);
    cairn_buf_free(&message);
    return cairn_usage_report(command, &said);
}
