// LINK: store
#include "store/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static cairn_codec *codec;

static int make_codec(void **state)
{
    (void)state;
    codec = cairn_codec_new(6);
    return codec ? 0 : -1;
}

static int free_codec(void **state)
{
    (void)state;
    cairn_codec_free(codec);
    return 0;
}

static void round_trip(cairn_span text, cairn_encoding expected)
{
    cairn_buf out = CAIRN_BUF_INIT(1 << 20), back = CAIRN_BUF_INIT(1 << 20);
    cairn_packed packed;
    cairn_buf_add_text(&out, "before");
    assert_true(cairn_pack(codec, text, &out, &packed));
    assert_int_equal(packed.encoding, expected);
    assert_int_equal(packed.length, text.n);
    assert_int_equal(packed.crc, cairn_crc32(text));
    assert_ptr_equal(packed.bytes.p, out.p + 6);
    assert_int_equal(packed.bytes.n, out.n - 6);
    assert_true(expected == CAIRN_ENCODING_PLAIN ? packed.bytes.n == text.n : packed.bytes.n < text.n);
    cairn_buf_add_text(&back, "behind");
    assert_int_equal(cairn_unpack(codec, &packed, true, &back, NULL), CAIRN_OK);
    assert_int_equal(back.n, text.n + 6);
    assert_memory_equal(back.p + 6, text.p, text.n);
    cairn_buf_free(&out);
    cairn_buf_free(&back);
}

static void packs_and_unpacks(void **state)
{
    (void)state;
    char text[60000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "{\"href\":\"https://example.org/a\"},"[i % 33];
    round_trip(cairn_span_make(text, sizeof text), CAIRN_ENCODING_DEFLATE);
    round_trip(cairn_span_make(text, 400), CAIRN_ENCODING_DEFLATE);
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)((x = x * 1664525U + 1013904223U) >> 24);
    round_trip(cairn_span_make(text, sizeof text), CAIRN_ENCODING_PLAIN);
    round_trip(cairn_span_of("{}"), CAIRN_ENCODING_PLAIN);
    round_trip(cairn_span_of(""), CAIRN_ENCODING_PLAIN);
}

static void keeps_an_absent_text_absent(void **state)
{
    (void)state;
    cairn_buf out = CAIRN_BUF_INIT(100);
    cairn_packed packed;
    assert_true(cairn_pack(codec, CAIRN_SPAN_NONE, &out, &packed));
    assert_null(packed.bytes.p);
    assert_int_equal(cairn_unpack(codec, &packed, true, &out, NULL), CAIRN_OK);
    assert_int_equal(out.n, 0);
    cairn_buf_free(&out);
}

static void assert_corrupt(cairn_packed packed, bool verify, cairn_code expected)
{
    cairn_buf back = CAIRN_BUF_INIT(1 << 20);
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_unpack(codec, &packed, verify, &back, &error), expected);
    cairn_buf_free(&back);
}

static void sees_what_is_corrupt(void **state)
{
    (void)state;
    char text[1000];
    memset(text, 'x', sizeof text);
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    cairn_packed packed;
    assert_true(cairn_pack(codec, cairn_span_make(text, sizeof text), &out, &packed));
    cairn_packed plain = {CAIRN_ENCODING_PLAIN, cairn_crc32(CAIRN_SPAN_NONE), 3, CAIRN_SPAN_LIT("abc")};
    assert_corrupt(packed, true, CAIRN_OK);
    assert_corrupt(plain, false, CAIRN_OK);
    assert_corrupt(plain, true, CAIRN_CORRUPT); /* the checksum is another text's */
    plain.length = 4;
    assert_corrupt(plain, false, CAIRN_CORRUPT);
    packed.length--;
    assert_corrupt(packed, false, CAIRN_CORRUPT);
    packed.length += 2;
    assert_corrupt(packed, false, CAIRN_CORRUPT);
    packed.length--;
    packed.crc ^= 1;
    assert_corrupt(packed, false, CAIRN_OK);
    assert_corrupt(packed, true, CAIRN_CORRUPT);
    packed.encoding = (cairn_encoding)7;
    assert_corrupt(packed, true, CAIRN_CORRUPT);
    cairn_buf_free(&out);
}

static void fails_where_there_is_no_room(void **state)
{
    (void)state;
    cairn_buf small = CAIRN_BUF_INIT(10);
    cairn_packed packed = {CAIRN_ENCODING_PLAIN, 0, 20, CAIRN_SPAN_LIT("01234567890123456789")};
    assert_int_equal(cairn_unpack(codec, &packed, false, &small, NULL), CAIRN_NOMEM);
    cairn_buf_reset(&small);
    assert_false(cairn_pack(codec, packed.bytes, &small, &packed));
    cairn_buf_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packs_and_unpacks),
        cmocka_unit_test(keeps_an_absent_text_absent),
        cmocka_unit_test(sees_what_is_corrupt),
        cmocka_unit_test(fails_where_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, make_codec, free_codec);
}
