#include "indexer/editor.h"

int cairn_editor_wait_ms(uint64_t wait_seconds)
{
    return wait_seconds > CAIRN_EDITOR_WAIT_MAX ? CAIRN_EDITOR_WAIT_MAX * 1000 : (int)wait_seconds * 1000;
}

static cairn_code open_with(cairn_editor *editor, const char *path, const cairn_sqlite_options *options,
                            cairn_error *error)
{
    *editor = (cairn_editor){0};
    cairn_code code = cairn_sqlite_open(path, options, &editor->store, error);
    if (code == CAIRN_OK)
        code = cairn_writer_open(editor->store, &editor->writer, error);
    return code == CAIRN_OK ? CAIRN_OK : cairn_editor_close(editor, code, error);
}

cairn_code cairn_editor_open(cairn_editor *editor, const char *path, const char *program, uint64_t wait_seconds,
                             cairn_error *error)
{
    const cairn_sqlite_options options = {.program = program, .lock_wait_ms = cairn_editor_wait_ms(wait_seconds)};
    return open_with(editor, path, &options, error);
}

cairn_code cairn_editor_open_new(cairn_editor *editor, const char *path, const char *program, cairn_error *error)
{
    const cairn_sqlite_options options = {.program = program, .alone = true};
    return open_with(editor, path, &options, error);
}

cairn_code cairn_editor_close(cairn_editor *editor, cairn_code code, cairn_error *error)
{
    cairn_error late = CAIRN_ERROR_INIT;
    cairn_code closed = editor->writer ? cairn_writer_close(editor->writer, &late) : CAIRN_OK;
    cairn_store_close(editor->store);
    *editor = (cairn_editor){0};
    if (code != CAIRN_OK || closed == CAIRN_OK)
        return code;
    *error = late;
    return closed;
}
