#include "api/sign_token.h"

#include "base/secret.h"

/* The end (8 bytes, big-endian), the collection's id, and the first MAC_KEPT bytes of the HMAC of both. The word in
 * front keeps them apart from page tokens, which have the same key. */
enum { HEAD = 8, MAC_KEPT = 16, RAW_MAX = 8192 };
#define WORD "cairn sign token\n"

static bool seal(cairn_span raw, cairn_span key, unsigned char mac[CAIRN_MAC_BYTES])
{
    cairn_buf text = CAIRN_BUF_INIT(RAW_MAX + sizeof WORD);
    cairn_buf_add_text(&text, WORD);
    cairn_buf_add_span(&text, raw);
    bool ok = !text.failed && cairn_hmac_sha256(key, cairn_buf_span(&text), mac);
    cairn_buf_free(&text);
    return ok;
}

bool cairn_sign_token_write(cairn_span collection, int64_t expires, cairn_span key, cairn_buf *out)
{
    unsigned char mac[CAIRN_MAC_BYTES];
    cairn_buf raw = CAIRN_BUF_INIT(RAW_MAX);
    for (int shift = 56; shift >= 0; shift -= 8)
        cairn_buf_add_byte(&raw, (char)(expires >> shift));
    cairn_buf_add_span(&raw, collection);
    bool ok = !raw.failed && seal(cairn_buf_span(&raw), key, mac) && cairn_buf_add(&raw, mac, MAC_KEPT) &&
              cairn_base64url(cairn_buf_span(&raw), out);
    cairn_buf_free(&raw);
    return ok;
}

static bool is_sealed(cairn_span raw, cairn_span key)
{
    unsigned char mac[CAIRN_MAC_BYTES];
    return raw.n >= HEAD + MAC_KEPT && seal(cairn_span_make(raw.p, raw.n - MAC_KEPT), key, mac) &&
           cairn_equal_secret(mac, raw.p + raw.n - MAC_KEPT, MAC_KEPT);
}

static int64_t end_of(cairn_span raw)
{
    uint64_t value = 0;
    for (size_t i = 0; i < HEAD; i++)
        value = value << 8 | (unsigned char)raw.p[i];
    return (int64_t)value;
}

cairn_code cairn_sign_token_read(cairn_span text, cairn_span key, int64_t now, cairn_arena *arena,
                                 cairn_span *collection, cairn_error *error)
{
    cairn_buf raw = CAIRN_BUF_INIT(RAW_MAX);
    bool good = cairn_base64url_decode(text, &raw) && is_sealed(cairn_buf_span(&raw), key);
    bool ended = good && end_of(cairn_buf_span(&raw)) <= now;
    *collection = CAIRN_SPAN_NONE;
    if (good && !ended)
        *collection = cairn_arena_copy(arena, cairn_span_make(raw.p + HEAD, raw.n - HEAD - MAC_KEPT));
    cairn_buf_free(&raw);
    if (good && !ended)
        return collection->p ? CAIRN_OK : cairn_error_no_memory(error);
    cairn_error_set(error, CAIRN_INVALID, "%s; get one by GET /collections/{collectionId}/token",
                    ended ? "the token has ended" : "this is no token of a collection of this catalog");
    return cairn_error_at_parameter(error, "token");
}
