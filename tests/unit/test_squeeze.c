/* Squeezed texts between blocks, inflated by zlib, which sees to the checksum and the length too. */
#include "base/crc.h"
#include "base/deflate.h"

#include "gunzip.h"
#include "noise.h"

#include <zlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static cairn_span text_of(char *bytes, size_t n)
{
    return cairn_span_make(bytes, n);
}

enum { MOST = CAIRN_SQUEEZE_MAX + 3000 };

typedef struct page {
    cairn_codec *codec;
    cairn_buf plain, member, block;
    cairn_gzip gzip;
} page;

static void begin(page *p)
{
    p->plain = p->member = (cairn_buf)CAIRN_BUF_INIT(1 << 26);
    p->block = (cairn_buf)CAIRN_BUF_INIT(1 << 22);
    p->codec = cairn_codec_new(1);
    assert_non_null(p->codec);
    cairn_gzip_begin(&p->gzip, &p->member);
}

static void add_text(page *p, cairn_span text)
{
    assert_true(cairn_buf_add_span(&p->plain, text));
    assert_true(cairn_gzip_text(&p->gzip, text));
}

static void add_block(page *p, cairn_span text)
{
    assert_true(cairn_buf_add_span(&p->plain, text));
    cairn_buf_reset(&p->block);
    assert_true(cairn_deflate_block(p->codec, text, &p->block));
    assert_true(cairn_gzip_splice(&p->gzip, cairn_buf_span(&p->block), cairn_crc32(text), text.n));
}

static void end(page *p)
{
    assert_true(cairn_gzip_end(&p->gzip));
    assert_gunzips(cairn_buf_span(&p->member), cairn_buf_span(&p->plain));
    cairn_codec_free(p->codec);
    cairn_buf_free(&p->plain);
    cairn_buf_free(&p->member);
    cairn_buf_free(&p->block);
}

/* As much as there is between the links of two items, around what a back-reference reaches. */
static void test_distances(void **state)
{
    (void)state;
    static char filler[70000];
    char links[400];
    for (size_t i = 0; i < sizeof filler; i++)
        filler[i] = (char)next_random(256);
    for (size_t gap = 32768 - 420; gap < 32768 + 20; gap += 3) {
        page p;
        begin(&p);
        for (int i = 0; i < 4; i++) {
            int n =
                snprintf(links, sizeof links,
                         "{\"rel\":\"self\",\"href\":\"https://example.org/collections/a%%20b/items/%08x\"},{\"rel\":"
                         "\"collection\",\"href\":\"https://example.org/collections/a%%20b\"}]},",
                         next_random(1000));
            add_text(&p, text_of(links, (size_t)n));
            add_block(&p, text_of(filler, gap));
        }
        end(&p);
    }
}

/* Noise, runs, few letters, all byte values; copies of what was before, changed here and there. */
static void mutate(char *bytes, size_t *n)
{
    uint32_t kind = next_random(5);
    if (kind == 0 || !*n) {
        *n = next_random(next_random(4) ? 600 : MOST);
        uint32_t letters = next_random(3) ? 1 + next_random(4) : 256;
        for (size_t i = 0; i < *n; i++)
            bytes[i] = (char)next_random(letters);
    }
    for (uint32_t k = next_random(6); k && *n; k--)
        bytes[next_random((uint32_t)*n)] = (char)next_random(256);
    if (kind == 1 && *n < MOST / 2) {
        memcpy(bytes + *n, bytes, *n);
        *n *= 2;
    }
    if (kind == 2 && *n > 10) {
        size_t cut = next_random((uint32_t)*n / 2);
        memmove(bytes, bytes + cut, *n - cut);
        *n -= cut;
    }
}

static void test_texts(void **state)
{
    (void)state;
    static char bytes[MOST + 1];
    size_t n = 0;
    for (int round = 0; round < 400; round++) {
        page p;
        begin(&p);
        for (uint32_t i = next_random(30); i; i--) {
            mutate(bytes, &n);
            (next_random(4) ? add_text : add_block)(&p, text_of(bytes, n));
        }
        end(&p);
    }
}

/* A piece of a stream that failed, and is made again. */
static void test_going_back(void **state)
{
    (void)state;
    page p;
    begin(&p);
    char thrown[200], kept[200];
    for (size_t i = 0; i < sizeof kept; i++) {
        thrown[i] = (char)next_random(256);
        kept[i] = (char)next_random(256);
    }
    add_text(&p, text_of(kept, 100));
    const cairn_gzip before = p.gzip;
    size_t plain = p.plain.n, packed = p.member.n;
    add_text(&p, text_of(thrown, sizeof thrown));
    cairn_gzip_go_back(&p.gzip, &before);
    p.plain.n = plain;
    p.member.n = packed;
    add_text(&p, text_of(kept, sizeof kept));
    add_text(&p, text_of(thrown, sizeof thrown));
    end(&p);
}

/* Links that differ in their ids alone cost little more than the ids. */
static void test_ratio(void **state)
{
    (void)state;
    page p;
    begin(&p);
    char links[400];
    size_t total = 0, first = 0;
    for (int i = 0; i < 100; i++) {
        int n = snprintf(links, sizeof links,
                         "{\"rel\":\"self\",\"href\":\"https://example.org/collections/landsat/items/%08x\"},{\"rel\":"
                         "\"collection\",\"href\":\"https://example.org/collections/landsat\"}]},",
                         next_random(UINT32_MAX));
        total += (size_t)n;
        add_text(&p, text_of(links, (size_t)n));
        if (i == 0)
            first = p.member.n;
    }
    assert_true(p.member.n - first < 99 * 26);
    assert_true(p.member.n < total / 4);
    end(&p);
}

static void test_crc(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint32_t a = next_random(UINT32_MAX), b = next_random(UINT32_MAX);
        uint64_t n = next_random(2) ? next_random(70000) : (uint64_t)next_random(UINT32_MAX) << next_random(16);
        assert_int_equal(cairn_crc32_combine(a, b, n), crc32_combine(a, b, (z_off_t)n));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distances), cmocka_unit_test(test_texts), cmocka_unit_test(test_going_back),
        cmocka_unit_test(test_ratio),     cmocka_unit_test(test_crc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
