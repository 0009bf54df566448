#include "query/token.h"

#include "base/secret.h"

/* The signed bytes: version, direction, seconds (8), nanoseconds (4), length of the collection's id (2), all
 * big-endian, then the collection's id and the item's id. The first MAC_KEPT bytes of their HMAC follow. */
enum { TOKEN_VERSION = 1, HEAD = 16, MAC_KEPT = 16 };

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

static bool add_signed_bytes(const cairn_token *token, cairn_buf *out)
{
    const cairn_position *at = &token->position;
    unsigned char head[HEAD] = {TOKEN_VERSION, token->backward};
    if (at->collection.n > UINT16_MAX)
        return false;
    put_number(head + 2, (uint64_t)at->time.sec, 8);
    put_number(head + 10, (uint32_t)at->time.nsec, 4);
    put_number(head + 14, at->collection.n, 2);
    return cairn_buf_add(out, head, sizeof head) && cairn_buf_add_span(out, at->collection) &&
           cairn_buf_add_span(out, at->id);
}

static bool add_mac(cairn_span key, cairn_buf *out)
{
    unsigned char mac[CAIRN_MAC_BYTES];
    return cairn_hmac_sha256(key, cairn_buf_span(out), mac) && cairn_buf_add(out, mac, MAC_KEPT);
}

bool cairn_token_write(const cairn_token *token, cairn_span key, cairn_buf *out)
{
    cairn_buf raw = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX / 4 * 3);
    bool done = add_signed_bytes(token, &raw) && add_mac(key, &raw) && cairn_base64url(cairn_buf_span(&raw), out);
    cairn_buf_free(&raw);
    return done;
}

static bool is_authentic(cairn_span raw, cairn_span key)
{
    unsigned char mac[CAIRN_MAC_BYTES];
    cairn_span signed_bytes = {raw.p, raw.n - MAC_KEPT};
    return cairn_hmac_sha256(key, signed_bytes, mac) && cairn_equal_secret(mac, raw.p + signed_bytes.n, MAC_KEPT);
}

static bool parse(cairn_span raw, cairn_span key, cairn_token *out)
{
    if (raw.n < HEAD + MAC_KEPT || !is_authentic(raw, key))
        return false;
    const unsigned char *p = (const unsigned char *)raw.p;
    size_t names = raw.n - HEAD - MAC_KEPT, collection = (size_t)get_number(p + 14, 2);
    uint64_t nsec = get_number(p + 10, 4);
    if (p[0] != TOKEN_VERSION || p[1] > 1 || nsec > 999999999 || collection > names)
        return false;
    out->backward = p[1] == 1;
    out->position.time = (cairn_time){(int64_t)get_number(p + 2, 8), (int32_t)nsec};
    out->position.collection = cairn_span_make(raw.p + HEAD, collection);
    out->position.id = cairn_span_make(raw.p + HEAD + collection, names - collection);
    return true;
}

static cairn_code refuse(cairn_error *error)
{
    cairn_error_set(error, CAIRN_INVALID,
                    "the page token was not written by this catalog (was it replaced since?), or was changed on its "
                    "way; expected the token of a 'next' or 'prev' link; to begin again, send the search without it");
    cairn_error_at_parameter(error, "token");
    return CAIRN_INVALID;
}

cairn_code cairn_token_read(cairn_span text, cairn_span key, cairn_arena *arena, cairn_token *out, cairn_error *error)
{
    cairn_buf raw = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX);
    cairn_token token;
    cairn_code code = CAIRN_OK;
    if (text.n > CAIRN_TOKEN_MAX || !cairn_base64url_decode(text, &raw) || !parse(cairn_buf_span(&raw), key, &token))
        code = refuse(error);
    else if (!cairn_position_copy(arena, &token.position, &token.position))
        code = cairn_error_set(error, CAIRN_NOMEM, "the request needs too much memory to read its page token");
    else
        *out = token;
    cairn_buf_free(&raw);
    return code;
}
