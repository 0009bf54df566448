// LINK: store_sqlite
/* The compact form of a catalog: the same texts, a smaller file, and the way back. */
#include "base/patch.h"
#include "store/properties.h"
#include "store/sqlite/sqlite_store.h"

#include "ok.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LARGE = 600, SMALL = 5, ITEMS = LARGE + SMALL };

typedef struct fixture {
    char folder[64], path[96];
    cairn_geos *geos;
    cairn_codec *codec;
    cairn_arena *arena;
    cairn_buf packed, text;
    cairn_store *store;
    uint64_t stop_at; /* of the progress */
    uint64_t done;
} fixture;

/* An item whose source had other words for its properties. */
static void put(fixture *f, cairn_writer *writer, const char *collection, int i)
{
    char json[2048];
    cairn_item item;
    cairn_put what;
    snprintf(json, sizeof json,
             "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"%s-%d\",\"collection\":\"%s\",\"geometry\":{"
             "\"type\":\"Point\",\"coordinates\":[%d.25,10]},\"bbox\":[%d.25,10,%d.25,10],\"properties\":{\"datetime\":"
             "\"2020-01-01T00:%02d:%02dZ\",\"eo:cloud_cover\":%d.5,\"platform\":\"sentinel-2a\",\"checksum\":\"%08x\"},"
             "\"assets\":{\"red\":{\"href\":\"https://example.com/%s/%d/red.tif\",\"type\":\"image/tiff\",\"title\":"
             "\"Red, 10 m, of the ground\"},\"blue\":{\"href\":\"https://example.com/%s/%d/blue.tif\",\"type\":"
             "\"image/tiff\",\"title\":\"Blue, 10 m, of the ground\"}},\"links\":[]}",
             collection, i, collection, i % 90, i % 90, i % 90, i / 60 % 60, i % 60, i % 100, (unsigned)i * 2654435761U,
             collection, i, collection, i);
    cairn_span text = cairn_arena_copy(f->arena, cairn_span_of(json));
    cairn_read_options options = {0};
    cairn_buf source = CAIRN_BUF_INIT(1 << 20), patch = CAIRN_BUF_INIT(1 << 20);
    OK(cairn_item_read(f->geos, text, &options, f->arena, &item, error));
    cairn_buf_reset(&f->packed);
    assert_non_null(cairn_buf_reserve(&f->packed, 1 << 16)); /* does not move */
    cairn_item_record record = {.item = &item, .properties_text = cairn_properties_of(item.body)};
    assert_true(cairn_properties_pack(f->codec, item.body, record.properties_text, &f->packed, &record.body,
                                      &record.properties));
    if (i % 3 == 0) {
        cairn_buf_add_text(&source, "{\"words\":\"of the source\",");
        cairn_buf_add(&source, item.body.p + 1, item.body.n - 1);
        assert_true(cairn_patch_make(item.body, cairn_buf_span(&source), &patch));
        assert_true(cairn_pack(f->codec, cairn_buf_span(&patch), &f->packed, &record.source));
    }
    OK(cairn_writer_ensure_collection(writer, item.collection, true, NULL, error));
    OK(cairn_writer_put_item(writer, &record, CAIRN_CONFLICT_REPLACE, &what, error));
    cairn_buf_free(&source);
    cairn_buf_free(&patch);
    cairn_arena_reset(f->arena);
}

static void put_items(fixture *f, const char *collection, int first, int n)
{
    cairn_writer *writer = NULL;
    OK(cairn_writer_open(f->store, &writer, error));
    OK(cairn_writer_begin(writer, error));
    for (int i = first; i < first + n; i++)
        put(f, writer, collection, i);
    OK(cairn_writer_commit(writer, error));
    OK(cairn_writer_close(writer, error));
}

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    snprintf(f->folder, sizeof f->folder, "/tmp/cairn-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/c.cairn", f->folder);
    f->geos = cairn_geos_new();
    f->codec = cairn_codec_new(6);
    f->arena = cairn_arena_new(16 << 20);
    f->packed = f->text = (cairn_buf)CAIRN_BUF_INIT(16 << 20);
    OK(cairn_sqlite_create(f->path, error));
    OK(cairn_sqlite_open(f->path, NULL, &f->store, error));
    put_items(f, "large", 0, LARGE);
    put_items(f, "small", 0, SMALL);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    char command[128];
    cairn_store_close(f->store);
    snprintf(command, sizeof command, "rm -rf %s", f->folder);
    assert_int_equal(system(command), 0);
    cairn_geos_free(f->geos);
    cairn_codec_free(f->codec);
    cairn_arena_free(f->arena);
    cairn_buf_free(&f->packed);
    cairn_buf_free(&f->text);
    free(f);
    return 0;
}

/* ---- what is there ---- */

typedef struct reading {
    cairn_session *session;
    cairn_buf text;
    unsigned compact, items;
} reading;

static cairn_code add_texts(void *context, const cairn_item_row *row, cairn_error *error)
{
    reading *r = context;
    r->items++;
    r->compact += row->body.encoding == CAIRN_ENCODING_COMPACT;
    cairn_buf_add_span(&r->text, row->properties);
    cairn_code code = cairn_row_text(r->session, row, false, &r->text, error);
    return code ? code : cairn_row_text(r->session, row, true, &r->text, error);
}

/* All texts, one behind the other; the caller frees them. */
static cairn_code read_all(fixture *f, reading *out, cairn_error *fault)
{
    cairn_search search = {0};
    cairn_page page = {.limit = UINT32_MAX, .with_properties = true};
    cairn_result result;
    cairn_arena *arena = cairn_arena_new(64 << 20);
    *out = (reading){.text = CAIRN_BUF_INIT(64 << 20)};
    OK(cairn_session_open(f->store, &out->session, error));
    OK(cairn_session_begin(out->session, 0, error));
    cairn_code code = cairn_session_search(out->session, &search, &page, arena, add_texts, out, &result, fault);
    OK(cairn_session_end(out->session, error));
    cairn_arena_free(arena);
    cairn_session_close(out->session);
    return code;
}

static void assert_texts(fixture *f, const reading *before, unsigned compact)
{
    reading now;
    OK(read_all(f, &now, error));
    assert_int_equal(now.items, before->items);
    assert_int_equal(now.compact, compact);
    assert_int_equal(now.text.n, before->text.n);
    assert_memory_equal(now.text.p, before->text.p, before->text.n);
    cairn_buf_free(&now.text);
}

static void print_finding(void *context, const cairn_finding *finding)
{
    (void)context;
    printf("%s: %s\n", finding->where, finding->message);
}

static uint64_t findings(fixture *f)
{
    uint64_t n = 0;
    OK(cairn_store_check(f->store, print_finding, NULL, NULL, &n, error));
    return n;
}

static cairn_catalog_info info_of(fixture *f)
{
    cairn_session *session = NULL;
    cairn_catalog_info info;
    cairn_arena_reset(f->arena);
    OK(cairn_session_open(f->store, &session, error));
    OK(cairn_session_begin(session, 0, error));
    OK(cairn_session_info(session, f->arena, &info, error));
    OK(cairn_session_end(session, error));
    cairn_session_close(session);
    return info;
}

static void bring_into(fixture *f, cairn_form form)
{
    const cairn_optimizing how = {.form = form, .threads = 2};
    OK(cairn_store_optimize(f->store, &how, error));
    assert_int_equal(findings(f), 0);
}

static sqlite3_int64 integer(fixture *f, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    int rc = sqlite3_step(statement);
    sqlite3_int64 value = rc == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    assert_true(rc == SQLITE_ROW || rc == SQLITE_DONE);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

/* ---- the tests ---- */

static void there_and_back(void **state)
{
    fixture *f = *state;
    reading before;
    OK(read_all(f, &before, error));
    assert_int_equal(before.items, ITEMS);
    assert_int_equal(before.compact, 0);
    bring_into(f, CAIRN_FORM_AS_IT_IS);
    cairn_catalog_info fast = info_of(f);
    bring_into(f, CAIRN_FORM_COMPACT);
    cairn_catalog_info compact = info_of(f);
    assert_texts(f, &before, ITEMS);
    assert_false(fast.compact);
    assert_true(compact.compact);
    assert_int_equal(compact.compact_items, ITEMS);
    assert_in_range(compact.dictionaries, 1, 2);
    assert_true(compact.dictionary_bytes > 100);
    assert_true(compact.bytes < fast.bytes);
    bring_into(f, CAIRN_FORM_AS_IT_IS);
    assert_texts(f, &before, ITEMS);
    bring_into(f, CAIRN_FORM_FAST);
    assert_texts(f, &before, 0);
    assert_int_equal(info_of(f).dictionaries, 0);
    assert_false(info_of(f).compact);
    cairn_buf_free(&before.text);
}

static void properties_are_kept_once(void **state)
{
    fixture *f = *state;
    bring_into(f, CAIRN_FORM_COMPACT);
    assert_int_equal(integer(f, "SELECT count(*) FROM item_properties WHERE body_at IS NULL"), 0);
    assert_int_equal(integer(f, "SELECT count(*) FROM item_properties WHERE encoding<>2"), 0);
    assert_int_equal(integer(f, "SELECT count(*) FROM item_body WHERE source_encoding=1"), 0);
}

/* What is written later is in the fast form; the next run takes only that, with the dictionary that is there. */
static void later_items_follow(void **state)
{
    fixture *f = *state;
    reading before;
    bring_into(f, CAIRN_FORM_COMPACT);
    uint64_t dictionaries = info_of(f).dictionaries;
    sqlite3_int64 last = integer(f, "SELECT value FROM meta WHERE key='dictionary'");
    put_items(f, "large", LARGE, 20);
    put_items(f, "large", 7, 1); /* the same again */
    assert_int_equal(findings(f), 0);
    OK(read_all(f, &before, error));
    assert_int_equal(before.items, ITEMS + 20);
    assert_int_equal(before.compact, ITEMS);
    bring_into(f, CAIRN_FORM_COMPACT);
    assert_texts(f, &before, ITEMS + 20);
    assert_int_equal(info_of(f).dictionaries, dictionaries);
    assert_int_equal(info_of(f).compact_items, ITEMS + 20);
    assert_int_equal(integer(f, "SELECT value FROM meta WHERE key='dictionary'"), last);
    cairn_buf_free(&before.text);
}

/* No number is given twice: a session that knows dictionary 1 must not take another for it. */
static void numbers_are_given_once(void **state)
{
    fixture *f = *state;
    bring_into(f, CAIRN_FORM_COMPACT);
    sqlite3_int64 last = integer(f, "SELECT max(number) FROM dictionary");
    bring_into(f, CAIRN_FORM_FAST);
    bring_into(f, CAIRN_FORM_COMPACT);
    assert_true(integer(f, "SELECT min(number) FROM dictionary") > last);
}

static void note(void *context, uint64_t done, uint64_t total)
{
    fixture *f = context;
    assert_true(done <= total);
    f->done = done;
}

static bool is_enough(void *context)
{
    const fixture *f = context;
    return f->done >= f->stop_at;
}

static void stopped_and_continued(void **state)
{
    fixture *f = *state;
    reading before, half;
    cairn_error fault = CAIRN_ERROR_INIT;
    const cairn_optimizing how = {
        .form = CAIRN_FORM_COMPACT, .progress = note, .stop = is_enough, .context = f, .threads = 1};
    OK(read_all(f, &before, error));
    f->stop_at = LARGE / 3;
    assert_int_equal(cairn_store_optimize(f->store, &how, &fault), CAIRN_DEADLINE);
    assert_non_null(strstr(fault.message, "interrupted"));
    OK(read_all(f, &half, error));
    assert_in_range(half.compact, LARGE / 3, ITEMS - 1);
    assert_texts(f, &before, half.compact);
    assert_int_equal(findings(f), 0);
    bring_into(f, CAIRN_FORM_COMPACT);
    assert_texts(f, &before, ITEMS);
    cairn_buf_free(&half.text);
    cairn_buf_free(&before.text);
}

static void damage(fixture *f, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void damage_is_found(void **state)
{
    static const char *const damages[] = {
        "DELETE FROM dictionary",
        "UPDATE dictionary SET bytes=x'28b52ffd'",
        "UPDATE dictionary SET bytes=x''",
        "UPDATE item_body SET body=substr(body, 1, length(body) - 3)",
        "UPDATE item_body SET body=x'8f8f8f8f8f8f8f8f8f8f8f8f', encoding=2",
        "UPDATE item_body SET length=1 << 40",
        "UPDATE item_properties SET properties=x'' WHERE key % 2",
        "UPDATE item_properties SET body_at=1 << 40 WHERE key % 2",
        "UPDATE item_properties SET body_at=0 WHERE key % 2",
    };
    fixture *f = *state;
    bring_into(f, CAIRN_FORM_COMPACT);
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        char saved[512];
        reading broken;
        cairn_error fault = CAIRN_ERROR_INIT;
        snprintf(saved, sizeof saved, "cp %s %s.saved", f->path, f->path);
        assert_int_equal(system(saved), 0);
        damage(f, damages[i]);
        assert_int_equal(read_all(f, &broken, &fault), CAIRN_CORRUPT);
        assert_true(fault.message[0]);
        cairn_buf_free(&broken.text);
        uint64_t n = 0;
        OK(cairn_store_check(f->store, NULL, NULL, NULL, &n, error));
        assert_true(n > 0);
        snprintf(saved, sizeof saved, "cat %s.saved >%s", f->path, f->path);
        assert_int_equal(system(saved), 0);
    }
    assert_int_equal(findings(f), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(there_and_back, setup, teardown),
        cmocka_unit_test_setup_teardown(properties_are_kept_once, setup, teardown),
        cmocka_unit_test_setup_teardown(later_items_follow, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_are_given_once, setup, teardown),
        cmocka_unit_test_setup_teardown(stopped_and_continued, setup, teardown),
        cmocka_unit_test_setup_teardown(damage_is_found, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
