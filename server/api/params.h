/* The parameters of a query string that are not a search: which are known, `f`, `profile`, `asset-href-mode`. */
#ifndef CAIRN_API_PARAMS_H
#define CAIRN_API_PARAMS_H

#include "api/call.h"

/* The names that the call's route knows for its method. */
const char *const *cairn_params_known(const cairn_call *call);
bool cairn_params_has(const char *const *names, cairn_span name);

/* The value of a parameter that may be given once; absent when it is not given, or the route doesn't know it. */
cairn_code cairn_params_once(cairn_call *call, const char *name, cairn_span *value);

/* Refuses unknown parameters, naming the nearest known one (unless the options ignore them), and `f` or `profile` given
 * twice; reads both, and the headers Accept and Accept-Profile, into the call. Sets call->status for 406. */
cairn_code cairn_params_read(cairn_call *call);

/* Sets how hrefs of assets are given; an absent `mode` changes nothing. CAIRN_INVALID names the modes. */
cairn_code cairn_params_href_mode(cairn_call *call, cairn_span mode);

#endif
