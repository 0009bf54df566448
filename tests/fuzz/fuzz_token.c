// LINK: query
/* The bytes as a token's text, which nobody signed; with a good signature, for the default order and for another; and
 * as the place of a token, which must come back as it was. */
#include "fuzz.h"

#include "base/secret.h"
#include "query/token.h"

static const cairn_sort BY_TIME = {NULL, 0};
static const cairn_span KEY = CAIRN_SPAN_LIT("the key of the fuzz test, 32 b.");

static void check_forgery(cairn_span text, cairn_arena *arena)
{
    cairn_token token;
    cairn_error error = CAIRN_ERROR_INIT;
    FUZZ_ASSERT(cairn_token_read(text, &BY_TIME, KEY, arena, &token, &error) == CAIRN_INVALID);
    FUZZ_ASSERT(error.code == CAIRN_INVALID);
}

/* The bytes with a good signature: the parser behind it must hold as well. */
static void check_parser(cairn_span bytes, const cairn_sort *sort, cairn_arena *arena)
{
    unsigned char mac[CAIRN_MAC_BYTES];
    cairn_token token;
    cairn_buf raw = CAIRN_BUF_INIT(1 << 20), text = CAIRN_BUF_INIT(1 << 20), again = CAIRN_BUF_INIT(1 << 20);
    FUZZ_ASSERT(cairn_hmac_sha256(KEY, bytes, mac));
    cairn_buf_add_span(&raw, bytes);
    cairn_buf_add(&raw, mac, 16);
    if (cairn_base64url(cairn_buf_span(&raw), &text) &&
        cairn_token_read(cairn_buf_span(&text), sort, KEY, arena, &token, NULL) == CAIRN_OK) {
        FUZZ_ASSERT(token.position.n_keys == sort->n);
        FUZZ_ASSERT(token.position.time.nsec >= 0 && token.position.time.nsec <= 999999999);
        FUZZ_ASSERT(cairn_token_write(&token, sort, KEY, arena, &again, NULL) == CAIRN_OK);
        FUZZ_ASSERT(cairn_span_equal(cairn_buf_span(&text), cairn_buf_span(&again)));
    }
    cairn_buf_free(&raw);
    cairn_buf_free(&text);
    cairn_buf_free(&again);
}

static cairn_sort_value key_of(cairn_span bytes)
{
    switch (bytes.n % 4) {
    case 0:
        return (cairn_sort_value){.type = CAIRN_SORT_STRING, .text = bytes};
    case 1:
        return (cairn_sort_value){.type = CAIRN_SORT_NUMBER, .number = -1.1 * (double)bytes.n};
    case 2:
        return (cairn_sort_value){.type = CAIRN_SORT_BOOLEAN, .number = bytes.p[0] & 1};
    default:
        return (cairn_sort_value){.type = CAIRN_SORT_NONE};
    }
}

static void check_round_trip(cairn_span bytes, const cairn_sort *sort, cairn_arena *arena)
{
    size_t cut = bytes.n ? (unsigned char)bytes.p[0] % (bytes.n + 1) : 0;
    cairn_span first = {bytes.p, cut}, rest = {bytes.p + cut, bytes.n - cut};
    const cairn_sort_value keys[] = {key_of(first), key_of(rest)};
    const cairn_token token = {bytes.n % 2,
                               {{(int64_t)bytes.n * 1000 - 5000, (int32_t)bytes.n}, first, rest, keys, sort->n}};
    cairn_token back;
    cairn_buf text = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX);
    if (bytes.n <= 4096) {
        FUZZ_ASSERT(cairn_token_write(&token, sort, KEY, arena, &text, NULL) == CAIRN_OK);
        FUZZ_ASSERT(cairn_token_read(cairn_buf_span(&text), sort, KEY, arena, &back, NULL) == CAIRN_OK);
        FUZZ_ASSERT(back.backward == token.backward);
        FUZZ_ASSERT(cairn_sort_compare(sort, &back.position, &token.position) == 0);
    }
    cairn_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cairn_arena *arena = cairn_arena_new(1 << 20);
    FUZZ_ASSERT(arena);
    cairn_span bytes = cairn_span_make(size ? (const char *)data : "", size);
    check_forgery(bytes, arena);
    cairn_sort by_two;
    FUZZ_ASSERT(cairn_sort_from_text(cairn_span_of("a,-b"), arena, &by_two, NULL) == CAIRN_OK);
    check_parser(bytes, &BY_TIME, arena);
    check_parser(bytes, &by_two, arena);
    check_round_trip(bytes, &BY_TIME, arena);
    check_round_trip(bytes, &by_two, arena);
    cairn_arena_free(arena);
    return 0;
}
