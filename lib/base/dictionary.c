#include "base/dictionary.h"

#include "base/delta.h"
#include "base/varint.h"

#include <stdlib.h>
#include <zdict.h>
#include <zstd.h>

enum { MAGIC_BYTES = 4, STORED_LEVEL = 19 };

/* ZSTD_MAGICNUMBER, little endian. */
static const char MAGIC[MAGIC_BYTES] = {0x28, (char)0xb5, 0x2f, (char)0xfd};

/* The plain form. */
typedef struct parts {
    cairn_span patterns[CAIRN_PATTERNS]; /* the first is empty */
    cairn_span rest;                     /* for zstd */
} parts;

static bool read_parts(cairn_span plain, parts *out)
{
    *out = (parts){.rest = plain};
    for (size_t i = 0; i < CAIRN_PATTERNS; i++)
        out->patterns[i] = cairn_span_make("", 0);
    for (size_t n, i = CAIRN_PATTERN_FIRST; plain.n && i < CAIRN_PATTERNS; i++) {
        if (!cairn_varint_get(&out->rest, &n) || n > out->rest.n)
            return false;
        out->patterns[i] = cairn_span_make(out->rest.p, n);
        out->rest = cairn_span_make(out->rest.p + n, out->rest.n - n);
    }
    return true;
}

/* ---- making ---- */

struct cairn_dictionary {
    parts parts;
    ZSTD_CDict *prepared;
};

cairn_dictionary *cairn_dictionary_new(cairn_span bytes, int level)
{
    cairn_dictionary *dictionary = calloc(1, sizeof *dictionary);
    if (!dictionary)
        return NULL;
    if (read_parts(bytes, &dictionary->parts))
        dictionary->prepared = ZSTD_createCDict(dictionary->parts.rest.p, dictionary->parts.rest.n, level);
    if (dictionary->prepared)
        return dictionary;
    free(dictionary);
    return NULL;
}

void cairn_dictionary_free(cairn_dictionary *dictionary)
{
    if (!dictionary)
        return;
    ZSTD_freeCDict(dictionary->prepared);
    free(dictionary);
}

bool cairn_dictionary_begin(cairn_span first, cairn_span second, cairn_buf *out)
{
    return cairn_varint_put(out, first.n) && cairn_buf_add_span(out, first) && cairn_varint_put(out, second.n) &&
           cairn_buf_add_span(out, second);
}

bool cairn_dictionary_finish(cairn_span content, const char *samples, const size_t *sizes, unsigned n, int level,
                             cairn_buf *out)
{
    enum { TABLES_BYTES = 4096, SOME_NUMBER = 1 }; /* frames don't name it, but a dictionary must have one */
    const ZDICT_params_t how = {.compressionLevel = level, .dictID = SOME_NUMBER};
    size_t room = content.n + TABLES_BYTES;
    char *to = cairn_buf_reserve(out, room);
    if (!to)
        return false;
    size_t size = ZDICT_finalizeDictionary(to, room, content.p, content.n, samples, sizes, n, how);
    if (ZDICT_isError(size))
        return false;
    out->n += size;
    return true;
}

bool cairn_dictionary_store(cairn_span bytes, cairn_buf *out)
{
    size_t room = ZSTD_compressBound(bytes.n);
    char *to = cairn_buf_reserve(out, room);
    if (!to)
        return false;
    size_t size = ZSTD_compress(to, room, bytes.p, bytes.n, STORED_LEVEL);
    if (ZSTD_isError(size))
        return !(out->failed = true);
    out->n += size;
    return true;
}

struct cairn_framer {
    ZSTD_CCtx *context;
    cairn_buf delta, frame;
};

cairn_framer *cairn_framer_new(void)
{
    cairn_framer *framer = calloc(1, sizeof *framer);
    if (!framer)
        return NULL;
    framer->delta = framer->frame = (cairn_buf)CAIRN_BUF_INIT(SIZE_MAX / 2);
    framer->context = ZSTD_createCCtx();
    if (framer->context && !ZSTD_isError(ZSTD_CCtx_setParameter(framer->context, ZSTD_c_dictIDFlag, 0)))
        return framer;
    cairn_framer_free(framer);
    return NULL;
}

void cairn_framer_free(cairn_framer *framer)
{
    if (!framer)
        return;
    ZSTD_freeCCtx(framer->context);
    cairn_buf_free(&framer->delta);
    cairn_buf_free(&framer->frame);
    free(framer);
}

static bool compress(cairn_framer *framer, const cairn_dictionary *dictionary, cairn_span text, cairn_buf *out)
{
    size_t room = ZSTD_compressBound(text.n);
    cairn_buf_reset(&framer->frame);
    char *to = cairn_buf_reserve(&framer->frame, room);
    if (!to || ZSTD_isError(ZSTD_CCtx_refCDict(framer->context, dictionary->prepared)))
        return !(out->failed = true);
    size_t size = ZSTD_compress2(framer->context, to, room, text.p, text.n);
    if (ZSTD_isError(size) || size < MAGIC_BYTES)
        return !(out->failed = true);
    return cairn_buf_add(out, to + MAGIC_BYTES, size - MAGIC_BYTES);
}

bool cairn_frame_make(cairn_framer *framer, const cairn_dictionary *dictionary, cairn_pattern pattern, cairn_span text,
                      cairn_buf *out)
{
    if (pattern == CAIRN_PATTERN_NONE)
        return compress(framer, dictionary, text, out);
    cairn_buf_reset(&framer->delta);
    if (!cairn_delta_make(dictionary->parts.patterns[pattern], text, &framer->delta))
        return !(out->failed = true);
    return compress(framer, dictionary, cairn_buf_span(&framer->delta), out);
}

/* ---- reading ---- */

cairn_code cairn_dictionary_open(cairn_span stored, size_t number, cairn_buf *out, cairn_error *error)
{
    unsigned long long size = ZSTD_getFrameContentSize(stored.p, stored.n);
    bool sane =
        size != ZSTD_CONTENTSIZE_UNKNOWN && size != ZSTD_CONTENTSIZE_ERROR && size <= CAIRN_DICTIONARY_BYTES_MAX;
    char *to = sane ? cairn_buf_reserve(out, (size_t)size + 1) : NULL;
    if (sane && !to)
        return cairn_error_no_memory(error);
    if (!sane || ZSTD_decompress(to, (size_t)size, stored.p, stored.n) != size)
        return cairn_error_set(error, CAIRN_CORRUPT, "dictionary %zu can't be read", number);
    out->n += (size_t)size;
    return CAIRN_OK;
}

typedef struct loaded {
    struct loaded *next; /* the one that was used before this */
    size_t number;
    cairn_buf plain; /* where the parts lie in */
    parts parts;
    ZSTD_DDict *prepared;
} loaded;

struct cairn_dictionaries {
    cairn_dictionary_source source;
    void *source_context;
    size_t most, bytes;
    loaded *last; /* used */
    ZSTD_DCtx *context;
    cairn_buf frame, stored, delta;
};

cairn_dictionaries *cairn_dictionaries_new(cairn_dictionary_source source, void *context, size_t most)
{
    cairn_dictionaries *dictionaries = calloc(1, sizeof *dictionaries);
    if (!dictionaries)
        return NULL;
    dictionaries->source = source;
    dictionaries->source_context = context;
    dictionaries->most = most;
    dictionaries->frame = dictionaries->delta = (cairn_buf)CAIRN_BUF_INIT(SIZE_MAX / 2);
    dictionaries->stored = (cairn_buf)CAIRN_BUF_INIT(CAIRN_DICTIONARY_BYTES_MAX * 2);
    return dictionaries;
}

static void free_loaded(cairn_dictionaries *dictionaries, loaded *one)
{
    dictionaries->bytes -= one->plain.n + ZSTD_sizeof_DDict(one->prepared);
    ZSTD_freeDDict(one->prepared);
    cairn_buf_free(&one->plain);
    free(one);
}

void cairn_dictionaries_free(cairn_dictionaries *dictionaries)
{
    if (!dictionaries)
        return;
    for (loaded *next, *one = dictionaries->last; one; one = next) {
        next = one->next;
        free_loaded(dictionaries, one);
    }
    ZSTD_freeDCtx(dictionaries->context);
    cairn_buf_free(&dictionaries->frame);
    cairn_buf_free(&dictionaries->stored);
    cairn_buf_free(&dictionaries->delta);
    free(dictionaries);
}

/* Tables that are none, or no memory: zstd does not say which. */
static cairn_code prepare(cairn_dictionaries *dictionaries, loaded *one, cairn_error *error)
{
    cairn_code code = cairn_dictionary_open(cairn_buf_span(&dictionaries->stored), one->number, &one->plain, error);
    if (!code && read_parts(cairn_buf_span(&one->plain), &one->parts))
        one->prepared = ZSTD_createDDict(one->parts.rest.p, one->parts.rest.n);
    if (!code && !one->prepared)
        code =
            cairn_error_set(error, CAIRN_CORRUPT, "dictionary %zu is none, or there is no memory for it", one->number);
    return code;
}

static cairn_code load(cairn_dictionaries *dictionaries, size_t number, cairn_error *error)
{
    cairn_buf_reset(&dictionaries->stored);
    cairn_code code = dictionaries->source(dictionaries->source_context, number, &dictionaries->stored, error);
    loaded *one = code ? NULL : calloc(1, sizeof *one);
    if (!one)
        return code ? code : cairn_error_no_memory(error);
    one->number = number;
    one->plain = (cairn_buf)CAIRN_BUF_INIT(CAIRN_DICTIONARY_BYTES_MAX * 2);
    code = prepare(dictionaries, one, error);
    dictionaries->bytes += one->plain.n + ZSTD_sizeof_DDict(one->prepared);
    if (code) {
        free_loaded(dictionaries, one);
        return code;
    }
    one->next = dictionaries->last;
    dictionaries->last = one;
    return CAIRN_OK;
}

static void forget_oldest(cairn_dictionaries *dictionaries)
{
    while (dictionaries->bytes > dictionaries->most && dictionaries->last->next) {
        loaded **at = &dictionaries->last;
        while ((*at)->next)
            at = &(*at)->next;
        free_loaded(dictionaries, *at);
        *at = NULL;
    }
}

/* Makes it the last used one. */
static cairn_code use(cairn_dictionaries *dictionaries, size_t number, cairn_error *error)
{
    loaded **at = &dictionaries->last;
    while (*at && (*at)->number != number)
        at = &(*at)->next;
    if (*at) {
        loaded *found = *at;
        *at = found->next;
        found->next = dictionaries->last;
        dictionaries->last = found;
        return CAIRN_OK;
    }
    cairn_code code = load(dictionaries, number, error);
    if (!code)
        forget_oldest(dictionaries);
    return code;
}

static cairn_code ready(cairn_dictionaries *dictionaries, size_t number, cairn_error *error)
{
    if (!dictionaries->context && !(dictionaries->context = ZSTD_createDCtx()))
        return cairn_error_no_memory(error);
    return number ? use(dictionaries, number, error) : CAIRN_OK;
}

static cairn_code corrupt(cairn_span frame, size_t length, cairn_error *error)
{
    return cairn_error_set(error, CAIRN_CORRUPT, "a frame of %zu bytes does not unpack to %zu bytes", frame.n, length);
}

/* Of the frame, which has its magic number again. A delta is not much longer than what it leads to. */
static cairn_code open_delta(cairn_dictionaries *dictionaries, const loaded *with, cairn_pattern pattern, char *to,
                             size_t length, cairn_error *error)
{
    enum { MORE_BYTES = 1 << 10 };
    cairn_span frame = cairn_buf_span(&dictionaries->frame);
    unsigned long long size = ZSTD_getFrameContentSize(frame.p, frame.n);
    if (pattern >= CAIRN_PATTERNS || size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
        size > MORE_BYTES + 2 * (unsigned long long)length)
        return corrupt(frame, length, error);
    cairn_buf_reset(&dictionaries->delta);
    char *delta = cairn_buf_reserve(&dictionaries->delta, (size_t)size + 1);
    if (!delta)
        return cairn_error_no_memory(error);
    cairn_span from = with ? with->parts.patterns[pattern] : cairn_span_make("", 0);
    bool ok = ZSTD_decompress_usingDDict(dictionaries->context, delta, (size_t)size, frame.p, frame.n,
                                         with ? with->prepared : NULL) == size &&
              cairn_delta_apply(from, cairn_span_make(delta, (size_t)size), to, length);
    return ok ? CAIRN_OK : corrupt(frame, length, error);
}

cairn_code cairn_frame_open(cairn_dictionaries *dictionaries, size_t number, cairn_pattern pattern, cairn_span frame,
                            char *to, size_t length, cairn_error *error)
{
    cairn_code code = ready(dictionaries, number, error);
    if (code)
        return code;
    const loaded *with = number ? dictionaries->last : NULL;
    cairn_buf *whole = &dictionaries->frame;
    cairn_buf_reset(whole);
    cairn_buf_add(whole, MAGIC, MAGIC_BYTES);
    if (!cairn_buf_add_span(whole, frame))
        return cairn_error_no_memory(error);
    if (pattern != CAIRN_PATTERN_NONE)
        return open_delta(dictionaries, with, pattern, to, length, error);
    size_t size =
        ZSTD_decompress_usingDDict(dictionaries->context, to, length, whole->p, whole->n, with ? with->prepared : NULL);
    return !ZSTD_isError(size) && size == length ? CAIRN_OK : corrupt(frame, length, error);
}
