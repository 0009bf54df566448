#include "store/pack.h"

#include "base/patch.h"
#include "base/varint.h"
#include "store/compact.h"

bool cairn_pack_end(cairn_encoding encoding, cairn_span text, size_t start, cairn_buf *out, cairn_packed *packed)
{
    packed->encoding = encoding;
    if (out->n - start >= text.n) {
        packed->encoding = CAIRN_ENCODING_PLAIN;
        out->n = start;
        if (!cairn_buf_add_span(out, text))
            return false;
    }
    packed->crc = cairn_crc32(text);
    packed->length = text.n;
    packed->bytes = cairn_span_make(out->p + start, out->n - start);
    return true;
}

bool cairn_pack(cairn_codec *codec, cairn_span text, cairn_buf *out, cairn_packed *packed)
{
    size_t start = out->n;
    *packed = (cairn_packed){CAIRN_ENCODING_PLAIN, 0, 0, CAIRN_SPAN_NONE};
    if (!text.p)
        return true;
    return cairn_deflate_block(codec, text, out) && cairn_pack_end(CAIRN_ENCODING_DEFLATE, text, start, out, packed);
}

static cairn_code add_plain(const cairn_packed *packed, cairn_buf *out, cairn_error *error)
{
    if (packed->bytes.n != packed->length)
        return cairn_error_set(error, CAIRN_CORRUPT, "a stored text has %zu bytes, expected %zu", packed->bytes.n,
                               packed->length);
    if (!cairn_buf_add_span(out, packed->bytes))
        return cairn_error_set(error, CAIRN_NOMEM, "no memory for a stored text of %zu bytes", packed->length);
    return CAIRN_OK;
}

/* The length is believed only so far as a block can hold so much. */
static cairn_code add_inflated(cairn_codec *codec, const cairn_packed *packed, cairn_buf *out, cairn_error *error)
{
    enum { MOST_A_BYTE = 1032 }; /* of deflate */
    if (packed->length / MOST_A_BYTE > packed->bytes.n)
        return cairn_error_set(error, CAIRN_CORRUPT, "a stored text is said to have %zu bytes, in a block of %zu",
                               packed->length, packed->bytes.n);
    return cairn_inflate_block(codec, packed->bytes, packed->length, out, error);
}

/* ---- the compact encoding ---- */

typedef struct compact {
    size_t dictionary;
    cairn_pattern pattern;
    bool has_inner;
    size_t place, length; /* of the inner text */
    cairn_span inner, frame;
} compact;

static bool read_compact(cairn_span bytes, compact *out)
{
    size_t place, inner = 0;
    *out = (compact){0};
    if (!cairn_compact_head(&bytes, &out->dictionary, &out->pattern) || !cairn_varint_get(&bytes, &place))
        return false;
    out->has_inner = place > 0;
    if (out->has_inner &&
        (!cairn_varint_get(&bytes, &out->length) || !cairn_varint_get(&bytes, &inner) || inner > bytes.n))
        return false;
    out->place = out->has_inner ? place - 1 : 0;
    out->inner = cairn_span_make(bytes.p, inner);
    out->frame = cairn_span_make(bytes.p + inner, bytes.n - inner);
    return true;
}

/* Writes both texts, one within the other, which have `length` bytes together. */
static cairn_code open_frames(cairn_dictionaries *with, const compact *from, char *to, size_t length,
                              cairn_error *error)
{
    compact inner;
    size_t around = length - from->length;
    cairn_code code = cairn_frame_open(with, from->dictionary, from->pattern, from->frame, to, around, error);
    if (code || !from->has_inner)
        return code;
    if (!read_compact(from->inner, &inner) || inner.has_inner)
        return cairn_error_set(error, CAIRN_CORRUPT, "a stored text holds %zu bytes that are no compact text",
                               from->inner.n);
    memmove(to + from->place + from->length, to + from->place, around - from->place);
    return cairn_frame_open(with, inner.dictionary, inner.pattern, inner.frame, to + from->place, from->length, error);
}

/* The length is believed only so far as frames can hold so much: a block has 4 bytes at least, and 128 KB at most. */
static cairn_code add_compact(cairn_codec *codec, const cairn_packed *packed, cairn_buf *out, cairn_error *error)
{
    enum { MOST_A_BYTE = (128 << 10) / 4 };
    cairn_dictionaries *with = cairn_codec_dictionaries(codec);
    size_t length = packed->length;
    compact from;
    if (!with)
        return cairn_error_set(error, CAIRN_CORRUPT, "a stored text is compact, where there are no dictionaries");
    if (!read_compact(packed->bytes, &from) || from.length > length || from.place > length - from.length ||
        length / MOST_A_BYTE > packed->bytes.n)
        return cairn_error_set(error, CAIRN_CORRUPT, "a stored text is said to have %zu bytes, in %zu that are compact",
                               length, packed->bytes.n);
    char *to = cairn_buf_reserve(out, length + 1);
    if (!to)
        return cairn_error_set(error, CAIRN_NOMEM, "no memory to unpack a text to %zu bytes", length);
    cairn_code code = open_frames(with, &from, to, length, error);
    if (!code)
        out->n += length;
    return code;
}

cairn_code cairn_unpack(cairn_codec *codec, const cairn_packed *packed, bool verify, cairn_buf *out, cairn_error *error)
{
    size_t start = out->n;
    cairn_code code = CAIRN_OK;
    if (!packed->bytes.p)
        return CAIRN_OK;
    if (packed->encoding == CAIRN_ENCODING_PLAIN)
        code = add_plain(packed, out, error);
    else if (packed->encoding == CAIRN_ENCODING_DEFLATE)
        code = add_inflated(codec, packed, out, error);
    else if (packed->encoding == CAIRN_ENCODING_COMPACT)
        code = add_compact(codec, packed, out, error);
    else
        code =
            cairn_error_set(error, CAIRN_CORRUPT, "a stored text has the encoding %d, which this version does not know",
                            (int)packed->encoding);
    if (code == CAIRN_OK && verify && cairn_crc32(cairn_span_make(out->p + start, out->n - start)) != packed->crc)
        code = cairn_error_set(error, CAIRN_CORRUPT, "a stored text of %zu bytes does not have its checksum",
                               packed->length);
    return code;
}

cairn_code cairn_unpack_patched(cairn_codec *codec, const cairn_packed *other, const cairn_packed *patch,
                                cairn_buf *out, cairn_error *error)
{
    if (!patch->bytes.p)
        return cairn_unpack(codec, other, true, out, error);
    cairn_buf text = CAIRN_BUF_INIT(out->max), change = CAIRN_BUF_INIT(out->max);
    cairn_code code = cairn_unpack(codec, other, true, &text, error);
    if (code == CAIRN_OK)
        code = cairn_unpack(codec, patch, true, &change, error);
    if (code == CAIRN_OK)
        code = cairn_patch_apply(cairn_buf_span(&text), cairn_buf_span(&change), out, error);
    cairn_buf_free(&text);
    cairn_buf_free(&change);
    return code;
}
