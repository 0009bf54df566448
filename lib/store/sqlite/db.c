#include "store/sqlite/internal.h"

#include "base/buf.h"

#include <stdlib.h>

const char *cairn_sqlite_version(void)
{
    return sqlite3_libversion();
}

void cairn_sqlite_setup(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static cairn_code code_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return CAIRN_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return CAIRN_BUSY;
    case SQLITE_INTERRUPT:
        return CAIRN_DEADLINE;
    case SQLITE_NOMEM:
        return CAIRN_NOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return CAIRN_CORRUPT;
    case SQLITE_TOOBIG:
        return CAIRN_TOO_LARGE;
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_ERROR:
        return CAIRN_INTERNAL;
    default:
        return CAIRN_IO;
    }
}

/* In words that say the next step. sqlite3_errmsg() is not shown for errors that quote SQL. */
static const char *words_of(sqlite3 *db, int rc)
{
    switch (rc) {
    case SQLITE_IOERR_LOCK:
    case SQLITE_IOERR_RDLOCK:
    case SQLITE_IOERR_UNLOCK:
    case SQLITE_IOERR_CHECKRESERVEDLOCK:
    case SQLITE_BUSY_TIMEOUT:
        return "the file system refuses locks or somebody holds one; for reading only, --immutable does without";
    case SQLITE_READONLY_RECOVERY:
    case SQLITE_READONLY_CANTINIT:
    case SQLITE_READONLY_ROLLBACK:
    case SQLITE_CANTOPEN_DIRTYWAL:
        return "a write was interrupted and must be finished by somebody who may write: run `cairn optimize` on it";
    default:
        break;
    }
    switch (rc & 0xff) {
    case SQLITE_FULL:
        return "the disk is full";
    case SQLITE_READONLY:
        return "the catalog may not be written: check the permissions of file and folder";
    case SQLITE_INTERRUPT:
        return "out of time";
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
        return "internal error of the store";
    default:
        return db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
    }
}

cairn_code db_error(sqlite3 *db, int rc, const char *what, cairn_error *error)
{
    int extended = db && sqlite3_errcode(db) == (rc & 0xff) ? sqlite3_extended_errcode(db) : rc;
    const char *detail = getenv("CAIRN_DEBUG_SQL") && db ? sqlite3_errmsg(db) : words_of(db, extended);
    return cairn_error_set(error, code_of(rc), "%s: %s", what, detail);
}

/* A catalog file from elsewhere is untrusted: no views or triggers that do harm, pages checked as they are read. */
static cairn_code harden(sqlite3 *db, cairn_error *error)
{
    int rc = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (!rc)
        rc = sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (!rc)
        rc = sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    if (rc)
        return db_error(db, rc, "opening the catalog", error);
    return db_exec(db, "PRAGMA cell_size_check=1", "opening the catalog", error);
}

/* A file: URI for sqlite3_open_v2, so that flags can be passed whatever the path holds. */
static bool write_uri(const char *path, const char *flags, cairn_buf *out)
{
    cairn_buf_add_text(out, "file:");
    for (const char *p = path; *p; p++)
        if (*p == '%' || *p == '?' || *p == '#')
            cairn_buf_printf(out, "%%%02X", (unsigned char)*p);
        else
            cairn_buf_add_byte(out, *p);
    cairn_buf_add_text(out, *flags ? "?" : "");
    cairn_buf_add_text(out, flags);
    return cairn_buf_add_byte(out, '\0');
}

cairn_code db_open(const char *path, int flags, const char *uri_flags, int busy_ms, sqlite3 **out, cairn_error *error)
{
    enum { URI_BYTES = 1 << 16 };
    cairn_buf uri = CAIRN_BUF_INIT(URI_BYTES);
    if (!write_uri(path, uri_flags, &uri)) {
        cairn_buf_free(&uri);
        return cairn_error_set(error, CAIRN_NOMEM, "out of memory, or the path is too long");
    }
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(uri.p, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE, NULL);
    cairn_buf_free(&uri);
    cairn_code code = rc ? db_error(db, rc, path, error) : CAIRN_OK;
    if (!code) {
        sqlite3_busy_timeout(db, busy_ms);
        code = harden(db, error);
    }
    if (code) {
        sqlite3_close(db);
        return code;
    }
    *out = db;
    return CAIRN_OK;
}

cairn_code db_exec(sqlite3 *db, const char *sql, const char *what, cairn_error *error)
{
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return rc ? db_error(db, rc, what, error) : CAIRN_OK;
}

/* Our SQL is fixed: what can't be prepared asks for something that the file or the library lacks. */
static cairn_code prepare_error(sqlite3 *db, int rc, cairn_error *error)
{
    if ((rc & 0xff) != SQLITE_ERROR || getenv("CAIRN_DEBUG_SQL"))
        return db_error(db, rc, "preparing a query", error);
    if (strncmp(sqlite3_errmsg(db), "no such module", strlen("no such module")) == 0)
        return cairn_error_set(error, CAIRN_UNSUPPORTED,
                               "this SQLite was built without R*Tree or FTS5, which catalogs need");
    return cairn_error_set(error, CAIRN_CORRUPT,
                           "the catalog lacks a table or a column of its schema version: `cairn check` tells which");
}

cairn_code db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, cairn_error *error)
{
    int rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    return rc ? prepare_error(db, rc, error) : CAIRN_OK;
}

cairn_code db_run(sqlite3 *db, sqlite3_stmt *statement, const char *what, cairn_error *error)
{
    int rc = sqlite3_step(statement);
    cairn_code code = rc == SQLITE_DONE || rc == SQLITE_ROW ? CAIRN_OK : db_error(db, rc, what, error);
    sqlite3_reset(statement);
    return code;
}

cairn_code db_integer(sqlite3 *db, const char *sql, sqlite3_int64 *out, cairn_error *error)
{
    sqlite3_stmt *statement = NULL;
    cairn_code code = db_prepare(db, sql, &statement, error);
    if (code)
        return code;
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(statement, 0);
    else
        code = db_error(db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "reading the catalog", error);
    sqlite3_finalize(statement);
    return code;
}

void db_bind_span(sqlite3_stmt *statement, int index, cairn_span text)
{
    if (text.p)
        sqlite3_bind_text64(statement, index, text.p, text.n, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(statement, index);
}

void db_bind_blob(sqlite3_stmt *statement, int index, cairn_span bytes)
{
    if (bytes.p)
        sqlite3_bind_blob64(statement, index, bytes.p, bytes.n, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, index);
}

cairn_span db_column_span(sqlite3_stmt *statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return CAIRN_SPAN_NONE;
    const char *p = sqlite3_column_blob(statement, column);
    return cairn_span_make(p ? p : "", (size_t)sqlite3_column_bytes(statement, column));
}

cairn_packed db_column_packed(sqlite3_stmt *row, int encoding, int crc, int length, int bytes)
{
    cairn_packed packed = {0};
    packed.bytes = db_column_span(row, bytes);
    if (packed.bytes.p) {
        packed.encoding = (cairn_encoding)sqlite3_column_int(row, encoding);
        packed.crc = (uint32_t)sqlite3_column_int64(row, crc);
        packed.length = (size_t)sqlite3_column_int64(row, length);
    }
    return packed;
}

void db_bind_packed(sqlite3_stmt *statement, int encoding, int crc, int length, int bytes, const cairn_packed *packed)
{
    db_bind_blob(statement, bytes, packed->bytes);
    if (packed->bytes.p) {
        sqlite3_bind_int(statement, encoding, packed->encoding);
        sqlite3_bind_int64(statement, crc, packed->crc);
        sqlite3_bind_int64(statement, length, (sqlite3_int64)packed->length);
    } else {
        sqlite3_bind_null(statement, encoding);
        sqlite3_bind_null(statement, crc);
        sqlite3_bind_null(statement, length);
    }
}
