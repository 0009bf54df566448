#include "http/stream.h"

#include "base/clock.h"
#include "base/log.h"

#include <stddef.h>
#include <stdlib.h>

/* What the library asks for at once; its buffer for a connection may be smaller. */
enum { BLOCK_BYTES = 64 << 10, CONFLICT_ATTEMPTS = 3, MAX_PIECE_BYTES = 1 << 30 };

static const cairn_error STOPPING = {.code = CAIRN_BUSY, .message = "the server is being stopped"};

typedef struct http_stream {
    cairn_job job; /* of the next piece */
    struct MHD_Connection *connection;
    cairn_server *server;
    cairn_guard *guard; /* of the connection, so not to be used when the response is freed */
    cairn_stream *stream;
    cairn_buf piece;
    size_t given; /* bytes of the piece */
    uint64_t total;
    bool done, failed;
    cairn_access access;
} http_stream;

static void fail(http_stream *s, cairn_code code, const cairn_error *error)
{
    s->failed = true;
    cairn_log(CAIRN_LOG_WARN, "%s: the answer ended early, after %llu bytes: %s: %s", s->access.path,
              (unsigned long long)s->total, cairn_code_name(code), error->message);
}

/* Again with another session when the catalog was replaced meanwhile. */
static cairn_code ask(http_stream *s, cairn_error *error)
{
    cairn_server *server = s->server;
    cairn_code code = CAIRN_CONFLICT;
    for (int i = 0; i < CONFLICT_ATTEMPTS && code == CAIRN_CONFLICT; i++) {
        cairn_lease lease;
        cairn_error_clear(error);
        cairn_buf_reset(&s->piece);
        code = cairn_served_take(server->catalog, s->stream->made ? CAIRN_QUICK : CAIRN_SLOW, i > 0, &lease, error);
        if (code)
            break;
        int64_t deadline = cairn_clock_now() + server->config->query_timeout;
        code = s->stream->ops->next(s->stream, lease.session, deadline, &s->piece, &s->done, error);
        cairn_served_give(server->catalog, &lease);
    }
    return code;
}

/* No deadline holds while the piece is worked out, which has one of its own; then the client has to take it. */
static bool next_piece(http_stream *s)
{
    cairn_error error = CAIRN_ERROR_INIT;
    s->given = 0;
    if (!cairn_guard_set(s->guard, CAIRN_ANSWERING, 0))
        return false;
    cairn_code code = ask(s, &error);
    if (code) {
        cairn_buf_reset(&s->piece); /* half a piece is not given */
        fail(s, code, &error);
        return false;
    }
    int64_t deadline = cairn_clock_now() + cairn_reply_patience(s->server, s->piece.n);
    return cairn_guard_set(s->guard, CAIRN_ANSWERING, deadline);
}

/* In a thread of the lane. Once the connection is resumed, all is its own thread's again. */
static void make_piece(cairn_job *job, bool closing)
{
    http_stream *s = (http_stream *)((char *)job - offsetof(http_stream, job));
    if (closing)
        fail(s, CAIRN_BUSY, &STOPPING);
    else if (!next_piece(s))
        s->failed = true;
    MHD_resume_connection(s->connection);
}

/* The first piece was made with the answer's status. False: the answer ends here. */
static bool go_on(http_stream *s)
{
    if (s->stream->made)
        return next_piece(s);
    if (!cairn_lane_reserve(s->server->lane, true))
        return false;
    MHD_suspend_connection(s->connection);
    cairn_lane_add(s->server->lane, &s->job);
    return true;
}

static ssize_t read_stream(void *context, uint64_t position, char *out, size_t max)
{
    http_stream *s = context;
    (void)position;
    while (s->given == s->piece.n) {
        bool at_once = s->stream->made;
        if (s->failed)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        if (s->done)
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (!go_on(s))
            return MHD_CONTENT_READER_END_WITH_ERROR;
        if (!at_once)
            return 0; /* asked again when the connection is resumed */
    }
    size_t n = s->piece.n - s->given < max ? s->piece.n - s->given : max;
    memcpy(out, s->piece.p + s->given, n);
    s->given += n;
    s->total += n;
    return (ssize_t)n;
}

static void stream_free(void *context)
{
    http_stream *s = context;
    if (s->server->config->access_log)
        cairn_reply_log(&s->access, s->total);
    s->stream->ops->free(s->stream);
    cairn_buf_free(&s->piece);
    free(s);
}

struct MHD_Response *cairn_http_stream_new(cairn_exchange *exchange, struct MHD_Connection *connection,
                                           const cairn_reply *reply, cairn_response *response)
{
    cairn_stream *stream = response->stream;
    http_stream *s = calloc(1, sizeof *s);
    response->stream = NULL;
    if (!s) {
        stream->ops->free(stream);
        return NULL;
    }
    s->server = exchange->server;
    s->job.run = make_piece;
    s->connection = connection;
    s->guard = exchange->guard;
    s->stream = stream;
    s->piece = (cairn_buf)CAIRN_BUF_INIT(MAX_PIECE_BYTES);
    s->access = cairn_reply_access(exchange, connection, reply, response->status);
    struct MHD_Response *out =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_stream, s, stream_free);
    if (!out)
        stream_free(s);
    /* Else the library ends the body of a HEAD, which has none, by a last chunk. */
    else if (reply->method == CAIRN_HEAD)
        MHD_set_response_options(out, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    return out;
}
