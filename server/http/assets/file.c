#include "http/assets/file.h"

#include "base/clock.h"
#include "base/secret.h"
#include "http/encoding.h"

#include <inttypes.h>

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * CAIRN_SECOND + t.tv_nsec;
}

/* The time of the last change of the inode, too: one can't set it back as one can the file's own. */
static void make_etag(const struct stat *status, bool is_fresh, char out[CAIRN_ASSET_ETAG_SIZE])
{
    uint64_t parts[] = {status->st_dev, status->st_ino, (uint64_t)status->st_size,
                        (uint64_t)nanoseconds(status->st_mtim), (uint64_t)nanoseconds(status->st_ctim)};
    uint64_t hash = cairn_hash64(cairn_span_make((const char *)parts, sizeof parts));
    snprintf(out, CAIRN_ASSET_ETAG_SIZE, "%s\"%016" PRIx64 "\"", is_fresh ? "W/" : "", hash);
}

void cairn_asset_describe(const struct stat *status, int64_t now, cairn_asset *out)
{
    int64_t age = now - nanoseconds(status->st_mtim);
    out->size = (uint64_t)status->st_size;
    out->modified = (int64_t)status->st_mtim.tv_sec;
    out->is_fresh = age > -CAIRN_SECOND && age < CAIRN_SECOND;
    make_etag(status, out->is_fresh, out->etag);
    out->last_modified[0] = 0;
    if (out->modified <= now / CAIRN_SECOND)
        cairn_http_date_format(out->modified, out->last_modified);
}

/* The tag without "W/". */
static const char *opaque(const cairn_asset *asset)
{
    return asset->is_fresh ? asset->etag + 2 : asset->etag;
}

static bool precondition_fails(const cairn_asset *asset, const cairn_fields *fields)
{
    int64_t date;
    if (fields->if_match.p)
        return !cairn_span_is(fields->if_match, "*") &&
               (asset->is_fresh || !cairn_etag_matches_strongly(fields->if_match, asset->etag));
    return fields->if_unmodified_since.p && cairn_http_date_parse(fields->if_unmodified_since, &date) &&
           asset->modified > date;
}

static bool client_has_it(const cairn_asset *asset, const cairn_fields *fields)
{
    int64_t date;
    if (fields->if_none_match.p)
        return cairn_etag_matches(fields->if_none_match, opaque(asset));
    return fields->if_modified_since.p && cairn_http_date_parse(fields->if_modified_since, &date) &&
           asset->modified <= date;
}

cairn_condition cairn_asset_check(const cairn_asset *asset, const cairn_fields *fields)
{
    if (precondition_fails(asset, fields))
        return CAIRN_CONDITION_FAILED;
    return client_has_it(asset, fields) ? CAIRN_CONDITION_SAME : CAIRN_CONDITION_MET;
}

bool cairn_asset_range_counts(const cairn_asset *asset, const cairn_fields *fields)
{
    int64_t date;
    if (!fields->if_range.p)
        return true;
    if (asset->is_fresh)
        return false;
    if (cairn_span_starts(fields->if_range, "\""))
        return cairn_span_is(fields->if_range, asset->etag);
    return cairn_http_date_parse(fields->if_range, &date) && asset->modified == date;
}
