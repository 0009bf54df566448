#include "indexer/records.h"

static cairn_span without_compression(const char *name)
{
    cairn_span bare = cairn_span_of(name);
    if (cairn_span_ends(bare, ".gz"))
        bare.n -= 3;
    else if (cairn_span_ends(bare, ".zst"))
        bare.n -= 4;
    return bare;
}

static bool ends_in_one_of(cairn_span name, const char *const *suffixes)
{
    for (; *suffixes; suffixes++)
        if (cairn_span_ends(name, *suffixes))
            return true;
    return false;
}

cairn_records_form cairn_records_form_of(const char *name)
{
    static const char *const lines[] = {".ndjson", ".jsonl", ".geojsonl", ".ldjson", NULL};
    static const char *const documents[] = {".json", ".geojson", NULL};
    cairn_span bare = without_compression(name);
    if (ends_in_one_of(bare, lines))
        return CAIRN_RECORDS_LINES;
    return ends_in_one_of(bare, documents) ? CAIRN_RECORDS_DOCUMENT : CAIRN_RECORDS_ANY;
}
