/* Signed URLs of objects: S3 SigV4 presigned GET (also GCS by its HMAC keys, and S3-like stores with endpoints of their
 * own), Azure SAS. Only what the configuration's allow-list covers is signed: exact bucket or container, a prefix of the
 * decoded key, no "." or ".." segments. Secrets and signatures never reach a log or a message. No connection is opened;
 * credential_process is the one program that may be run. Thread-safe: credentials that are fetched anew are locked. */
#ifndef CAIRN_HREF_SIGN_H
#define CAIRN_HREF_SIGN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"

#include <stdint.h>

typedef struct cairn_signer cairn_signer;

/* Reads the signing configuration (docs/signing.md). CAIRN_INVALID names file, section or line, and key. */
cairn_code cairn_signer_load(const char *path, cairn_signer **out, cairn_error *error);
void cairn_signer_free(cairn_signer *signer);

typedef struct cairn_signed {
    cairn_span href;
    int64_t expires; /* seconds since 1970: never after the credential's own end */
} cairn_signed;

/* True when `href` (s3:, gs:, abfs:, or the https form of any of them) is an object that the allow-list covers. */
bool cairn_signer_covers(const cairn_signer *signer, cairn_span href);

/* Signs a GET of `href`, as of `now` (seconds since 1970). CAIRN_NOT_FOUND: the allow-list does not cover it (the
 * message names neither bucket nor rule). CAIRN_IO: the credentials can't be had. */
cairn_code cairn_signer_sign(cairn_signer *signer, cairn_span href, int64_t now, cairn_arena *arena, cairn_signed *out,
                             cairn_error *error);

#endif
