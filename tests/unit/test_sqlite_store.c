// LINK: store_sqlite
/* The SQLite store by itself: files, locks, batches, traces. That its searches are right is proved by the differential
 * test. */
#include "base/json.h"
#include "store/sqlite/sqlite_store.h"

#include "ok.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct fixture {
    char folder[64];
    char path[96];
    cairn_geos *geos;
    cairn_codec *codec;
    cairn_arena *arena;
    cairn_buf packed;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/cairn-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/c.cairn", f->folder);
    f->geos = cairn_geos_new();
    f->codec = cairn_codec_new(6);
    f->arena = cairn_arena_new(16 << 20);
    f->packed = (cairn_buf)CAIRN_BUF_INIT(16 << 20);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", f->folder);
    assert_int_equal(system(command), 0);
    cairn_geos_free(f->geos);
    cairn_codec_free(f->codec);
    cairn_arena_free(f->arena);
    cairn_buf_free(&f->packed);
    free(f);
    return 0;
}

static cairn_store *open_new(fixture *f)
{
    cairn_store *store = NULL;
    OK(cairn_sqlite_create(f->path, error));
    OK(cairn_sqlite_open(f->path, NULL, &store, error));
    return store;
}

/* `more`: members of the properties, each behind a comma. */
static cairn_put put_with(fixture *f, cairn_writer *writer, const char *id, double lon, const char *datetime,
                          const char *more)
{
    char json[512];
    cairn_item item;
    cairn_put what;
    snprintf(
        json, sizeof json,
        "{\"type\":\"Feature\",\"stac_version\":\"1.0.0\",\"id\":\"%s\",\"collection\":\"c\",\"geometry\":{\"type\":"
        "\"Point\",\"coordinates\":[%g,10]},\"bbox\":[%g,10,%g,10],\"properties\":{\"datetime\":\"%s\"%s},"
        "\"assets\":{},\"links\":[]}",
        id, lon, lon, lon, datetime, more);
    cairn_span text = cairn_arena_copy(f->arena, cairn_span_of(json));
    cairn_read_options options = {0};
    OK(cairn_item_read(f->geos, text, &options, f->arena, &item, error));
    cairn_buf_reset(&f->packed);
    cairn_item_record record = {.item = &item};
    assert_true(cairn_pack(f->codec, item.body, &f->packed, &record.body));
    OK(cairn_writer_ensure_collection(writer, item.collection, true, NULL, error));
    OK(cairn_writer_put_item(writer, &record, CAIRN_CONFLICT_REPLACE, &what, error));
    return what;
}

static cairn_put put(fixture *f, cairn_writer *writer, const char *id, double lon, const char *datetime)
{
    return put_with(f, writer, id, lon, datetime, "");
}

static cairn_code count_row(void *context, const cairn_item_row *row, cairn_error *error)
{
    (void)row, (void)error;
    ++*(int *)context;
    return CAIRN_OK;
}

static int hits(cairn_store *store, const char *bbox, const char *datetime)
{
    cairn_session *session = NULL;
    cairn_search search = {0};
    cairn_page page = {.limit = 100, .without_body = true};
    cairn_result result;
    int n = 0;
    cairn_arena *arena = cairn_arena_new(16 << 20);
    bool known;
    OK(cairn_session_open(store, &session, error));
    if (bbox)
        OK(cairn_search_set(&search, cairn_span_of("bbox"), cairn_span_of(bbox), &cairn_search_defaults, arena, &known,
                            error));
    if (datetime)
        OK(cairn_search_set(&search, cairn_span_of("datetime"), cairn_span_of(datetime), &cairn_search_defaults, arena,
                            &known, error));
    OK(cairn_search_check(&search, error));
    OK(cairn_session_begin(session, 0, error));
    OK(cairn_session_search(session, &search, &page, arena, count_row, &n, &result, error));
    OK(cairn_session_end(session, error));
    cairn_arena_free(arena); /* before the session: it holds geometries of the session's GEOS */
    cairn_session_close(session);
    assert_int_equal(n, result.returned);
    return n;
}

static cairn_code search_until(cairn_session *session, uint32_t limit, int64_t deadline, cairn_result *result,
                               cairn_error *late)
{
    int n = 0;
    cairn_search search = {0};
    cairn_page page = {.limit = limit, .max_bytes = 1 << 20};
    cairn_arena *arena = cairn_arena_new(1 << 20);
    OK(cairn_session_begin(session, deadline, error));
    cairn_code code = cairn_session_search(session, &search, &page, arena, count_row, &n, result, late);
    OK(cairn_session_end(session, error));
    cairn_arena_free(arena);
    return code;
}

/* SQLite looks at the clock each so many steps, counted over all runs of a statement: so the search before decides
 * where the late one is cut. Whatever was found by then is given. */
static void deadline_cuts_a_page(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f);
    cairn_writer *writer = NULL;
    OK(cairn_writer_open(store, &writer, error));
    OK(cairn_writer_begin(writer, error));
    for (int i = 0; i < 300; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        put(f, writer, id, 0, "2020-01-01T00:00:00Z");
    }
    OK(cairn_writer_commit(writer, error));
    OK(cairn_writer_close(writer, error));
    for (uint32_t before = 1; before < 280; before++) {
        cairn_session *session = NULL;
        cairn_result result;
        cairn_error late = CAIRN_ERROR_INIT;
        OK(cairn_session_open(store, &session, error));
        OK(search_until(session, before, 0, &result, error));
        assert_int_equal(result.returned, before);
        if (search_until(session, 300, 1, &result, &late) == CAIRN_OK)
            assert_true(result.cut && result.more && result.returned > 0);
        else
            assert_non_null(strstr(late.message, "searching"));
        cairn_session_close(session);
    }
    cairn_store_close(store);
}

static void lock_is_no_way_to_other_files(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f);
    cairn_writer *writer = NULL;
    cairn_error error = CAIRN_ERROR_INIT;
    char lock[128], other[128], text[8] = "";
    snprintf(lock, sizeof lock, "%s.lock", f->path);
    snprintf(other, sizeof other, "%s/other", f->folder);
    int fd = open(other, O_RDWR | O_CREAT, 0600);
    assert_int_equal(write(fd, "kept", 4), 4);
    assert_int_equal(symlink(other, lock), 0);
    assert_int_equal(cairn_writer_open(store, &writer, &error), CAIRN_IO);
    assert_int_equal(pread(fd, text, sizeof text, 0), 4);
    assert_string_equal(text, "kept");
    close(fd);
    cairn_store_close(store);
}

static uint64_t findings(cairn_store *store)
{
    uint64_t n = 0;
    OK(cairn_store_check(store, NULL, NULL, NULL, &n, error));
    return n;
}

static bool exists(const fixture *f, const char *suffix)
{
    char name[128];
    snprintf(name, sizeof name, "%s%s", f->path, suffix);
    return access(name, F_OK) == 0;
}

static void put_tells_what_it_did_and_leaves_no_trace(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f);
    cairn_writer *writer = NULL;
    OK(cairn_writer_open(store, &writer, error));
    OK(cairn_writer_begin(writer, error));
    assert_int_equal(put(f, writer, "a", 10, "2020-01-01T00:00:00Z"), CAIRN_PUT_ADDED);
    assert_int_equal(put(f, writer, "a", 10, "2020-01-01T00:00:00Z"), CAIRN_PUT_UNCHANGED);
    OK(cairn_writer_commit(writer, error));
    OK(cairn_writer_begin(writer, error));
    assert_int_equal(put(f, writer, "a", 50, "2021-01-01T00:00:00Z"), CAIRN_PUT_REPLACED);
    OK(cairn_writer_commit(writer, error));
    OK(cairn_writer_close(writer, error));
    assert_int_equal(hits(store, "5,5,15,15", NULL), 0);
    assert_int_equal(hits(store, "45,5,55,15", NULL), 1);
    assert_int_equal(hits(store, NULL, "2020-01-01T00:00:00Z/2020-12-31T00:00:00Z"), 0);
    assert_int_equal(hits(store, NULL, "2021-01-01T00:00:00Z"), 1);
    assert_int_equal(findings(store), 0);
    cairn_store_close(store);
}

static void rolled_back_is_gone(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f);
    cairn_writer *writer = NULL;
    OK(cairn_writer_open(store, &writer, error));
    OK(cairn_writer_begin(writer, error));
    put(f, writer, "a", 10, "2020-01-01T00:00:00Z");
    cairn_writer_rollback(writer);
    OK(cairn_writer_begin(writer, error));
    put(f, writer, "b", 20, "2020-01-01T00:00:00Z");
    OK(cairn_writer_commit(writer, error));
    OK(cairn_writer_close(writer, error));
    assert_int_equal(hits(store, NULL, NULL), 1);
    assert_int_equal(findings(store), 0);
    cairn_store_close(store);
}

static void finished_writer_leaves_one_file(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f);
    cairn_writer *writer = NULL;
    OK(cairn_writer_open(store, &writer, error));
    assert_true(exists(f, ".lock"));
    OK(cairn_writer_begin(writer, error));
    put(f, writer, "a", 10, "2020-01-01T00:00:00Z");
    OK(cairn_writer_commit(writer, error));
    assert_true(exists(f, "-wal"));
    OK(cairn_writer_close(writer, error));
    assert_false(exists(f, "-wal"));
    assert_false(exists(f, "-shm"));
    assert_false(exists(f, ".lock"));
    cairn_store_close(store);
}

static void second_writer_hears_who_holds_the_lock(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f);
    cairn_writer *first = NULL, *second = NULL;
    cairn_error fault = CAIRN_ERROR_INIT;
    OK(cairn_writer_open(store, &first, error));
    assert_int_equal(cairn_writer_open(store, &second, &fault), CAIRN_BUSY);
    char pid[32];
    snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    assert_non_null(strstr(fault.message, pid));
    OK(cairn_writer_close(first, error));
    OK(cairn_writer_open(store, &second, error));
    OK(cairn_writer_close(second, error));
    cairn_store_close(store);
}

static void reader_sees_one_state_while_written(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f);
    cairn_session *session = NULL;
    cairn_writer *writer = NULL;
    cairn_catalog_info before, during, after;
    OK(cairn_writer_open(store, &writer, error));
    OK(cairn_session_open(store, &session, error));
    OK(cairn_session_begin(session, 0, error));
    OK(cairn_session_info(session, f->arena, &before, error));
    OK(cairn_writer_begin(writer, error));
    put(f, writer, "a", 10, "2020-01-01T00:00:00Z");
    OK(cairn_writer_commit(writer, error));
    OK(cairn_session_info(session, f->arena, &during, error));
    OK(cairn_session_end(session, error));
    OK(cairn_session_begin(session, 0, error));
    OK(cairn_session_info(session, f->arena, &after, error));
    OK(cairn_session_end(session, error));
    assert_int_equal(before.items, 0);
    assert_int_equal(during.items, 0);
    assert_int_equal(after.items, 1);
    assert_true(after.generation > before.generation);
    OK(cairn_writer_close(writer, error));
    assert_true(exists(f, "-wal")); /* the session has it open */
    cairn_session_close(session);
    cairn_sqlite_tidy(f->path);
    assert_false(exists(f, "-wal"));
    cairn_store_close(store);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Another file of the same contents takes the name. */
static void rename_copy_over(const fixture *f)
{
    char command[512];
    snprintf(command, sizeof command, "cp %s %s.copy && mv %s.copy %s", f->path, f->path, f->path, f->path);
    assert_int_equal(system(command), 0);
}

static void foreign_wal_is_refused(void **state)
{
    fixture *f = *state;
    char wal[128];
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_store *store = open_new(f), *other = NULL;
    snprintf(wal, sizeof wal, "%s-wal", f->path);
    write_file(wal, "frames of another catalog");
    assert_int_equal(cairn_sqlite_open(f->path, NULL, &other, &fault), CAIRN_CONFLICT);
    assert_non_null(strstr(fault.message, "-wal"));
    write_file(wal, "");
    OK(cairn_sqlite_open(f->path, NULL, &other, error));
    assert_int_equal(hits(other, NULL, NULL), 0);
    cairn_store_close(other);
    cairn_store_close(store);
}

static void swapped_file_must_be_in_rollback_mode(void **state)
{
    fixture *f = *state;
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_store *store = open_new(f), *other = NULL;
    cairn_writer *writer = NULL;
    OK(cairn_sqlite_open_swapped(f->path, NULL, store, &other, error));
    cairn_store_close(other);
    OK(cairn_writer_open(store, &writer, error));
    OK(cairn_writer_begin(writer, error));
    put(f, writer, "a", 10, "2020-01-01T00:00:00Z");
    OK(cairn_writer_commit(writer, error));
    OK(cairn_sqlite_open_swapped(f->path, NULL, store, &other, error)); /* the same file, whatever its mode */
    cairn_store_close(other);
    rename_copy_over(f);
    assert_int_equal(cairn_sqlite_open_swapped(f->path, NULL, store, &other, &fault), CAIRN_CONFLICT);
    assert_non_null(strstr(fault.message, "optimize"));
    OK(cairn_writer_close(writer, error));
    cairn_store_close(store);
}

/* A daemon that served a catalog until another took its name leaves nothing of the old one's beside the new one. */
static void what_is_left_of_a_replaced_catalog_is_swept(void **state)
{
    fixture *f = *state;
    char wal[128];
    cairn_store *store = open_new(f), *other = NULL;
    snprintf(wal, sizeof wal, "%s-wal", f->path);
    rename_copy_over(f);
    write_file(wal, "frames of the old catalog");
    cairn_store_close(store);
    assert_false(exists(f, "-wal"));
    OK(cairn_sqlite_open(f->path, NULL, &other, error));
    assert_int_equal(hits(other, NULL, NULL), 0);
    write_file(wal, "frames of a catalog that still has a name");
    cairn_store_close(other);
    assert_true(exists(f, "-wal"));
}

static void set_header_integer(const char *path, off_t at, unsigned char value)
{
    int fd = open(path, O_WRONLY);
    unsigned char bytes[4] = {0, 0, 0, value};
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, 4, at), 4);
    close(fd);
}

static void newer_schema_and_strange_files_are_refused(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f), *other = NULL;
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_store_close(store);
    assert_int_equal(cairn_sqlite_create(f->path, &fault), CAIRN_CONFLICT);
    set_header_integer(f->path, 60, 99);
    cairn_error_clear(&fault);
    assert_int_equal(cairn_sqlite_open(f->path, NULL, &other, &fault), CAIRN_UNSUPPORTED);
    assert_non_null(strstr(fault.message, "99"));
    set_header_integer(f->path, 68, 0);
    cairn_error_clear(&fault);
    assert_int_equal(cairn_sqlite_open(f->path, NULL, &other, &fault), CAIRN_INVALID);
    write_file(f->path, "no catalog");
    cairn_error_clear(&fault);
    assert_int_equal(cairn_sqlite_open(f->path, NULL, &other, &fault), CAIRN_INVALID);
    unlink(f->path);
    cairn_error_clear(&fault);
    assert_int_equal(cairn_sqlite_open(f->path, NULL, &other, &fault), CAIRN_NOT_FOUND);
}

static void check_finds_what_is_broken(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f);
    cairn_writer *writer = NULL;
    OK(cairn_writer_open(store, &writer, error));
    OK(cairn_writer_begin(writer, error));
    put(f, writer, "a", 10, "2020-01-01T00:00:00Z");
    put(f, writer, "b", 20, "2020-01-02T00:00:00Z");
    OK(cairn_writer_commit(writer, error));
    OK(cairn_writer_close(writer, error));
    assert_int_equal(findings(store), 0);
    static const char *const harm[] = {
        "update item set west=11 where id='a'",   "update item set back_sec=1 where id='a'",
        "update item_body set crc=1 where key=1", "delete from item_space where entry=2",
        "update collection set items=7",          "insert into item_space_all values(99,0,1,0,1,0,1)",
        "delete from item_body where key=1",      "update item set footprint=x'00' where id='a'",
    };
    for (size_t i = 0; i < sizeof harm / sizeof *harm; i++) {
        char command[320];
        snprintf(command, sizeof command, "cp %s %s.bak && sqlite3 %s \"%s\"", f->path, f->path, f->path, harm[i]);
        assert_int_equal(system(command), 0);
        if (findings(store) == 0)
            fail_msg("not found: %s", harm[i]);
        snprintf(command, sizeof command, "cp %s.bak %s", f->path, f->path);
        assert_int_equal(system(command), 0);
    }
    assert_int_equal(findings(store), 0);
    cairn_store_close(store);
}

static uint64_t items_told(cairn_session *session)
{
    cairn_catalog_info info;
    cairn_arena *arena = cairn_arena_new(1 << 20);
    OK(cairn_session_begin(session, 0, error));
    OK(cairn_session_info(session, arena, &info, error));
    OK(cairn_session_end(session, error));
    cairn_arena_free(arena);
    return info.items;
}

static uint64_t matched(cairn_session *session)
{
    int n = 0;
    cairn_search search = {0};
    cairn_page page = {.limit = 1, .without_body = true, .count_budget = 1000};
    cairn_result result;
    cairn_arena *arena = cairn_arena_new(1 << 20);
    OK(cairn_session_begin(session, 0, error));
    OK(cairn_session_search(session, &search, &page, arena, count_row, &n, &result, error));
    OK(cairn_session_end(session, error));
    cairn_arena_free(arena);
    assert_true(result.matched_known);
    return result.matched;
}

/* A copy that is put into the file itself, or another program: the generation may be what it was. */
static void what_others_change_is_seen(void **state)
{
    fixture *f = *state;
    char command[320];
    cairn_store *store = open_new(f);
    cairn_writer *writer = NULL;
    cairn_session *session = NULL;
    OK(cairn_writer_open(store, &writer, error));
    OK(cairn_writer_begin(writer, error));
    put(f, writer, "a", 10, "2020-01-01T00:00:00Z");
    OK(cairn_writer_commit(writer, error));
    OK(cairn_writer_close(writer, error));
    OK(cairn_session_open(store, &session, error));
    assert_int_equal(items_told(session), 1);
    assert_int_equal(matched(session), 1);
    snprintf(command, sizeof command, "sqlite3 %s \"update collection set items=7\"", f->path);
    assert_int_equal(system(command), 0);
    assert_int_equal(items_told(session), 7);
    assert_int_equal(matched(session), 7);
    cairn_session_close(session);
    cairn_store_close(store);
}

static void deleting_a_collection_takes_all_of_it(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f);
    cairn_writer *writer = NULL;
    uint64_t items = 0;
    OK(cairn_writer_open(store, &writer, error));
    OK(cairn_writer_begin(writer, error));
    put(f, writer, "a", 10, "2020-01-01T00:00:00Z");
    put(f, writer, "b", 180, "2020-01-02T00:00:00Z");
    OK(cairn_writer_delete_item(writer, cairn_span_of("c"), cairn_span_of("a"), error));
    OK(cairn_writer_delete_collection(writer, cairn_span_of("c"), &items, error));
    OK(cairn_writer_commit(writer, error));
    OK(cairn_writer_close(writer, error));
    assert_int_equal(items, 1);
    assert_int_equal(hits(store, NULL, NULL), 0);
    assert_int_equal(findings(store), 0);
    cairn_store_close(store);
}

static int rows_of(fixture *f, const char *where)
{
    char command[256];
    int n = -1;
    snprintf(command, sizeof command, "sqlite3 %s \"select count(*) from item_value where %s\"", f->path, where);
    FILE *told = popen(command, "r");
    assert_non_null(told);
    assert_int_equal(fscanf(told, "%d", &n), 1);
    pclose(told);
    return n;
}

/* Values that a batch has not written yet, when what it has put is replaced, deleted, demoted and promoted again. */
static void values_follow_what_a_batch_does_later(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f);
    cairn_writer *writer = NULL;
    cairn_span clouds = CAIRN_SPAN_LIT("eo:cloud_cover"), c = CAIRN_SPAN_LIT("c");
    uint64_t items = 0;
    OK(cairn_writer_open(store, &writer, error));
    OK(cairn_writer_begin(writer, error));
    put_with(f, writer, "a", 10, "2020-01-01T00:00:00Z", ",\"eo:cloud_cover\":3,\"platform\":\"x\"");
    put_with(f, writer, "b", 20, "2020-01-02T00:00:00Z", ",\"eo:cloud_cover\":2,\"platform\":\"y\"");
    put_with(f, writer, "d", 30, "2020-01-03T00:00:00Z", ",\"eo:cloud_cover\":1,\"platform\":\"x\"");
    put_with(f, writer, "a", 10, "2020-01-04T00:00:00Z", ",\"eo:cloud_cover\":7,\"platform\":\"z\"");
    OK(cairn_writer_delete_item(writer, c, cairn_span_of("b"), error));
    put_with(f, writer, "e", 30, "2020-01-03T00:00:00Z", ",\"eo:cloud_cover\":5");
    OK(cairn_writer_demote(writer, clouds, error));
    put_with(f, writer, "g", 30, "2020-01-03T00:00:00Z", ",\"eo:cloud_cover\":6");
    OK(cairn_writer_promote(writer, clouds, NULL, NULL, &items, error));
    OK(cairn_writer_commit(writer, error));
    assert_int_equal(items, 4);
    OK(cairn_writer_begin(writer, error));
    put_with(f, writer, "h", 30, "2020-01-03T00:00:00Z", ",\"eo:cloud_cover\":6");
    cairn_writer_rollback(writer);
    OK(cairn_writer_close(writer, error));
    assert_int_equal(rows_of(f, "value in (7, 1, 5, 6)"), 4);
    assert_int_equal(rows_of(f, "value in (2, 3, 'y')"), 0);
    assert_int_equal(rows_of(f, "value in ('x', 'z')"), 2);
    assert_int_equal(findings(store), 0);
    cairn_store_close(store);
}

static void optimize_compacts(void **state)
{
    fixture *f = *state;
    cairn_store *store = open_new(f);
    OK(cairn_store_optimize(store, NULL, error));
    assert_int_equal(findings(store), 0);
    assert_false(exists(f, "-wal"));
    cairn_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(put_tells_what_it_did_and_leaves_no_trace, setup, teardown),
        cmocka_unit_test_setup_teardown(deadline_cuts_a_page, setup, teardown),
        cmocka_unit_test_setup_teardown(lock_is_no_way_to_other_files, setup, teardown),
        cmocka_unit_test_setup_teardown(rolled_back_is_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(finished_writer_leaves_one_file, setup, teardown),
        cmocka_unit_test_setup_teardown(second_writer_hears_who_holds_the_lock, setup, teardown),
        cmocka_unit_test_setup_teardown(reader_sees_one_state_while_written, setup, teardown),
        cmocka_unit_test_setup_teardown(foreign_wal_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(swapped_file_must_be_in_rollback_mode, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_left_of_a_replaced_catalog_is_swept, setup, teardown),
        cmocka_unit_test_setup_teardown(newer_schema_and_strange_files_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(check_finds_what_is_broken, setup, teardown),
        cmocka_unit_test_setup_teardown(what_others_change_is_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(deleting_a_collection_takes_all_of_it, setup, teardown),
        cmocka_unit_test_setup_teardown(values_follow_what_a_batch_does_later, setup, teardown),
        cmocka_unit_test_setup_teardown(optimize_compacts, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
