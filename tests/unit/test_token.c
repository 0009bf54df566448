// LINK: query
#include "base/secret.h"
#include "query/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ID_MAX_BYTES = 2048 };

static const char KEY_BYTES[CAIRN_KEY_BYTES] = "0123456789abcdef0123456789abcde";
static const cairn_span KEY = {KEY_BYTES, sizeof KEY_BYTES};

static const cairn_sort BY_TIME = {NULL, 0};

static cairn_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    arena = cairn_arena_new(1 << 20);
    return arena ? 0 : -1;
}

static int free_arena(void **state)
{
    (void)state;
    cairn_arena_free(arena);
    return 0;
}

static cairn_sort sort_of(const char *text)
{
    cairn_sort sort;
    assert_int_equal(cairn_sort_from_text(cairn_span_of(text), arena, &sort, NULL), CAIRN_OK);
    return sort;
}

static cairn_span written_for(const cairn_token *token, const cairn_sort *sort, cairn_span key)
{
    cairn_buf text = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX);
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_token_write(token, sort, key, arena, &text, &error), CAIRN_OK);
    cairn_span copy = cairn_arena_copy(arena, cairn_buf_span(&text));
    cairn_buf_free(&text);
    return copy;
}

static cairn_span written(const cairn_token *token, cairn_span key)
{
    return written_for(token, &BY_TIME, key);
}

static void assert_round_trip(const cairn_token *token)
{
    cairn_token back;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_span text = written(token, KEY);
    for (size_t i = 0; i < text.n; i++)
        assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", text.p[i]));
    assert_int_equal(cairn_token_read(text, &BY_TIME, KEY, arena, &back, &error), CAIRN_OK);
    assert_int_equal(back.backward, token->backward);
    assert_int_equal(cairn_position_compare(&back.position, &token->position), 0);
}

static cairn_token sample(void)
{
    return (cairn_token){false, {{1577934245, 123456789}, CAIRN_SPAN_LIT("a"), CAIRN_SPAN_LIT("S2A_2020"), NULL, 0}};
}

static void round_trips(void **state)
{
    (void)state;
    char long_collection[ID_MAX_BYTES], long_id[ID_MAX_BYTES];
    for (size_t i = 0; i < ID_MAX_BYTES; i++) {
        long_collection[i] = (char)(i * 7);
        long_id[i] = (char)(255 - i);
    }
    cairn_time times[] = {{0, 0}, {-1, 999999999}, {INT64_C(253402300799), 1}, CAIRN_TIME_MIN, CAIRN_TIME_MAX};
    cairn_span ids[] = {CAIRN_SPAN_LIT("a"),
                        CAIRN_SPAN_LIT("a b/c%d?#"),
                        CAIRN_SPAN_LIT("\xc3\xa4\xf0\x9f\x9b\xb0"),
                        {long_id, sizeof long_id}};
    cairn_span collections[] = {CAIRN_SPAN_LIT("c"), {long_collection, sizeof long_collection}};
    for (size_t t = 0; t < 5; t++)
        for (size_t i = 0; i < 4; i++)
            for (size_t c = 0; c < 4; c++)
                assert_round_trip(&(cairn_token){c & 1, {times[t], collections[c >> 1], ids[i], NULL, 0}});
}

static void assert_refused(cairn_span text, cairn_span key)
{
    cairn_token token;
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_token_read(text, &BY_TIME, key, arena, &token, &error), CAIRN_INVALID);
    assert_string_equal(error.parameter, "token");
    assert_non_null(strstr(error.message, "page token"));
}

static void refuses_each_changed_character(void **state)
{
    (void)state;
    cairn_token token = sample();
    cairn_span text = written(&token, KEY);
    char *changed = (char *)cairn_arena_copy(arena, text).p;
    for (size_t i = 0; i + 1 < text.n; i++) { /* the last one has bits that mean nothing */
        char was = changed[i];
        changed[i] = was == 'A' ? 'B' : 'A';
        assert_refused(cairn_span_make(changed, text.n), KEY);
        changed[i] = was;
    }
    for (size_t n = 0; n < text.n; n++)
        assert_refused(cairn_span_make(changed, n), KEY);
}

static void refuses_another_key(void **state)
{
    (void)state;
    cairn_token token = sample();
    char other[CAIRN_KEY_BYTES];
    memcpy(other, KEY_BYTES, sizeof other);
    other[0] ^= 1;
    assert_refused(written(&token, KEY), cairn_span_make(other, sizeof other));
}

static void refuses_what_is_no_token(void **state)
{
    (void)state;
    char huge[CAIRN_TOKEN_MAX + 100];
    memset(huge, 'A', sizeof huge);
    assert_refused(cairn_span_of(""), KEY);
    assert_refused(cairn_span_of("next"), KEY);
    assert_refused(cairn_span_of("***"), KEY);
    assert_refused(cairn_span_of("next:a:b"), KEY);
    assert_refused(cairn_span_make(huge, sizeof huge), KEY);
    assert_refused(cairn_span_make(huge, CAIRN_TOKEN_MAX), KEY);
}

/* A signed text with another inside, as if a bug or an older version had written it. */
static cairn_code read_signed(const unsigned char *bytes, size_t n, const cairn_sort *sort)
{
    unsigned char mac[CAIRN_MAC_BYTES];
    cairn_token token;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_buf raw = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX), text = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX);
    assert_true(cairn_hmac_sha256(KEY, cairn_span_make((const char *)bytes, n), mac));
    cairn_buf_add(&raw, bytes, n);
    cairn_buf_add(&raw, mac, 16);
    assert_true(cairn_base64url(cairn_buf_span(&raw), &text));
    cairn_code code = cairn_token_read(cairn_buf_span(&text), sort, KEY, arena, &token, &error);
    cairn_buf_free(&raw);
    cairn_buf_free(&text);
    return code;
}

enum { HEAD = 19 };

static void refuses_signed_nonsense(void **state)
{
    (void)state;
    const unsigned char good[HEAD] = {2, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 0, 0};
    const struct {
        size_t at;
        unsigned char value;
    } faults[] = {{0, 1}, {0, 3}, {1, 2}, {10, 0xff}, {14, 0xff}, {15, 1}, {16, 0xff}, {17, 1}, {18, 1}, {18, 17}};
    assert_int_equal(read_signed(good, HEAD, &BY_TIME), CAIRN_OK);
    for (size_t n = 0; n < HEAD; n++)
        assert_int_equal(read_signed(good, n, &BY_TIME), CAIRN_INVALID);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        unsigned char raw[HEAD];
        memcpy(raw, good, HEAD);
        raw[faults[i].at] = faults[i].value;
        assert_int_equal(read_signed(raw, HEAD, &BY_TIME), CAIRN_INVALID);
    }
}

static void refuses_signed_nonsense_in_keys(void **state)
{
    (void)state;
    const struct {
        const char *bytes;
        size_t n;
        cairn_code code;
    } keys[] = {
        {"\0\x3f\xf0\0\0\0\0\0\0", 9, CAIRN_OK},      /* 1.0 */
        {"\0\x7f\xf8\0\0\0\0\0\0", 9, CAIRN_INVALID}, /* not a number */
        {"\0\x3f\xf0", 3, CAIRN_INVALID},
        {"\1\0\2ab", 5, CAIRN_OK},
        {"\1\0\3ab", 5, CAIRN_INVALID},
        {"\1\0", 2, CAIRN_INVALID},
        {"\2\1", 2, CAIRN_OK},
        {"\2\2", 2, CAIRN_INVALID},
        {"\2", 1, CAIRN_INVALID},
        {"\3", 1, CAIRN_OK},
        {"\4", 1, CAIRN_INVALID},
    };
    const cairn_sort sort = sort_of("a");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        unsigned char raw[64] = {2, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 7, 0, 2, 0, 0, 1, '+', 'a'};
        memcpy(raw + HEAD + 2, keys[i].bytes, keys[i].n);
        assert_int_equal(read_signed(raw, HEAD + 2 + keys[i].n, &sort), keys[i].code);
    }
}

/* ---- sorted in another way ---- */

static void carries_the_keys_of_the_sort(void **state)
{
    (void)state;
    const cairn_sort sort = sort_of("-eo:cloud_cover,platform,-flag,nothing,weird\\,properties.id");
    const cairn_sort_value keys[] = {
        {.type = CAIRN_SORT_NUMBER, .number = -0.1},
        {.type = CAIRN_SORT_STRING, .text = CAIRN_SPAN_LIT("s\xc3\xa4t\0x")},
        {.type = CAIRN_SORT_BOOLEAN, .number = 1},
        {.type = CAIRN_SORT_NONE},
        {.type = CAIRN_SORT_STRING, .text = CAIRN_SPAN_LIT("")},
        {.type = CAIRN_SORT_NUMBER, .number = 1e308},
    };
    cairn_token token = sample(), back;
    cairn_error error = CAIRN_ERROR_INIT;
    token.position.keys = keys;
    token.position.n_keys = sort.n;
    assert_int_equal(sort.n, sizeof keys / sizeof keys[0]);
    cairn_span text = written_for(&token, &sort, KEY);
    assert_int_equal(cairn_token_read(text, &sort, KEY, arena, &back, &error), CAIRN_OK);
    assert_int_equal(back.position.n_keys, sort.n);
    for (size_t i = 0; i < sort.n; i++) {
        assert_int_equal(back.position.keys[i].type, keys[i].type);
        assert_int_equal(cairn_sort_value_compare(&back.position.keys[i], &keys[i]), 0);
    }
    assert_int_equal(cairn_sort_compare(&sort, &back.position, &token.position), 0);
}

static void refuses_the_token_of_another_sort(void **state)
{
    (void)state;
    static const char *const others[] = {"", "eo:cloud_cover", "-eo:cloud_cover,id", "-gsd"};
    const cairn_sort sort = sort_of("-eo:cloud_cover"), same = sort_of("-properties.eo:cloud_cover");
    const cairn_sort_value key = {.type = CAIRN_SORT_NUMBER, .number = 3};
    cairn_token token = sample(), back;
    token.position.keys = &key;
    token.position.n_keys = 1;
    cairn_span text = written_for(&token, &sort, KEY);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const cairn_sort other = sort_of(others[i]);
        cairn_error error = CAIRN_ERROR_INIT;
        assert_int_equal(cairn_token_read(text, &other, KEY, arena, &back, &error), CAIRN_INVALID);
        assert_string_equal(error.parameter, "token");
        assert_non_null(strstr(error.message, "made for sortby=-eo:cloud_cover, expected the same sortby"));
    }
    assert_int_equal(cairn_token_read(text, &same, KEY, arena, &back, NULL), CAIRN_OK);
    token.position.n_keys = 0;
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_token_read(written(&token, KEY), &sort, KEY, arena, &back, &error), CAIRN_INVALID);
    assert_non_null(strstr(error.message, "made for sortby=-datetime, expected the same sortby, found -eo:cloud"));
}

static void refuses_what_is_too_long_to_be_paged(void **state)
{
    (void)state;
    char *bytes = cairn_arena_alloc(arena, CAIRN_TOKEN_MAX);
    memset(bytes, 'x', CAIRN_TOKEN_MAX);
    const cairn_sort sort = sort_of("gsd,title");
    cairn_sort_value keys[2] = {{.type = CAIRN_SORT_NONE}, {.type = CAIRN_SORT_STRING, .text = {bytes, 9000}}};
    cairn_token token = sample(), back;
    token.position.keys = keys;
    token.position.n_keys = 2;
    cairn_span text = written_for(&token, &sort, KEY);
    assert_true(text.n <= CAIRN_TOKEN_MAX);
    assert_int_equal(cairn_token_read(text, &sort, KEY, arena, &back, NULL), CAIRN_OK);
    assert_int_equal(back.position.keys[1].text.n, 9000);
    keys[1].text.n = CAIRN_TOKEN_MAX;
    cairn_buf out = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX);
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_token_write(&token, &sort, KEY, arena, &out, &error), CAIRN_INVALID);
    assert_string_equal(error.parameter, "sortby");
    assert_non_null(strstr(error.message, "whose 'title' has 12288 bytes"));
    cairn_buf_free(&out);
}

static void says_when_memory_is_used_up(void **state)
{
    (void)state;
    cairn_token token = sample();
    cairn_span text = written(&token, KEY);
    cairn_arena *small = cairn_arena_new(4);
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_token_read(text, &BY_TIME, KEY, small, &token, &error), CAIRN_NOMEM);
    cairn_arena_free(small);
}

static void orders_positions(void **state)
{
    (void)state;
    const cairn_position ordered[] = {
        {{20, 5}, CAIRN_SPAN_LIT("b"), CAIRN_SPAN_LIT("z"), NULL, 0},
        {{20, 4}, CAIRN_SPAN_LIT("a"), CAIRN_SPAN_LIT("a"), NULL, 0},
        {{10, 0}, CAIRN_SPAN_LIT("a"), CAIRN_SPAN_LIT("b"), NULL, 0},
        {{10, 0}, CAIRN_SPAN_LIT("a"), CAIRN_SPAN_LIT("ba"), NULL, 0},
        {{10, 0}, CAIRN_SPAN_LIT("ab"), CAIRN_SPAN_LIT("a"), NULL, 0},
        {{10, 0}, CAIRN_SPAN_LIT("ab"), CAIRN_SPAN_LIT("\xc3\xa4"), NULL, 0},
        {{INT64_MIN, 0}, CAIRN_SPAN_LIT("a"), CAIRN_SPAN_LIT("a"), NULL, 0},
    };
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 7; j++) {
            int order = cairn_position_compare(&ordered[i], &ordered[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(round_trips, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(refuses_each_changed_character, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(refuses_another_key, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_token, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(refuses_signed_nonsense, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(refuses_signed_nonsense_in_keys, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(carries_the_keys_of_the_sort, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(refuses_the_token_of_another_sort, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(refuses_what_is_too_long_to_be_paged, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(says_when_memory_is_used_up, make_arena, free_arena),
        cmocka_unit_test(orders_positions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
