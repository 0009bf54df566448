/* Items as rows of CSV (RFC 4180): a header line, columns of chosen fields, lines that end in CRLF, quotes where they
 * are needed. Cells are what the item has: strings decoded, numbers as they are spelled, true and false, objects and
 * arrays as JSON; null and what is missing are empty. `bbox` makes four columns: west, south, east, north. A cell that
 * begins with =, +, - or @ is written as it is, which spreadsheets may take for a formula. Thread-safety: no state. */
#ifndef CAIRN_QUERY_CSV_H
#define CAIRN_QUERY_CSV_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

typedef struct cairn_csv cairn_csv;

enum { CAIRN_CSV_MAX_COLUMNS = 1000 };

/* Columns by name: members of an item, else of its properties (`properties.` is optional), nested by dots; a member
 * whose own name has dots comes first. Without names: id, collection, datetime, start_datetime, end_datetime, bbox.
 * They are those that the value of `fields` (query/fields.h) includes, in its order: of GET, "a,+b,-c"; of POST,
 * checked JSON, its member "include" (or "includes"). Both may be absent, and are borrowed. CAIRN_INVALID with
 * parameter "fields" for more than CAIRN_CSV_MAX_COLUMNS. */
cairn_code cairn_csv_from_text(cairn_span fields, cairn_arena *arena, const cairn_csv **out, cairn_error *error);
cairn_code cairn_csv_from_json(cairn_span fields, cairn_arena *arena, const cairn_csv **out, cairn_error *error);

/* Both append a line; false when the buffer failed or the arena was full. `item` is checked text, whole or in open form
 * (stac/document.h); strings are decoded in `scratch`. */
bool cairn_csv_header(const cairn_csv *csv, cairn_buf *out);
bool cairn_csv_row(const cairn_csv *csv, cairn_span item, cairn_arena *scratch, cairn_buf *out);
/* Appends one cell, with quotes where it would be read otherwise without. */
void cairn_csv_cell(cairn_buf *out, cairn_span text);

#endif
