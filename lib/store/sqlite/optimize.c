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

/* Built-in properties that the catalog lacks are promoted, and what is known of all is counted anew, and of each
 * item anew. */
static cairn_code renew(cairn_writer *writer, cairn_error *error)
{
    cairn_code code = sqlite_writer_begin(writer, error);
    if (code)
        return code;
    code = promote_missing((sqlite_writer *)writer, error);
    if (!code)
        code = fill_counts((sqlite_writer *)writer, error);
    if (!code)
        code = traits_renew((sqlite_writer *)writer, error);
    if (!code)
        code = db_exec(((sqlite_writer *)writer)->db, "INSERT INTO item_text(item_text) VALUES('optimize')",
                       "optimizing", error);
    if (!code)
        return sqlite_writer_commit(writer, error);
    sqlite_writer_rollback(writer);
    return code;
}

cairn_code sqlite_optimize(cairn_store *store, cairn_error *error)
{
    cairn_writer *writer = NULL;
    cairn_code code = sqlite_writer_open(store, &writer, error);
    if (code)
        return code;
    code = renew(writer, error);
    if (!code)
        code = compact((sqlite_writer *)writer, error);
    cairn_code closed = sqlite_writer_close(writer, code ? NULL : error);
    return code ? code : closed;
}
