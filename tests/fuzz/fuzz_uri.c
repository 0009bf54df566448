/* The first line is a base, the rest a reference. What is resolved holds only characters of URIs, and resolving it
 * again against the same base changes nothing. */
#include "fuzz.h"

#include "base/uri.h"

static void check_characters(cairn_span uri)
{
    for (size_t i = 0; i < uri.n; i++) {
        unsigned char c = (unsigned char)uri.p[i];
        FUZZ_ASSERT(c > ' ' && c < 0x7F && !strchr("<>\"{}|\\^`", c));
    }
}

static void check_paths(cairn_arena *arena, cairn_span text)
{
    cairn_span path = cairn_uri_to_path(arena, text);
    if (!path.p)
        return;
    FUZZ_ASSERT(path.p[0] == '/' && strlen(path.p) == path.n);
    cairn_span uri = cairn_uri_from_path(arena, path);
    FUZZ_ASSERT(uri.p);
    check_characters(uri);
    cairn_span back = cairn_uri_to_path(arena, uri);
    FUZZ_ASSERT(cairn_span_equal(back, path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cairn_span text = cairn_span_make((const char *)data, size);
    const char *newline = size ? memchr(data, '\n', size) : NULL;
    size_t cut = newline ? (size_t)(newline - text.p) : size;
    cairn_span base = cairn_span_make(text.p, cut);
    cairn_span reference = newline ? cairn_span_make(newline + 1, size - cut - 1) : cairn_span_make("", 0);
    cairn_arena *arena = cairn_arena_new((size_t)64 << 20);
    FUZZ_ASSERT(arena);
    cairn_span uri = cairn_uri_resolve(arena, base, reference);
    FUZZ_ASSERT(uri.p || size > (1 << 20));
    check_characters(uri);
    if (cairn_uri_is_absolute(uri)) {
        cairn_span once = cairn_uri_resolve(arena, base, uri);
        cairn_span again = cairn_uri_resolve(arena, base, once);
        /* A scheme of one letter can look like a drive when dots are gone: "n:a/../b". */
        FUZZ_ASSERT(once.p && (cairn_span_equal(again, once) || !cairn_uri_is_absolute(once)));
    }
    check_paths(arena, base);
    check_paths(arena, uri);
    cairn_uri_decode(arena, text);
    cairn_arena_free(arena);
    return 0;
}
