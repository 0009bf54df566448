/* cairn optimize: finishes what an interrupted writer left, compacts the file, and leaves it alone in rollback mode. */
#include "store/sqlite/internal.h"

#include <stdlib.h>
#include <unistd.h>

/* VACUUM writes the whole file anew, so it waits for readers; in rollback mode it is one atomic transaction. */
static cairn_code compact(sqlite_writer *writer, cairn_error *error)
{
    cairn_code code = db_exec(writer->db, "PRAGMA journal_mode=DELETE", "optimizing", error);
    writer->in_wal = false;
    if (!code)
        code = db_exec(writer->db, "PRAGMA optimize; VACUUM", "optimizing", error);
    return code;
}

cairn_code sqlite_optimize(cairn_store *store, cairn_error *error)
{
    cairn_writer *writer = NULL;
    cairn_code code = sqlite_writer_open(store, &writer, error);
    if (code)
        return code;
    code = compact((sqlite_writer *)writer, error);
    cairn_code closed = sqlite_writer_close(writer, code ? NULL : error);
    return code ? code : closed;
}
