#include "cairn_revision.h"
#include "indexer/exit.h"
#include "indexer/options.h"
#include "indexer/raster.h"
#include "stac/crs.h"
#include "stac/geometry.h"
#include "store/sqlite/sqlite_store.h"

#include <microhttpd.h>
#include <stdio.h>

static const cairn_option options[] = {{0}};

static int run(int argc, char **argv)
{
    cairn_operands operands = {.names = ""};
    char nothing;
    int exit = cairn_options_read(&cairn_command_version, options, argc, argv, &nothing, &operands);
    if (exit >= 0)
        return exit;
    printf("cairn %s (%s)\n", CAIRN_VERSION, CAIRN_REVISION);
    printf("SQLite %s\n", cairn_sqlite_version());
    printf("GEOS %s\n", cairn_geos_version());
    printf("PROJ %s\n", cairn_proj_version());
    printf("libmicrohttpd %s\n", MHD_get_version());
    if (cairn_raster_version())
        printf("GDAL %s\n", cairn_raster_version());
    return CAIRN_EXIT_OK;
}

const cairn_command cairn_command_version = {
    .name = "version",
    .summary = "print the versions of cairn and of the libraries that it runs with",
    .usage = "cairn version",
    .help = "The same as 'cairn --version'. Please put it into every bug report.\n"
            "\n"
            "Examples:\n"
            "  $ cairn --version\n",
    .run = run,
};
