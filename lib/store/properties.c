#include "store/properties.h"

#include "base/json.h"

/* No other member can be called so: neither the name nor an escape, with which it might be spelled, comes behind. */
static bool is_last(cairn_span open, cairn_span value)
{
    static const char name[] = "\"properties\"";
    const char *behind = value.p + value.n;
    size_t n = (size_t)(open.p + open.n - behind);
    return !memchr(behind, '\\', n) && !memmem(behind, n, name, sizeof name - 1);
}

cairn_span cairn_properties_of(cairn_span open)
{
    static const cairn_span none = CAIRN_SPAN_LIT("{}");
    cairn_span found = none;
    cairn_json_walk walk = cairn_json_walk_object(open);
    cairn_json_member member;
    /* `links` come last and are left open: nothing may be read behind their key. */
    while (cairn_json_next_member(&walk, &member) && !cairn_json_key_is(member.key, "links"))
        if (cairn_json_key_is(member.key, "properties")) {
            found = cairn_json_kind(member.value) == '{' ? member.value : none;
            if (is_last(open, member.value))
                break;
        }
    return found;
}

bool cairn_properties_within(const cairn_packed *body, const cairn_packed *properties, size_t *at)
{
    cairn_span whole = body->bytes, part = properties->bytes;
    bool same = body->encoding == properties->encoding && body->encoding != CAIRN_ENCODING_PLAIN;
    if (!whole.p || !part.p || !same || part.p < whole.p || part.p + part.n > whole.p + whole.n)
        return false;
    *at = (size_t)(part.p - whole.p);
    return true;
}

static bool pack_apart(cairn_codec *codec, cairn_span open, cairn_span inside, cairn_buf *out, cairn_packed *body,
                       cairn_packed *properties)
{
    size_t start = out->n;
    if (!cairn_pack(codec, open, out, body))
        return false;
    size_t middle = out->n;
    bool ok = cairn_pack(codec, inside, out, properties);
    body->bytes = cairn_span_make(out->p + start, middle - start); /* the buffer may have moved */
    return ok;
}

bool cairn_properties_pack(cairn_codec *codec, cairn_span open, cairn_span inside, cairn_buf *out, cairn_packed *body,
                           cairn_packed *properties)
{
    bool is_part = inside.p > open.p && inside.p < open.p + open.n;
    size_t start = out->n;
    if (!is_part)
        return pack_apart(codec, open, inside, out, body, properties);
    const char *behind = inside.p + inside.n;
    bool ok = cairn_deflate_block(codec, cairn_span_make(open.p, (size_t)(inside.p - open.p)), out);
    size_t from = out->n;
    ok = ok && cairn_deflate_block(codec, inside, out);
    size_t to = out->n;
    ok = ok && cairn_deflate_behind(codec, cairn_span_make(behind, (size_t)(open.p + open.n - behind)),
                                    (size_t)(behind - open.p), out);
    if (!ok)
        return false;
    if (out->n - start >= open.n) {
        out->n = start;
        return pack_apart(codec, open, inside, out, body, properties);
    }
    *body = (cairn_packed){CAIRN_ENCODING_DEFLATE, cairn_crc32(open), open.n,
                           cairn_span_make(out->p + start, out->n - start)};
    *properties = (cairn_packed){CAIRN_ENCODING_DEFLATE, cairn_crc32(inside), inside.n,
                                 cairn_span_make(out->p + from, to - from)};
    return true;
}
