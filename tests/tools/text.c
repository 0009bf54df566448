/* Free text for the Python tests. The first line of standard input is an array of documents {"id": ..., "title": ...};
 * the words of each are printed, as an array of strings. Every further line is a value of `q`; printed is the FTS5
 * expression, whether it is of what does not match, and the indices of the documents that match, or the fault.
 * cairn_text_tool */
#include "query/text/text.h"

#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { MEMORY_MAX = 1 << 30, TEXT_MAX = 64 << 20 };

typedef struct tool {
    cairn_arena *documents, *scratch;
    cairn_span *words;
    size_t n;
} tool;

static void die(const char *what)
{
    fprintf(stderr, "cairn_text_tool: %s\n", what);
    exit(1);
}

static void read_document(tool *t, cairn_span document)
{
    cairn_buf words = CAIRN_BUF_INIT(TEXT_MAX);
    cairn_span id = cairn_json_string(cairn_json_get(document, "id"), t->scratch);
    if (!cairn_text_words(id, document, t->scratch, &words))
        die("no memory left");
    t->words[t->n++] = cairn_arena_copy(t->documents, cairn_buf_span(&words));
    cairn_buf_free(&words);
}

static void read_documents(tool *t, cairn_span array, cairn_buf *out)
{
    cairn_span document;
    cairn_json_walk walk = cairn_json_walk_array(array);
    t->words = cairn_arena_calloc(t->documents, cairn_json_count(array) + 1, sizeof *t->words);
    if (!t->words)
        die("no memory left");
    cairn_buf_add_byte(out, '[');
    while (cairn_json_next_element(&walk, &document)) {
        read_document(t, document);
        cairn_buf_add_text(out, t->n > 1 ? "," : "");
        cairn_buf_add_json_string(out, t->words[t->n - 1]);
    }
    cairn_buf_add_byte(out, ']');
}

static void put_answer(const tool *t, const cairn_text_query *query, cairn_buf *out)
{
    cairn_buf fts5 = CAIRN_BUF_INIT(TEXT_MAX);
    bool all_but, any = false;
    if (!cairn_text_to_fts5(query, &fts5, &all_but))
        die("no memory left");
    cairn_buf_add_text(out, "{\"fts5\":");
    cairn_buf_add_json_string(out, cairn_buf_span(&fts5));
    cairn_buf_printf(out, ",\"all_but\":%s,\"matches\":[", all_but ? "true" : "false");
    for (size_t i = 0; i < t->n; i++)
        if (cairn_text_matches(query, t->words[i])) {
            cairn_buf_printf(out, any ? ",%zu" : "%zu", i);
            any = true;
        }
    cairn_buf_add_text(out, "]}");
    cairn_buf_free(&fts5);
}

static void ask(tool *t, cairn_span q, cairn_buf *out)
{
    const cairn_text_query *query;
    cairn_error error = CAIRN_ERROR_INIT;
    if (cairn_text_from_json(q, NULL, t->scratch, &query, &error) == CAIRN_OK) {
        put_answer(t, query, out);
        return;
    }
    cairn_buf_printf(out,
                     "{\"code\":\"%s\",\"parameter\":\"%s\",\"byte\":%lld,\"message\":", cairn_code_name(error.code),
                     error.parameter, error.offset);
    cairn_buf_add_json_string(out, cairn_span_of(error.message));
    cairn_buf_add_byte(out, '}');
}

int main(void)
{
    tool t = {.documents = cairn_arena_new(MEMORY_MAX), .scratch = cairn_arena_new(MEMORY_MAX)};
    char *line = NULL;
    size_t room = 0;
    cairn_buf out = CAIRN_BUF_INIT(MEMORY_MAX);
    if (!t.documents || !t.scratch)
        die("no memory left");
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        cairn_span text = cairn_span_trim(cairn_span_make(line, (size_t)n));
        if (cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL) != CAIRN_OK)
            die("a line is not JSON");
        cairn_buf_reset(&out);
        if (t.words)
            ask(&t, text, &out);
        else
            read_documents(&t, text, &out);
        printf("%.*s\n", CAIRN_SPAN_FMT(cairn_buf_span(&out)));
        cairn_arena_reset(t.scratch);
    }
    cairn_buf_free(&out);
    free(line);
    cairn_arena_free(t.scratch);
    cairn_arena_free(t.documents);
    return 0;
}
