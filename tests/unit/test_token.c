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

static cairn_span written(const cairn_token *token, cairn_span key)
{
    cairn_buf text = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX);
    assert_true(cairn_token_write(token, key, &text));
    cairn_span copy = cairn_arena_copy(arena, cairn_buf_span(&text));
    cairn_buf_free(&text);
    return copy;
}

static void assert_round_trip(const cairn_token *token)
{
    cairn_token back;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_span text = written(token, KEY);
    for (size_t i = 0; i < text.n; i++)
        assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", text.p[i]));
    assert_int_equal(cairn_token_read(text, KEY, arena, &back, &error), CAIRN_OK);
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
    assert_int_equal(cairn_token_read(text, key, arena, &token, &error), CAIRN_INVALID);
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
static void refuses_signed_nonsense(void **state)
{
    (void)state;
    unsigned char good[16] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0};
    const struct {
        size_t at;
        unsigned char value;
    } faults[] = {{0, 2}, {1, 2}, {10, 0xff}, {15, 1}, {14, 0xff}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0] + 1; i++) {
        unsigned char raw[32], mac[CAIRN_MAC_BYTES];
        memcpy(raw, good, sizeof good);
        if (i > 0)
            raw[faults[i - 1].at] = faults[i - 1].value;
        assert_true(cairn_hmac_sha256(KEY, cairn_span_make((const char *)raw, 16), mac));
        memcpy(raw + 16, mac, 16);
        cairn_buf text = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX);
        assert_true(cairn_base64url(cairn_span_make((const char *)raw, 32), &text));
        cairn_token token;
        cairn_error error = CAIRN_ERROR_INIT;
        assert_int_equal(cairn_token_read(cairn_buf_span(&text), KEY, arena, &token, &error),
                         i == 0 ? CAIRN_OK : CAIRN_INVALID);
        cairn_buf_free(&text);
    }
}

static void says_when_memory_is_used_up(void **state)
{
    (void)state;
    cairn_token token = sample();
    cairn_span text = written(&token, KEY);
    cairn_arena *small = cairn_arena_new(4);
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_token_read(text, KEY, small, &token, &error), CAIRN_NOMEM);
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
        cmocka_unit_test_setup_teardown(says_when_memory_is_used_up, make_arena, free_arena),
        cmocka_unit_test(orders_positions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
