// LINK: href
/* A JSON document, taken as an item, with the hrefs of its assets in each mode. What comes out is JSON that differs in
 * hrefs only; in the mode `source` not even there; rewriting it again changes nothing; what changes is looked at. */
#include "fuzz.h"

#include "base/json.h"
#include "href/href.h"

enum { FUZZ_ARENA = 64 << 20, FUZZ_TEXT = 1 << 24 };

static cairn_href_map *map;

static void make_map(void)
{
    static const char *const rules[] = {"s3://mapped/=https://mirror.example.org/x/", "gs://mapped/=file:///mnt/",
                                        "https://old.example.org=https://new.example.org"};
    cairn_error error = CAIRN_ERROR_INIT;
    map = cairn_href_map_new();
    FUZZ_ASSERT(map);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        FUZZ_ASSERT(cairn_href_map_add(map, cairn_span_of(rules[i]), &error) == CAIRN_OK);
    FUZZ_ASSERT(cairn_href_map_add_folder(map, cairn_span_of("/files/=/data/a b"), &error) == CAIRN_OK);
}

/* The text without the values of all that is called href, at whatever place. Recursion: bounded by the check. */
static void without_hrefs(cairn_span value, cairn_buf *out)
{
    char kind = cairn_json_kind(value);
    cairn_json_walk walk = cairn_json_walk_object(value);
    if (kind != '{' && kind != '[') {
        cairn_buf_add_span(out, value);
        return;
    }
    cairn_buf_add_byte(out, kind);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        cairn_buf_add_span(out, member.key);
        cairn_buf_add_byte(out, ':');
        if (cairn_json_kind(member.value) != '"' || !cairn_json_key_is(member.key, "href"))
            without_hrefs(member.value, out);
        cairn_buf_add_byte(out, ',');
    }
    walk = cairn_json_walk_array(value);
    for (cairn_span element; cairn_json_next_element(&walk, &element);) {
        without_hrefs(element, out);
        cairn_buf_add_byte(out, ',');
    }
}

static void rewrite(const cairn_href_view *view, cairn_span item, cairn_buf *out)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_arena *arena = cairn_arena_new(FUZZ_ARENA);
    FUZZ_ASSERT(arena);
    FUZZ_ASSERT(cairn_href_rewrite(view, item, arena, out, NULL, &error) == CAIRN_OK && !out->failed);
    FUZZ_ASSERT(cairn_json_check(cairn_buf_span(out), CAIRN_JSON_MAX_DEPTH, NULL, NULL) == CAIRN_OK);
    cairn_arena_free(arena);
}

static void check(const cairn_href_view *view, cairn_span item, unsigned kinds)
{
    cairn_buf once = CAIRN_BUF_INIT(FUZZ_TEXT), twice = CAIRN_BUF_INIT(FUZZ_TEXT);
    cairn_buf before = CAIRN_BUF_INIT(FUZZ_TEXT), after = CAIRN_BUF_INIT(FUZZ_TEXT);
    rewrite(view, item, &once);
    rewrite(view, cairn_buf_span(&once), &twice);
    bool same = cairn_span_equal(cairn_buf_span(&once), item);
    FUZZ_ASSERT(cairn_span_equal(cairn_buf_span(&once), cairn_buf_span(&twice)));
    FUZZ_ASSERT(same || cairn_href_view_touches(view, kinds));
    FUZZ_ASSERT(same || view->mode != CAIRN_HREF_SOURCE);
    without_hrefs(item, &before);
    without_hrefs(cairn_buf_span(&once), &after);
    FUZZ_ASSERT(cairn_span_equal(cairn_buf_span(&before), cairn_buf_span(&after)));
    cairn_buf_free(&once);
    cairn_buf_free(&twice);
    cairn_buf_free(&before);
    cairn_buf_free(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cairn_error error = CAIRN_ERROR_INIT;
    unsigned traits;
    cairn_span item = cairn_span_trim(cairn_span_make((const char *)data, size));
    if (!map)
        make_map();
    if (cairn_json_check(item, CAIRN_JSON_MAX_DEPTH, NULL, NULL) != CAIRN_OK)
        return 0;
    cairn_arena *arena = cairn_arena_new(FUZZ_ARENA);
    FUZZ_ASSERT(arena && cairn_traits_of(item, arena, &traits, &error) == CAIRN_OK);
    cairn_arena_free(arena);
    for (int mode = CAIRN_HREF_LOADABLE; mode <= CAIRN_HREF_SIGNED; mode++) {
        const cairn_href_view view = {map, (cairn_href_mode)mode, cairn_span_of("http://host/stac"), 0};
        check(&view, item, traits & CAIRN_HREFS_ALL);
    }
    return 0;
}
