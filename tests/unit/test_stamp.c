// LINK: store_sqlite store_memory
/* Stamps of the SQLite store against what other processes commit: by the writer, in rollback mode, and killed. The
 * program runs itself as that other process. */
#include "base/clock.h"
#include "store/memory/memory.h"
#include "store/sqlite/sqlite_store.h"

#include "ok.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the other process: a letter in, an answer of one byte out ---- */

static const char *self;

typedef struct other {
    const char *path;
    cairn_store *store;
    cairn_writer *writer;
    sqlite3 *db; /* in rollback mode */
    _Atomic int64_t *committed;
    unsigned n;
} other;

static void must(bool right, const char *what)
{
    if (right)
        return;
    fprintf(stderr, "the other process: %s\n", what);
    _exit(1);
}

static void open_writer(other *o)
{
    cairn_error error = CAIRN_ERROR_INIT;
    if (o->writer)
        return;
    must(!cairn_sqlite_open(o->path, NULL, &o->store, &error), error.message);
    must(!cairn_writer_open(o->store, &o->writer, &error), error.message);
}

static void close_writer(other *o)
{
    if (o->writer)
        must(!cairn_writer_close(o->writer, NULL), "close");
    if (o->store)
        cairn_store_close(o->store);
    o->writer = NULL;
    o->store = NULL;
}

static void begin_batch(other *o)
{
    char id[32];
    open_writer(o);
    snprintf(id, sizeof id, "c%d-%u", (int)getpid(), o->n++);
    must(!cairn_writer_begin(o->writer, NULL), "begin");
    must(!cairn_writer_ensure_collection(o->writer, cairn_span_of(id), true, NULL, NULL), "put");
}

static void open_raw(other *o)
{
    if (o->db)
        return;
    must(!sqlite3_open(o->path, &o->db), "open");
    sqlite3_busy_timeout(o->db, 5000);
    sqlite3_exec(o->db, "PRAGMA cache_size=1; PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
}

/* The description begins with the generation, and has a page of its own. */
#define RAISE                                                                                                          \
    "UPDATE meta SET value=value+1 WHERE key='generation';"                                                            \
    "INSERT OR REPLACE INTO meta SELECT 'description', printf('%d.%014000d', value, 0) FROM meta"                      \
    " WHERE key='generation';"
/* More than the page cache holds: pages go to the file before the commit. */
#define SPILL                                                                                                          \
    "BEGIN IMMEDIATE;" RAISE "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<40)"               \
    " INSERT OR REPLACE INTO meta SELECT 'x'||i, zeroblob(15000) FROM n;"

static int read_number(void *out, int n, char **values, char **names)
{
    (void)n, (void)names;
    *(int64_t *)out = strtoll(values[0], NULL, 10);
    return 0;
}

static void note_committed(other *o)
{
    int64_t generation = -1;
    sqlite3 *db;
    must(!sqlite3_open_v2(o->path, &db, SQLITE_OPEN_READONLY, NULL), "open");
    sqlite3_busy_timeout(db, 5000);
    must(!sqlite3_exec(db, "SELECT value FROM meta WHERE key='generation'", read_number, &generation, NULL), "read");
    sqlite3_close(db);
    atomic_store(o->committed, generation);
}

static void obey(other *o, char what)
{
    if (strchr("cbe", what) && o->db) {
        sqlite3_close(o->db);
        o->db = NULL;
    }
    if (what == 'c') { /* commit as the indexer does */
        begin_batch(o);
        must(!cairn_writer_commit(o->writer, NULL), "commit");
    } else if (what == 'b') { /* a batch that is never committed */
        begin_batch(o);
    } else if (what == 'e') { /* end of the writer: checkpoint, perhaps rollback mode */
        close_writer(o);
    } else { /* r: commit in rollback mode; s: a large one; h: half of it; u: undone */
        close_writer(o);
        open_raw(o);
        sqlite3_exec(o->db, what == 'r' ? "BEGIN IMMEDIATE;" RAISE : SPILL, NULL, NULL, NULL);
        if (what == 'u')
            sqlite3_exec(o->db, "ROLLBACK", NULL, NULL, NULL);
        if (what != 'h' && !sqlite3_get_autocommit(o->db) && sqlite3_exec(o->db, "COMMIT", NULL, NULL, NULL))
            sqlite3_exec(o->db, "ROLLBACK", NULL, NULL, NULL);
    }
    if (what != 'b' && what != 'h')
        note_committed(o);
}

static _Atomic int64_t *map_shared(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    must(fd >= 0 && ftruncate(fd, 8) == 0, "shared memory");
    void *p = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    must(p != MAP_FAILED, "shared memory");
    return p;
}

static int be_other(char **argv)
{
    other o = {.path = argv[2], .committed = map_shared(argv[3])};
    char what;
    while (read(0, &what, 1) == 1) {
        obey(&o, what);
        must(write(1, &what, 1) == 1, "answer");
    }
    close_writer(&o);
    sqlite3_close(o.db);
    return 0;
}

/* ---- this process ---- */

typedef struct fixture {
    char folder[64], path[96], shared[96];
    cairn_store *store;
    cairn_session *session;
    cairn_arena *arena;
    _Atomic int64_t *committed;
    pid_t other;
    int to, from;
} fixture;

static void start_other(fixture *f)
{
    int in[2], out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    f->other = fork();
    if (f->other == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execl(self, self, "other", f->path, f->shared, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    f->to = in[1];
    f->from = out[0];
}

static void end_other(fixture *f, bool kill_it)
{
    if (kill_it)
        kill(f->other, SIGKILL);
    close(f->to);
    waitpid(f->other, NULL, 0);
    close(f->from);
}

static void send_orders(fixture *f, const char *orders)
{
    assert_int_equal(write(f->to, orders, strlen(orders)), (ssize_t)strlen(orders));
}

static void wait_for(fixture *f, size_t answers)
{
    char c;
    while (answers--)
        assert_int_equal(read(f->from, &c, 1), 1);
}

static void tell(fixture *f, const char *orders)
{
    send_orders(f, orders);
    wait_for(f, strlen(orders));
}

static const cairn_sqlite_options HASTY = {.busy_ms = 20};

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    /* In memory where that can be: hundreds of commits, each synced. */
    snprintf(f->folder, sizeof f->folder, "%s/cairn-test-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/c.cairn", f->folder);
    snprintf(f->shared, sizeof f->shared, "%s/shared", f->folder);
    f->committed = map_shared(f->shared);
    f->arena = cairn_arena_new(1 << 20);
    OK(cairn_sqlite_create(f->path, error));
    OK(cairn_sqlite_open(f->path, &HASTY, &f->store, error));
    OK(cairn_session_open(f->store, &f->session, error));
    start_other(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    char command[128];
    end_other(f, false);
    cairn_session_close(f->session);
    cairn_store_close(f->store);
    snprintf(command, sizeof command, "rm -rf %s", f->folder);
    assert_int_equal(system(command), 0);
    munmap((void *)f->committed, 8);
    cairn_arena_free(f->arena);
    free(f);
    return 0;
}

static void rest(void)
{
    static const struct timespec TWO_TICKS = {0, 20 * CAIRN_MILLISECOND};
    nanosleep(&TWO_TICKS, NULL);
}

/* A stamp, as soon as it can be told. */
static cairn_stamp stamp_of(fixture *f)
{
    cairn_stamp stamp;
    for (int i = 0; i < 100; i++) {
        if (cairn_store_stamp(f->store, &stamp))
            return stamp;
        rest();
    }
    fail_msg("no stamp was told in two seconds");
    return stamp;
}

static bool same(cairn_stamp a, cairn_stamp b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

/* The generation that is read now; -1 when it can't be (a writer was killed and another holds the lock). */
static int64_t read_generation(fixture *f)
{
    cairn_catalog_info info;
    if (cairn_session_begin(f->session, 0, NULL))
        return -1;
    OK(cairn_session_info(f->session, f->arena, &info, error));
    OK(cairn_session_end(f->session, error));
    cairn_arena_reset(f->arena);
    return (int64_t)info.generation;
}

static void test_quiet_catalog_has_one_stamp(void **state)
{
    fixture *f = *state;
    cairn_stamp first = stamp_of(f);
    read_generation(f);
    assert_true(same(first, stamp_of(f)));
    tell(f, "c"); /* and stays: WAL */
    cairn_stamp second = stamp_of(f);
    assert_false(same(first, second));
    read_generation(f);
    rest();
    assert_true(same(second, stamp_of(f)));
    tell(f, "e");
    assert_true(read_generation(f) > 0);
    cairn_stamp third = stamp_of(f);
    assert_true(same(third, stamp_of(f)));
}

/* A reader that never read in WAL mode: the stamps alone keep the -wal open. */
static void test_each_commit_has_its_own(void **state)
{
    enum { COMMITS = 150 };
    fixture *f = *state;
    cairn_stamp stamps[COMMITS];
    for (int i = 0; i < COMMITS; i++) {
        tell(f, "c");
        stamps[i] = stamp_of(f);
        for (int j = 0; j < i; j++)
            assert_false(same(stamps[i], stamps[j]));
    }
}

static void test_replaced_file_has_none(void **state)
{
    fixture *f = *state;
    char next[128];
    cairn_stamp stamp = stamp_of(f);
    snprintf(next, sizeof next, "%s/next", f->folder);
    OK(cairn_sqlite_create(next, error));
    assert_int_equal(rename(next, f->path), 0);
    rest(); /* so that its time is no reason */
    assert_false(cairn_store_stamp(f->store, &stamp));
    assert_int_equal(unlink(f->path), 0);
    assert_false(cairn_store_stamp(f->store, &stamp));
}

/* As long as the clock that files get their times of stands still, another write may follow with the same time. */
static void test_time_of_this_moment_is_not_believed(void **state)
{
    enum { TRIES = 1000, ENOUGH = 20 };
    fixture *f = *state;
    unsigned met = 0;
    for (int i = 0; i < TRIES && met < ENOUGH; i++) {
        cairn_stamp stamp;
        struct stat status;
        struct timespec clock;
        assert_int_equal(chmod(f->path, 0600), 0);
        bool told = cairn_store_stamp(f->store, &stamp);
        assert_int_equal(clock_gettime(CLOCK_REALTIME_COARSE, &clock), 0);
        assert_int_equal(stat(f->path, &status), 0);
        if (clock.tv_sec > status.st_ctim.tv_sec || clock.tv_nsec > status.st_ctim.tv_nsec)
            continue;
        assert_false(told);
        met++;
    }
    assert_true(met > 0);
}

static void test_immutable_opening(void **state)
{
    fixture *f = *state;
    cairn_sqlite_options options = {.immutable = true};
    cairn_store *store;
    cairn_stamp first, second;
    OK(cairn_sqlite_open(f->path, &options, &store, error));
    assert_true(cairn_store_stamp(store, &first));
    assert_true(cairn_store_stamp(store, &second));
    assert_true(same(first, second));
    cairn_store_close(store);
}

/* ---- whatever others do, what was read under a stamp is the newest while the stamp is the same ---- */

enum { MOST_READ = 4096 };
typedef struct memory {
    struct {
        cairn_stamp stamp;
        int64_t generation;
    } read[MOST_READ];
    size_t n;
    unsigned told, again;
} memory;

static void look(fixture *f, memory *m)
{
    cairn_stamp stamp;
    int64_t committed = atomic_load(f->committed);
    if (!cairn_store_stamp(f->store, &stamp))
        return;
    m->told++;
    for (size_t i = 0; i < m->n; i++) {
        if (!same(m->read[i].stamp, stamp))
            continue;
        m->again++;
        assert_true(m->read[i].generation >= committed);
        return;
    }
    int64_t generation = read_generation(f);
    if (generation < 0 || m->n == MOST_READ)
        return;
    m->read[m->n].stamp = stamp;
    m->read[m->n++].generation = generation;
}

static void look_while_working(fixture *f, memory *m, const char *orders)
{
    send_orders(f, orders);
    for (size_t i = 0; i < strlen(orders); i++) {
        look(f, m);
        wait_for(f, 1);
        look(f, m);
        look(f, m);
    }
}

static void reopen(fixture *f)
{
    cairn_session_close(f->session);
    cairn_store_close(f->store);
    cairn_sqlite_tidy(f->path);
    OK(cairn_sqlite_open(f->path, &HASTY, &f->store, error));
    OK(cairn_session_open(f->store, &f->session, error));
}

/* Orders that are obeyed, and others after which the other process is killed. */
static void check_nothing_stale(fixture *f, const char *const orders[8], const char *const fatal[4])
{
    enum { ROUNDS = 120, REOPEN_EVERY = 40 };
    memory *m = calloc(1, sizeof *m);
    srand(7);
    for (int round = 1; round <= ROUNDS; round++) {
        if (rand() % 2) { /* on a quick machine, stamps are told after a rest only */
            rest();
            look(f, m);
            look(f, m);
        }
        if (rand() % 5) {
            look_while_working(f, m, orders[rand() % 8]);
        } else {
            look_while_working(f, m, fatal[rand() % 4]);
            end_other(f, true);
            look(f, m);
            start_other(f);
        }
        if (round % REOPEN_EVERY == 0) {
            reopen(f);
            m->n = 0; /* stamps are of one opening */
        }
    }
    print_message("stamps told %u, met again %u\n", m->told, m->again);
    assert_true(m->told > 100);
    assert_true(m->again > 20);
    free(m);
}

static void test_nothing_stale_in_rollback_mode(void **state)
{
    static const char *const ORDERS[] = {"r", "rr", "rrrr", "s", "sr", "rs", "rrrrrrrr", "ss"};
    static const char *const FATAL[] = {"h", "rh", "sh", "hh"};
    check_nothing_stale(*state, ORDERS, FATAL);
}

static void test_nothing_stale_in_any_mode(void **state)
{
    static const char *const ORDERS[] = {"c", "cc", "ccce", "e", "r", "rrr", "erc", "cere"};
    static const char *const FATAL[] = {"b", "h", "cb", "rh"};
    check_nothing_stale(*state, ORDERS, FATAL);
}

/* ---- sessions that read without locks, while others write ---- */

typedef struct still_reader {
    cairn_store *store;
    cairn_session *session;
    unsigned read, conflicts;
} still_reader;

static void open_still(fixture *f, still_reader *r)
{
    cairn_sqlite_options options = HASTY;
    options.still = true;
    OK(cairn_sqlite_open(f->path, &options, &r->store, error));
    OK(cairn_session_open(r->store, &r->session, error));
}

static void close_still(still_reader *r)
{
    cairn_session_close(r->session);
    cairn_store_close(r->store);
}

/* What is told is of one committed state, and no older than what was committed before. */
static void read_still(fixture *f, still_reader *r, bool described)
{
    cairn_catalog_info info = {0};
    int64_t committed = atomic_load(f->committed);
    if (cairn_session_begin(r->session, 0, NULL))
        return;
    cairn_code code = cairn_session_info(r->session, f->arena, &info, NULL);
    cairn_code end = cairn_session_end(r->session, NULL);
    if (end) {
        assert_int_equal(end, CAIRN_CONFLICT);
        r->conflicts++;
    } else {
        assert_int_equal(code, CAIRN_OK);
        assert_true((int64_t)info.generation >= committed);
        if (described && info.description.n)
            assert_int_equal(strtoull(info.description.p, NULL, 10), info.generation);
        r->read++;
    }
    cairn_arena_reset(f->arena);
}

static void read_while_working(fixture *f, still_reader *r, const char *orders, bool described)
{
    size_t left = strlen(orders);
    struct pollfd answers = {f->from, POLLIN, 0};
    send_orders(f, orders);
    while (left) {
        read_still(f, r, described);
        while (left && poll(&answers, 1, 0) == 1) {
            wait_for(f, 1);
            left--;
        }
    }
    read_still(f, r, described);
}

static void check_still(fixture *f, const char *const orders[8], const char *const fatal[4], bool described)
{
    enum { ROUNDS = 150, REOPEN_EVERY = 15 };
    still_reader r = {0};
    open_still(f, &r);
    srand(11);
    for (int round = 1; round <= ROUNDS; round++) {
        for (int i = rand() % 3; i > 0; i--) {
            rest();
            read_still(f, &r, described);
        }
        bool dies = rand() % 6 == 0;
        read_while_working(f, &r, dies ? fatal[rand() % 4] : orders[rand() % 8], described);
        if (dies) {
            end_other(f, true);
            read_still(f, &r, described);
            start_other(f);
        }
        if (round % REOPEN_EVERY)
            continue;
        close_still(&r);
        cairn_sqlite_tidy(f->path);
        open_still(f, &r);
    }
    close_still(&r);
    print_message("read %u, thrown away %u\n", r.read, r.conflicts);
    assert_true(r.read > 300);
    assert_true(r.conflicts > 0 || !described); /* else there were locks */
}

static void test_still_in_rollback_mode(void **state)
{
    static const char *const ORDERS[] = {"r", "ru", "uuru", "s", "su", "us", "rurrurrr", "ss"};
    static const char *const FATAL[] = {"h", "rh", "sh", "uh"};
    check_still(*state, ORDERS, FATAL, true);
}

static void test_still_in_any_mode(void **state)
{
    static const char *const ORDERS[] = {"c", "cc", "ccce", "e", "r", "rur", "erc", "cere"};
    static const char *const FATAL[] = {"b", "h", "cb", "rh"};
    check_still(*state, ORDERS, FATAL, false);
}

static void overwrite(const char *path, const unsigned char *bytes, size_t from, size_t n)
{
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, bytes + from, n - from, (off_t)from), n - from);
    close(file);
}

/* A writer that died has left half a commit, which was read, and another has undone it: the file is as it was before,
 * its count of changes, too, and what was read of it is forgotten all the same. */
static void test_what_was_undone_is_forgotten(void **state)
{
    enum { PAGE = 16384, MOST = 1 << 20 };
    fixture *f = *state;
    still_reader r = {0};
    cairn_catalog_info info = {0};
    unsigned char *bytes = malloc(MOST), *junk = malloc(MOST);
    FILE *file = fopen(f->path, "rb");
    size_t n = fread(bytes, 1, MOST, file);
    assert_true(n > PAGE && n < MOST);
    fclose(file);
    memset(junk, 0xFF, n);
    open_still(f, &r);
    rest();
    OK(cairn_session_begin(r.session, 0, error));
    OK(cairn_session_end(r.session, error));
    OK(cairn_session_begin(r.session, 0, error));
    overwrite(f->path, junk, PAGE, n);
    cairn_session_info(r.session, f->arena, &info, NULL);
    overwrite(f->path, bytes, PAGE, n);
    assert_int_equal(cairn_session_end(r.session, NULL), CAIRN_CONFLICT);
    OK(cairn_session_begin(r.session, 0, error));
    OK(cairn_session_info(r.session, f->arena, &info, error));
    OK(cairn_session_end(r.session, error));
    close_still(&r);
    free(bytes);
    free(junk);
}

static void test_memory_store_counts(void **state)
{
    (void)state;
    cairn_store *store = cairn_memory_store_new();
    cairn_writer *writer;
    cairn_stamp first, second;
    assert_true(cairn_store_stamp(store, &first) && cairn_store_stamp(store, &second) && same(first, second));
    OK(cairn_writer_open(store, &writer, error));
    OK(cairn_writer_begin(writer, error));
    assert_true(cairn_store_stamp(store, &second) && same(first, second));
    OK(cairn_writer_commit(writer, error));
    assert_true(cairn_store_stamp(store, &second) && !same(first, second));
    OK(cairn_writer_close(writer, error));
    cairn_store_close(store);
}

int main(int argc, char **argv)
{
    if (argc == 4)
        return be_other(argv);
    self = "/proc/self/exe";
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_quiet_catalog_has_one_stamp, setup, teardown),
        cmocka_unit_test_setup_teardown(test_each_commit_has_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(test_replaced_file_has_none, setup, teardown),
        cmocka_unit_test_setup_teardown(test_time_of_this_moment_is_not_believed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_immutable_opening, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_was_undone_is_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_stale_in_rollback_mode, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_stale_in_any_mode, setup, teardown),
        cmocka_unit_test_setup_teardown(test_still_in_rollback_mode, setup, teardown),
        cmocka_unit_test_setup_teardown(test_still_in_any_mode, setup, teardown),
        cmocka_unit_test(test_memory_store_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
