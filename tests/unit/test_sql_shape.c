// LINK: store_sqlite
/* SQL depends only on the shape of a search: the statements that hostile names and values lead to are, text for text,
 * those of harmless ones. */
#define WORLD_ITEMS 400 /* many searches, each by its way */
#include "sqlite_search.h"

#include "store/sqlite/internal.h"

static const char HOSTILE[] = "zzq'; DROP TABLE item; --";
static const char HOSTILE_NAME[] = "zzq\"); DELETE FROM item WHERE ('a'='a";
static const char HARMLESS[] = "mild";
static const char HARMLESS_NAME[] = "mild_name";

/* ---- the texts of all statements that a session runs ---- */

enum { MOST_TEXTS = 200 };

typedef struct texts {
    char *at[MOST_TEXTS];
    size_t n;
} texts;

static int hear(unsigned kind, void *context, void *statement, void *text)
{
    texts *heard = context;
    const char *sql = sqlite3_sql(statement);
    (void)kind, (void)text;
    for (size_t i = 0; i < heard->n; i++)
        if (strcmp(heard->at[i], sql) == 0)
            return 0;
    assert_true(heard->n < MOST_TEXTS);
    heard->at[heard->n++] = strdup(sql);
    return 0;
}

static bool has_text(const texts *set, const char *sql)
{
    for (size_t i = 0; i < set->n; i++)
        if (strcmp(set->at[i], sql) == 0)
            return true;
    return false;
}

static void forget(texts *set)
{
    for (size_t i = 0; i < set->n; i++)
        free(set->at[i]);
}

/* ---- searches ---- */

/* $ is where a value stands within quotes, @ where a name stands. */
static const char *const FILTERS[] = {
    "platform = '$'",
    "platform IN ('$', 'p1', 'x')",
    "platform LIKE '$%'",
    "platform > '$'",
    "platform BETWEEN 'a' AND '$'",
    "CASEI(platform) = CASEI('$')",
    "note = 3 AND platform <> '$'",
    "\"@\" = '$'",
    "\"@\" > 5 OR \"@\" = 'x'",
    "\"@\" IS NULL AND note = 1",
    "NOT \"@\" LIKE '%$%'",
    "A_CONTAINS(instruments, ('$'))",
    "A_OVERLAPS(\"@\", ('$', 'i1'))",
    "collection = '$'",
    "id = '$' OR id = 'item-42'",
    "eo:cloud_cover < 3 AND \"@\" = TRUE",
    "\"assets.@.href\" = '$'",
    "created > '2020-01-01T00:00:00Z' AND \"@\" = '$'",
    "S_INTERSECTS(geometry, BBOX(0, 0, 5, 5)) AND \"@\" = '$'",
    "datetime > TIMESTAMP('2022-01-01T00:00:00Z') AND \"properties.@\" = '$'",
};

static const char *const SORTS[] = {"", "-@", "+platform,-@", "+eo:cloud_cover", "+id,+@"};

/* The pattern with value and name in it; quotes are doubled as CQL2-Text wants them. */
static cairn_span fill(const char *pattern, const char *value, const char *name, cairn_arena *arena)
{
    cairn_buf out = CAIRN_BUF_INIT(1 << 16);
    for (; *pattern; pattern++) {
        const char *with = *pattern == '$' ? value : *pattern == '@' ? name : NULL;
        char quote = *pattern == '$' ? '\'' : '"';
        for (; with && *with; with++) {
            cairn_buf_add_byte(&out, *with);
            if (*with == quote)
                cairn_buf_add_byte(&out, quote);
        }
        if (*pattern != '$' && *pattern != '@')
            cairn_buf_add_byte(&out, *pattern);
    }
    cairn_span text = cairn_arena_copy(arena, cairn_buf_span(&out));
    cairn_buf_free(&out);
    return text;
}

static cairn_code pass_over(void *context, const cairn_item_row *row, cairn_error *error)
{
    (void)context, (void)row, (void)error;
    return CAIRN_OK;
}

static void run(world *w, cairn_search *search, cairn_arena *arena)
{
    cairn_result result;
    for (int i = 0; i < 4; i++) {
        const cairn_page page = {.limit = i & 1 ? 2000 : 3,
                                 .count_budget = i & 2 ? UINT64_MAX : 0,
                                 .backward = i == 3,
                                 .with_properties = i & 1};
        OK(cairn_session_begin(w->session, 0, error));
        OK(cairn_session_search(w->session, search, &page, arena, pass_over, NULL, &result, error));
        OK(cairn_session_end(w->session, error));
    }
}

/* A sort is given as JSON, in which names may hold anything. */
static void read_sort(const char *pattern, const char *name, cairn_arena *arena, cairn_sort *out)
{
    cairn_buf json = CAIRN_BUF_INIT(1 << 16);
    cairn_span rest = cairn_span_of(pattern);
    cairn_buf_add_byte(&json, '[');
    while (rest.n) {
        const char *comma = memchr(rest.p, ',', rest.n);
        cairn_span one = {rest.p, comma ? (size_t)(comma - rest.p) : rest.n};
        bool named = one.p[1] == '@';
        cairn_buf_add_text(&json, json.n > 1 ? ",{\"field\":" : "{\"field\":");
        cairn_buf_add_json_string(&json, named ? cairn_span_of(name) : cairn_span_make(one.p + 1, one.n - 1));
        cairn_buf_add_text(&json, one.p[0] == '-' ? ",\"direction\":\"desc\"}" : "}");
        rest = cairn_span_make(one.p + one.n + (comma != NULL), rest.n - one.n - (comma != NULL));
    }
    cairn_buf_add_byte(&json, ']');
    cairn_span text = cairn_arena_copy(arena, cairn_buf_span(&json));
    cairn_buf_free(&json);
    OK(cairn_sort_from_json(text, arena, out, error));
}

static void run_filters(world *w, const char *value, const char *name)
{
    for (size_t i = 0; i < sizeof FILTERS / sizeof *FILTERS; i++)
        for (size_t k = 0; k < sizeof SORTS / sizeof *SORTS; k++) {
            cairn_arena *arena = cairn_arena_new(WORLD_ARENA);
            cairn_search search = {.filter = read_filter(fill(FILTERS[i], value, name, arena).p, arena)};
            read_sort(SORTS[k], name, arena, &search.sort);
            run(w, &search, arena);
            cairn_arena_free(arena);
        }
}

static void run_names(world *w, const char *value)
{
    cairn_span name = cairn_span_of(value), names[2];
    cairn_arena *arena = cairn_arena_new(WORLD_ARENA);
    names[0] = cairn_span_make("c1", 2);
    names[1] = name;
    cairn_search by_id = {.ids = &name, .n_ids = 1}, in_collections = {.collections = names, .n_collections = 2};
    cairn_search by_text = {0};
    run(w, &by_id, arena);
    run(w, &in_collections, arena);
    OK(cairn_text_from_string(name, NULL, arena, &by_text.text, error));
    run(w, &by_text, arena);
    cairn_arena_free(arena);
}

static texts listen(world *w, const char *value, const char *name)
{
    texts heard = {0};
    /* A session of its own, so that all is prepared anew. */
    cairn_session_close(w->session);
    OK(cairn_session_open(w->store, &w->session, error));
    sqlite3_trace_v2(((sqlite_session *)w->session)->db, SQLITE_TRACE_STMT, hear, &heard);
    run_filters(w, value, name);
    run_names(w, value);
    sqlite3_trace_v2(((sqlite_session *)w->session)->db, 0, NULL, NULL);
    return heard;
}

static void promote(world *w, const char *name)
{
    cairn_writer *writer = NULL;
    OK(cairn_writer_open(w->store, &writer, error));
    OK(cairn_writer_begin(writer, error));
    OK(cairn_writer_promote(writer, cairn_span_of(name), NULL, NULL, NULL, error));
    OK(cairn_writer_commit(writer, error));
    OK(cairn_writer_close(writer, error));
}

static void sql_is_the_same(void **state)
{
    world *w = *state;
    texts harmless = listen(w, HARMLESS, HARMLESS_NAME), hostile = listen(w, HOSTILE, HOSTILE_NAME);
    assert_true(harmless.n > 20);
    for (size_t i = 0; i < hostile.n; i++) {
        if (strstr(hostile.at[i], "zzq") || !has_text(&harmless, hostile.at[i]))
            fail_msg("only for hostile names and values: %s", hostile.at[i]);
    }
    assert_int_equal(hostile.n, harmless.n);
    forget(&harmless);
    forget(&hostile);
}

static void so_it_is_with_an_index(void **state)
{
    world *w = *state;
    promote(w, HARMLESS_NAME);
    promote(w, HOSTILE_NAME);
    sql_is_the_same(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sql_is_the_same),
        cmocka_unit_test(so_it_is_with_an_index),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
