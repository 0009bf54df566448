/* Spliceable blocks, seen by an inflater that is not the one of the code under test where that can be: zlib. */
#include "base/deflate.h"

#include "gunzip.h"
#include "noise.h"

#include <pthread.h>
#include <zlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TEXT_MAX = 700000 };
static char text_bytes[TEXT_MAX];

/* A byte of noise, of few letters, of long runs, or of something like JSON. */
static char random_byte(uint32_t kind, size_t i)
{
    static const char JSON[] = "{\"href\":\"https://example.org/a/b.tif\",\"type\":\"image/tiff\",\"n\":123}";
    switch (kind) {
    case 0:
        return (char)next_random(256);
    case 1:
        return (char)('a' + next_random(4));
    case 2:
        return (char)('0' + (i % 97 == 0 ? next_random(10) : 0));
    default:
        return JSON[(i + next_random(40) / 39) % (sizeof JSON - 1)];
    }
}

/* What makes stored, fixed, dynamic blocks; and many of them, by changing its nature on the way. */
static cairn_span random_text(size_t n)
{
    uint32_t kind = next_random(5);
    for (size_t i = 0; i < n; i++)
        text_bytes[i] = random_byte(kind < 4 ? kind : (uint32_t)(i / 20000) % 4, i);
    return cairn_span_make(text_bytes, n);
}

/* Inflates a gzip member with zlib, which sees to the checksum and the length. */
/* zlib takes the block wholly, gives the text, and stands on a byte boundary between blocks. */
static void assert_block(cairn_span block, cairn_span want)
{
    z_stream z = {.next_in = (unsigned char *)block.p, .avail_in = (uInt)block.n};
    assert_int_equal(inflateInit2(&z, -15), Z_OK);
    char *out = malloc(want.n + 1);
    assert_non_null(out);
    z.next_out = (unsigned char *)out;
    z.avail_out = (uInt)want.n + 1;
    int result = inflate(&z, Z_SYNC_FLUSH);
    assert_true(result == Z_OK || result == Z_BUF_ERROR);
    assert_int_equal(z.avail_in, 0);
    assert_int_equal(z.data_type & 0x7F, 0);
    assert_int_equal(z.total_out, want.n);
    assert_memory_equal(out, want.p, want.n);
    free(out);
    inflateEnd(&z);
}

static void round_trip(cairn_codec *codec, cairn_span text)
{
    cairn_buf block = CAIRN_BUF_INIT(1 << 22), back = CAIRN_BUF_INIT(1 << 22);
    assert_true(cairn_deflate_block(codec, text, &block));
    assert_block(cairn_buf_span(&block), text);
    assert_int_equal(cairn_inflate_block(codec, cairn_buf_span(&block), text.n, &back, NULL), CAIRN_OK);
    assert_true(cairn_span_equal(cairn_buf_span(&back), text));
    cairn_buf_free(&block);
    cairn_buf_free(&back);
}

static void test_small_blocks(void **state)
{
    (void)state;
    static const int levels[] = {1, 6, 9, 12};
    for (size_t l = 0; l < sizeof levels / sizeof levels[0]; l++) {
        cairn_codec *codec = cairn_codec_new(levels[l]);
        assert_non_null(codec);
        round_trip(codec, CAIRN_SPAN_NONE);
        for (size_t n = 0; n < 600; n++)
            round_trip(codec, random_text(n));
        cairn_codec_free(codec);
    }
}

static void test_large_blocks(void **state)
{
    (void)state;
    for (int level = 1; level <= 6; level += 5) {
        cairn_codec *codec = cairn_codec_new(level);
        for (int i = 0; i < 60; i++)
            round_trip(codec, random_text(next_random(100000)));
        for (int i = 0; i < 6; i++)
            round_trip(codec, random_text(TEXT_MAX - next_random(10)));
        cairn_codec_free(codec);
    }
}

/* A part that is its own and a part that may refer to what is before it: both give the text, the first one alone too.
 */
static void test_behind(void **state)
{
    (void)state;
    cairn_codec *codecs[] = {cairn_codec_new(1), cairn_codec_new(6)};
    cairn_buf all = CAIRN_BUF_INIT(1 << 22);
    size_t smaller = 0;
    for (int i = 0; i < 600; i++) {
        cairn_codec *codec = codecs[i % 2];
        cairn_span text = random_text(1 + next_random(i % 20 ? 3000 : 300000));
        size_t a = next_random((uint32_t)text.n), b = a + next_random((uint32_t)(text.n - a) + 1);
        size_t before = i % 3 ? b : next_random((uint32_t)b + 1);
        cairn_buf_reset(&all);
        assert_true(cairn_deflate_block(codec, cairn_span_make(text.p, a), &all));
        size_t from = all.n;
        assert_true(cairn_deflate_block(codec, cairn_span_make(text.p + a, b - a), &all));
        assert_block(cairn_span_make(all.p + from, all.n - from), cairn_span_make(text.p + a, b - a));
        from = all.n;
        cairn_span rest = cairn_span_make(text.p + b, text.n - b);
        assert_true(cairn_deflate_behind(codec, rest, before, &all));
        size_t behind = all.n - from;
        assert_block(cairn_buf_span(&all), text);
        assert_true(cairn_deflate_block(codec, rest, &all));
        smaller += behind < all.n - from - behind;
    }
    assert_true(smaller > 30);
    cairn_buf_free(&all);
    cairn_codec_free(codecs[0]);
    cairn_codec_free(codecs[1]);
}

/* What the matcher knows of a place is true of the text that stood there then: the same memory is used again. */
static void test_memory_again(void **state)
{
    (void)state;
    cairn_codec *codec = cairn_codec_new(1);
    cairn_buf all = CAIRN_BUF_INIT(1 << 22);
    for (int i = 0; i < 500; i++) {
        size_t half = 1000 + next_random(200);
        cairn_span text = random_text(2 * half);
        cairn_buf_reset(&all);
        assert_true(cairn_deflate_block(codec, cairn_span_make(text.p, half), &all));
        memset(text_bytes, 'a' + i % 20, next_random((uint32_t)half)); /* as if it had always been so */
        cairn_buf_reset(&all);
        assert_true(cairn_deflate_block(codec, cairn_span_make(text.p, half), &all));
        assert_true(cairn_deflate_behind(codec, cairn_span_make(text.p + half, half), half, &all));
        assert_block(cairn_buf_span(&all), text);
    }
    cairn_buf_free(&all);
    cairn_codec_free(codec);
}

/* An item's text, as it is kept in two thirds of the catalogs there are. */
static void test_quick_is_small(void **state)
{
    (void)state;
    size_t sizes[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        cairn_codec *codec = cairn_codec_new(i ? 6 : 1);
        cairn_buf text = CAIRN_BUF_INIT(1 << 20), out = CAIRN_BUF_INIT(1 << 20);
        random_state = 1;
        for (int asset = 0; asset < 20; asset++)
            cairn_buf_printf(&text,
                             "\"B%02d\":{\"href\":\"https://example.org/data/2023/6/S2B_%08x/B%02d.tif\",\"type\":"
                             "\"image/tiff; application=geotiff; profile=cloud-optimized\",\"proj:shape\":[%u,%u],"
                             "\"file:checksum\":\"1220%08x%08x%08x%08x\",\"file:size\":%u,\"roles\":[\"data\"]},",
                             asset, 0x1234567, asset, 1000 + next_random(3) * 1000, 1000 + next_random(3) * 1000,
                             next_random(UINT32_MAX), next_random(UINT32_MAX), next_random(UINT32_MAX),
                             next_random(UINT32_MAX), next_random(UINT32_MAX));
        assert_true(cairn_deflate_block(codec, cairn_buf_span(&text), &out));
        sizes[i] = out.n;
        cairn_buf_free(&text);
        cairn_buf_free(&out);
        cairn_codec_free(codec);
    }
    assert_true(sizes[0] < sizes[1] + sizes[1] / 20);
}

/* Thousands of blocks and texts in random order make one valid member. */
static void test_splicing(void **state)
{
    (void)state;
    cairn_codec *codecs[] = {cairn_codec_new(1), cairn_codec_new(6)};
    for (int round = 0; round < 20; round++) {
        cairn_codec *codec = codecs[round % 2];
        cairn_buf plain = CAIRN_BUF_INIT(1 << 24), member = CAIRN_BUF_INIT(1 << 24), block = CAIRN_BUF_INIT(1 << 22);
        cairn_gzip gzip;
        cairn_gzip_begin(&gzip, &member);
        for (int i = 0; i < 200; i++) {
            cairn_span text = random_text(next_random(i % 50 ? 900 : 70000));
            cairn_buf_add_span(&plain, text);
            if (next_random(2)) {
                assert_true(cairn_gzip_text(&gzip, text));
                continue;
            }
            cairn_buf_reset(&block);
            assert_true(cairn_deflate_block(codec, text, &block));
            assert_true(cairn_gzip_splice(&gzip, cairn_buf_span(&block), cairn_crc32(text), text.n));
        }
        assert_true(cairn_gzip_end(&gzip));
        assert_int_equal(gzip.length, plain.n);
        assert_gunzips(cairn_buf_span(&member), cairn_buf_span(&plain));
        cairn_buf_free(&plain);
        cairn_buf_free(&member);
        cairn_buf_free(&block);
    }
    cairn_codec_free(codecs[0]);
    cairn_codec_free(codecs[1]);
}

static void assert_text_member(cairn_span text, size_t most)
{
    cairn_buf member = CAIRN_BUF_INIT(1 << 22);
    cairn_gzip gzip;
    cairn_gzip_begin(&gzip, &member);
    assert_true(cairn_gzip_text(&gzip, text));
    assert_true(cairn_gzip_end(&gzip));
    assert_gunzips(cairn_buf_span(&member), text);
    assert_true(member.n <= most);
    cairn_buf_free(&member);
}

static void test_text(void **state)
{
    (void)state;
    enum { FRAME = 20 };
    assert_text_member(CAIRN_SPAN_NONE, FRAME);
    for (size_t n = 1; n < 400; n++)
        assert_text_member(random_text(n), n + FRAME + 5);
    memset(text_bytes, 'x', 200000);
    assert_text_member(cairn_span_make(text_bytes, 200000), 2000);
    /* What can't be compressed is stored, in pieces of 65,535 bytes. */
    for (size_t i = 0; i < 200000; i++)
        text_bytes[i] = (char)next_random(256);
    assert_text_member(cairn_span_make(text_bytes, 65535), 65535 + 5 + FRAME);
    assert_text_member(cairn_span_make(text_bytes, 65536), 65536 + 10 + FRAME);
    assert_text_member(cairn_span_make(text_bytes, 200000), 200000 + 20 + FRAME);
}

static void *text_in_a_thread(void *unused)
{
    (void)unused;
    memset(text_bytes, 'y', 1000);
    assert_text_member(cairn_span_make(text_bytes, 1000), 100);
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, text_in_a_thread, NULL), 0);
        pthread_join(thread, NULL);
    }
}

static void test_whole(void **state)
{
    (void)state;
    cairn_codec *codec = cairn_codec_new(6);
    for (int i = 0; i < 50; i++) {
        cairn_span text = random_text(next_random(5000));
        cairn_buf member = CAIRN_BUF_INIT(1 << 20);
        assert_true(cairn_gzip_whole(codec, text, &member));
        assert_gunzips(cairn_buf_span(&member), text);
        cairn_buf_free(&member);
    }
    cairn_codec_free(codec);
}

static void assert_corrupt(cairn_codec *codec, cairn_span block, size_t length)
{
    cairn_error e = CAIRN_ERROR_INIT;
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    cairn_buf_add_text(&out, "kept");
    assert_int_equal(cairn_inflate_block(codec, block, length, &out, &e), CAIRN_CORRUPT);
    assert_true(e.message[0]);
    assert_int_equal(out.n, 4);
    cairn_buf_free(&out);
}

static void test_corrupt(void **state)
{
    (void)state;
    cairn_codec *codec = cairn_codec_new(6);
    memset(text_bytes, 'z', 5000);
    cairn_span text = cairn_span_make(text_bytes, 5000);
    cairn_buf block = CAIRN_BUF_INIT(1 << 20);
    assert_true(cairn_deflate_block(codec, text, &block));
    cairn_span good = cairn_buf_span(&block);
    assert_corrupt(codec, good, 4999);
    assert_corrupt(codec, good, 5001);
    assert_corrupt(codec, good, 0);
    for (size_t n = 0; n < good.n; n++)
        assert_corrupt(codec, cairn_span_make(good.p, n), 5000);
    assert_corrupt(codec, cairn_span_of("hello"), 5);
    assert_corrupt(codec, CAIRN_SPAN_NONE, 0);
    /* A stream that ends itself, with something behind it, is no block. */
    assert_corrupt(codec, cairn_span_make("\x03\x00\x00\x00\x00\xFF\xFF", 7), 0);
    /* Two blocks are one of twice the length, and only that. */
    assert_true(cairn_deflate_block(codec, text, &block));
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    assert_corrupt(codec, cairn_buf_span(&block), 5000);
    assert_int_equal(cairn_inflate_block(codec, cairn_buf_span(&block), 10000, &out, NULL), CAIRN_OK);
    cairn_buf_free(&out);
    cairn_buf_free(&block);
    cairn_codec_free(codec);
}

static void test_limits(void **state)
{
    (void)state;
    cairn_codec *codec = cairn_codec_new(6);
    cairn_buf small = CAIRN_BUF_INIT(16);
    cairn_buf block = CAIRN_BUF_INIT(1 << 16);
    memset(text_bytes, 'z', 5000);
    cairn_span text = cairn_span_make(text_bytes, 5000);
    assert_true(cairn_deflate_block(codec, text, &block));
    assert_int_equal(cairn_inflate_block(codec, cairn_buf_span(&block), 5000, &small, NULL), CAIRN_NOMEM);
    cairn_buf_reset(&small);
    assert_false(cairn_deflate_block(codec, text, &small));
    cairn_buf_reset(&small);
    assert_false(cairn_gzip_whole(codec, text, &small));
    cairn_buf_reset(&small);
    cairn_gzip gzip;
    cairn_gzip_begin(&gzip, &small);
    assert_false(cairn_gzip_text(&gzip, text));
    assert_false(cairn_gzip_end(&gzip));
    cairn_buf_free(&small);
    cairn_buf_free(&block);
    cairn_codec_free(codec);
    cairn_codec_free(NULL);
    assert_null(cairn_codec_new(77));
}

static void test_crc(void **state)
{
    (void)state;
    assert_int_equal(cairn_crc32(CAIRN_SPAN_NONE), 0);
    assert_true(cairn_crc32(cairn_span_of("123456789")) == 0xCBF43926);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_blocks), cmocka_unit_test(test_large_blocks), cmocka_unit_test(test_splicing),
        cmocka_unit_test(test_text),         cmocka_unit_test(test_threads),      cmocka_unit_test(test_whole),
        cmocka_unit_test(test_corrupt),      cmocka_unit_test(test_limits),       cmocka_unit_test(test_crc),
        cmocka_unit_test(test_behind),       cmocka_unit_test(test_memory_again), cmocka_unit_test(test_quick_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
