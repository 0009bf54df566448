#include "store/sqlite/internal.h"

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
