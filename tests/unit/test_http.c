// LINK: http
/* The parsers of the HTTP room that know no library: targets, hosts, networks, proxies, gate, codings. */
#include "http/encoding.h"
#include "http/forwarded.h"
#include "http/gate.h"
#include "http/target.h"
#include "http/watch.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define S cairn_span_of

static cairn_code parse(cairn_arena *arena, const char *raw, cairn_request *request, cairn_target_form *form)
{
    *request = (cairn_request){.arena = arena};
    return cairn_target_parse(S(raw), arena, request, form, NULL);
}

static void segments_are_split_before_they_are_decoded(void **state)
{
    static const struct {
        const char *raw;
        size_t n;
        const char *segments[4];
    } CASES[] = {
        {"/", 0, {0}},
        {"/?a=b", 0, {0}},
        {"/a", 1, {"a"}},
        {"/a/", 1, {"a"}},
        {"/a//", 2, {"a", ""}},
        {"//", 1, {""}},
        {"//a", 2, {"", "a"}},
        {"/a%2Fb/c", 2, {"a/b", "c"}},
        {"/%2e%2E/./..", 3, {"..", ".", ".."}},
        {"/a+b%20c%2B", 1, {"a+b c+"}},
        {"/%25%32%35", 1, {"%25"}},
        {"/\xc3\xa9/%C3%A9", 2, {"\xc3\xa9", "\xc3\xa9"}},
        {"http://h/a/b", 2, {"a", "b"}},
        {"HTTPS://h", 0, {0}},
        {"http://h?x", 0, {0}},
        {"*", 0, {0}},
    };
    cairn_arena *arena = cairn_arena_new(1 << 20);
    cairn_request request;
    cairn_target_form form;
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_int_equal(parse(arena, CASES[i].raw, &request, &form), CAIRN_OK);
        assert_int_equal(request.n_segments, CASES[i].n);
        for (size_t k = 0; k < CASES[i].n; k++)
            assert_true(cairn_span_is(request.segments[k], CASES[i].segments[k]));
    }
    cairn_arena_free(arena);
}

static void params_are_split_before_they_are_decoded(void **state)
{
    cairn_arena *arena = cairn_arena_new(1 << 20);
    cairn_request request;
    cairn_target_form form;
    (void)state;
    assert_int_equal(parse(arena, "/s?a=1+2%2B3&&b&=c&d=e=f%26g&h=?x/y&%61%3D=", &request, &form), CAIRN_OK);
    static const char *const EXPECTED[][2] = {{"a", "1 2+3"}, {"b", ""},     {"", "c"},
                                              {"d", "e=f&g"}, {"h", "?x/y"}, {"a=", ""}};
    assert_int_equal(request.n_params, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_true(cairn_span_is(request.params[i].name, EXPECTED[i][0]));
        assert_true(cairn_span_is(request.params[i].value, EXPECTED[i][1]));
        assert_non_null(request.params[i].value.p);
    }
    assert_true(cairn_span_is(request.path, "/s"));
    cairn_arena_free(arena);
}

static void bad_targets(void **state)
{
    static const char *const BAD[] = {"",     "a",     "a:80", "ftp://h/", "/%",   "/%4",   "/%zz", "/%00",   "/a%0",
                                      "/a b", "/\x01", "/#",   "/\x7f",    "?a=b", "/?a=%", "**",   "/?%00=1"};
    cairn_arena *arena = cairn_arena_new(1 << 20);
    cairn_request request;
    cairn_target_form form;
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        assert_int_equal(parse(arena, BAD[i], &request, &form), CAIRN_INVALID);
    assert_int_equal(parse(arena, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", &request, &form), CAIRN_OK);
    assert_int_equal(parse(arena, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", &request, &form), CAIRN_NOT_FOUND);
    cairn_arena_free(arena);
}

static void a_full_arena_is_said(void **state)
{
    char raw[2000] = "/%41";
    cairn_arena *arena = cairn_arena_new(64);
    cairn_request request;
    cairn_target_form form;
    (void)state;
    memset(raw + 4, 'a', sizeof raw - 5);
    raw[sizeof raw - 1] = 0;
    assert_int_equal(parse(arena, raw, &request, &form), CAIRN_NOMEM);
    cairn_arena_free(arena);
}

static void prefixes_are_stripped_when_whole(void **state)
{
    static const struct {
        const char *raw, *prefix;
        size_t left;
    } CASES[] = {{"/stac/v1/search", "/stac/v1", 1}, {"/stac/v1", "/stac/v1", 0},     {"/stac/search", "/stac/v1", 2},
                 {"/search", "/stac/v1", 1},         {"/stac%2Fv1/x", "/stac/v1", 2}, {"/search", "", 1},
                 {"/stac/v1x/search", "/stac/v1", 3}};
    cairn_arena *arena = cairn_arena_new(1 << 20);
    cairn_request request;
    cairn_target_form form;
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_int_equal(parse(arena, CASES[i].raw, &request, &form), CAIRN_OK);
        cairn_target_strip(&request, S(CASES[i].prefix));
        assert_int_equal(request.n_segments, CASES[i].left);
    }
    cairn_arena_free(arena);
}

static void hosts(void **state)
{
    static const char *const GOOD[] = {"a", "a.b-c_d~e", "A1:0", "a:65535", "1.2.3.4:80", "[::1]", "[2001:db8::1]:443"};
    static const char *const BAD[] = {"",        ":80",    "a:",      "a:65536", "a:b",  "a:-1", "a b",
                                      "a/b",     "a@b",    "a,b",     "[]",      "[::1", "::1]", "[1.2.3.4]",
                                      "[::g]:1", "[::1]x", "[::1]80", "a\"b",    "a%41"};
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++)
        assert_true(cairn_host_is_valid(S(GOOD[i])));
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        assert_false(cairn_host_is_valid(S(BAD[i])));
    assert_true(cairn_host_has_port(S("[::1]:80")) && cairn_host_has_port(S("a:80")));
    assert_false(cairn_host_has_port(S("[::1]")) || cairn_host_has_port(S("a")));
}

static bool has(const char *network, const char *address)
{
    cairn_network one;
    cairn_address two;
    cairn_networks list = {&one, 1};
    assert_int_equal(cairn_network_parse(S(network), &one, NULL), CAIRN_OK);
    assert_true(cairn_address_parse(S(address), &two));
    return cairn_networks_have(&list, &two);
}

static void networks(void **state)
{
    static const char *const BAD[] = {"",           "/8",        "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/x", "10.1.0.0/8",
                                      "fd00::/129", "fd00::1/8", "a"};
    cairn_network network;
    (void)state;
    assert_true(has("10.0.0.0/8", "10.255.0.1"));
    assert_false(has("10.0.0.0/8", "11.0.0.0"));
    assert_true(has("10.0.0.128/25", "10.0.0.255"));
    assert_false(has("10.0.0.128/25", "10.0.0.127"));
    assert_true(has("0.0.0.0/0", "1.2.3.4"));
    assert_false(has("0.0.0.0/0", "::1"));
    assert_true(has("::/0", "1.2.3.4"));
    assert_true(has("192.0.2.1", "::ffff:192.0.2.1"));
    assert_true(has("192.0.2.1", "192.0.2.1:8080"));
    assert_true(has("fd00::/9", "[fd7f::1]:80"));
    assert_false(has("fd00::/9", "[fd80::1]"));
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        assert_int_equal(cairn_network_parse(S(BAD[i]), &network, NULL), CAIRN_INVALID);
}

static void gzip_by_quality(void **state)
{
    static const char *const YES[] = {"gzip", "*", "a, gzip;q=0.001", "gzip;q=0, gzip", "identity;q=0.2, *;q=0.2"};
    static const char *const NO[] = {"",  "gzip;q=0", "gzip;q=0.0000", "*;q=0", "gzip;q=0.1, identity", "gzip;level=1",
                                     "gz"};
    (void)state;
    assert_false(cairn_accepts_gzip(CAIRN_SPAN_NONE));
    for (size_t i = 0; i < sizeof YES / sizeof YES[0]; i++)
        assert_true(cairn_accepts_gzip(S(YES[i])));
    for (size_t i = 0; i < sizeof NO / sizeof NO[0]; i++)
        assert_false(cairn_accepts_gzip(S(NO[i])));
}

static void the_gate_keeps_the_first_fault(void **state)
{
    cairn_gate gate = CAIRN_GATE_INIT;
    cairn_error error = CAIRN_ERROR_INIT;
    uint64_t length;
    bool chunked;
    (void)state;
    cairn_gate_header(&gate, S("host"), S(" a "));
    cairn_gate_header(&gate, S("CONTENT-LENGTH"), S("12"));
    assert_int_equal(cairn_gate_check(&gate, CAIRN_POST, S("HTTP/1.1"), &length, &chunked, &error), CAIRN_OK);
    assert_int_equal(length, 12);
    assert_false(chunked);
    assert_int_equal(cairn_gate_check(&gate, CAIRN_GET, S("HTTP/1.1"), &length, &chunked, &error), CAIRN_INVALID);
    cairn_error_clear(&error);
    cairn_gate_header(&gate, S("X "), S("1"));
    cairn_gate_header(&gate, S("Y"), cairn_span_make("a\0b", 3));
    assert_int_equal(cairn_gate_check(&gate, CAIRN_POST, S("HTTP/1.1"), &length, &chunked, &error), CAIRN_INVALID);
    assert_non_null(strstr(error.message, "header name 'X '"));
}

static void a_late_connection_is_shut(void **state)
{
    int pair[2];
    char got[64];
    static const struct timespec TICK = {0, 50 * CAIRN_MILLISECOND};
    cairn_address peer = {{1}}, other = {{2}};
    cairn_watch *watch = cairn_watch_new("late");
    (void)state;
    assert_non_null(watch);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    cairn_guard *guard = cairn_watch_add(watch, pair[0], &peer, cairn_clock_now() + CAIRN_SECOND / 10);
    assert_int_equal(cairn_watch_count(watch, &peer), 1);
    assert_int_equal(cairn_watch_count(watch, &other), 0);
    assert_int_equal(cairn_watch_busy(watch, CAIRN_SECOND), 1);
    assert_int_equal(cairn_watch_busy(watch, 0), 0);
    assert_true(cairn_guard_set(guard, CAIRN_READING, cairn_clock_now() + CAIRN_SECOND / 10));
    assert_int_equal(cairn_watch_busy(watch, 0), 1);
    assert_int_equal(read(pair[1], got, sizeof got), 4);
    assert_int_equal(read(pair[1], got, sizeof got), 0);
    while (cairn_guard_set(guard, CAIRN_ANSWERING, 0))
        nanosleep(&TICK, NULL);
    cairn_watch_remove(watch, guard);
    assert_int_equal(cairn_watch_busy(watch, 0), 0);
    cairn_watch_free(watch);
    close(pair[0]);
    close(pair[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_split_before_they_are_decoded),
        cmocka_unit_test(params_are_split_before_they_are_decoded),
        cmocka_unit_test(bad_targets),
        cmocka_unit_test(a_full_arena_is_said),
        cmocka_unit_test(prefixes_are_stripped_when_whole),
        cmocka_unit_test(hosts),
        cmocka_unit_test(networks),
        cmocka_unit_test(gzip_by_quality),
        cmocka_unit_test(the_gate_keeps_the_first_fault),
        cmocka_unit_test(a_late_connection_is_shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
