#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* RFC 4231, test cases 1, 2 and 6. */
static void test_hmac(void **state)
{
    (void)state;
    unsigned char mac[CAIRN_MAC_BYTES];
    char key[131];
    memset(key, 0x0b, 20);
    assert_true(cairn_hmac_sha256(cairn_span_make(key, 20), cairn_span_of("Hi There"), mac));
    assert_memory_equal(mac,
                        "\xb0\x34\x4c\x61\xd8\xdb\x38\x53\x5c\xa8\xaf\xce\xaf\x0b\xf1\x2b\x88\x1d\xc2\x00\xc9\x83\x3d"
                        "\xa7\x26\xe9\x37\x6c\x2e\x32\xcf\xf7",
                        32);
    assert_true(cairn_hmac_sha256(cairn_span_of("Jefe"), cairn_span_of("what do ya want for nothing?"), mac));
    assert_memory_equal(mac,
                        "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e\x6a\x04\x24\x26\x08\x95\x75\xc7\x5a\x00\x3f\x08\x9d\x27\x39"
                        "\x83\x9d\xec\x58\xb9\x64\xec\x38\x43",
                        32);
    memset(key, 0xaa, 131);
    assert_true(cairn_hmac_sha256(cairn_span_make(key, 131),
                                  cairn_span_of("Test Using Larger Than Block-Size Key - Hash Key First"), mac));
    assert_memory_equal(mac,
                        "\x60\xe4\x31\x59\x1e\xe0\xb6\x7f\x0d\x8a\x26\xaa\xcb\xf5\xb7\x7f\x8e\x0b\xc6\x21\x37\x28\xc5"
                        "\x14\x05\x46\x04\x0f\x0e\xe3\x7f\x54",
                        32);
    assert_true(cairn_hmac_sha256(CAIRN_SPAN_NONE, CAIRN_SPAN_NONE, mac));
}

static void test_equal(void **state)
{
    (void)state;
    assert_true(cairn_equal_secret("abc", "abc", 3));
    assert_false(cairn_equal_secret("abc", "abd", 3));
    assert_true(cairn_equal_secret("abc", "abd", 2));
}

static void test_random(void **state)
{
    (void)state;
    unsigned char a[32] = {0}, b[32] = {0};
    assert_true(cairn_random(a, sizeof a));
    assert_true(cairn_random(b, sizeof b));
    assert_memory_not_equal(a, b, sizeof a);
}

static void assert_base64url(const char *bytes, size_t n, const char *want)
{
    cairn_buf out = CAIRN_BUF_INIT(1000);
    assert_true(cairn_base64url(cairn_span_make(bytes, n), &out));
    assert_int_equal(out.n, strlen(want));
    assert_memory_equal(cairn_buf_span(&out).p, want, out.n);
    cairn_buf back = CAIRN_BUF_INIT(1000);
    assert_true(cairn_base64url_decode(cairn_span_of(want), &back));
    assert_int_equal(back.n, n);
    assert_memory_equal(cairn_buf_span(&back).p, bytes, n);
    cairn_buf_free(&out);
    cairn_buf_free(&back);
}

/* RFC 4648 10, without the padding. */
static void test_base64url(void **state)
{
    (void)state;
    assert_base64url("", 0, "");
    assert_base64url("f", 1, "Zg");
    assert_base64url("fo", 2, "Zm8");
    assert_base64url("foo", 3, "Zm9v");
    assert_base64url("foob", 4, "Zm9vYg");
    assert_base64url("fooba", 5, "Zm9vYmE");
    assert_base64url("foobar", 6, "Zm9vYmFy");
    assert_base64url("\xfb\xff\xbf", 3, "-_-_");
    assert_base64url("\0\0\0\0", 4, "AAAAAA");
}

static void test_base64url_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {"A", "AAAAA", "Zg==", "Zm9+", "Zm9/", "Zm 9v", "Zh", "Zm9", "Zm9v\n", "\xC3\xBC"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cairn_buf out = CAIRN_BUF_INIT(1000);
        cairn_buf_add_text(&out, "kept");
        assert_false(cairn_base64url_decode(cairn_span_of(bad[i]), &out));
        assert_int_equal(out.n, 4);
        cairn_buf_free(&out);
    }
    cairn_buf out = CAIRN_BUF_INIT(1000);
    assert_false(cairn_base64url_decode(cairn_span_make("AA\0A", 4), &out));
    cairn_buf_free(&out);
}

static void test_base64url_every_length(void **state)
{
    (void)state;
    char bytes[200];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 151 + 7);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        cairn_buf text = CAIRN_BUF_INIT(1000), back = CAIRN_BUF_INIT(1000);
        assert_true(cairn_base64url(cairn_span_make(bytes, n), &text));
        assert_true(cairn_base64url_decode(cairn_buf_span(&text), &back));
        assert_true(cairn_span_equal(cairn_buf_span(&back), cairn_span_make(bytes, n)));
        cairn_buf_free(&text);
        cairn_buf_free(&back);
    }
}

/* RFC 4648 10. */
static void test_base64(void **state)
{
    (void)state;
    static const char *const EXAMPLES[][2] = {{"", ""},
                                              {"f", "Zg=="},
                                              {"fo", "Zm8="},
                                              {"foo", "Zm9v"},
                                              {"foob", "Zm9vYg=="},
                                              {"fooba", "Zm9vYmE="},
                                              {"foobar", "Zm9vYmFy"},
                                              {"\xFF\xEF", "/+8="}};
    static const char *const WRONG[] = {"Zg", "Zg=", "Zg===", "Zh==", "Zm9v=", "====", "Zm_v", "Zm 9", "=Zg="};
    cairn_buf out = CAIRN_BUF_INIT(100);
    for (size_t i = 0; i < sizeof EXAMPLES / sizeof *EXAMPLES; i++) {
        cairn_buf_reset(&out);
        assert_true(cairn_base64(cairn_span_of(EXAMPLES[i][0]), &out));
        assert_true(cairn_span_is(cairn_buf_span(&out), EXAMPLES[i][1]));
        cairn_buf_reset(&out);
        assert_true(cairn_base64_decode(cairn_span_of(EXAMPLES[i][1]), &out));
        assert_true(cairn_span_is(cairn_buf_span(&out), EXAMPLES[i][0]));
    }
    cairn_buf_reset(&out);
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        assert_false(cairn_base64_decode(cairn_span_of(WRONG[i]), &out) || out.n);
    cairn_buf_free(&out);
}

/* FIPS 180-2, B.1 and the empty message. */
static void test_sha256(void **state)
{
    (void)state;
    static const unsigned char OF_ABC[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea},
                               OF_NOTHING[] = {0xe3, 0xb0, 0xc4};
    unsigned char out[CAIRN_MAC_BYTES];
    assert_true(cairn_sha256(cairn_span_of("abc"), out));
    assert_memory_equal(out, OF_ABC, sizeof OF_ABC);
    assert_true(cairn_sha256(CAIRN_SPAN_NONE, out));
    assert_memory_equal(out, OF_NOTHING, sizeof OF_NOTHING);
}

static void test_hash(void **state)
{
    (void)state;
    assert_true(cairn_hash64(CAIRN_SPAN_NONE) ==
                UINT64_C(0x2D06800538D394C2)); /* XXH3's published value for no bytes */
    assert_true(cairn_hash64(cairn_span_of("a")) != cairn_hash64(cairn_span_of("b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_base64url),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_base64url_refuses),
        cmocka_unit_test(test_base64url_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
