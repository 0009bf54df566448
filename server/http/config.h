/* The daemon's configuration. Each option is one row of a table in config_table.c: a flag (--max-limit N), an
 * environment variable (CAIRND_MAX_LIMIT) and a key of the configuration file (max-limit = N) with the same meaning. A
 * flag beats the environment, that beats the file, that beats the default. A list that is given replaces the whole list
 * of a weaker source. Not thread-safe: read once at the start, then read-only. */
#ifndef CAIRN_HTTP_CONFIG_H
#define CAIRN_HTTP_CONFIG_H

#include "base/arena.h"
#include "base/log.h"
#include "http/assets/folders.h"
#include "http/forwarded.h"

#include <stdint.h>
#include <stdio.h>

typedef struct cairn_listen {
    struct sockaddr_storage address;
    socklen_t length;
} cairn_listen;

typedef struct cairn_config {
    const char *catalog; /* path */
    const char *file;    /* of the configuration, or NULL */
    cairn_listen listen;
    bool has_base;
    cairn_origin base; /* when has_base */
    cairn_networks trusted;
    const char *title, *description, *id; /* NULL: from the catalog */
    const char *extensions;               /* paths for cairn_ext_load_all(), or NULL */
    const char *sign;                     /* path for cairn_signer_load(), or NULL */
    cairn_asset_folders assets;
    const char *href_maps, *href_alternates; /* one a line, for cairn_href_map; NULL: none */
    int href_mode;                           /* cairn_href_mode */
    int profile;                             /* 0 load-ready, 1 source */
    uint64_t max_open_files;                 /* of assets; 0: chosen by the limit of the system */
    uint64_t threads;                        /* 0: chosen by the number of processors */
    uint64_t max_limit, max_page_bytes, max_body_bytes, max_url_bytes, request_memory;
    uint64_t max_connections, max_connections_per_ip;
    int64_t request_timeout, query_timeout, slow_after, idle_timeout, drain_timeout; /* nanoseconds */
    uint64_t count_budget, count_budget_one, sort_budget, aggregate_budget;
    bool explain;
    int unknown_params; /* 0 error, 1 ignore */
    int null_geometry;  /* 0 ignore, 1 match */
    int log_level;      /* cairn_log_level */
    int log_format;     /* 0 text, 1 json */
    bool access_log;
    bool immutable;
    bool lock_reads;
    uint64_t cache_mb;    /* page cache of one session; 0: its part of what all have */
    uint64_t item_cache;  /* bytes, of all sessions; 0: none */
    uint64_t reply_cache; /* bytes; 0: none */
    int help;             /* 0 no, 1 text, 2 markdown */
    bool version;
    cairn_arena *arena; /* holds all the text */
} cairn_config;

/* Reads flags, environment (NULL-terminated "NAME=value"), file and defaults. CAIRN_INVALID: a usage error, its message
 * naming the source and, for an unknown name, the nearest known one. CAIRN_IO: the file can't be read. The caller frees
 * with cairn_config_free(), in any case. */
cairn_code cairn_config_read(cairn_config *config, int argc, char **argv, char **environment, cairn_error *error);
void cairn_config_free(cairn_config *config);

/* The text of --help, and of docs/cairnd.md. */
void cairn_config_help(FILE *out, bool markdown);

#endif
