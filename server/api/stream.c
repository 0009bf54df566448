#include "api/stream.h"

#include "api/auth.h"
#include "api/items.h"
#include "base/clock.h"
#include "base/json.h"
#include "query/csv.h"

#include <stdlib.h>

/* A sort without an index looks at all items for each page, so its pages are larger. */
enum { PIECE_ITEMS = 1000, PIECE_BYTES = 1 << 20, SORTED_ITEMS = 10000, SORTED_BYTES = 8 << 20 };
/* Caps of the stream's arenas; little of it is used. */
enum { STREAM_MEMORY = 128 << 20 };

typedef struct item_stream {
    cairn_stream base;
    cairn_arena *arena; /* what lasts: the request and the search */
    cairn_arena *pages[2];
    int turn; /* of the pages' arenas: the other one has `last` */
    cairn_request request;
    cairn_call call;
    cairn_search search;
    cairn_item_writer writer;
    const cairn_csv *csv; /* NULL: JSON */
    const char *before;   /* of each item */
    bool begun;           /* `last` is there */
    cairn_position last;
    uint64_t left;
    cairn_buf first; /* the piece that was made with the answer's status */
    bool done;
} item_stream;

bool cairn_stream_is_wanted(const cairn_call *call)
{
    return call->as->streamed;
}

static void stream_free(cairn_stream *base)
{
    item_stream *stream = (item_stream *)base;
    cairn_item_writer_free(&stream->writer);
    cairn_buf_free(&stream->first);
    for (int i = 0; i < 2; i++)
        if (stream->pages[i])
            cairn_arena_free(stream->pages[i]);
    if (stream->arena)
        cairn_arena_free(stream->arena);
    free(stream);
}

/* ---- a piece ---- */

static cairn_code add_line(item_stream *stream, const cairn_item_row *row, cairn_error *error)
{
    cairn_buf *text = cairn_body_text(&stream->writer.body);
    cairn_buf_add_text(text, stream->before);
    cairn_code code = cairn_item_writer_add(&stream->writer, row, error);
    cairn_buf_add_byte(text, '\n');
    return code;
}

static cairn_code add_row(item_stream *stream, const cairn_item_row *row, cairn_error *error)
{
    cairn_body *body = &stream->writer.body;
    cairn_span text;
    cairn_code code = cairn_body_read(body, row, &text, error);
    if (!code && !cairn_csv_row(stream->csv, text, stream->request.arena, cairn_body_text(body)))
        code = cairn_error_set(error, CAIRN_NOMEM, "an item does not fit in memory");
    return code;
}

static cairn_code add_item(void *context, const cairn_item_row *row, cairn_error *error)
{
    item_stream *stream = context;
    if (cairn_call_is_late(&stream->call))
        return cairn_error_set(error, CAIRN_DEADLINE, "out of time");
    return stream->csv ? add_row(stream, row, error) : add_line(stream, row, error);
}

static cairn_page next_page(const item_stream *stream)
{
    bool sorted = stream->search.sort.n > 0;
    uint32_t most = sorted ? SORTED_ITEMS : PIECE_ITEMS;
    return (cairn_page){.limit = stream->left < most ? (uint32_t)stream->left : most,
                        .max_bytes = sorted ? SORTED_BYTES : PIECE_BYTES,
                        .position = stream->begun ? &stream->last : NULL,
                        .sort_budget = stream->call.api->options->sort_budget};
}

/* Appends a page to `out`. In a transaction; nothing but the state of the gzip member is changed before it ends well.
 */
static cairn_code make_piece(item_stream *stream, cairn_session *session, cairn_buf *out, cairn_result *result,
                             cairn_error *error)
{
    cairn_body *body = &stream->writer.body;
    cairn_arena *arena = stream->pages[stream->turn];
    cairn_page page = next_page(stream);
    cairn_arena_reset(arena);
    stream->request.arena = arena;
    stream->call.hrefs.now = cairn_clock_wall();
    cairn_body_continue(body, session, out);
    cairn_code code = cairn_session_search(session, &stream->search, &page, arena, add_item, stream, result, error);
    if (!code && !cairn_body_flush(body))
        code = cairn_error_set(error, CAIRN_NOMEM, "a page does not fit in memory");
    return code;
}

static cairn_code accept_piece(item_stream *stream, const cairn_result *result, cairn_error *error)
{
    stream->left -= result->returned;
    stream->done = !result->more || !result->returned || !stream->left;
    if (result->returned) {
        stream->begun = true;
        stream->last = result->last;
        stream->turn = !stream->turn;
    }
    return stream->done ? cairn_body_end(&stream->writer.body, error) : CAIRN_OK;
}

/* When it fails the stream is where it was, and the piece can be made again. */
static cairn_code make_in_transaction(item_stream *stream, cairn_session *session, int64_t deadline, cairn_buf *out,
                                      cairn_result *result, cairn_error *error)
{
    cairn_body *body = &stream->writer.body;
    const cairn_gzip before = body->gzip;
    cairn_error at_end = CAIRN_ERROR_INIT;
    cairn_code code = cairn_session_begin(session, deadline, error);
    if (code)
        return code;
    code = make_piece(stream, session, out, result, error);
    cairn_code ended = cairn_session_end(session, &at_end);
    if (ended && (!code || ended == CAIRN_CONFLICT)) {
        *error = at_end;
        code = ended;
    }
    if (code) {
        cairn_gzip_go_back(&body->gzip, &before);
        cairn_buf_reset(&body->pending);
    }
    return code;
}

static cairn_code stream_next(cairn_stream *base, cairn_session *session, int64_t deadline, cairn_buf *out, bool *done,
                              cairn_error *error)
{
    item_stream *stream = (item_stream *)base;
    cairn_result result;
    cairn_code code = CAIRN_OK;
    if (base->made) {
        cairn_buf_free(out);
        *out = stream->first;
        stream->first = (cairn_buf)CAIRN_BUF_INIT(0);
        base->made = false;
    } else {
        code = make_in_transaction(stream, session, deadline, out, &result, error);
        if (!code)
            code = accept_piece(stream, &result, error);
    }
    *done = stream->done;
    return code;
}

/* ---- the beginning ---- */

static bool copy_span(cairn_arena *arena, cairn_span *span)
{
    if (!span->p)
        return true;
    *span = cairn_arena_copy(arena, *span);
    return span->p != NULL;
}

/* The request and what was read of it, in the stream's own memory. */
static bool copy_call(item_stream *stream, const cairn_call *call)
{
    cairn_arena *arena = stream->arena;
    stream->request = *call->request;
    stream->call = *call;
    stream->request.arena = arena;
    stream->call.request = &stream->request;
    stream->call.response = NULL;
    bool ok = copy_span(arena, &stream->call.collection_id) && copy_span(arena, &stream->call.base) &&
              copy_span(arena, &stream->call.hrefs.base_url) && copy_span(arena, &stream->request.body);
    for (size_t i = 0; ok && i < stream->request.n_params; i++)
        ok = copy_span(arena, &stream->request.params[i].name) && copy_span(arena, &stream->request.params[i].value);
    return ok;
}

static cairn_code refuse(cairn_call *call, const char *parameter, const char *message)
{
    cairn_error_set(&call->error, CAIRN_INVALID, "%s", message);
    return cairn_error_at_parameter(&call->error, parameter);
}

static cairn_code read_search(item_stream *stream, cairn_search_reader read)
{
    cairn_call *call = &stream->call;
    cairn_search *search = &stream->search;
    cairn_code code = read(call, search);
    if (!code)
        code = cairn_search_check(search, &call->error);
    if (!code && search->token.p)
        code = refuse(call, "token", "a stream gives the whole result and has no pages; leave the token out");
    if (!code && call->explain)
        code = refuse(call, "explain", "only pages are explained; leave it out, or ask with f=geojson");
    search->null_geometry_hits = call->api->options->null_geometry_hits;
    stream->left = search->limit ? search->limit : UINT64_MAX;
    return code;
}

/* Those that `fields` includes, which was read before. */
static cairn_code read_columns(item_stream *stream)
{
    cairn_call *call = &stream->call;
    const cairn_request *request = call->request;
    cairn_span text = CAIRN_SPAN_NONE;
    if (request->method == CAIRN_POST)
        return cairn_csv_from_json(cairn_json_get(cairn_span_trim(request->body), "fields"), request->arena,
                                   &stream->csv, &call->error);
    for (size_t i = 0; i < request->n_params; i++)
        if (cairn_span_is(request->params[i].name, "fields"))
            text = request->params[i].value;
    return cairn_csv_from_text(text, request->arena, &stream->csv, &call->error);
}

/* Sets the form, and writes what stands before the first item. */
static cairn_code begin_text(item_stream *stream, bool gzipped)
{
    cairn_call *call = &stream->call;
    stream->before = cairn_span_is(cairn_span_of(call->as->format), "geojsonseq") ? "\x1E" : "";
    stream->first = (cairn_buf)CAIRN_BUF_INIT(SORTED_BYTES + (size_t)CAIRN_BODY_SLACK);
    cairn_item_writer_begin(&stream->writer, call, stream->search.fields, &stream->first, gzipped);
    if (!cairn_span_is(cairn_span_of(call->as->format), "csv"))
        return CAIRN_OK;
    cairn_code code = read_columns(stream);
    if (!code && !cairn_csv_header(stream->csv, cairn_body_text(&stream->writer.body)))
        code = cairn_error_no_memory(&call->error);
    return code;
}

static item_stream *make_stream(void)
{
    static const cairn_stream_ops ops = {stream_next, stream_free};
    item_stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    stream->base.ops = &ops;
    stream->arena = cairn_arena_new(STREAM_MEMORY);
    stream->pages[0] = cairn_arena_new(STREAM_MEMORY);
    stream->pages[1] = cairn_arena_new(STREAM_MEMORY);
    if (stream->arena && stream->pages[0] && stream->pages[1])
        return stream;
    stream_free(&stream->base);
    return NULL;
}

static cairn_code begin_stream(item_stream *stream, cairn_call *call, cairn_search_reader read)
{
    cairn_result result;
    if (!copy_call(stream, call))
        return cairn_error_set(&call->error, CAIRN_NOMEM, "the request does not fit in memory");
    cairn_error *error = &stream->call.error;
    cairn_code code = read_search(stream, read);
    if (!code)
        code = begin_text(stream, call->request->accepts_gzip);
    if (!code)
        code = make_piece(stream, call->session, &stream->first, &result, error);
    if (!code)
        code = accept_piece(stream, &result, error);
    stream->base.made = true;
    if (code && stream->writer.body.lacks_keys)
        cairn_auth_lacks_keys(&stream->call);
    call->error = *error;
    call->status = stream->call.status;
    return code;
}

cairn_code cairn_stream_answer(cairn_call *call, cairn_search_reader read)
{
    item_stream *stream = make_stream();
    if (!stream)
        return cairn_error_no_memory(&call->error);
    cairn_code code = begin_stream(stream, call, read);
    if (code) {
        stream_free(&stream->base);
        return code;
    }
    stream->call.session = NULL; /* each piece has its own, and time for all of it */
    stream->request.hurried = false;
    call->response->stream = &stream->base;
    call->response->gzipped = call->request->accepts_gzip;
    call->response->cacheable = false;
    cairn_item_writer_tell(&stream->writer, call->response);
    return CAIRN_OK;
}
