/* Answers a request for a file. Private to the server. */
#ifndef CAIRN_HTTP_ASSETS_ANSWER_H
#define CAIRN_HTTP_ASSETS_ANSWER_H

#include "http/assets/folders.h"
#include "http/fields.h"
#include "http/reply.h"

/* Queues the answer to a request for `rest` ("/a/b": see cairn_asset_folders_find) in the folder: the file, ranges of
 * it, 304, or a JSON error. See docs/assets.md. */
enum MHD_Result cairn_asset_answer(cairn_exchange *exchange, struct MHD_Connection *connection,
                                   const cairn_reply *reply, const cairn_asset_folder *folder, cairn_span rest,
                                   const cairn_fields *fields, cairn_arena *arena);

#endif
