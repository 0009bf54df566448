#include "store/sqlite/compact.h"

enum { LOADED_BYTES = 8 << 20 }; /* by one session or writer */

/* Appends the stored form. */
static cairn_code read_stored(void *context, size_t number, cairn_buf *out, cairn_error *error)
{
    sqlite3 *db = context;
    sqlite3_stmt *get = NULL;
    cairn_code code = db_prepare(db, "SELECT bytes FROM dictionary WHERE number=?1", &get, error);
    if (code)
        return code;
    sqlite3_bind_int64(get, 1, (sqlite3_int64)number);
    int rc = sqlite3_step(get);
    if (rc == SQLITE_DONE)
        code = cairn_error_set(error, CAIRN_CORRUPT,
                               "a stored text wants dictionary %zu, which the catalog lacks: `cairn check` tells more",
                               number);
    else if (rc != SQLITE_ROW)
        code = db_error(db, rc, "reading a dictionary", error);
    else if (!cairn_buf_add_span(out, db_column_span(get, 0)))
        code = cairn_error_set(error, CAIRN_CORRUPT, "dictionary %zu has more bytes than one may have", number);
    sqlite3_finalize(get);
    return code;
}

cairn_code dictionaries_attach(sqlite3 *db, cairn_codec *codec, cairn_error *error)
{
    cairn_dictionaries *dictionaries = cairn_dictionaries_new(read_stored, db, LOADED_BYTES);
    if (!dictionaries)
        return cairn_error_no_memory(error);
    cairn_codec_give(codec, dictionaries);
    return CAIRN_OK;
}

cairn_code dictionary_read(sqlite3 *db, size_t number, cairn_buf *out, cairn_error *error)
{
    cairn_buf stored = CAIRN_BUF_INIT(CAIRN_DICTIONARY_BYTES_MAX * 2);
    cairn_code code = read_stored(db, number, &stored, error);
    if (!code)
        code = cairn_dictionary_open(cairn_buf_span(&stored), number, out, error);
    cairn_buf_free(&stored);
    return code;
}

/* ---- writing ---- */

static cairn_code next_number(sqlite_writer *writer, sqlite3_int64 *out, cairn_error *error)
{
    cairn_code code = db_exec(writer->db,
                              "INSERT OR REPLACE INTO meta(key, value) VALUES('dictionary', 1 + coalesce("
                              "(SELECT value FROM meta WHERE key='dictionary'), 0))",
                              "writing a dictionary", error);
    return code ? code : db_integer(writer->db, "SELECT value FROM meta WHERE key='dictionary'", out, error);
}

static cairn_code put(sqlite_writer *writer, sqlite3_int64 number, cairn_span stored, cairn_error *error)
{
    sqlite3_stmt *insert = NULL;
    cairn_code code = db_prepare(writer->db, "INSERT INTO dictionary(number, bytes) VALUES(?1, ?2)", &insert, error);
    if (code)
        return code;
    sqlite3_bind_int64(insert, 1, number);
    db_bind_blob(insert, 2, stored);
    code = db_run(writer->db, insert, "writing a dictionary", error);
    sqlite3_finalize(insert);
    return code;
}

cairn_code dictionary_add(sqlite_writer *writer, cairn_span bytes, size_t *number, cairn_error *error)
{
    cairn_buf stored = CAIRN_BUF_INIT(CAIRN_DICTIONARY_BYTES_MAX * 2);
    sqlite3_int64 next = 0;
    cairn_code code = next_number(writer, &next, error);
    if (!code && !cairn_dictionary_store(bytes, &stored))
        code = cairn_error_no_memory(error);
    if (!code)
        code = put(writer, next, cairn_buf_span(&stored), error);
    cairn_buf_free(&stored);
    *number = (size_t)next;
    return code;
}

cairn_code dictionaries_keep(sqlite_writer *writer, const size_t *numbers, size_t n, cairn_error *error)
{
    sqlite3_stmt *rows = NULL, *drop = NULL;
    int rc = SQLITE_DONE;
    cairn_code code = db_prepare(writer->db, "SELECT number FROM dictionary", &rows, error);
    if (!code)
        code = db_prepare(writer->db, "DELETE FROM dictionary WHERE number=?1", &drop, error);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        sqlite3_int64 number = sqlite3_column_int64(rows, 0);
        size_t i = 0;
        while (i < n && numbers[i] != (size_t)number)
            i++;
        if (i < n)
            continue;
        sqlite3_bind_int64(drop, 1, number);
        code = db_run(writer->db, drop, "deleting a dictionary", error);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(writer->db, rc, "reading the dictionaries", error);
    sqlite3_finalize(rows);
    sqlite3_finalize(drop);
    return code;
}
