/* Files of sections and keys: the signing configuration and those of AWS. Not inih: its lines end at 200 bytes, which a
 * session token does not fit in, and it cuts values at " ;". Private to lib/href/sign*. */
#ifndef CAIRN_HREF_SIGN_INI_H
#define CAIRN_HREF_SIGN_INI_H

#include "base/error.h"

typedef struct cairn_sign_ini_key {
    cairn_span section;    /* absent before the first one */
    cairn_span key, value; /* without space around; both absent for the line of a section's head */
    int line;
    bool indented; /* the line begins with a space */
} cairn_sign_ini_key;

typedef cairn_code (*cairn_sign_ini_take)(void *context, const cairn_sign_ini_key *key, cairn_error *error);

/* Calls `take` for each section's head and each key, in order. Lines that begin with '#' or ';' are comments.
 * CAIRN_NOT_FOUND: there is no such file. CAIRN_INVALID names file and line (`take` may set error->line to another than
 * the key's), never what stands there (it may be a secret). */
cairn_code cairn_sign_ini_read(const char *path, cairn_sign_ini_take take, void *context, cairn_error *error);

#endif
