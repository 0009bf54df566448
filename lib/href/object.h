/* Objects of object stores, as hrefs name them: s3://bucket/key, gs://bucket/key, abfs://container@account.dfs.../path,
 * az://container/path, and their https forms. No state.
 *
 * Percent-codes are kept once everywhere: "a%20b" and "a b" are the same key, in s3: hrefs as in https ones, since that
 * is how relative hrefs were resolved (RFC 3986). What can't be said in another form stays as it is: a query or a
 * fragment, "." and ".." as segments of a key. */
#ifndef CAIRN_HREF_OBJECT_H
#define CAIRN_HREF_OBJECT_H

#include "base/buf.h"
#include "stac/traits.h"

typedef struct cairn_object {
    unsigned store;     /* CAIRN_HREFS_S3, _GS or _AZURE */
    cairn_span bucket;  /* or container */
    cairn_span account; /* Azure; absent in abfs://container/path */
    cairn_span suffix;  /* Azure: "core.windows.net" or that of another cloud */
    cairn_span region;  /* S3: where the href tells it, else absent */
    cairn_span key;     /* behind the slash, percent-coded or not, as written; may be empty */
} cairn_object;

/* What else is known of where an object lies (storage.h). Spans are absent when unknown. */
typedef struct cairn_storage {
    cairn_span region, account;
    cairn_span endpoint; /* S3-like stores: "https://host" or a template "https://{bucket}.host/..." */
    bool requester_pays;
} cairn_storage;

/* Whether `href` (decoded) names an object, in any of the forms; *out borrows from it. */
bool cairn_object_parse(cairn_span href, cairn_object *out);

/* Appends its https form: false, with nothing appended, when there is none (an Azure container whose account is
 * unknown, a name that fits in no URL). */
bool cairn_object_https(const cairn_object *object, const cairn_storage *storage, cairn_buf *out);
/* Appends the form of the store's own scheme, the key decoded once as the clients of these schemes want it. */
bool cairn_object_native(const cairn_object *object, cairn_buf *out);

/* Appends a path percent-coded once: what may stand in a path of RFC 3986 stays, codes too. */
bool cairn_href_add_path(cairn_buf *out, cairn_span path);
/* Appends it decoded once; a '%' that starts no code stays. */
bool cairn_href_add_decoded(cairn_buf *out, cairn_span path);
/* True when "." or "..", coded or not, is a segment of the path. */
bool cairn_href_has_dots(cairn_span path);

/* ---- paths that are decoded: "%2e" is a name like any other ---- */

/* Appends all but A-Z a-z 0-9 - _ . ~ and '/' percent-coded. */
bool cairn_href_add_names(cairn_buf *out, cairn_span path);
/* True when "." or ".." is a segment. A backslash is a letter like any other, as it is to S3. */
bool cairn_href_has_dot_names(cairn_span path);

#endif
