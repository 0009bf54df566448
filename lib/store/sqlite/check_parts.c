/* cairn check: properties, promoted values and words of the items. */
#include "store/sqlite/check.h"

#include "base/secret.h"

#include <stdio.h>
#include <stdlib.h>

cairn_code check_parts_begin(checker *checker, cairn_error *error)
{
    sqlite3 *db = checker->session->db;
    cairn_code code = slots_load(db, &checker->slots, error);
    if (!code && !parts_begin(&checker->parts))
        code = cairn_error_no_memory(error);
    if (!code && !(checker->values = calloc(checker->slots.n + 1, sizeof *checker->values)))
        code = cairn_error_no_memory(error);
    if (!code)
        code = db_prepare(db, "SELECT encoding, crc, length, properties FROM item_properties WHERE key=?1",
                          &checker->stored, error);
    if (!code)
        code = db_prepare(db,
                          "SELECT count(*) FROM item_value WHERE property=?1 AND collection="
                          "(SELECT slot FROM collection WHERE id=?2) AND value=?3 AND back_sec=?4 AND key=?5",
                          &checker->value, error);
    return code;
}

void check_parts_end(checker *checker)
{
    sqlite3_finalize(checker->stored);
    sqlite3_finalize(checker->value);
    slots_free(&checker->slots);
    parts_end(&checker->parts);
    free(checker->values);
}

/* ---- words: a sum that does not depend on their order ---- */

enum { LONGEST_WORD = 32768 }; /* of FTS5 */

static uint64_t word_sum(cairn_span word, sqlite3_int64 owner, uint64_t place)
{
    char spelled[64];
    int n = snprintf(spelled, sizeof spelled, "%lld %llu", (long long)owner, (unsigned long long)place);
    if (word.n > LONGEST_WORD)
        word.n = LONGEST_WORD;
    return (cairn_hash64(word) ^ cairn_hash64(cairn_span_make(spelled, (size_t)n))) * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t words_sum(cairn_span words, sqlite3_int64 owner)
{
    uint64_t sum = 0, place = 0;
    while (words.n) {
        const char *blank = memchr(words.p, ' ', words.n);
        size_t n = blank ? (size_t)(blank - words.p) : words.n;
        sum += word_sum(cairn_span_make(words.p, n), owner, place++);
        words = blank ? cairn_span_make(blank + 1, words.n - n - 1) : CAIRN_SPAN_NONE;
    }
    return sum;
}

/* ---- one item ---- */

cairn_code check_traits(checker *checker, const item_row *row, unsigned stored, cairn_span item, cairn_error *error)
{
    unsigned traits;
    cairn_code code = cairn_traits_of(item, checker->arena, &traits, error);
    if (!code && traits != stored)
        check_report(checker, "body", row, "its traits are not what its bytes yield: `cairn optimize` makes them anew");
    return code;
}

static cairn_code check_stored(checker *checker, const item_row *row, cairn_span properties, cairn_error *error)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    sqlite3_bind_int64(checker->stored, 1, row->key);
    int rc = sqlite3_step(checker->stored);
    cairn_buf_reset(&checker->text);
    if (rc == SQLITE_ROW) {
        cairn_packed packed = db_column_packed(checker->stored, 0, 1, 2, 3);
        if (cairn_unpack(checker->session->base.codec, &packed, true, &checker->text, &fault))
            check_report(checker, "properties", row, fault.message);
        else if (!cairn_span_equal(cairn_buf_span(&checker->text), properties))
            check_report(checker, "properties", row, "the properties kept apart are not those of the bytes");
    } else if (rc == SQLITE_DONE) {
        check_report(checker, "properties", row, "its properties are not kept apart");
    }
    sqlite3_reset(checker->stored);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? CAIRN_OK : db_error(checker->session->db, rc, "checking", error);
}

static cairn_code check_value(checker *checker, const item_row *row, const index_value *value, cairn_error *error)
{
    sqlite3_stmt *count = checker->value;
    char message[400], quoted[160];
    size_t at = 0;
    while (at + 1 < checker->slots.n && checker->slots.list[at].number != value->property / 2)
        at++;
    checker->values[at]++;
    if (checker->slots.late || !checker->slots.list[at].readable)
        return CAIRN_OK; /* is not there yet, or was told of */
    sqlite3_bind_int64(count, 1, value->property);
    db_bind_span(count, 2, row->position.collection);
    values_bind(count, 3, &value->value);
    sqlite3_bind_int64(count, 4, back_sec(row->position.time));
    sqlite3_bind_int64(count, 5, row->key);
    int rc = sqlite3_step(count);
    bool there = rc == SQLITE_ROW && sqlite3_column_int(count, 0) == 1;
    sqlite3_reset(count);
    if (rc != SQLITE_ROW)
        return db_error(checker->session->db, rc, "checking", error);
    if (there)
        return CAIRN_OK;
    snprintf(message, sizeof message, "its value of '%s' is not in the index",
             cairn_quote(checker->slots.list[at].property.name, quoted, sizeof quoted));
    check_report(checker, "index", row, message);
    return CAIRN_OK;
}

cairn_code check_parts_item(checker *checker, const item_row *row, cairn_span properties, cairn_error *error)
{
    item_parts *parts = &checker->parts;
    cairn_code code = check_stored(checker, row, properties, error);
    if (!code)
        code = parts_make(parts, &checker->slots, row->position.id, properties, error);
    if (code)
        return code;
    checker->words += words_sum(cairn_buf_span(&parts->words), row->key);
    for (size_t i = 0; !code && i < parts->values.n; i++)
        code = check_value(checker, row, &parts->values.list[i], error);
    return code;
}

/* ---- the rest ---- */

static cairn_code check_slot(checker *checker, size_t at, cairn_error *error)
{
    const slot *slot = &checker->slots.list[at];
    char message[400], quoted[160];
    sqlite3_int64 n;
    cairn_code code = check_count(checker, "SELECT count(*) FROM item_value WHERE property IN (?1 * 2, ?1 * 2 + 1)",
                                  slot->number, &n, error);
    if (code || (slot->readable && (uint64_t)n == checker->values[at]))
        return code;
    if (!slot->readable) {
        snprintf(message, sizeof message, "by what rule the index of '%s' is made can't be read",
                 cairn_quote(slot->property.name, quoted, sizeof quoted));
        check_report(checker, "index", NULL, message);
        return CAIRN_OK;
    }
    snprintf(message, sizeof message, "the index of '%s' has %lld entries, the items have %llu",
             cairn_quote(slot->property.name, quoted, sizeof quoted), (long long)n,
             (unsigned long long)checker->values[at]);
    check_report(checker, "index", NULL, message);
    return CAIRN_OK;
}

/* Read through fts5vocab, which wants a name among the temporary tables; nothing of the file is written. */
static cairn_code sum_indexed_words(checker *checker, uint64_t *sum, cairn_error *error)
{
    sqlite3 *db = checker->session->db;
    sqlite3_stmt *rows = NULL;
    int rc = SQLITE_DONE;
    cairn_code code = db_exec(db,
                              "PRAGMA query_only=0; CREATE VIRTUAL TABLE temp.check_words USING"
                              " fts5vocab(main, item_text, instance); PRAGMA query_only=1",
                              "checking the words", error);
    if (!code)
        code = db_prepare(db, "SELECT term, doc, offset FROM temp.check_words", &rows, error);
    *sum = 0;
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW)
        *sum +=
            word_sum(db_column_span(rows, 0), sqlite3_column_int64(rows, 1), (uint64_t)sqlite3_column_int64(rows, 2));
    sqlite3_finalize(rows);
    if (!code && (rc & 0xff) == SQLITE_CORRUPT)
        check_report(checker, "words", NULL, "the index of free text is damaged");
    else if (!code && rc != SQLITE_DONE)
        code = db_error(db, rc, "checking the words", error);
    db_exec(db, "PRAGMA query_only=0; DROP TABLE IF EXISTS temp.check_words; PRAGMA query_only=1", "checking", NULL);
    return code;
}

cairn_code check_parts_rest(checker *checker, cairn_error *error)
{
    uint64_t sum;
    cairn_code code = CAIRN_OK;
    if (checker->unreadable)
        return CAIRN_OK;
    for (size_t i = 0; !code && !checker->slots.late && i < checker->slots.n; i++)
        code = check_slot(checker, i, error);
    if (!code)
        code = sum_indexed_words(checker, &sum, error);
    if (!code && sum != checker->words)
        check_report(checker, "words", NULL, "the index of free text does not have the words of the items");
    return code;
}
