/* Which object an href names, and whether the allow-list covers it. Whatever isn't plainly one of the known forms is
 * not: no query, no fragment, no user, no port but the endpoint's, no name of a host that only resembles. */
#include "base/uri.h"
#include "base/utf8.h"
#include "href/object.h"
#include "href/sign_parts.h"

#include <strings.h>

enum { AUTHORITY_MAX = 512 };

typedef struct named {
    cairn_span scheme;
    cairn_span authority; /* as written */
    cairn_span host;      /* the same in lower case, without the scheme's own port */
    cairn_span path;      /* behind the slash that follows the authority */
    char lower[AUTHORITY_MAX];
} named;

static bool is_scheme(cairn_span scheme, const char *name)
{
    return scheme.n == strlen(name) && strncasecmp(scheme.p, name, scheme.n) == 0;
}

static bool split(cairn_span href, named *out)
{
    out->scheme = cairn_uri_scheme(href);
    cairn_span rest = cairn_span_make(href.p + out->scheme.n, href.n - out->scheme.n);
    if (href.n > CAIRN_SIGN_HREF_MAX || !out->scheme.p || !cairn_span_starts(rest, "://") ||
        memchr(href.p, '?', href.n) || memchr(href.p, '#', href.n))
        return false;
    rest = cairn_span_make(rest.p + 3, rest.n - 3);
    const char *slash = memchr(rest.p, '/', rest.n);
    if (!slash || slash == rest.p || slash - rest.p >= AUTHORITY_MAX)
        return false;
    out->authority = cairn_span_make(rest.p, (size_t)(slash - rest.p));
    out->path = cairn_span_make(slash + 1, rest.n - out->authority.n - 1);
    for (size_t i = 0; i < out->authority.n; i++) {
        char c = out->authority.p[i];
        out->lower[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    out->host = cairn_span_make(out->lower, out->authority.n);
    const char *port = is_scheme(out->scheme, "https") ? ":443" : is_scheme(out->scheme, "http") ? ":80" : NULL;
    if (port && cairn_span_ends(out->host, port))
        out->host.n -= strlen(port);
    return true;
}

/* Takes the first segment off the path; false when there is no slash behind it. */
static bool take_segment(cairn_span *path, cairn_span *segment)
{
    const char *slash = path->n ? memchr(path->p, '/', path->n) : NULL;
    if (!slash)
        return false;
    *segment = cairn_span_make(path->p, (size_t)(slash - path->p));
    *path = cairn_span_make(slash + 1, path->n - segment->n - 1);
    return true;
}

/* "HEAD" SEPARATOR "tail" */
static bool is_joined(cairn_span whole, cairn_span head, const char *separator, cairn_span tail)
{
    size_t n = strlen(separator);
    return whole.n == head.n + n + tail.n && memcmp(whole.p, head.p, head.n) == 0 &&
           memcmp(whole.p + head.n, separator, n) == 0 && memcmp(whole.p + head.n + n, tail.p, tail.n) == 0;
}

/* The path of the object inside the bucket, when the href is of this bucket. */
static bool bucket_path(const cairn_sign_section *section, const cairn_sign_allow *allow, const named *href,
                        cairn_span *path)
{
    *path = href->path;
    if (is_scheme(href->scheme, section->store == CAIRN_SIGN_S3 ? "s3" : "gs"))
        return cairn_span_equal(href->authority, allow->container);
    if (!section->scheme.p || href->scheme.n != section->scheme.n ||
        strncasecmp(href->scheme.p, section->scheme.p, href->scheme.n) != 0)
        return false;
    for (size_t i = 0; i < section->n_hosts; i++) {
        cairn_span segment;
        if (is_joined(href->host, allow->container, ".", section->hosts[i]))
            return true;
        if (cairn_span_equal(href->host, section->hosts[i]))
            return take_segment(path, &segment) && cairn_span_equal(segment, allow->container);
    }
    return false;
}

static bool is_account(cairn_span host, const cairn_sign_allow *allow)
{
    return is_joined(host, allow->account, ".blob.", allow->suffix) ||
           is_joined(host, allow->account, ".dfs.", allow->suffix);
}

static bool container_path(const cairn_sign_allow *allow, const named *href, cairn_span *path)
{
    cairn_span segment;
    *path = href->path;
    if (is_scheme(href->scheme, "https"))
        return is_account(href->host, allow) && take_segment(path, &segment) &&
               cairn_span_equal(segment, allow->container);
    bool az = is_scheme(href->scheme, "az");
    if (!az && !is_scheme(href->scheme, "abfs") && !is_scheme(href->scheme, "abfss"))
        return false;
    if (cairn_span_equal(href->authority, allow->container))
        return true; /* as fsspec writes it, with the account elsewhere */
    size_t n = allow->container.n;
    return !az && href->authority.n > n + 1 && memcmp(href->authority.p, allow->container.p, n) == 0 &&
           href->authority.p[n] == '@' &&
           is_account(cairn_span_make(href->host.p + n + 1, href->host.n - n - 1), allow);
}

static bool has_encoded_slash(cairn_span path)
{
    for (size_t i = 0; i + 2 < path.n; i++)
        if (path.p[i] == '%' && path.p[i + 1] == '2' && (path.p[i + 2] | 0x20) == 'f')
            return true;
    return false;
}

bool cairn_sign_decode_key(cairn_span path, char *out, size_t size, size_t *n)
{
    char whole[CAIRN_SIGN_HREF_MAX];
    if (path.n > sizeof whole || has_encoded_slash(path) || !cairn_uri_decode_into(path, whole, n) || *n > size)
        return false;
    cairn_span key = cairn_span_make(whole, *n);
    if (cairn_utf8_fault(key) || cairn_href_has_dot_names(key))
        return false;
    memcpy(out, whole, *n);
    return true;
}

static bool is_below(cairn_span key, cairn_span prefix)
{
    if (key.n < prefix.n || (prefix.n && memcmp(key.p, prefix.p, prefix.n) != 0))
        return false;
    return prefix.n == 0 || key.n == prefix.n || prefix.p[prefix.n - 1] == '/' || key.p[prefix.n] == '/';
}

static bool covers(const cairn_sign_section *section, const named *href, cairn_sign_place *place)
{
    for (size_t i = 0; i < section->n_allow; i++) {
        const cairn_sign_allow *allow = &section->allow[i];
        cairn_span path;
        bool of_it = section->store == CAIRN_SIGN_AZURE ? container_path(allow, href, &path)
                                                        : bucket_path(section, allow, href, &path);
        if (!of_it || !cairn_sign_decode_key(path, place->key, sizeof place->key, &place->n) || place->n == 0 ||
            !is_below(cairn_sign_place_key(place), allow->prefix))
            continue;
        place->section = section;
        place->allow = allow;
        return true;
    }
    return false;
}

bool cairn_sign_find(const cairn_signer *signer, cairn_span href, cairn_sign_place *place)
{
    named parts;
    if (!split(href, &parts))
        return false;
    for (size_t i = 0; i < signer->n; i++)
        if (covers(&signer->sections[i], &parts, place))
            return true;
    return false;
}
