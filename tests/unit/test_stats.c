// LINK: store
/* Counting properties in and out gives what counting what is left gives. */
#include "base/buf.h"
#include "store/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TEXT_MAX = 1 << 20 };

/* One line a property, all that is told of it. */
static cairn_code write_property(void *context, const cairn_property *p, cairn_error *error)
{
    cairn_buf *out = context;
    (void)error;
    cairn_buf_printf(out, "%.*s: %d int %d num %d str %d bool %d arr %d obj", CAIRN_SPAN_FMT(p->name), (int)p->integers,
                     (int)p->numbers, (int)p->strings, (int)p->booleans, (int)p->arrays, (int)p->objects);
    if (p->has_range)
        cairn_buf_printf(out, " [%.*s*%d %.*s*%d]", CAIRN_SPAN_FMT(p->minimum_json), (int)p->minimum_items,
                         CAIRN_SPAN_FMT(p->maximum_json), (int)p->maximum_items);
    if (p->times)
        cairn_buf_printf(out, " %s%d (%.*s*%d %.*s*%d)", p->has_times ? "times " : "", (int)p->times,
                         CAIRN_SPAN_FMT(p->first), (int)p->first_items, CAIRN_SPAN_FMT(p->last), (int)p->last_items);
    cairn_buf_add_text(out, p->enumerated ? " {" : " ...");
    for (size_t i = 0; p->enumerated && i < p->n_values; i++)
        cairn_buf_printf(out, "%s%.*s*%d", i ? " " : "", CAIRN_SPAN_FMT(p->values[i].json), (int)p->values[i].count);
    cairn_buf_add_text(out, p->enumerated ? "}\n" : "\n");
    return CAIRN_OK;
}

static const char *told(cairn_stats *stats)
{
    static cairn_buf out = CAIRN_BUF_INIT(TEXT_MAX);
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_buf_reset(&out);
    assert_int_equal(cairn_stats_each(stats, CAIRN_SPAN_NONE, write_property, &out, &error), CAIRN_OK);
    assert_true(cairn_buf_add_byte(&out, '\0'));
    return out.p;
}

static void add(cairn_stats *stats, const char *json)
{
    assert_true(cairn_stats_add(stats, cairn_span_of(json)));
}

static void drop(cairn_stats *stats, const char *json)
{
    assert_true(cairn_stats_drop(stats, cairn_span_of(json)));
}

static void tells_types_ranges_and_values(void **state)
{
    (void)state;
    cairn_stats *stats = cairn_stats_new();
    assert_non_null(stats);
    add(stats, "{\"n\":1,\"s\":\"a\",\"b\":true,\"l\":[\"x\",\"y\",\"x\",null],\"o\":{\"q\":1},\"z\":null}");
    add(stats, "{\"n\":1.0,\"s\":\"\\u0061\",\"b\":false,\"l\":[\"x\"],\"t\":\"2020-01-02T03:04:05Z\"}");
    add(stats, "{\"n\":2.5,\"s\":\"b\",\"t\":\"2020-01-02T03:04:05.5+00:00\"}");
    add(stats, "{\"n\":-0.0,\"n\":-3,\"t\":null,\"s\":\"b\",\"s\":null}");
    assert_string_equal(told(stats), "b: 0 int 0 num 0 str 2 bool 0 arr 0 obj {false*1 true*1}\n"
                                     "l: 0 int 0 num 0 str 0 bool 2 arr 0 obj {\"x\"*2 \"y\"*1}\n"
                                     "n: 3 int 1 num 0 str 0 bool 0 arr 0 obj [-3*1 2.5*1] {1*2 -3*1 2.5*1}\n"
                                     "o: 0 int 0 num 0 str 0 bool 0 arr 1 obj ...\n"
                                     "s: 0 int 0 num 3 str 0 bool 0 arr 0 obj {\"a\"*2 \"b\"*1}\n"
                                     "t: 0 int 0 num 2 str 0 bool 0 arr 0 obj times 2 (2020-01-02T03:04:05*1 "
                                     "2020-01-02T03:04:05.5*1) {\"2020-01-02T03:04:05.5+00:00\"*1 "
                                     "\"2020-01-02T03:04:05Z\"*1}\n");
    cairn_stats_free(stats);
}

static void extremes_are_lost_with_their_last_item(void **state)
{
    (void)state;
    cairn_stats *stats = cairn_stats_new();
    add(stats, "{\"n\":1}");
    add(stats, "{\"n\":1}");
    add(stats, "{\"n\":2}");
    add(stats, "{\"n\":3}");
    drop(stats, "{\"n\":1}");
    drop(stats, "{\"n\":2}");
    assert_false(cairn_stats_is_stale(stats));
    assert_string_equal(told(stats), "n: 2 int 0 num 0 str 0 bool 0 arr 0 obj [1*1 3*1] {1*1 3*1}\n");
    assert_true(cairn_stats_replace(stats, cairn_span_of("{\"n\":3}"), cairn_span_of("{\"n\":3,\"m\":0}")));
    assert_true(cairn_stats_replace(stats, cairn_span_of("{\"n\":3,\"m\":0}"), cairn_span_of("{\"n\":3.0}")));
    assert_false(cairn_stats_is_stale(stats));
    assert_false(cairn_stats_is_loose(stats));
    drop(stats, "{\"n\":1}");
    assert_true(cairn_stats_is_loose(stats));
    assert_string_equal(told(stats), "n: 1 int 0 num 0 str 0 bool 0 arr 0 obj [1*0 3*1] {3*1}\n");
    add(stats, "{\"n\":2}");
    assert_true(cairn_stats_is_loose(stats));
    add(stats, "{\"n\":1}");
    assert_false(cairn_stats_is_loose(stats));
    drop(stats, "{\"n\":1}");
    add(stats, "{\"n\":0}");
    assert_false(cairn_stats_is_loose(stats));
    assert_false(cairn_stats_is_stale(stats));
    drop(stats, "{\"n\":-1}");
    assert_true(cairn_stats_is_stale(stats));
    cairn_stats_clear(stats);
    add(stats, "{\"n\":3}");
    drop(stats, "{\"n\":3}");
    assert_false(cairn_stats_is_stale(stats));
    assert_string_equal(told(stats), "");
    cairn_stats_free(stats);
}

static void values_end_at_the_limit(void **state)
{
    (void)state;
    char json[512];
    cairn_stats *stats = cairn_stats_new();
    for (int i = 0; i < CAIRN_PROPERTY_VALUES_MAX; i++) {
        snprintf(json, sizeof json, "{\"v\":\"v%d\",\"w\":%d}", i, i % 3);
        add(stats, json);
    }
    assert_non_null(strstr(told(stats), "v: 0 int 0 num 64 str 0 bool 0 arr 0 obj {"));
    assert_true(cairn_stats_replace(stats, cairn_span_of("{\"v\":\"v3\"}"), cairn_span_of("{\"v\":\"new\"}")));
    assert_non_null(strstr(told(stats), "v: 0 int 0 num 64 str 0 bool 0 arr 0 obj {"));
    add(stats, "{\"v\":\"one more\"}");
    assert_non_null(strstr(told(stats), "v: 0 int 0 num 65 str 0 bool 0 arr 0 obj ...\n"));
    drop(stats, "{\"v\":\"one more\"}");
    assert_non_null(strstr(told(stats), "v: 0 int 0 num 64 str 0 bool 0 arr 0 obj ...\n"));
    memset(json, 'x', sizeof json);
    memcpy(json, "{\"w\":\"", 6);
    strcpy(json + 300, "\"}");
    add(stats, json);
    assert_non_null(strstr(told(stats), "w: 64 int 0 num 1 str 0 bool 0 arr 0 obj [0*22 2*21] ...\n"));
    cairn_stats_free(stats);
}

static void values_begin_anew_without_items(void **state)
{
    (void)state;
    cairn_stats *stats = cairn_stats_new();
    add(stats, "{\"v\":{},\"w\":1}");
    add(stats, "{\"v\":{}}");
    assert_false(cairn_stats_may_end(stats));
    drop(stats, "{\"v\":{}}");
    assert_true(cairn_stats_may_end(stats));
    add(stats, "{\"v\":1}");
    assert_non_null(strstr(told(stats), "v: 1 int 0 num 0 str 0 bool 0 arr 1 obj [1*1 1*1] ...\n"));
    drop(stats, "{\"v\":1}");
    assert_true(cairn_stats_replace(stats, cairn_span_of("{\"v\":{},\"w\":1}"), cairn_span_of("{\"v\":2}")));
    assert_string_equal(told(stats), "v: 1 int 0 num 0 str 0 bool 0 arr 0 obj [2*1 2*1] {2*1}\n");
    assert_false(cairn_stats_may_end(stats));
    assert_false(cairn_stats_is_stale(stats));
    cairn_stats_free(stats);
}

/* Only what was counted out itself may have become few enough, and only where few items have it. */
static void values_may_end_where_they_were_taken_out(void **state)
{
    (void)state;
    enum { VALUES = 66 };
    char json[40];
    cairn_stats *stats = cairn_stats_new();
    for (int i = 0; i < VALUES; i++) {
        snprintf(json, sizeof json, "{\"v\":%d,\"w\":1}", i);
        add(stats, json);
    }
    cairn_stats_settle(stats);
    drop(stats, "{\"v\":0,\"w\":1}");
    assert_false(cairn_stats_may_end(stats)); /* 65 are left */
    drop(stats, "{\"w\":1}");
    assert_false(cairn_stats_may_end(stats)); /* it had none of them */
    assert_true(cairn_stats_replace(stats, cairn_span_of("{\"v\":1,\"w\":1}"), cairn_span_of("{\"w\":1}")));
    assert_true(cairn_stats_may_end(stats));
    cairn_stats_settle(stats);
    assert_false(cairn_stats_may_end(stats));
    drop(stats, "{\"w\":1}");
    assert_false(cairn_stats_may_end(stats));
    assert_false(cairn_stats_is_stale(stats));
    cairn_stats_free(stats);
}

/* Whatever the order in which names come, the first thousand by their bytes are told of. */
static void names_are_bounded(void **state)
{
    (void)state;
    enum { NAMES = 5000 };
    char json[64];
    cairn_stats *up = cairn_stats_new(), *down = cairn_stats_new();
    for (int i = 0; i < NAMES; i++) {
        snprintf(json, sizeof json, "{\"p%04d\":%d}", i, i % 7);
        add(up, json);
        snprintf(json, sizeof json, "{\"p%04d\":%d}", NAMES - 1 - i, (NAMES - 1 - i) % 7);
        add(down, json);
    }
    char *kept = strdup(told(up));
    assert_non_null(strstr(kept, "p0999: "));
    assert_null(strstr(kept, "p1000: "));
    assert_string_equal(told(down), kept);
    drop(up, "{\"p4000\":3}"); /* was left out */
    assert_false(cairn_stats_is_stale(up));
    drop(down, "{\"p0007\":0}"); /* another moves up */
    bool stale = cairn_stats_is_stale(down);
    assert_true(stale || strstr(told(down), "p1000: "));
    free(kept);
    cairn_stats_free(up);
    cairn_stats_free(down);
}

/* An item that alone has more names than are told of, without the time that a table of all of them would take. */
static void names_of_one_item_are_bounded(void **state)
{
    (void)state;
    enum { NAMES = 200000, BYTES = NAMES * 16 };
    cairn_buf item = CAIRN_BUF_INIT(BYTES);
    cairn_stats *stats = cairn_stats_new();
    add(stats, "{\"p000500\":3,\"q\":2}");
    for (int i = NAMES - 1; i >= 0; i--)
        cairn_buf_printf(&item, "%c\"p%06d\":%d", i == NAMES - 1 ? '{' : ',', i, i % 7);
    cairn_buf_add_text(&item, ",\"a\":null,\"\\u0070000003\":9}");
    assert_false(item.failed);
    assert_true(cairn_stats_replace(stats, cairn_span_of("{\"p000500\":3,\"q\":2}"), cairn_buf_span(&item)));
    assert_false(cairn_stats_is_stale(stats));
    assert_true(cairn_stats_is_new(stats));
    assert_null(strstr(told(stats), "a: "));
    assert_null(strstr(told(stats), "q: "));
    assert_null(strstr(told(stats), "p001000: "));
    assert_non_null(strstr(told(stats), "p000003: 1 int 0 num 0 str 0 bool 0 arr 0 obj [9*1 9*1] {9*1}\n"));
    assert_non_null(strstr(told(stats), "p000500: 1 int"));
    assert_non_null(strstr(told(stats), "p000999: 1 int"));
    assert_true(cairn_stats_drop(stats, cairn_buf_span(&item)));
    assert_string_equal(told(stats), "");
    cairn_buf_free(&item);
    cairn_stats_free(stats);
}

/* ---- at random ---- */

enum { ITEMS = 60, JSON_BYTES = 400, STEPS = 4000 };

static uint32_t dice_state = 12345;
static int dice(int n)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (int)((dice_state >> 8) % (uint32_t)n);
}

static void random_item(char *json)
{
    static const char *const values[] = {"1",
                                         "1.0",
                                         "2e0",
                                         "-7.25",
                                         "\"a\"",
                                         "\"\\u0061\"",
                                         "true",
                                         "null",
                                         "[1,1]",
                                         "[\"a\",\"b\"]",
                                         "[]",
                                         "\"2021-05-06T07:08:09Z\"",
                                         "\"2021-05-06T09:08:09+02:00\"",
                                         "\"1999-01-01T00:00:00Z\"",
                                         "\"1999\""};
    int n = sprintf(json, "{");
    for (int i = dice(6); i >= 0; i--)
        n +=
            sprintf(json + n, "\"%c\":%s%s", 'a' + dice(4), values[dice(sizeof values / sizeof *values)], i ? "," : "");
    sprintf(json + n, "}");
}

static cairn_code reload(void *context, const cairn_property *property, cairn_error *error)
{
    (void)error;
    assert_true(cairn_stats_load(context, property));
    return CAIRN_OK;
}

static cairn_stats *count_anew(char items[ITEMS][JSON_BYTES])
{
    cairn_stats *stats = cairn_stats_new();
    for (int i = 0; i < ITEMS; i++)
        if (*items[i])
            add(stats, items[i]);
    return stats;
}

static void counts_as_if_anew(void **state)
{
    (void)state;
    static char items[ITEMS][JSON_BYTES];
    char json[JSON_BYTES];
    int stale = 0;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_stats *stats = cairn_stats_new();
    for (int step = 0; step < STEPS; step++) {
        char *item = items[dice(ITEMS)];
        random_item(json);
        if (*item && dice(3) == 0) {
            drop(stats, item);
            *item = '\0';
        } else {
            assert_true(*item ? cairn_stats_replace(stats, cairn_span_of(item), cairn_span_of(json))
                              : cairn_stats_add(stats, cairn_span_of(json)));
            strcpy(item, json);
        }
        cairn_stats *anew = count_anew(items);
        if (cairn_stats_is_stale(stats) || cairn_stats_is_loose(stats)) {
            stale++;
            cairn_stats_free(stats);
            stats = anew;
            continue;
        }
        char *expected = strdup(told(anew));
        assert_string_equal(told(stats), expected);
        free(expected);
        cairn_stats_free(anew);
        if (step % 10 == 0) { /* as if it had been kept in between */
            cairn_stats *loaded = cairn_stats_new();
            assert_int_equal(cairn_stats_each(stats, CAIRN_SPAN_NONE, reload, loaded, &error), CAIRN_OK);
            assert_false(cairn_stats_is_stale(loaded));
            cairn_stats_free(stats);
            stats = loaded;
        }
    }
    assert_in_range(stale, 1, STEPS / 4);
    cairn_stats_free(stats);
}

/* What each_changed tells, taken over what was kept before, is the whole. */
typedef struct kept {
    char lines[8][600];
} kept;

static cairn_code keep(void *context, const cairn_property *p, cairn_error *error)
{
    kept *k = context;
    cairn_buf line = CAIRN_BUF_INIT(TEXT_MAX);
    write_property(&line, p, error);
    char *to = k->lines[p->name.p[0] - 'a'];
    *to = '\0';
    if (cairn_property_items(p))
        snprintf(to, sizeof k->lines[0], "%.*s", (int)line.n, line.p);
    cairn_buf_free(&line);
    return CAIRN_OK;
}

static void tells_what_changed(void **state)
{
    (void)state;
    static char items[ITEMS][JSON_BYTES];
    kept kept = {0};
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_stats *stats = cairn_stats_new();
    memset(items, 0, sizeof items);
    for (int step = 0; step < STEPS / 4; step++) {
        char *item = items[dice(3)];
        if (*item)
            drop(stats, item);
        *item = '\0';
        if (dice(2)) {
            random_item(item);
            add(stats, item);
        }
        if (cairn_stats_is_stale(stats) || cairn_stats_is_loose(stats)) {
            cairn_stats_clear(stats);
            for (int i = 0; i < 3; i++)
                if (*items[i])
                    add(stats, items[i]);
            memset(&kept, 0, sizeof kept);
        }
        assert_int_equal(cairn_stats_each_changed(stats, keep, &kept, &error), CAIRN_OK);
        cairn_stats_settle(stats);
        char whole[8 * 600] = "";
        for (int i = 0; i < 8; i++)
            strcat(whole, kept.lines[i]);
        assert_string_equal(told(stats), whole);
    }
    cairn_stats_free(stats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_types_ranges_and_values),
        cmocka_unit_test(extremes_are_lost_with_their_last_item),
        cmocka_unit_test(values_end_at_the_limit),
        cmocka_unit_test(values_begin_anew_without_items),
        cmocka_unit_test(values_may_end_where_they_were_taken_out),
        cmocka_unit_test(names_are_bounded),
        cmocka_unit_test(names_of_one_item_are_bounded),
        cmocka_unit_test(counts_as_if_anew),
        cmocka_unit_test(tells_what_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
