#include "base/log.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static char logged[8192];

/* Runs `write` with standard error going to a file, and keeps what came out in `logged`. */
static void capture(void (*write_lines)(void))
{
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(stderr);
    int before = dup(STDERR_FILENO);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    write_lines();
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    size_t n = fread(logged, 1, sizeof logged - 1, file);
    logged[n] = '\0';
    fclose(file);
}

static void write_some(void)
{
    cairn_log(CAIRN_LOG_DEBUG, "too fine");
    cairn_log(CAIRN_LOG_WARN, "a \"quoted\"\nline %d", 7);
}

static void write_long(void)
{
    cairn_log(CAIRN_LOG_ERROR, "%05000d", 1);
}

static void test_text(void **state)
{
    (void)state;
    cairn_log_setup(CAIRN_LOG_INFO, false);
    capture(write_some);
    assert_string_equal(logged + strlen("2024-01-01T00:00:00Z"), " warn: a \"quoted\" line 7\n");
}

static void test_json(void **state)
{
    (void)state;
    cairn_log_setup(CAIRN_LOG_INFO, true);
    capture(write_some);
    assert_memory_equal(logged, "{\"time\":\"20", 11);
    assert_non_null(strstr(logged, "\"level\":\"warn\",\"message\":\"a \\\"quoted\\\" line 7\"}\n"));
}

static void test_long_and_quiet(void **state)
{
    (void)state;
    cairn_log_setup(CAIRN_LOG_ERROR, false);
    capture(write_some);
    assert_string_equal(logged, "");
    capture(write_long);
    assert_true(strlen(logged) > 2000 && strlen(logged) < 2200);
    assert_string_equal(logged + strlen(logged) - 4, "...\n");
}

static void test_levels(void **state)
{
    (void)state;
    cairn_log_level level = CAIRN_LOG_INFO;
    assert_true(cairn_log_level_parse("debug", &level));
    assert_int_equal(level, CAIRN_LOG_DEBUG);
    assert_true(cairn_log_level_parse("error", &level));
    assert_int_equal(level, CAIRN_LOG_ERROR);
    assert_false(cairn_log_level_parse("loud", &level));
    assert_false(cairn_log_level_parse("", &level));
}

static void test_clocks(void **state)
{
    (void)state;
    int64_t before = cairn_clock_now();
    usleep(2000);
    int64_t waited = cairn_clock_now() - before;
    assert_true(waited >= 2 * CAIRN_MILLISECOND && waited < 60 * CAIRN_SECOND);
    assert_true(cairn_clock_wall() > INT64_C(1700000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),   cmocka_unit_test(test_json),   cmocka_unit_test(test_long_and_quiet),
        cmocka_unit_test(test_levels), cmocka_unit_test(test_clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
