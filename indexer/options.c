#include "indexer/options.h"

#include "indexer/exit.h"
#include "indexer/help.h"
#include "query/names.h"
#include "stac/ext.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTIONS_MAX = 40,
    HELP = OPTIONS_MAX, /* codes of getopt_long: the index in the table, or this */
    FIRST = 1000,       /* codes begin here, out of the way of letters */
};

typedef struct reading {
    const cairn_command *command;
    const cairn_option *options;
    char *values;
    bool seen[OPTIONS_MAX];
    cairn_option_list extensions;
} reading;

static int try_help(const cairn_command *command)
{
    cairn_say(command, "try 'cairn %s --help'", command->name);
    return CAIRN_EXIT_USAGE;
}

int cairn_usage_error(const cairn_command *command, const char *format, ...)
{
    cairn_error error = CAIRN_ERROR_INIT;
    va_list ap;
    va_start(ap, format);
    cairn_error_vset(&error, CAIRN_INVALID, format, ap);
    va_end(ap);
    cairn_say(command, "%s", error.message);
    return try_help(command);
}

int cairn_usage_report(const cairn_command *command, const cairn_error *error)
{
    cairn_report(command, error);
    return try_help(command);
}

static size_t count_options(const cairn_option *options)
{
    size_t n = 0;
    while (options[n].name)
        n++;
    return n;
}

static const char *quote(const char *text, char out[80])
{
    return cairn_quote(cairn_span_of(text), out, 80);
}

/* ---- values by kind ---- */

/* The power of 1024 that a unit letter means, as a shift; -1 for anything else. */
static int unit_shift(const char *unit)
{
    static const char letters[] = "KMG";
    if (!*unit)
        return 0;
    const char *found = unit[1] ? NULL : strchr(letters, *unit & ~0x20);
    return found ? 10 * (int)(found - letters + 1) : -1;
}

static int set_number(const reading *r, const cairn_option *option, const char *text)
{
    char *end;
    char quoted[80];
    errno = 0;
    uint64_t number = strtoull(text, &end, 10);
    int shift = unit_shift(end);
    bool fits = errno == 0 && shift >= 0 && number <= UINT64_MAX >> (shift < 0 ? 0 : shift);
    bool digits = *text >= '0' && *text <= '9';
    number = fits ? number << shift : 0;
    if (!digits || !fits || number < option->min || (option->max && number > option->max)) {
        quote(text, quoted);
        if (option->max)
            return cairn_usage_error(r->command, "%s: expected a whole number from %llu to %llu, found '%s'",
                                     option->name, (unsigned long long)option->min, (unsigned long long)option->max,
                                     quoted);
        return cairn_usage_error(r->command, "%s: expected a whole number from %llu, found '%s'", option->name,
                                 (unsigned long long)option->min, quoted);
    }
    memcpy(r->values + option->at, &number, sizeof(number));
    return CAIRN_OPTIONS_GO_ON;
}

static int set_choice(const reading *r, const cairn_option *option, const char *text)
{
    char quoted[80], list[200] = "";
    size_t used = 0;
    for (size_t i = 0; option->choices[i]; i++) {
        if (strcmp(option->choices[i], text) == 0) {
            memcpy(r->values + option->at, &i, sizeof(i));
            return CAIRN_OPTIONS_GO_ON;
        }
        int n = snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "", option->choices[i]);
        used += n > 0 && (size_t)n < sizeof(list) - used ? (size_t)n : 0;
    }
    return cairn_usage_error(r->command, "%s: expected one of %s, found '%s'", option->name, list, quote(text, quoted));
}

static int add_to_list(const reading *r, const cairn_option *option, cairn_option_list *list, const char *text)
{
    if (list->n == CAIRN_OPTION_LIST_MAX)
        return cairn_usage_error(r->command, "%s: given more than %d times", option->name, CAIRN_OPTION_LIST_MAX);
    list->items[list->n++] = text;
    return CAIRN_OPTIONS_GO_ON;
}

static int set_text(const reading *r, const cairn_option *option, const char *text)
{
    memcpy(r->values + option->at, &text, sizeof(text));
    return CAIRN_OPTIONS_GO_ON;
}

static bool may_repeat(cairn_option_kind kind)
{
    return kind == CAIRN_OPTION_LIST || kind == CAIRN_OPTION_EXTENSIONS || kind == CAIRN_OPTION_FLAG;
}

static int set_option(reading *r, size_t index, const char *text)
{
    const cairn_option *option = &r->options[index];
    if (r->seen[index] && !may_repeat(option->kind))
        return cairn_usage_error(r->command, "%s: given twice", option->name);
    r->seen[index] = true;
    switch (option->kind) {
    case CAIRN_OPTION_TEXT:
        return set_text(r, option, text);
    case CAIRN_OPTION_LIST:
        return add_to_list(r, option, (cairn_option_list *)(void *)(r->values + option->at), text);
    case CAIRN_OPTION_EXTENSIONS:
        return add_to_list(r, option, &r->extensions, text);
    case CAIRN_OPTION_NUMBER:
        return set_number(r, option, text);
    case CAIRN_OPTION_CHOICE:
        return set_choice(r, option, text);
    case CAIRN_OPTION_FLAG:
        break;
    }
    *(bool *)(void *)(r->values + option->at) = true;
    return CAIRN_OPTIONS_GO_ON;
}

/* ---- extensions ---- */

static int load_extensions(const reading *r)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_code code = CAIRN_OK;
    const char *listed = getenv("CAIRN_EXTENSIONS");
    for (size_t i = 0; i < r->extensions.n && code == CAIRN_OK; i++)
        code = cairn_ext_load_all(r->extensions.items[i], &error);
    if (r->extensions.n == 0 && listed)
        code = cairn_ext_load_all(listed, &error);
    return code == CAIRN_OK ? CAIRN_OPTIONS_GO_ON : cairn_report(r->command, &error);
}

/* ---- getopt ---- */

/* The tables that getopt_long wants; `letters` has room for two characters more than three an option. */
static void make_tables(const cairn_option *options, size_t n, struct option *longs, char *letters)
{
    *letters++ = ':';
    for (size_t i = 0; i < n; i++) {
        bool argument = options[i].kind != CAIRN_OPTION_FLAG;
        longs[i] = (struct option){options[i].name, argument ? required_argument : no_argument, NULL, FIRST + (int)i};
        if (options[i].letter)
            *letters++ = options[i].letter;
        if (options[i].letter && argument)
            *letters++ = ':';
    }
    *letters++ = 'h';
    *letters = '\0';
    longs[n] = (struct option){"help", no_argument, NULL, FIRST + HELP};
    longs[n + 1] = (struct option){0};
}

/* The index of the option that getopt's code stands for, HELP for --help. */
static size_t index_of(const cairn_option *options, size_t n, int code)
{
    if (code >= FIRST)
        return (size_t)(code - FIRST);
    for (size_t i = 0; i < n; i++)
        if (options[i].letter == code)
            return i;
    return HELP;
}

static int say_unknown(const reading *r, size_t n, const char *word)
{
    const char *names[OPTIONS_MAX + 2];
    char quoted[80];
    for (size_t i = 0; i < n; i++)
        names[i] = r->options[i].name;
    names[n] = "help";
    names[n + 1] = NULL;
    if (optopt > 0 && optopt < FIRST)
        return cairn_usage_error(r->command, "unknown option '-%c'", optopt);
    if (optopt)
        return cairn_usage_error(r->command, "the option in '%s' takes no argument", quote(word, quoted));
    cairn_span name = cairn_span_of(word + strspn(word, "-"));
    const char *equals = memchr(name.p, '=', name.n);
    name.n = equals ? (size_t)(equals - name.p) : name.n;
    const char *near = cairn_name_nearest(name, names);
    if (near)
        return cairn_usage_error(r->command, "unknown option '%s': did you mean '--%s'?", quote(word, quoted), near);
    return cairn_usage_error(r->command, "unknown option '%s'", quote(word, quoted));
}

static int check_operands(const cairn_command *command, cairn_operands *operands, int argc, char **argv)
{
    char quoted[80];
    operands->n = argc - optind;
    operands->items = argv + optind;
    if (operands->n < operands->min)
        return cairn_usage_error(command, "expected %s; usage: %s", operands->names, command->usage);
    if (operands->max >= 0 && operands->n > operands->max)
        return cairn_usage_error(command, "'%s' is one argument too many; usage: %s",
                                 quote(operands->items[operands->max], quoted), command->usage);
    return CAIRN_OPTIONS_GO_ON;
}

/* The options of the command line, one after the other. */
static int take_options(reading *r, size_t n, int argc, char **argv)
{
    struct option longs[OPTIONS_MAX + 2];
    char letters[3 * OPTIONS_MAX + 3];
    int code, result = CAIRN_OPTIONS_GO_ON;
    make_tables(r->options, n, longs, letters);
    optind = 0; /* GNU: begin anew */
    opterr = 0;
    while (result == CAIRN_OPTIONS_GO_ON && (code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (code == '?')
            return say_unknown(r, n, argv[optind - 1]);
        if (code == ':')
            return cairn_usage_error(r->command, "'%s' needs an argument", argv[optind - 1]);
        size_t index = index_of(r->options, n, code);
        if (index == HELP)
            return cairn_help_print(r->command, r->options);
        result = set_option(r, index, optarg);
    }
    return result;
}

static bool has_extensions(const cairn_option *options)
{
    while (options->name && options->kind != CAIRN_OPTION_EXTENSIONS)
        options++;
    return options->name;
}

int cairn_options_read(const cairn_command *command, const cairn_option *options, int argc, char **argv, void *values,
                       cairn_operands *operands)
{
    reading r = {.command = command, .options = options, .values = values};
    size_t n = count_options(options);
    if (n > OPTIONS_MAX)
        return cairn_usage_error(command, "the table of options is too long");
    int result = take_options(&r, n, argc, argv);
    if (result == CAIRN_OPTIONS_GO_ON)
        result = check_operands(command, operands, argc, argv);
    return result == CAIRN_OPTIONS_GO_ON && has_extensions(options) ? load_extensions(&r) : result;
}
