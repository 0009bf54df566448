#include "indexer/raster_module.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static const cairn_raster_module *module;

static const cairn_raster_module *load(const char *folder)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/cairn_gdal.so", folder);
    void *library = n > 0 && (size_t)n < sizeof path && access(path, R_OK) == 0 ? dlopen(path, RTLD_NOW) : NULL;
    const cairn_raster_module *found = library ? dlsym(library, "cairn_raster_gdal") : NULL;
    return found && found->size == sizeof(cairn_raster) ? found : NULL;
}

/* A build that isn't installed has it beside the program. */
static const cairn_raster_module *load_beside(void)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = 0;
    char *name = strrchr(path, '/');
    if (!name)
        return NULL;
    *name = 0;
    return load(path);
}

static const cairn_raster_module *get(void)
{
    if (!module)
        module = load_beside();
    if (!module)
        module = load(CAIRN_MODULE_DIR);
    return module;
}

const char *cairn_raster_version(void)
{
    return get() ? get()->version() : NULL;
}

static cairn_code unsupported(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_UNSUPPORTED,
                           "this cairn has no GDAL, which opens the files; install libgdal-dev (Debian, Ubuntu) and "
                           "build again with cmake -DCAIRN_GDAL=ON");
}

cairn_code cairn_raster_start(const cairn_raster_options *options, cairn_error *error)
{
    return get() ? get()->start(options, error) : unsupported(error);
}

cairn_code cairn_raster_open(cairn_span href, cairn_arena *arena, cairn_raster *out, cairn_error *error)
{
    *out = (cairn_raster){0};
    return module ? module->open(href, arena, out, error) : unsupported(error);
}
