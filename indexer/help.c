#include "indexer/help.h"

#include "indexer/exit.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 80, COLUMN = 28 };

/* Prints `text` broken between words, each further line indented to COLUMN; '\n' in it breaks too. */
static void print_wrapped(const char *text)
{
    int at = COLUMN;
    while (*text) {
        int word = (int)strcspn(text, " \n");
        if (at > COLUMN && at + 1 + word > WIDTH) {
            printf("\n%*s", COLUMN, "");
            at = COLUMN;
        }
        at += printf("%s%.*s", at > COLUMN ? " " : "", word, text);
        text += word;
        if (*text == '\n') {
            printf("\n%*s", COLUMN, "");
            at = COLUMN;
        }
        text += *text != '\0';
    }
    putchar('\n');
}

static int print_argument(const cairn_option *option)
{
    if (option->kind == CAIRN_OPTION_FLAG)
        return 0;
    if (option->argument || !option->choices)
        return printf(" %s", option->argument ? option->argument : "VALUE");
    int n = 0;
    for (size_t i = 0; option->choices[i]; i++)
        n += printf("%s%s", i ? "|" : " ", option->choices[i]);
    return n;
}

static void print_option(const cairn_option *option)
{
    int n = option->letter ? printf("  -%c, --%s", option->letter, option->name) : printf("      --%s", option->name);
    n += print_argument(option);
    if (n > COLUMN - 2)
        printf("\n%*s", COLUMN, "");
    else
        printf("%*s", COLUMN - n, "");
    print_wrapped(option->help);
}

int cairn_help_print(const cairn_command *command, const cairn_option *options)
{
    static const cairn_option help = {.name = "help", .letter = 'h', .help = "print this"};
    printf("Usage: %s\n\n%c%s.\n\nOptions:\n", command->usage, toupper((unsigned char)command->summary[0]),
           command->summary + 1);
    for (; options->name; options++)
        print_option(options);
    print_option(&help);
    printf("\n%s", command->help);
    return CAIRN_EXIT_OK;
}
