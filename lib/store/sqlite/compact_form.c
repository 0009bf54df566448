#include "store/sqlite/compact.h"

#include "store/properties.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    OWN_ITEMS = 32,       /* so many items have a dictionary of their own; smaller collections share one */
    TRAINING_ITEMS = 512, /* that dictionaries are made from, at most about so many, */
    BATCH_ITEMS = 256,    /* that are packed and committed together, of at most about */
    BATCH_BYTES = 32 << 20,
    TEXT_BYTES = 1 << 30,
    NUMBERS = 16, /* of dictionaries that are told apart in one group */
};

/* The items that share a dictionary: those of a collection, or of all small ones. */
typedef struct group {
    struct group *next;
    cairn_span collection; /* absent: all small ones */
    uint64_t items;
} group;

/* In which form the items of a group are. */
typedef struct survey {
    size_t numbers[NUMBERS]; /* of the dictionaries, with the number of items */
    uint64_t counts[NUMBERS];
    size_t n;
    uint64_t items;
    sqlite3_int64 *samples; /* keys, TRAINING_ITEMS * 2 at most */
    size_t n_samples;
} survey;

typedef struct conversion {
    sqlite_writer *writer;
    const cairn_optimizing *how;
    compact_pool *pool;
    cairn_arena *arena;
    group *groups;
    compact_item *items; /* BATCH_ITEMS, or those for training */
    size_t *kept;        /* numbers of the dictionaries that are used */
    size_t n_kept;
    sqlite3_stmt *put_body, *put_properties;
    uint64_t done, total;
} conversion;

/* Keys are sorted first, so that the rows are read as they lie. */
#define OF_GROUP                                                                                                       \
    "(SELECT key FROM item WHERE collection IN (SELECT id FROM collection WHERE id=?1 OR (?1 IS NULL AND items<?2))"   \
    " ORDER BY key LIMIT -1) i CROSS JOIN item_body b ON b.key=i.key"

static cairn_code open_group(const conversion *c, const group *group, const char *sql, sqlite3_stmt **rows,
                             cairn_error *error)
{
    cairn_code code = db_prepare(c->writer->db, sql, rows, error);
    if (code)
        return code;
    db_bind_span(*rows, 1, group->collection);
    sqlite3_bind_int(*rows, 2, OWN_ITEMS);
    return CAIRN_OK;
}

/* ---- what there is ---- */

/* The dictionary that the body in columns `encoding` and the next is packed with; false when it is not compact. */
static bool number_of(sqlite3_stmt *row, int encoding, size_t *number)
{
    const cairn_packed packed = {.encoding = (cairn_encoding)sqlite3_column_int(row, encoding),
                                 .bytes = db_column_span(row, encoding + 1)};
    return cairn_compact_number(&packed, number);
}

static void count_number(survey *s, size_t number)
{
    size_t i = 0;
    while (i < s->n && s->numbers[i] != number)
        i++;
    if (i == NUMBERS)
        return;
    if (i == s->n)
        s->numbers[s->n++] = number;
    s->counts[i]++;
}

static cairn_code look_at(conversion *c, const group *group, survey *out, cairn_error *error)
{
    sqlite3_stmt *rows = NULL;
    uint64_t step = group->items / TRAINING_ITEMS + 1;
    int rc = SQLITE_DONE;
    cairn_code code =
        open_group(c, group, "SELECT i.key, b.encoding, substr(b.body, 1, 10) FROM " OF_GROUP, &rows, error);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        size_t number;
        if (number_of(rows, 1, &number))
            count_number(out, number);
        if (out->items++ % step == 0 && out->n_samples < TRAINING_ITEMS)
            out->samples[out->n_samples++] = sqlite3_column_int64(rows, 0);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(c->writer->db, rc, "reading the items", error);
    sqlite3_finalize(rows);
    return code;
}

/* The dictionary that at least half of the items have already. */
static bool most_have(const survey *s, size_t *number)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->counts[i] * 2 >= s->items) {
            *number = s->numbers[i];
            return true;
        }
    return false;
}

/* The keys of the items that are not as they should be, malloc'ed. `number`: of the dictionary. */
static cairn_code list_keys(conversion *c, const group *group, size_t number, sqlite3_int64 **keys, size_t *n,
                            cairn_error *error)
{
    bool fast = c->how->form == CAIRN_FORM_FAST;
    sqlite3_stmt *rows = NULL;
    int rc = SQLITE_DONE;
    cairn_buf list = CAIRN_BUF_INIT(SIZE_MAX / 2);
    cairn_code code = open_group(c, group,
                                 "SELECT i.key, b.encoding, substr(b.body, 1, 10), coalesce(b.source_encoding=2, 0) OR"
                                 " p.encoding=2 FROM " OF_GROUP " LEFT JOIN item_properties p ON p.key=i.key",
                                 &rows, error);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        sqlite3_int64 key = sqlite3_column_int64(rows, 0);
        size_t has;
        bool compact = number_of(rows, 1, &has);
        bool right = fast ? !compact && !sqlite3_column_int(rows, 3) : compact && has == number;
        c->done += right;
        if (!right && !cairn_buf_add(&list, &key, sizeof key))
            code = cairn_error_no_memory(error);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(c->writer->db, rc, "reading the items", error);
    sqlite3_finalize(rows);
    *keys = (sqlite3_int64 *)(void *)list.p;
    *n = list.n / sizeof **keys;
    return code;
}

/* ---- one item ---- */

static cairn_code read_item(conversion *c, sqlite3_int64 key, compact_item *item, cairn_error *error)
{
    sqlite_writer *writer = c->writer;
    sqlite3_stmt *get;
    cairn_code code = writer_query(writer, W_BODY_GET, &get, error);
    if (code)
        return code;
    item->key = key;
    cairn_buf_reset(&item->open);
    cairn_buf_reset(&item->patch);
    sqlite3_bind_int64(get, 1, key);
    int rc = sqlite3_step(get);
    if (rc == SQLITE_ROW) {
        cairn_packed body = db_column_packed(get, 0, 1, 2, 3), source = db_column_packed(get, 4, 5, 6, 7);
        item->has_patch = source.bytes.p != NULL;
        code = cairn_unpack(writer->codec, &body, true, &item->open, error);
        if (!code)
            code = cairn_unpack(writer->codec, &source, true, &item->patch, error);
    } else {
        code = db_error(writer->db, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, "reading an item", error);
    }
    sqlite3_reset(get);
    return code;
}

/* What will be read must be what was packed: the last moment to find out that it isn't. */
static cairn_code check_packed(sqlite_writer *writer, const compact_item *item, cairn_error *error)
{
    cairn_buf *back = &writer->old_text;
    cairn_buf_reset(back);
    cairn_code code = cairn_unpack(writer->codec, &item->body, true, back, error);
    if (!code && !cairn_span_equal(cairn_buf_span(back), cairn_buf_span(&item->open)))
        code = cairn_error_set(error, CAIRN_INTERNAL, "an item is not what it was when it is unpacked again");
    cairn_buf_reset(back);
    if (!code)
        code = cairn_unpack(writer->codec, &item->source, true, back, error);
    return code;
}

static cairn_code put_body(conversion *c, const compact_item *item, bool within, size_t at, cairn_error *error)
{
    cairn_packed body = item->body;
    cairn_buf *apart = &c->writer->new_text;
    if (within) {
        cairn_buf_reset(apart);
        if (!cairn_buf_add_around(apart, body.bytes, cairn_span_make(body.bytes.p + at, item->properties.bytes.n)))
            return cairn_error_no_memory(error);
        body.bytes = cairn_buf_span(apart);
    }
    sqlite3_bind_int64(c->put_body, 1, item->key);
    db_bind_packed(c->put_body, 2, 3, 4, 5, &body);
    db_bind_packed(c->put_body, 6, 7, 8, 9, &item->source);
    return db_run(c->writer->db, c->put_body, "writing an item", error);
}

static cairn_code put_item(conversion *c, const compact_item *item, cairn_error *error)
{
    size_t at = 0;
    if (!item->packed)
        return cairn_error_no_memory(error);
    cairn_code code = check_packed(c->writer, item, error);
    bool within = cairn_properties_within(&item->body, &item->properties, &at);
    if (!code)
        code = put_body(c, item, within, at, error);
    if (code)
        return code;
    sqlite3_bind_int64(c->put_properties, 1, item->key);
    db_bind_packed(c->put_properties, 2, 3, 4, 6, &item->properties);
    if (within)
        sqlite3_bind_int64(c->put_properties, 5, (sqlite3_int64)at);
    else
        sqlite3_bind_null(c->put_properties, 5);
    return db_run(c->writer->db, c->put_properties, "writing an item", error);
}

/* ---- many ---- */

/* Those that were large are not kept for the next batch. */
static void forget_large(conversion *c)
{
    enum { KEPT_BYTES = 128 << 10 };
    for (size_t i = 0; i < TRAINING_ITEMS; i++) {
        cairn_buf *bufs[] = {&c->items[i].open, &c->items[i].patch, &c->items[i].out};
        for (size_t k = 0; k < 3; k++)
            if (bufs[k]->cap > KEPT_BYTES)
                cairn_buf_free(bufs[k]);
    }
}

static cairn_code stopped(const conversion *c, cairn_error *error)
{
    if (c->how->progress)
        c->how->progress(c->how->context, c->done, c->total);
    if (c->how->stop && c->how->stop(c->how->context))
        return cairn_error_set(error, CAIRN_DEADLINE,
                               "interrupted; what was done is kept, and the same command goes on");
    return CAIRN_OK;
}

/* Reads items until there are enough; says how many. */
static cairn_code read_some(conversion *c, const sqlite3_int64 *keys, size_t n, size_t most, size_t *out,
                            cairn_error *error)
{
    size_t bytes = 0, i = 0;
    cairn_code code = CAIRN_OK;
    for (; !code && i < n && i < most && bytes < BATCH_BYTES; i++) {
        code = read_item(c, keys[i], &c->items[i], error);
        bytes += c->items[i].open.n;
    }
    *out = i;
    return code;
}

static cairn_code convert_some(conversion *c, const cairn_dictionary *dictionary, size_t number,
                               const sqlite3_int64 *keys, size_t n, size_t *done, cairn_error *error)
{
    cairn_code code = read_some(c, keys, n, BATCH_ITEMS, done, error);
    if (!code)
        compact_pool_run(c->pool, dictionary, number, c->items, *done);
    if (!code)
        code = sqlite_writer_begin(&c->writer->base, error);
    if (code)
        return code;
    for (size_t i = 0; !code && i < *done; i++)
        code = put_item(c, &c->items[i], error);
    forget_large(c);
    return writer_end(c->writer, code, error);
}

/* `dictionary` NULL: into the fast form. */
static cairn_code convert_group(conversion *c, const group *group, const cairn_dictionary *dictionary, size_t number,
                                cairn_error *error)
{
    sqlite3_int64 *keys = NULL;
    size_t n = 0, some = 0;
    cairn_code code = list_keys(c, group, number, &keys, &n, error);
    for (size_t at = 0; !code && at < n; at += some) {
        code = stopped(c, error);
        if (!code)
            code = convert_some(c, dictionary, number, keys + at, n - at, &some, error);
        c->done += some;
    }
    free(keys);
    return code;
}

/* ---- dictionaries ---- */

static cairn_code add_dictionary(conversion *c, cairn_span bytes, size_t *number, cairn_error *error)
{
    cairn_code code = sqlite_writer_begin(&c->writer->base, error);
    if (!code)
        code = dictionary_add(c->writer, bytes, number, error);
    return writer_end(c->writer, code, error);
}

/* Into *bytes; number 0 and no bytes where items are smallest without one. */
static cairn_code make_dictionary(conversion *c, const survey *s, cairn_buf *bytes, size_t *number, cairn_error *error)
{
    size_t n = 0;
    *number = 0;
    cairn_code code = read_some(c, s->samples, s->n_samples, TRAINING_ITEMS, &n, error);
    if (!code)
        code = compact_train(c->pool, c->items, n, s->items, bytes, error);
    return code || bytes->n == 0 ? code : add_dictionary(c, cairn_buf_span(bytes), number, error);
}

static cairn_code choose_dictionary(conversion *c, const group *group, cairn_buf *bytes, size_t *number,
                                    cairn_error *error)
{
    survey s = {.samples = calloc(TRAINING_ITEMS, sizeof *s.samples)};
    cairn_code code = s.samples ? look_at(c, group, &s, error) : cairn_error_no_memory(error);
    if (!code && !most_have(&s, number))
        code = make_dictionary(c, &s, bytes, number, error);
    else if (!code && *number)
        code = dictionary_read(c->writer->db, *number, bytes, error);
    free(s.samples);
    return code;
}

static cairn_code compact_group(conversion *c, const group *group, cairn_error *error)
{
    cairn_buf bytes = CAIRN_BUF_INIT(CAIRN_DICTIONARY_BYTES_MAX * 2);
    size_t number = 0;
    cairn_code code = choose_dictionary(c, group, &bytes, &number, error);
    cairn_dictionary *dictionary = code ? NULL : cairn_dictionary_new(cairn_buf_span(&bytes), COMPACT_LEVEL);
    if (!code && !dictionary)
        code = cairn_error_no_memory(error);
    if (!code)
        code = convert_group(c, group, dictionary, number, error);
    if (!code)
        c->kept[c->n_kept++] = number;
    cairn_dictionary_free(dictionary);
    cairn_buf_free(&bytes);
    return code;
}

/* ---- the whole ---- */

static cairn_code add_group(conversion *c, cairn_span collection, uint64_t items, cairn_error *error)
{
    group *group = cairn_arena_calloc(c->arena, 1, sizeof *group);
    if (!group || (collection.p && !(group->collection = cairn_arena_copy(c->arena, collection)).p))
        return cairn_error_no_memory(error);
    group->items = items;
    group->next = c->groups;
    c->groups = group;
    c->n_kept++;
    c->total += items;
    return CAIRN_OK;
}

static cairn_code list_groups(conversion *c, cairn_error *error)
{
    sqlite3_stmt *rows = NULL;
    uint64_t small = 0;
    int rc = SQLITE_DONE;
    cairn_code code = db_prepare(c->writer->db, "SELECT id, items FROM collection ORDER BY slot DESC", &rows, error);
    while (!code && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        uint64_t items = (uint64_t)sqlite3_column_int64(rows, 1);
        if (items < OWN_ITEMS)
            small += items;
        else
            code = add_group(c, db_column_span(rows, 0), items, error);
    }
    if (!code && rc != SQLITE_DONE)
        code = db_error(c->writer->db, rc, "reading the collections", error);
    sqlite3_finalize(rows);
    return code || small == 0 ? code : add_group(c, CAIRN_SPAN_NONE, small, error);
}

/* Forgets the dictionaries that nobody needs any more, and notes the form for `cairn info`. */
static cairn_code conclude(conversion *c, cairn_error *error)
{
    char note[160];
    bool compact = c->how->form == CAIRN_FORM_COMPACT;
    snprintf(note, sizeof note,
             compact ? "INSERT OR REPLACE INTO meta(key, value) VALUES('compact', %llu)"
                     : "DELETE FROM meta WHERE key='compact'",
             (unsigned long long)c->total);
    cairn_code code = sqlite_writer_begin(&c->writer->base, error);
    if (!code)
        code = dictionaries_keep(c->writer, c->kept, c->n_kept, error);
    if (!code)
        code = db_exec(c->writer->db, note, "optimizing", error);
    return writer_end(c->writer, code, error);
}

static cairn_code convert_all(conversion *c, cairn_error *error)
{
    bool compact = c->how->form == CAIRN_FORM_COMPACT;
    cairn_code code = list_groups(c, error);
    if (!code && !(c->kept = calloc(c->n_kept + 1, sizeof *c->kept)))
        code = cairn_error_no_memory(error);
    c->n_kept = 0;
    if (!code)
        code = db_prepare(c->writer->db,
                          "UPDATE item_body SET encoding=?2, crc=?3, length=?4, body=?5, source_encoding=?6,"
                          " source_crc=?7, source_length=?8, source=?9 WHERE key=?1",
                          &c->put_body, error);
    if (!code)
        code = db_prepare(c->writer->db,
                          "UPDATE item_properties SET encoding=?2, crc=?3, length=?4, body_at=?5, properties=?6"
                          " WHERE key=?1",
                          &c->put_properties, error);
    for (const group *group = c->groups; !code && group; group = group->next)
        code = compact ? compact_group(c, group, error) : convert_group(c, group, NULL, 0, error);
    return code ? code : conclude(c, error);
}

static bool make_items(conversion *c)
{
    c->items = calloc(TRAINING_ITEMS, sizeof *c->items);
    for (size_t i = 0; c->items && i < TRAINING_ITEMS; i++)
        c->items[i].open.max = c->items[i].patch.max = c->items[i].out.max = TEXT_BYTES;
    return c->items != NULL;
}

static void free_items(conversion *c)
{
    for (size_t i = 0; c->items && i < TRAINING_ITEMS; i++) {
        cairn_buf_free(&c->items[i].open);
        cairn_buf_free(&c->items[i].patch);
        cairn_buf_free(&c->items[i].out);
    }
    free(c->items);
}

cairn_code compact_convert(sqlite_writer *writer, const cairn_optimizing *how, cairn_error *error)
{
    enum { ARENA_BYTES = 1 << 30 };
    conversion c = {
        .writer = writer, .how = how, .pool = compact_pool_new(how->threads), .arena = cairn_arena_new(ARENA_BYTES)};
    cairn_code code = c.pool && c.arena && make_items(&c) ? convert_all(&c, error) : cairn_error_no_memory(error);
    sqlite3_finalize(c.put_body);
    sqlite3_finalize(c.put_properties);
    free_items(&c);
    free(c.kept);
    compact_pool_free(c.pool);
    cairn_arena_free(c.arena);
    return code;
}
