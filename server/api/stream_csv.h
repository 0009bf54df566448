/* The columns of a streamed CSV. */
#ifndef CAIRN_API_STREAM_CSV_H
#define CAIRN_API_STREAM_CSV_H

#include "api/call.h"
#include "query/csv.h"

/* Those that `fields` includes, in the order in which it names them; the default ones when it includes none. `fields`
 * was read before. In the arena of the call's request. */
cairn_code cairn_stream_columns(cairn_call *call, const cairn_csv **out);

#endif
