#include "indexer/tally.h"

cairn_counts *cairn_tally_of(cairn_tally *tally, cairn_kind kind)
{
    if (kind == CAIRN_KIND_CATALOG)
        return NULL;
    return kind == CAIRN_KIND_COLLECTION ? &tally->collections : &tally->items;
}

void cairn_tally_refuse(cairn_tally *tally, cairn_kind kind)
{
    if (kind == CAIRN_KIND_CATALOG) {
        tally->catalogs_refused++;
        return;
    }
    cairn_counts *counts = cairn_tally_of(tally, kind);
    counts->read++;
    counts->refused++;
}

void cairn_counts_put(cairn_counts *counts, cairn_put what)
{
    counts->read++;
    counts->added += what == CAIRN_PUT_ADDED;
    counts->replaced += what == CAIRN_PUT_REPLACED;
    counts->unchanged += what == CAIRN_PUT_UNCHANGED;
    counts->skipped += what == CAIRN_PUT_SKIPPED;
}

uint64_t cairn_counts_taken(const cairn_counts *counts)
{
    return counts->read - counts->refused;
}

uint64_t cairn_tally_catalogs(const cairn_tally *tally)
{
    return tally->catalogs + tally->catalogs_refused;
}

uint64_t cairn_tally_refused(const cairn_tally *tally)
{
    return tally->items.refused + tally->collections.refused + tally->catalogs_refused;
}

static void add_counts(const cairn_counts *counts, const char *format, const char *separator, cairn_buf *out)
{
    const struct {
        const char *name;
        uint64_t count;
    } all[] = {
        {"read", counts->read},           {"added", counts->added},     {"replaced", counts->replaced},
        {"unchanged", counts->unchanged}, {"skipped", counts->skipped}, {"refused", counts->refused},
        {"warned", counts->warned},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cairn_buf_add_text(out, i ? separator : "");
        cairn_buf_printf(out, format, all[i].name, (unsigned long long)all[i].count);
    }
}

void cairn_counts_text(const cairn_counts *counts, cairn_buf *out)
{
    add_counts(counts, "%s %llu", ", ", out);
}

void cairn_counts_json(const cairn_counts *counts, cairn_buf *out)
{
    add_counts(counts, "\"%s\":%llu", ",", out);
}
