#include "http/config_table.h"

#include "href/href.h"

#include <ctype.h>
#include <stddef.h>

static const char *const UNKNOWN_PARAMS[] = {"error", "ignore", NULL};
static const char *const NULL_GEOMETRY[] = {"ignore", "match", NULL};
static const char *const PROFILES[] = {"load-ready", "source", NULL};
static const char *const LEVELS[] = {"error", "warn", "info", "debug", NULL};
static const char *const FORMATS[] = {"text", "json", NULL};
static const char *const HELP[] = {"no", "text", "markdown", NULL};

#define AT(member) offsetof(cairn_config, member)
#define TEXT(name, arg, member, help)                                                                                  \
    {                                                                                                                  \
        name, arg, NULL, help, CAIRN_OPTION_TEXT, AT(member), 0, 0, NULL, false, false                                 \
    }
#define SWITCH(name, member, only, help)                                                                               \
    {                                                                                                                  \
        name, NULL, "false", help, CAIRN_OPTION_SWITCH, AT(member), 0, 0, NULL, only, true                             \
    }
#define NUMBER(name, arg, kind, member, fallback, min, max, help)                                                      \
    {                                                                                                                  \
        name, arg, fallback, help, CAIRN_OPTION_##kind, AT(member), min, max, NULL, false, false                       \
    }
#define CHOICE(name, arg, member, fallback, choices, help)                                                             \
    {                                                                                                                  \
        name, arg, fallback, help, CAIRN_OPTION_CHOICE, AT(member), 0, 0, choices, false, false                        \
    }

#define MEGA (UINT64_C(1) << 20)
#define GIGA (UINT64_C(1) << 30)
#define HOUR UINT64_C(3600)

static const cairn_option OPTIONS[] = {
    TEXT("catalog", "FILE", catalog, "The catalog to serve. It may be replaced by rename while it is served."),
    {"listen", "ADDR:PORT", "127.0.0.1:8080",
     "Where to listen: an IPv4 address, or an IPv6 address in brackets, and a port. Port 0 takes a free one; the first "
     "line on standard output is the URL.",
     CAIRN_OPTION_LISTEN, AT(listen), 0, 0, NULL, false, false},
    {"base-url", "URL", NULL,
     "The external URL of the landing page, from which links are built. Without it: what trusted proxies say, else the "
     "Host header. Requests are understood with its path in front and without.",
     CAIRN_OPTION_URL, 0, 0, 0, NULL, false, false},
    {"trust-proxy", "CIDR", NULL,
     "A network whose Forwarded and X-Forwarded-* headers are believed. May be given more than once.",
     CAIRN_OPTION_NETWORKS, AT(trusted), 0, 0, NULL, false, false},
    {"assets", "/path/=DIR", NULL,
     "Serve the files below DIR at /path/, in whole or in ranges: for data that no object store has. May be given more "
     "than once; see docs/assets.md.",
     CAIRN_OPTION_FOLDERS, AT(assets), 0, 0, NULL, false, false},
    CHOICE(
        "asset-href-mode", "MODE", href_mode, "loadable", cairn_href_modes,
        "How hrefs of assets are given where a request does not say: loadable (what loads with no credentials), "
        "https, s3 (the store's own scheme), file, source (as ingested) or signed (with --sign); see docs/hrefs.md."),
    {"href-map", "FROM=TO", NULL,
     "Hrefs of assets that begin with FROM begin with TO instead, such as s3://bucket/=https://data.example.org/. May "
     "be given more than once; the longest FROM wins.",
     CAIRN_OPTION_LINES, AT(href_maps), 0, 0, NULL, false, false},
    {"href-alternate", "NAME", NULL,
     "Only alternates (extension alternate-assets) of this name take the place of an href that does not load without "
     "credentials. May be given more than once, in the order of preference. Default: any that is http(s).",
     CAIRN_OPTION_LINES, AT(href_alternates), 0, 0, NULL, false, false},
    CHOICE("profile", "load-ready|source", profile, "load-ready", PROFILES,
           "What items look like where a request does not say: in the load-ready form, or in the source's own words."),
    TEXT("config", "FILE", file, "A configuration file: lines of the form key = value, with the names of the flags."),
    TEXT("title", "TEXT", title, "The title of the landing page. Default: the crawled root catalog's, else the id."),
    TEXT("description", "TEXT", description, "The description of the landing page."),
    TEXT("id", "TEXT", id, "The id of the landing page. Default: the crawled root catalog's, else the file's name."),
    TEXT(
        "extensions", "PATH", extensions,
        "A site's own descriptors of properties (JSON): a file or a folder of them, several separated by ':'. Default: "
        "CAIRN_EXTENSIONS, as for cairn."),
    TEXT("sign", "FILE", sign,
         "What URLs are signed, and with which keys (docs/signing.md): answers GET /sign, and asset-href-mode=signed."),
    NUMBER("threads", "N", COUNT, threads, "0", 0, 1024,
           "Threads that answer requests. 0: one for each processor, at least 2."),
    NUMBER("max-limit", "N", COUNT, max_limit, "10000", 1, 1000000,
           "The largest page; a larger limit in a request is taken as this."),
    NUMBER("max-page-bytes", "BYTES", BYTES, max_page_bytes, "32M", 1024, 4 * GIGA,
           "A page ends when its items are this long together, with at least one item and a next link."),
    NUMBER("max-body-bytes", "BYTES", BYTES, max_body_bytes, "10M", 1024, GIGA,
           "The longest request body; a longer one is answered by 413."),
    NUMBER("max-url-bytes", "BYTES", BYTES, max_url_bytes, "16K", 1024, MEGA,
           "The longest request target (path and query); a longer one is answered by 414. Each connection keeps memory "
           "for it, and zeroes it after each request."),
    NUMBER("request-memory", "BYTES", BYTES, request_memory, "128M", MEGA, 64 * GIGA,
           "The memory that the working out of one request may use, without its answer."),
    NUMBER("max-connections", "N", COUNT, max_connections, "1000", 1, 1000000,
           "Connections at the same time; further ones wait until one is closed."),
    NUMBER("max-connections-per-ip", "N", COUNT, max_connections_per_ip, "0", 0, 1000000,
           "Connections at the same time from one address; further ones are closed. 0: no limit. Behind a proxy all "
           "come from the proxy's address."),
    NUMBER("max-open-files", "N", COUNT, max_open_files, "0", 0, 1000000,
           "Files of --assets that are sent at the same time; beyond that the answer is 503. 0: one for each "
           "connection, or as many as the system's limit of open files leaves room for."),
    NUMBER("request-timeout", "TIME", DURATION, request_timeout, "30s", 0, HOUR,
           "The whole request must have been read after this time; slow senders are cut."),
    NUMBER("idle-timeout", "TIME", DURATION, idle_timeout, "60s", 0, HOUR,
           "A connection on which nothing moves for this time is closed."),
    NUMBER("query-timeout", "TIME", DURATION, query_timeout, "10s", 0, HOUR,
           "A search that takes longer ends its page early, or is answered by 503 when it has found nothing yet."),
    NUMBER("slow-after", "TIME", DURATION, slow_after, "25ms", 0, HOUR,
           "What is not answered after this time leaves its thread for the slow lane, where it is begun anew."),
    NUMBER("drain-timeout", "TIME", DURATION, drain_timeout, "10s", 0, HOUR,
           "How long requests under way may take after SIGTERM."),
    NUMBER("count-budget", "N", COUNT, count_budget, "10000", 0, UINT32_MAX,
           "numberMatched is given when no more than so many candidates must be looked at to count."),
    NUMBER("count-budget-one", "N", COUNT, count_budget_one, "1000000", 0, UINT32_MAX,
           "The same for limit=1, which is how clients ask for a count."),
    NUMBER("sort-budget", "N", COUNT, sort_budget, "200000", 0, UINT32_MAX,
           "A sort by a property without an index may look at so many items; beyond that it is refused with the name "
           "of the property to promote (cairn queryables add CATALOG NAME). 0: no limit."),
    NUMBER("aggregate-budget", "N", COUNT, aggregate_budget, "10000000", 1, UINT32_MAX,
           "An aggregation may look at so many items; beyond that it is refused."),
    SWITCH("explain", explain, false,
           "Answer explain=true with the plan of a search: index, rows looked at, rows returned, time."),
    CHOICE("unknown-params", "error|ignore", unknown_params, "error", UNKNOWN_PARAMS,
           "What to do with query parameters that no operation has: 400, or nothing (gateways add their own)."),
    CHOICE("null-geometry", "ignore|match", null_geometry, "ignore", NULL_GEOMETRY,
           "Whether items without a geometry meet every bbox and intersects, as OGC API Features has it."),
    CHOICE("log-level", "error|warn|info|debug", log_level, "info", LEVELS, "What is logged to standard error."),
    CHOICE("log-format", "text|json", log_format, "text", FORMATS, "One line a message, plain or as a JSON object."),
    SWITCH("access-log", access_log, false,
           "Log each answer: method, path, status, bytes, microseconds, peer. Queries are never logged."),
    SWITCH("immutable", immutable, false,
           "Promise that the file never changes while it is served: no locks are taken. For read-only media and file "
           "systems without locks. Replacing the file by rename works."),
    SWITCH("lock-reads", lock_reads, false,
           "Hold a lock on the catalog through each answer, also while nobody writes. For file systems whose times "
           "don't tell of each write."),
    NUMBER("cache-mb", "N", COUNT, cache_mb, "0", 0, 65536,
           "Page cache of each reading connection (there is one for each thread, and for each of the slow lane), in MB "
           "(2^20). 0: 224 MB shared out among the threads, and 32 MB among those of the slow lane."),
    NUMBER("item-cache", "BYTES", BYTES, item_cache, "64M", 0, 64 * GIGA,
           "Memory for texts of items, so that answers without compression need not unpack them again. The threads "
           "share it out; 0: none."),
    NUMBER("reply-cache", "BYTES", BYTES, reply_cache, "0", 0, 64 * GIGA,
           "Memory for whole replies, such as 64M: the same question is answered again from there until something is "
           "committed to the catalog, also by another process. 0: each answer is worked out."),
    {"help", NULL, "no", "Print this text; as markdown with --help=markdown.", CAIRN_OPTION_CHOICE, AT(help), 0, 0,
     HELP, true, true},
    SWITCH("version", version, true, "Print the versions of cairnd and of its libraries."),
};

#define N_OPTIONS ((int)(sizeof OPTIONS / sizeof OPTIONS[0]))
_Static_assert(N_OPTIONS <= CAIRN_OPTIONS_MAX, "raise CAIRN_OPTIONS_MAX");

const cairn_option *cairn_option_at(size_t index)
{
    return index < (size_t)N_OPTIONS ? &OPTIONS[index] : NULL;
}

int cairn_option_find(cairn_span name)
{
    for (int i = 0; i < N_OPTIONS; i++)
        if (cairn_span_is(name, OPTIONS[i].name))
            return i;
    return -1;
}

bool cairn_option_is_list(const cairn_option *option)
{
    return option->kind == CAIRN_OPTION_NETWORKS || option->kind == CAIRN_OPTION_FOLDERS ||
           option->kind == CAIRN_OPTION_LINES;
}

const char *const *cairn_option_names(void)
{
    static const char *names[N_OPTIONS + 1];
    for (int i = 0; i < N_OPTIONS; i++)
        names[i] = OPTIONS[i].name;
    return names;
}

void cairn_option_variable(const cairn_option *option, char *out, size_t size)
{
    int n = snprintf(out, size, "CAIRND_%s", option->name);
    for (int i = 0; i < n && (size_t)i < size; i++)
        out[i] = out[i] == '-' ? '_' : (char)toupper((unsigned char)out[i]);
}
