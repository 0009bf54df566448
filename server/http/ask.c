#include "http/ask.h"

#include "base/clock.h"
#include "http/encoding.h"
#include "http/reply_cache.h"

enum { CONFLICT_ATTEMPTS = 3, MOST_KEY = 64 << 10 };

/* What takes longer than the other connections of a thread may have to wait (--slow-after), and what has a body that
 * takes long to read, is for the slow lane. */
enum { HURRIED_BODY_BYTES = 64 << 10 };

cairn_code cairn_head_read(const cairn_exchange *exchange, struct MHD_Connection *connection, cairn_arena *arena,
                           cairn_head *out, cairn_error *error)
{
    cairn_span target = cairn_span_make(exchange->target, exchange->target_length);
    if (!cairn_fields_read(&out->fields, connection, arena))
        return cairn_error_set(error, CAIRN_NOMEM, "the request needs more memory than --request-memory allows");
    cairn_code code = cairn_target_split(target, &out->form, &out->path, &out->query, error);
    if (code)
        return code;
    return cairn_fields_origin(&out->fields, exchange->server, connection, out->form.authority, arena, &out->origin,
                               error);
}

/* Everything that the API needs to know. */
static cairn_code read_request(const cairn_exchange *exchange, const cairn_head *head, cairn_request *request,
                               cairn_error *error)
{
    cairn_target_form form;
    cairn_span target = cairn_span_make(exchange->target, exchange->target_length);
    const cairn_fields *fields = &head->fields;
    request->accept = fields->accept;
    request->accept_profile = fields->accept_profile;
    request->content_type = fields->content_type;
    request->if_none_match = fields->if_none_match;
    request->accepts_gzip = cairn_accepts_gzip(fields->accept_encoding);
    request->body = cairn_buf_span(&exchange->body);
    cairn_code code = cairn_target_parse(target, request->arena, request, &form, error);
    if (!code && form.asterisk && request->method != CAIRN_OPTIONS)
        code = cairn_error_set(error, CAIRN_INVALID, "request target: '*' is for OPTIONS only");
    if (code)
        return code;
    const cairn_origin *origin = &head->origin;
    request->base_url = cairn_arena_printf(request->arena, "%.*s://%.*s%.*s", CAIRN_SPAN_FMT(origin->scheme),
                                           CAIRN_SPAN_FMT(origin->host), CAIRN_SPAN_FMT(origin->prefix));
    if (!request->base_url.p)
        return cairn_error_set(error, CAIRN_NOMEM, "the request needs more memory than --request-memory allows");
    cairn_target_strip(request, origin->prefix);
    return CAIRN_OK;
}

/* Asks the API; again with another session when the catalog was replaced under the answer. False: out of time, and
 * hurried. */
static bool ask(const cairn_server *server, cairn_request *request, cairn_response *response)
{
    cairn_lease lease;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_code code = CAIRN_CONFLICT;
    for (int i = 0; i < CONFLICT_ATTEMPTS && code == CAIRN_CONFLICT; i++) {
        *response = (cairn_response){0};
        code = cairn_served_take(server->catalog, request->hurried ? CAIRN_QUICK : CAIRN_SLOW, i > 0, &lease, &error);
        if (code)
            break;
        request->deadline =
            cairn_clock_now() + (request->hurried ? server->config->slow_after : server->config->query_timeout);
        code = cairn_api_answer(server->api, lease.session, request, response);
        cairn_served_give(server->catalog, &lease);
        response->momentary |= cairn_clock_now() >= request->deadline; /* with more time it may tell more */
        if (code)
            cairn_buf_free(&response->body);
    }
    if (code == CAIRN_DEADLINE)
        return false;
    if (code == CAIRN_CONFLICT)
        cairn_error_set(&error, CAIRN_BUSY, "the catalog is being replaced, try again");
    else if (code)
        cairn_error_set(&error, code, "no answer was given");
    if (code) {
        *response = (cairn_response){0};
        cairn_api_error(response, 0, &error);
    }
    return true;
}

/* ---- the same question again ---- */

static char *put_text(char *at, cairn_span text)
{
    memcpy(at, text.p, text.n);
    return at + text.n;
}

/* A line: no field, target or method has line ends (the gate). */
static char *put_line(char *at, cairn_span text)
{
    *at++ = text.p ? '=' : '-'; /* not sent is something else than empty */
    if (text.p)
        at = put_text(at, text);
    *at++ = '\n';
    return at;
}

/* All that the API's answer depends on beside the catalog. Absent: too long to be kept, or out of memory. */
static cairn_span write_key(const cairn_exchange *exchange, const cairn_head *head, cairn_method method,
                            cairn_arena *arena)
{
    const cairn_fields *fields = &head->fields;
    const cairn_origin *origin = &head->origin;
    bool gzip = cairn_accepts_gzip(fields->accept_encoding);
    const cairn_span lines[] = {cairn_span_make(exchange->target, exchange->target_length),
                                origin->scheme,
                                origin->host,
                                origin->prefix,
                                fields->accept,
                                fields->accept_profile,
                                fields->content_type};
    enum { N_LINES = sizeof lines / sizeof *lines };
    size_t n = 2 + exchange->body.n;
    for (size_t i = 0; i < N_LINES; i++)
        n += lines[i].n + 2;
    char *key = n <= MOST_KEY ? cairn_arena_alloc(arena, n) : NULL;
    char *at = key;
    if (!key)
        return CAIRN_SPAN_NONE;
    *at++ = (char)('0' + method);
    *at++ = gzip ? 'z' : '-';
    for (size_t i = 0; i < N_LINES; i++)
        at = put_line(at, lines[i]);
    put_text(at, cairn_buf_span(&exchange->body));
    return cairn_span_make(key, n);
}

/* What is being asked, where replies are kept. */
typedef struct question {
    cairn_reply_cache *cache; /* NULL: this one is neither looked for nor kept */
    cairn_span key;
    cairn_served_stamp stamp;
} question;

static question ask_cache(const cairn_exchange *exchange, const cairn_head *head, const cairn_reply *reply,
                          cairn_arena *arena)
{
    question q = {.cache = exchange->server->replies};
    bool may = q.cache && !reply->close && (reply->method & (CAIRN_GET | CAIRN_HEAD | CAIRN_POST));
    if (!may || !cairn_served_get_stamp(exchange->server->catalog, &q.stamp))
        return (question){NULL, CAIRN_SPAN_NONE, {0}};
    q.key = write_key(exchange, head, reply->method, arena);
    if (!q.key.p)
        q.cache = NULL;
    return q;
}

static enum MHD_Result give_kept(cairn_exchange *exchange, struct MHD_Connection *connection, const cairn_reply *reply,
                                 cairn_kept *kept)
{
    if (!kept)
        return MHD_NO;
    enum MHD_Result result =
        cairn_reply_queue_made(exchange, connection, reply, &kept->facts, kept->etag, kept->made, kept->bytes);
    if (exchange->slow.made == kept->made)
        exchange->slow.kept = kept;
    else
        cairn_kept_release(kept);
    return result;
}

/* False: it takes too long. */
static bool work_out(const cairn_exchange *exchange, const cairn_head *head, cairn_method method, cairn_arena *arena,
                     cairn_response *response)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_request request = {.method = method, .arena = arena, .hurried = !exchange->slow.in_lane};
    if (request.hurried && exchange->body.n > HURRIED_BODY_BYTES)
        return false;
    if (read_request(exchange, head, &request, &error))
        cairn_api_error(response, 0, &error);
    else if (head->form.asterisk)
        *response = (cairn_response){.status = 204, .allow = CAIRN_GET | CAIRN_HEAD | CAIRN_POST | CAIRN_OPTIONS};
    else
        return ask(exchange->server, &request, response);
    return true;
}

enum MHD_Result cairn_ask(cairn_exchange *exchange, struct MHD_Connection *connection, const cairn_head *head,
                          cairn_reply *reply, cairn_arena *arena)
{
    cairn_response response = {0};
    reply->if_none_match = head->fields.if_none_match;
    question q = ask_cache(exchange, head, reply, arena);
    cairn_kept *kept = q.cache ? cairn_reply_cache_find(q.cache, q.key, &q.stamp) : NULL;
    if (kept)
        return give_kept(exchange, connection, reply, kept);
    if (!work_out(exchange, head, reply->method, arena, &response)) {
        exchange->slow.is_late = true;
        return MHD_YES;
    }
    if (!q.cache || !cairn_reply_cache_wants(q.cache, reply->method, &response))
        return cairn_reply_queue(exchange, connection, reply, &response);
    return give_kept(exchange, connection, reply, cairn_reply_cache_add(q.cache, q.key, &q.stamp, reply, &response));
}
