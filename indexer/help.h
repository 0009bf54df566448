/* The --help of a command, made from its entry and its table of options. */
#ifndef CAIRN_INDEXER_HELP_H
#define CAIRN_INDEXER_HELP_H

#include "indexer/options.h"

/* Prints it to standard output and returns CAIRN_EXIT_OK. */
int cairn_help_print(const cairn_command *command, const cairn_option *options);

#endif
