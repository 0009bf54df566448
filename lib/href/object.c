#include "href/object.h"

#include "base/uri.h"

#include <strings.h>

static bool is_word(cairn_span text, const char *word)
{
    return text.n == strlen(word) && strncasecmp(text.p, word, text.n) == 0;
}

/* Takes "SUFFIX" off the end of a host, in any case. */
static bool take_end(cairn_span *host, const char *suffix)
{
    size_t n = strlen(suffix);
    if (host->n <= n || strncasecmp(host->p + host->n - n, suffix, n) != 0)
        return false;
    host->n -= n;
    return true;
}

/* Takes the last label off; the host may become empty. */
static cairn_span take_label(cairn_span *host)
{
    size_t n = host->n;
    while (n && host->p[n - 1] != '.')
        n--;
    cairn_span label = cairn_span_make(host->p + n, host->n - n);
    host->n = n ? n - 1 : 0;
    return label;
}

static bool starts_word(cairn_span text, const char *word)
{
    return text.n >= strlen(word) && strncasecmp(text.p, word, strlen(word)) == 0;
}

/* The host and the path behind its slash. No user, no port: an endpoint of somebody's own is not one of the clouds. */
static bool split(cairn_span href, cairn_span *authority, cairn_span *path)
{
    cairn_span scheme = cairn_uri_scheme(href);
    if (!scheme.p || href.n < scheme.n + 3 || memcmp(href.p + scheme.n, "://", 3) != 0)
        return false;
    if (memchr(href.p, '?', href.n) || memchr(href.p, '#', href.n))
        return false;
    cairn_span rest = cairn_span_make(href.p + scheme.n + 3, href.n - scheme.n - 3);
    const char *slash = rest.n ? memchr(rest.p, '/', rest.n) : NULL;
    *authority = cairn_span_make(rest.p, slash ? (size_t)(slash - rest.p) : rest.n);
    *path = slash ? cairn_span_make(slash + 1, rest.n - authority->n - 1) : cairn_span_make(rest.p + rest.n, 0);
    return authority->n > 0 && !cairn_href_has_dots(*path);
}

/* Takes the bucket off a path-style path. */
static bool take_bucket(cairn_object *object)
{
    const char *slash = object->key.n ? memchr(object->key.p, '/', object->key.n) : NULL;
    size_t n = slash ? (size_t)(slash - object->key.p) : object->key.n;
    object->bucket = cairn_span_make(object->key.p, n);
    object->key = slash ? cairn_span_make(slash + 1, object->key.n - n - 1) : cairn_span_make(object->key.p + n, 0);
    return n > 0;
}

/* ---- S3: [bucket.]s3[.dualstack][.region].amazonaws.com[.cn], and with s3-region ---- */

static bool is_region(cairn_span label)
{
    for (size_t i = 0; i < label.n; i++)
        if (!((label.p[i] | 0x20) >= 'a' && (label.p[i] | 0x20) <= 'z') && !(label.p[i] >= '0' && label.p[i] <= '9') &&
            label.p[i] != '-')
            return false;
    return label.n > 0 && !starts_word(label, "website") && !starts_word(label, "accesspoint") &&
           !starts_word(label, "object-lambda") && !starts_word(label, "control") && !starts_word(label, "outposts");
}

/* "s3-us-west-2", "s3-external-1" (us-east-1), "s3-accelerate". */
static bool read_s3_label(cairn_span label, cairn_span *region)
{
    if (is_word(label, "s3") || is_word(label, "s3-accelerate") || is_word(label, "s3-external-1"))
        return true;
    if (region->p || !starts_word(label, "s3-") || is_word(label, "s3-fips"))
        return false;
    *region = cairn_span_make(label.p + 3, label.n - 3);
    return is_region(*region);
}

static bool parse_s3_host(cairn_span host, cairn_object *out)
{
    if (!take_end(&host, ".amazonaws.com") && !take_end(&host, ".amazonaws.com.cn"))
        return false;
    cairn_span region = CAIRN_SPAN_NONE, rest = host, label = take_label(&rest);
    bool is_s3 = is_word(label, "s3") || starts_word(label, "s3-");
    if (!is_s3 && !is_word(label, "dualstack")) {
        region = label;
        label = take_label(&rest);
        if (!is_region(region))
            return false;
    }
    if (is_word(label, "dualstack"))
        label = take_label(&rest);
    if (!read_s3_label(label, &region))
        return false;
    out->store = CAIRN_HREFS_S3;
    out->region = region;
    out->bucket = rest;
    return rest.n > 0 || take_bucket(out);
}

/* ---- the others ---- */

static bool parse_gs_host(cairn_span host, cairn_object *out)
{
    out->store = CAIRN_HREFS_GS;
    if (is_word(host, "storage.googleapis.com") || is_word(host, "storage.cloud.google.com"))
        return take_bucket(out);
    out->bucket = host;
    return take_end(&out->bucket, ".storage.googleapis.com");
}

/* ACCOUNT.blob.SUFFIX or ACCOUNT.dfs.SUFFIX; `suffix` is what the clouds are called. */
static bool parse_account(cairn_span host, cairn_object *out)
{
    static const char *const clouds[] = {"core.windows.net", "core.usgovcloudapi.net", "core.chinacloudapi.cn"};
    for (size_t i = 0; i < sizeof clouds / sizeof *clouds; i++) {
        cairn_span rest = host;
        if (!take_end(&rest, clouds[i]) || (!take_end(&rest, ".blob.") && !take_end(&rest, ".dfs.")) ||
            memchr(rest.p, '.', rest.n))
            continue;
        out->account = rest;
        out->suffix = cairn_span_of(clouds[i]);
        return true;
    }
    return false;
}

static bool parse_azure_host(cairn_span host, cairn_object *out)
{
    out->store = CAIRN_HREFS_AZURE;
    return parse_account(host, out) && take_bucket(out);
}

/* abfs://container@account.dfs.core.windows.net/path, abfs://container/path */
static bool parse_azure(cairn_span authority, cairn_object *out)
{
    const char *at = memchr(authority.p, '@', authority.n);
    out->store = CAIRN_HREFS_AZURE;
    out->bucket = cairn_span_make(authority.p, at ? (size_t)(at - authority.p) : authority.n);
    if (!at)
        return true;
    return out->bucket.n && parse_account(cairn_span_make(at + 1, authority.n - out->bucket.n - 1), out);
}

static bool parse_host(cairn_span host, cairn_object *out)
{
    cairn_span path = out->key;
    if (parse_s3_host(host, out))
        return true;
    *out = (cairn_object){.key = path};
    if (parse_gs_host(host, out))
        return true;
    *out = (cairn_object){.key = path};
    return parse_azure_host(host, out);
}

bool cairn_object_parse(cairn_span href, cairn_object *out)
{
    cairn_span authority;
    *out = (cairn_object){0};
    unsigned kind = cairn_href_kind(href);
    if (!split(href, &authority, &out->key))
        return false;
    if (kind == CAIRN_HREFS_HTTP)
        return parse_host(authority, out);
    if (kind == CAIRN_HREFS_AZURE)
        return parse_azure(authority, out);
    out->store = kind;
    out->bucket = authority;
    return kind == CAIRN_HREFS_S3 || kind == CAIRN_HREFS_GS;
}
