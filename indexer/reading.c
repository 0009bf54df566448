#include "indexer/reading.h"

#include "base/uri.h"
#include "indexer/exit.h"
#include "indexer/interrupt.h"

int cairn_reading_check(const cairn_command *command, const cairn_reading_flags *flags, int sources)
{
    const char *url = flags->asset_base;
    if (sources == 0 && !flags->files_from)
        return cairn_usage_error(command, "no SOURCE is given: expected a file, a folder, '-' or --files-from FILE");
    if (url && (!cairn_uri_is_absolute(cairn_span_of(url)) || strpbrk(url, "?#")))
        return cairn_usage_error(
            command, "--asset-base: expected the URL of a folder such as https://example.com/data, found '%s'", url);
    if (flags->collection && flags->collection[0] == '\0')
        return cairn_usage_error(command, "--collection: expected an id, found nothing");
    return CAIRN_OPTIONS_GO_ON;
}

cairn_code cairn_reading_open(const cairn_reading_flags *flags, char **names, int count, cairn_journal *journal,
                              cairn_sources **out, cairn_error *error)
{
    cairn_source_options options = {.names = (const char *const *)names,
                                    .count = count > 0 ? (size_t)count : 0,
                                    .files_from = flags->files_from,
                                    .collection = flags->collection,
                                    .asset_base = flags->asset_base,
                                    .max_record_bytes = flags->max_record_bytes};
    return cairn_sources_open(&options, journal, out, error);
}

void cairn_reading_refuse(cairn_journal *journal, cairn_tally *tally, const cairn_outcome *outcome,
                          const cairn_error *error)
{
    cairn_journal_note note = {.source = outcome->origin->name.p,
                               .line = cairn_outcome_line(outcome),
                               .pointer = cairn_span_of(error->pointer),
                               .message = cairn_span_of(error->message)};
    cairn_journal_refuse(journal, &note, outcome->text, outcome->is_json);
    cairn_tally_refuse(tally, outcome->kind);
}

void cairn_reading_warn(cairn_journal *journal, cairn_counts *counts, const cairn_outcome *outcome,
                        const cairn_warnings *warnings)
{
    for (const cairn_warning *w = warnings->first; w; w = w->next) {
        cairn_journal_note note = {
            .source = outcome->origin->name.p, .line = outcome->line, .pointer = w->pointer, .message = w->message};
        cairn_journal_warn(journal, &note);
    }
    counts->warned += warnings->count > 0;
}

int cairn_reading_exit(const cairn_journal *journal, const cairn_tally *tally)
{
    if (cairn_interrupted() || cairn_journal_count(journal, CAIRN_JOURNAL_FAILED) > 0)
        return CAIRN_EXIT_FAILED;
    return cairn_tally_refused(tally) > 0 ? CAIRN_EXIT_REFUSED : CAIRN_EXIT_OK;
}
