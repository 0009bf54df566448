/* Random filters, queries, free texts and sorts around one item, as members of the POST body. */
#ifndef CAIRN_DIFFERENTIAL_CONDITIONS_H
#define CAIRN_DIFFERENTIAL_CONDITIONS_H

#include "base/buf.h"
#include "tests/differential/world.h"

/* `"filter":{...}`, CQL2-JSON that is often, not always, true for the sample. */
void condition_filter(dice *d, const world *w, const sample *s, cairn_buf *out);
/* `"query":{...}` */
void condition_query(dice *d, const sample *s, cairn_buf *out);
/* `"q":...`: words of the sample. */
void condition_text(dice *d, const sample *s, cairn_buf *out);
/* `"sortby":[...]` */
void condition_sort(dice *d, const sample *s, cairn_buf *out);
/* `"fields":{...}` */
void condition_fields(dice *d, const sample *s, cairn_buf *out);

#endif
