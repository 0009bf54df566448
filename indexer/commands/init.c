#include "indexer/editor.h"
#include "indexer/exit.h"
#include "indexer/options.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

typedef struct init {
    const char *id, *title, *description;
} init;

static const cairn_option options[] = {
    {.name = "id",
     .kind = CAIRN_OPTION_TEXT,
     .argument = "ID",
     .at = offsetof(init, id),
     .help = "id of the root catalog; without it cairnd shows that of the first catalog that is crawled, else the "
             "file's name"},
    {.name = "title", .kind = CAIRN_OPTION_TEXT, .argument = "TEXT", .at = offsetof(init, title), .help = "its title"},
    {.name = "description",
     .kind = CAIRN_OPTION_TEXT,
     .argument = "TEXT",
     .at = offsetof(init, description),
     .help = "its description"},
    CAIRN_EXTENSIONS_OPTION,
    {0},
};

static cairn_code write_names(cairn_writer *writer, const cairn_catalog *names, cairn_error *error)
{
    cairn_code code = cairn_writer_begin(writer, error);
    if (code == CAIRN_OK)
        code = cairn_writer_set_catalog(writer, names, false, error);
    return code == CAIRN_OK ? cairn_writer_commit(writer, error) : code;
}

static cairn_code set_names(const char *path, const init *values, cairn_error *error)
{
    cairn_catalog names = {cairn_span_of(values->id), cairn_span_of(values->title), cairn_span_of(values->description)};
    cairn_editor editor;
    cairn_code code = cairn_editor_open(&editor, path, "cairn init", 0, error);
    if (code == CAIRN_OK)
        code = write_names(editor.writer, &names, error);
    return cairn_editor_close(&editor, code, error);
}

static int run(int argc, char **argv)
{
    init values = {0};
    cairn_operands operands = {.min = 1, .max = 1, .names = "CATALOG, the file to make"};
    cairn_error error = CAIRN_ERROR_INIT;
    int exit = cairn_options_read(&cairn_command_init, options, argc, argv, &values, &operands);
    if (exit >= 0)
        return exit;
    const char *path = operands.items[0];
    cairn_code code = cairn_sqlite_create(path, &error);
    if (code != CAIRN_OK)
        return cairn_report(&cairn_command_init, &error);
    if (values.id || values.title || values.description)
        code = set_names(path, &values, &error);
    if (code == CAIRN_OK)
        return CAIRN_EXIT_OK;
    unlink(path);
    return cairn_report(&cairn_command_init, &error);
}

const cairn_command cairn_command_init = {
    .name = "init",
    .summary = "make an empty catalog file",
    .usage = "cairn init CATALOG [options]",
    .help = "CATALOG must not exist yet. 'cairn ingest' makes a catalog by itself; this is\n"
            "for one that is to have names of your own, or to be served before it holds\n"
            "anything.\n"
            "\n"
            "Examples:\n"
            "  $ cairn init empty.cairn\n"
            "  $ cairn init named.cairn --id landsat --title \"Landsat scenes\"\n",
    .run = run,
};
