/* Signed URLs of objects: S3 SigV4 presigned GET (also GCS by its HMAC keys, and S3-like stores with endpoints of their
 * own), Azure SAS. Only what the configuration's allow-list covers is signed: exact bucket or container, a prefix of
 * the decoded key, no "." or ".." segments. Secrets and signatures never reach a log or a message. No connection is
 * opened; credential_process is the one program that may be run. Thread-safe: credentials that are fetched anew are
 * locked. */
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
 * message names neither bucket nor rule). CAIRN_IO: the credentials can't be had; the error's parameter is "sas" when a
 * given SAS has ended. */
cairn_code cairn_signer_sign(cairn_signer *signer, cairn_span href, int64_t now, cairn_arena *arena, cairn_signed *out,
                             cairn_error *error);

/* ---- tokens, for clients that sign late ---- */

/* True when a section names the collection. */
bool cairn_signer_has_collection(const cairn_signer *signer, cairn_span collection);
/* True when the collection's objects lie in Azure containers, whose token is a query string that clients append. */
bool cairn_signer_has_sas(const cairn_signer *signer, cairn_span collection);
/* That query string (without '?') in out->href, good for all that the collection's section covers. CAIRN_NOT_FOUND: the
 * collection is in no Azure section, or Azure has no signature for a prefix there (the message says what to do). */
cairn_code cairn_signer_sas(cairn_signer *signer, cairn_span collection, int64_t now, cairn_arena *arena,
                            cairn_signed *out, cairn_error *error);
/* The seconds that signatures of the collection are good for; 0 when no section names it. */
int64_t cairn_signer_life(const cairn_signer *signer, cairn_span collection);
/* True when GET /sign may sign `href` for someone with a token of `collection` (absent: without one). An href that is
 * not covered at all is true: cairn_signer_sign() refuses it. */
bool cairn_signer_admits(const cairn_signer *signer, cairn_span href, cairn_span collection);

/* ---- what is said of it ---- */

/* A bucket or container, in the words of the storage extension (v2.0.0). Absent: it has none of that. */
typedef struct cairn_signed_storage {
    const char *type;
    cairn_span platform; /* maybe a template of {bucket}, {region} and {account} */
    cairn_span bucket, region, account;
    bool requester_pays;
} cairn_signed_storage;

/* The first bucket or container, from *at on, of the sections that name the collection; each comes once. *at is 0 at
 * first. False when there is no further one, or no memory in the arena. */
bool cairn_signer_storage(const cairn_signer *signer, cairn_span collection, size_t *at, cairn_arena *arena,
                          cairn_signed_storage *out);

#endif
