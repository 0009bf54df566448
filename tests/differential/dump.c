#include "tests/differential/dump.h"

static const size_t LINE_MAX_BYTES = (size_t)1 << 28;

static bool print_line(cairn_buf *line, FILE *out)
{
    cairn_buf_add_byte(line, '\n');
    bool good = !line->failed && fwrite(line->p, 1, line->n, out) == line->n;
    cairn_buf_free(line);
    return good;
}

static void add_name(cairn_buf *line, cairn_span collection, cairn_span id)
{
    char last = line->p[line->n - 1];
    cairn_buf_add_text(line, last == '[' ? "[" : ",[");
    cairn_buf_add_json_string(line, collection);
    cairn_buf_add_byte(line, ',');
    cairn_buf_add_json_string(line, id);
}

bool dump_items(const world *w, FILE *out)
{
    cairn_buf line = CAIRN_BUF_INIT(LINE_MAX_BYTES);
    cairn_buf_add_text(&line, "{\"items\":[");
    for (size_t i = 0; i < w->n_samples && !line.failed; i++) {
        const sample *s = &w->samples[i];
        add_name(&line, s->collection, s->id);
        cairn_buf_printf(&line, ",%zu,%s]", s->number, s->repaired ? "true" : "false");
    }
    cairn_buf_add_text(&line, "]}");
    return print_line(&line, out);
}

static cairn_code add_hit(void *context, const cairn_item_row *row, cairn_error *error)
{
    cairn_buf *line = context;
    add_name(line, row->collection, row->id);
    return cairn_buf_add_byte(line, ']') ? CAIRN_OK : cairn_error_set(error, CAIRN_NOMEM, "too many hits");
}

bool dump_search(world *w, const inquiry *asked, FILE *out)
{
    cairn_search search = {0};
    cairn_result result;
    cairn_error error = CAIRN_ERROR_INIT;
    const cairn_page all = {.limit = UINT32_MAX, .without_body = true};
    cairn_session *session = w->parties[TESTED].session;
    cairn_buf line = CAIRN_BUF_INIT(LINE_MAX_BYTES);
    cairn_arena_reset(w->scratch);
    cairn_buf_printf(&line, "{\"null_geometry_hits\":%s,\"search\":", asked->null_geometry_hits ? "true" : "false");
    cairn_buf_add_span(&line, cairn_buf_span(&asked->json));
    cairn_buf_add_text(&line, ",\"hits\":[");
    cairn_code code = cairn_search_from_json(&search, cairn_buf_span(&asked->json), NULL, false, w->scratch, &error);
    search.null_geometry_hits = asked->null_geometry_hits;
    if (code == CAIRN_OK)
        code = cairn_search_check(&search, &error);
    if (code == CAIRN_OK)
        code = cairn_session_begin(session, 0, &error);
    if (code == CAIRN_OK) {
        code = cairn_session_search(session, &search, &all, w->scratch, add_hit, &line, &result, &error);
        cairn_session_end(session, &error);
    }
    cairn_buf_add_text(&line, "]");
    if (code == CAIRN_INVALID)
        cairn_buf_add_text(&line, ",\"refused\":true");
    cairn_buf_add_byte(&line, '}');
    if (code != CAIRN_OK && code != CAIRN_INVALID)
        fprintf(stderr, "%s\n", error.message);
    return print_line(&line, out) && (code == CAIRN_OK || code == CAIRN_INVALID);
}
