// LINK: store
#include "store/compact.h"
#include "store/properties.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define OPEN                                                                                                           \
    "{\"type\":\"Feature\",\"id\":\"S2A_43RFH_20190601\",\"properties\":{\"eo:cloud_cover\":58.97,\"platform\":"       \
    "\"sentinel-2a\",\"grid:code\":\"MGRS-43RFH\"},\"collection\":\"sentinel-2-l2a\",\"links\":["
#define LIKE                                                                                                           \
    "{\"type\":\"Feature\",\"id\":\"S2B_21LAN_20210325\",\"properties\":{\"eo:cloud_cover\":3.1,\"platform\":"         \
    "\"sentinel-2b\",\"grid:code\":\"MGRS-21LAN\"},\"collection\":\"sentinel-2-l2a\",\"links\":["

enum { NUMBER = 300, LEVEL = 19 };

typedef struct fixture {
    cairn_codec *codec;
    cairn_framer *framer;
    cairn_dictionary *dictionary;
    cairn_buf plain;
    cairn_buf stored; /* the dictionary as the source gives it */
    int loads;
} fixture;

static cairn_code give(void *context, size_t number, cairn_buf *out, cairn_error *error)
{
    fixture *f = context;
    f->loads++;
    if (number != NUMBER && number != NUMBER + 1)
        return cairn_error_set(error, CAIRN_CORRUPT, "there is no dictionary %zu", number);
    return cairn_buf_add_span(out, cairn_buf_span(&f->stored)) ? CAIRN_OK : cairn_error_no_memory(error);
}

static bool make_plain(cairn_buf *out)
{
    cairn_buf around = CAIRN_BUF_INIT(1 << 20);
    cairn_span open = cairn_span_of(LIKE), inside = cairn_properties_of(open);
    bool ok = cairn_buf_add_around(&around, open, inside) &&
              cairn_dictionary_begin(cairn_buf_span(&around), inside, out) && cairn_buf_add_span(out, open);
    cairn_buf_free(&around);
    return ok;
}

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->codec = cairn_codec_new(6);
    f->framer = cairn_framer_new();
    f->stored = (cairn_buf)CAIRN_BUF_INIT(1 << 20);
    f->plain = (cairn_buf)CAIRN_BUF_INIT(1 << 20);
    assert_true(make_plain(&f->plain));
    f->dictionary = cairn_dictionary_new(cairn_buf_span(&f->plain), LEVEL);
    assert_non_null(f->dictionary);
    assert_true(cairn_dictionary_store(cairn_buf_span(&f->plain), &f->stored));
    cairn_codec_give(f->codec, cairn_dictionaries_new(give, f, 1));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    cairn_codec_free(f->codec);
    cairn_framer_free(f->framer);
    cairn_dictionary_free(f->dictionary);
    cairn_buf_free(&f->plain);
    cairn_buf_free(&f->stored);
    free(f);
    return 0;
}

static cairn_compactor compactor(const fixture *f)
{
    return (cairn_compactor){f->framer, f->dictionary, NUMBER};
}

static void assert_unpacks(const fixture *f, const cairn_packed *packed, cairn_span expected)
{
    cairn_buf back = CAIRN_BUF_INIT(1 << 20);
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_buf_add_text(&back, "behind");
    assert_int_equal(cairn_unpack(f->codec, packed, true, &back, &error), CAIRN_OK);
    assert_int_equal(back.n, expected.n + 6);
    assert_memory_equal(back.p + 6, expected.p, expected.n);
    cairn_buf_free(&back);
}

static void packs_a_text_small(void **state)
{
    fixture *f = *state;
    const cairn_compactor with = compactor(f);
    cairn_buf out = CAIRN_BUF_INIT(1 << 20), deflated = CAIRN_BUF_INIT(1 << 20);
    cairn_packed packed, other;
    size_t number = 0;
    assert_true(cairn_compact_pack(&with, CAIRN_PATTERN_NONE, cairn_span_of(OPEN), &out, &packed));
    assert_true(cairn_pack(f->codec, cairn_span_of(OPEN), &deflated, &other));
    assert_int_equal(packed.encoding, CAIRN_ENCODING_COMPACT);
    assert_true(packed.bytes.n < other.bytes.n / 2);
    assert_true(cairn_compact_number(&packed, &number));
    assert_int_equal(number, NUMBER);
    assert_false(cairn_compact_number(&other, &number));
    assert_unpacks(f, &packed, cairn_span_of(OPEN));
    assert_true(cairn_compact_pack(&with, CAIRN_PATTERN_NONE, cairn_span_of("{}"), &out, &packed));
    assert_int_equal(packed.encoding, CAIRN_ENCODING_PLAIN);
    cairn_buf_free(&out);
    cairn_buf_free(&deflated);
}

static void properties_can_be_taken_out(void **state)
{
    fixture *f = *state;
    const cairn_compactor with = compactor(f);
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    cairn_packed body, properties;
    cairn_span open = cairn_span_of(OPEN), inside = cairn_properties_of(open);
    size_t at = 0;
    cairn_buf_add_text(&out, "before");
    assert_true(cairn_compact_item(&with, open, inside, &out, &body, &properties));
    assert_unpacks(f, &body, open);
    assert_unpacks(f, &properties, inside);
    assert_true(cairn_properties_within(&body, &properties, &at));
    assert_ptr_equal(properties.bytes.p, body.bytes.p + at);
    cairn_buf_free(&out);
}

static void dictionaries_are_loaded_once_while_they_fit(void **state)
{
    fixture *f = *state;
    cairn_compactor with = compactor(f);
    cairn_buf out = CAIRN_BUF_INIT(1 << 20), more = CAIRN_BUF_INIT(1 << 20);
    cairn_packed packed, other;
    assert_true(cairn_compact_pack(&with, CAIRN_PATTERN_NONE, cairn_span_of(OPEN), &out, &packed));
    with.number++;
    assert_true(cairn_compact_pack(&with, CAIRN_PATTERN_NONE, cairn_span_of(OPEN), &more, &other));
    for (int i = 0; i < 3; i++)
        assert_unpacks(f, &packed, cairn_span_of(OPEN));
    assert_int_equal(f->loads, 1);
    for (int i = 0; i < 3; i++) { /* there is room for one */
        assert_unpacks(f, &other, cairn_span_of(OPEN));
        assert_unpacks(f, &packed, cairn_span_of(OPEN));
    }
    assert_int_equal(f->loads, 7);
    cairn_codec_give(f->codec, cairn_dictionaries_new(give, f, 1 << 20));
    for (int i = 0; i < 3; i++) {
        assert_unpacks(f, &other, cairn_span_of(OPEN));
        assert_unpacks(f, &packed, cairn_span_of(OPEN));
    }
    assert_int_equal(f->loads, 9);
    cairn_buf_free(&out);
    cairn_buf_free(&more);
}

static void assert_fails(const fixture *f, cairn_packed packed, cairn_code expected)
{
    cairn_buf back = CAIRN_BUF_INIT(1 << 20);
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_unpack(f->codec, &packed, true, &back, &error), expected);
    assert_int_equal(back.n, 0);
    assert_true(expected == CAIRN_OK || error.message[0]);
    cairn_buf_free(&back);
}

static void sees_what_is_corrupt(void **state)
{
    fixture *f = *state;
    cairn_compactor with = compactor(f);
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    cairn_packed body, properties;
    cairn_span open = cairn_span_of(OPEN);
    with.number = 999;
    assert_true(cairn_compact_pack(&with, CAIRN_PATTERN_FIRST, open, &out, &body));
    assert_fails(f, body, CAIRN_CORRUPT); /* no such dictionary */
    with.number = NUMBER;
    assert_true(cairn_compact_item(&with, open, cairn_properties_of(open), &out, &body, &properties));
    cairn_packed wrong = body;
    wrong.length--;
    assert_fails(f, wrong, CAIRN_CORRUPT);
    wrong.length += 2;
    assert_fails(f, wrong, CAIRN_CORRUPT);
    wrong.length = (size_t)1 << 40;
    assert_fails(f, wrong, CAIRN_CORRUPT);
    wrong.length = 3;
    assert_fails(f, wrong, CAIRN_CORRUPT);
    wrong = body;
    wrong.bytes.n = properties.bytes.n;
    assert_fails(f, wrong, CAIRN_CORRUPT);
    wrong.bytes.n = 0;
    assert_fails(f, wrong, CAIRN_CORRUPT);
    cairn_codec_give(f->codec, NULL);
    assert_fails(f, body, CAIRN_CORRUPT);
    cairn_buf_free(&out);
}

/* Whatever is changed is found out, and nothing is read or written beyond its bounds (the sanitizers look). */
static void every_changed_byte_is_found_out(void **state)
{
    fixture *f = *state;
    const cairn_compactor with = compactor(f);
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    cairn_packed body, properties;
    cairn_span open = cairn_span_of(OPEN);
    assert_true(cairn_compact_item(&with, open, cairn_properties_of(open), &out, &body, &properties));
    size_t n = body.bytes.n;
    for (size_t i = 0; i < n; i++)
        for (unsigned change = 1; change < 256; change++) {
            char *copy = malloc(n);
            assert_non_null(copy);
            memcpy(copy, body.bytes.p, n);
            copy[i] ^= (char)change;
            cairn_packed changed = body;
            changed.bytes = cairn_span_make(copy, n);
            cairn_buf back = CAIRN_BUF_INIT(1 << 20);
            cairn_code code = cairn_unpack(f->codec, &changed, true, &back, NULL);
            if (code == CAIRN_OK) /* bits that mean nothing, and the other number of the same dictionary */
                assert_true(cairn_span_equal(cairn_buf_span(&back), open));
            else
                assert_int_equal(code, CAIRN_CORRUPT);
            cairn_buf_free(&back);
            free(copy);
        }
    cairn_buf_free(&out);
}

static void a_dictionary_that_is_none_is_corrupt(void **state)
{
    fixture *f = *state;
    const cairn_compactor with = compactor(f);
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    cairn_packed packed;
    assert_true(cairn_compact_pack(&with, CAIRN_PATTERN_NONE, cairn_span_of(OPEN), &out, &packed));
    cairn_buf_reset(&f->stored);
    assert_fails(f, packed, CAIRN_CORRUPT);
    cairn_buf_add_text(&f->stored, "no frame of zstd");
    assert_fails(f, packed, CAIRN_CORRUPT);
    cairn_buf_reset(&f->stored);
    assert_true(cairn_dictionary_store(cairn_span_of("another text"), &f->stored));
    assert_fails(f, packed, CAIRN_CORRUPT);
    cairn_buf_reset(&f->stored);
    assert_true(cairn_dictionary_store(cairn_span_of("\x7f"
                                                     "patterns longer than it"),
                                       &f->stored));
    assert_fails(f, packed, CAIRN_CORRUPT);
    assert_null(cairn_dictionary_new(cairn_span_of("\x7f"
                                                   "patterns longer than it"),
                                     LEVEL));
    cairn_buf_free(&out);
}

/* Each pattern, and each without a dictionary. */
static void every_pattern_comes_back(void **state)
{
    fixture *f = *state;
    cairn_dictionary *none = cairn_dictionary_new(CAIRN_SPAN_NONE, LEVEL);
    for (int i = 0; i < CAIRN_PATTERNS; i++) {
        const cairn_compactor with = compactor(f), without = {f->framer, none, 0};
        cairn_buf out = CAIRN_BUF_INIT(1 << 20), other = CAIRN_BUF_INIT(1 << 20);
        cairn_packed packed;
        assert_true(cairn_compact_pack(&with, (cairn_pattern)i, cairn_span_of(OPEN), &out, &packed));
        assert_unpacks(f, &packed, cairn_span_of(OPEN));
        assert_true(cairn_compact_pack(&without, (cairn_pattern)i, cairn_span_of(OPEN), &other, &packed));
        assert_unpacks(f, &packed, cairn_span_of(OPEN));
        cairn_buf_free(&out);
        cairn_buf_free(&other);
    }
    cairn_dictionary_free(none);
}

static void learns_how_texts_are_spelled(void **state)
{
    (void)state;
    enum { N = 200 };
    char samples[N * 80];
    size_t sizes[N], n = 0;
    for (int i = 0; i < N; i++) {
        int size = snprintf(samples + n, sizeof samples - n, "{\"id\":\"item-%d\",\"eo:cloud_cover\":%d.%d}", i * 7919,
                            i % 100, i * 31 % 10);
        sizes[i] = (size_t)size;
        n += sizes[i];
    }
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    cairn_span content = cairn_span_make(samples, 500);
    assert_true(cairn_dictionary_finish(content, samples, sizes, N, LEVEL, &out));
    assert_true(out.n > content.n);
    assert_memory_equal(out.p + out.n - content.n, content.p, content.n);
    cairn_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(packs_a_text_small, setup, teardown),
        cmocka_unit_test_setup_teardown(properties_can_be_taken_out, setup, teardown),
        cmocka_unit_test_setup_teardown(dictionaries_are_loaded_once_while_they_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(sees_what_is_corrupt, setup, teardown),
        cmocka_unit_test_setup_teardown(every_changed_byte_is_found_out, setup, teardown),
        cmocka_unit_test_setup_teardown(a_dictionary_that_is_none_is_corrupt, setup, teardown),
        cmocka_unit_test_setup_teardown(every_pattern_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(learns_how_texts_are_spelled, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
