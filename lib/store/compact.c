#include "store/compact.h"

#include "base/varint.h"

enum { PATTERN_BITS = 2 };

static bool put_head(const cairn_compactor *with, cairn_pattern pattern, cairn_buf *out)
{
    return cairn_varint_put(out, with->number << PATTERN_BITS | pattern);
}

static bool add_compact(const cairn_compactor *with, cairn_pattern pattern, cairn_span text, cairn_buf *out)
{
    return put_head(with, pattern, out) && cairn_varint_put(out, 0) &&
           cairn_frame_make(with->framer, with->dictionary, pattern, text, out);
}

bool cairn_compact_pack(const cairn_compactor *with, cairn_pattern pattern, cairn_span text, cairn_buf *out,
                        cairn_packed *packed)
{
    size_t start = out->n;
    *packed = (cairn_packed){CAIRN_ENCODING_PLAIN, 0, 0, CAIRN_SPAN_NONE};
    if (!text.p)
        return true;
    return add_compact(with, pattern, text, out) && cairn_pack_end(CAIRN_ENCODING_COMPACT, text, start, out, packed);
}

static bool pack_apart(const cairn_compactor *with, cairn_span open, cairn_span inside, cairn_buf *out,
                       cairn_packed *body, cairn_packed *properties)
{
    size_t start = out->n;
    if (!cairn_compact_pack(with, CAIRN_PATTERN_FIRST, open, out, body))
        return false;
    size_t middle = out->n;
    bool ok = cairn_compact_pack(with, CAIRN_PATTERN_SECOND, inside, out, properties);
    body->bytes = cairn_span_make(out->p + start, middle - start); /* the buffer may have moved */
    return ok;
}

static bool add_around(const cairn_compactor *with, cairn_span open, cairn_span inside, cairn_buf *out)
{
    cairn_buf around = CAIRN_BUF_INIT(open.n);
    bool ok = cairn_buf_add_around(&around, open, inside) &&
              cairn_frame_make(with->framer, with->dictionary, CAIRN_PATTERN_FIRST, cairn_buf_span(&around), out);
    cairn_buf_free(&around);
    return ok;
}

bool cairn_compact_item(const cairn_compactor *with, cairn_span open, cairn_span inside, cairn_buf *out,
                        cairn_packed *body, cairn_packed *properties)
{
    bool is_part = inside.p > open.p && inside.p < open.p + open.n;
    size_t start = out->n;
    if (!is_part)
        return pack_apart(with, open, inside, out, body, properties);
    cairn_buf inner = CAIRN_BUF_INIT(out->max);
    bool ok = add_compact(with, CAIRN_PATTERN_SECOND, inside, &inner) && put_head(with, CAIRN_PATTERN_FIRST, out) &&
              cairn_varint_put(out, (size_t)(inside.p - open.p) + 1) && cairn_varint_put(out, inside.n) &&
              cairn_varint_put(out, inner.n);
    size_t from = out->n, to = from + inner.n;
    ok = ok && cairn_buf_add_span(out, cairn_buf_span(&inner)) && add_around(with, open, inside, out);
    cairn_buf_free(&inner);
    if (!ok)
        return !(out->failed = true);
    if (to - from >= inside.n || out->n - start >= open.n) {
        out->n = start;
        return pack_apart(with, open, inside, out, body, properties);
    }
    *body = (cairn_packed){CAIRN_ENCODING_COMPACT, cairn_crc32(open), open.n,
                           cairn_span_make(out->p + start, out->n - start)};
    *properties = (cairn_packed){CAIRN_ENCODING_COMPACT, cairn_crc32(inside), inside.n,
                                 cairn_span_make(out->p + from, to - from)};
    return true;
}

bool cairn_compact_head(cairn_span *bytes, size_t *number, cairn_pattern *pattern)
{
    size_t head;
    if (!cairn_varint_get(bytes, &head))
        return false;
    *number = head >> PATTERN_BITS;
    *pattern = (cairn_pattern)(head & ((1 << PATTERN_BITS) - 1));
    return true;
}

bool cairn_compact_number(const cairn_packed *packed, size_t *number)
{
    cairn_span bytes = packed->bytes;
    cairn_pattern pattern;
    return packed->encoding == CAIRN_ENCODING_COMPACT && cairn_compact_head(&bytes, number, &pattern);
}
