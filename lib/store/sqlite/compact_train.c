#include "store/sqlite/compact.h"

#include "base/delta.h"
#include "store/properties.h"

#include <stdlib.h>

enum {
    SIZES = 4,
    TRIED_ITEMS = 64,        /* on which sizes are compared */
    PATTERNS = 5,            /* items that are tried as pattern */
    PATCHES_BYTES = 4 << 10, /* of patches in a dictionary */
    SAMPLES_BYTES = 2 << 20, /* from which the spelling is learnt */
    SAMPLES = 4096,
};

static const size_t sizes[SIZES] = {2 << 10, 8 << 10, 32 << 10, 128 << 10};

typedef struct training {
    compact_pool *pool;
    compact_item *items;
    size_t n;
    uint64_t total;
    cairn_buf first, second; /* the patterns */
    cairn_buf text;          /* for work */
    cairn_buf content, samples;
    size_t sample_sizes[SAMPLES];
    unsigned n_samples;
    cairn_buf best;
    double best_bytes; /* of all items and the dictionary */
} training;

/* ---- the patterns: the two texts of one item ---- */

/* Puts the text around the properties into t->text; says what the properties are. */
static bool take_apart(training *t, const compact_item *item, cairn_span *inside)
{
    cairn_span open = cairn_buf_span(&item->open);
    *inside = cairn_properties_of(open);
    cairn_buf_reset(&t->text);
    if (inside->p < open.p || inside->p >= open.p + open.n)
        return cairn_buf_add_span(&t->text, open);
    return cairn_buf_add_around(&t->text, open, *inside);
}

static bool set_patterns(training *t, const compact_item *item)
{
    cairn_span inside;
    cairn_buf_reset(&t->first);
    cairn_buf_reset(&t->second);
    return take_apart(t, item, &inside) && cairn_buf_add_span(&t->first, cairn_buf_span(&t->text)) &&
           cairn_buf_add_span(&t->second, inside);
}

/* Appends the deltas of an item. */
static bool add_deltas(training *t, const compact_item *item, cairn_buf *around, cairn_buf *inner)
{
    cairn_span inside;
    return take_apart(t, item, &inside) &&
           cairn_delta_make(cairn_buf_span(&t->first), cairn_buf_span(&t->text), around) &&
           cairn_delta_make(cairn_buf_span(&t->second), inside, inner);
}

/* How long deltas are, of a few items. */
static bool try_patterns(training *t, size_t *bytes)
{
    cairn_buf deltas = CAIRN_BUF_INIT(t->text.max);
    bool ok = true;
    size_t step = t->n / TRIED_ITEMS + 1;
    for (size_t i = 0; ok && i < t->n; i += step)
        ok = add_deltas(t, &t->items[i], &deltas, &deltas);
    *bytes = deltas.n;
    cairn_buf_free(&deltas);
    return ok;
}

static bool choose_patterns(training *t)
{
    size_t best = 0, least = SIZE_MAX, bytes;
    for (size_t i = 0; t->n && i < PATTERNS; i++) {
        size_t at = (2 * i + 1) * t->n / (2 * PATTERNS);
        if (!set_patterns(t, &t->items[at]) || !try_patterns(t, &bytes))
            return false;
        if (bytes < least) {
            least = bytes;
            best = at;
        }
    }
    return t->n == 0 || set_patterns(t, &t->items[best]);
}

/* ---- what is in it ---- */

/* Patches first: what stands last is the nearest, and costs the least to be pointed at. */
static bool add_patches(training *t)
{
    bool ok = true;
    size_t step = t->n / TRIED_ITEMS + 1;
    for (size_t i = 0; ok && i < t->n; i += step)
        if (t->items[i].has_patch && t->content.n + t->items[i].patch.n <= PATCHES_BYTES)
            ok = cairn_buf_add_span(&t->content, cairn_buf_span(&t->items[i].patch));
    return ok;
}

/* Deltas of whole items, evenly out of all. */
static bool make_content(training *t, size_t size)
{
    size_t step = t->samples.n / size + 1;
    cairn_buf_reset(&t->content);
    bool ok = add_patches(t);
    for (size_t i = 0; ok && i < t->n && t->content.n < size; i += step)
        ok = add_deltas(t, &t->items[i], &t->content, &t->content);
    return ok;
}

/* ---- how the others are spelled ---- */

/* What was appended to the samples since `start` is one. */
static void end_sample(training *t, size_t start)
{
    if (t->samples.n > start)
        t->sample_sizes[t->n_samples++] = t->samples.n - start;
}

/* The texts as they will be packed. */
static bool add_item(training *t, const compact_item *item)
{
    cairn_buf inner = CAIRN_BUF_INIT(t->samples.max);
    size_t start = t->samples.n;
    bool ok = add_deltas(t, item, &t->samples, &inner);
    end_sample(t, start);
    start = t->samples.n;
    ok = ok && cairn_buf_add_span(&t->samples, cairn_buf_span(&inner));
    end_sample(t, start);
    start = t->samples.n;
    ok = ok && cairn_buf_add_span(&t->samples, cairn_buf_span(&item->patch));
    end_sample(t, start);
    cairn_buf_free(&inner);
    return ok;
}

static bool make_samples(training *t)
{
    bool ok = true;
    for (size_t i = 0; ok && i < t->n && t->samples.n < SAMPLES_BYTES && t->n_samples + 3 <= SAMPLES; i++)
        ok = add_item(t, &t->items[i]);
    return ok;
}

/* ---- which one ---- */

/* What the tried ones have come to, for all. */
static double estimate(const training *t, const compact_item *tried, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += tried[i].packed ? tried[i].out.n : tried[i].open.n;
    return n ? (double)bytes / (double)n * (double)t->total : 0;
}

/* Items are lent, and given back with what they were packed to. */
static size_t lend_tried(training *t, compact_item *out)
{
    size_t n = t->n < TRIED_ITEMS ? t->n : TRIED_ITEMS;
    for (size_t i = 0; i < n; i++)
        out[i] = t->items[(2 * i + 1) * t->n / (2 * n)];
    return n;
}

static void give_back(training *t, const compact_item *tried, size_t n)
{
    for (size_t i = 0; i < n; i++)
        t->items[(2 * i + 1) * t->n / (2 * n)] = tried[i];
}

/* Keeps `bytes` (empty: none) when it is the best so far. */
static cairn_code try(training *t, const cairn_buf *bytes, bool *better, cairn_error *error)
{
    compact_item tried[TRIED_ITEMS];
    cairn_buf stored = CAIRN_BUF_INIT(CAIRN_DICTIONARY_BYTES_MAX * 2);
    cairn_dictionary *dictionary = cairn_dictionary_new(cairn_buf_span(bytes), COMPACT_LEVEL);
    bool ok = dictionary && (bytes->n == 0 || cairn_dictionary_store(cairn_buf_span(bytes), &stored));
    *better = false;
    if (ok) {
        size_t n = lend_tried(t, tried);
        compact_pool_run(t->pool, dictionary, bytes->n ? 1 : 0, tried, n);
        double all = estimate(t, tried, n) + (double)stored.n;
        *better = t->best_bytes == 0 || all < t->best_bytes;
        if (*better)
            t->best_bytes = all;
        give_back(t, tried, n);
    }
    if (*better) {
        cairn_buf_reset(&t->best);
        ok = cairn_buf_add_span(&t->best, cairn_buf_span(bytes));
    }
    cairn_dictionary_free(dictionary);
    cairn_buf_free(&stored);
    return ok ? CAIRN_OK : cairn_error_no_memory(error);
}

static cairn_code try_size(training *t, size_t size, bool *better, cairn_error *error)
{
    cairn_buf bytes = CAIRN_BUF_INIT(CAIRN_DICTIONARY_BYTES_MAX);
    if (!make_content(t, size))
        return cairn_error_no_memory(error);
    cairn_span content = cairn_buf_span(&t->content);
    bool finished =
        cairn_dictionary_begin(cairn_buf_span(&t->first), cairn_buf_span(&t->second), &bytes) &&
        cairn_dictionary_finish(content, t->samples.p, t->sample_sizes, t->n_samples, COMPACT_LEVEL, &bytes);
    *better = false;
    cairn_code code = finished && !bytes.failed ? try(t, &bytes, better, error) : CAIRN_OK;
    cairn_buf_free(&bytes);
    return code;
}

/* Sizes go up until a larger one is no better. The first may be too small for a single item. */
static cairn_code try_all(training *t, cairn_error *error)
{
    const cairn_buf none = CAIRN_BUF_INIT(0);
    bool better;
    cairn_code code = try(t, &none, &better, error);
    for (size_t i = 0; !code && (better || t->best.n == 0) && i < SIZES; i++)
        code = try_size(t, sizes[i], &better, error);
    return code;
}

cairn_code compact_train(compact_pool *pool, compact_item *items, size_t n, uint64_t total, cairn_buf *out,
                         cairn_error *error)
{
    training *t = calloc(1, sizeof *t);
    if (!t)
        return cairn_error_no_memory(error);
    *t = (training){.pool = pool, .items = items, .n = n, .total = total};
    t->content = t->samples = t->best = t->first = t->second = t->text = (cairn_buf)CAIRN_BUF_INIT(64 << 20);
    cairn_code code = choose_patterns(t) && make_samples(t) ? try_all(t, error) : cairn_error_no_memory(error);
    if (!code && !cairn_buf_add_span(out, cairn_buf_span(&t->best)))
        code = cairn_error_no_memory(error);
    cairn_buf_free(&t->first);
    cairn_buf_free(&t->second);
    cairn_buf_free(&t->text);
    cairn_buf_free(&t->content);
    cairn_buf_free(&t->samples);
    cairn_buf_free(&t->best);
    free(t);
    return code;
}
