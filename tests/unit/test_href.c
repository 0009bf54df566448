// LINK: href
#include "href/href.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static cairn_arena *arena;
static cairn_href_map *map;
static cairn_buf out;

static int make(void **state)
{
    (void)state;
    arena = cairn_arena_new(1 << 22);
    map = cairn_href_map_new();
    out = (cairn_buf)CAIRN_BUF_INIT(64 << 20);
    return arena && map ? 0 : -1;
}

static int drop(void **state)
{
    (void)state;
    cairn_arena_free(arena);
    cairn_href_map_free(map);
    cairn_buf_free(&out);
    return 0;
}

static void rule(const char *text)
{
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_href_map_add(map, cairn_span_of(text), &error), CAIRN_OK);
}

static void folder(const char *text)
{
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_href_map_add_folder(map, cairn_span_of(text), &error), CAIRN_OK);
}

static const char *rewritten(cairn_href_mode mode, const char *item)
{
    cairn_error error = CAIRN_ERROR_INIT;
    const cairn_href_view view = {map, mode, cairn_span_of("http://host/stac"), 0};
    cairn_arena_reset(arena);
    cairn_buf_reset(&out);
    assert_int_equal(cairn_href_rewrite(&view, cairn_span_of(item), arena, &out, NULL, &error), CAIRN_OK);
    cairn_buf_add_byte(&out, '\0');
    assert_false(out.failed);
    return out.p;
}

/* `more` follows in the asset, `properties` are the item's. */
static void check(cairn_href_mode mode, const char *href, const char *more, const char *properties, const char *want)
{
    unsigned traits;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_buf before = CAIRN_BUF_INIT(1 << 16), after = CAIRN_BUF_INIT(1 << 16);
    static const char form[] =
        "{\"properties\":{%s},\"assets\":{\"a\":{ \"href\" : \"%s\"%s}},\"links\":[{\"href\":\"s3://b/l\"},";
    cairn_buf_printf(&before, form, properties, href, more);
    cairn_buf_printf(&after, form, properties, want, more);
    cairn_buf_add_byte(&before, '\0');
    cairn_buf_add_byte(&after, '\0');
    assert_string_equal(rewritten(mode, before.p), after.p);
    /* What is not looked at would not have changed. */
    const cairn_href_view view = {map, mode, cairn_span_of("http://host/stac"), 0};
    assert_int_equal(cairn_traits_of(cairn_span_make(before.p, before.n - 1), arena, &traits, &error), CAIRN_OK);
    if (strcmp(before.p, after.p) != 0)
        assert_true(cairn_href_view_touches(&view, traits & CAIRN_HREFS_ALL));
    cairn_buf_free(&before);
    cairn_buf_free(&after);
}

static void https_is(const char *href, const char *want)
{
    check(CAIRN_HREF_HTTPS, href, "", "", want);
    check(CAIRN_HREF_LOADABLE, href, "", "", want);
}

static void s3_is(const char *href, const char *want)
{
    check(CAIRN_HREF_S3, href, "", "", want);
}

static void objects_by_https(void **state)
{
    (void)state;
    https_is("s3://sentinel-cogs/a/b.tif", "https://sentinel-cogs.s3.amazonaws.com/a/b.tif");
    https_is("S3://sentinel-cogs/a/b.tif", "https://sentinel-cogs.s3.amazonaws.com/a/b.tif");
    https_is("s3a://sentinel-cogs/", "https://sentinel-cogs.s3.amazonaws.com/");
    https_is("s3://data.gaezdev.aws.fao.org/res06/all_2010_val.tif",
             "https://s3.amazonaws.com/data.gaezdev.aws.fao.org/res06/all_2010_val.tif");
    https_is("s3://Old_Bucket/x", "https://s3.amazonaws.com/Old_Bucket/x");
    https_is("s3://bucket/a b+c%20d%zz\\u00e9\\\"", "https://bucket.s3.amazonaws.com/a%20b+c%20d%25zz%C3%A9%22");
    https_is("gs://naip-data/tx/m_1.tif", "https://storage.googleapis.com/naip-data/tx/m_1.tif");
    https_is("abfs://sentinel2-l2@sentinel2l2a01.dfs.core.windows.net/06/V.jp2",
             "https://sentinel2l2a01.blob.core.windows.net/sentinel2-l2/06/V.jp2");
    https_is("abfss://box@acc.blob.core.chinacloudapi.cn/x", "https://acc.blob.core.chinacloudapi.cn/box/x");
}

static void what_is_no_object_stays(void **state)
{
    (void)state;
    static const char *const hrefs[] = {"https://example.com/a",
                                        "abfs://example.com/examples/file.zarr",
                                        "az://container/a",
                                        "s3:/bucket/a",
                                        "s3://",
                                        "s3:///a",
                                        "s3://bucket/a?versionId=1",
                                        "s3://bucket/a#b",
                                        "s3://bucket/../other/a",
                                        "s3://bucket/a/%2e%2E/b",
                                        "s3://bucket/a%2f..%2fb",
                                        "s3://buck et/a",
                                        "s3://user@bucket/a",
                                        "s3://bucket:80/a",
                                        "s3://evil.com%2f@x/a",
                                        "s3://..\\u0000/a",
                                        "ftp://host/a",
                                        "./a",
                                        "",
                                        "file:///data/a"};
    for (size_t i = 0; i < sizeof hrefs / sizeof *hrefs; i++)
        https_is(hrefs[i], hrefs[i]);
}

static void objects_by_their_scheme(void **state)
{
    (void)state;
    s3_is("https://sentinel-cogs.s3.us-west-2.amazonaws.com/a/b.tif", "s3://sentinel-cogs/a/b.tif");
    s3_is("https://b.s3.dualstack.eu-west-1.amazonaws.com/a", "s3://b/a");
    s3_is("https://asc-jupiter.s3-us-west-2.amazonaws.com/europa.jpg", "s3://asc-jupiter/europa.jpg");
    s3_is("http://landsat-pds.s3.amazonaws.com/L8/x.jpg", "s3://landsat-pds/L8/x.jpg");
    s3_is("https://s3.eu-west-1.amazonaws.com/data.gaezdev.aws.fao.org/v.tif", "s3://data.gaezdev.aws.fao.org/v.tif");
    s3_is("https://s3-us-west-2.amazonaws.com/bucket/v.tif", "s3://bucket/v.tif");
    s3_is("https://s3.amazonaws.com/bucket/v.tif", "s3://bucket/v.tif");
    s3_is("https://a.b.s3.s3.amazonaws.com/v", "s3://a.b.s3/v");
    s3_is("https://b.s3.cn-north-1.amazonaws.com.cn/v", "s3://b/v");
    s3_is("HTTPS://B.S3.AMAZONAWS.COM/v", "s3://B/v");
    s3_is("https://bucket.s3.amazonaws.com/a%20b%C3%A9", "s3://bucket/a b\xc3\xa9");
    s3_is("https://storage.googleapis.com/pdd-stac/d/S.png", "gs://pdd-stac/d/S.png");
    s3_is("https://pdd-stac.storage.googleapis.com/d/S.png", "gs://pdd-stac/d/S.png");
    s3_is("https://sentinel2l2a01.blob.core.windows.net/sentinel2-l2/06/V",
          "abfs://sentinel2-l2@sentinel2l2a01.dfs.core.windows.net/06/V");
    static const char *const stay[] = {"https://bucket.s3-website-us-west-2.amazonaws.com/a",
                                       "https://evil.com/s3.amazonaws.com/a",
                                       "https://bucket.s3.amazonaws.com.evil.com/a",
                                       "https://bucket.s3.amazonaws.com/a?X-Amz-Signature=1",
                                       "https://bucket.s3.amazonaws.com:444/a",
                                       "https://me@bucket.s3.amazonaws.com/a",
                                       "https://bucket.s3.amazonaws.com/a%00b",
                                       "https://bucket.s3.amazonaws.com/a%FFb",
                                       "https://bucket.s3.amazonaws.com/a%2520b",
                                       "https://bucket.s3.amazonaws.com/a%3Fb",
                                       "https://bucket.s3.amazonaws.com/../b",
                                       "https://s3.amazonaws.com/",
                                       "https://ec2.us-west-2.amazonaws.com/a",
                                       "https://x.y.blob.core.windows.net/a/b",
                                       "s3://bucket/a%20b",
                                       "gs://bucket/a"};
    for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
        s3_is(stay[i], stay[i]);
}

static void storage_version_1(void **state)
{
    (void)state;
    const char *at = "\"storage:platform\":\"AWS\",\"storage:region\":\"us-west-2\",\"storage:requester_pays\":%s";
    char text[200];
    snprintf(text, sizeof text, at, "false");
    check(CAIRN_HREF_LOADABLE, "s3://b-c/a", "", text, "https://b-c.s3.us-west-2.amazonaws.com/a");
    check(CAIRN_HREF_LOADABLE, "s3://b-c/a", ",\"storage:region\":\"cn-north-1\"", text,
          "https://b-c.s3.cn-north-1.amazonaws.com.cn/a");
    check(CAIRN_HREF_LOADABLE, "s3://b-c/a", ",\"storage:region\":\"evil.com/\"", text,
          "https://b-c.s3.amazonaws.com/a");
    snprintf(text, sizeof text, at, "true");
    check(CAIRN_HREF_LOADABLE, "s3://b-c/a", "", text, "s3://b-c/a");
    check(CAIRN_HREF_HTTPS, "s3://b-c/a", "", text, "https://b-c.s3.us-west-2.amazonaws.com/a");
    check(CAIRN_HREF_LOADABLE, "s3://b-c/a", ",\"storage:requester_pays\":false", text,
          "https://b-c.s3.us-west-2.amazonaws.com/a");
}

#define SCHEMES                                                                                                        \
    "\"storage:schemes\":{\"aws\":{\"type\":\"aws-s3\",\"platform\":"                                                  \
    "\"https://{bucket}.s3.{region}.amazonaws.com\",\"bucket\":\"naip\",\"region\":\"us-west-2\","                     \
    "\"requester_pays\":true},\"open\":{\"type\":\"aws-s3\",\"region\":\"eu-west-3\"},"                                \
    "\"az\":{\"type\":\"ms-azure\",\"account\":\"naipeuwest\"},"                                                       \
    "\"own\":{\"type\":\"custom-s3\",\"platform\":\"https://minio.example.org:9000\"},"                                \
    "\"host\":{\"type\":\"custom-s3\",\"platform\":\"https://{bucket}.{region}.example.org/\",\"region\":\"r1\"},"     \
    "\"odd\":{\"type\":\"custom-s3\",\"platform\":\"https://{secret}.example.org/\"}}"

static void storage_version_2(void **state)
{
    (void)state;
    check(CAIRN_HREF_LOADABLE, "s3://naip/a", ",\"storage:refs\":[\"aws\"]", SCHEMES, "s3://naip/a");
    check(CAIRN_HREF_HTTPS, "s3://naip/a", ",\"storage:refs\":[\"az\",\"aws\"]", SCHEMES,
          "https://naip.s3.us-west-2.amazonaws.com/a");
    check(CAIRN_HREF_LOADABLE, "s3://other/a", ",\"storage:refs\":[\"aws\",\"open\"]", SCHEMES,
          "https://other.s3.eu-west-3.amazonaws.com/a");
    check(CAIRN_HREF_LOADABLE, "az://box/a", ",\"storage:refs\":[\"az\"]", SCHEMES,
          "https://naipeuwest.blob.core.windows.net/box/a");
    check(CAIRN_HREF_LOADABLE, "s3://b/a", ",\"storage:refs\":[\"own\"]", SCHEMES,
          "https://minio.example.org:9000/b/a");
    check(CAIRN_HREF_LOADABLE, "s3://b/a", ",\"storage:refs\":[\"host\"]", SCHEMES, "https://b.r1.example.org/a");
    check(CAIRN_HREF_LOADABLE, "s3://b/a", ",\"storage:refs\":[\"odd\"]", SCHEMES, "s3://b/a");
    check(CAIRN_HREF_LOADABLE, "abfs://daymet/a.zarr",
          ",\"xarray:storage_options\":{\"account_name\":\"daymeteuwest\"}", "",
          "https://daymeteuwest.blob.core.windows.net/daymet/a.zarr");
}

#define ALTERNATES                                                                                                     \
    ",\"alternate\":{\"s3\":{\"href\":\"s3://usgs/a\",\"storage:requester_pays\":true},"                               \
    "\"paid\":{\"href\":\"https://pays.example.org/a\",\"auth:refs\":[\"login\"]},"                                    \
    "\"first\":{\"href\":\"https://one.example.org/a\"},\"second\":{\"href\":\"https://two.example.org/a\"},"          \
    "\"disk\":{\"href\":\"file:///mnt/a\"}}"

static void alternates_take_its_place(void **state)
{
    (void)state;
    cairn_error error = CAIRN_ERROR_INIT;
    check(CAIRN_HREF_LOADABLE, "s3://b/a", ALTERNATES, "", "https://one.example.org/a");
    check(CAIRN_HREF_HTTPS, "ftp://b/a", ALTERNATES, "", "https://pays.example.org/a");
    check(CAIRN_HREF_LOADABLE, "https://b/a", ALTERNATES, "", "https://b/a");
    check(CAIRN_HREF_S3, "https://b/a", ALTERNATES, "", "s3://usgs/a");
    check(CAIRN_HREF_FILE, "https://b/a", ALTERNATES, "", "file:///mnt/a");
    check(CAIRN_HREF_SOURCE, "ftp://b/a", ALTERNATES, "", "ftp://b/a");
    assert_int_equal(cairn_href_map_add_alternate(map, cairn_span_of("none"), &error), CAIRN_OK);
    assert_int_equal(cairn_href_map_add_alternate(map, cairn_span_of("second"), &error), CAIRN_OK);
    check(CAIRN_HREF_LOADABLE, "s3://b/a", ALTERNATES, "", "https://two.example.org/a");
    assert_int_equal(cairn_href_map_add_alternate(map, cairn_span_of(""), &error), CAIRN_INVALID);
}

static void rules_of_the_owner(void **state)
{
    (void)state;
    rule("s3://bucket/=https://data.example.org/pub/");
    rule("s3://bucket/deep/=https://deep.example.org/");
    rule("s3://bucket/=file:///mnt/bucket/");
    rule("https://old.example.org=https://new.example.org");
    rule("s3://old/=s3://new/");
    https_is("s3://bucket/a b", "https://data.example.org/pub/a%20b");
    https_is("s3://bucket/deep/a", "https://deep.example.org/a");
    https_is("s3://bucket/../a", "s3://bucket/../a");
    https_is("s3://bucket2/a", "https://bucket2.s3.amazonaws.com/a");
    https_is("https://old.example.org/a?b=c", "https://new.example.org/a?b=c");
    https_is("https://old.example.org", "https://new.example.org");
    https_is("https://old.example.organic/a", "https://old.example.organic/a");
    check(CAIRN_HREF_LOADABLE, "s3://old/a", "", "", "https://new.s3.amazonaws.com/a");
    check(CAIRN_HREF_FILE, "s3://bucket/a b", "", "", "file:///mnt/bucket/a%20b");
    check(CAIRN_HREF_S3, "s3://bucket/a", "", "", "s3://bucket/a");
    check(CAIRN_HREF_S3, "s3://old/a", "", "", "s3://new/a");
    check(CAIRN_HREF_LOADABLE, "https://b/a", ",\"alternate\":{\"x\":{\"rel\":1}}", "", "https://b/a");
    assert_string_equal(rewritten(CAIRN_HREF_LOADABLE,
                                  "{\"assets\":{\"a\":{\"href\":\"https://b/a\",\"alternate\":{\"x\":"
                                  "{\"href\":\"s3://bucket/x\"},\"y\":{\"href\":\"s3://c/y\"}}}}}"),
                        "{\"assets\":{\"a\":{\"href\":\"https://b/a\",\"alternate\":{\"x\":"
                        "{\"href\":\"https://data.example.org/pub/x\"},\"y\":{\"href\":\"s3://c/y\"}}}}}");
}

static void rules_that_are_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "=",
                                        "s3://a/",
                                        "s3://a/=",
                                        "=https://b/",
                                        "a=https://b/",
                                        "s3://a/=b",
                                        "s3://a/=https://b",
                                        "s3://a=https://b/",
                                        "s3:=https:"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cairn_error error = CAIRN_ERROR_INIT;
        assert_int_equal(cairn_href_map_add(map, cairn_span_of(texts[i]), &error), CAIRN_INVALID);
    }
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_href_map_add(map, cairn_span_of("s3://bucket/=/mnt/b/"), &error), CAIRN_INVALID);
    assert_non_null(strstr(error.message, "write file:///mnt/b/"));
    cairn_error_clear(&error);
    assert_int_equal(cairn_href_map_add_folder(map, cairn_span_of("/path/"), &error), CAIRN_INVALID);
    assert_int_equal(cairn_href_map_add_folder(map, cairn_span_of("path/=/data"), &error), CAIRN_INVALID);
    rule("https://a/?x=1&y=/=https://b/");
    https_is("https://a/?x=1&y=/c", "https://b/c");
}

static void rules_pass_over_queries(void **state)
{
    (void)state;
    rule("s3://bucket/=https://b/");
    https_is("s3://bucket/a", "https://b/a");
    https_is("s3://bucket/a?versionId=1", "s3://bucket/a?versionId=1");
    rule("https://a/=https://c/");
    https_is("https://a/x?y=1", "https://c/x?y=1");
}

static void folders_that_are_served(void **state)
{
    (void)state;
    folder("/files/=/data/a b=%2e/");
    https_is("file:///data/a%20b=%252e/x/y%20z.tif", "http://host/stac/files/x/y%20z.tif");
    https_is("file:///data/a%20b=%252e/100%25%23%3F/%2e.", "file:///data/a%20b=%252e/100%25%23%3F/%2e.");
    https_is("file:///data/a%20b=%252e/100%25%23%3F", "http://host/stac/files/100%25%23%3F");
    https_is("file://localhost/data/a%20b=%252e/x", "http://host/stac/files/x");
    static const char *const stay[] = {
        "file:///data/a%20b=%252e/../x",  "file:///data/a%20b=%252e/%2e%2e/x", "file:///data/a%20b=%252e/%2e%2e",
        "file:///data/a%20b=%252e2/x",    "file:///data/a%20b=%252e",          "file:///data/a%20b=./x",
        "file://host/data/a%20b=%252e/x", "file:///data/a%20b=%252e/x%00y",    "file:///etc/passwd",
        "file:///data/a%20b=%252e/x?y"};
    for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
        https_is(stay[i], stay[i]);
    check(CAIRN_HREF_FILE, "http://host/stac/files/y%20z.tif", "", "", "file:///data/a%20b=%252e/y%20z.tif");
    check(CAIRN_HREF_FILE, "http://host/stac/files/%2e%2e/x", "", "", "http://host/stac/files/%2e%2e/x");
    check(CAIRN_HREF_FILE, "http://host/stac/filesystem/x", "", "", "http://host/stac/filesystem/x");
    check(CAIRN_HREF_FILE, "file:///other/x", "", "", "file:///other/x");
    check(CAIRN_HREF_S3, "file:///data/a%20b=%252e/x", "", "", "file:///data/a%20b=%252e/x");
}

static void what_needs_no_look(void **state)
{
    (void)state;
    cairn_href_view view = {map, CAIRN_HREF_LOADABLE, cairn_span_of("http://host"), 0};
    assert_false(cairn_href_view_touches(&view, CAIRN_HREFS_HTTP));
    assert_false(cairn_href_view_touches(&view, CAIRN_HREFS_HTTP | CAIRN_HREFS_ALTERNATE));
    assert_false(cairn_href_view_touches(&view, CAIRN_HREFS_FILE | CAIRN_HREFS_OTHER));
    assert_false(cairn_href_view_touches(&view, 0));
    assert_true(cairn_href_view_touches(&view, CAIRN_HREFS_UNKNOWN));
    assert_true(cairn_href_view_touches(&view, CAIRN_HREFS_HTTP | CAIRN_HREFS_S3));
    assert_true(cairn_href_view_touches(&view, CAIRN_HREFS_OTHER | CAIRN_HREFS_ALTERNATE));
    view.mode = CAIRN_HREF_SOURCE;
    assert_false(cairn_href_view_touches(&view, CAIRN_HREFS_ALL));
    view.mode = CAIRN_HREF_S3;
    assert_true(cairn_href_view_touches(&view, CAIRN_HREFS_HTTP));
}

static void the_rest_is_byte_for_byte(void **state)
{
    (void)state;
    const char *odd =
        "{ \"href\":\"s3://b/1\" , \"assets\" :{\"a\":1,\"b\":[{\"href\":\"s3://b/2\"}],\"href\":{\"href\":"
        "\"s3://b/3\"},\"n\":{\"href\":null,\"x\":{\"href\":\"s3://b/4\"}}},\"properties\":null,"
        "\"assets\":{\"\\u0061\":{\"href\":7,\"hr\\u0065f\":\"s3://bkt/5\"}},\"z\":1.50e+3}";
    assert_string_equal(
        rewritten(CAIRN_HREF_HTTPS, odd),
        "{ \"href\":\"s3://b/1\" , \"assets\" :{\"a\":1,\"b\":[{\"href\":\"s3://b/2\"}],\"href\":{\"href\":"
        "\"https://s3.amazonaws.com/b/3\"},\"n\":{\"href\":null,\"x\":{\"href\":\"s3://b/4\"}}},"
        "\"properties\":null,\"assets\":{\"\\u0061\":{\"href\":7,\"hr\\u0065f\":"
        "\"https://bkt.s3.amazonaws.com/5\"}},\"z\":1.50e+3}");
}

/* The text again and again with 0, 1, 2 ... in the place of "#", commas between. */
static void add_many(cairn_buf *item, const char *text, int n)
{
    for (int i = 0; i < n; i++) {
        cairn_buf_add_text(item, i ? "," : "");
        for (const char *p = text; *p; p++)
            if (*p == '#')
                cairn_buf_printf(item, "%d", i);
            else
                cairn_buf_add_byte(item, *p);
    }
}

/* To look at all of the item, or of the asset, for each href would take minutes. */
static void many_of_everything_take_no_time(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    cairn_buf item = CAIRN_BUF_INIT(64 << 20);
    cairn_buf_add_text(&item, "{\"properties\":{\"storage:schemes\":{");
    add_many(&item, "\"k#\":{\"type\":\"aws-s3\",\"bucket\":\"bucket\",\"region\":\"r#\"}", MANY);
    cairn_buf_add_text(&item, "}},\"assets\":{");
    add_many(&item, "\"a#\":{\"href\":\"s3://bucket/#\",\"storage:refs\":[\"k#\"]}", MANY);
    cairn_buf_add_text(&item, ",\"twice\":{");
    add_many(&item, "\"href\":\"s3://bucket/#\",\"x#\":{}", MANY);
    cairn_buf_add_text(&item, ",\"alternate\":{");
    add_many(&item, "\"x#\":{\"href\":\"ftp://host/#\"}", MANY);
    cairn_buf_add_text(&item, "}}}}");
    cairn_buf_add_byte(&item, '\0');
    assert_false(item.failed);
    clock_t start = clock();
    const char *text = rewritten(CAIRN_HREF_LOADABLE, item.p);
    assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
    assert_non_null(strstr(text, "\"a7\":{\"href\":\"https://bucket.s3.r7.amazonaws.com/7\""));
    assert_non_null(strstr(text, "\"href\":\"s3://bucket/99998\",\"x99998\":{}"));
    assert_non_null(strstr(text, "\"href\":\"https://bucket.s3.amazonaws.com/99999\",\"x99999\":{}"));
    cairn_buf_free(&item);
}

static void modes_by_name(void **state)
{
    (void)state;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_href_mode mode;
    assert_int_equal(cairn_href_mode_parse(cairn_span_of("signed"), &mode, &error), CAIRN_OK);
    assert_int_equal(mode, CAIRN_HREF_SIGNED);
    assert_int_equal(cairn_href_mode_parse(cairn_span_of("https"), &mode, &error), CAIRN_OK);
    assert_int_equal(mode, CAIRN_HREF_HTTPS);
    assert_int_equal(cairn_href_mode_parse(cairn_span_of("HTTPS"), &mode, &error), CAIRN_INVALID);
    assert_non_null(strstr(error.message, "loadable, https, s3, file, source or signed"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(objects_by_https, make, drop),
        cmocka_unit_test_setup_teardown(what_is_no_object_stays, make, drop),
        cmocka_unit_test_setup_teardown(objects_by_their_scheme, make, drop),
        cmocka_unit_test_setup_teardown(storage_version_1, make, drop),
        cmocka_unit_test_setup_teardown(storage_version_2, make, drop),
        cmocka_unit_test_setup_teardown(alternates_take_its_place, make, drop),
        cmocka_unit_test_setup_teardown(rules_of_the_owner, make, drop),
        cmocka_unit_test_setup_teardown(rules_that_are_none, make, drop),
        cmocka_unit_test_setup_teardown(rules_pass_over_queries, make, drop),
        cmocka_unit_test_setup_teardown(folders_that_are_served, make, drop),
        cmocka_unit_test_setup_teardown(what_needs_no_look, make, drop),
        cmocka_unit_test_setup_teardown(the_rest_is_byte_for_byte, make, drop),
        cmocka_unit_test_setup_teardown(many_of_everything_take_no_time, make, drop),
        cmocka_unit_test_setup_teardown(modes_by_name, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
