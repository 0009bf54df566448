/* Read transactions of a session: with locks, or without while nothing is written (still.h). */
#include "store/sqlite/item_cache.h"
#include "store/sqlite/search.h"
#include "store/sqlite/still.h"

static cairn_code run_query(sqlite_session *session, query_id id, cairn_error *error)
{
    sqlite3_stmt *statement;
    cairn_code code = session_query(session, id, &statement, error);
    return code ? code : db_run(session->db, statement, "reading the catalog", error);
}

/* What SQLite has seen of the file tells of changes, too, that are none of ours. */
static void note_state(sqlite_session *session, sqlite3_int64 generation)
{
    uint32_t version = 0;
    sqlite3_file_control(session->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
    if (!session->epoch || generation != session->generation || version != session->data_version)
        session->epoch++;
    session->generation = generation;
    session->data_version = version;
}

cairn_code session_read_generation(sqlite_session *session, cairn_error *error)
{
    sqlite3_stmt *touch;
    cairn_code code = session_query(session, Q_TOUCH, &touch, error);
    if (code)
        return code;
    int rc = sqlite3_step(touch);
    if (rc == SQLITE_ROW)
        note_state(session, sqlite3_column_int64(touch, 0));
    else
        code = db_error(session->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "reading the catalog", error);
    sqlite3_reset(touch);
    return code;
}

/* Whether the orders have their indexes, in this transaction. */
static cairn_code look_for_indexes(sqlite_session *session, cairn_error *error)
{
    bool unindexed;
    if (session->unindexed_at == session->epoch)
        return CAIRN_OK;
    cairn_code code = late_read(session->db, &unindexed, error);
    if (code)
        return code;
    if (unindexed != session->unindexed)
        session_forget_statements(session);
    session->unindexed = unindexed;
    session->unindexed_at = session->epoch;
    return CAIRN_OK;
}

static bool is_open(const sqlite_session *session)
{
    return !sqlite3_get_autocommit(session->db);
}

/* BEGIN alone reads nothing: the snapshot is taken by the first read. */
static cairn_code begin_and_touch(sqlite_session *session, bool *died, cairn_error *error)
{
    cairn_code code = run_query(session, Q_BEGIN, error);
    if (!code)
        code = session_read_generation(session, error);
    if (!code)
        code = look_for_indexes(session, error);
    int rc = sqlite3_extended_errcode(session->db);
    *died =
        code && (rc == SQLITE_READONLY_ROLLBACK || rc == SQLITE_READONLY_RECOVERY || rc == SQLITE_READONLY_CANTINIT);
    if (code && is_open(session))
        run_query(session, Q_COMMIT, NULL);
    return code;
}

/* ---- without locks ---- */

/* COMMIT says that the file is malformed when something malformed was read, be it gone or not. */
static cairn_code leave_still(sqlite_session *session, bool changed, cairn_error *error)
{
    cairn_code code = is_open(session) ? run_query(session, changed ? Q_ROLLBACK : Q_COMMIT, error) : CAIRN_OK;
    still_end(session->still, changed);
    return code;
}

/* What was read of a file while it was written may be of no state at all: SQLite is told of a change, and with that a
 * new epoch of the session begins. Dictionaries are kept whatever is committed. */
static cairn_code throw_away(sqlite_session *session, cairn_error *error)
{
    cairn_code code = leave_still(session, true, error);
    return code ? code : dictionaries_attach(session->db, session->base.codec, error);
}

static bool is_same(sqlite_session *session)
{
    return session->still && still_is_same(session->still, (const sqlite_store *)session->base.store);
}

bool cairn_sqlite_look(cairn_session *base)
{
    sqlite_session *session = (sqlite_session *)base;
    session->seen_same = is_same(session);
    return !session->seen_same && cairn_sqlite_is_replaced(base->store);
}

/* False: the transaction must begin with locks. */
static bool begin_still(sqlite_session *session)
{
    bool died, same = session->seen_same || is_same(session);
    session->seen_same = false;
    if (!same) {
        if (still_goes_on(session->still))
            leave_still(session, false, NULL);
        return false;
    }
    if (still_goes_on(session->still) && is_open(session))
        return true;
    still_begin(session->still);
    cairn_code code = begin_and_touch(session, &died, NULL);
    still_begun();
    if (code)
        throw_away(session, NULL);
    return !code;
}

static cairn_code end_still(sqlite_session *session, cairn_error *error)
{
    if (is_same(session))
        return CAIRN_OK;
    cairn_code code = throw_away(session, error);
    return code ? code : cairn_error_set(error, CAIRN_CONFLICT, "the catalog was written while it was read");
}

/* ---- with locks ---- */

static cairn_code begin_locked(sqlite_session *session, cairn_error *error)
{
    const sqlite_store *store = (const sqlite_store *)session->base.store;
    cairn_error first = CAIRN_ERROR_INIT;
    bool died;
    cairn_code code = begin_and_touch(session, &died, &first);
    if (code && died && !catalog_recover(store->path, NULL)) {
        cairn_error_clear(&first);
        code = begin_and_touch(session, &died, &first);
    }
    if (!code && session->still)
        still_note(session->still, store);
    return code ? cairn_error_set(error, code, "%s", first.message) : CAIRN_OK;
}

static cairn_code end_locked(sqlite_session *session, cairn_error *error)
{
    const sqlite_store *store = (const sqlite_store *)session->base.store;
    cairn_code code = is_open(session) ? run_query(session, Q_COMMIT, error) : CAIRN_OK;
    if (!code && sqlite_store_changed_in_place(store))
        code = cairn_error_set(error, CAIRN_CONFLICT, "the catalog was changed while it was read");
    return code;
}

/* ---- both ---- */

cairn_code sqlite_session_begin(cairn_session *base, int64_t deadline, cairn_error *error)
{
    sqlite_session *session = (sqlite_session *)base;
    session->deadline = 0;
    cairn_code code = begin_still(session) ? CAIRN_OK : begin_locked(session, error);
    session->deadline = deadline;
    if (!code && session->items)
        item_cache_begin(session->items, session->epoch);
    return code;
}

cairn_code sqlite_session_end(cairn_session *base, cairn_error *error)
{
    sqlite_session *session = (sqlite_session *)base;
    session->deadline = 0;
    row_texts_forget(session);
    return still_goes_on(session->still) ? end_still(session, error) : end_locked(session, error);
}
