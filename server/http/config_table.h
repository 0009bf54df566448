/* The table of options and the parsers of their values: private to the configuration. */
#ifndef CAIRN_HTTP_CONFIG_TABLE_H
#define CAIRN_HTTP_CONFIG_TABLE_H

#include "http/config.h"

typedef enum cairn_option_kind {
    CAIRN_OPTION_TEXT,     /* const char * */
    CAIRN_OPTION_SWITCH,   /* bool; a flag without a value means true */
    CAIRN_OPTION_COUNT,    /* uint64_t */
    CAIRN_OPTION_BYTES,    /* uint64_t: 4096, 64K, 10M, 1G (powers of 1024) */
    CAIRN_OPTION_DURATION, /* int64_t nanoseconds: 30, 30s, 500ms, 2m */
    CAIRN_OPTION_CHOICE,   /* int: index in `choices`; a flag without a value means 1 when `bare` */
    CAIRN_OPTION_LINES,    /* const char *: a list of texts, a line each */
    CAIRN_OPTION_LISTEN,   /* cairn_listen */
    CAIRN_OPTION_URL,      /* has_base and base */
    CAIRN_OPTION_NETWORKS, /* cairn_networks: a list, separated by spaces or commas */
    CAIRN_OPTION_FOLDERS,  /* cairn_asset_folders: one a flag or line; a variable has them separated as networks are */
} cairn_option_kind;

typedef struct cairn_option {
    const char *name, *argument, *fallback, *help; /* fallback NULL: stays unset */
    cairn_option_kind kind;
    size_t at; /* offset in cairn_config */
    uint64_t min, max;
    const char *const *choices;
    bool flag_only; /* not in environment and file */
    bool bare;      /* the flag may stand without a value */
} cairn_option;

/* NULL behind the last. */
const cairn_option *cairn_option_at(size_t index);
enum { CAIRN_OPTIONS_MAX = 48 };
/* -1 when there is none of that name. */
int cairn_option_find(cairn_span name);
/* Whether it may be given more than once: the values are joined by line ends. */
bool cairn_option_is_list(const cairn_option *option);
/* Option names, NULL-terminated, for "did you mean". */
const char *const *cairn_option_names(void);
/* Writes the environment variable's name. */
void cairn_option_variable(const cairn_option *option, char *out, size_t size);

/* Sets the option in `config`. `value` is NUL-terminated text in the configuration's arena. */
cairn_code cairn_option_set(cairn_config *config, const cairn_option *option, cairn_span value, cairn_error *error);

/* Calls `set` for each key of an INI file. CAIRN_INVALID names file and line. */
typedef cairn_code (*cairn_config_set)(void *context, cairn_span key, cairn_span value, bool continued,
                                       cairn_error *error);
cairn_code cairn_config_read_file(const char *path, cairn_config_set set, void *context, cairn_error *error);

#endif
