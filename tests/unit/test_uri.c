#include "base/uri.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static cairn_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    arena = cairn_arena_new(1 << 22);
    return arena ? 0 : -1;
}

static int free_arena(void **state)
{
    (void)state;
    cairn_arena_free(arena);
    return 0;
}

static void assert_resolved(const char *base, const char *reference, const char *want)
{
    cairn_span got = cairn_uri_resolve(arena, cairn_span_of(base), cairn_span_of(reference));
    assert_non_null(got.p);
    if (strcmp(got.p, want) != 0)
        print_message("%s + %s\n", base, reference);
    assert_string_equal(got.p, want);
    assert_int_equal(got.n, strlen(want));
}

typedef struct example {
    const char *reference;
    const char *want;
} example;

/* RFC 3986 5.4.1 and 5.4.2, all of them (the last by the strict rule). */
static void test_rfc3986(void **state)
{
    (void)state;
    static const example examples[] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"http:g", "http:g"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        assert_resolved("http://a/b/c/d;p?q", examples[i].reference, examples[i].want);
}

static void test_other_bases(void **state)
{
    (void)state;
    assert_resolved("http://a", "g", "http://a/g");
    assert_resolved("http://a?q", "", "http://a?q");
    assert_resolved("http://a#f", "", "http://a");
    assert_resolved("http://a/b", "https://c/../d/./e", "https://c/d/e");
    assert_resolved("http://a/b", "//c/x/../y?z", "http://c/y?z");
    assert_resolved("s3://bucket/a/b.json", "../c/d.tif", "s3://bucket/c/d.tif");
    assert_resolved("urn:a:b", "c", "urn:c");
    assert_resolved("http://a/b/", "", "http://a/b/");
    assert_resolved("http://a/b/c", "..", "http://a/");
    assert_resolved("http://a/b/c/d", "a//b/../c", "http://a/b/c/a//c");
    assert_resolved("file:///a/b/i.json", "../x.tif", "file:///a/x.tif");
    assert_resolved("file:///a/b/i.json", "/x.tif", "file:///x.tif");
    assert_resolved("http://[::1]:80/a", "b", "http://[::1]:80/b");
    /* A path must not become an authority. */
    assert_resolved("file:/a", ".//host/x", "file:/.//host/x");
    assert_resolved("file:///a", ".//host/x", "file:////host/x");
    assert_resolved("urn:a", "/..//x", "urn:/.//x");
}

static void test_coding(void **state)
{
    (void)state;
    const char *base = "https://h/d/i.json";
    assert_resolved(base, "./a b.tif", "https://h/d/a%20b.tif");
    assert_resolved(base, "a%20b", "https://h/d/a%20b");
    assert_resolved(base, "a%2fb%2F", "https://h/d/a%2fb%2F");
    assert_resolved(base, "100%", "https://h/d/100%25");
    assert_resolved(base, "%zz%4", "https://h/d/%25zz%254");
    assert_resolved(base, "%%41", "https://h/d/%25%41");
    assert_resolved(base, "Z\xC3\xBCrich", "https://h/d/Z%C3%BCrich");
    assert_resolved(base, "a\\b<>\"{}|^`\x7f\x01", "https://h/d/a%5Cb%3C%3E%22%7B%7D%7C%5E%60%7F%01");
    assert_resolved(base, "x?a b#c d", "https://h/d/x?a%20b#c%20d");
    assert_resolved("https://h/a b/i", "x", "https://h/a%20b/x");
    cairn_span zero = cairn_uri_resolve(arena, cairn_span_of(base), cairn_span_make("a\0b", 3));
    assert_string_equal(zero.p, "https://h/d/a%00b");
}

/* Coding twice changes nothing more. */
static void test_stable(void **state)
{
    (void)state;
    static const char *const references[] = {"a b", "100%", "%41%", "\xC3\xBC?\xC3\xBC#%", "x/../y z"};
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        cairn_span base = cairn_span_of("https://h/d/i");
        cairn_span once = cairn_uri_resolve(arena, base, cairn_span_of(references[i]));
        cairn_span twice = cairn_uri_resolve(arena, base, once);
        assert_string_equal(once.p, twice.p);
    }
}

static void test_schemes(void **state)
{
    (void)state;
    static const char *const absolute[] = {"https://x", "s3:", "file:/a", "a+b-c.d:x", "x:y", "HTTP:"};
    static const char *const relative[] = {
        "", "x", "/a:b", "./a:b", "C:\\data", "c:/data", "C:", "1a:b", ":x", "?a:b", "#a:b", "\xC3\xBC:x", "a b:c"};
    for (size_t i = 0; i < sizeof absolute / sizeof absolute[0]; i++)
        assert_true(cairn_uri_is_absolute(cairn_span_of(absolute[i])));
    for (size_t i = 0; i < sizeof relative / sizeof relative[0]; i++)
        assert_false(cairn_uri_is_absolute(cairn_span_of(relative[i])));
    assert_true(cairn_span_is(cairn_uri_scheme(cairn_span_of("HtTp://x")), "HtTp"));
    assert_resolved("file:///d/i.json", "C:/x y", "file:///d/C:/x%20y");
}

static void test_decode(void **state)
{
    (void)state;
    cairn_span got = cairn_uri_decode(arena, cairn_span_of("a%20b%2Fc+%C3%BC%2525"));
    assert_string_equal(got.p, "a b/c+\xC3\xBC%25");
    assert_int_equal(cairn_uri_decode(arena, cairn_span_of("")).n, 0);
    assert_non_null(cairn_uri_decode(arena, cairn_span_of("")).p);
    static const char *const bad[] = {"%", "%4", "a%zz", "%00", "%-1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_null(cairn_uri_decode(arena, cairn_span_of(bad[i])).p);
    assert_null(cairn_uri_decode(arena, cairn_span_make("a\0", 2)).p);
}

static void test_paths(void **state)
{
    (void)state;
    assert_string_equal(cairn_uri_from_path(arena, cairn_span_of("/a/b c")).p, "file:///a/b%20c");
    assert_string_equal(cairn_uri_from_path(arena, cairn_span_of("/100%/#?\xC3\xBC[\\")).p,
                        "file:///100%25/%23%3F%C3%BC%5B%5C");
    static const example paths[] = {{"file:///a/b%20c", "/a/b c"}, {"FILE:///a", "/a"},
                                    {"file://localhost/a", "/a"},  {"file:/a", "/a"},
                                    {"file:///C:/x", "/C:/x"},     {"file:///a#b", "/a"}};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        assert_string_equal(cairn_uri_to_path(arena, cairn_span_of(paths[i].reference)).p, paths[i].want);
    static const char *const bad[] = {
        "", "/a", "http:///a", "file://host/a", "file:a", "file:///%00", "file:///%zz", "file:", "file://", "s3://b/k"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_null(cairn_uri_to_path(arena, cairn_span_of(bad[i])).p);
}

/* Each byte but NUL in a file name survives the way to a URI, over a relative reference, and back. */
static void test_path_round_trip(void **state)
{
    (void)state;
    for (int c = 1; c < 256; c++) {
        char path[] = {'/', 'd', '/', 'x', (char)c, 'y', '\0'};
        cairn_span uri = cairn_uri_from_path(arena, cairn_span_of(path));
        assert_string_equal(cairn_uri_to_path(arena, uri).p, path);
        cairn_span again = cairn_uri_resolve(arena, cairn_span_of("file:///d/i.json"), uri);
        assert_string_equal(again.p, uri.p);
    }
}

static void test_cap(void **state)
{
    (void)state;
    cairn_arena *small = cairn_arena_new(16);
    assert_null(cairn_uri_resolve(small, cairn_span_of("https://example.org/d/i.json"), cairn_span_of("x")).p);
    assert_null(cairn_uri_from_path(small, cairn_span_of("/a/long/path/it/is")).p);
    assert_null(cairn_uri_decode(small, cairn_span_of("a text of more than sixteen bytes")).p);
    cairn_arena_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc3986), cmocka_unit_test(test_other_bases),     cmocka_unit_test(test_coding),
        cmocka_unit_test(test_stable),  cmocka_unit_test(test_schemes),         cmocka_unit_test(test_decode),
        cmocka_unit_test(test_paths),   cmocka_unit_test(test_path_round_trip), cmocka_unit_test(test_cap),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
