#include "http/forwarded.h"

#include "http/words.h"

enum { MAX_HOPS = 32 };

/* The length up to the first `stop` outside of a quoted string. */
static size_t until(cairn_span text, char stop)
{
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        if (quoted && text.p[i] == '\\' && i + 1 < text.n)
            i++;
        else if (text.p[i] == '"')
            quoted = !quoted;
        else if (!quoted && text.p[i] == stop)
            return i;
    }
    return text.n;
}

/* The last element of a list, which is taken off its end. */
static cairn_span last_element(cairn_span *list)
{
    size_t from = 0, n;
    while ((n = until(cairn_span_make(list->p + from, list->n - from), ',')) < list->n - from)
        from += n + 1;
    cairn_span element = cairn_span_trim(cairn_span_make(list->p + from, list->n - from));
    *list = from ? cairn_span_make(list->p, from - 1) : CAIRN_SPAN_NONE;
    return element;
}

/* The value of `name` in "for=192.0.2.1;proto=https;host=\"a:80\"", without quotes; absent when it is not there. */
static cairn_span pair_value(cairn_span element, const char *name)
{
    while (element.n) {
        size_t n = until(element, ';');
        cairn_span pair = cairn_span_trim(cairn_span_make(element.p, n));
        size_t equals = until(pair, '=');
        if (equals < pair.n && cairn_word_is(cairn_span_make(pair.p, equals), name)) {
            cairn_span value = cairn_span_make(pair.p + equals + 1, pair.n - equals - 1);
            bool quoted = value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"';
            return quoted ? cairn_span_make(value.p + 1, value.n - 2) : value;
        }
        element = n < element.n ? cairn_span_make(element.p + n + 1, element.n - n - 1) : CAIRN_SPAN_NONE;
    }
    return CAIRN_SPAN_NONE;
}

static bool is_trusted(cairn_span address_text, const cairn_networks *trusted)
{
    cairn_address address;
    return cairn_address_parse(address_text, &address) && cairn_networks_have(trusted, &address);
}

/* The element that the outermost trusted proxy wrote. */
static cairn_span outermost_element(cairn_span list, const cairn_networks *trusted)
{
    cairn_span element = last_element(&list);
    for (int hops = 1; hops < MAX_HOPS && list.p && is_trusted(pair_value(element, "for"), trusted); hops++)
        element = last_element(&list);
    return element;
}

/* How many trusted proxies stand one behind the other, by X-Forwarded-For: at least our peer. */
static int count_hops(cairn_span x_for, const cairn_networks *trusted)
{
    int hops = 1;
    while (x_for.p && hops < MAX_HOPS && is_trusted(last_element(&x_for), trusted))
        hops++;
    return hops;
}

/* The hops-th element from the right, the first one when there are fewer: many proxies pass on a single value. */
static cairn_span pick(cairn_span list, int hops)
{
    cairn_span element = CAIRN_SPAN_NONE;
    while (list.p && hops-- > 0)
        element = last_element(&list);
    return element;
}

static cairn_code refuse(cairn_error *error, const char *header, const char *expected, cairn_span value)
{
    char quoted[80];
    cairn_error_set(error, CAIRN_INVALID, "expected %s, found '%s'", expected,
                    cairn_quote(value, quoted, sizeof quoted));
    return cairn_error_at_parameter(error, header);
}

static cairn_code set_scheme(cairn_origin *origin, cairn_span value, const char *header, cairn_error *error)
{
    if (value.n == 0)
        return CAIRN_OK;
    if (cairn_word_is(value, "https"))
        origin->scheme = cairn_span_of("https");
    else if (cairn_word_is(value, "http"))
        origin->scheme = cairn_span_of("http");
    else
        return refuse(error, header, "http or https", value);
    return CAIRN_OK;
}

static cairn_code set_host(cairn_origin *origin, cairn_span value, const char *header, cairn_error *error)
{
    if (value.n == 0)
        return CAIRN_OK;
    if (!cairn_host_is_valid(value))
        return refuse(error, header, "a host with or without a port", value);
    origin->host = value;
    return CAIRN_OK;
}

static cairn_code set_port(cairn_origin *origin, cairn_span value, cairn_arena *arena, cairn_error *error)
{
    if (value.n == 0 || cairn_host_has_port(origin->host))
        return CAIRN_OK;
    if (cairn_span_is(value, cairn_span_is(origin->scheme, "https") ? "443" : "80"))
        return CAIRN_OK;
    cairn_span host = cairn_arena_printf(arena, "%.*s:%.*s", CAIRN_SPAN_FMT(origin->host), CAIRN_SPAN_FMT(value));
    if (!host.p)
        return cairn_error_set(error, CAIRN_NOMEM, "the request needs more memory than --request-memory allows");
    if (!cairn_host_is_valid(host))
        return refuse(error, "X-Forwarded-Port", "a port", value);
    origin->host = host;
    return CAIRN_OK;
}

static cairn_code set_prefix(cairn_origin *origin, cairn_span value, cairn_error *error)
{
    while (value.n && value.p[value.n - 1] == '/')
        value.n--;
    if (!cairn_prefix_is_valid(value))
        return refuse(error, "X-Forwarded-Prefix", "a path such as /stac", value);
    origin->prefix = value;
    return CAIRN_OK;
}

static cairn_code apply_x(const cairn_forwarded *headers, const cairn_networks *trusted, cairn_arena *arena,
                          cairn_origin *origin, cairn_error *error)
{
    int hops = count_hops(headers->x_for, trusted);
    cairn_code code = set_scheme(origin, pick(headers->x_proto, hops), "X-Forwarded-Proto", error);
    if (!code)
        code = set_host(origin, pick(headers->x_host, hops), "X-Forwarded-Host", error);
    if (!code)
        code = set_port(origin, pick(headers->x_port, hops), arena, error);
    if (!code && headers->x_prefix.p)
        code = set_prefix(origin, pick(headers->x_prefix, hops), error);
    return code;
}

cairn_code cairn_forwarded_apply(const cairn_forwarded *headers, const cairn_networks *trusted,
                                 const cairn_address *peer, cairn_arena *arena, cairn_origin *origin,
                                 cairn_error *error)
{
    if (!cairn_networks_have(trusted, peer))
        return CAIRN_OK;
    if (headers->x_for.p || headers->x_proto.p || headers->x_host.p || headers->x_port.p || headers->x_prefix.p)
        return apply_x(headers, trusted, arena, origin, error);
    if (!headers->forwarded.p)
        return CAIRN_OK;
    cairn_span element = outermost_element(headers->forwarded, trusted);
    cairn_code code = set_scheme(origin, pair_value(element, "proto"), "Forwarded", error);
    return code ? code : set_host(origin, pair_value(element, "host"), "Forwarded", error);
}
