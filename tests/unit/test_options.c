// LINK: indexer
#include "indexer/exit.h"
#include "indexer/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct values {
    bool flag, other;
    const char *text;
    cairn_option_list list;
    uint64_t number;
    size_t choice;
} values;

static const char *const colours[] = {"red", "green", "blue", NULL};

static const cairn_option options[] = {
    {.name = "flag", .letter = 'f', .kind = CAIRN_OPTION_FLAG, .at = offsetof(values, flag), .help = "a flag"},
    {.name = "flagship", .kind = CAIRN_OPTION_FLAG, .at = offsetof(values, other), .help = "another"},
    {.name = "text",
     .letter = 't',
     .kind = CAIRN_OPTION_TEXT,
     .argument = "TEXT",
     .at = offsetof(values, text),
     .help = "words"},
    {.name = "list", .kind = CAIRN_OPTION_LIST, .argument = "WORD", .at = offsetof(values, list), .help = "many"},
    {.name = "number",
     .kind = CAIRN_OPTION_NUMBER,
     .argument = "N",
     .min = 1,
     .max = 4096,
     .at = offsetof(values, number),
     .help = "how many"},
    {.name = "colour",
     .kind = CAIRN_OPTION_CHOICE,
     .choices = colours,
     .at = offsetof(values, choice),
     .help = "which"},
    {0},
};

static int no_run(int argc, char **argv)
{
    (void)argc, (void)argv;
    return 0;
}

static const cairn_command command = {"paint", "paint things", "cairn paint WALL... [options]", "No more.\n", no_run};

static char said[4096]; /* what the last reading wrote to standard error */

/* Reads the words (NULL-terminated) and keeps what was written to standard error. */
static int read_words(const char *const *words, values *out, cairn_operands *operands)
{
    static char copies[16][64]; /* getopt permutes argv, and the values point into it */
    static char *argv[17];
    int argc = 0;
    for (; words[argc]; argc++) {
        snprintf(copies[argc], sizeof(copies[argc]), "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    argv[argc] = NULL;
    FILE *capture = tmpfile();
    assert_non_null(capture);
    fflush(stderr);
    int saved = dup(STDERR_FILENO);
    dup2(fileno(capture), STDERR_FILENO);
    *operands = (cairn_operands){.min = 1, .max = 2, .names = "WALL"};
    int code = cairn_options_read(&command, options, argc, argv, out, operands);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(capture);
    size_t n = fread(said, 1, sizeof(said) - 1, capture);
    said[n] = '\0';
    fclose(capture);
    return code;
}

#define READ(out, operands, ...) read_words((const char *const[]){"paint", __VA_ARGS__, NULL}, out, operands)

static void reads_each_kind(void **state)
{
    (void)state;
    values v = {0};
    cairn_operands o;
    assert_int_equal(
        READ(&v, &o, "-f", "--text", "-1,2", "north", "--list=a", "--list", "b", "--number", "2k", "--colour", "blue"),
        CAIRN_OPTIONS_GO_ON);
    assert_true(v.flag);
    assert_false(v.other);
    assert_string_equal(v.text, "-1,2");
    assert_int_equal(v.list.n, 2);
    assert_string_equal(v.list.items[1], "b");
    assert_int_equal(v.number, 2048);
    assert_int_equal(v.choice, 2);
    assert_int_equal(o.n, 1);
    assert_string_equal(said, "");
}

static void keeps_defaults(void **state)
{
    (void)state;
    values v = {.number = 7, .text = "before"};
    cairn_operands o;
    assert_int_equal(READ(&v, &o, "north", "-"), CAIRN_OPTIONS_GO_ON);
    assert_int_equal(v.number, 7);
    assert_string_equal(v.text, "before");
    assert_int_equal(o.n, 2);
}

static void ends_options_at_two_dashes(void **state)
{
    (void)state;
    values v = {0};
    cairn_operands o;
    assert_int_equal(READ(&v, &o, "--", "--flag"), CAIRN_OPTIONS_GO_ON);
    assert_false(v.flag);
    assert_string_equal(o.items[0], "--flag");
}

static void refuses(const char *message, int code)
{
    assert_int_equal(code, CAIRN_EXIT_USAGE);
    assert_non_null(strstr(said, message));
    assert_non_null(strstr(said, "cairn paint: try 'cairn paint --help'\n"));
}

static void names_what_is_wrong(void **state)
{
    (void)state;
    values v = {0};
    cairn_operands o;
    refuses("unknown option '--txet': did you mean '--text'?", READ(&v, &o, "--txet", "x"));
    refuses("unknown option '--colr=red': did you mean '--colour'?", READ(&v, &o, "--colr=red", "x"));
    refuses("unknown option '--zzzzzzzz'\n", READ(&v, &o, "--zzzzzzzz"));
    refuses("unknown option '-x'", READ(&v, &o, "-fx", "north"));
    refuses("'--text' needs an argument", READ(&v, &o, "north", "--text"));
    refuses("the option in '--flag=yes' takes no argument", READ(&v, &o, "--flag=yes"));
    refuses("expected WALL; usage: cairn paint WALL", READ(&v, &o, "-f"));
    refuses("'c' is one argument too many", READ(&v, &o, "a", "b", "c"));
    refuses("text: given twice", READ(&v, &o, "--text", "a", "--text", "b", "x"));
    refuses("colour: expected one of red, green, blue, found 'pink'", READ(&v, &o, "--colour", "pink", "x"));
}

static void checks_numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "0", "4097", "-1", "+1", "", " 1", "1x", "1kk", "5k", "99999999999999999999", "18446744073709551615G", "0x10"};
    values v = {0};
    cairn_operands o;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        refuses("number: expected a whole number from 1 to 4096", READ(&v, &o, "x", "--number", bad[i]));
    assert_int_equal(READ(&v, &o, "x", "--number", "4K"), CAIRN_OPTIONS_GO_ON);
    assert_int_equal(v.number, 4096);
}

static void knows_an_exit_for_each_code(void **state)
{
    (void)state;
    assert_int_equal(cairn_exit_of(CAIRN_OK), CAIRN_EXIT_OK);
    for (int code = CAIRN_INVALID; code <= CAIRN_INTERNAL; code++)
        assert_int_equal(cairn_exit_of((cairn_code)code), CAIRN_EXIT_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_kind),
        cmocka_unit_test(keeps_defaults),
        cmocka_unit_test(ends_options_at_two_dashes),
        cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(checks_numbers),
        cmocka_unit_test(knows_an_exit_for_each_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
