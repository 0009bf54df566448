/* cairn optimize: finishes what an interrupted writer left, brings items into a form, compacts the file, and leaves it
 * alone in rollback mode. */
#include "store/sqlite/compact.h"
#include "store/sqlite/space.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/statvfs.h>

enum { STEPS_BETWEEN_STOPS = 100000, MEGABYTE = 1000000 };

void cairn_sqlite_temporary_beside(const char *path)
{
    char *folder = realpath(path, NULL);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash && !getenv("SQLITE_TMPDIR") && !getenv("TMPDIR")) {
        slash[slash == folder] = '\0';
        setenv("SQLITE_TMPDIR", folder, 0);
    }
    free(folder);
}

/* ---- room on the disk ---- */

/* Texts of items by deflate have at most about a third of their length. */
static cairn_code growth(sqlite_writer *writer, const cairn_optimizing *how, uint64_t *out, cairn_error *error)
{
    sqlite3_int64 bytes = 0;
    cairn_code code = CAIRN_OK;
    if (how->form == CAIRN_FORM_FAST)
        code = db_integer(writer->db,
                          "SELECT coalesce(sum(length), 0) / 3 FROM item_body WHERE EXISTS (SELECT 1 FROM dictionary)",
                          &bytes, error);
    *out = bytes > 0 ? (uint64_t)bytes : 0;
    return code;
}

/* VACUUM writes a copy, then the journal of the old file, then the new one in its place. */
static cairn_code check_room(sqlite_writer *writer, const cairn_optimizing *how, cairn_error *error)
{
    const char *path = ((const sqlite_store *)writer->base.store)->path;
    sqlite3_int64 size = 0;
    uint64_t more;
    struct statvfs fs;
    cairn_code code =
        db_integer(writer->db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", &size, error);
    if (!code)
        code = growth(writer, how, &more, error);
    if (code || statvfs(path, &fs) != 0)
        return code;
    uint64_t need = 2 * (uint64_t)size + 3 * more, there = (uint64_t)fs.f_bavail * fs.f_frsize;
    if (there >= need)
        return CAIRN_OK;
    return cairn_error_set(error, CAIRN_IO,
                           "%s: needs %" PRIu64 " MB of free room beside the catalog while it works, there are %" PRIu64
                           " MB",
                           path, need / MEGABYTE + 1, there / MEGABYTE);
}

/* ---- the steps ---- */

/* VACUUM writes the whole file anew, so it waits for readers; in rollback mode it is one atomic transaction. Its copy
 * is a file: it may be larger than the memory. */
static cairn_code compact(sqlite_writer *writer, cairn_error *error)
{
    cairn_code code = db_exec(writer->db, "PRAGMA journal_mode=DELETE; PRAGMA temp_store=FILE", "optimizing", error);
    writer->in_wal = false;
    if (!code)
        code = db_exec(writer->db, "PRAGMA optimize; VACUUM", "optimizing", error);
    return code;
}

/* Built-in properties that the catalog lacks are promoted, and what is known of all is counted anew, and of each
 * item anew. */
static cairn_code renew(sqlite_writer *writer, cairn_error *error)
{
    cairn_code code = sqlite_writer_begin(&writer->base, error);
    if (!code)
        code = promote_missing(writer, error);
    if (!code)
        code = fill_counts(writer, error);
    if (!code)
        code = traits_renew(writer, error);
    if (!code)
        code = space_pack(writer, NULL, NULL, error);
    if (!code)
        code = db_exec(writer->db, "INSERT INTO item_text(item_text) VALUES('optimize')", "optimizing", error);
    return writer_end(writer, code, error);
}

static int is_stopped(void *context)
{
    const cairn_optimizing *how = context;
    return how->stop && how->stop(how->context);
}

static cairn_code run(cairn_writer *base, const cairn_optimizing *how, cairn_error *error)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    cairn_error inner = CAIRN_ERROR_INIT;
    sqlite3_progress_handler(writer->db, STEPS_BETWEEN_STOPS, is_stopped, (void *)how);
    cairn_code code = check_room(writer, how, &inner);
    if (!code)
        code = late_end(writer, NULL, NULL, &inner);
    if (!code)
        code = renew(writer, &inner);
    if (!code && how->form != CAIRN_FORM_AS_IT_IS)
        code = compact_convert(writer, how, &inner);
    if (!code)
        code = compact(writer, &inner);
    sqlite3_progress_handler(writer->db, 0, NULL, NULL);
    if (code && is_stopped((void *)how))
        return cairn_error_set(error, CAIRN_DEADLINE,
                               "interrupted; what was done is kept, and the same command goes on");
    return code ? cairn_error_set(error, code, "%s", inner.message) : CAIRN_OK;
}

cairn_code sqlite_optimize(cairn_store *store, const cairn_optimizing *how, cairn_error *error)
{
    static const cairn_optimizing usual = {0};
    cairn_writer *writer = NULL;
    cairn_code code = sqlite_writer_open(store, &writer, error);
    if (code)
        return code;
    code = run(writer, how ? how : &usual, error);
    cairn_code closed = sqlite_writer_close(writer, code ? NULL : error);
    return code ? code : closed;
}
