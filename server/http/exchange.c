#include "http/exchange.h"

#include "base/clock.h"
#include "http/ask.h"
#include "http/assets/answer.h"
#include "http/reply_cache.h"

#include <poll.h>
#include <stddef.h>
#include <stdlib.h>

/* Bodies of all requests together: four of the longest, and this. */
enum { SPARE_BODY_BYTES = 256 << 20 };

#define TOO_MANY "too many requests that take long at the same time; try again in a moment"

static void refuse(cairn_exchange *exchange, int status, cairn_code code, const char *message)
{
    if (exchange->refusal_status)
        return;
    exchange->refusal_status = status;
    cairn_error_set(&exchange->refusal, code, "%s", message);
}

cairn_exchange *cairn_exchange_new(cairn_server *server, cairn_guard *guard, const char *target)
{
    cairn_exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange)
        return NULL;
    exchange->server = server;
    exchange->guard = guard;
    exchange->started = cairn_clock_now();
    exchange->body = (cairn_buf)CAIRN_BUF_INIT(server->config->max_body_bytes);
    exchange->refusal = (cairn_error)CAIRN_ERROR_INIT;
    exchange->target_length = strlen(target);
    exchange->target_at = target;
    exchange->version_at = target + exchange->target_length + 1;
    if (exchange->target_length > server->config->max_url_bytes) {
        refuse(exchange, 414, CAIRN_TOO_LARGE,
               "the request target is longer than --max-url-bytes; shorten it, or send a POST to search");
        exchange->target_length = 0;
    } else if (!(exchange->target = strdup(target))) {
        free(exchange);
        return NULL;
    }
    return exchange;
}

static void drop_made(cairn_exchange *exchange)
{
    cairn_slow *slow = &exchange->slow;
    if (slow->kept)
        cairn_kept_release(slow->kept);
    else if (slow->made)
        MHD_destroy_response(slow->made);
    slow->kept = NULL;
    slow->made = NULL;
}

void cairn_exchange_free(cairn_exchange *exchange)
{
    drop_made(exchange);
    atomic_fetch_sub(&exchange->server->body_bytes, exchange->body_counted);
    atomic_fetch_sub(&exchange->server->file_bytes, exchange->file_bytes);
    if (exchange->holds_file) {
        cairn_guard_set_file(exchange->server->watch, exchange->guard, -1, 0);
        atomic_fetch_sub(&exchange->server->open_files, 1);
    }
    cairn_buf_free(&exchange->body);
    free(exchange->target);
    free(exchange);
}

typedef struct showing {
    cairn_gate gate;
    const char *next; /* where the next field's name begins when nothing is hidden before it; NULL at the first */
    bool hidden;
} showing;

static enum MHD_Result show_gate(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                 const char *value, size_t value_length)
{
    showing *s = context;
    (void)kind;
    s->hidden |= s->next && s->next != name;
    s->next = value ? value + value_length + 2 : NULL;
    cairn_gate_header(&s->gate, cairn_span_make(name, name_length),
                      cairn_span_make(value ? value : "", value ? value_length : 0));
    return MHD_YES;
}

/* libmicrohttpd before 1.0 cuts a field's value at a NUL byte and goes on with the next line, which a proxy may have
 * read otherwise. All fields stand in one buffer, with two bytes for CR and LF between them: what is longer than that
 * hides something (a NUL and what follows, a folded line) or has no CR. Later versions refuse these by themselves. */
static cairn_code check_layout(const cairn_exchange *exchange, const showing *s, struct MHD_Connection *connection,
                               const char *start, const char *version, cairn_error *error)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (MHD_get_version()[0] != '0')
        return CAIRN_OK;
    if (version != exchange->version_at || exchange->target_at != start + strlen(start) + 1)
        return cairn_error_set(error, CAIRN_INVALID,
                               "request line: expected METHOD TARGET VERSION and a space between");
    if (!s->next)
        return CAIRN_OK;
    if (s->hidden || (info && s->next + 2 != start + info->header_size))
        return cairn_error_set(error, CAIRN_INVALID,
                               "there is a NUL byte, a folded line or a line without CR in the header");
    return CAIRN_OK;
}

static cairn_reply reply_to(const cairn_exchange *exchange, cairn_method method, bool close)
{
    cairn_span target = cairn_span_make(exchange->target ? exchange->target : "", exchange->target_length);
    const char *query = target.n ? memchr(target.p, '?', target.n) : NULL;
    if (query)
        target.n = (size_t)(query - target.p);
    return (cairn_reply){method, target, CAIRN_SPAN_NONE, close || atomic_load(&exchange->server->draining), NULL};
}

static enum MHD_Result refuse_now(cairn_exchange *exchange, struct MHD_Connection *connection, cairn_method method,
                                  int status, const cairn_error *error)
{
    cairn_response response = {0};
    cairn_reply reply = reply_to(exchange, method, true);
    cairn_api_error(&response, status, error);
    return cairn_reply_queue(exchange, connection, &reply, &response);
}

enum MHD_Result cairn_exchange_gate(cairn_exchange *exchange, struct MHD_Connection *connection, const char *name,
                                    const char *version)
{
    uint64_t length;
    bool chunked;
    showing shown = {CAIRN_GATE_INIT, NULL, false};
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_method method = cairn_method_parse(name);
    uint64_t most = exchange->server->config->max_body_bytes;
    exchange->gated = true;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, show_gate, &shown);
    if (cairn_gate_check(&shown.gate, method, cairn_span_of(version), &length, &chunked, &error) ||
        check_layout(exchange, &shown, connection, name, version, &error))
        return refuse_now(exchange, connection, method, 400, &error);
    if (length > most)
        refuse(exchange, 413, CAIRN_TOO_LARGE, "the request body is longer than --max-body-bytes");
    if (length > 2 * most) /* not worth reading, even for the sake of the connection */
        return refuse_now(exchange, connection, method, 413, &exchange->refusal);
    return MHD_YES;
}

static void drop_body(cairn_exchange *exchange)
{
    cairn_buf_free(&exchange->body);
    exchange->body = (cairn_buf)CAIRN_BUF_INIT(0);
}

void cairn_exchange_take_body(cairn_exchange *exchange, const char *bytes, size_t n)
{
    cairn_server *server = exchange->server;
    uint64_t most = server->config->max_body_bytes;
    if (exchange->refusal_status)
        return;
    exchange->body_counted += n;
    if (exchange->body.n + n > most)
        refuse(exchange, 413, CAIRN_TOO_LARGE, "the request body is longer than --max-body-bytes");
    if (atomic_fetch_add(&server->body_bytes, n) + n > 4 * most + SPARE_BODY_BYTES)
        refuse(exchange, 503, CAIRN_BUSY, "too many large request bodies at the same time");
    if (!exchange->refusal_status && !cairn_buf_add(&exchange->body, bytes, n))
        refuse(exchange, 503, CAIRN_NOMEM, "out of memory for the request body");
    if (exchange->refusal_status)
        drop_body(exchange);
}

static cairn_arena *take_arena(cairn_server *server)
{
    cairn_arena *arena = NULL;
    pthread_mutex_lock(&server->arena_lock);
    if (server->n_arenas)
        arena = server->arenas[--server->n_arenas];
    pthread_mutex_unlock(&server->arena_lock);
    return arena ? arena : cairn_arena_new(server->config->request_memory);
}

static void give_arena(cairn_server *server, cairn_arena *arena)
{
    cairn_arena_reset(arena);
    pthread_mutex_lock(&server->arena_lock);
    bool kept = server->n_arenas < server->max_arenas;
    if (kept)
        server->arenas[server->n_arenas++] = arena;
    pthread_mutex_unlock(&server->arena_lock);
    if (!kept)
        cairn_arena_free(arena);
}

static enum MHD_Result answer(cairn_exchange *exchange, struct MHD_Connection *connection, cairn_reply *reply,
                              cairn_arena *arena)
{
    cairn_head head = {0};
    cairn_span rest;
    cairn_response response = {0};
    cairn_error error = CAIRN_ERROR_INIT;
    int status = exchange->refusal_status;
    if (status || cairn_head_read(exchange, connection, arena, &head, &error)) {
        cairn_api_error(&response, status, status ? &exchange->refusal : &error);
        return cairn_reply_queue(exchange, connection, reply, &response);
    }
    const cairn_asset_folder *folder =
        cairn_asset_folders_find(&exchange->server->config->assets, head.path, head.origin.prefix, &rest);
    if (folder)
        return cairn_asset_answer(exchange, connection, reply, folder, rest, &head.fields, arena);
    return cairn_ask(exchange, connection, &head, reply, arena);
}

static enum MHD_Result work(cairn_exchange *exchange, struct MHD_Connection *connection, cairn_method method)
{
    cairn_arena *arena = take_arena(exchange->server);
    cairn_reply reply = reply_to(exchange, method, false);
    if (!arena)
        return MHD_NO;
    enum MHD_Result result = answer(exchange, connection, &reply, arena);
    give_arena(exchange->server, arena);
    return result;
}

/* ---- the slow lane ---- */

/* Reset, or cut by the watch. A client that has only ended its own side may still want its answer. */
static bool is_gone(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct pollfd file = {info ? info->connect_fd : -1, 0, 0};
    return poll(&file, 1, 0) > 0;
}

/* In a thread of the lane. Once the connection is resumed, all is its own thread's again. */
static void work_slowly(cairn_job *job, bool closing)
{
    cairn_exchange *exchange = (cairn_exchange *)((char *)job - offsetof(cairn_exchange, slow.job));
    cairn_slow *slow = &exchange->slow;
    if (closing)
        refuse(exchange, 503, CAIRN_BUSY, "the server is being stopped");
    else if (cairn_clock_now() - slow->since > exchange->server->config->query_timeout)
        refuse(exchange, 503, CAIRN_BUSY, TOO_MANY);
    slow->in_lane = true;
    slow->result = is_gone(slow->connection) ? MHD_NO : work(exchange, slow->connection, slow->method);
    slow->in_lane = false;
    MHD_resume_connection(slow->connection);
}

/* The connection is suspended before the lane can resume it. */
static enum MHD_Result hand_over(cairn_exchange *exchange, struct MHD_Connection *connection, cairn_method method)
{
    cairn_lane *lane = exchange->server->lane;
    exchange->slow = (cairn_slow){.job = {work_slowly, NULL},
                                  .begun = true,
                                  .since = cairn_clock_now(),
                                  .method = method,
                                  .connection = connection,
                                  .result = MHD_NO};
    if (!cairn_lane_reserve(lane, false)) {
        refuse(exchange, 503, CAIRN_BUSY, TOO_MANY);
        return work(exchange, connection, method);
    }
    MHD_suspend_connection(connection);
    cairn_lane_add(lane, &exchange->slow.job);
    return MHD_YES;
}

static enum MHD_Result queue_made(cairn_exchange *exchange, struct MHD_Connection *connection)
{
    cairn_slow *slow = &exchange->slow;
    if (slow->result == MHD_YES && slow->made)
        slow->result = MHD_queue_response(connection, (unsigned)slow->status, slow->made);
    drop_made(exchange);
    return slow->result;
}

enum MHD_Result cairn_exchange_answer(cairn_exchange *exchange, struct MHD_Connection *connection, const char *name)
{
    cairn_method method = cairn_method_parse(name);
    if (exchange->slow.begun)
        return queue_made(exchange, connection);
    enum MHD_Result result = work(exchange, connection, method);
    return exchange->slow.is_late ? hand_over(exchange, connection, method) : result;
}
