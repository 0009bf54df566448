#include "http/reply.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/stream.h"

#include <arpa/inet.h>
#include <inttypes.h>

#define EXPOSED                                                                                                        \
    "Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag, Last-Modified, Link, Location, Retry-After"
#define REQUESTS                                                                                                       \
    "*, Accept, Accept-Profile, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Range, "   \
    "If-Unmodified-Since, Range"

/* Slower takers of an answer are cut. */
enum { MINIMAL_BYTES_PER_SECOND = 16 << 10 };

#define TIMEOUT_BODY                                                                                                   \
    "{\"code\":\"RequestTimeout\",\"description\":\"the request did not arrive within the time that it may take\"}"
_Static_assert(sizeof TIMEOUT_BODY == 101 + 1, "Content-Length below");

const char cairn_reply_timeout[] =
    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: application/json\r\n"
    "Access-Control-Allow-Origin: *\r\nContent-Length: 101\r\n\r\n" TIMEOUT_BODY;

static void free_body(void *context)
{
    cairn_buf body = CAIRN_BUF_INIT(0);
    body.p = context;
    cairn_buf_free(&body);
}

static void list_methods(unsigned methods, char *out, size_t size)
{
    static const struct {
        cairn_method method;
        const char *name;
    } NAMES[] = {{CAIRN_GET, "GET"}, {CAIRN_HEAD, "HEAD"}, {CAIRN_POST, "POST"}, {CAIRN_OPTIONS, "OPTIONS"}};
    size_t n = 0;
    out[0] = 0;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (methods & NAMES[i].method)
            n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "", NAMES[i].name);
}

/* Fields that fail to be added for lack of memory are left out. */
static void add(struct MHD_Response *out, const char *name, const char *value)
{
    MHD_add_response_header(out, name, value);
}

static void add_cross_origin(struct MHD_Response *out, const cairn_reply *reply, const char *allow)
{
    add(out, "Access-Control-Allow-Origin", "*");
    if (reply->method != CAIRN_OPTIONS) {
        add(out, "Access-Control-Expose-Headers", EXPOSED);
        return;
    }
    add(out, "Access-Control-Allow-Methods", allow[0] ? allow : "GET, HEAD, POST, OPTIONS");
    add(out, "Access-Control-Allow-Headers", REQUESTS);
    add(out, "Access-Control-Max-Age", "86400");
}

void cairn_reply_add_common(struct MHD_Response *out, const cairn_reply *reply, const char *allow)
{
    add_cross_origin(out, reply, allow);
    add(out, "X-Content-Type-Options", "nosniff");
    if (reply->close)
        add(out, "Connection", "close");
}

static void add_vary(struct MHD_Response *out, const cairn_response *response)
{
    char vary[64];
    snprintf(vary, sizeof vary, "Accept-Encoding%s%s", response->vary_accept ? ", Accept" : "",
             response->vary_profile ? ", Accept-Profile" : "");
    add(out, "Vary", vary);
}

static void add_private(struct MHD_Response *out, int64_t seconds)
{
    char text[64];
    snprintf(text, sizeof text, "private, max-age=%" PRId64, seconds);
    add(out, "Cache-Control", text);
}

static void add_fields(struct MHD_Response *out, const cairn_reply *reply, const cairn_response *response,
                       const char *etag, bool has_body)
{
    char allow[64], location[2048];
    list_methods(response->allow, allow, sizeof allow);
    cairn_reply_add_common(out, reply, allow);
    add_vary(out, response);
    if (response->content_type && has_body)
        add(out, "Content-Type", response->content_type);
    if (response->gzipped && has_body)
        add(out, "Content-Encoding", "gzip");
    if (etag[0])
        add(out, "ETag", etag);
    if (response->status >= 400)
        add(out, "Cache-Control", "no-store");
    else if (response->private_seconds)
        add_private(out, response->private_seconds);
    else if (response->cacheable)
        add(out, "Cache-Control", "no-cache");
    if (allow[0])
        add(out, "Allow", allow);
    if (response->status == 503)
        add(out, "Retry-After", "1");
    if (response->location.p && response->location.n < sizeof location) {
        snprintf(location, sizeof location, "%.*s", CAIRN_SPAN_FMT(response->location));
        add(out, "Location", location);
    }
    if (reply->content_range)
        add(out, "Content-Range", reply->content_range);
}

/* The entity tag, or "" where there is none. */
static void tag(const cairn_reply *reply, const cairn_response *response, char etag[CAIRN_ETAG_SIZE])
{
    etag[0] = 0;
    if (response->cacheable && response->status == 200 && (reply->method & (CAIRN_GET | CAIRN_HEAD)))
        cairn_etag_make(cairn_buf_span(&response->body), etag);
}

static bool client_has(const cairn_reply *reply, const char *etag)
{
    return etag[0] && reply->if_none_match.p && cairn_etag_matches(reply->if_none_match, etag);
}

static const char *peer_name(struct MHD_Connection *connection, char *out, socklen_t size)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    cairn_address address;
    if (!info || !info->client_addr || !cairn_address_from(info->client_addr, &address) ||
        !inet_ntop(AF_INET6, address.bytes, out, size))
        return "-";
    return strncmp(out, "::ffff:", 7) == 0 ? out + 7 : out;
}

cairn_access cairn_reply_access(const cairn_exchange *exchange, struct MHD_Connection *connection,
                                const cairn_reply *reply, int status)
{
    char peer[INET6_ADDRSTRLEN];
    cairn_access access = {.method = reply->method, .status = status, .started = exchange->started};
    cairn_quote(reply->path, access.path, sizeof access.path);
    snprintf(access.peer, sizeof access.peer, "%s", peer_name(connection, peer, sizeof peer));
    return access;
}

void cairn_reply_log(const cairn_access *access, uint64_t bytes)
{
    static const char *const NAMES[] = {[CAIRN_GET] = "GET",
                                        [CAIRN_HEAD] = "HEAD",
                                        [CAIRN_POST] = "POST",
                                        [CAIRN_OPTIONS] = "OPTIONS",
                                        [CAIRN_OTHER_METHOD] = "OTHER"};
    cairn_log(CAIRN_LOG_INFO, "access: %s %s %d %" PRIu64 " bytes %" PRId64 " us %s", NAMES[access->method],
              access->path, access->status, bytes, (cairn_clock_now() - access->started) / 1000, access->peer);
}

void cairn_reply_note(const cairn_exchange *exchange, struct MHD_Connection *connection, const cairn_reply *reply,
                      int status, uint64_t bytes)
{
    if (!exchange->server->config->access_log)
        return;
    cairn_access access = cairn_reply_access(exchange, connection, reply, status);
    cairn_reply_log(&access, bytes);
}

int64_t cairn_reply_patience(const cairn_server *server, uint64_t bytes)
{
    return server->config->request_timeout + (int64_t)(bytes / MINIMAL_BYTES_PER_SECOND) * CAIRN_SECOND;
}

static struct MHD_Response *take_body(cairn_response *response)
{
    struct MHD_Response *out = MHD_create_response_from_buffer_with_free_callback_cls(
        response->body.n, response->body.p, response->body.p ? free_body : NULL, response->body.p);
    if (!out)
        cairn_buf_free(&response->body);
    return out;
}

/* Logs, and starts the time in which the answer must be taken. False when the connection was cut. */
static bool begin_answer(cairn_exchange *exchange, struct MHD_Connection *connection, const cairn_reply *reply,
                         int status, uint64_t bytes)
{
    cairn_reply_note(exchange, connection, reply, status, bytes);
    int64_t deadline = cairn_clock_now() + cairn_reply_patience(exchange->server, bytes);
    return cairn_guard_set(exchange->guard, CAIRN_ANSWERING, deadline);
}

static struct MHD_Response *make_whole(cairn_exchange *exchange, struct MHD_Connection *connection,
                                       const cairn_reply *reply, cairn_response *response)
{
    if (begin_answer(exchange, connection, reply, response->status, response->body.n))
        return take_body(response);
    cairn_buf_free(&response->body);
    return NULL;
}

enum MHD_Result cairn_reply_give(cairn_exchange *exchange, struct MHD_Connection *connection, int status,
                                 struct MHD_Response *made)
{
    if (exchange->slow.in_lane) {
        exchange->slow.made = made;
        exchange->slow.status = status;
        return MHD_YES;
    }
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)status, made);
    MHD_destroy_response(made);
    return result;
}

enum MHD_Result cairn_reply_queue(cairn_exchange *exchange, struct MHD_Connection *connection, const cairn_reply *reply,
                                  cairn_response *response)
{
    char etag[CAIRN_ETAG_SIZE];
    bool streamed = response->stream != NULL;
    tag(reply, response, etag);
    if (client_has(reply, etag)) {
        response->status = 304;
        cairn_buf_free(&response->body);
        response->body = (cairn_buf)CAIRN_BUF_INIT(0);
    }
    bool has_body = streamed || response->body.n;
    struct MHD_Response *out = (streamed ? cairn_http_stream_new : make_whole)(exchange, connection, reply, response);
    if (!out)
        return MHD_NO;
    add_fields(out, reply, response, etag, has_body);
    return cairn_reply_give(exchange, connection, response->status, out);
}

struct MHD_Response *cairn_reply_make(const cairn_reply *reply, cairn_response *response, char etag[CAIRN_ETAG_SIZE])
{
    bool has_body = response->body.n;
    tag(reply, response, etag);
    struct MHD_Response *out = take_body(response);
    if (out)
        add_fields(out, reply, response, etag, has_body);
    return out;
}

enum MHD_Result cairn_reply_queue_made(cairn_exchange *exchange, struct MHD_Connection *connection,
                                       const cairn_reply *reply, const cairn_response *response, const char *etag,
                                       struct MHD_Response *made, uint64_t bytes)
{
    if (client_has(reply, etag)) {
        cairn_response same = *response;
        same.status = 304;
        same.body = (cairn_buf)CAIRN_BUF_INIT(0);
        struct MHD_Response *out = make_whole(exchange, connection, reply, &same);
        if (!out)
            return MHD_NO;
        add_fields(out, reply, &same, etag, false);
        return cairn_reply_give(exchange, connection, same.status, out);
    }
    if (!begin_answer(exchange, connection, reply, response->status, bytes))
        return MHD_NO;
    if (!exchange->slow.in_lane)
        return MHD_queue_response(connection, (unsigned)response->status, made);
    exchange->slow.made = made;
    exchange->slow.status = response->status;
    return MHD_YES;
}
