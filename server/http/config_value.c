#include "http/config_table.h"

#include "base/clock.h"
#include "http/words.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static cairn_code expected(cairn_error *error, const char *what, cairn_span found)
{
    char quoted[128];
    return cairn_error_set(error, CAIRN_INVALID, "expected %s, found '%s'", what,
                           cairn_quote(found, quoted, sizeof quoted));
}

/* Digits at the front of *text, which are taken off. */
static bool take_number(cairn_span *text, uint64_t *out)
{
    size_t n = 0;
    *out = 0;
    while (n < text->n && text->p[n] >= '0' && text->p[n] <= '9') {
        uint64_t digit = (uint64_t)(text->p[n++] - '0');
        if (*out > (UINT64_MAX - digit) / 10)
            return false;
        *out = *out * 10 + digit;
    }
    *text = cairn_span_make(text->p + n, text->n - n);
    return n > 0;
}

typedef struct unit {
    const char *name;
    uint64_t size;
} unit;

/* A number and a unit; the first unit may be left out. */
static bool parse_measure(cairn_span text, const unit *units, uint64_t *out)
{
    if (!take_number(&text, out))
        return false;
    if (text.n == 0)
        return !__builtin_mul_overflow(*out, units[0].size, out);
    for (; units->name; units++)
        if (cairn_word_is(text, units->name))
            return !__builtin_mul_overflow(*out, units->size, out);
    return false;
}

static const unit ONE[] = {{"", 1}, {NULL, 0}};
static const unit BYTES[] = {{"B", 1},        {"K", 1 << 10},   {"KB", 1 << 10},  {"KiB", 1 << 10},
                             {"M", 1 << 20},  {"MB", 1 << 20},  {"MiB", 1 << 20}, {"G", 1 << 30},
                             {"GB", 1 << 30}, {"GiB", 1 << 30}, {NULL, 0}};
static const unit TIMES[] = {{"s", 1000000000}, {"ms", 1000000}, {"m", UINT64_C(60000000000)}, {NULL, 0}};

static cairn_code set_number(const cairn_option *option, const unit *units, cairn_span value, void *place,
                             cairn_error *error)
{
    char what[128];
    uint64_t number, scale = units == TIMES ? (uint64_t)CAIRN_SECOND : 1;
    snprintf(what, sizeof what, "%s of %llu to %llu%s",
             units == BYTES   ? "bytes (4096, 64K, 10M, 1G)"
             : units == TIMES ? "a time (30, 30s, 500ms, 2m)"
                              : "a number",
             (unsigned long long)option->min, (unsigned long long)option->max, units == TIMES ? " seconds" : "");
    if (!parse_measure(value, units, &number) || number < option->min * scale || number > option->max * scale ||
        (units == TIMES && number == 0))
        return expected(error, what, value);
    if (units == TIMES)
        *(int64_t *)place = (int64_t)number;
    else
        *(uint64_t *)place = number;
    return CAIRN_OK;
}

static cairn_code set_switch(cairn_span value, bool *place, cairn_error *error)
{
    static const char *const YES[] = {"true", "yes", "on", "1"}, *const NO[] = {"false", "no", "off", "0"};
    for (size_t i = 0; i < sizeof YES / sizeof YES[0]; i++) {
        if (cairn_word_is(value, YES[i]) || cairn_word_is(value, NO[i])) {
            *place = cairn_word_is(value, YES[i]);
            return CAIRN_OK;
        }
    }
    return expected(error, "true or false", value);
}

static cairn_code set_choice(const cairn_option *option, cairn_span value, int *place, cairn_error *error)
{
    char what[128] = "";
    size_t n = 0;
    for (int i = 0; option->choices[i]; i++) {
        if (cairn_span_is(value, option->choices[i])) {
            *place = i;
            return CAIRN_OK;
        }
        n += (size_t)snprintf(what + n, sizeof what - n, "%s%s",
                              i == 0                   ? ""
                              : option->choices[i + 1] ? ", "
                                                       : " or ",
                              option->choices[i]);
    }
    return expected(error, what, value);
}

static cairn_code set_listen(cairn_span value, cairn_listen *place, cairn_error *error)
{
    static const char what[] = "ADDRESS:PORT such as 127.0.0.1:8080, 0.0.0.0:0 or [::1]:8080";
    uint64_t port;
    size_t n = value.n;
    char host[INET6_ADDRSTRLEN];
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    while (n > 0 && value.p[n - 1] != ':')
        n--;
    cairn_span digits = cairn_span_make(value.p + n, value.n - n);
    if (n < 2 || !take_number(&digits, &port) || digits.n || port > 65535)
        return expected(error, what, value);
    cairn_span name = cairn_span_make(value.p, n - 1);
    bool bracketed = name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']';
    if (bracketed)
        name = cairn_span_make(name.p + 1, name.n - 2);
    if (name.n >= sizeof host)
        return expected(error, what, value);
    memcpy(host, name.p, name.n);
    host[name.n] = 0;
    in.sin_port = in6.sin6_port = htons((uint16_t)port);
    if (bracketed ? inet_pton(AF_INET6, host, &in6.sin6_addr) != 1 : inet_pton(AF_INET, host, &in.sin_addr) != 1)
        return expected(error, what, value);
    place->length = bracketed ? sizeof in6 : sizeof in;
    memcpy(&place->address, bracketed ? (void *)&in6 : (void *)&in, place->length);
    return CAIRN_OK;
}

static cairn_code set_url(cairn_config *config, cairn_span value, cairn_error *error)
{
    cairn_origin base;
    cairn_span rest = value;
    while (rest.n && rest.p[rest.n - 1] == '/')
        rest.n--;
    const char *colon = rest.n ? memchr(rest.p, ':', rest.n) : NULL;
    base.scheme = cairn_span_make(rest.p, colon ? (size_t)(colon - rest.p) : 0);
    rest = cairn_span_make(rest.p + base.scheme.n, rest.n - base.scheme.n);
    bool known = cairn_span_is(base.scheme, "http") || cairn_span_is(base.scheme, "https");
    if (!known || !cairn_span_starts(rest, "://"))
        return expected(error, "a URL such as https://example.org/stac", value);
    rest = cairn_span_make(rest.p + 3, rest.n - 3);
    const char *slash = rest.n ? memchr(rest.p, '/', rest.n) : NULL;
    base.host = cairn_span_make(rest.p, slash ? (size_t)(slash - rest.p) : rest.n);
    base.prefix = cairn_span_make(rest.p + base.host.n, rest.n - base.host.n);
    if (!cairn_host_is_valid(base.host) || !cairn_prefix_is_valid(base.prefix))
        return expected(error, "a URL such as https://example.org/stac", value);
    config->has_base = true;
    config->base = base;
    return CAIRN_OK;
}

static bool is_separator(char c)
{
    return c == ',' || c == ' ' || c == '\t' || c == '\n';
}

static cairn_code set_networks(cairn_config *config, cairn_span value, cairn_networks *place, cairn_error *error)
{
    size_t n = 0;
    cairn_network *list = cairn_arena_calloc(config->arena, value.n / 2 + 1, sizeof *list);
    if (!list)
        return cairn_error_no_memory(error);
    for (size_t i = 0; i < value.n;) {
        size_t end = i;
        while (end < value.n && !is_separator(value.p[end]))
            end++;
        if (end > i) {
            cairn_code code = cairn_network_parse(cairn_span_make(value.p + i, end - i), &list[n++], error);
            if (code)
                return code;
        }
        i = end + 1;
    }
    *place = (cairn_networks){list, n};
    return CAIRN_OK;
}

cairn_code cairn_option_set(cairn_config *config, const cairn_option *option, cairn_span value, cairn_error *error)
{
    void *place = (char *)config + option->at;
    switch (option->kind) {
    case CAIRN_OPTION_TEXT:
        if (value.n == 0)
            return cairn_error_set(error, CAIRN_INVALID, "expected %s, found nothing", option->argument);
        *(const char **)place = value.p;
        return CAIRN_OK;
    case CAIRN_OPTION_LINES:
        *(const char **)place = value.p;
        return CAIRN_OK;
    case CAIRN_OPTION_SWITCH:
        return set_switch(value, place, error);
    case CAIRN_OPTION_COUNT:
        return set_number(option, ONE, value, place, error);
    case CAIRN_OPTION_BYTES:
        return set_number(option, BYTES, value, place, error);
    case CAIRN_OPTION_DURATION:
        return set_number(option, TIMES, value, place, error);
    case CAIRN_OPTION_CHOICE:
        return set_choice(option, value, place, error);
    case CAIRN_OPTION_LISTEN:
        return set_listen(value, place, error);
    case CAIRN_OPTION_URL:
        return set_url(config, value, error);
    case CAIRN_OPTION_NETWORKS:
        return set_networks(config, value, place, error);
    case CAIRN_OPTION_FOLDERS:
        return cairn_asset_folders_parse(value, config->arena, place, error);
    }
    return cairn_error_set(error, CAIRN_INTERNAL, "option %s has no kind", option->name);
}
