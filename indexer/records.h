/* Splits a source's bytes into records, holding one record at a time in memory: the lines of NDJSON, a JSON document,
 * or, without reading such a document whole, the elements of its top-level `features` array (and `collections`,
 * `children`: single-file catalogs and API answers). Values that follow one another on lines of their own,
 * pretty-printed or not, are taken one by one.
 *
 * A source that is no text (HDF5, netCDF, TIFF ...) is one FAULT, unless its name says that it has lines.
 *
 * Only as much JSON is looked at as splitting needs; whoever takes a text still has to check it (cairn_json_check).
 * Thread-safety: none. */
#ifndef CAIRN_INDEXER_RECORDS_H
#define CAIRN_INDEXER_RECORDS_H

#include "indexer/stream.h"

typedef struct cairn_records cairn_records;

typedef enum cairn_records_kind {
    CAIRN_RECORDS_END,
    CAIRN_RECORDS_VALUE,    /* a record */
    CAIRN_RECORDS_ENVELOPE, /* what was around the elements, which came before:
                               {"type":"FeatureCollection","features":[],...} */
    CAIRN_RECORDS_FAULT,    /* something that could not be split out, see `fault`; the reader goes on where it can */
} cairn_records_kind;

typedef struct cairn_records_entry {
    cairn_records_kind kind;
    cairn_span text; /* without white space around it; valid until the next call */
    uint64_t line;   /* where it begins, 1-based */
    bool alone;      /* it is all that the source holds: a document, no line among others */
    const char *fault;
} cairn_records_entry;

/* What a source's name says of its content. */
typedef enum cairn_records_form {
    CAIRN_RECORDS_ANY,      /* nothing: found out by the content */
    CAIRN_RECORDS_LINES,    /* one record a line, whatever it is */
    CAIRN_RECORDS_DOCUMENT, /* a JSON document; lines of JSON objects are recognised all the same */
} cairn_records_form;

/* By the name's end: .ndjson, .jsonl, .geojsonl, .ldjson; .json, .geojson; all of them with .gz or .zst behind. */
cairn_records_form cairn_records_form_of(const char *name);

/* Takes the stream (closed by cairn_records_free, also when this fails). NULL when out of memory. */
cairn_records *cairn_records_new(cairn_stream *take_stream, cairn_records_form form, size_t max_record_bytes);
void cairn_records_free(cairn_records *records);
const cairn_stream *cairn_records_stream(const cairn_records *records);

/* The next one; an error is a failure of reading, after which there is nothing more. */
cairn_code cairn_records_next(cairn_records *records, cairn_records_entry *out, cairn_error *error);

/* The line of byte `offset` of an ENVELOPE's text. */
uint64_t cairn_records_envelope_line(const cairn_records *records, size_t offset);

#endif
