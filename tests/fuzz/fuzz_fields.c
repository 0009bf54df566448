// LINK: query
/* The first line asks: as GET's `fields`, or as POST's when it is JSON. The rest is a document whose members are put
 * into open form. What is sent is JSON (closed as the server does), and asking the same of it again changes nothing. */
#include "fuzz.h"

#include "query/fields.h"
#include "stac/document.h"

enum { FUZZ_ARENA = 16 << 20, FUZZ_TEXT = 1 << 22 };

static const cairn_fields *ask(cairn_span line, cairn_arena *arena)
{
    const cairn_fields *fields = NULL;
    cairn_error error = CAIRN_ERROR_INIT;
    bool is_json = cairn_json_check(line, CAIRN_JSON_MAX_DEPTH, NULL, NULL) == CAIRN_OK;
    cairn_code code = is_json ? cairn_fields_from_json(cairn_span_trim(line), arena, &fields, &error)
                              : cairn_fields_from_text(line, arena, &fields, &error);
    FUZZ_ASSERT(code == error.code && (code == CAIRN_OK) == (fields != NULL));
    FUZZ_ASSERT(code == CAIRN_OK || (error.message[0] && (error.parameter[0] || code == CAIRN_NOMEM)));
    return fields;
}

/* All members but the links; false when it is no object. */
static bool make_open(cairn_span text, cairn_buf *open)
{
    cairn_buf small = CAIRN_BUF_INIT(FUZZ_TEXT);
    bool ok = cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL) == CAIRN_OK &&
              cairn_json_minify(cairn_span_trim(text), &small) && cairn_json_kind(cairn_buf_span(&small)) == '{';
    cairn_json_walk walk = cairn_json_walk_object(cairn_buf_span(&small));
    cairn_buf_add_byte(open, '{');
    for (cairn_json_member member; ok && cairn_json_next_member(&walk, &member);)
        if (!cairn_json_key_is(member.key, "links")) {
            cairn_buf_add_span(open, member.whole);
            cairn_buf_add_byte(open, ',');
        }
    cairn_buf_add_text(open, "\"links\":[{\"rel\":\"license\"},");
    cairn_buf_free(&small);
    return ok && !open->failed;
}

static void check(const cairn_fields *fields, cairn_span open)
{
    cairn_buf sent = CAIRN_BUF_INIT(FUZZ_TEXT), whole = CAIRN_BUF_INIT(FUZZ_TEXT);
    FUZZ_ASSERT(cairn_fields_write(fields, open, &sent));
    FUZZ_ASSERT(sent.n <= open.n);
    if (cairn_fields_want_links(fields))
        FUZZ_ASSERT(cairn_document_close(cairn_buf_span(&sent), CAIRN_SPAN_NONE, &whole));
    else
        FUZZ_ASSERT(cairn_buf_add_span(&whole, cairn_buf_span(&sent)));
    FUZZ_ASSERT(cairn_json_check(cairn_buf_span(&whole), CAIRN_JSON_MAX_DEPTH, NULL, NULL) == CAIRN_OK);
    if (!cairn_fields_want(fields, "assets"))
        FUZZ_ASSERT(!cairn_json_get(cairn_buf_span(&whole), "type").p ||
                    !cairn_json_string_is(cairn_json_get(cairn_buf_span(&whole), "type"), "Feature") ||
                    !cairn_json_get(cairn_buf_span(&whole), "assets").p);
    cairn_buf_free(&whole);
    cairn_buf_free(&sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size ? (const char *)data : "";
    const char *newline = memchr(text, '\n', size);
    size_t cut = newline ? (size_t)(newline - text) : size;
    cairn_span rest = newline ? cairn_span_make(newline + 1, size - cut - 1) : cairn_span_of("{}");
    cairn_arena *arena = cairn_arena_new(FUZZ_ARENA);
    cairn_buf open = CAIRN_BUF_INIT(FUZZ_TEXT);
    FUZZ_ASSERT(arena);
    const cairn_fields *fields = ask(cairn_span_make(text, cut), arena);
    if (fields && make_open(rest, &open))
        check(fields, cairn_buf_span(&open));
    cairn_buf_free(&open);
    cairn_arena_free(arena);
    return 0;
}
