/* Reads cases from standard input, one JSON object a line: "open", a document in open form as a string, and "get" (a
 * string) or "post" (any value), what is asked for. Prints a JSON line for each: what is sent, and the members of items
 * that are wanted in part, or the fault. cairn_fields_tool */
#include "query/fields.h"

#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINE_MAX = 64 << 20 };

static void die(const char *what)
{
    fprintf(stderr, "cairn_fields_tool: %s\n", what);
    exit(1);
}

static void put_wanted(const cairn_fields *fields, cairn_buf *out)
{
    static const char *const MEMBERS[] = {"type", "id", "geometry", "links", "assets", "collection", "properties"};
    cairn_buf_add_text(out, ",\"wants\":{");
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        cairn_buf_printf(out, "%s\"%s\":%s", i ? "," : "", MEMBERS[i],
                         cairn_fields_want(fields, MEMBERS[i]) ? "true" : "false");
    cairn_buf_printf(out, "},\"links\":%s", cairn_fields_want_links(fields) ? "true" : "false");
}

static cairn_code run(cairn_span line, cairn_arena *arena, cairn_buf *out, cairn_error *error)
{
    const cairn_fields *fields;
    cairn_span get = cairn_json_get(line, "get");
    cairn_span open = cairn_json_string(cairn_json_get(line, "open"), arena);
    cairn_code code = get.p ? cairn_fields_from_text(cairn_json_string(get, arena), arena, &fields, error)
                            : cairn_fields_from_json(cairn_json_get(line, "post"), arena, &fields, error);
    if (code != CAIRN_OK)
        return code;
    cairn_buf sent = CAIRN_BUF_INIT(LINE_MAX);
    if (!cairn_fields_write(fields, open, &sent))
        die("no memory left");
    cairn_buf_add_text(out, "{\"sent\":");
    cairn_buf_add_json_string(out, cairn_buf_span(&sent));
    put_wanted(fields, out);
    cairn_buf_free(&sent);
    return CAIRN_OK;
}

static void put_fault(cairn_buf *out, const cairn_error *error)
{
    cairn_buf_printf(out, "{\"code\":\"%s\",\"parameter\":\"%s\",\"message\":", cairn_code_name(error->code),
                     error->parameter);
    cairn_buf_add_json_string(out, cairn_span_of(error->message));
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    cairn_buf out = CAIRN_BUF_INIT(2 * (size_t)LINE_MAX);
    cairn_arena *arena = cairn_arena_new(LINE_MAX);
    if (!arena)
        die("no memory left");
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        cairn_error error = CAIRN_ERROR_INIT;
        cairn_span text = cairn_span_trim(cairn_span_make(line, (size_t)n));
        if (cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL) != CAIRN_OK)
            die("a line is not JSON");
        cairn_buf_reset(&out);
        if (run(text, arena, &out, &error) != CAIRN_OK)
            put_fault(&out, &error);
        printf("%.*s}\n", CAIRN_SPAN_FMT(cairn_buf_span(&out)));
        cairn_arena_reset(arena);
    }
    cairn_buf_free(&out);
    free(line);
    cairn_arena_free(arena);
    return 0;
}
