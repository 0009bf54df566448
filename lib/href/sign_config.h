/* The signing configuration (docs/signing.md): what a section says, and what it means. Private to lib/href/sign*. */
#ifndef CAIRN_HREF_SIGN_CONFIG_H
#define CAIRN_HREF_SIGN_CONFIG_H

#include "href/sign_parts.h"

typedef enum cairn_sign_name {
    CAIRN_SIGN_ALLOW,       /* may be repeated */
    CAIRN_SIGN_COLLECTIONS, /* the same */
    CAIRN_SIGN_EXPIRES,
    CAIRN_SIGN_TOKEN_REQUIRED,
    CAIRN_SIGN_REGION,
    CAIRN_SIGN_ENDPOINT,
    CAIRN_SIGN_PATH_STYLE,
    CAIRN_SIGN_REQUESTER_PAYS,
    CAIRN_SIGN_ACCESS_KEY_ID,
    CAIRN_SIGN_SECRET_ACCESS_KEY,
    CAIRN_SIGN_SESSION_TOKEN,
    CAIRN_SIGN_PROFILE,
    CAIRN_SIGN_CREDENTIAL_PROCESS,
    CAIRN_SIGN_CREDENTIALS,
    CAIRN_SIGN_ACCOUNT_KEY,
    CAIRN_SIGN_SAS,
    CAIRN_SIGN_HIERARCHICAL,
    CAIRN_SIGN_NAMES,
} cairn_sign_name;

enum { CAIRN_SIGN_ALLOW_MAX = 256, CAIRN_SIGN_COLLECTIONS_MAX = 1024, CAIRN_SIGN_SECTIONS_MAX = 256 };

/* A section as it is written; absent values were not given. */
typedef struct cairn_sign_draft {
    const char *name;
    int line; /* of its head */
    struct {
        cairn_span text;
        int line;
    } of[CAIRN_SIGN_NAMES], allow[CAIRN_SIGN_ALLOW_MAX];
    size_t n_allow, n_collections;
    cairn_span collections[CAIRN_SIGN_COLLECTIONS_MAX];
} cairn_sign_draft;

const char *cairn_sign_name_text(cairn_sign_name name);

/* Reads the configuration into `signer`, whose arena is there. */
cairn_code cairn_sign_config_read(cairn_signer *signer, const char *path, cairn_error *error);

/* Makes a section of a draft: text in the arena. CAIRN_INVALID: error->line is that of the key; the message names it,
 * and never holds a secret. */
cairn_code cairn_sign_section_make(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out,
                                   cairn_error *error);
/* The parts of it. */
cairn_code cairn_sign_make_allow(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out,
                                 cairn_error *error);
cairn_code cairn_sign_make_hosts(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out,
                                 cairn_error *error);
cairn_code cairn_sign_make_secrets(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out,
                                   cairn_error *error);

/* "key: expected ..." with the line of that key, or of the section's head where it wasn't given. */
cairn_code cairn_sign_fault(cairn_sign_draft *draft, cairn_sign_name name, cairn_error *error, const char *expected);
/* yes or no; `*out` stays as it is when the key wasn't given. */
cairn_code cairn_sign_make_switch(cairn_sign_draft *draft, cairn_sign_name name, bool *out, cairn_error *error);

#endif
