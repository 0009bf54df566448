// LINK: http
/* Lines: request target, Accept-Encoding, If-None-Match, Forwarded, X-Forwarded-For, -Host, -Proto, -Port, -Prefix, a
 * header name, a header value. What is accepted has the form that the rest of the program relies on. */
#include "fuzz.h"

#include "http/encoding.h"
#include "http/forwarded.h"
#include "http/gate.h"
#include "http/target.h"

enum { N_LINES = 11, MEMORY = 4 << 20 };

static void split(cairn_span text, cairn_span lines[N_LINES])
{
    for (int i = 0; i < N_LINES; i++) {
        const char *end = text.n ? memchr(text.p, '\n', text.n) : NULL;
        lines[i] = cairn_span_make(text.p, end ? (size_t)(end - text.p) : text.n);
        text = end ? cairn_span_make(end + 1, text.n - lines[i].n - 1) : cairn_span_make(text.p + text.n, 0);
    }
}

static void check_decoded(cairn_span text)
{
    FUZZ_ASSERT(text.p && (text.n == 0 || !memchr(text.p, 0, text.n)));
}

static void check_target(cairn_span raw, cairn_arena *arena)
{
    cairn_request request = {.arena = arena};
    cairn_target_form form;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_code code = cairn_target_parse(raw, arena, &request, &form, &error);
    FUZZ_ASSERT(code == error.code && (!code || error.message[0]));
    FUZZ_ASSERT(request.n_segments <= CAIRN_MAX_SEGMENTS && request.n_params <= CAIRN_MAX_PARAMS);
    if (code)
        return;
    size_t before = request.n_segments, slashes = 0;
    for (size_t i = 0; i < request.path.n; i++)
        slashes += request.path.p[i] == '/';
    FUZZ_ASSERT(form.asterisk || before == slashes || before + 1 == slashes);
    for (size_t i = 0; i < request.n_segments; i++)
        check_decoded(request.segments[i]);
    for (size_t i = 0; i < request.n_params; i++) {
        check_decoded(request.params[i].name);
        check_decoded(request.params[i].value);
    }
    cairn_target_strip(&request, cairn_span_of("/stac/v1"));
    FUZZ_ASSERT(request.n_segments == before || request.n_segments + 2 == before);
}

static void check_origin(const cairn_span lines[N_LINES], cairn_arena *arena)
{
    cairn_network networks[2];
    cairn_address peer;
    cairn_error error = CAIRN_ERROR_INIT;
    FUZZ_ASSERT(!cairn_network_parse(cairn_span_of("10.0.0.0/8"), &networks[0], &error));
    FUZZ_ASSERT(!cairn_network_parse(cairn_span_of("fd00::/8"), &networks[1], &error));
    FUZZ_ASSERT(cairn_address_parse(cairn_span_of("10.1.2.3"), &peer));
    cairn_networks trusted = {networks, 2};
    cairn_origin origin = {cairn_span_of("http"), cairn_span_of("a"), cairn_span_of("")};
    cairn_forwarded headers = {.forwarded = lines[3]};
    if (lines[3].n == 0)
        headers = (cairn_forwarded){CAIRN_SPAN_NONE, lines[4], lines[6], lines[5], lines[7], lines[8]};
    if (cairn_forwarded_apply(&headers, &trusted, &peer, arena, &origin, &error)) {
        FUZZ_ASSERT(error.parameter[0] || error.code == CAIRN_NOMEM);
        return;
    }
    FUZZ_ASSERT(cairn_span_is(origin.scheme, "http") || cairn_span_is(origin.scheme, "https"));
    FUZZ_ASSERT(cairn_host_is_valid(origin.host) && cairn_prefix_is_valid(origin.prefix));
    for (size_t i = 0; i < origin.host.n; i++)
        FUZZ_ASSERT((unsigned char)origin.host.p[i] > ' ' && !strchr("<>\"'\\/@?#%", origin.host.p[i]));
}

static void check_gate(cairn_span name, cairn_span value)
{
    cairn_gate gate = CAIRN_GATE_INIT;
    cairn_error error = CAIRN_ERROR_INIT;
    uint64_t length;
    bool chunked;
    cairn_gate_header(&gate, cairn_span_of("Host"), cairn_span_of("a"));
    cairn_gate_header(&gate, name, value);
    if (cairn_gate_check(&gate, CAIRN_POST, cairn_span_of("HTTP/1.1"), &length, &chunked, &error))
        return;
    FUZZ_ASSERT(!value.n || !memchr(value.p, 0, value.n));
    FUZZ_ASSERT(!(chunked && length) && gate.hosts == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cairn_span lines[N_LINES];
    cairn_arena *arena = cairn_arena_new(MEMORY);
    split(cairn_span_make((const char *)data, size), lines);
    FUZZ_ASSERT(arena);
    check_target(lines[0], arena);
    cairn_accepts_gzip(lines[1]);
    FUZZ_ASSERT(!cairn_etag_matches(lines[2], "") || cairn_span_is(cairn_span_trim(lines[2]), "*"));
    cairn_etag_matches(lines[2], "\"0123456789abcdef\"");
    check_origin(lines, arena);
    check_gate(lines[9], lines[10]);
    cairn_arena_free(arena);
    return 0;
}
