/* How an object is named: in https, and in the scheme of its store. */
#include "base/utf8.h"
#include "href/object.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_code(cairn_span text, size_t at)
{
    return text.n - at >= 3 && text.p[at] == '%' && hex_value(text.p[at + 1]) >= 0 && hex_value(text.p[at + 2]) >= 0;
}

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

bool cairn_href_add_path(cairn_buf *out, cairn_span path)
{
    static const char kept[] = "-._~!$&'()*+,;=:@/";
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        if (is_letter_or_digit(c) || (c && strchr(kept, c)) || is_code(path, i)) {
            cairn_buf_add_byte(out, c);
            continue;
        }
        const char code[3] = {'%', digits[(unsigned char)c >> 4], digits[(unsigned char)c & 15]};
        cairn_buf_add(out, code, sizeof code);
    }
    return !out->failed;
}

bool cairn_href_add_decoded(cairn_buf *out, cairn_span path)
{
    for (size_t i = 0; i < path.n; i++) {
        if (is_code(path, i)) {
            cairn_buf_add_byte(out, (char)(hex_value(path.p[i + 1]) * 16 + hex_value(path.p[i + 2])));
            i += 2;
        } else {
            cairn_buf_add_byte(out, path.p[i]);
        }
    }
    return !out->failed;
}

/* The length of a dot at the beginning of the text: 1, 3 when it is coded, 0 when there is none. */
static size_t dot_at(cairn_span text, size_t at)
{
    if (at < text.n && text.p[at] == '.')
        return 1;
    bool coded = at < text.n && is_code(text, at) && text.p[at + 1] == '2' && (text.p[at + 2] | 0x20) == 'e';
    return coded ? 3 : 0;
}

/* The length of the separator: a coded slash is one for some readers. */
static size_t slash_at(cairn_span text, size_t at)
{
    if (text.p[at] == '/' || text.p[at] == '\\')
        return 1;
    if (!is_code(text, at))
        return 0;
    int value = hex_value(text.p[at + 1]) * 16 + hex_value(text.p[at + 2]);
    return value == '/' || value == '\\' ? 3 : 0;
}

bool cairn_href_has_dots(cairn_span path)
{
    bool at_start = true;
    for (size_t i = 0; i < path.n;) {
        size_t slash = slash_at(path, i);
        if (at_start) {
            size_t end = i + dot_at(path, i);
            size_t second = end > i ? dot_at(path, end) : 0;
            end += second;
            if (end > i && (end == path.n || slash_at(path, end)))
                return true;
        }
        at_start = slash > 0;
        i += slash ? slash : 1;
    }
    return false;
}

/* ---- decoded paths ---- */

bool cairn_href_add_names(cairn_buf *out, cairn_span path)
{
    for (size_t start = 0; start <= path.n;) {
        const char *slash = start < path.n ? memchr(path.p + start, '/', path.n - start) : NULL;
        size_t end = slash ? (size_t)(slash - path.p) : path.n;
        cairn_buf_add_url_segment(out, cairn_span_make(path.p + start, end - start));
        if (slash)
            cairn_buf_add_byte(out, '/');
        start = end + 1;
    }
    return !out->failed;
}

bool cairn_href_has_dot_names(cairn_span path)
{
    for (size_t start = 0, end = 0; end <= path.n; end++) {
        if (end < path.n && path.p[end] != '/')
            continue;
        cairn_span segment = cairn_span_make(path.p + start, end - start);
        if (cairn_span_is(segment, ".") || cairn_span_is(segment, ".."))
            return true;
        start = end + 1;
    }
    return false;
}

/* ---- https ---- */

/* A bucket that may stand in the name of a host. */
static bool is_host_name(cairn_span bucket)
{
    for (size_t i = 0; i < bucket.n; i++)
        if (!(bucket.p[i] >= 'a' && bucket.p[i] <= 'z') && !(bucket.p[i] >= '0' && bucket.p[i] <= '9') &&
            bucket.p[i] != '-')
            return false;
    return bucket.n >= 3 && bucket.n <= 63;
}

/* A name of the storage extension that may stand in the name of a host. */
static bool is_label(cairn_span name)
{
    for (size_t i = 0; name.n <= 63 && i < name.n; i++)
        if (!is_letter_or_digit(name.p[i]) && name.p[i] != '-')
            return false;
    return name.n >= 1 && name.n <= 63;
}

/* A bucket that may stand in a path: no wildcard, user or space. */
static bool is_bucket(cairn_span bucket)
{
    for (size_t i = 0; i < bucket.n; i++)
        if (!is_letter_or_digit(bucket.p[i]) && !strchr("-_.$", bucket.p[i] ? bucket.p[i] : '/'))
            return false;
    return bucket.n >= 1 && bucket.n <= 255 && !cairn_href_has_dots(bucket);
}

/* The host is without the bucket where its certificate can't be for it: dots, capitals. */
static bool add_s3(const cairn_object *object, cairn_span region, cairn_buf *out)
{
    bool in_host = is_host_name(object->bucket), known = is_label(region);
    bool china = known && cairn_span_starts(region, "cn-");
    cairn_buf_add_text(out, "https://");
    if (in_host) {
        cairn_buf_add_span(out, object->bucket);
        cairn_buf_add_byte(out, '.');
    }
    cairn_buf_add_text(out, known ? "s3." : "s3");
    cairn_buf_add_span(out, known ? region : CAIRN_SPAN_NONE);
    cairn_buf_add_text(out, china ? ".amazonaws.com.cn/" : ".amazonaws.com/");
    if (!in_host) {
        cairn_buf_add_span(out, object->bucket);
        cairn_buf_add_byte(out, '/');
    }
    return cairn_href_add_path(out, object->key);
}

/* Expands {bucket} and {region} of a template (storage extension v2); false for any other variable. */
static bool add_template(cairn_span template, const cairn_object *object, cairn_span region, bool *has_bucket,
                         cairn_buf *out)
{
    *has_bucket = false;
    for (size_t i = 0; i < template.n; i++) {
        cairn_span rest = cairn_span_make(template.p + i, template.n - i);
        if (cairn_span_starts(rest, "{bucket}")) {
            *has_bucket = true;
            cairn_buf_add_span(out, object->bucket);
            i += sizeof "{bucket}" - 2;
        } else if (cairn_span_starts(rest, "{region}") && is_label(region)) {
            cairn_buf_add_span(out, region);
            i += sizeof "{region}" - 2;
        } else if (*rest.p == '{' || *rest.p == '}' || *rest.p <= ' ' || *rest.p == '?' || *rest.p == '#') {
            return false;
        } else {
            cairn_buf_add_byte(out, *rest.p);
        }
    }
    return !out->failed;
}

static bool add_endpoint(const cairn_object *object, const cairn_storage *storage, cairn_buf *out)
{
    bool has_bucket;
    cairn_span template = storage->endpoint;
    while (template.n && template.p[template.n - 1] == '/')
        template.n--;
    if (!add_template(template, object, storage->region, &has_bucket, out))
        return false;
    cairn_buf_add_byte(out, '/');
    if (!has_bucket) {
        cairn_buf_add_span(out, object->bucket);
        cairn_buf_add_byte(out, '/');
    }
    return cairn_href_add_path(out, object->key);
}

static bool add_azure(const cairn_object *object, cairn_span account, cairn_buf *out)
{
    cairn_span suffix = object->suffix.p ? object->suffix : cairn_span_of("core.windows.net");
    if (!is_label(account))
        return false;
    cairn_buf_add_text(out, "https://");
    cairn_buf_add_span(out, account);
    cairn_buf_add_text(out, ".blob.");
    cairn_buf_add_span(out, suffix);
    cairn_buf_add_byte(out, '/');
    cairn_buf_add_span(out, object->bucket);
    cairn_buf_add_byte(out, '/');
    return cairn_href_add_path(out, object->key);
}

static bool add_https(const cairn_object *object, const cairn_storage *storage, cairn_buf *out)
{
    switch (object->store) {
    case CAIRN_HREFS_S3:
        if (storage->endpoint.p)
            return add_endpoint(object, storage, out);
        return add_s3(object, object->region.p ? object->region : storage->region, out);
    case CAIRN_HREFS_GS:
        cairn_buf_add_text(out, "https://storage.googleapis.com/");
        cairn_buf_add_span(out, object->bucket);
        cairn_buf_add_byte(out, '/');
        return cairn_href_add_path(out, object->key);
    default:
        return add_azure(object, object->account.p ? object->account : storage->account, out);
    }
}

bool cairn_object_https(const cairn_object *object, const cairn_storage *storage, cairn_buf *out)
{
    size_t before = out->n;
    if (is_bucket(object->bucket) && add_https(object, storage, out))
        return true;
    if (!out->failed)
        out->n = before;
    return false;
}

/* ---- the store's own scheme ---- */

/* Whether decoding the key loses nothing: it is text, and coding it again gives the same. */
static bool is_plain(cairn_span key)
{
    if (memchr(key.p, '\0', key.n) || memchr(key.p, '?', key.n) || memchr(key.p, '#', key.n) || cairn_utf8_fault(key))
        return false;
    for (size_t i = 0; i < key.n; i++)
        if (is_code(key, i))
            return false;
    return !cairn_href_has_dots(key);
}

static bool add_key(cairn_span key, cairn_buf *out)
{
    size_t before = out->n;
    return cairn_href_add_decoded(out, key) && is_plain(cairn_span_make(out->p + before, out->n - before));
}

bool cairn_object_native(const cairn_object *object, cairn_buf *out)
{
    size_t before = out->n;
    if (!is_bucket(object->bucket))
        return false;
    cairn_buf_add_text(out, object->store == CAIRN_HREFS_S3   ? "s3://"
                            : object->store == CAIRN_HREFS_GS ? "gs://"
                                                              : "abfs://");
    cairn_buf_add_span(out, object->bucket);
    if (object->account.p) {
        cairn_buf_add_byte(out, '@');
        cairn_buf_add_span(out, object->account);
        cairn_buf_add_text(out, ".dfs.");
        cairn_buf_add_span(out, object->suffix);
    }
    cairn_buf_add_byte(out, '/');
    if (add_key(object->key, out))
        return true;
    if (!out->failed)
        out->n = before;
    return false;
}
