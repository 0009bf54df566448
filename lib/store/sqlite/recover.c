#include "store/sqlite/internal.h"

#include <stdlib.h>
#include <unistd.h>

cairn_code catalog_recover(const char *path, cairn_error *error)
{
    catalog_lock lock;
    sqlite3 *db = NULL;
    cairn_code code = catalog_lock_take(path, 0, "a reader that finishes an interrupted write", &lock, error);
    if (code)
        return code;
    code = db_open(path, SQLITE_OPEN_READWRITE, "", 0, &db, error);
    if (!code)
        code = db_exec(db, "SELECT 1 FROM sqlite_schema", "finishing an interrupted write", error);
    sqlite3_close(db);
    catalog_lock_release(&lock);
    return code;
}

/* An empty -wal or a -shm beside a file in rollback mode is a left-over of another catalog: SQLite must not meet it. */
void catalog_remove_leftovers(const char *path, const catalog_file *file)
{
    static const char *const suffixes[] = {"-wal", "-shm"};
    if (file->in_wal_mode)
        return;
    for (size_t i = 0; i < 2; i++) {
        char *name = catalog_file_sibling(path, suffixes[i]);
        if (name)
            unlink(name);
        free(name);
    }
}

void catalog_sweep(const char *path)
{
    catalog_lock lock;
    catalog_file file;
    if (catalog_file_inspect(path, &file, NULL) || file.in_wal_mode || (file.wal_size < 0 && !file.has_shm))
        return;
    if (catalog_lock_take(path, 0, "a daemon that tidies up", &lock, NULL))
        return;
    if (!catalog_file_inspect(path, &file, NULL))
        catalog_remove_leftovers(path, &file);
    catalog_lock_release(&lock);
}
