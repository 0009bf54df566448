#include "query/token.h"

#include "base/secret.h"

#include <math.h>

/* The signed bytes, numbers big-endian: version, direction, seconds (8), nanoseconds (4), length of the sort's
 * signature (2), length of the collection's id (2), number of keys (1); the signature; the keys, each a byte with its
 * type, then of a number its IEEE 754 bits (8), of a boolean a byte, of a string its length (2) and its bytes; the
 * collection's id and the item's id. The first MAC_KEPT bytes of their HMAC follow. */
enum { TOKEN_VERSION = 2, HEAD = 19, MAC_KEPT = 16, RAW_MAX = CAIRN_TOKEN_MAX / 4 * 3 };

static void put_number(unsigned char *out, uint64_t value, size_t n)
{
    while (n > 0) {
        out[--n] = (unsigned char)value;
        value >>= 8;
    }
}

static uint64_t get_number(const unsigned char *in, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | in[i];
    return value;
}

/* ---- writing ---- */

static void add_number(cairn_buf *out, uint64_t value, size_t n)
{
    unsigned char bytes[8];
    put_number(bytes, value, n);
    cairn_buf_add(out, bytes, n);
}

static void add_key(const cairn_sort_value *value, cairn_buf *out)
{
    uint64_t bits;
    cairn_buf_add_byte(out, (char)value->type);
    switch (value->type) {
    case CAIRN_SORT_NUMBER:
        memcpy(&bits, &value->number, sizeof bits);
        add_number(out, bits, 8);
        break;
    case CAIRN_SORT_BOOLEAN:
        cairn_buf_add_byte(out, value->number != 0);
        break;
    case CAIRN_SORT_STRING:
        out->failed |= value->text.n > UINT16_MAX;
        add_number(out, value->text.n, 2);
        cairn_buf_add_span(out, value->text);
        break;
    case CAIRN_SORT_NONE:
        break;
    }
}

static void add_signed_bytes(const cairn_token *token, cairn_span signature, cairn_buf *out)
{
    const cairn_position *at = &token->position;
    out->failed |= at->collection.n > UINT16_MAX || signature.n > UINT16_MAX;
    cairn_buf_add_byte(out, TOKEN_VERSION);
    cairn_buf_add_byte(out, token->backward);
    add_number(out, (uint64_t)at->time.sec, 8);
    add_number(out, (uint32_t)at->time.nsec, 4);
    add_number(out, signature.n, 2);
    add_number(out, at->collection.n, 2);
    add_number(out, at->n_keys, 1);
    cairn_buf_add_span(out, signature);
    for (size_t i = 0; i < at->n_keys; i++)
        add_key(&at->keys[i], out);
    cairn_buf_add_span(out, at->collection);
    cairn_buf_add_span(out, at->id);
}

static bool add_mac(cairn_span key, cairn_buf *out)
{
    unsigned char mac[CAIRN_MAC_BYTES];
    return !out->failed && cairn_hmac_sha256(key, cairn_buf_span(out), mac) && cairn_buf_add(out, mac, MAC_KEPT);
}

static size_t longest_key(const cairn_position *at)
{
    size_t longest = 0;
    for (size_t i = 1; i < at->n_keys; i++)
        if (at->keys[i].type == CAIRN_SORT_STRING &&
            (at->keys[longest].type != CAIRN_SORT_STRING || at->keys[i].text.n > at->keys[longest].text.n))
            longest = i;
    return longest;
}

/* True when it is the length of the values, or of their names, that leaves no room. */
static bool is_too_long(const cairn_position *at, cairn_span signature)
{
    size_t n = HEAD + MAC_KEPT + signature.n + at->collection.n + at->id.n;
    for (size_t i = 0; i < at->n_keys; i++)
        n += 9 + (at->keys[i].type == CAIRN_SORT_STRING ? at->keys[i].text.n : 0);
    return at->n_keys && n > RAW_MAX;
}

static cairn_code refuse_long(const cairn_position *at, const cairn_sort *sort, cairn_error *error)
{
    char name[64], id[64];
    const cairn_sort_value *value = &at->keys[longest_key(at)];
    cairn_quote(sort->keys[longest_key(at)].property.name, name, sizeof name);
    cairn_error_set(
        error, CAIRN_INVALID,
        "the page begins or ends at item '%s', whose '%s' has %zu bytes: too long for a page token, which holds what "
        "is sorted by; sort by another property, or ask for a page of another size",
        cairn_quote(at->id, id, sizeof id), name, value->type == CAIRN_SORT_STRING ? value->text.n : 8);
    cairn_error_at_parameter(error, "sortby");
    return CAIRN_INVALID;
}

cairn_code cairn_token_write(const cairn_token *token, const cairn_sort *sort, cairn_span key, cairn_arena *arena,
                             cairn_buf *out, cairn_error *error)
{
    const cairn_position *at = &token->position;
    cairn_span signature = cairn_sort_signature(sort, arena);
    if (signature.p && at->n_keys != sort->n)
        return cairn_error_set(error, CAIRN_INTERNAL, "a place with %zu keys in an order by %zu", at->n_keys, sort->n);
    if (signature.p && is_too_long(at, signature))
        return refuse_long(at, sort, error);
    cairn_buf raw = CAIRN_BUF_INIT(RAW_MAX);
    if (signature.p)
        add_signed_bytes(token, signature, &raw);
    bool done = signature.p && add_mac(key, &raw) && cairn_base64url(cairn_buf_span(&raw), out);
    cairn_buf_free(&raw);
    return done ? CAIRN_OK : cairn_error_set(error, CAIRN_NOMEM, "no memory left for a page token");
}

/* ---- reading ---- */

typedef struct rest {
    const unsigned char *p;
    size_t n;
} rest;

static bool take(rest *r, size_t n, cairn_span *out)
{
    if (r->n < n)
        return false;
    *out = cairn_span_make((const char *)r->p, n);
    r->p += n;
    r->n -= n;
    return true;
}

static bool take_number(rest *r, size_t n, uint64_t *out)
{
    cairn_span bytes;
    if (!take(r, n, &bytes))
        return false;
    *out = get_number((const unsigned char *)bytes.p, n);
    return true;
}

static bool take_key(rest *r, cairn_sort_value *out)
{
    uint64_t type, bits;
    if (!take_number(r, 1, &type) || type > CAIRN_SORT_NONE)
        return false;
    *out = (cairn_sort_value){.type = (cairn_sort_type)type};
    switch (out->type) {
    case CAIRN_SORT_NUMBER:
        if (!take_number(r, 8, &bits))
            return false;
        memcpy(&out->number, &bits, sizeof bits);
        return isfinite(out->number);
    case CAIRN_SORT_BOOLEAN:
        if (!take_number(r, 1, &bits) || bits > 1)
            return false;
        out->number = (double)bits;
        return true;
    case CAIRN_SORT_STRING:
        return take_number(r, 2, &bits) && take(r, bits, &out->text);
    default:
        return true;
    }
}

static bool is_authentic(cairn_span raw, cairn_span key)
{
    unsigned char mac[CAIRN_MAC_BYTES];
    cairn_span signed_bytes = {raw.p, raw.n - MAC_KEPT};
    return cairn_hmac_sha256(key, signed_bytes, mac) && cairn_equal_secret(mac, raw.p + signed_bytes.n, MAC_KEPT);
}

/* `keys` has room for CAIRN_SORT_MAX_KEYS. */
static bool parse(cairn_span raw, cairn_span key, cairn_token *out, cairn_span *signature, cairn_sort_value *keys)
{
    if (raw.n < HEAD + MAC_KEPT || !is_authentic(raw, key))
        return false;
    const unsigned char *p = (const unsigned char *)raw.p;
    rest r = {p + HEAD, raw.n - HEAD - MAC_KEPT};
    uint64_t nsec = get_number(p + 10, 4);
    size_t n_keys = p[18];
    if (p[0] != TOKEN_VERSION || p[1] > 1 || nsec > 999999999 || n_keys > CAIRN_SORT_MAX_KEYS ||
        !take(&r, (size_t)get_number(p + 14, 2), signature))
        return false;
    *out = (cairn_token){.backward = p[1] == 1};
    out->position.time = (cairn_time){(int64_t)get_number(p + 2, 8), (int32_t)nsec};
    out->position.keys = keys;
    for (; out->position.n_keys < n_keys; out->position.n_keys++)
        if (!take_key(&r, &keys[out->position.n_keys]))
            return false;
    return take(&r, (size_t)get_number(p + 16, 2), &out->position.collection) && take(&r, r.n, &out->position.id);
}

static cairn_code refuse(cairn_error *error)
{
    cairn_error_set(error, CAIRN_INVALID,
                    "the page token was not written by this catalog (was it replaced since?), or was changed on its "
                    "way; expected the token of a 'next' or 'prev' link; to begin again, send the search without it");
    cairn_error_at_parameter(error, "token");
    return CAIRN_INVALID;
}

static cairn_code refuse_sort(cairn_span was, cairn_span is, cairn_error *error)
{
    char made[120], asked[120];
    cairn_quote(was, made, sizeof made);
    cairn_quote(is, asked, sizeof asked);
    cairn_error_set(error, CAIRN_INVALID,
                    "the page token was made for sortby=%s, expected the same sortby, found %s; to sort in another "
                    "way, begin again without the token",
                    was.n ? made : "-datetime", is.n ? asked : "-datetime (the default)");
    cairn_error_at_parameter(error, "token");
    return CAIRN_INVALID;
}

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "the request needs too much memory to read its page token");
}

/* Takes over what was read when it is good for the sort. */
static cairn_code accept(cairn_token *token, cairn_span was, const cairn_sort *sort, cairn_arena *arena,
                         cairn_token *out, cairn_error *error)
{
    cairn_span is = cairn_sort_signature(sort, arena);
    if (!is.p)
        return no_memory(error);
    if (!cairn_span_equal(was, is) || token->position.n_keys != sort->n)
        return refuse_sort(was, is, error);
    if (!cairn_position_copy(arena, &token->position, &token->position))
        return no_memory(error);
    *out = *token;
    return CAIRN_OK;
}

cairn_code cairn_token_read(cairn_span text, const cairn_sort *sort, cairn_span key, cairn_arena *arena,
                            cairn_token *out, cairn_error *error)
{
    cairn_buf raw = CAIRN_BUF_INIT(RAW_MAX);
    cairn_sort_value keys[CAIRN_SORT_MAX_KEYS];
    cairn_token token;
    cairn_span signature;
    cairn_code code;
    if (text.n > CAIRN_TOKEN_MAX || !cairn_base64url_decode(text, &raw) ||
        !parse(cairn_buf_span(&raw), key, &token, &signature, keys))
        code = refuse(error);
    else
        code = accept(&token, signature, sort, arena, out, error);
    cairn_buf_free(&raw);
    return code;
}
