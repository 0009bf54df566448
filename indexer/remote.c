#include "indexer/remote.h"

#include "base/secret.h"
#include "base/uri.h"
#include "stac/document.h"

#include <stdlib.h>
#include <strings.h>

#define KEPT_BYTES     ((size_t)256 << 20)
#define DOCUMENT_BYTES ((size_t)64 << 20)

typedef struct walk {
    const cairn_remote_options *options;
    cairn_remote_sink sink;
    void *context;
    cairn_fetch *fetch;
    cairn_arena *kept;    /* of the URLs to come */
    cairn_arena *scratch; /* of one document */
    cairn_buf text;
    cairn_span *to_do; /* the next one last */
    size_t n, room;
    uint64_t *seen; /* hashes of URLs, sorted */
    size_t n_seen;
    uint64_t items;
} walk;

static bool is_full(const walk *w)
{
    return w->options->limit && w->items >= w->options->limit;
}

/* ---- what is still to be fetched ---- */

/* `is_new`: the URL was not seen before. */
static cairn_code see(walk *w, cairn_span url, bool *is_new, cairn_error *error)
{
    uint64_t hash = cairn_hash64(url);
    size_t low = 0, high = w->n_seen;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->seen[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    *is_new = low == w->n_seen || w->seen[low] != hash;
    if (!*is_new)
        return CAIRN_OK;
    if (w->n_seen == CAIRN_REMOTE_DOCUMENTS)
        return cairn_error_set(error, CAIRN_TOO_LARGE,
                               "more than %d documents to fetch: give the URL of one of its collections, or a file of "
                               "its items",
                               CAIRN_REMOTE_DOCUMENTS);
    memmove(&w->seen[low + 1], &w->seen[low], (w->n_seen - low) * sizeof *w->seen);
    w->seen[low] = hash;
    w->n_seen++;
    return CAIRN_OK;
}

static cairn_code push(walk *w, cairn_span url, cairn_error *error)
{
    bool is_new = false;
    cairn_code code = cairn_fetch_is_url(url) ? see(w, url, &is_new, error) : CAIRN_OK;
    if (!is_new || code != CAIRN_OK)
        return code;
    if (w->n == w->room) {
        size_t room = w->room ? 2 * w->room : 64;
        cairn_span *more = realloc(w->to_do, room * sizeof *more);
        if (!more)
            return cairn_error_no_memory(error);
        w->to_do = more;
        w->room = room;
    }
    w->to_do[w->n++] = url;
    return CAIRN_OK;
}

static cairn_code push_link(walk *w, cairn_span place, const cairn_link *link, cairn_error *error)
{
    cairn_span url = cairn_uri_resolve(w->kept, place, link->href);
    return url.p ? push(w, url, error) : cairn_error_no_memory(error);
}

/* ---- links ---- */

static bool is_get(const cairn_link *link)
{
    cairn_span method = cairn_json_get(link->whole, "method");
    return !method.p || (method.n == 5 && strncasecmp(method.p, "\"GET\"", method.n) == 0);
}

/* The first link with the relation that a GET leads along; `post` becomes true when there is one for POST only. */
static bool find_link(walk *w, cairn_span document, const char *rel, cairn_link *out, bool *post)
{
    cairn_links links = cairn_links_of(document, w->scratch);
    *post = false;
    while (cairn_links_next(&links, out)) {
        if (!out->href.n || !cairn_span_is(out->rel, rel))
            continue;
        if (is_get(out))
            return true;
        *post = true;
    }
    return false;
}

static cairn_code follow_next(walk *w, cairn_span document, cairn_span place, cairn_error *error)
{
    cairn_link link;
    bool post;
    if (is_full(w))
        return CAIRN_OK;
    if (find_link(w, document, "next", &link, &post))
        return push_link(w, place, &link, error);
    return post ? cairn_error_set(error, CAIRN_INVALID,
                                  "the next page is to be had by POST only: give the URL of a search by GET")
                : CAIRN_OK;
}

/* Children and items in their order: the last one is pushed first. */
static cairn_code follow_children(walk *w, cairn_span document, cairn_span place, cairn_error *error)
{
    cairn_links links = cairn_links_of(document, w->scratch);
    cairn_link link;
    cairn_code code = CAIRN_OK;
    size_t first = w->n;
    while (code == CAIRN_OK && cairn_links_next(&links, &link))
        if (link.href.n && (cairn_span_is(link.rel, "item") || cairn_span_is(link.rel, "child")))
            code = push_link(w, place, &link, error);
    for (size_t a = first, b = w->n; a + 1 < b; a++, b--) {
        cairn_span swapped = w->to_do[a];
        w->to_do[a] = w->to_do[b - 1];
        w->to_do[b - 1] = swapped;
    }
    return code;
}

static cairn_code follow(walk *w, cairn_span document, cairn_span place, const char *rel, cairn_error *error)
{
    cairn_link link;
    bool post;
    if (find_link(w, document, rel, &link, &post))
        return push_link(w, place, &link, error);
    return follow_children(w, document, place, error);
}

/* ---- documents ---- */

static cairn_code give(walk *w, cairn_span text, cairn_span place, cairn_error *error)
{
    w->items++;
    return w->sink(w->context, text, place, error);
}

static cairn_code give_features(walk *w, cairn_span document, cairn_span place, cairn_error *error)
{
    cairn_json_walk features = cairn_json_walk_array(cairn_json_get(document, "features"));
    cairn_span feature;
    cairn_code code = CAIRN_OK;
    while (code == CAIRN_OK && !is_full(w) && cairn_json_next_element(&features, &feature))
        code = give(w, feature, place, error);
    return code == CAIRN_OK ? follow_next(w, document, place, error) : code;
}

static cairn_code read_document(walk *w, cairn_span text, cairn_span place, cairn_error *error)
{
    cairn_code code = cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, error);
    if (code != CAIRN_OK)
        return code;
    cairn_span document = cairn_span_trim(text);
    switch (cairn_document_kind(document)) {
    case CAIRN_KIND_ITEM:
        return give(w, document, place, error);
    case CAIRN_KIND_FEATURE_COLLECTION:
        return give_features(w, document, place, error);
    case CAIRN_KIND_COLLECTION:
        return follow(w, document, place, "items", error);
    case CAIRN_KIND_CATALOG:
        return follow(w, document, place, "search", error);
    case CAIRN_KIND_OTHER:
        break;
    }
    return cairn_error_set(error, CAIRN_INVALID, "no STAC item, collection or catalog, and no FeatureCollection");
}

static cairn_code fetch_next(walk *w, cairn_error *error)
{
    char where[256];
    cairn_span url = w->to_do[--w->n], place;
    cairn_arena_reset(w->scratch);
    cairn_code code = cairn_fetch_get(w->fetch, url, w->scratch, &w->text, &place, error);
    if (code != CAIRN_OK)
        return code;
    code = read_document(w, cairn_buf_span(&w->text), place, error);
    if (code != CAIRN_OK) {
        const char *query = memchr(url.p, '?', url.n);
        cairn_span shown = query ? cairn_span_make(url.p, (size_t)(query - url.p)) : url;
        cairn_error_context(error, "%s", cairn_quote(shown, where, sizeof where));
    }
    return code;
}

static cairn_code run(walk *w, cairn_span url, cairn_error *error)
{
    cairn_code code = push(w, url, error);
    while (code == CAIRN_OK && w->n > 0 && !is_full(w))
        code = fetch_next(w, error);
    return code;
}

cairn_code cairn_remote_walk(cairn_span url, const cairn_remote_options *options, cairn_remote_sink sink, void *context,
                             cairn_error *error)
{
    walk w = {.options = options,
              .sink = sink,
              .context = context,
              .fetch = cairn_fetch_new(&options->fetch),
              .kept = cairn_arena_new(KEPT_BYTES),
              .scratch = cairn_arena_new(DOCUMENT_BYTES),
              .text = CAIRN_BUF_INIT(options->fetch.max_bytes),
              .seen = calloc(CAIRN_REMOTE_DOCUMENTS, sizeof *w.seen)};
    bool ready = w.fetch && w.kept && w.scratch && w.seen;
    cairn_code code = ready ? run(&w, url, error) : cairn_error_no_memory(error);
    cairn_buf_free(&w.text);
    cairn_fetch_free(w.fetch);
    cairn_arena_free(w.kept);
    cairn_arena_free(w.scratch);
    free(w.to_do);
    free(w.seen);
    return code;
}
