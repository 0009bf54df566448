#include "stac/item.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static cairn_geos *geos;
static cairn_arena *arena;
static cairn_read_options options;
static cairn_item item;
static cairn_error error;

static int setup(void **state)
{
    (void)state;
    geos = cairn_geos_new();
    arena = cairn_arena_new((size_t)1 << 28);
    return geos && arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    cairn_arena_free(arena);
    cairn_geos_free(geos);
    return 0;
}

static int reset(void **state)
{
    (void)state;
    cairn_arena_reset(arena);
    options = (cairn_read_options){.collection = CAIRN_SPAN_LIT("given")};
    return 0;
}

static cairn_code read_text(const char *json)
{
    cairn_span text = cairn_arena_copy(arena, cairn_span_of(json));
    cairn_error_clear(&error);
    assert_int_equal(cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
    return cairn_item_read(geos, text, &options, arena, &item, &error);
}

/* An item of 1.0.0 with these properties, place (", geometry and bbox" included) and more members behind. */
static cairn_code read_parts(const char *properties, const char *place, const char *more)
{
    char text[4096];
    snprintf(text, sizeof text,
             "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"a\",\"collection\":\"c\",\"properties\":%s,%s,"
             "\"assets\":{},\"links\":[]%s}",
             properties, place, more);
    return read_text(text);
}

static const char DAY[] = "{\"datetime\":\"2020-01-02T03:04:05Z\"}";
static const char NOWHERE[] = "\"geometry\":null";

static void assert_warned(const char *pointer, const char *words)
{
    for (cairn_warning *w = item.warnings.first; w; w = w->next)
        if (cairn_span_is(w->pointer, pointer) && memmem(w->message.p, w->message.n, words, strlen(words)))
            return;
    fail_msg("no warning \"%s\" at %s", words, pointer);
}

static void assert_refused(cairn_code code, const char *pointer, const char *words)
{
    assert_int_equal(code, CAIRN_INVALID);
    assert_string_equal(error.pointer, pointer);
    if (!strstr(error.message, words))
        fail_msg("expected \"%s\" in \"%s\"", words, error.message);
}

static void assert_text(cairn_span text, const char *expected)
{
    if (!cairn_span_is(text, expected))
        fail_msg("expected %s, found %.*s", expected, CAIRN_SPAN_FMT(text));
}

static void assert_time(cairn_time time, const char *expected)
{
    char text[CAIRN_TIME_TEXT_MAX];
    cairn_time_format(time, text);
    assert_string_equal(text, expected);
}

static void test_body_keeps_bytes(void **state)
{
    (void)state;
    assert_int_equal(
        read_text(
            " {\"links\" : [ {\"rel\":\"self\",\"href\":\"https://h/a.json\"}, {\"rel\":\"license\",\n \"x\" : [1.50], "
            "\"href\":\"../l t.txt\"} ],\"type\":\"Feature\",\"stac_version\":\"1.1.0\", \"id\":\"\\u0041 b\","
            "\"assets\":{\"d\":{\"title\":\"x y\",\"href\":\"https:\\/\\/h\\/q\"}}, \"n\": 1.10e+02,"
            "\"properties\":{\"datetime\":\"2020-01-02T03:04:05Z\",\"z\":null}, \"geometry\":null,"
            "\"collection\":\"c\"} "),
        CAIRN_OK);
    assert_text(
        item.body,
        "{\"type\":\"Feature\",\"stac_version\":\"1.1.0\",\"id\":\"\\u0041 b\","
        "\"assets\":{\"d\":{\"title\":\"x y\",\"href\":\"https:\\/\\/h\\/q\"}},\"n\":1.10e+02,"
        "\"properties\":{\"datetime\":\"2020-01-02T03:04:05Z\",\"z\":null},\"geometry\":null,\"collection\":\"c\","
        "\"links\":[{\"rel\":\"license\",\"x\":[1.50],\"href\":\"https://h/l%20t.txt\"},");
    assert_null(item.source.p);
    assert_text(item.id, "A b");
    assert_text(item.collection, "c");
    assert_text(item.stac_version, "1.1.0");
    assert_int_equal(item.warnings.count, 0);
}

static void test_collection_written_in(void **state)
{
    (void)state;
    static const char *const empty[] = {"\"collection\":null,", "\"collection\":\"\",", "",
                                        "\"collection\":\"x\",\"collection\":null,"};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        char text[1000], source[1000];
        snprintf(text, sizeof text,
                 "{\"type\":\"Feature\",%s\"stac_version\":\"1.0.0\",\"id\":\"a\",\"geometry\":null,\"assets\":{},"
                 "\"links\":[],\"properties\":%s}",
                 empty[i], DAY);
        snprintf(source, sizeof source,
                 "{\"type\":\"Feature\",%s\"stac_version\":\"1.0.0\",\"id\":\"a\",\"geometry\":null,\"assets\":{},"
                 "\"properties\":%s,\"links\":[",
                 empty[i], DAY);
        assert_int_equal(read_text(text), CAIRN_OK);
        assert_text(item.collection, "given");
        assert_text(item.source, source);
        assert_text(item.body, "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"a\",\"geometry\":null,"
                               "\"assets\":{},\"properties\":{\"datetime\":\"2020-01-02T03:04:05Z\"},"
                               "\"collection\":\"given\",\"links\":[");
    }
    options.collection = CAIRN_SPAN_NONE;
    assert_refused(read_text("{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"a\",\"geometry\":null,"
                             "\"assets\":{},\"links\":[],\"properties\":{\"datetime\":\"2020-01-02T03:04:05Z\"}}"),
                   "/collection", "names no collection");
    assert_refused(read_parts(DAY, NOWHERE, ",\"collection\":7"), "/collection", "found 7");
}

/* ---- hrefs ---- */

static void assert_href(const char *written, const char *expected, const char *self)
{
    char text[2000], body[2000];
    snprintf(text, sizeof text,
             "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"a\",\"collection\":\"c\",\"geometry\":null,"
             "\"properties\":%s,\"assets\":{\"x\":{\"alternate\":{\"y\":{\"href\":%s,\"type\":\"t\"}},\"href\":%s,"
             "\"type\":\"t\"}},"
             "\"links\":[{\"rel\":\"self\",\"href\":\"%s\"}]}",
             DAY, written, written, self);
    snprintf(body, sizeof body,
             "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"a\",\"collection\":\"c\",\"geometry\":null,"
             "\"properties\":%s,\"assets\":{\"x\":{\"alternate\":{\"y\":{\"href\":%s,\"type\":\"t\"}},\"href\":%s,"
             "\"type\":\"t\"}},\"links\":[",
             DAY, expected, expected);
    assert_int_equal(read_text(text), CAIRN_OK);
    assert_text(item.body, body);
}

static void test_hrefs(void **state)
{
    (void)state;
    options.base = (cairn_span)CAIRN_SPAN_LIT("file:///data/a%20b/i.json");
    assert_href("\"./x.tif\"", "\"file:///data/a%20b/x.tif\"", "./i.json");
    assert_href("\"../x y.tif\"", "\"file:///data/x%20y.tif\"", "i.json");
    assert_href("\"/srv/x.tif\"", "\"file:///srv/x.tif\"", "");
    assert_href("\".\\\\w\\\\x.tif\"", "\"file:///data/a%20b/w/x.tif\"", "");
    assert_warned("/assets/x/href", "taken as slashes");
    assert_href("\"C:\\\\w\\\\x.tif\"", "\"file:///C:/w/x.tif\"", "");
    assert_href("\" https://h/x.tif\\n\"", "\"https://h/x.tif\"", "");
    assert_warned("/assets/x/href", "white space around \"https://h/x.tif\" is left out");
    assert_href("\"./x.tif \"", "\"file:///data/a%20b/x.tif\"", "");
    assert_href("\"https://h/x.tif \"", "\"https://h/x.tif \"", "");
    assert_href("\"./x.tif\"", "\"https://h/p/x.tif\"", "https://h/p/i.json");
    assert_href("\"./x.tif\"", "\"s3://b/p/x.tif\"", "s3://b/p/i.json");
    options.asset_base = (cairn_span)CAIRN_SPAN_LIT("https://cdn/root/i.json");
    assert_href("\"./x.tif\"", "\"https://cdn/root/x.tif\"", "https://h/p/i.json");
    assert_href("\"s3://b/x y\\u0020.tif\"", "\"s3://b/x y\\u0020.tif\"", "https://h/p/i.json");
    assert_int_equal(item.warnings.count, 0);
    options.base = options.asset_base = CAIRN_SPAN_NONE;
    assert_href("\"./x.tif\"", "\"./x.tif\"", "./i.json");
    assert_warned("/assets/x/href", "nothing to resolve the relative href \"./x.tif\" against");
    assert_href("\"\"", "\"\"", "https://h/i.json");
    assert_warned("/assets/x/href", "empty");
    assert_href("12", "12", "https://h/i.json");
    assert_warned("/assets/x/alternate/y/href", "expected a URI, found 12");
}

static void test_links(void **state)
{
    (void)state;
    options.base = (cairn_span)CAIRN_SPAN_LIT("file:///d/i.json");
    assert_int_equal(
        read_text(
            "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"a\",\"collection\":\"c\",\"geometry\":null,"
            "\"assets\":{},\"properties\":{\"datetime\":\"2020-01-02T03:04:05Z\"},\"links\":["
            "{\"rel\":\"root\",\"href\":\"./r\"},{\"rel\":\"via\",\"href\":\"./v\",\"t\":[1 ,2]},{\"rel\":\"x\"},5,"
            "{\"rel\":\"items\",\"href\":\"./r\"},{\"href\":\"http://h/\",\"rel\":\"about\"}]}"),
        CAIRN_OK);
    assert_true(cairn_span_ends(item.body, ",\"links\":[{\"rel\":\"via\",\"href\":\"file:///d/v\",\"t\":[1,2]},"
                                           "{\"href\":\"http://h/\",\"rel\":\"about\"},"));
    assert_warned("/links/2", "left out");
}

/* ---- times ---- */

static void assert_times(const char *properties, const char *datetime, const char *start, const char *end)
{
    assert_int_equal(read_parts(properties, NOWHERE, ""), CAIRN_OK);
    assert_int_equal(item.has_datetime, datetime != NULL);
    if (datetime)
        assert_time(item.datetime, datetime);
    assert_time(item.range.start, start);
    assert_time(item.range.end, end);
}

#define A "2020-01-01T00:00:00Z"
#define B "2020-02-01T00:00:00Z"
#define C "2020-03-01T00:00:00Z"

static void test_times(void **state)
{
    (void)state;
    assert_times("{\"datetime\":\"" B "\"}", B, B, B);
    assert_times("{\"datetime\":\"" B "\",\"start_datetime\":\"" A "\",\"end_datetime\":\"" C "\"}", B, A, C);
    assert_times("{\"datetime\":null,\"start_datetime\":\"" A "\",\"end_datetime\":\"" C "\"}", NULL, A, C);
    assert_time(cairn_item_sort_time(&item), A);
    assert_times("{\"datetime\":\"" B "\",\"start_datetime\":null,\"end_datetime\":null}", B, B, B);
    assert_times("{\"datetime\":\"" A "\",\"datetime\":\"" B "\"}", B, B, B);
    assert_warned("/properties/datetime", "more than once");
    assert_times("{\"datetime\":\"" B "\",\"a\\\\u0041\":1,\"a\\u005cu0041\":2}", B, B, B);
    assert_warned("/properties/a\\u0041", "more than once");
    assert_time(cairn_item_sort_time(&item), B);
}

static void test_times_mended(void **state)
{
    (void)state;
    assert_times("{\"datetime\":\"2020-01-01\"}", A, A, A);
    assert_warned("/properties/datetime", "\"2020-01-01\" is no RFC 3339 timestamp: read as midnight UTC");
    assert_times("{\"start_datetime\":\"" A "\",\"end_datetime\":\"" C "\"}", NULL, A, C);
    assert_warned("/properties/datetime", "missing");
    assert_times("{\"datetime\":null,\"start_datetime\":\"" A "\"}", NULL, A, "..");
    assert_warned("/properties/end_datetime", "open");
    assert_times("{\"datetime\":null,\"end_datetime\":\"" A "\"}", NULL, "..", A);
    assert_time(cairn_item_sort_time(&item), "..");
    assert_times("{\"datetime\":null,\"start_datetime\":\"" C "\",\"end_datetime\":\"" A "\"}", NULL, A, C);
    assert_warned("/properties/start_datetime", "exchanged");
    assert_times("{\"datetime\":\"" B "\",\"start_datetime\":\"soon\",\"end_datetime\":7}", B, B, B);
    assert_warned("/properties/start_datetime", "found \"soon\"; left out");
    assert_warned("/properties/end_datetime", "found 7; left out");
}

static void test_times_refused(void **state)
{
    (void)state;
    static const struct {
        const char *properties, *pointer, *words;
    } bad[] = {
        {"{}", "/properties/datetime", "found nothing"},
        {"{\"datetime\":null}", "/properties/datetime", "found null"},
        {"{\"datetime\":5}", "/properties/datetime", "found 5"},
        {"{\"datetime\":\"\"}", "/properties/datetime", "found \"\""},
        {"{\"datetime\":\"2020-13-01\",\"start_datetime\":\"" A "\"}", "/properties/datetime", "no such month"},
        {"{\"datetime\":null,\"start_datetime\":\"x\",\"end_datetime\":\"" A "\"}", "/properties/start_datetime",
         "\"x\""},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(read_parts(bad[i].properties, NOWHERE, ""), bad[i].pointer, bad[i].words);
}

/* ---- places ---- */

#define SQUARE "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[10,20],[12,20],[12,22],[10,22],[10,20]]]}"
#define CROSSING                                                                                                       \
    "\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[[[[178,0],[180,0],[180,2],[178,2],[178,0]]],"            \
    "[[[-180,0],[-178,0],[-178,2],[-180,2],[-180,0]]]]}"

static void test_bbox(void **state)
{
    (void)state;
    static const struct {
        const char *place, *words; /* NULL: nothing to say */
    } places[] = {
        {SQUARE ",\"bbox\":[10,20,12,22]", NULL},
        {SQUARE ",\"bbox\":[10.001,20.0,12.0,22.0]", NULL},
        {SQUARE ",\"bbox\":[10,20,-5,12,22,100]", NULL},
        {SQUARE ",\"bbox\":[10,20,12,23]",
         "contradicts the geometry, which has [10, 20, 12, 22]; the geometry's is indexed"},
        {SQUARE ",\"bbox\":[12,20,10,22]", "contradicts"},
        {SQUARE ",\"bbox\":[10,20,12]", "is indexed"},
        {SQUARE ",\"bbox\":\"10,20,12,22\"", "is indexed"},
        {SQUARE ",\"bbox\":null", "missing"},
        {SQUARE, "bbox is missing, the geometry has [10, 20, 12, 22]; the geometry's is indexed"},
        {CROSSING ",\"bbox\":[178,0,-178,2]", NULL},
        {CROSSING ",\"bbox\":[-180,0,180,2]", "contradicts"},
        {"\"geometry\":null,\"bbox\":[10,20,12,22]", "a geometry was made"},
        {"\"geometry\":null,\"bbox\":[10,20,10,22]", "not indexed"},
        {"\"geometry\":null,\"bbox\":null", NULL},
        {NOWHERE, NULL},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        assert_int_equal(read_parts(DAY, places[i].place, ""), CAIRN_OK);
        if (places[i].words)
            assert_warned("/bbox", places[i].words);
        assert_int_equal(item.warnings.count, places[i].words != NULL);
        options.strict = true;
        assert_int_equal(read_parts(DAY, places[i].place, ""), places[i].words ? CAIRN_INVALID : CAIRN_OK);
        options.strict = false;
    }
}

static void test_geometry(void **state)
{
    (void)state;
    assert_int_equal(read_parts(DAY, CROSSING ",\"bbox\":[178,0,-178,2]", ""), CAIRN_OK);
    assert_true(item.footprint.present && item.footprint.box.west == 178 && item.footprint.box.east == -178);
    assert_int_equal(read_parts(DAY, "\"bbox\":[1,2,3,4]", ""), CAIRN_OK);
    assert_true(item.footprint.present && item.footprint.box.west == 1 && item.footprint.box.north == 4);
    assert_warned("/geometry", "missing; made from proj fields or bbox");
    assert_int_equal(read_parts(DAY, "\"title\":\"\"", ""), CAIRN_OK);
    assert_false(item.footprint.present);
    assert_warned("/geometry", "missing; taken as null");
    assert_int_equal(read_parts(DAY, "\"geometry\":7", ""), CAIRN_INVALID);
    assert_true(strncmp(error.pointer, "/geometry", 9) == 0);
}

/* ---- what must be there ---- */

static void test_required(void **state)
{
    (void)state;
#define REST "\"stac_version\":\"1.0.0\",\"collection\":\"c\",\"geometry\":null,\"links\":[]"
#define TIME "\"properties\":{\"datetime\":\"2020-01-01T00:00:00Z\"}"
    static const struct {
        const char *text, *pointer, *words;
    } bad[] = {
        {"[]", "", "expected a JSON object, found []"},
        {"{" REST "," TIME ",\"assets\":{},\"id\":\"a\"}", "/type", "found nothing"},
        {"{\"type\":\"feature\"," REST "," TIME ",\"assets\":{},\"id\":\"a\"}", "/type", "found \"feature\""},
        {"{\"type\":\"Feature\"," REST "," TIME ",\"assets\":{}}", "/id", "missing"},
        {"{\"type\":\"Feature\"," REST "," TIME ",\"assets\":{},\"id\":12}", "/id", "found 12"},
        {"{\"type\":\"Feature\"," REST "," TIME ",\"assets\":{},\"id\":\"\"}", "/id", "non-empty"},
        {"{\"type\":\"Feature\"," REST "," TIME ",\"assets\":{},\"id\":\"a\\u0000\"}", "/id", "U+0000"},
        {"{\"type\":\"Feature\"," REST ",\"assets\":{},\"id\":\"a\"}", "/properties", "found nothing"},
        {"{\"type\":\"Feature\"," REST ",\"properties\":[],\"assets\":{},\"id\":\"a\"}", "/properties", "found []"},
        {"{\"type\":\"Feature\"," REST "," TIME ",\"assets\":[],\"id\":\"a\"}", "/assets", "found []"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(read_text(bad[i].text), bad[i].pointer, bad[i].words);
}

static void test_id_lengths(void **state)
{
    (void)state;
    char text[5000], id[2050];
    for (size_t n = 2048; n <= 2049; n++) {
        memset(id, 'x', n);
        id[n] = '\0';
        snprintf(text, sizeof text, "{\"type\":\"Feature\",\"id\":\"%s\"," REST "," TIME ",\"assets\":{}}", id);
        assert_int_equal(read_text(text), n == 2048 ? CAIRN_OK : CAIRN_INVALID);
    }
}

static void test_mended(void **state)
{
    (void)state;
    static const struct {
        const char *text, *pointer;
    } odd[] = {
        {"{\"type\":\"Feature\",\"id\":\"a\"," REST "," TIME "}", "/assets"},
        {"{\"type\":\"Feature\",\"id\":\"a\"," REST "," TIME ",\"assets\":null}", "/assets"},
        {"{\"type\":\"Feature\",\"id\":\"a\",\"stac_version\":\"1.0.0\",\"geometry\":null," TIME ",\"assets\":{}}",
         "/links"},
        {"{\"type\":\"Feature\",\"id\":\"a\",\"links\":[],\"geometry\":null," TIME ",\"assets\":{}}", "/stac_version"},
        {"{\"type\":\"Feature\",\"id\":\"a\",\"x\":1,\"\\u0078\":2," REST "," TIME ",\"assets\":{}}", "/x"},
        {"{\"type\":\"Feature\",\"id\":\"a\"," REST "," TIME
         ",\"assets\":{\"q\":{\"href\":\"s3://a/b\"},\"q\":{\"href\":\"s3://a/b\"}}}",
         "/assets/q"},
        {"{\"type\":\"Feature\",\"id\":\"a\"," REST "," TIME ",\"assets\":{\"q\":{\"title\":\"t\"}}}", "/assets/q"},
        {"{\"type\":\"Feature\",\"id\":\"a\"," REST "," TIME ",\"assets\":{\"q\":7}}", "/assets/q"},
    };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        assert_int_equal(read_text(odd[i].text), CAIRN_OK);
        assert_warned(odd[i].pointer, "");
        assert_int_equal(item.warnings.count, 1);
        options.strict = true;
        assert_refused(read_text(odd[i].text), odd[i].pointer, "");
        options.strict = false;
    }
}

static void test_strict_times(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "{\"datetime\":\"2020-01-01\"}",
        "{\"start_datetime\":\"" A "\",\"end_datetime\":\"" C "\"}",
        "{\"datetime\":null,\"start_datetime\":\"" A "\"}",
        "{\"datetime\":null,\"start_datetime\":\"" C "\",\"end_datetime\":\"" A "\"}",
        "{\"datetime\":\"" A "\",\"end_datetime\":\"x\"}",
        "{\"datetime\":\"" A "\",\"a\":1,\"a\":2}",
    };
    options.strict = true;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        assert_int_equal(read_parts(odd[i], NOWHERE, ""), CAIRN_INVALID);
    assert_int_equal(read_parts(DAY, NOWHERE, ""), CAIRN_OK);
}

static void test_old_item(void **state)
{
    (void)state;
    assert_int_equal(
        read_text("{\"type\":\"Feature\",\"stac_version\":\"0.8.0\",\"id\":\"a\",\"stac_extensions\":[\"eo\","
                  "\"datetime-range\"],\"geometry\":null,\"assets\":{\"d\":{\"href\":\"x.tif\"}},"
                  "\"properties\":{\"collection\":\"k\",\"dtr:start_datetime\":\"" A "\",\"dtr:end_datetime\":\"" C
                  "\",\"datetime\":null,\"eo:gsd\":10},\"links\":{\"self\":{\"href\":\"https://h/i.json\"},"
                  "\"about\":{\"href\":\"b\"}}}"),
        CAIRN_OK);
    assert_text(item.collection, "k");
    assert_text(item.stac_version, "0.8.0");
    assert_time(item.range.start, A);
    assert_time(item.range.end, C);
    assert_text(item.body, "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"a\",\"stac_extensions\":["
                           "\"https://stac-extensions.github.io/eo/v1.1.0/schema.json\"],\"geometry\":null,"
                           "\"assets\":{\"d\":{\"href\":\"https://h/x.tif\",\"type\":\"image/"
                           "tiff\"}},\"properties\":{\"collection\":\"k\","
                           "\"start_datetime\":\"" A "\",\"end_datetime\":\"" C "\",\"datetime\":null,\"gsd\":10},"
                           "\"collection\":\"k\",\"links\":[{\"rel\":\"about\",\"href\":\"https://h/b\"},");
    assert_text(item.source,
                "{\"type\":\"Feature\",\"stac_version\":\"0.8.0\",\"id\":\"a\",\"stac_extensions\":[\"eo\","
                "\"datetime-range\"],\"geometry\":null,\"assets\":{\"d\":{\"href\":\"https://h/x.tif\"}},"
                "\"properties\":{\"collection\":\"k\",\"dtr:start_datetime\":\"" A "\",\"dtr:end_datetime\":\"" C
                "\",\"datetime\":null,\"eo:gsd\":10},"
                "\"links\":[{\"rel\":\"about\",\"href\":\"https://h/b\"},");
}

/* Each arena that is too small gives CAIRN_NOMEM or what a large one gives, never a crash. */
static void test_small_arenas(void **state)
{
    (void)state;
    static const char text[] =
        "{\"type\":\"Feature\",\"stac_version\":\"0.8.0\",\"id\":\"\\u0061\",\"stac_extensions\":[\"eo\"]," SQUARE
        ",\"assets\":{\"d\":{\"href\":\"x.tif\",\"eo:bands\":[0]}},\"properties\":{\"datetime\":\"2020-01-01\","
        "\"eo:bands\":[{}],\"eo:epsg\":5},\"links\":[{\"rel\":\"via\",\"href\":\"y\"}]}";
    options.base = (cairn_span)CAIRN_SPAN_LIT("file:///d/i.json");
    size_t taken = 0;
    for (size_t cap = 64; cap < 40000; cap += 61) {
        cairn_arena *small = cairn_arena_new(cap);
        cairn_error_clear(&error);
        cairn_code code = cairn_item_read(geos, cairn_span_of(text), &options, small, &item, &error);
        assert_true(code == CAIRN_OK || code == CAIRN_NOMEM);
        taken += code == CAIRN_OK;
        cairn_arena_free(small);
    }
    assert_true(taken > 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, reset)
    const struct CMUnitTest tests[] = {
        TEST(test_body_keeps_bytes),
        TEST(test_collection_written_in),
        TEST(test_hrefs),
        TEST(test_links),
        TEST(test_times),
        TEST(test_times_mended),
        TEST(test_times_refused),
        TEST(test_bbox),
        TEST(test_geometry),
        TEST(test_required),
        TEST(test_id_lengths),
        TEST(test_mended),
        TEST(test_strict_times),
        TEST(test_old_item),
        TEST(test_small_arenas),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
