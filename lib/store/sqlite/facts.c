/* What searches ask of the collections again and again, kept as long as nothing is committed. */
#include "base/secret.h"
#include "store/sqlite/search.h"

#include <stdlib.h>

enum { KEPT = 256, KEPT_ID_BYTES = 512 };

struct session_facts {
    uint64_t epoch; /* of the session, in which all of this was read */
    bool knows_all, knows_loose;
    collection_facts all;
    loose_facts loose;
    struct kept {
        cairn_buf id; /* empty: nothing is kept here */
        collection_facts facts;
    } kept[KEPT];
    collection_facts passing; /* whose id is too long to be kept */
};

cairn_code facts_open(sqlite_session *session, cairn_error *error)
{
    struct session_facts *facts = calloc(1, sizeof *facts);
    if (!facts)
        return cairn_error_no_memory(error);
    for (size_t i = 0; i < KEPT; i++)
        facts->kept[i].id.max = KEPT_ID_BYTES;
    session->facts = facts;
    return CAIRN_OK;
}

void facts_close(sqlite_session *session)
{
    for (size_t i = 0; session->facts && i < KEPT; i++)
        cairn_buf_free(&session->facts->kept[i].id);
    free(session->facts);
    session->facts = NULL;
}

/* Without a transaction each statement may see another state. */
static cairn_code refresh(sqlite_session *session, cairn_error *error)
{
    struct session_facts *facts = session->facts;
    cairn_code code = sqlite3_get_autocommit(session->db) ? session_read_generation(session, error) : CAIRN_OK;
    if (code || facts->epoch == session->epoch)
        return code;
    facts->knows_all = facts->knows_loose = false;
    for (size_t i = 0; i < KEPT; i++)
        cairn_buf_reset(&facts->kept[i].id);
    facts->epoch = session->epoch;
    return CAIRN_OK;
}

static void read_facts(sqlite3_stmt *row, collection_facts *out)
{
    *out = (collection_facts){.exists = true};
    out->slot = sqlite3_column_int64(row, 0);
    out->items = (uint64_t)sqlite3_column_int64(row, 1);
    out->lead = sqlite3_column_int64(row, 2);
    out->lag = sqlite3_column_int64(row, 3);
    out->has_times = sqlite3_column_type(row, 4) != SQLITE_NULL;
    out->start = sqlite3_column_int64(row, 4);
    out->end = sqlite3_column_int64(row, 5);
}

static cairn_code ask(sqlite_session *session, query_id query, cairn_span id, collection_facts *out, cairn_error *error)
{
    sqlite3_stmt *statement;
    *out = (collection_facts){0};
    cairn_code code = session_query(session, query, &statement, error);
    if (code)
        return code;
    if (id.p)
        db_bind_span(statement, 1, id);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        read_facts(statement, out);
    else if (rc != SQLITE_DONE)
        code = db_error(session->db, rc, "searching", error);
    sqlite3_reset(statement);
    return code;
}

cairn_code facts_of_all(sqlite_session *session, const collection_facts **out, cairn_error *error)
{
    cairn_code code = refresh(session, error);
    struct session_facts *facts = session->facts;
    if (!code && !facts->knows_all)
        code = ask(session, Q_FACTS_ALL, CAIRN_SPAN_NONE, &facts->all, error);
    facts->knows_all |= !code;
    *out = &facts->all;
    return code;
}

cairn_code facts_of(sqlite_session *session, cairn_span collection, const collection_facts **out, cairn_error *error)
{
    if (!collection.p)
        return facts_of_all(session, out, error);
    cairn_code code = refresh(session, error);
    struct session_facts *facts = session->facts;
    struct kept *kept = &facts->kept[cairn_hash64(collection) % KEPT];
    *out = &kept->facts;
    if (code || (kept->id.n && cairn_span_equal(cairn_buf_span(&kept->id), collection)))
        return code;
    cairn_buf_reset(&kept->id);
    if (collection.n > KEPT_ID_BYTES) {
        *out = &facts->passing;
        return ask(session, Q_FACTS, collection, &facts->passing, error);
    }
    code = ask(session, Q_FACTS, collection, &kept->facts, error);
    if (!code && !cairn_buf_add_span(&kept->id, collection))
        code = out_of_memory(error);
    return code;
}

cairn_code facts_of_loose(sqlite_session *session, const loose_facts **out, cairn_error *error)
{
    sqlite3_stmt *statement;
    struct session_facts *facts = session->facts;
    cairn_code code = refresh(session, error);
    *out = &facts->loose;
    if (code || facts->knows_loose || (code = session_query(session, Q_LOOSE, &statement, error)))
        return code;
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        facts->loose.from = sqlite3_column_int64(statement, 0);
        facts->loose.to = sqlite3_column_int64(statement, 1);
        facts->knows_loose = true;
    } else {
        code = db_error(session->db, rc, "searching", error);
    }
    sqlite3_reset(statement);
    return code;
}
