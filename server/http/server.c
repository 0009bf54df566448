#include "http/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/exchange.h"
#include "http/listen.h"
#include "http/reply_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Beside the request target, a connection has room for header fields and for libmicrohttpd's own structures. */
enum { HEADER_MEMORY = 24 << 10, MEMORY_STEP = 4 << 10, SPARE_FILES = 64 };
/* Slow requests that may wait for each thread of the slow lane. */
enum { WAITING_A_THREAD = 16 };
#define FRESH_FOR  (CAIRN_SECOND / 2)
#define LAST_WORDS (CAIRN_SECOND / 4)

size_t cairn_server_threads(const cairn_config *config, cairn_session_kind kind)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t threads = config->threads;
    if (!threads)
        threads = processors > 2 ? (size_t)processors : 2;
    return kind == CAIRN_QUICK || threads > 2 ? threads : 2;
}

static size_t count_all_threads(const cairn_config *config)
{
    return cairn_server_threads(config, CAIRN_QUICK) + cairn_server_threads(config, CAIRN_SLOW);
}

/* ---- libmicrohttpd's callbacks ---- */

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    cairn_worker *worker = context;
    cairn_server *server = worker->server;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*socket_context)
            cairn_watch_remove(server->watch, *socket_context);
        *socket_context = NULL;
        atomic_fetch_sub(&worker->connections, 1);
        return;
    }
    atomic_fetch_add(&worker->connections, 1);
    /* The library has one place for what it tells, so each answer is used up before the next question. */
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    int socket = info ? info->connect_fd : -1;
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    cairn_address address = {{0}};
    if (info && info->client_addr)
        cairn_address_from(info->client_addr, &address);
    int64_t deadline = cairn_clock_now() + server->config->request_timeout;
    *socket_context = socket >= 0 ? cairn_watch_add(server->watch, socket, &address, deadline) : NULL;
}

static cairn_guard *guard_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void *on_request_line(void *context, const char *target, struct MHD_Connection *connection)
{
    cairn_server *server = context;
    cairn_guard *guard = guard_of(connection);
    if (!guard || !cairn_guard_set(guard, CAIRN_READING, cairn_clock_now() + server->config->request_timeout))
        return NULL;
    return cairn_exchange_new(server, guard, target);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *bytes, size_t *n, void **request_context)
{
    cairn_exchange *exchange = *request_context;
    (void)context, (void)url;
    if (!exchange)
        return MHD_NO;
    if (!exchange->gated)
        return cairn_exchange_gate(exchange, connection, method, version);
    if (*n) {
        cairn_exchange_take_body(exchange, bytes, *n);
        *n = 0;
        return MHD_YES;
    }
    /* What comes from the slow lane has its time to be taken already. */
    if (!exchange->slow.begun && !cairn_guard_set(exchange->guard, CAIRN_ANSWERING, 0))
        return MHD_NO;
    return cairn_exchange_answer(exchange, connection, method);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **request_context,
                         enum MHD_RequestTerminationCode how)
{
    cairn_server *server = context;
    cairn_exchange *exchange = *request_context;
    (void)connection, (void)how;
    if (!exchange)
        return;
    const cairn_config *config = server->config;
    cairn_guard_set(exchange->guard, CAIRN_IDLE, cairn_clock_now() + config->idle_timeout + config->request_timeout);
    cairn_exchange_free(exchange);
    *request_context = NULL;
}

static void on_message(void *context, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));
static void on_message(void *context, const char *format, va_list ap)
{
    char text[512];
    (void)context;
    int n = vsnprintf(text, sizeof text, format, ap);
    while (n > 0 && (size_t)n < sizeof text && (text[n - 1] == '\n' || text[n - 1] == ' '))
        text[--n] = 0;
    cairn_log(CAIRN_LOG_DEBUG, "libmicrohttpd: %s", text);
}

/* ---- start and stop ---- */

/* Each connection needs a descriptor, and one more for a file that is sent: raises the soft limit as far as may be. */
static void raise_file_limit(cairn_server *server)
{
    const cairn_config *config = server->config;
    struct rlimit limit;
    rlim_t own = config->max_connections + 8 * count_all_threads(config) + SPARE_FILES;
    rlim_t files = config->max_open_files ? config->max_open_files : config->max_connections;
    rlim_t wanted = own + (config->assets.n ? files : 0);
    server->max_open_files = files;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
            cairn_log(CAIRN_LOG_WARN, "%llu open files are allowed, %llu would serve --max-connections%s",
                      (unsigned long long)limit.rlim_cur, (unsigned long long)wanted,
                      config->assets.n ? " and --assets" : "");
    }
    if (config->max_open_files == 0 && limit.rlim_cur < wanted)
        server->max_open_files = limit.rlim_cur > own ? limit.rlim_cur - own : 1 + limit.rlim_cur / 4;
}

static unsigned seconds_up(int64_t nanoseconds)
{
    return (unsigned)((nanoseconds + CAIRN_SECOND - 1) / CAIRN_SECOND);
}

/* ---- the acceptor's callbacks ---- */

static bool has_room(void *context)
{
    const cairn_server *server = context;
    size_t n = 0;
    for (size_t i = 0; i < server->threads; i++)
        n += atomic_load(&server->workers[i].connections);
    return n < server->config->max_connections;
}

static bool may_enter(void *context, const cairn_address *peer)
{
    const cairn_server *server = context;
    uint64_t most = server->config->max_connections_per_ip;
    return most == 0 || cairn_watch_count(server->watch, peer) < most;
}

/* To the worker with the fewest connections; among equals in turn. */
static void take(void *context, int socket, const struct sockaddr *peer, socklen_t length)
{
    cairn_server *server = context;
    size_t best = server->next++ % server->threads;
    for (size_t i = 0; i < server->threads; i++) {
        size_t other = (server->next + i) % server->threads;
        if (atomic_load(&server->workers[other].connections) < atomic_load(&server->workers[best].connections))
            best = other;
    }
    /* Closes the socket when it fails. */
    MHD_add_connection(server->workers[best].daemon, socket, peer, length);
}

static struct MHD_Daemon *start_daemon(cairn_worker *worker)
{
    cairn_server *server = worker->server;
    const cairn_config *config = server->config;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)(config->max_url_bytes + HEADER_MEMORY), NULL},
        {MHD_OPTION_CONNECTION_MEMORY_INCREMENT, MEMORY_STEP, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)(config->max_connections + SPARE_FILES), NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)seconds_up(config->idle_timeout), NULL},
        {MHD_OPTION_THREAD_STACK_SIZE, CAIRN_STACK_BYTES, NULL},
#if MHD_VERSION >= 0x00097701
        {MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1, NULL},
#else
        {MHD_OPTION_STRICT_FOR_CLIENT, 0, NULL}, /* what 1 refuses, the gate does, in JSON */
#endif
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG, 0,
        NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_message, NULL, MHD_OPTION_ARRAY, options,
        MHD_OPTION_URI_LOG_CALLBACK, on_request_line, server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, worker, MHD_OPTION_END);
}

static cairn_code start_workers(cairn_server *server, cairn_error *error)
{
    if (!server->workers)
        return cairn_error_no_memory(error);
    for (size_t i = 0; i < server->threads; i++) {
        cairn_worker *worker = &server->workers[i];
        worker->server = server;
        worker->daemon = start_daemon(worker);
        if (!worker->daemon)
            return cairn_error_set(error, CAIRN_IO, "the HTTP library doesn't start thread %zu: %s", i + 1,
                                   strerror(errno));
    }
    return CAIRN_OK;
}

static void set_urls(cairn_server *server, const char *host)
{
    const cairn_config *config = server->config;
    if (config->has_base) {
        server->self = config->base;
        snprintf(server->url, sizeof server->url, "%.*s://%.*s%.*s/", CAIRN_SPAN_FMT(config->base.scheme),
                 CAIRN_SPAN_FMT(config->base.host), CAIRN_SPAN_FMT(config->base.prefix));
        return;
    }
    int n = snprintf(server->url, sizeof server->url, "http://%s/", host);
    server->self.scheme = cairn_span_of("http");
    server->self.host = cairn_span_make(server->url + 7, (size_t)n - 8);
    server->self.prefix = cairn_span_of("");
}

static void server_free(cairn_server *server)
{
    /* The library does not stop with suspended connections: the lane resumes all. */
    if (server->lane)
        cairn_lane_close(server->lane);
    for (size_t i = 0; server->workers && i < server->threads; i++)
        if (server->workers[i].daemon)
            MHD_stop_daemon(server->workers[i].daemon);
    if (server->lane)
        cairn_lane_free(server->lane);
    if (server->watch)
        cairn_watch_free(server->watch);
    cairn_reply_cache_free(server->replies);
    while (server->n_arenas)
        cairn_arena_free(server->arenas[--server->n_arenas]);
    pthread_mutex_destroy(&server->arena_lock);
    free(server->arenas);
    free(server->workers);
    free(server);
}

static cairn_code start_accepting(cairn_server *server, cairn_error *error)
{
    int socket;
    char host[80];
    cairn_acceptor_ops ops = {has_room, may_enter, take, server};
    cairn_code code = cairn_listen_open(&server->config->listen, &socket, host, sizeof host, error);
    if (code)
        return code;
    set_urls(server, host);
    server->acceptor = cairn_acceptor_start(socket, &ops);
    if (server->acceptor)
        return CAIRN_OK;
    close(socket);
    return cairn_error_set(error, CAIRN_NOMEM, "out of memory or threads");
}

cairn_code cairn_server_start(const cairn_config *config, const cairn_api *api, cairn_served *catalog,
                              cairn_server **out, cairn_error *error)
{
    cairn_server *server = calloc(1, sizeof *server);
    size_t slow = cairn_server_threads(config, CAIRN_SLOW);
    if (!server)
        return cairn_error_no_memory(error);
    server->config = config;
    server->api = api;
    server->catalog = catalog;
    server->threads = cairn_server_threads(config, CAIRN_QUICK);
    server->max_arenas = count_all_threads(config);
    server->arenas = calloc(server->max_arenas, sizeof(cairn_arena *));
    server->workers = calloc(server->threads, sizeof *server->workers);
    server->watch = cairn_watch_new(cairn_reply_timeout);
    server->lane = cairn_lane_new(slow, WAITING_A_THREAD * slow);
    pthread_mutex_init(&server->arena_lock, NULL);
    raise_file_limit(server);
    cairn_code code = CAIRN_OK;
    if (config->reply_cache)
        server->replies = cairn_reply_cache_new(config->reply_cache);
    if (!server->watch || !server->lane || !server->arenas || (config->reply_cache && !server->replies))
        code = cairn_error_set(error, CAIRN_NOMEM, "out of memory or threads");
    if (!code)
        code = start_workers(server, error);
    if (!code)
        code = start_accepting(server, error);
    if (code) {
        server_free(server);
        return code;
    }
    *out = server;
    return CAIRN_OK;
}

const char *cairn_server_url(const cairn_server *server)
{
    return server->url;
}

/* Waits until nobody is busy any more: at most so long. How many still are. */
static size_t wait_for_rest(cairn_server *server, int64_t nanoseconds)
{
    static const struct timespec TICK = {0, 10 * CAIRN_MILLISECOND};
    int64_t until = cairn_clock_now() + nanoseconds;
    size_t busy;
    while ((busy = cairn_watch_busy(server->watch, FRESH_FOR)) > 0 && cairn_clock_now() < until)
        nanosleep(&TICK, NULL);
    return busy;
}

static void drain(cairn_server *server)
{
    size_t busy = wait_for_rest(server, server->config->drain_timeout);
    if (!busy)
        return;
    cairn_log(CAIRN_LOG_WARN, "%zu requests were not finished in time", busy);
    /* What waited in the slow lane is told so. */
    cairn_lane_close(server->lane);
    wait_for_rest(server, LAST_WORDS);
}

void cairn_server_stop(cairn_server *server)
{
    atomic_store(&server->draining, true);
    cairn_acceptor_stop(server->acceptor);
    drain(server);
    server_free(server);
}

const char *cairn_server_library_version(void)
{
    return MHD_get_version();
}
