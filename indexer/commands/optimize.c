#include "indexer/editor.h"
#include "indexer/exit.h"
#include "indexer/options.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

typedef struct optimize {
    uint64_t wait;
} optimize;

static const cairn_option options[] = {
    {.name = "wait",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "SECONDS",
     .max = CAIRN_EDITOR_WAIT_MAX,
     .at = offsetof(optimize, wait),
     .help = "how long to wait for another writer (default 30)"},
    CAIRN_EXTENSIONS_OPTION,
    {0},
};

static unsigned long long size_of(const char *path)
{
    struct stat there;
    return stat(path, &there) == 0 ? (unsigned long long)there.st_size : 0;
}

static cairn_code optimize_catalog(const char *path, uint64_t wait, cairn_error *error)
{
    const cairn_sqlite_options how = {.program = "cairn optimize", .lock_wait_ms = cairn_editor_wait_ms(wait)};
    cairn_store *store;
    cairn_code code = cairn_sqlite_open(path, &how, &store, error);
    if (code != CAIRN_OK)
        return code;
    code = cairn_store_optimize(store, error);
    cairn_store_close(store);
    return code;
}

static int run(int argc, char **argv)
{
    optimize values = {.wait = CAIRN_EDITOR_WAIT};
    cairn_operands operands = {.min = 1, .max = 1, .names = "CATALOG"};
    cairn_error error = CAIRN_ERROR_INIT;
    int exit = cairn_options_read(&cairn_command_optimize, options, argc, argv, &values, &operands);
    if (exit >= 0)
        return exit;
    const char *path = operands.items[0];
    unsigned long long before = size_of(path);
    if (optimize_catalog(path, values.wait, &error) != CAIRN_OK)
        return cairn_report(&cairn_command_optimize, &error);
    printf("%s: %llu bytes before, %llu now\n", path, before, size_of(path));
    return CAIRN_EXIT_OK;
}

const cairn_command cairn_command_optimize = {
    .name = "optimize",
    .summary = "compact a catalog and bring its statistics up to date",
    .usage = "cairn optimize CATALOG [options]",
    .help = "Useful after many deletions or replacements. Needs free room for a copy of the\n"
            "file, and is the writer while it runs. A catalog of an older version is brought\n"
            "up to this one. Properties that an extension marks as indexed get their index\n"
            "where the catalog lacks it, and all properties are counted anew.\n"
            "\n"
            "Examples:\n"
            "  $ cairn optimize demo.cairn\n",
    .run = run,
};
