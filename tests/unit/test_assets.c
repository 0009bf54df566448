// LINK: http
/* Files over HTTP, without a library: ranges, paths, folders, conditions, dates, and opening below a folder. */
#include "http/assets/file.h"
#include "http/assets/folders.h"
#include "http/assets/open.h"
#include "http/assets/path.h"
#include "http/assets/range.h"

#include "base/clock.h"
#include "stac/media.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define S         cairn_span_of
#define COUNT(of) (sizeof(of) / sizeof((of)[0]))

/* ---- ranges ---- */

/* "offset+length offset+length", or a word. */
static const char *print_ranges(const char *header, uint64_t size, char out[256])
{
    static const char *const WORDS[] = {"none", "", "too many", "beyond"};
    cairn_byte_range ranges[CAIRN_MAX_RANGES];
    size_t n, length = 0;
    cairn_range_verdict verdict = cairn_range_parse(S(header), size, ranges, &n);
    snprintf(out, 256, "%s", WORDS[verdict]);
    for (size_t i = 0; verdict == CAIRN_RANGE_SOME && i < n; i++)
        length += (size_t)snprintf(out + length, 256 - length, "%s%llu+%llu", i ? " " : "",
                                   (unsigned long long)ranges[i].offset, (unsigned long long)ranges[i].length);
    return out;
}

static void ranges_are_those_of_rfc_9110(void **state)
{
    static const struct {
        const char *header;
        uint64_t size;
        const char *found;
    } CASES[] = {
        {NULL, 10, "none"},
        {"", 10, "none"},
        {"bytes", 10, "none"},
        {"bytes=", 10, "none"},
        {"bytes=,", 10, "none"},
        {"items=0-1", 10, "none"},
        {"bytes=-", 10, "none"},
        {"bytes=a-b", 10, "none"},
        {"bytes=1", 10, "none"},
        {"bytes=+1-2", 10, "none"},
        {"bytes=1-2-3", 10, "none"},
        {"bytes=1 -2", 10, "none"},
        {"bytes=2-1", 10, "none"},
        {"bytes=0-1,x", 10, "none"},
        {"bytes =0-1", 10, "none"},
        {"bytes=0x1-2", 10, "none"},
        {"bytes=0-1, bytes=2-3", 10, "none"},
        {"bytes=0-0", 10, "0+1"},
        {"BYTES=0-9", 10, "0+10"},
        {"bytes=0-10", 10, "0+10"},
        {"bytes=3-", 10, "3+7"},
        {"bytes=9-", 10, "9+1"},
        {"bytes=10-", 10, "beyond"},
        {"bytes=-3", 10, "7+3"},
        {"bytes=-30", 10, "0+10"},
        {"bytes=-0", 10, "beyond"},
        {"bytes=0-18446744073709551615", 10, "0+10"},
        {"bytes=0-99999999999999999999999", 10, "0+10"},
        {"bytes=18446744073709551616-", 10, "beyond"},
        {"bytes=99999999999999999999998-99999999999999999999999", 10, "beyond"},
        {"bytes=-99999999999999999999999", 10, "0+10"},
        {"bytes=0-0,2-3, -1", 10, "0+1 2+2 9+1"},
        {"bytes=5-6,0-1", 10, "5+2 0+2"},
        {"bytes=, 0-0 ,\t,1-1,", 10, "0+1 1+1"},
        {"bytes=0-0,20-30", 10, "0+1"},
        {"bytes=10-,20-30,-0", 10, "beyond"},
        {"bytes=0-5,3-8,1-1", 10, "0+6 3+6 1+1"},
        {"bytes=0-5,3-8,1-1,2-2", 10, "too many"},
        {"bytes=0-,0-,0-,0-", 10, "too many"},
        {"bytes=0-0", 0, "beyond"},
        {"bytes=0-", 0, "beyond"},
        {"bytes=-5", 0, "none"},
        {"bytes=-0", 0, "beyond"},
        {"bytes=5368709119-", UINT64_C(5368709120), "5368709119+1"},
        {"bytes=4294967295-4294967297", UINT64_C(5368709120), "4294967295+3"},
    };
    char out[256];
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_string_equal(print_ranges(CASES[i].header, CASES[i].size, out), CASES[i].found);
}

static void so_many_ranges_and_no_more(void **state)
{
    char header[8 * (CAIRN_MAX_RANGES + 2)];
    cairn_byte_range ranges[CAIRN_MAX_RANGES];
    size_t n, length = (size_t)snprintf(header, sizeof header, "bytes=0-0");
    (void)state;
    for (int i = 1; i < CAIRN_MAX_RANGES; i++)
        length += (size_t)snprintf(header + length, sizeof header - length, ",%d-", 999 + i);
    assert_int_equal(cairn_range_parse(cairn_span_make(header, length), 999, ranges, &n), CAIRN_RANGE_SOME);
    assert_int_equal(n, 1);
    length += (size_t)snprintf(header + length, sizeof header - length, ",1-1");
    assert_int_equal(cairn_range_parse(cairn_span_make(header, length), 999, ranges, &n), CAIRN_RANGE_TOO_MANY);
}

/* ---- paths ---- */

static void only_names_of_data_are_served(void **state)
{
    static const struct {
        const char *rest;
        cairn_code code;
        const char *path;
    } CASES[] = {
        {"/a", CAIRN_OK, "a"},
        {"/a/b.tif", CAIRN_OK, "a/b.tif"},
        {"/a%20b/%C3%A9+c", CAIRN_OK, "a b/\xc3\xa9+c"},
        {"/%2561", CAIRN_OK, "%61"},
        {"/s.zarr/.zmetadata", CAIRN_OK, "s.zarr/.zmetadata"},
        {"/s.zarr/v/%2Ezarray", CAIRN_OK, "s.zarr/v/.zarray"},
        {"/s.zarr/v/0.0.0", CAIRN_OK, "s.zarr/v/0.0.0"},
        {"/a..b/c...", CAIRN_OK, "a..b/c..."},
        {"", CAIRN_NOT_FOUND, NULL},
        {"/", CAIRN_NOT_FOUND, NULL},
        {"//a", CAIRN_NOT_FOUND, NULL},
        {"/a/", CAIRN_NOT_FOUND, NULL},
        {"/a//b", CAIRN_NOT_FOUND, NULL},
        {"/.", CAIRN_NOT_FOUND, NULL},
        {"/..", CAIRN_NOT_FOUND, NULL},
        {"/a/../b", CAIRN_NOT_FOUND, NULL},
        {"/a/%2e%2E/b", CAIRN_NOT_FOUND, NULL},
        {"/a%2fb", CAIRN_NOT_FOUND, NULL},
        {"/..%2Fb", CAIRN_NOT_FOUND, NULL},
        {"/a%5cb", CAIRN_NOT_FOUND, NULL},
        {"/a\\b", CAIRN_NOT_FOUND, NULL},
        {"/a%0a", CAIRN_NOT_FOUND, NULL},
        {"/a%7f", CAIRN_NOT_FOUND, NULL},
        {"/.git/config", CAIRN_NOT_FOUND, NULL},
        {"/.env", CAIRN_NOT_FOUND, NULL},
        {"/.zsh_history", CAIRN_NOT_FOUND, NULL},
        {"/...", CAIRN_NOT_FOUND, NULL},
        {"/x.cairn", CAIRN_NOT_FOUND, NULL},
        {"/X.Cairn", CAIRN_NOT_FOUND, NULL}, /* the same on a file system that takes any case */
        {"/x.cairn-wal", CAIRN_NOT_FOUND, NULL},
        {"/x%2Ecairn.lock", CAIRN_NOT_FOUND, NULL},
        {"/x.cairns", CAIRN_OK, "x.cairns"},
        {"/a%00", CAIRN_INVALID, NULL},
        {"/a%", CAIRN_INVALID, NULL},
        {"/a%2", CAIRN_INVALID, NULL},
        {"/a%zz", CAIRN_INVALID, NULL},
    };
    cairn_arena *arena = cairn_arena_new(1 << 20);
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        cairn_span path;
        cairn_error error = CAIRN_ERROR_INIT;
        assert_int_equal(cairn_asset_path(S(CASES[i].rest), arena, &path, &error), CASES[i].code);
        assert_int_equal(error.code, CASES[i].code);
        if (CASES[i].path)
            assert_string_equal(path.p, CASES[i].path);
        else
            assert_null(path.p);
    }
    cairn_arena_free(arena);
}

/* ---- folders ---- */

static char folder[] = "/tmp/cairn-assets-XXXXXX";

static cairn_code parse_folders(const char *rules, cairn_arena *arena, cairn_asset_folders *out, cairn_error *error)
{
    *error = (cairn_error)CAIRN_ERROR_INIT;
    return cairn_asset_folders_parse(S(rules), arena, out, error);
}

static void rules_that_can_not_be_are_refused(void **state)
{
    static const struct {
        const char *rules, *message;
    } CASES[] = {
        {"/a/", "expected /path/=DIR"},
        {"=/tmp", "expected a path such as /assets/"},
        {"/=/tmp", "expected a path such as /assets/"},
        {"a/=/tmp", "expected a path such as /assets/"},
        {"/a/../b/=/tmp", "expected a path such as /assets/"},
        {"/a//b/=/tmp", "expected a path such as /assets/"},
        {"/a b/=/tmp", "expected a path such as /assets/"},
        {"/a%20b/=/tmp", "expected a path such as /assets/"},
        {"/search/=/tmp", "the API has /search there"},
        {"/collections/x/=/tmp", "the API has /collections there"},
        {"/api=/tmp", "the API has /api there"},
        {"/a/=", "expected a folder behind the '='"},
        {"/a/=/", "expected a folder of data"},
        {"/a/=/etc/passwd", "expected a folder of data"},
        {"/a/=/not/there", "/not/there: No such file"},
        {"/a/=/tmp\n/a=/tmp", "given twice"},
    };
    cairn_arena *arena = cairn_arena_new(1 << 20);
    cairn_asset_folders folders;
    cairn_error error;
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        assert_int_equal(parse_folders(CASES[i].rules, arena, &folders, &error), CAIRN_INVALID);
        if (!strstr(error.message, CASES[i].message))
            fail_msg("%s: %s", CASES[i].rules, error.message);
    }
    cairn_arena_free(arena);
}

static const char *find(const cairn_asset_folders *folders, const char *path, const char *prefix, char out[80])
{
    cairn_span rest;
    const cairn_asset_folder *found = cairn_asset_folders_find(folders, S(path), S(prefix), &rest);
    if (!found)
        return "none";
    snprintf(out, 80, "%.*s:%.*s", CAIRN_SPAN_FMT(found->path), CAIRN_SPAN_FMT(rest));
    return out;
}

static void the_longest_path_has_the_request(void **state)
{
    static const struct {
        const char *path, *prefix, *found;
    } CASES[] = {
        {"/a", "", "/a:"},          {"/a/", "", "/a:/"},
        {"/a/x/y", "", "/a:/x/y"},  {"/a/b/x", "", "/a/b:/x"},
        {"/a/bc", "", "/a:/bc"},    {"/ab", "", "none"},
        {"/", "", "none"},          {"/stac/a/x", "/stac", "/a:/x"},
        {"/a/x", "/stac", "/a:/x"}, {"/stacy/a/x", "/stac", "none"},
        {"/a/a/x", "/a", "/a:/x"},  {"/a/x", "/a", "/a:/x"},
    };
    cairn_arena *arena = cairn_arena_new(1 << 20);
    cairn_asset_folders folders;
    cairn_error error;
    char out[80];
    (void)state;
    assert_int_equal(parse_folders("/a/=/tmp\n\n /a/b=/tmp \n", arena, &folders, &error), CAIRN_OK);
    assert_int_equal(folders.n, 2);
    assert_string_equal(folders.list[0].directory, "/tmp");
    assert_true(cairn_span_is(folders.list[1].rule, "/a/b=/tmp"));
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_string_equal(find(&folders, CASES[i].path, CASES[i].prefix, out), CASES[i].found);
    cairn_arena_free(arena);
}

/* ---- opening ---- */

static int open_folder(void)
{
    int fd = open(folder, O_PATH | O_DIRECTORY);
    assert_true(fd >= 0);
    return fd;
}

static void write_file(const char *name)
{
    char path[80];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("text", file);
    fclose(file);
}

static int make_tree(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("sub", 0755), 0);
    write_file("file");
    write_file("sub/file");
    assert_int_equal(symlink("file", "inner"), 0);
    assert_int_equal(symlink("sub", "to-sub"), 0);
    assert_int_equal(symlink("/etc/passwd", "outer"), 0);
    assert_int_equal(symlink("../../etc", "sub/up"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(mkfifo("pipe", 0644), 0);
    return 0;
}

static int remove_tree(void **state)
{
    static const char *const NAMES[] = {"sub/file", "sub/up", "file", "inner", "to-sub", "outer", "loop", "pipe"};
    (void)state;
    for (size_t i = 0; i < COUNT(NAMES); i++)
        unlink(NAMES[i]);
    rmdir("sub");
    return chdir("/tmp") == 0 ? rmdir(folder) : -1;
}

static void nothing_outside_is_opened(void **state)
{
    static const struct {
        const char *path;
        bool beneath, stepwise;
    } CASES[] = {
        {"file", true, true},          {"sub/file", true, true}, {"inner", true, false},
        {"to-sub/file", true, false},  {"outer", false, false},  {"sub/up/passwd", false, false},
        {"loop", false, false},        {"none", false, false},   {"file/x", false, false},
        {"../file", false, true}, /* never asked for: paths have no ".." */
        {"/etc/passwd", false, false},
    };
    int root = open_folder();
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        int fd = cairn_open_beneath(root, CASES[i].path);
        assert_int_equal(fd >= 0, CASES[i].beneath);
        close(fd);
        if (CASES[i].path[0] == '.' || CASES[i].path[0] == '/')
            continue;
        fd = cairn_open_stepwise(root, CASES[i].path);
        assert_int_equal(fd >= 0, CASES[i].stepwise);
        close(fd);
    }
    close(root);
}

static void only_regular_files_are_opened(void **state)
{
    static const char *const PATHS[] = {"pipe", "sub", "outer", "loop", "none", "file/x"};
    struct stat status;
    int fd, root = open_folder();
    char name[400];
    (void)state;
    for (size_t i = 0; i < COUNT(PATHS); i++)
        assert_int_equal(cairn_asset_open(root, PATHS[i], &fd, &status, NULL), CAIRN_NOT_FOUND);
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = 0;
    assert_int_equal(cairn_asset_open(root, name, &fd, &status, NULL), CAIRN_NOT_FOUND);
    name[300] = '/';
    assert_int_equal(cairn_open_stepwise(root, name), -1);
    assert_int_equal(cairn_asset_open(root, "inner", &fd, &status, NULL), CAIRN_OK);
    assert_int_equal(status.st_size, 4);
    close(fd);
    close(root);
}

/* Root may read everything, so that is given up for a moment. */
static void what_may_not_be_read_is_not_missing(void **state)
{
    struct stat status;
    int fd, root = open_folder();
    bool is_root = geteuid() == 0;
    (void)state;
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod("file", 0), 0);
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    cairn_code code = cairn_asset_open(root, "file", &fd, &status, NULL);
    if (is_root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(code, CAIRN_CONFLICT);
    assert_int_equal(chmod("file", 0644), 0);
    close(root);
}

/* ---- dates and conditions ---- */

static void dates_have_three_forms(void **state)
{
    static const char *const SAME[] = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                       "Sun Nov  6 08:49:37 1994"};
    static const char *const BAD[] = {"",
                                      "now",
                                      "Sun, 06 Nov 1994",
                                      "Sun, 06 Nov 1994 08:49:37 GMT x",
                                      "784111777",
                                      "Sun, 06 Nov 1994 08:49:37 CET",
                                      "Sun, 46 Nov 1994 08:49:37 GMT"};
    char text[CAIRN_HTTP_DATE_SIZE];
    int64_t seconds;
    (void)state;
    for (size_t i = 0; i < COUNT(SAME); i++) {
        assert_true(cairn_http_date_parse(S(SAME[i]), &seconds));
        assert_int_equal(seconds, 784111777);
    }
    for (size_t i = 0; i < COUNT(BAD); i++)
        assert_false(cairn_http_date_parse(S(BAD[i]), &seconds));
    cairn_http_date_format(784111777, text);
    assert_string_equal(text, SAME[0]);
    cairn_http_date_format(INT64_MAX, text);
    assert_string_equal(text, "");
}

static void describe(int64_t age, cairn_asset *asset)
{
    struct stat status = {.st_dev = 1, .st_ino = 2, .st_size = 3, .st_mtim = {1000000, 5}};
    cairn_asset_describe(&status, 1000000 * CAIRN_SECOND + 5 + age, asset);
}

static void conditions_have_an_order(void **state)
{
    static const char BEFORE[] = "Mon, 12 Jan 1970 13:46:39 GMT", AT[] = "Mon, 12 Jan 1970 13:46:40 GMT";
    cairn_asset asset;
    (void)state;
    describe(10 * CAIRN_SECOND, &asset);
    assert_string_equal(asset.last_modified, AT);
    const struct {
        cairn_fields fields;
        cairn_condition condition;
    } CASES[] = {
        {{.range = S("")}, CAIRN_CONDITION_MET},
        {{.if_none_match = S(asset.etag)}, CAIRN_CONDITION_SAME},
        {{.if_none_match = S("*")}, CAIRN_CONDITION_SAME},
        {{.if_none_match = S("\"x\""), .if_modified_since = S(AT)}, CAIRN_CONDITION_MET},
        {{.if_modified_since = S(AT)}, CAIRN_CONDITION_SAME},
        {{.if_modified_since = S(BEFORE)}, CAIRN_CONDITION_MET},
        {{.if_modified_since = S("x")}, CAIRN_CONDITION_MET},
        {{.if_match = S(asset.etag)}, CAIRN_CONDITION_MET},
        {{.if_match = S("*"), .if_none_match = S(asset.etag)}, CAIRN_CONDITION_SAME},
        {{.if_match = S("\"x\"")}, CAIRN_CONDITION_FAILED},
        {{.if_match = S("\"x\""), .if_none_match = S("*")}, CAIRN_CONDITION_FAILED},
        {{.if_unmodified_since = S(BEFORE)}, CAIRN_CONDITION_FAILED},
        {{.if_unmodified_since = S(AT)}, CAIRN_CONDITION_MET},
        {{.if_match = S(asset.etag), .if_unmodified_since = S(BEFORE)}, CAIRN_CONDITION_MET},
    };
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(cairn_asset_check(&asset, &CASES[i].fields), CASES[i].condition);
}

static void if_range_needs_what_is_certain(void **state)
{
    static const char AT[] = "Mon, 12 Jan 1970 13:46:40 GMT";
    cairn_asset asset, fresh;
    char weak[40];
    (void)state;
    describe(10 * CAIRN_SECOND, &asset);
    describe(0, &fresh);
    snprintf(weak, sizeof weak, "W/%s", asset.etag);
    assert_string_equal(fresh.etag, weak);
    assert_true(cairn_asset_range_counts(&asset, &(cairn_fields){.range = S("")}));
    assert_true(cairn_asset_range_counts(&asset, &(cairn_fields){.if_range = S(asset.etag)}));
    assert_true(cairn_asset_range_counts(&asset, &(cairn_fields){.if_range = S(AT)}));
    assert_false(cairn_asset_range_counts(&asset, &(cairn_fields){.if_range = S(weak)}));
    assert_false(cairn_asset_range_counts(&asset, &(cairn_fields){.if_range = S("\"x\"")}));
    assert_false(cairn_asset_range_counts(&asset, &(cairn_fields){.if_range = S("Mon, 12 Jan 1970 13:46:41 GMT")}));
    assert_false(cairn_asset_range_counts(&fresh, &(cairn_fields){.if_range = S(asset.etag)}));
    assert_false(cairn_asset_range_counts(&fresh, &(cairn_fields){.if_range = S(AT)}));
    assert_int_equal(cairn_asset_check(&fresh, &(cairn_fields){.if_none_match = S(asset.etag)}), CAIRN_CONDITION_SAME);
    assert_int_equal(cairn_asset_check(&fresh, &(cairn_fields){.if_match = S(fresh.etag)}), CAIRN_CONDITION_FAILED);
}

static void media_types_go_by_the_name(void **state)
{
    static const struct {
        const char *path, *type;
    } CASES[] = {
        {"a/b.TIF", "image/tiff; application=geotiff"},
        {"a.tiff", "image/tiff; application=geotiff"},
        {"s.zarr/.zarray", "application/json"},
        {".zgroup", "application/json"},
        {"s.zarr/zarr.json", "application/json"},
        {"a.geojson", "application/geo+json"},
        {"a.copc.laz", "application/vnd.laszip+copc"},
        {"a.nc", "application/netcdf"},
        {"s.zarr/v/0.0", NULL},
        {"s.zarr/v/c/0/1", NULL},
        {"tif", NULL},
        {"x.zarray", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const char *type = cairn_media_of_name(S(CASES[i].path));
        assert_true(type == CASES[i].type || (type && CASES[i].type && strcmp(type, CASES[i].type) == 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_those_of_rfc_9110),     cmocka_unit_test(so_many_ranges_and_no_more),
        cmocka_unit_test(only_names_of_data_are_served),    cmocka_unit_test(rules_that_can_not_be_are_refused),
        cmocka_unit_test(the_longest_path_has_the_request), cmocka_unit_test(nothing_outside_is_opened),
        cmocka_unit_test(only_regular_files_are_opened),    cmocka_unit_test(what_may_not_be_read_is_not_missing),
        cmocka_unit_test(dates_have_three_forms),           cmocka_unit_test(conditions_have_an_order),
        cmocka_unit_test(if_range_needs_what_is_certain),   cmocka_unit_test(media_types_go_by_the_name),
    };
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
