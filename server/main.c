/* cairnd: reads the configuration, opens the catalog, serves it until a signal comes. */
#include "base/memory.h"
#include "cairn_revision.h"
#include "http/hrefs.h"
#include "http/server.h"
#include "stac/ext.h"
#include "store/sqlite/sqlite_store.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

extern char **environ;

typedef struct place {
    const char *path;
    cairn_sqlite_options options;
    uint64_t slow_cache_bytes; /* page cache of a session of the slow lane */
} place;

static cairn_code open_catalog(void *context, const cairn_store *served, cairn_store **out, cairn_error *error)
{
    const place *what = context;
    return served ? cairn_sqlite_open_swapped(what->path, &what->options, served, out, error)
                  : cairn_sqlite_open(what->path, &what->options, out, error);
}

static cairn_code open_session(void *context, cairn_store *store, cairn_session_kind kind, cairn_session **out,
                               cairn_error *error)
{
    const place *what = context;
    cairn_code code = cairn_session_open(store, out, error);
    if (code || kind == CAIRN_QUICK)
        return code;
    code = cairn_sqlite_set_cache(*out, what->slow_cache_bytes, error);
    if (code)
        cairn_session_close(*out);
    return code;
}

/* "b" of "/a/b.cairn". */
static cairn_span file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    cairn_span name = cairn_span_of(slash ? slash + 1 : path);
    for (size_t i = name.n; i > 1; i--)
        if (name.p[i - 1] == '.')
            return cairn_span_make(name.p, i - 1);
    return name;
}

static cairn_api_options api_options(const cairn_config *config)
{
    cairn_api_options options = {
        .id = cairn_span_of(config->id),
        .title = cairn_span_of(config->title),
        .description = cairn_span_of(config->description),
        .file_name = file_name(config->catalog),
        .limits = cairn_search_defaults,
        .max_page_bytes = config->max_page_bytes,
        .count_budget = config->count_budget,
        .count_budget_one = config->count_budget_one,
        .sort_budget = config->sort_budget,
        .aggregate_budget = config->aggregate_budget,
        .explain = config->explain,
        .ignore_unknown_params = config->unknown_params == 1,
        .null_geometry_hits = config->null_geometry == 1,
        .href_mode = (cairn_href_mode)config->href_mode,
        .source_profile = config->profile == 1,
    };
    options.limits.max_limit = (uint32_t)config->max_limit;
    return options;
}

static void signals_of_interest(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

static void wait_for_end(cairn_served *catalog)
{
    sigset_t set;
    int signal_number = 0;
    signals_of_interest(&set);
    while (sigwait(&set, &signal_number) == 0 && signal_number == SIGHUP)
        cairn_served_look(catalog);
    cairn_log(CAIRN_LOG_INFO, "%s: no further connections are taken", strsignal(signal_number));
}

static cairn_code serve(const cairn_config *config, const cairn_api *api, cairn_served *catalog, cairn_error *error)
{
    cairn_server *server;
    cairn_code code = cairn_server_start(config, api, catalog, &server, error);
    if (code)
        return code;
    if (puts(cairn_server_url(server)) < 0 || fflush(stdout) != 0)
        cairn_log(CAIRN_LOG_WARN, "the URL could not be written to standard output: %s", strerror(errno));
    cairn_log(CAIRN_LOG_INFO, "serving %s at %s", config->catalog, cairn_server_url(server));
    wait_for_end(catalog);
    cairn_server_stop(server);
    return CAIRN_OK;
}

/* What is wrong in keys and rules is wrong usage, not a failure: `*status` says so. */
static cairn_code make_hrefs(const cairn_config *config, cairn_signer **signer, cairn_href_map **hrefs, int *status,
                             cairn_error *error)
{
    cairn_code code = config->sign ? cairn_signer_load(config->sign, signer, error) : CAIRN_OK;
    if (!code)
        code = cairn_hrefs_of_config(config, *signer, hrefs, error);
    *status = code == CAIRN_INVALID ? EXIT_USAGE : EXIT_FAILED;
    return code;
}

/* Without a setting, memory does not depend on how many processors there are: most of it is for quick requests. */
static uint64_t page_cache_bytes(const cairn_config *config, cairn_session_kind kind)
{
    enum { OF_SLOW = 32 << 20, OF_QUICK = 256 * (1 << 20) - OF_SLOW, LEAST = 1 << 20 };
    uint64_t part = (kind == CAIRN_QUICK ? OF_QUICK : OF_SLOW) / cairn_server_threads(config, kind);
    if (config->cache_mb)
        return config->cache_mb << 20;
    return part > LEAST ? part : LEAST;
}

static cairn_code run(const cairn_config *config, int *status, cairn_error *error)
{
    const size_t threads[CAIRN_SESSION_KINDS] = {cairn_server_threads(config, CAIRN_QUICK),
                                                 cairn_server_threads(config, CAIRN_SLOW)};
    place what = {config->catalog,
                  {.immutable = config->immutable,
                   .cache_bytes = page_cache_bytes(config, CAIRN_QUICK),
                   .item_cache_bytes = config->item_cache / (threads[CAIRN_QUICK] + threads[CAIRN_SLOW]),
                   .still = !config->lock_reads,
                   .program = "cairnd"},
                  page_cache_bytes(config, CAIRN_SLOW)};
    cairn_served_ops ops = {open_catalog, open_session, cairn_sqlite_is_replaced, cairn_sqlite_look, &what};
    cairn_api_options options = api_options(config);
    cairn_served *catalog = NULL;
    cairn_href_map *hrefs = NULL;
    cairn_code code = make_hrefs(config, &options.signer, &hrefs, status, error);
    options.hrefs = hrefs;
    if (!code)
        code = cairn_served_open(&ops, threads, &catalog, error);
    cairn_api *api = code ? NULL : cairn_api_new(&options);
    if (!code && !api)
        code = cairn_error_no_memory(error);
    if (!code)
        code = serve(config, api, catalog, error);
    cairn_api_free(api);
    cairn_href_map_free(hrefs);
    cairn_signer_free(options.signer);
    if (catalog)
        cairn_served_close(catalog);
    if (catalog && !config->immutable)
        cairn_sqlite_tidy(config->catalog);
    return code;
}

/* Before there are threads: they only read what is known of properties. */
static cairn_code load_extensions(const cairn_config *config, cairn_error *error)
{
    const char *paths = config->extensions ? config->extensions : getenv("CAIRN_EXTENSIONS");
    return paths ? cairn_ext_load_all(paths, error) : CAIRN_OK;
}

static int print_version(void)
{
    printf("cairnd %s (%s)\nSQLite %s\nlibmicrohttpd %s\n", CAIRN_VERSION, CAIRN_REVISION, cairn_sqlite_version(),
           cairn_server_library_version());
    return ferror(stdout) ? EXIT_FAILED : 0;
}

static int start(const cairn_config *config)
{
    sigset_t set;
    int status = EXIT_FAILED;
    cairn_error error = CAIRN_ERROR_INIT;
    if (config->help) {
        cairn_config_help(stdout, config->help == 2);
        return 0;
    }
    if (config->version)
        return print_version();
    cairn_log_setup((cairn_log_level)config->log_level, config->log_format == 1);
    signal(SIGPIPE, SIG_IGN);
    signals_of_interest(&set);
    sigprocmask(SIG_BLOCK, &set, NULL); /* before any thread is started: they inherit it */
    if (load_extensions(config, &error) == CAIRN_OK && run(config, &status, &error) == CAIRN_OK)
        return 0;
    fprintf(stderr, "cairnd: %s\n", error.message);
    return status;
}

int main(int argc, char **argv)
{
    cairn_config config;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_memory_setup();
    cairn_sqlite_setup();
    cairn_code code = cairn_config_read(&config, argc, argv, environ, &error);
    int status = code == CAIRN_OK ? start(&config) : code == CAIRN_INVALID ? EXIT_USAGE : EXIT_FAILED;
    if (code)
        fprintf(stderr, "cairnd: %s\n%s", error.message, code == CAIRN_INVALID ? "cairnd: try 'cairnd --help'\n" : "");
    cairn_config_free(&config);
    return status;
}
