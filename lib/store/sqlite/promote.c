/* Promoting properties to an index, and taking them out of it. Readers go on with what was committed. */
#include "store/sqlite/internal.h"

#include "stac/ext.h"

#include <stdlib.h>

/* ---- filling the index ---- */

typedef struct filling {
    sqlite_writer *writer;
    slots what; /* list and n, in the arena of the writer's slots */
    sqlite3_stmt *put;
    cairn_progress_sink progress;
    void *context;
    uint64_t *items; /* NULL, or counts those that get a value */
} filling;

/* Rows: key, slot of the collection, sort time, packed properties. */
static cairn_code fill_item(const filling *f, sqlite3_stmt *row, cairn_error *error)
{
    sqlite_writer *writer = f->writer;
    item_parts *parts = &writer->new_parts;
    cairn_packed packed = db_column_packed(row, 3, 4, 5, 6);
    cairn_arena_reset(parts->arena);
    cairn_buf_reset(&writer->old_text);
    cairn_code code = cairn_unpack(writer->codec, &packed, false, &writer->old_text, error);
    if (!code && !values_make(&f->what, cairn_buf_span(&writer->old_text), parts->arena, &parts->values))
        code = cairn_error_no_memory(error);
    for (size_t i = 0; !code && i < parts->values.n; i++) {
        sqlite3_bind_int64(f->put, 1, parts->values.list[i].property);
        sqlite3_bind_int64(f->put, 2, sqlite3_column_int64(row, 1));
        values_bind(f->put, 3, &parts->values.list[i].value);
        sqlite3_bind_int64(f->put, 4, sqlite3_column_int64(row, 2));
        sqlite3_bind_int64(f->put, 5, sqlite3_column_int64(row, 0));
        code = db_run(writer->db, f->put, "making an index", error);
    }
    if (f->items && parts->values.n)
        ++*f->items;
    return code;
}

static cairn_code fill_rows(const filling *f, sqlite3_stmt *rows, cairn_error *error)
{
    enum { STEP = 1000 };
    sqlite3_int64 total = 0;
    uint64_t done = 0;
    int rc = SQLITE_DONE;
    cairn_code code = db_integer(f->writer->db, "SELECT coalesce(sum(items), 0) FROM collection", &total, error);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        code = fill_item(f, rows, error);
        if (f->progress && ++done % STEP == 0)
            f->progress(f->context, done, (uint64_t)total);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(f->writer->db, rc, "making an index", error);
    return code;
}

/* One walk over all items. */
static cairn_code fill(filling f, cairn_error *error)
{
    sqlite3_stmt *rows = NULL;
    cairn_code code = CAIRN_OK;
    f.what.arena = f.writer->slots.arena;
    if (!slots_index(&f.what))
        return cairn_error_no_memory(error);
    if (!f.put)
        code = writer_query(f.writer, W_VALUE_PUT, &f.put, error);
    if (!code)
        code = db_prepare(f.writer->db,
                          "SELECT p.key, c.slot, i.back_sec, p.encoding, p.crc, p.length, p.properties"
                          " FROM item_properties p CROSS JOIN item i ON i.key=p.key CROSS JOIN collection c"
                          " ON c.id=i.collection ORDER BY p.key",
                          &rows, error);
    if (!code)
        code = fill_rows(&f, rows, error);
    sqlite3_finalize(rows);
    return code;
}

cairn_code promote_fill_sorted(sqlite_writer *writer, cairn_progress_sink progress, void *context, cairn_error *error)
{
    static const char what[] = "making an index";
    filling f = {.writer = writer, .what = writer->slots, .progress = progress, .context = context};
    cairn_code code = db_exec(writer->db,
                              "DELETE FROM item_value;"
                              "CREATE TEMP TABLE unsorted_value(property, collection, value, back_sec, key)",
                              what, error);
    if (!code)
        code = db_prepare(writer->db, "INSERT INTO temp.unsorted_value VALUES(?1, ?2, ?3, ?4, ?5)", &f.put, error);
    if (!code && f.what.n)
        code = fill(f, error);
    sqlite3_finalize(f.put);
    if (!code)
        code = db_exec(writer->db,
                       "INSERT INTO item_value SELECT * FROM temp.unsorted_value ORDER BY 1, 2, 3, 4, 5;"
                       "DROP TABLE temp.unsorted_value",
                       what, error);
    return code;
}

static cairn_code reload(sqlite_writer *writer, cairn_error *error)
{
    slots_free(&writer->slots);
    return slots_load(writer->db, &writer->slots, error);
}

/* ---- the tables promoted and demoted ---- */

static cairn_code run_with_name(sqlite3 *db, const char *sql, cairn_span name, cairn_span definition,
                                cairn_error *error)
{
    sqlite3_stmt *statement = NULL;
    cairn_code code = db_prepare(db, sql, &statement, error);
    if (code)
        return code;
    db_bind_span(statement, 1, name);
    if (definition.p)
        db_bind_span(statement, 2, definition);
    code = db_run(db, statement, "writing the promoted properties", error);
    sqlite3_finalize(statement);
    return code;
}

static cairn_code enter_field(sqlite3 *db, const cairn_ext_field *field, cairn_arena *arena, cairn_error *error)
{
    slot slot;
    cairn_span definition, name = cairn_arena_printf(arena, "properties.%s", field->name);
    if (!name.p)
        return cairn_error_no_memory(error);
    cairn_code code = slot_of(name, arena, &slot, &definition, error);
    if (code)
        return code;
    return run_with_name(db,
                         "INSERT INTO promoted(name, built_in, definition) SELECT ?1, 1, ?2 WHERE ?1 NOT IN"
                         " (SELECT name FROM promoted UNION ALL SELECT name FROM demoted)",
                         slot.property.name, definition, error);
}

cairn_code promote_built_in(sqlite3 *db, cairn_error *error)
{
    enum { ARENA_BYTES = 16 << 20 };
    const cairn_ext *ext;
    cairn_arena *arena = cairn_arena_new(ARENA_BYTES);
    cairn_code code = arena ? CAIRN_OK : cairn_error_no_memory(error);
    for (size_t i = 0; !code && (ext = cairn_ext_at(i)); i++)
        for (size_t k = 0; !code && k < ext->n_fields; k++)
            if (ext->fields[k].indexed && !ext->fields[k].of_band)
                code = enter_field(db, &ext->fields[k], arena, error);
    cairn_arena_free(arena);
    return code;
}

static cairn_code drop_values(sqlite_writer *writer, sqlite3_int64 number, cairn_error *error)
{
    sqlite3_stmt *statement = NULL;
    cairn_code code = held_values_write(writer, error);
    if (!code)
        code =
            db_prepare(writer->db, "DELETE FROM item_value WHERE property IN (?1 * 2, ?1 * 2 + 1)", &statement, error);
    if (code)
        return code;
    sqlite3_bind_int64(statement, 1, number);
    code = db_run(writer->db, statement, "removing an index", error);
    sqlite3_finalize(statement);
    return code;
}

/* ---- what is made at open, and by `cairn optimize` ---- */

static bool has_number(const sqlite3_int64 *numbers, size_t n, sqlite3_int64 wanted)
{
    for (size_t i = 0; i < n; i++)
        if (numbers[i] == wanted)
            return true;
    return false;
}

/* Reads the slots again and fills all but those with these numbers. */
static cairn_code fill_others(sqlite_writer *writer, const sqlite3_int64 *numbers, size_t n, cairn_error *error)
{
    filling f = {.writer = writer};
    cairn_code code = reload(writer, error);
    const slots *all = &writer->slots;
    if (code)
        return code;
    f.what.list = cairn_arena_calloc(all->arena, all->n + 1, sizeof(slot));
    if (!f.what.list)
        return cairn_error_no_memory(error);
    for (size_t i = 0; i < all->n; i++)
        if (!has_number(numbers, n, all->list[i].number))
            f.what.list[f.what.n++] = all->list[i];
    return f.what.n && !all->late ? fill(f, error) : CAIRN_OK;
}

/* By this program's rule from now on. */
static cairn_code renew_slot(sqlite_writer *writer, const slot *old, cairn_error *error)
{
    slot same;
    cairn_span definition;
    cairn_arena *arena = writer->slots.arena;
    cairn_span name = cairn_arena_printf(arena, "properties.%.*s", CAIRN_SPAN_FMT(old->property.name));
    if (!name.p)
        return cairn_error_no_memory(error);
    cairn_code code = slot_of(name, arena, &same, &definition, error);
    if (!code)
        code = drop_values(writer, old->number, error);
    return code ? code
                : run_with_name(writer->db, "UPDATE promoted SET definition=?2 WHERE name=?1", old->property.name,
                                definition, error);
}

/* Makes those anew that are outdated: by `strict`, made by another rule than this program's; else by one that can't be
 * read. */
static cairn_code renew(sqlite_writer *writer, bool strict, cairn_error *error)
{
    const slots *all = &writer->slots;
    sqlite3_int64 *kept = calloc(all->n + 1, sizeof *kept);
    size_t n = 0;
    cairn_code code = CAIRN_OK;
    if (!kept)
        return cairn_error_no_memory(error);
    for (size_t i = 0; !code && i < all->n; i++)
        if (strict ? all->list[i].current : all->list[i].readable)
            kept[n++] = all->list[i].number;
        else
            code = renew_slot(writer, &all->list[i], error);
    if (!code && strict)
        code = promote_built_in(writer->db, error);
    if (!code)
        code = fill_others(writer, kept, n, error);
    free(kept);
    return code;
}

cairn_code promote_missing(sqlite_writer *writer, cairn_error *error)
{
    return renew(writer, true, error);
}

/* In an empty catalog all is made by this program's rules, as if it were new. */
cairn_code promote_at_open(sqlite_writer *writer, cairn_error *error)
{
    bool damaged = false;
    sqlite3_int64 filled = 1;
    cairn_code code = reload(writer, error);
    if (!code)
        code = db_integer(writer->db, "SELECT EXISTS(SELECT 1 FROM item)", &filled, error);
    for (size_t i = 0; !code && i < writer->slots.n; i++)
        damaged |= !writer->slots.list[i].readable;
    writer->was_empty = !filled;
    if (code || (filled && !damaged))
        return code;
    int before = sqlite3_total_changes(writer->db);
    code = sqlite_writer_begin(&writer->base, error);
    if (!code)
        code = renew(writer, !filled, error);
    if (!code && sqlite3_total_changes(writer->db) != before)
        return sqlite_writer_commit(&writer->base, error);
    sqlite_writer_rollback(&writer->base);
    return code ? code : reload(writer, error);
}

/* ---- by name ---- */

/* The slot of a name; NULL with CAIRN_OK when it is not promoted. *made is what it would be, in the slots' arena. */
static cairn_code find(sqlite_writer *writer, cairn_span name, const slot **found, slot *made, cairn_span *definition,
                       cairn_error *error)
{
    cairn_span copy = cairn_arena_copy(writer->slots.arena, name);
    *found = NULL;
    if (!copy.p)
        return cairn_error_no_memory(error);
    cairn_code code = slot_of(copy, writer->slots.arena, made, definition, error);
    for (size_t i = 0; !code && i < writer->slots.n; i++)
        if (cairn_span_equal(writer->slots.list[i].property.name, made->property.name))
            *found = &writer->slots.list[i];
    return code;
}

static cairn_code fill_named(sqlite_writer *writer, cairn_span name, cairn_progress_sink progress, void *context,
                             uint64_t *items, cairn_error *error)
{
    slot made;
    cairn_span definition;
    const slot *found;
    filling f = {.writer = writer, .progress = progress, .context = context, .items = items};
    cairn_code code = reload(writer, error);
    if (!code)
        code = find(writer, name, &found, &made, &definition, error);
    if (code)
        return code;
    if (!found)
        return cairn_error_set(error, CAIRN_INTERNAL, "the property that was promoted is not there");
    slot only = *found;
    f.what.list = &only;
    f.what.n = 1;
    return writer->slots.late ? CAIRN_OK : fill(f, error);
}

cairn_code sqlite_promote(cairn_writer *base, cairn_span name, cairn_progress_sink progress, void *context,
                          uint64_t *items, cairn_error *error)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    const slot *found;
    slot made;
    cairn_span definition;
    char quoted[160];
    if (items)
        *items = 0;
    cairn_code code = find(writer, name, &found, &made, &definition, error);
    if (!code && found)
        code = cairn_error_set(error, CAIRN_CONFLICT, "property '%s' has an index already",
                               cairn_quote(name, quoted, sizeof quoted));
    if (!code)
        code =
            run_with_name(writer->db, "DELETE FROM demoted WHERE name=?1", made.property.name, CAIRN_SPAN_NONE, error);
    if (!code)
        code = run_with_name(writer->db, "INSERT INTO promoted(name, built_in, definition) VALUES(?1, 0, ?2)",
                             made.property.name, definition, error);
    return code ? code : fill_named(writer, name, progress, context, items, error);
}

cairn_code sqlite_demote(cairn_writer *base, cairn_span name, cairn_error *error)
{
    sqlite_writer *writer = (sqlite_writer *)base;
    const slot *found;
    slot made;
    cairn_span definition;
    char quoted[160];
    cairn_code code = find(writer, name, &found, &made, &definition, error);
    if (code)
        return code;
    if (!found)
        return cairn_error_set(error, CAIRN_NOT_FOUND, "property '%s' has no index",
                               cairn_quote(name, quoted, sizeof quoted));
    code = drop_values(writer, found->number, error);
    if (!code && found->built_in)
        code = run_with_name(writer->db, "INSERT OR IGNORE INTO demoted(name) VALUES(?1)", made.property.name,
                             CAIRN_SPAN_NONE, error);
    if (!code)
        code =
            run_with_name(writer->db, "DELETE FROM promoted WHERE name=?1", made.property.name, CAIRN_SPAN_NONE, error);
    return code ? code : reload(writer, error);
}
