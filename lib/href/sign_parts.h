/* What the files of the signer share: sections of the configuration, places of objects, the keys of an S3-like store.
 * Private to lib/href/sign*. */
#ifndef CAIRN_HREF_SIGN_PARTS_H
#define CAIRN_HREF_SIGN_PARTS_H

#include "base/buf.h"
#include "href/sign.h"
#include "href/sign_keys.h"

typedef enum cairn_sign_store { CAIRN_SIGN_S3, CAIRN_SIGN_GS, CAIRN_SIGN_AZURE } cairn_sign_store;

enum {
    CAIRN_SIGN_KEY_MAX = 4096,      /* bytes of an object's key, decoded; stores take 1,024 characters */
    CAIRN_SIGN_HREF_MAX = 3 * 8192, /* of an href */
    CAIRN_SIGN_LIFE_MAX = 604800,   /* seconds: seven days, the most that SigV4 allows */
    CAIRN_SIGN_LIFE_DEFAULT = 3600,
    CAIRN_SIGN_HOSTS = 5,
};

/* What may be signed: keys of one bucket or container that are `prefix`, or begin with it up to a '/'. */
typedef struct cairn_sign_allow {
    cairn_span container; /* bucket or container, exact */
    cairn_span account;   /* Azure: of https://ACCOUNT.blob.SUFFIX/ */
    cairn_span suffix;    /* Azure: core.windows.net, core.usgovcloudapi.net ... */
    cairn_span prefix;    /* decoded; empty: the whole bucket */
} cairn_sign_allow;

/* One section of the configuration. Read-only once it is made, but for the keys, which lock themselves. */
typedef struct cairn_sign_section {
    const char *name;
    int line;
    cairn_sign_store store;
    cairn_sign_allow *allow;
    size_t n_allow;
    cairn_span *collections;
    size_t n_collections;
    int64_t life;        /* seconds that a signature is good for */
    bool token_required; /* GET /sign wants the token of a collection */
    /* S3 and GCS */
    cairn_span scheme, host;            /* of signed URLs; the host with its port unless that is the scheme's own */
    cairn_span hosts[CAIRN_SIGN_HOSTS]; /* where objects of it may be named by https (or the endpoint's scheme) */
    size_t n_hosts;
    cairn_span region;
    bool path_style, requester_pays;
    cairn_sign_keys_source *keys;
    /* Azure */
    cairn_span account_key; /* decoded; absent when `sas` is given */
    cairn_span sas;         /* without '?' */
    int64_t sas_expires;
    bool hierarchical;
} cairn_sign_section;

struct cairn_signer {
    cairn_arena *arena; /* holds all the text */
    cairn_sign_section *sections;
    size_t n;
};

/* An object that the allow-list covers. */
typedef struct cairn_sign_place {
    const cairn_sign_section *section;
    const cairn_sign_allow *allow;
    size_t n;
    char key[CAIRN_SIGN_KEY_MAX]; /* decoded, n bytes of UTF-8 */
} cairn_sign_place;

static inline cairn_span cairn_sign_place_key(const cairn_sign_place *place)
{
    return cairn_span_make(place->key, place->n);
}

/* The first section that covers `href`; false when there is none. O(sections * prefixes). */
bool cairn_sign_find(const cairn_signer *signer, cairn_span href, cairn_sign_place *place);

/* Decodes percent-codes of an object's path once. False on a bad code, NUL, broken UTF-8, an encoded '/', a segment "."
 * or "..", or when it is longer than `size`. */
bool cairn_sign_decode_key(cairn_span path, char *out, size_t size, size_t *n);

/* Append the signed URL. `*expires` becomes the end of the signature. */
cairn_code cairn_sign_s3(const cairn_sign_place *place, const cairn_sign_keys *keys, int64_t now, cairn_buf *out,
                         int64_t *expires, cairn_error *error);
cairn_code cairn_sign_azure(const cairn_sign_place *place, int64_t now, cairn_buf *out, int64_t *expires,
                            cairn_error *error);
/* Appends the SAS of all that `allow` covers. CAIRN_NOT_FOUND when Azure has none for that. */
cairn_code cairn_sign_azure_token(const cairn_sign_section *section, const cairn_sign_allow *allow, int64_t now,
                                  cairn_buf *out, int64_t *expires, cairn_error *error);

#endif
