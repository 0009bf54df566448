// ROOMS: href stac
/* Signing for the Python tests: cairn_sign_tool CONFIG. Every line of standard input is {"href": ..., "now": seconds},
 * or
 * {"collection": ..., "now": ...} for a container's token; printed is {"href": ..., "expires": ...}, or the fault. A
 * configuration that is refused: its message on standard error, exit 1. */
#include "href/sign.h"

#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { MEMORY_MAX = 64 << 20 };

static void answer(cairn_signer *signer, cairn_span line, cairn_arena *arena, cairn_buf *out)
{
    long long now = 0;
    cairn_signed done;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_span href = cairn_json_string(cairn_json_get(line, "href"), arena);
    cairn_span collection = cairn_json_string(cairn_json_get(line, "collection"), arena);
    cairn_json_integer(cairn_json_get(line, "now"), &now);
    cairn_code code = collection.p ? cairn_signer_sas(signer, collection, now, arena, &done, &error)
                                   : cairn_signer_sign(signer, href, now, arena, &done, &error);
    if (!collection.p && cairn_signer_covers(signer, href) != (code != CAIRN_NOT_FOUND)) {
        fprintf(stderr, "cairn_sign_tool: cairn_signer_covers() says otherwise\n");
        exit(1);
    }
    if (code) {
        cairn_buf_printf(out, "{\"code\":\"%s\",\"message\":", cairn_code_name(code));
        cairn_buf_add_json_string(out, cairn_span_of(error.message));
    } else {
        cairn_buf_printf(out, "{\"expires\":%lld,\"href\":", (long long)done.expires);
        cairn_buf_add_json_string(out, done.href);
    }
    cairn_buf_add_text(out, "}\n");
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t room = 0;
    cairn_signer *signer;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_buf out = CAIRN_BUF_INIT(MEMORY_MAX);
    cairn_arena *arena = cairn_arena_new(MEMORY_MAX);
    if (argc != 2 || !arena || cairn_signer_load(argv[1], &signer, &error)) {
        fprintf(stderr, "%s\n", argc == 2 ? error.message : "usage: cairn_sign_tool CONFIG");
        cairn_arena_free(arena);
        return 1;
    }
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        cairn_span text = cairn_span_trim(cairn_span_make(line, (size_t)n));
        if (cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL) != CAIRN_OK)
            return 1;
        cairn_buf_reset(&out);
        answer(signer, text, arena, &out);
        fwrite(out.p, 1, out.n, stdout);
        fflush(stdout);
        cairn_arena_reset(arena);
    }
    cairn_buf_free(&out);
    free(line);
    cairn_arena_free(arena);
    cairn_signer_free(signer);
    return 0;
}
