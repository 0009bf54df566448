// LINK: href
/* Parts of the signer that the oracles don't reach: command lines, files of keys, keys at their end. */
#include "base/clock.h"
#include "href/sign_ini.h"
#include "href/sign_keys.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* The words, each in brackets; or the fault. */
static const char *split(const char *command)
{
    static char out[CAIRN_ERROR_MESSAGE_MAX];
    char text[256], *words[8];
    cairn_error error = CAIRN_ERROR_INIT;
    snprintf(text, sizeof text, "%s", command);
    out[0] = '\0';
    if (cairn_sign_split_command(text, words, 8, &error))
        snprintf(out, sizeof out, "%s", error.message);
    else
        for (size_t i = 0; words[i]; i++)
            snprintf(out + strlen(out), sizeof out - strlen(out), "[%s]", words[i]);
    return out;
}

/* What Python's shlex.split() gives, which botocore takes. */
static void splits_as_a_shell_does(void **state)
{
    (void)state;
    assert_string_equal(split("a b"), "[a][b]");
    assert_string_equal(split("  a\t\n b  "), "[a][b]");
    assert_string_equal(split("\"/my keys/run\" --p 'a b'"), "[/my keys/run][--p][a b]");
    assert_string_equal(split("a\\ b c"), "[a b][c]");
    assert_string_equal(split("'a\\b' \"a\\\"b\\\\c\\d\""), "[a\\b][a\"b\\c\\d]");
    assert_string_equal(split("a'b'\"c\"d ''"), "[abcd][]");
    assert_string_equal(split("a; rm $HOME `x` | > z"), "[a;][rm][$HOME][`x`][|][>][z]");
}

static void refuses_what_is_no_command(void **state)
{
    (void)state;
    assert_string_equal(split(""), "expected a command, found nothing");
    assert_string_equal(split("a 'b"), "a quote is not closed");
    assert_string_equal(split("a \"b\\\""), "a quote is not closed");
    assert_string_equal(split("1 2 3 4 5 6 7 8"), "expected at most 7 words");
}

static cairn_sign_keys_source *source_of(const char *command)
{
    cairn_sign_keys_source *source;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_sign_keys_options options = {.process = command};
    assert_int_equal(cairn_sign_keys_source_new(&options, &source, &error), CAIRN_OK);
    return source;
}

/* No shell: what has a meaning there is an argument like any other. */
static void runs_without_a_shell(void **state)
{
    (void)state;
    cairn_sign_keys keys;
    cairn_error error = CAIRN_ERROR_INIT;
    char path[] = "/tmp/cairn-sign-XXXXXX", command[256];
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    snprintf(command, sizeof command,
             "/bin/echo '{\"Version\":1,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"$(rm %s)\"}'", path);
    assert_int_equal(cairn_sign_keys_from_process(command, &keys, &error), CAIRN_IO); /* a space in a secret */
    assert_non_null(strstr(error.message, "SecretAccessKey"));
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
}

static void refuses_other_versions(void **state)
{
    (void)state;
    static const char *const OUTPUTS[] = {
        "{}",
        "{\"Version\":2,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\"}",
        "{\"Version\":1,\"AccessKeyId\":\"a\"}",
        "{\"Version\":1,\"AccessKeyId\":1,\"SecretAccessKey\":\"b\"}",
        "{\"Version\":1,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\",\"Expiration\":\"soon\"}",
        "[]",
        "",
    };
    for (size_t i = 0; i < sizeof OUTPUTS / sizeof *OUTPUTS; i++) {
        char command[256];
        cairn_sign_keys keys;
        cairn_error error = CAIRN_ERROR_INIT;
        snprintf(command, sizeof command, "/bin/echo '%s'", OUTPUTS[i]);
        assert_int_equal(cairn_sign_keys_from_process(command, &keys, &error), CAIRN_IO);
    }
}

/* A program that went on with its output closed is ended, and one that can't be started is named as such. */
static void ends_what_does_not_end(void **state)
{
    (void)state;
    cairn_sign_keys keys;
    cairn_error error = CAIRN_ERROR_INIT;
    int64_t start = cairn_clock_now();
    assert_int_equal(cairn_sign_keys_from_process("/bin/sh -c 'exec >&-; sleep 60'", &keys, &error), CAIRN_IO);
    assert_true(cairn_clock_now() - start < 10 * CAIRN_SECOND);
    cairn_error_clear(&error);
    assert_int_equal(cairn_sign_keys_from_process("/no/such/program", &keys, &error), CAIRN_IO);
}

enum { THREADS = 8, TAKES = 200 };

typedef struct taker {
    cairn_sign_keys_source *source;
    int taken;
} taker;

static void *take_keys(void *context)
{
    taker *t = context;
    cairn_sign_keys keys;
    for (int i = 0; i < TAKES; i++)
        t->taken += cairn_sign_keys_get(t->source, 1000 + i, &keys, NULL) == CAIRN_OK && strcmp(keys.id, "id") == 0;
    return NULL;
}

/* Keys that end soon are renewed beside those who take them; each gets whole ones. */
static void many_take_keys_while_one_renews(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    taker takers[THREADS];
    cairn_sign_keys_source *source = source_of("/bin/echo '{\"Version\":1,\"AccessKeyId\":\"id\",\"SecretAccessKey\":"
                                               "\"secret\",\"Expiration\":\"1970-01-01T00:20:01Z\"}'");
    for (int i = 0; i < THREADS; i++) {
        takers[i] = (taker){source, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, take_keys, &takers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(takers[i].taken, TAKES);
    }
    cairn_sign_keys keys;
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_sign_keys_get(source, 1201, &keys, &error), CAIRN_IO); /* they have ended */
    cairn_sign_keys_source_free(source);
}

static cairn_code count_keys(void *context, const cairn_sign_ini_key *key, cairn_error *error)
{
    (void)error;
    if (key->key.p)
        ++*(int *)context;
    return CAIRN_OK;
}

static void reads_files_as_people_write_them(void **state)
{
    (void)state;
    static const char TEXT[] =
        "\xEF\xBB\xBF# comment\r\n[a b]\r\n ; too\r\nkey=value # no comment\r\n\r\n  nested = 1\r\nlast =";
    char path[] = "/tmp/cairn-sign-XXXXXX";
    int file = mkstemp(path), n = 0;
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(write(file, TEXT, sizeof TEXT - 1), sizeof TEXT - 1);
    close(file);
    assert_int_equal(cairn_sign_ini_read(path, count_keys, &n, &error), CAIRN_OK);
    assert_int_equal(n, 3);
    unlink(path);
    assert_int_equal(cairn_sign_ini_read(path, count_keys, &n, &error), CAIRN_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_as_a_shell_does),
        cmocka_unit_test(refuses_what_is_no_command),
        cmocka_unit_test(runs_without_a_shell),
        cmocka_unit_test(refuses_other_versions),
        cmocka_unit_test(ends_what_does_not_end),
        cmocka_unit_test(many_take_keys_while_one_renews),
        cmocka_unit_test(reads_files_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
