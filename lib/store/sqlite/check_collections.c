/* cairn check: what is kept of each collection, against its items. */
#include "store/sqlite/check.h"

#include "query/text/text.h"
#include "store/summaries.h"

#include <stdio.h>

typedef struct collection {
    checker *checker;
    sqlite3_int64 slot;
    cairn_span id, body, declared; /* of the checker's arena */
    bool made;
    cairn_stats *counts; /* anew */
    tally tally;         /* anew */
    uint64_t told;       /* properties */
    sqlite3_stmt *known; /* what is kept of one property */
} collection;

static void report(const collection *c, const char *where, const char *message)
{
    check_report_collection(c->checker, where, c->id, message);
}

/* ---- properties ---- */

static bool same_values(const cairn_property *a, const cairn_property *b)
{
    if (a->n_values != b->n_values)
        return false;
    for (size_t i = 0; i < a->n_values; i++)
        if (a->values[i].count != b->values[i].count || !cairn_span_equal(a->values[i].json, b->values[i].json))
            return false;
    return true;
}

/* Where there are many items an extreme may be a bound. */
static bool same_extreme(bool same, bool is_bound, uint64_t stored, uint64_t anew, bool many)
{
    return (same && stored == anew) || (many && is_bound && stored == 0);
}

static bool same_range(const cairn_property *stored, const cairn_property *anew, bool many)
{
    if (!stored->has_range || !anew->has_range)
        return stored->has_range == anew->has_range || (many && !stored->minimum_items && !stored->maximum_items);
    return same_extreme(stored->minimum == anew->minimum, stored->minimum <= anew->minimum, stored->minimum_items,
                        anew->minimum_items, many) &&
           same_extreme(stored->maximum == anew->maximum, stored->maximum >= anew->maximum, stored->maximum_items,
                        anew->maximum_items, many);
}

/* Canonical times are in the order of their bytes. */
static bool same_span(const cairn_property *stored, const cairn_property *anew, bool many)
{
    if (!stored->first.p || !anew->first.p || !stored->last.p || !anew->last.p)
        return !stored->first.p == !anew->first.p && !stored->last.p == !anew->last.p;
    int first = cairn_span_compare(stored->first, anew->first), last = cairn_span_compare(stored->last, anew->last);
    return same_extreme(first == 0, first <= 0, stored->first_items, anew->first_items, many) &&
           same_extreme(last == 0, last >= 0, stored->last_items, anew->last_items, many);
}

/* Values that were too many once need not be enumerated, but in a collection of few items. */
static bool same_list(const cairn_property *stored, const cairn_property *anew, uint64_t items)
{
    if (items <= CAIRN_PROPERTY_VALUES_MAX && stored->enumerated != anew->enumerated)
        return false;
    return stored->enumerated ? anew->enumerated && same_values(stored, anew) : stored->n_values == 0;
}

static bool same_property(const cairn_property *stored, const cairn_property *anew, uint64_t items)
{
    bool many = items > COUNTED_ANEW;
    return stored->integers == anew->integers && stored->numbers == anew->numbers && stored->strings == anew->strings &&
           stored->booleans == anew->booleans && stored->arrays == anew->arrays && stored->objects == anew->objects &&
           stored->times == anew->times && same_range(stored, anew, many) && same_span(stored, anew, many) &&
           same_list(stored, anew, items);
}

static cairn_code check_property(void *context, const cairn_property *anew, cairn_error *error)
{
    collection *c = context;
    property_row stored;
    char message[400], quoted[160];
    sqlite3_bind_int64(c->known, 1, c->slot);
    db_bind_span(c->known, 2, anew->name);
    int rc = sqlite3_step(c->known);
    bool same =
        rc == SQLITE_ROW && property_read(c->known, &stored) && same_property(&stored.property, anew, c->tally.items);
    sqlite3_reset(c->known);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return db_error(c->checker->session->db, rc, "checking", error);
    c->told++;
    if (same)
        return CAIRN_OK;
    snprintf(message, sizeof message, "what is kept of property '%s' is not what the items have",
             cairn_quote(anew->name, quoted, sizeof quoted));
    report(c, "statistics", message);
    return CAIRN_OK;
}

static cairn_code check_properties(collection *c, cairn_error *error)
{
    sqlite3 *db = c->checker->session->db;
    sqlite3_int64 kept;
    cairn_code code = db_prepare(db, "SELECT NULL, " PROPERTY_COLUMNS " FROM property WHERE collection=?1 AND name=?2",
                                 &c->known, error);
    if (!code)
        code = cairn_stats_each(c->counts, c->id, check_property, c, error);
    if (!code)
        code = check_count(c->checker, "SELECT count(*) FROM property WHERE collection=?1", c->slot, &kept, error);
    if (!code && (uint64_t)kept > c->told)
        report(c, "statistics", "properties are kept that no item has");
    sqlite3_finalize(c->known);
    return code;
}

/* ---- items ---- */

static cairn_code count_item(collection *c, sqlite3_stmt *rows, cairn_error *error)
{
    enum { PACKED = 13 };
    checker *checker = c->checker;
    item_row row;
    item_row_read(rows, &row);
    tally_add(&c->tally, &row);
    cairn_packed packed = db_column_packed(rows, PACKED, PACKED + 1, PACKED + 2, PACKED + 3);
    cairn_buf_reset(&checker->text);
    if (cairn_unpack(checker->session->base.codec, &packed, true, &checker->text, NULL) ||
        cairn_json_check(cairn_buf_span(&checker->text), CAIRN_JSON_MAX_DEPTH, NULL, NULL))
        return CAIRN_OK; /* was told of with the item */
    return cairn_stats_add(c->counts, cairn_buf_span(&checker->text)) ? CAIRN_OK : cairn_error_no_memory(error);
}

static cairn_code count_items(collection *c, cairn_error *error)
{
    sqlite3 *db = c->checker->session->db;
    sqlite3_stmt *rows = NULL;
    int rc = SQLITE_DONE;
    cairn_code code = db_prepare(db,
                                 "SELECT i.*, p.encoding, p.crc, p.length, p.properties FROM (SELECT " ITEM_COLUMNS
                                 " FROM item WHERE collection=?1 ORDER BY key LIMIT -1) i"
                                 " LEFT JOIN item_properties p ON p.key=i.key",
                                 &rows, error);
    if (code)
        return code;
    db_bind_span(rows, 1, c->id);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW)
        code = count_item(c, rows, error);
    if (!code && rc != SQLITE_DONE && (rc & 0xff) != SQLITE_CORRUPT)
        code = db_error(db, rc, "checking", error);
    sqlite3_finalize(rows);
    return code;
}

/* ---- the collection's row ---- */

static bool same_extent(const cairn_extent *a, const cairn_extent *b)
{
    return a->has_box == b->has_box && a->has_time == b->has_time &&
           (!a->has_box || (a->box.west == b->box.west && a->box.south == b->box.south && a->box.east == b->box.east &&
                            a->box.north == b->box.north)) &&
           (!a->has_time ||
            (!cairn_time_compare(a->time.start, b->time.start) && !cairn_time_compare(a->time.end, b->time.end)));
}

/* What is summarised depends on the descriptors that the writer was told of: so those are taken that are served. */
static cairn_code take_served(void *context, const cairn_property *property, cairn_error *error)
{
    cairn_summaries *summaries = context;
    cairn_json_walk walk = cairn_json_walk_object(summaries->declared);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        cairn_span name = cairn_json_string(cairn_span_make(member.key.p - 1, member.key.n + 2), summaries->arena);
        if (name.p && cairn_span_equal(name, property->name))
            return cairn_summaries_add(summaries, property, error);
    }
    return CAIRN_OK;
}

/* The served document, made anew from what is kept of the properties. */
static cairn_code check_view(collection *c, const cairn_extent *extent, cairn_error *error)
{
    checker *checker = c->checker;
    cairn_summaries summaries;
    cairn_span given = c->made ? CAIRN_SPAN_NONE : c->declared.p ? c->declared : c->body;
    if (!cairn_summaries_begin(&summaries, c->body, checker->arena))
        return cairn_error_no_memory(error);
    cairn_code code = sqlite_session_properties(&checker->session->base, c->id, take_served, &summaries, error);
    if (code == CAIRN_CORRUPT) /* was told of */
        return CAIRN_OK;
    if (code)
        return code;
    cairn_span view = cairn_collection_view(checker->arena, c->id, given, extent, summaries.at, summaries.n);
    if (!view.p)
        return cairn_error_no_memory(error);
    if (!cairn_span_equal(view, c->body))
        report(c, "collection", "the served document does not follow its items");
    return CAIRN_OK;
}

static cairn_code check_words(collection *c, cairn_span stored, cairn_error *error)
{
    checker *checker = c->checker;
    cairn_buf_reset(&checker->text);
    cairn_buf_reset(&checker->document);
    if (!cairn_document_close(c->body, CAIRN_SPAN_NONE, &checker->document))
        return cairn_error_no_memory(error);
    cairn_span json = cairn_buf_span(&checker->document);
    if (cairn_json_check(json, CAIRN_JSON_MAX_DEPTH, NULL, NULL)) {
        report(c, "collection", "its document is damaged");
        return CAIRN_OK;
    }
    if (!cairn_text_words(c->id, json, checker->arena, &checker->text))
        return cairn_error_no_memory(error);
    if (!cairn_span_equal(stored, cairn_buf_span(&checker->text)))
        report(c, "words", "its words are not in the index of free text");
    return CAIRN_OK;
}

/* Columns: id, made, body, declared, slot, items, eight of the extent, lead, lag, words. */
static cairn_code check_row(collection *c, sqlite3_stmt *row, cairn_error *error)
{
    enum { ITEMS = 5, EXTENT = 6, LEAD = 14, LAG = 15, WORDS = 16 };
    cairn_extent extent = extent_read(row, EXTENT);
    cairn_code code = check_words(c, db_column_span(row, WORDS), error);
    if (!code)
        code = count_items(c, error);
    if (code)
        return code;
    if (!same_extent(&extent, &c->tally.extent) || sqlite3_column_int64(row, LEAD) != c->tally.lead ||
        sqlite3_column_int64(row, LAG) != c->tally.lag)
        report(c, "collection", "its extent is not that of its items");
    if (!c->checker->unreadable)
        code = check_properties(c, error);
    return code ? code : check_view(c, &extent, error);
}

static cairn_code check_collection(checker *checker, sqlite3_stmt *row, cairn_error *error)
{
    collection c = {.checker = checker, .made = sqlite3_column_int(row, 1) != 0, .slot = sqlite3_column_int64(row, 4)};
    c.id = db_column_span(row, 0);
    c.body = db_column_span(row, 2);
    c.declared = db_column_span(row, 3);
    c.counts = cairn_stats_new();
    cairn_code code = c.counts ? check_row(&c, row, error) : cairn_error_no_memory(error);
    cairn_stats_free(c.counts);
    cairn_arena_reset(checker->arena);
    return code;
}

cairn_code check_collections(checker *checker, cairn_error *error)
{
    sqlite3 *db = checker->session->db;
    sqlite3_stmt *rows = NULL;
    int rc = SQLITE_DONE;
    cairn_code code = db_prepare(db,
                                 "SELECT id, made, body, declared, slot, items, west, south, east, north, start_sec,"
                                 " start_nsec, end_sec, end_nsec, lead, lag, (SELECT words FROM collection_text WHERE"
                                 " collection_text.rowid=collection.slot) FROM collection ORDER BY slot",
                                 &rows, error);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW)
        code = check_collection(checker, rows, error);
    if (!code && (rc & 0xff) == SQLITE_CORRUPT)
        check_report(checker, "file", NULL, sqlite3_errmsg(db));
    else if (!code && rc != SQLITE_DONE)
        code = db_error(db, rc, "checking", error);
    sqlite3_finalize(rows);
    return code;
}
