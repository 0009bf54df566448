#include "http/config.h"

#include "http/config_table.h"
#include "query/names.h"

#include <ctype.h>
#include <stdlib.h>

enum { CONFIG_MEMORY = 4 << 20, VARIABLE_MAX = 64 };

typedef enum source { FROM_NOTHING, FROM_FILE, FROM_ENVIRONMENT, FROM_FLAG } source;

/* What the sources say, before it is parsed: the strongest source's text of each option. */
typedef struct settings {
    cairn_arena *arena;
    struct {
        source from;
        cairn_span value;
    } of[CAIRN_OPTIONS_MAX];
} settings;

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "out of memory while the configuration was read");
}

/* A variable has one line for a whole list. */
static void split_variable(char *text)
{
    for (; *text; text++)
        if (*text == ' ' || *text == '\t' || *text == ',')
            *text = '\n';
}

/* Takes a value from a source. Values of a list are joined by line ends, other continued lines by spaces. */
static cairn_code put(settings *s, int index, source from, cairn_span value, bool join, cairn_error *error)
{
    if (from < s->of[index].from)
        return CAIRN_OK;
    bool is_list = cairn_option_is_list(cairn_option_at((size_t)index));
    cairn_span old = s->of[index].value;
    bool append = (join || is_list) && from == s->of[index].from;
    cairn_span text = append ? cairn_arena_printf(s->arena, "%.*s%c%.*s", CAIRN_SPAN_FMT(old), is_list ? '\n' : ' ',
                                                  CAIRN_SPAN_FMT(value))
                             : cairn_arena_copy(s->arena, value);
    if (!text.p)
        return no_memory(error);
    if (is_list && from == FROM_ENVIRONMENT)
        split_variable((char *)text.p);
    s->of[index].from = from;
    s->of[index].value = text;
    return CAIRN_OK;
}

static cairn_code unknown(cairn_error *error, const char *kind, cairn_span written, cairn_span name)
{
    char quoted[80];
    const char *nearest = cairn_name_nearest(name, cairn_option_names());
    cairn_quote(written, quoted, sizeof quoted);
    if (!nearest)
        return cairn_error_set(error, CAIRN_INVALID, "unknown %s '%s'", kind, quoted);
    if (strcmp(kind, "environment variable") != 0)
        return cairn_error_set(error, CAIRN_INVALID, "unknown %s '%s', did you mean %s%s?", kind, quoted,
                               strcmp(kind, "flag") == 0 ? "--" : "", nearest);
    char variable[VARIABLE_MAX];
    cairn_option_variable(cairn_option_at((size_t)cairn_option_find(cairn_span_of(nearest))), variable,
                          sizeof variable);
    return cairn_error_set(error, CAIRN_INVALID, "unknown %s '%s', did you mean %s?", kind, quoted, variable);
}

static cairn_code take_flag(settings *s, int argc, char **argv, int *i, cairn_error *error)
{
    char quoted[80];
    cairn_span whole = cairn_span_of(argv[*i]);
    if (cairn_span_is(whole, "-h"))
        whole = cairn_span_of("--help");
    if (whole.n && whole.p[0] != '-') {
        cairn_quote(whole, quoted, sizeof quoted);
        return cairn_error_set(error, CAIRN_INVALID, "unexpected argument '%s', did you mean --catalog %s?", quoted,
                               quoted);
    }
    if (!cairn_span_starts(whole, "--") || whole.n == 2)
        return cairn_error_set(error, CAIRN_INVALID, "unexpected argument '%s', expected flags (--catalog FILE)",
                               cairn_quote(whole, quoted, sizeof quoted));
    cairn_span name = cairn_span_make(whole.p + 2, whole.n - 2), value = CAIRN_SPAN_NONE;
    const char *equals = memchr(name.p, '=', name.n);
    if (equals) {
        value = cairn_span_of(equals + 1);
        name.n = (size_t)(equals - name.p);
    }
    int index = cairn_option_find(name);
    if (index < 0)
        return unknown(error, "flag", cairn_span_make(whole.p, name.n + 2), name);
    const cairn_option *option = cairn_option_at((size_t)index);
    if (!value.p && option->bare)
        value = cairn_span_of(option->choices ? option->choices[1] : "true");
    else if (!value.p && *i + 1 < argc)
        value = cairn_span_of(argv[++*i]);
    if (!value.p)
        return cairn_error_set(error, CAIRN_INVALID, "--%s: expected %s behind it", option->name, option->argument);
    return put(s, index, FROM_FLAG, value, false, error);
}

/* Orchestrators set these for a service that is called cairnd: CAIRND_SERVICE_HOST, CAIRND_PORT_8080_TCP ... */
static bool is_service_variable(cairn_span name)
{
    return cairn_span_starts(name, "CAIRND_SERVICE_") || cairn_span_is(name, "CAIRND_PORT") ||
           cairn_span_starts(name, "CAIRND_PORT_");
}

static cairn_code take_variable(settings *s, const char *entry, cairn_error *error)
{
    char name[VARIABLE_MAX];
    const char *equals = strchr(entry, '=');
    if (!equals || strncmp(entry, "CAIRND_", 7) != 0)
        return CAIRN_OK;
    cairn_span variable = cairn_span_make(entry, (size_t)(equals - entry));
    if (is_service_variable(variable) || equals[1] == 0)
        return CAIRN_OK;
    size_t n = variable.n - 7 < sizeof name ? variable.n - 7 : sizeof name;
    for (size_t i = 0; i < n; i++)
        name[i] = entry[7 + i] == '_' ? '-' : (char)tolower((unsigned char)entry[7 + i]);
    int index = cairn_option_find(cairn_span_make(name, n));
    if (index < 0 || cairn_option_at((size_t)index)->flag_only)
        return unknown(error, "environment variable", variable, cairn_span_make(name, n));
    return put(s, index, FROM_ENVIRONMENT, cairn_span_of(equals + 1), false, error);
}

static cairn_code take_key(void *context, cairn_span key, cairn_span value, bool continued, cairn_error *error)
{
    settings *s = context;
    int index = cairn_option_find(key);
    if (index < 0 || cairn_option_at((size_t)index)->flag_only || cairn_span_is(key, "config"))
        return unknown(error, "key", key, key);
    const cairn_option *option = cairn_option_at((size_t)index);
    bool may_repeat = cairn_option_is_list(option) || (option->kind == CAIRN_OPTION_TEXT && continued);
    if (s->of[index].from == FROM_FILE && !may_repeat)
        return cairn_error_set(error, CAIRN_INVALID, "%s: given a second time", option->name);
    return put(s, index, FROM_FILE, value, continued, error);
}

static cairn_code gather(settings *s, int argc, char **argv, char **environment, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (int i = 1; i < argc && !code; i++)
        code = take_flag(s, argc, argv, &i, error);
    for (; !code && environment && *environment; environment++)
        code = take_variable(s, *environment, error);
    int config = cairn_option_find(cairn_span_of("config"));
    if (!code && s->of[config].from)
        code = cairn_config_read_file(s->of[config].value.p, take_key, s, error);
    return code;
}

static cairn_code apply(cairn_config *config, const settings *s, size_t index, cairn_error *error)
{
    const cairn_option *option = cairn_option_at(index);
    source from = s->of[index].from;
    cairn_span value = from ? s->of[index].value : cairn_span_of(option->fallback);
    if (!value.p)
        return CAIRN_OK;
    cairn_code code = cairn_option_set(config, option, value, error);
    char variable[VARIABLE_MAX];
    cairn_option_variable(option, variable, sizeof variable);
    if (code && from == FROM_FILE)
        cairn_error_context(error, "%s: %s", config->file ? config->file : "configuration file", option->name);
    else if (code)
        cairn_error_context(error, from == FROM_ENVIRONMENT ? "%s" : "--%s",
                            from == FROM_ENVIRONMENT ? variable : option->name);
    return code;
}

/* What must not be read by everybody: no file of it may lie in a folder that is served. */
static cairn_code check_secrets(const cairn_config *config, cairn_error *error)
{
    const struct {
        const char *file, *what;
    } secrets[] = {
        {config->catalog, "the catalog"},
        {config->file, "the configuration"},
        {config->sign, "the keys for signing"},
        {config->sign ? getenv("AWS_SHARED_CREDENTIALS_FILE") : NULL, "the keys for signing"},
        {config->sign ? getenv("AWS_CONFIG_FILE") : NULL, "the keys for signing"},
    };
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; !code && i < sizeof secrets / sizeof *secrets; i++)
        code = cairn_asset_folders_spare(&config->assets, secrets[i].file, secrets[i].what, error);
    return code;
}

cairn_code cairn_config_read(cairn_config *config, int argc, char **argv, char **environment, cairn_error *error)
{
    settings s = {0};
    *config = (cairn_config){0};
    config->arena = s.arena = cairn_arena_new(CONFIG_MEMORY);
    if (!config->arena)
        return no_memory(error);
    cairn_code code = gather(&s, argc, argv, environment, error);
    int file = cairn_option_find(cairn_span_of("config"));
    if (!code)
        code = apply(config, &s, (size_t)file, error);
    for (size_t i = 0; !code && cairn_option_at(i); i++)
        code = apply(config, &s, i, error);
    if (!code)
        code = check_secrets(config, error);
    if (!code && !config->catalog && !config->help && !config->version)
        code = cairn_error_set(error, CAIRN_INVALID, "--catalog FILE is missing: which catalog is to be served?");
    return code;
}

void cairn_config_free(cairn_config *config)
{
    if (config->arena)
        cairn_arena_free(config->arena);
    *config = (cairn_config){0};
}
