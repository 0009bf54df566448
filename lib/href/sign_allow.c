/* The allow-list of a section, and the hosts where what it allows is found. */
#include "base/uri.h"
#include "href/sign_config.h"

#include <strings.h>

enum { HOST_MAX = 255, NAME_MAX_BYTES = 255 };

static bool is_one_of(char c, const char *others)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr(others, c));
}

static bool is_made_of(cairn_span text, const char *others)
{
    for (size_t i = 0; i < text.n; i++)
        if (!is_one_of(text.p[i], others))
            return false;
    return text.n > 0 && text.n <= NAME_MAX_BYTES;
}

/* As they stand in URLs. Old ones have capitals and underscores. */
static bool is_bucket(cairn_span name)
{
    if (name.n < 3 || name.n > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!is_one_of(name.p[i] >= 'A' && name.p[i] <= 'Z' ? 'a' : name.p[i], i ? "-_." : "") ||
            (i && name.p[i] == '.' && name.p[i - 1] == '.'))
            return false;
    return true;
}

static cairn_code fault(const cairn_sign_draft *draft, size_t i, cairn_error *error, const char *expected)
{
    char quoted[160];
    cairn_span text = draft->allow[i].text;
    const char *query = memchr(text.p, '?', text.n); /* behind it there may be a SAS */
    text.n = query ? (size_t)(query - text.p) + 1 : text.n;
    cairn_error_set(error, CAIRN_INVALID, "allow: %s, found '%s'", expected, cairn_quote(text, quoted, sizeof quoted));
    error->line = draft->allow[i].line;
    return error->code;
}

/* Cuts at the first `c`; false when there is none. */
static bool cut(cairn_span text, char c, cairn_span *head, cairn_span *tail)
{
    const char *at = text.n ? memchr(text.p, c, text.n) : NULL;
    if (!at)
        return false;
    *head = cairn_span_make(text.p, (size_t)(at - text.p));
    *tail = cairn_span_make(at + 1, text.n - head->n - 1);
    return true;
}

/* ACCOUNT.blob.SUFFIX or ACCOUNT.dfs.SUFFIX */
static bool take_account(cairn_span host, cairn_sign_allow *out)
{
    cairn_span kind, rest;
    return cut(host, '.', &out->account, &rest) && cut(rest, '.', &kind, &out->suffix) &&
           (cairn_span_is(kind, "blob") || cairn_span_is(kind, "dfs")) && is_made_of(out->account, "") &&
           is_made_of(out->suffix, "-.");
}

static bool is_container(cairn_span name)
{
    return is_made_of(name, "-") ||
           (name.n > 1 && name.p[0] == '$' && is_made_of(cairn_span_make(name.p + 1, name.n - 1), ""));
}

static cairn_code take_container(const cairn_sign_draft *draft, size_t i, cairn_span authority, cairn_span *path,
                                 cairn_sign_allow *out, cairn_error *error)
{
    cairn_span host = authority, whole = *path;
    bool at = cut(authority, '@', &out->container, &host);
    if (!at && !cut(whole, '/', &out->container, path)) {
        out->container = whole;
        *path = cairn_span_make("", 0);
    }
    if (!take_account(host, out) || !is_container(out->container))
        return fault(draft, i, error,
                     "expected https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX or "
                     "abfs://CONTAINER@ACCOUNT.dfs.core.windows.net/PREFIX in lower case");
    return CAIRN_OK;
}

static bool take_store(cairn_span scheme, cairn_sign_store *out)
{
    static const struct {
        const char *scheme;
        cairn_sign_store store;
    } STORES[] = {{"s3", CAIRN_SIGN_S3},
                  {"gs", CAIRN_SIGN_GS},
                  {"abfs", CAIRN_SIGN_AZURE},
                  {"abfss", CAIRN_SIGN_AZURE},
                  {"https", CAIRN_SIGN_AZURE}};
    for (size_t i = 0; i < sizeof STORES / sizeof *STORES; i++) {
        *out = STORES[i].store;
        if (cairn_span_is(scheme, STORES[i].scheme))
            return true;
    }
    return false;
}

static cairn_code take_prefix(const cairn_sign_draft *draft, size_t i, cairn_span path, cairn_arena *arena,
                              cairn_sign_allow *out, cairn_error *error)
{
    char *key = cairn_arena_alloc(arena, CAIRN_SIGN_KEY_MAX);
    if (!key)
        return cairn_error_no_memory(error);
    if ((path.n && (memchr(path.p, '?', path.n) || memchr(path.p, '#', path.n) || memchr(path.p, '*', path.n))) ||
        !cairn_sign_decode_key(path, key, CAIRN_SIGN_KEY_MAX, &out->prefix.n))
        return fault(draft, i, error,
                     "expected a prefix, percent-coded where needed, without '?', '#', '*', '.' and '..' (all below a "
                     "prefix is covered)");
    out->prefix.p = key;
    return CAIRN_OK;
}

static cairn_code take_one(cairn_sign_draft *draft, size_t i, cairn_arena *arena, cairn_sign_section *out,
                           cairn_error *error)
{
    cairn_sign_allow *allow = &out->allow[i];
    cairn_sign_store store;
    cairn_span text = draft->allow[i].text, scheme = cairn_uri_scheme(text), authority, path;
    cairn_span rest = cairn_span_make(text.p + scheme.n, text.n - scheme.n);
    if (!take_store(scheme, &store) || !cairn_span_starts(rest, "://"))
        return fault(draft, i, error, "expected s3://BUCKET/PREFIX, gs://, abfs:// or https://ACCOUNT.blob...");
    if (i && store != out->store)
        return fault(draft, i, error, "expected the same store as in the lines before (a section has one)");
    out->store = store;
    rest = cairn_span_make(rest.p + 3, rest.n - 3);
    if (!cut(rest, '/', &authority, &path)) {
        authority = rest;
        path = cairn_span_make("", 0);
    }
    if (store == CAIRN_SIGN_AZURE) {
        if (take_container(draft, i, authority, &path, allow, error))
            return error->code;
    } else if (!is_bucket(authority)) {
        return fault(draft, i, error, "expected s3://BUCKET/PREFIX with the name of a bucket");
    } else {
        allow->container = authority;
    }
    return take_prefix(draft, i, path, arena, allow, error);
}

cairn_code cairn_sign_make_allow(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out,
                                 cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    if (!draft->n_allow)
        return cairn_sign_fault(draft, CAIRN_SIGN_ALLOW, error,
                                "expected what may be signed: allow = s3://BUCKET/PREFIX/");
    out->allow = cairn_arena_calloc(arena, draft->n_allow, sizeof *out->allow);
    if (!out->allow)
        return cairn_error_no_memory(error);
    for (size_t i = 0; !code && i < draft->n_allow; i++)
        code = take_one(draft, i, arena, out, error);
    out->n_allow = code ? 0 : draft->n_allow;
    return code;
}

/* ---- hosts ---- */

static void add_host(cairn_sign_section *out, cairn_span host)
{
    if (out->n_hosts < CAIRN_SIGN_HOSTS)
        out->hosts[out->n_hosts++] = host;
}

/* All forms of the region's host, and the one without a region where there is one. */
static bool add_aws_hosts(cairn_sign_section *out, cairn_arena *arena)
{
    cairn_span region = out->region;
    bool china = cairn_span_starts(region, "cn-");
    const char *suffix = china ? "amazonaws.com.cn" : "amazonaws.com";
    static const char *const FORMS[] = {"s3.%.*s.%s", "s3-%.*s.%s", "s3.dualstack.%.*s.%s"};
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        cairn_span host = cairn_arena_printf(arena, FORMS[i], CAIRN_SPAN_FMT(region), suffix);
        if (!host.p)
            return false;
        add_host(out, host);
    }
    if (!china && !cairn_span_starts(region, "us-gov-"))
        add_host(out, (cairn_span)CAIRN_SPAN_LIT("s3.amazonaws.com"));
    return true;
}

static bool is_aws(cairn_span host)
{
    return cairn_span_ends(host, ".amazonaws.com") || cairn_span_ends(host, ".amazonaws.com.cn");
}

static bool is_port(cairn_span text)
{
    unsigned port = 0;
    for (size_t i = 0; i < text.n; i++)
        port = text.p[i] >= '0' && text.p[i] <= '9' && text.n <= 5 ? port * 10 + (unsigned)(text.p[i] - '0') : 65536;
    return text.n && text.p[0] != '0' && port <= 65535;
}

/* A name, an IPv4 address or an IPv6 address in brackets, and a port maybe. `*numeric`: no name. */
static bool is_host(cairn_span host, bool *numeric)
{
    cairn_span name = host, port = CAIRN_SPAN_NONE;
    *numeric = host.n && host.p[0] == '[';
    if (*numeric) {
        if (!cut(host, ']', &name, &port) || (port.n && port.p[0] != ':'))
            return false;
        name = cairn_span_make(name.p + 1, name.n - 1);
        port = port.n ? cairn_span_make(port.p + 1, port.n - 1) : CAIRN_SPAN_NONE;
        for (size_t i = 0; i < name.n; i++)
            if (!strchr("0123456789abcdef:.", name.p[i]))
                return false;
    } else {
        cut(host, ':', &name, &port);
        if (!is_made_of(name, "-.") || !is_one_of(name.p[0], "") || name.p[name.n - 1] == '.')
            return false;
        *numeric = strspn(name.p, "0123456789.") >= name.n;
    }
    return name.n && name.n <= HOST_MAX && (!port.p || is_port(port));
}

static cairn_code take_endpoint(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out,
                                cairn_error *error)
{
    static const char EXPECTED[] = "expected https://HOST or http://HOST:PORT, without a path";
    bool numeric;
    cairn_span text = cairn_arena_copy(arena, draft->of[CAIRN_SIGN_ENDPOINT].text);
    if (!text.p)
        return cairn_error_no_memory(error);
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] >= 'A' && text.p[i] <= 'Z')
            ((char *)text.p)[i] |= 0x20;
    out->scheme = cairn_uri_scheme(text);
    bool https = cairn_span_is(out->scheme, "https");
    cairn_span host = cairn_span_make(text.p + out->scheme.n, text.n - out->scheme.n);
    if ((!https && !cairn_span_is(out->scheme, "http")) || !cairn_span_starts(host, "://"))
        return cairn_sign_fault(draft, CAIRN_SIGN_ENDPOINT, error, EXPECTED);
    host = cairn_span_make(host.p + 3, host.n - 3);
    if (cairn_span_ends(host, "/"))
        host.n--;
    if (!is_host(host, &numeric))
        return cairn_sign_fault(draft, CAIRN_SIGN_ENDPOINT, error, EXPECTED);
    if (cairn_span_ends(host, https ? ":443" : ":80"))
        host.n -= https ? 4 : 3;
    out->host = host;
    out->path_style = !is_aws(host);
    add_host(out, host);
    if (cairn_sign_make_switch(draft, CAIRN_SIGN_PATH_STYLE, &out->path_style, error))
        return error->code;
    if (numeric && !out->path_style)
        return cairn_sign_fault(draft, CAIRN_SIGN_PATH_STYLE, error, "expected yes: an address has no names below it");
    return CAIRN_OK;
}

static cairn_code make_s3_hosts(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out,
                                cairn_error *error)
{
    bool has_endpoint = draft->of[CAIRN_SIGN_ENDPOINT].text.p != NULL;
    out->region = draft->of[CAIRN_SIGN_REGION].text;
    if (!out->region.p && has_endpoint)
        out->region = (cairn_span)CAIRN_SPAN_LIT("us-east-1");
    if (!out->region.p || !is_made_of(out->region, "-"))
        return cairn_sign_fault(draft, CAIRN_SIGN_REGION, error,
                                "expected the region of the bucket, such as eu-west-1");
    cairn_code code = has_endpoint ? take_endpoint(draft, arena, out, error) : CAIRN_OK;
    if (!code && (!has_endpoint || is_aws(out->host)) && !add_aws_hosts(out, arena))
        code = cairn_error_no_memory(error);
    if (!code && !has_endpoint) {
        out->scheme = (cairn_span)CAIRN_SPAN_LIT("https");
        out->host = out->hosts[0];
        code = cairn_sign_make_switch(draft, CAIRN_SIGN_PATH_STYLE, &out->path_style, error);
    }
    return code ? code : cairn_sign_make_switch(draft, CAIRN_SIGN_REQUESTER_PAYS, &out->requester_pays, error);
}

cairn_code cairn_sign_make_hosts(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out,
                                 cairn_error *error)
{
    if (out->store == CAIRN_SIGN_S3)
        return make_s3_hosts(draft, arena, out, error);
    if (out->store == CAIRN_SIGN_AZURE)
        return cairn_sign_make_switch(draft, CAIRN_SIGN_HIERARCHICAL, &out->hierarchical, error);
    out->scheme = (cairn_span)CAIRN_SPAN_LIT("https");
    out->host = (cairn_span)CAIRN_SPAN_LIT("storage.googleapis.com");
    out->region = (cairn_span)CAIRN_SPAN_LIT("auto");
    out->path_style = true;
    add_host(out, out->host);
    return CAIRN_OK;
}
