// LINK: indexer
/* The first byte is the form that a source's name promises, the rest its bytes, which may be gzip or zstd. Records come
 * in the order of their lines, none is empty, has space around it or is larger than the limit, and there is an end. */
#include "fuzz.h"

#include "indexer/records.h"

#include <sys/mman.h>
#include <unistd.h>

enum { MAX_RECORD = 4096 };

static cairn_records *open_bytes(const uint8_t *data, size_t size, cairn_records_form form, int *fd)
{
    char path[64];
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_stream *stream = NULL;
    *fd = memfd_create("fuzz", 0);
    FUZZ_ASSERT(*fd >= 0 && write(*fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", *fd);
    FUZZ_ASSERT(cairn_stream_open(path, &stream, &error) == CAIRN_OK);
    cairn_records *records = cairn_records_new(stream, form, MAX_RECORD);
    FUZZ_ASSERT(records);
    return records;
}

static void check_entry(cairn_records *records, const cairn_records_entry *entry, uint64_t *line)
{
    FUZZ_ASSERT((entry->kind == CAIRN_RECORDS_FAULT) == (entry->fault != NULL));
    if (entry->kind == CAIRN_RECORDS_VALUE) {
        FUZZ_ASSERT(entry->text.n > 0 && entry->text.n <= MAX_RECORD);
        FUZZ_ASSERT(cairn_span_equal(cairn_span_trim(entry->text), entry->text));
        FUZZ_ASSERT(entry->line >= *line);
        *line = entry->line;
    }
    if (entry->kind == CAIRN_RECORDS_ENVELOPE)
        FUZZ_ASSERT(cairn_records_envelope_line(records, entry->text.n) >= entry->line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    int fd = -1;
    uint64_t line = 1;
    cairn_records *records = open_bytes(data + 1, size - 1, (cairn_records_form)(data[0] % 3), &fd);
    cairn_records_entry entry = {.kind = CAIRN_RECORDS_VALUE};
    cairn_error error = CAIRN_ERROR_INIT;
    while (cairn_records_next(records, &entry, &error) == CAIRN_OK && entry.kind != CAIRN_RECORDS_END)
        check_entry(records, &entry, &line);
    FUZZ_ASSERT(cairn_records_next(records, &entry, &error) == CAIRN_OK && entry.kind == CAIRN_RECORDS_END);
    cairn_records_free(records);
    close(fd);
    return 0;
}
