// LINK: query
/* The first line is a query, as a string or, when it is JSON, as POST's `q`; the rest is a text. The words of a text
 * are words already, and the FTS5 expression is one of quoted words, operators and parentheses that match. */
#include "fuzz.h"

#include "base/json.h"
#include "query/text/text.h"

enum { FUZZ_ARENA = 16 << 20, FUZZ_TEXT = 1 << 22 };

static const cairn_text_query *ask(cairn_span line, cairn_arena *arena)
{
    const cairn_text_query *query = NULL;
    cairn_error error = CAIRN_ERROR_INIT;
    bool is_json = cairn_json_check(line, CAIRN_JSON_MAX_DEPTH, NULL, NULL) == CAIRN_OK;
    cairn_code code = is_json ? cairn_text_from_json(cairn_span_trim(line), NULL, arena, &query, &error)
                              : cairn_text_from_string(line, NULL, arena, &query, &error);
    FUZZ_ASSERT(code == error.code && (code == CAIRN_OK) == (query != NULL));
    FUZZ_ASSERT(code == CAIRN_OK || code == CAIRN_INVALID || code == CAIRN_TOO_LARGE);
    FUZZ_ASSERT(code == CAIRN_OK || (error.message[0] && cairn_span_is(cairn_span_of(error.parameter), "q")));
    FUZZ_ASSERT(error.offset >= -1 && error.offset <= (long long)line.n);
    return query;
}

/* Outside of the quotes there are operators and parentheses only, inside no ASCII but letters, digits and blanks. */
static void check_expression(cairn_span fts5)
{
    long depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < fts5.n; i++) {
        unsigned char c = (unsigned char)fts5.p[i];
        quoted ^= c == '"';
        depth += !quoted && c == '(' ? 1 : !quoted && c == ')' ? -1 : 0;
        FUZZ_ASSERT(depth >= 0 && depth < 100);
        bool is_word = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ';
        FUZZ_ASSERT(c == '"' || (quoted ? is_word : strchr("ANDORT ()", c) != NULL));
    }
    FUZZ_ASSERT(depth == 0 && !quoted && fts5.n > 0);
}

static void check_words(cairn_span text, cairn_arena *arena, cairn_buf *words)
{
    cairn_buf again = CAIRN_BUF_INIT(FUZZ_TEXT);
    FUZZ_ASSERT(cairn_text_words(text, CAIRN_SPAN_NONE, arena, words));
    FUZZ_ASSERT(cairn_text_words(cairn_buf_span(words), CAIRN_SPAN_NONE, arena, &again));
    FUZZ_ASSERT(cairn_span_equal(cairn_buf_span(words), cairn_buf_span(&again)));
    cairn_buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool all_but;
    const char *text = size ? (const char *)data : "";
    const char *newline = memchr(text, '\n', size);
    size_t cut = newline ? (size_t)(newline - text) : size;
    cairn_arena *arena = cairn_arena_new(FUZZ_ARENA);
    cairn_buf words = CAIRN_BUF_INIT(FUZZ_TEXT), fts5 = CAIRN_BUF_INIT(FUZZ_TEXT);
    FUZZ_ASSERT(arena);
    check_words(cairn_span_make(text + cut, size - cut), arena, &words);
    const cairn_text_query *query = ask(cairn_span_make(text, cut), arena);
    if (query) {
        FUZZ_ASSERT(cairn_text_to_fts5(query, &fts5, &all_but));
        check_expression(cairn_buf_span(&fts5));
        FUZZ_ASSERT(cairn_text_matches(query, cairn_span_of("")) == all_but);
        cairn_text_matches(query, cairn_buf_span(&words));
    }
    cairn_buf_free(&fts5);
    cairn_buf_free(&words);
    cairn_arena_free(arena);
    return 0;
}
