// LINK: store_sqlite
/* Searches of the SQLite store against brute force over the same items: filters, words and sorts, forward and backward,
 * by each way that there is; and the limits that they keep. */
#include "sqlite_search.h"

#include "base/clock.h"
#include "store/sqlite/internal.h"

#define ONE_OF(list)   (list)[chance(sizeof(list) / sizeof *(list))]
#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

static const char *const FILTERS[] = {
    NULL,
    NULL,
    "platform = 'p1'",
    "platform = 'p42'",
    "platform IN ('p40', 'p41', 'nothing')",
    "platform LIKE 'p5%'",
    "platform = 'p1' AND eo:cloud_cover < 10",
    "platform = 'p1' OR platform = 'p2'",
    "eo:cloud_cover < 3",
    "eo:cloud_cover >= 50",
    "eo:cloud_cover BETWEEN 20 AND 21",
    "eo:cloud_cover = 'much'",
    "eo:cloud_cover",
    "NOT eo:cloud_cover < 95",
    "eo:cloud_cover IS NULL",
    "note = 7",
    "note > 35 AND gsd = 20",
    "note = gsd",
    "gsd IN (0, 10, 20, 30)",
    "created > TIMESTAMP('2022-06-01T00:00:00Z')",
    "created = DATE('2021-03-11')",
    "created < '2020-02-01T00:00:00Z'",
    "proj:code = 'EPSG:32633'",
    "proj:code IN ('EPSG:32633', 'EPSG:32602')",
    "proj:epsg = 32633",
    "A_CONTAINS(instruments, ('i3'))",
    "A_OVERLAPS(instruments, ('i3', 'i4'))",
    "A_EQUALS(instruments, ('i3', 'i4'))",
    "A_CONTAINS(\"assets.*.roles\", ('r1'))",
    "datetime > TIMESTAMP('2022-03-01T00:00:00Z')",
    "datetime >= TIMESTAMP('2021-03-01T00:00:00Z') AND datetime < TIMESTAMP('2021-03-03T00:00:00Z')",
    "T_INTERSECTS(datetime, INTERVAL('2021-03-01', '2021-03-03'))",
    "start_datetime < TIMESTAMP('2021-03-01T00:00:00Z') AND end_datetime > TIMESTAMP('2021-02-25T00:00:00Z')",
    "S_INTERSECTS(geometry, BBOX(0, 0, 10, 10))",
    "S_WITHIN(geometry, POLYGON((0 0, 60 0, 0 60, 0 0))) AND note < 20",
    "S_INTERSECTS(geometry, BBOX(170, -90, -170, 90)) OR S_INTERSECTS(geometry, BBOX(0, 0, 1, 1))",
    "id = 'item-42' OR id = 'item-7919'",
    "collection = 'c3' AND note < 10",
    "collection IN ('c1', 'c5', 'no such') AND note > 30",
    "platform = 'p1' AND platform = 'p2'",
    "note > 1000",
};

static const char *const SORTS[] = {
    "",
    "",
    "-eo:cloud_cover",
    "+eo:cloud_cover",
    "+eo:cloud_cover,-note",
    "-platform",
    "+platform,+id",
    "-created",
    "+proj:code,+datetime",
    "+datetime",
    "+datetime,-note",
    "-datetime,+id",
    "+id",
    "-id",
    "+collection,-note",
    "-note",
    "+serial",
    "+no:such",
    "-instruments",
    "-start_datetime",
    "+gsd,+platform,-eo:cloud_cover",
};

static const char *const TEXTS[] = {"glacier AND 17", "elan", "-river", "\"dune forest\" AND 12"};
static const char *const COLLECTIONS[] = {"c1", "c0,c1", "c3", "c0,c2,c5,c7", "c3,none"};
static const char *const BOXES[] = {"0,0,20,20", "-180,-90,180,90", "170,-50,-170,50", "10,10,11,11"};
static const char *const TIMES[] = {"2021-03-01T00:00:00Z/2021-03-20T00:00:00Z", "2022-01-01T00:00:00Z/..",
                                    "2020-05-05T06:00:00Z"};
static const uint32_t LIMITS[] = {1, 3, 10, 100, 10000};

static const char *const WAYS[] = {"nothing can match",
                                   "ids",
                                   "r*tree",
                                   "free text index",
                                   "property index",
                                   "property index, in time order",
                                   "property index, in its order",
                                   "order of ids",
                                   "sort of all",
                                   "time order"};
static unsigned ways_seen[COUNT_OF(WAYS)];

/* ---- a search and its answer ---- */

typedef struct question {
    cairn_search search;
    cairn_buf told;
} question;

static void set(question *q, const char *name, const char *value, cairn_arena *arena)
{
    bool known;
    OK(cairn_search_set(&q->search, cairn_span_of(name), cairn_span_of(value), NULL, arena, &known, error));
    cairn_buf_printf(&q->told, " %s=%s", name, value);
}

static void make_question(question *q, cairn_arena *arena)
{
    const char *filter = ONE_OF(FILTERS), *sort = ONE_OF(SORTS);
    *q = (question){.told = CAIRN_BUF_INIT(1 << 16)};
    if (chance(3) == 0)
        set(q, "collections", ONE_OF(COLLECTIONS), arena);
    if (chance(5) == 0)
        set(q, "bbox", ONE_OF(BOXES), arena);
    if (chance(5) == 0)
        set(q, "datetime", ONE_OF(TIMES), arena);
    if (chance(8) == 0) {
        const char *text = ONE_OF(TEXTS);
        OK(cairn_text_from_string(cairn_span_of(text), NULL, arena, &q->search.text, error));
        cairn_buf_printf(&q->told, " q=%s", text);
    }
    if (filter)
        q->search.filter = read_filter(filter, arena);
    OK(cairn_sort_from_text(cairn_span_of(sort), arena, &q->search.sort, error));
    cairn_buf_printf(&q->told, " filter=%s sortby=%s", filter ? filter : "", sort);
}

typedef struct answer {
    cairn_position *rows;
    size_t n;
} answer;

static int compare_rows(const void *a, const void *b, void *sort)
{
    return cairn_sort_compare(sort, a, b);
}

static bool is_hit(world *w, const cairn_search *search, cairn_area *area, cairn_cql2_matcher *matcher, made *m,
                   cairn_arena *scratch)
{
    bool meets = true;
    cairn_truth truth = CAIRN_TRUE;
    cairn_buf words = CAIRN_BUF_INIT(1 << 20);
    (void)w;
    if ((search->n_collections && !cairn_list_has(search->collections, search->n_collections, m->item.collection)) ||
        (search->has_datetime && !cairn_interval_meets(m->item.range, search->datetime)))
        return false;
    if (area && !m->item.footprint.present)
        return false;
    if (area)
        OK(cairn_area_meets(area, m->item.footprint.box, m->item.footprint.wkb, &meets, error));
    if (meets && search->text) {
        assert_true(cairn_text_words(m->item.id, m->view.properties, scratch, &words));
        meets = cairn_text_matches(search->text, cairn_buf_span(&words));
        cairn_buf_free(&words);
    }
    if (meets && matcher)
        OK(cairn_cql2_match(matcher, &m->record, scratch, &truth, error));
    return meets && truth == CAIRN_TRUE;
}

static answer brute_force(world *w, const cairn_search *search, cairn_arena *arena)
{
    answer all = {calloc(w->n + 1, sizeof(cairn_position)), 0};
    cairn_area *area;
    cairn_cql2_matcher *matcher = NULL;
    cairn_arena *scratch = cairn_arena_new(WORLD_ARENA);
    OK(cairn_search_area(search, w->geos, arena, &area, error));
    if (search->filter)
        OK(cairn_cql2_matcher_new(search->filter, w->geos, arena, &matcher, error));
    for (size_t i = 0; i < w->n; i++) {
        made *m = &w->items[i];
        cairn_arena_reset(scratch);
        if (!is_hit(w, search, area, matcher, m, scratch))
            continue;
        cairn_time time = cairn_item_sort_time(&m->item);
        cairn_sort_value *keys = cairn_arena_calloc(arena, search->sort.n + 1, sizeof *keys);
        assert_true(cairn_sort_values(&search->sort, &m->record, time, arena, keys));
        all.rows[all.n++] = (cairn_position){time, m->item.collection, m->item.id, keys, search->sort.n};
    }
    qsort_r(all.rows, all.n, sizeof *all.rows, compare_rows, (void *)&search->sort);
    cairn_arena_free(scratch);
    return all;
}

typedef struct names {
    cairn_arena *arena;
    cairn_position rows[10001];
    size_t n;
} names;

static cairn_code take_name(void *context, const cairn_item_row *row, cairn_error *error)
{
    names *to = context;
    (void)error;
    to->rows[to->n++] = (cairn_position){.collection = cairn_arena_copy(to->arena, row->collection),
                                         .id = cairn_arena_copy(to->arena, row->id)};
    return CAIRN_OK;
}

static void note_way(const char *way)
{
    for (size_t i = 0; i < COUNT_OF(WAYS); i++)
        if (strcmp(WAYS[i], way) == 0) {
            ways_seen[i]++;
            return;
        }
    fail_msg("a way without a name here: %s", way);
}

static void ask(world *w, const question *q, const cairn_page *page, names *found, cairn_result *result)
{
    found->n = 0;
    OK(cairn_session_begin(w->session, 0, error));
    OK(cairn_session_search(w->session, &q->search, page, found->arena, take_name, found, result, error));
    OK(cairn_session_end(w->session, error));
    note_way(result->plan.way);
}

/* Rows `from` to `to` of the answer are what was found. */
static void compare(const question *q, const answer *all, size_t from, size_t to, const names *found,
                    const cairn_result *result)
{
    cairn_span told = cairn_buf_span(&q->told);
    if (found->n != to - from || result->returned != found->n)
        fail_msg("%.*s (%s): expected rows %zu to %zu of %zu, found %zu", CAIRN_SPAN_FMT(told), result->plan.way, from,
                 to, all->n, found->n);
    for (size_t i = 0; i < found->n; i++)
        if (cairn_span_compare(found->rows[i].id, all->rows[from + i].id) != 0 ||
            cairn_span_compare(found->rows[i].collection, all->rows[from + i].collection) != 0)
            fail_msg("%.*s (%s): row %zu of %zu: expected %.*s, found %.*s", CAIRN_SPAN_FMT(told), result->plan.way,
                     from + i, all->n, CAIRN_SPAN_FMT(all->rows[from + i].id), CAIRN_SPAN_FMT(found->rows[i].id));
}

/* ---- pages ---- */

static size_t at_most(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Some pages forward, and back again; then from the very end backward. */
static void walk_pages(world *w, const question *q, const answer *all, uint32_t limit)
{
    enum { PAGES = 12 };
    names *found = calloc(1, sizeof *found);
    cairn_arena *arenas[2] = {cairn_arena_new(WORLD_ARENA), cairn_arena_new(WORLD_ARENA)};
    cairn_page page = {.limit = limit, .without_body = true, .count_budget = chance(2) ? UINT64_MAX : 0};
    cairn_result result;
    cairn_position position;
    size_t at = 0;
    for (int i = 0; i < 2 * PAGES; i++) {
        found->arena = arenas[i % 2]; /* the position is in the other one */
        cairn_arena_reset(found->arena);
        page.backward = i >= PAGES;
        size_t n = at_most(limit, page.backward ? at : all->n - at);
        ask(w, q, &page, found, &result);
        compare(q, all, page.backward ? at - n : at, page.backward ? at : at + n, found, &result);
        assert_int_equal(result.more, page.backward ? at > n : at + n < all->n);
        if (page.count_budget && !page.position)
            assert_true(result.matched_known);
        if (result.matched_known)
            assert_int_equal(result.matched, all->n);
        if (n == 0)
            break;
        at = page.backward ? at - n : at + n;
        position = page.backward ? result.first : result.last;
        if (i == PAGES - 1) {
            position = result.first; /* back from the page that was shown last */
            at -= n;
        }
        if (i == PAGES - 1 && at == 0)
            break;
        page.position = &position;
    }
    page = (cairn_page){.limit = limit, .without_body = true, .backward = true};
    ask(w, q, &page, found, &result);
    compare(q, all, all->n - at_most(limit, all->n), all->n, found, &result);
    cairn_arena_free(arenas[0]);
    cairn_arena_free(arenas[1]);
    free(found);
}

static void ask_many(world *w, int questions)
{
    for (int i = 0; i < questions; i++) {
        cairn_arena *arena = cairn_arena_new(WORLD_ARENA);
        question q;
        make_question(&q, arena);
        answer all = brute_force(w, &q.search, arena);
        walk_pages(w, &q, &all, ONE_OF(LIMITS));
        free(all.rows);
        cairn_buf_free(&q.told);
        cairn_arena_free(arena);
    }
}

static void finds_what_brute_force_finds(void **state)
{
    enum { QUESTIONS = 250 };
    ask_many(*state, QUESTIONS);
    for (size_t i = 0; i < COUNT_OF(WAYS); i++)
        if (ways_seen[i] == 0)
            fail_msg("no search went by '%s'", WAYS[i]);
}

/* ---- while a new catalog is filled ---- */

static void assert_sound(world *w, sqlite3_int64 indexes)
{
    uint64_t findings = 0;
    sqlite3_int64 there, values;
    sqlite3 *db = ((sqlite_session *)w->session)->db;
    OK(cairn_store_check(w->store, NULL, NULL, NULL, &findings, error));
    assert_int_equal(findings, 0);
    OK(db_integer(db, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'item_order%'", &there, error));
    OK(db_integer(db, "SELECT count(*) FROM item_value", &values, error));
    assert_int_equal(there, indexes);
    assert_int_equal(values > 0, indexes > 0);
}

/* The session was opened before the first item came. */
static void finds_the_same_while_indexes_are_missing(void **state)
{
    enum { QUESTIONS = 30 };
    void *made;
    (void)state;
    make_world(&made, &(cairn_sqlite_options){.late_from = WORLD_ITEMS / 3});
    world *w = made;
    ask_many(w, QUESTIONS);
    assert_sound(w, 0);
    ((sqlite_writer *)w->writer)->leave_loose = true; /* as if it were killed */
    finish_world(w);
    ask_many(w, QUESTIONS);
    assert_sound(w, 0);
    OK(cairn_writer_open(w->store, &w->writer, error)); /* whoever writes next makes them */
    finish_world(w);
    ask_many(w, QUESTIONS);
    assert_sound(w, 2);
    world_teardown(&made);
}

/* ---- limits ---- */

static cairn_code search_with(world *w, const char *filter, const char *sort, const cairn_page *page, int64_t deadline,
                              cairn_arena *arena, cairn_result *result, cairn_error *fault)
{
    names *found = calloc(1, sizeof *found);
    cairn_search search = {.filter = filter ? read_filter(filter, arena) : NULL};
    found->arena = arena;
    OK(cairn_sort_from_text(cairn_span_of(sort), arena, &search.sort, error));
    OK(cairn_session_begin(w->session, deadline, error));
    cairn_code code = cairn_session_search(w->session, &search, page, arena, take_name, found, result, fault);
    OK(cairn_session_end(w->session, error));
    free(found);
    return code;
}

static void refuses_to_sort_too_many(void **state)
{
    world *w = *state;
    cairn_arena *arena = cairn_arena_new(WORLD_ARENA);
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_result result;
    const cairn_page page = {.limit = 10, .without_body = true, .sort_budget = 500};
    assert_int_equal(search_with(w, NULL, "-note", &page, 0, arena, &result, &fault), CAIRN_INVALID);
    assert_string_equal(fault.parameter, "sortby");
    assert_non_null(strstr(fault.message, "'note'"));
    assert_non_null(strstr(fault.message, "`cairn queryables add CATALOG note`"));
    cairn_error_clear(&fault);
    assert_int_equal(search_with(w, NULL, "-eo:cloud_cover", &page, 0, arena, &result, &fault), CAIRN_OK);
    assert_string_equal(result.plan.way, "property index, in its order");
    assert_true(cairn_span_is(result.plan.index, "eo:cloud_cover"));
    assert_true(result.looked_at < 30);
    assert_int_equal(search_with(w, "platform = 'p42'", "-note", &page, 0, arena, &result, &fault), CAIRN_OK);
    assert_int_equal(search_with(w, NULL, "+gsd,-note", &page, 0, arena, &result, &fault), CAIRN_INVALID);
    assert_non_null(strstr(fault.message, "'note'")); /* gsd has an index, but few values */
    cairn_arena_free(arena);
}

static void ends_at_the_deadline(void **state)
{
    world *w = *state;
    cairn_arena *arena = cairn_arena_new(WORLD_ARENA);
    cairn_result result;
    const cairn_page page = {.limit = 10, .without_body = true};
    static const char *const LATE[] = {"", "-note", "-eo:cloud_cover", "+datetime", "+id"};
    for (size_t i = 0; i < COUNT_OF(LATE); i++) {
        cairn_error fault = CAIRN_ERROR_INIT;
        cairn_code code = search_with(w, "note > 1000", LATE[i], &page, cairn_clock_now(), arena, &result, &fault);
        assert_int_equal(code, CAIRN_DEADLINE);
    }
    cairn_arena_free(arena);
}

static void guesses_when_the_budget_is_spent(void **state)
{
    world *w = *state;
    cairn_arena *arena = cairn_arena_new(WORLD_ARENA);
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_result result;
    static const char *const SORTED[] = {"", "-eo:cloud_cover"};
    for (size_t i = 0; i < COUNT_OF(SORTED); i++) {
        cairn_page page = {.limit = 10, .without_body = true, .count_budget = 4000};
        assert_int_equal(search_with(w, "note < 20", SORTED[i], &page, 0, arena, &result, &fault), CAIRN_OK);
        assert_false(result.matched_known); /* each evaluation counts eight times */
        assert_true(result.estimate_known);
        assert_true(result.looked_at <= 600);
        assert_in_range(result.estimate, w->n / 4, w->n); /* half of them match */
        page.count_budget = UINT64_MAX;
        assert_int_equal(search_with(w, "note < 20", SORTED[i], &page, 0, arena, &result, &fault), CAIRN_OK);
        assert_true(result.matched_known && !result.estimate_known);
    }
    cairn_arena_free(arena);
}

/* ---- rows ---- */

typedef struct looked {
    world *w;
    size_t n;
} looked;

static cairn_code look_at_row(void *context, const cairn_item_row *row, cairn_error *error)
{
    looked *l = context;
    double serial;
    (void)error;
    assert_true(cairn_json_number(cairn_json_get(row->properties, "serial"), &serial));
    for (size_t i = 0; i < l->w->n; i++) {
        const made *m = &l->w->items[i];
        if (!cairn_span_equal(m->item.id, row->id) || !cairn_span_equal(m->item.collection, row->collection))
            continue;
        assert_true(cairn_span_equal(row->properties, m->view.properties));
        assert_int_equal(cairn_time_compare(row->range.start, m->item.range.start), 0);
        assert_int_equal(cairn_time_compare(row->range.end, m->item.range.end), 0);
        assert_int_equal(row->has_place, m->item.footprint.present);
        assert_true(!row->has_place || cairn_span_equal(row->footprint, m->item.footprint.wkb));
        l->n++;
    }
    return CAIRN_OK;
}

static void gives_rows_with_properties(void **state)
{
    world *w = *state;
    static const char *const WANTED[] = {"note < 20", "platform = 'p42'", "platform = 'p3'", NULL};
    for (size_t i = 0; i < COUNT_OF(WANTED); i++)
        for (int any_order = 0; any_order < 2; any_order++) {
            cairn_arena *arena = cairn_arena_new(WORLD_ARENA);
            cairn_search search = {.filter = WANTED[i] ? read_filter(WANTED[i], arena) : NULL};
            cairn_page page = {.limit = any_order ? UINT32_MAX : 500,
                               .any_order = any_order,
                               .with_properties = true,
                               .without_body = true};
            cairn_result result;
            answer all = brute_force(w, &search, arena);
            looked l = {w, 0};
            OK(cairn_sort_from_text(cairn_span_of("-note"), arena, &search.sort, error));
            OK(cairn_session_begin(w->session, 0, error));
            OK(cairn_session_search(w->session, &search, &page, arena, look_at_row, &l, &result, error));
            OK(cairn_session_end(w->session, error));
            assert_int_equal(l.n, any_order ? all.n : at_most(500, all.n));
            assert_int_equal(result.returned, l.n);
            free(all.rows);
            cairn_arena_free(arena);
        }
}

/* However many rows there are, a search whose order does not matter keeps none of them. */
static void streams_in_constant_memory(void **state)
{
    world *w = *state;
    cairn_arena *arena = cairn_arena_new(64 << 10);
    cairn_search search = {0};
    cairn_result result;
    looked l = {w, 0};
    const cairn_page page = {.limit = UINT32_MAX, .any_order = true, .with_properties = true, .without_body = true};
    OK(cairn_session_begin(w->session, 0, error));
    OK(cairn_session_search(w->session, &search, &page, arena, look_at_row, &l, &result, error));
    OK(cairn_session_end(w->session, error));
    assert_int_equal(l.n, w->n);
    assert_true(cairn_arena_used(arena) < 4096);
    cairn_arena_free(arena);
}

static void counts_by_time(void **state)
{
    world *w = *state;
    cairn_span c0 = CAIRN_SPAN_LIT("c0");
    cairn_interval year;
    uint64_t count, expected = 0;
    cairn_time newest, newest_expected = CAIRN_TIME_MIN;
    cairn_span text = CAIRN_SPAN_LIT("2021-01-01T00:00:00Z/2021-12-31T23:59:59Z");
    OK(cairn_interval_parse(text, &year, error));
    for (size_t i = 0; i < w->n; i++) {
        cairn_time time = cairn_item_sort_time(&w->items[i].item);
        if (!cairn_span_equal(w->items[i].item.collection, c0) || cairn_time_compare(time, year.start) < 0 ||
            cairn_time_compare(time, year.end) > 0)
            continue;
        expected++;
        newest_expected = cairn_time_compare(time, newest_expected) > 0 ? time : newest_expected;
    }
    OK(cairn_session_begin(w->session, 0, error));
    OK(cairn_session_times(w->session, c0, year, UINT64_MAX, &count, &newest, error));
    assert_int_equal(count, expected);
    assert_int_equal(cairn_time_compare(newest, newest_expected), 0);
    OK(cairn_session_times(w->session, c0, year, 5, &count, &newest, error));
    assert_int_equal(count, 5);
    OK(cairn_session_end(w->session, error));
}

static cairn_code count_collection(void *context, const cairn_collection_row *row, cairn_error *error)
{
    (void)row, (void)error;
    ++*(size_t *)context;
    return CAIRN_OK;
}

static void finds_collections_by_words(void **state)
{
    world *w = *state;
    static const struct {
        const char *text;
        size_t found;
    } WANTED[] = {{NULL, 8}, {"c3", 1}, {"c3,c5", 2}, {"-c3", 7}, {"c3 AND c5", 0}};
    for (size_t i = 0; i < COUNT_OF(WANTED); i++) {
        cairn_arena *arena = cairn_arena_new(WORLD_ARENA);
        const cairn_text_query *text = NULL;
        size_t n = 0;
        if (WANTED[i].text)
            OK(cairn_text_from_string(cairn_span_of(WANTED[i].text), NULL, arena, &text, error));
        OK(cairn_session_begin(w->session, 0, error));
        OK(cairn_session_collections(w->session, text, count_collection, &n, error));
        OK(cairn_session_end(w->session, error));
        assert_int_equal(n, WANTED[i].found);
        cairn_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_brute_force_finds),     cmocka_unit_test(finds_the_same_while_indexes_are_missing),
        cmocka_unit_test(refuses_to_sort_too_many),         cmocka_unit_test(ends_at_the_deadline),
        cmocka_unit_test(guesses_when_the_budget_is_spent), cmocka_unit_test(gives_rows_with_properties),
        cmocka_unit_test(streams_in_constant_memory),       cmocka_unit_test(counts_by_time),
        cmocka_unit_test(finds_collections_by_words),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
