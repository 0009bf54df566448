/* The keys of an S3-like store (also GCS by its HMAC keys), and where they come from. Private to lib/href/sign*. */
#ifndef CAIRN_HREF_SIGN_KEYS_H
#define CAIRN_HREF_SIGN_KEYS_H

#include "base/error.h"

#include <stdint.h>

enum { CAIRN_SIGN_ID_MAX = 256, CAIRN_SIGN_SECRET_MAX = 512, CAIRN_SIGN_TOKEN_MAX = 8192 };

/* NUL-terminated; never to be logged. */
typedef struct cairn_sign_keys {
    char id[CAIRN_SIGN_ID_MAX], secret[CAIRN_SIGN_SECRET_MAX];
    char token[CAIRN_SIGN_TOKEN_MAX]; /* of a session; "" mostly */
    int64_t expires;                  /* seconds since 1970; INT64_MAX when they don't end, or nobody says when */
    bool in_file;                     /* they stand in a file, that may be rewritten at any time */
} cairn_sign_keys;

/* Takes one of the texts in; CAIRN_INVALID when it is too long, empty, or holds anything but printable ASCII. */
cairn_code cairn_sign_keys_set(char *out, size_t size, cairn_span text, const char *name, cairn_error *error);

/* Where keys come from: at most one of profile, process and environment; else `fixed`. */
typedef struct cairn_sign_keys_options {
    const cairn_sign_keys *fixed;
    const char *profile; /* of ~/.aws/credentials and ~/.aws/config */
    const char *process; /* a command line as credential_process has it */
} cairn_sign_keys_options;

typedef struct cairn_sign_keys_source cairn_sign_keys_source;

/* Options are borrowed. A profile is read at once, so that a wrong name is known at the start; a process is run when
 * the first signature is asked for. */
cairn_code cairn_sign_keys_source_new(const cairn_sign_keys_options *options, cairn_sign_keys_source **out,
                                      cairn_error *error);
void cairn_sign_keys_source_free(cairn_sign_keys_source *source);

/* Keys that are good at `now`. Those that end soon are fetched anew by one thread while the others go on with what they
 * have; without good ones all wait, but not again after a failure. Then the next attempt is made some seconds later.
 * CAIRN_IO says why there are none, without their text. Thread-safe. */
cairn_code cairn_sign_keys_get(cairn_sign_keys_source *source, int64_t now, cairn_sign_keys *out, cairn_error *error);

/* From AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION. */
cairn_code cairn_sign_keys_from_environment(cairn_sign_keys *out, cairn_error *error);

/* Runs a command line as the AWS tools run `credential_process`: split into words by the shell's rules of quoting,
 * started without a shell, 15 seconds, 64 KB of JSON, Version 1. */
cairn_code cairn_sign_keys_from_process(const char *command, cairn_sign_keys *out, cairn_error *error);
/* The words of a command line in `words`, NULL-terminated, cut out of `text` in place; CAIRN_INVALID when a quote is
 * open, or there is no word or are more than `max` - 1. */
cairn_code cairn_sign_split_command(char *text, char **words, size_t max, cairn_error *error);

/* Of AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE, or ~/.aws/credentials and ~/.aws/config. */
cairn_code cairn_sign_keys_from_profile(const char *profile, cairn_sign_keys *out, cairn_error *error);

#endif
