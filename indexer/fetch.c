#include "indexer/fetch.h"

#include "cairn_revision.h"
#include "indexer/interrupt.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

enum { MAX_URL = 8192, CONNECT_SECONDS = 15, REDIRECTS = 5, SHOWN = 256 };

struct cairn_fetch {
    cairn_fetch_options options;
    CURL *curl;
    struct curl_slist *headers;
    cairn_buf *out; /* of the present call */
    bool too_large;
};

static size_t take(char *bytes, size_t size, size_t n, void *context)
{
    cairn_fetch *fetch = context;
    size_t total = size * n;
    if (total > fetch->options.max_bytes || fetch->out->n > fetch->options.max_bytes - total) {
        fetch->too_large = true;
        return 0;
    }
    return cairn_buf_add(fetch->out, bytes, total) ? total : 0;
}

static int progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    (void)context, (void)down_total, (void)down, (void)up_total, (void)up;
    return cairn_interrupted();
}

static bool set_up(cairn_fetch *fetch)
{
    CURL *c = fetch->curl;
    bool ok = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)REDIRECTS) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) == CURLE_OK; /* of redirects, too */
    ok = ok && curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)fetch->options.seconds) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)fetch->options.max_bytes) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_USERAGENT, "cairn/" CAIRN_VERSION) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_HTTPHEADER, fetch->headers) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_WRITEDATA, fetch) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, progress) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, ""); /* what the library can; none is fine too */
    return ok;
}

cairn_fetch *cairn_fetch_new(const cairn_fetch_options *options)
{
    cairn_fetch *fetch = calloc(1, sizeof *fetch);
    if (!fetch || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(fetch);
        return NULL;
    }
    fetch->options = *options;
    fetch->curl = curl_easy_init();
    fetch->headers = curl_slist_append(NULL, "Accept: application/geo+json, application/json;q=0.9, */*;q=0.1");
    if (fetch->curl && fetch->headers && set_up(fetch))
        return fetch;
    cairn_fetch_free(fetch);
    return NULL;
}

void cairn_fetch_free(cairn_fetch *fetch)
{
    if (!fetch)
        return;
    if (fetch->curl)
        curl_easy_cleanup(fetch->curl);
    curl_slist_free_all(fetch->headers);
    curl_global_cleanup();
    free(fetch);
}

static bool starts_with(cairn_span text, const char *prefix)
{
    size_t n = strlen(prefix);
    return text.n >= n && strncasecmp(text.p, prefix, n) == 0;
}

bool cairn_fetch_is_url(cairn_span text)
{
    return starts_with(text, "http://") || starts_with(text, "https://");
}

/* The URL for a message: a query may hold a token. */
static const char *shown(cairn_span url, char out[SHOWN])
{
    const char *query = memchr(url.p, '?', url.n);
    return cairn_quote(query ? cairn_span_make(url.p, (size_t)(query - url.p)) : url, out, SHOWN);
}

/* `url` is NUL-terminated. */
static cairn_code check_url(cairn_span url, cairn_error *error)
{
    char text[SHOWN];
    if (!cairn_fetch_is_url(url))
        return cairn_error_set(error, CAIRN_INVALID, "expected an http or https URL, found '%s'", shown(url, text));
    if (url.n > MAX_URL || memchr(url.p, 0, url.n))
        return cairn_error_set(error, CAIRN_INVALID, "a URL of %zu bytes: expected at most %d, without NUL", url.n,
                               MAX_URL);
    const char *host = strchr(url.p, '/') + 2; /* behind "https://" */
    if (memchr(host, '@', strcspn(host, "/?#")))
        return cairn_error_set(error, CAIRN_INVALID, "a URL with a user name in it: such are not taken");
    return CAIRN_OK;
}

static cairn_code tell(const cairn_fetch *fetch, CURLcode status, const char *where, cairn_error *error)
{
    if (fetch->too_large || status == CURLE_FILESIZE_EXCEEDED)
        return cairn_error_set(error, CAIRN_TOO_LARGE, "%s: more than %llu bytes (--max-bytes)", where,
                               (unsigned long long)fetch->options.max_bytes);
    if (cairn_interrupted())
        return cairn_error_set(error, CAIRN_DEADLINE, "%s: interrupted", where);
    if (status == CURLE_OPERATION_TIMEDOUT)
        return cairn_error_set(error, CAIRN_DEADLINE, "%s: no whole answer within %llu s (--timeout)", where,
                               (unsigned long long)fetch->options.seconds);
    if (fetch->out->failed)
        return cairn_error_no_memory(error);
    return cairn_error_set(error, CAIRN_IO, "%s: %s", where, curl_easy_strerror(status));
}

static cairn_code check_answer(const cairn_fetch *fetch, const char *where, cairn_error *error)
{
    long status = 0;
    curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200)
        return CAIRN_OK;
    bool gone = status == 404 || status == 410;
    return cairn_error_set(error, gone ? CAIRN_NOT_FOUND : CAIRN_IO, "%s: the server answered %ld", where, status);
}

static cairn_code perform(cairn_fetch *fetch, const char *url, const char *where, cairn_error *error)
{
    const char *protocols = starts_with(cairn_span_of(url), "https:") ? "https" : "http,https";
    if (curl_easy_setopt(fetch->curl, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(fetch->curl, CURLOPT_REDIR_PROTOCOLS_STR, protocols) != CURLE_OK)
        return cairn_error_no_memory(error);
    fetch->too_large = false;
    CURLcode status = curl_easy_perform(fetch->curl);
    return status == CURLE_OK ? check_answer(fetch, where, error) : tell(fetch, status, where, error);
}

cairn_code cairn_fetch_get(cairn_fetch *fetch, cairn_span url, cairn_arena *arena, cairn_buf *out, cairn_span *place,
                           cairn_error *error)
{
    char where[SHOWN];
    char *final = NULL;
    cairn_span copy = cairn_arena_copy(arena, url);
    cairn_code code = copy.p ? check_url(copy, error) : cairn_error_no_memory(error);
    if (code != CAIRN_OK)
        return code;
    cairn_buf_reset(out);
    fetch->out = out;
    code = perform(fetch, copy.p, shown(url, where), error);
    if (code != CAIRN_OK)
        return code;
    curl_easy_getinfo(fetch->curl, CURLINFO_EFFECTIVE_URL, &final);
    *place = cairn_arena_copy(arena, cairn_span_of(final ? final : copy.p));
    return place->p ? CAIRN_OK : cairn_error_no_memory(error);
}
