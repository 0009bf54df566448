/* What HTTP says of a file: its validators, and what a request's conditions make of them (RFC 9110 8.8, 13). */
#ifndef CAIRN_HTTP_ASSETS_FILE_H
#define CAIRN_HTTP_ASSETS_FILE_H

#include "http/assets/date.h"
#include "http/fields.h"

#include <sys/stat.h>

enum { CAIRN_ASSET_ETAG_SIZE = 24 };

typedef struct cairn_asset {
    uint64_t size;
    int64_t modified;                         /* seconds since 1970 */
    bool is_fresh;                            /* changed within the last second: it may do so again unseen */
    char etag[CAIRN_ASSET_ETAG_SIZE];         /* with its quotes; of a fresh file weak (W/"...") */
    char last_modified[CAIRN_HTTP_DATE_SIZE]; /* "" when that is in the future */
} cairn_asset;

/* `now`: nanoseconds since 1970. */
void cairn_asset_describe(const struct stat *status, int64_t now, cairn_asset *out);

typedef enum cairn_condition {
    CAIRN_CONDITION_MET,    /* answer with the file, or the ranges */
    CAIRN_CONDITION_SAME,   /* 304 */
    CAIRN_CONDITION_FAILED, /* 412 */
} cairn_condition;

/* If-Match, else If-Unmodified-Since; then If-None-Match, else If-Modified-Since: the order of 13.2.2. */
cairn_condition cairn_asset_check(const cairn_asset *asset, const cairn_fields *fields);
/* Whether Range counts: true without If-Range, or when that names the file as it is, by its strong tag or its date. */
bool cairn_asset_range_counts(const cairn_asset *asset, const cairn_fields *fields);

#endif
