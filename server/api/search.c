/* The ways to items: GET and POST /search, and /collections/{collectionId}/items. */
#include "api/call.h"
#include "api/page.h"
#include "api/params.h"
#include "api/stream.h"

/* A stream has no largest limit. */
static cairn_search_limits limits_of(const cairn_call *call)
{
    cairn_search_limits limits = call->api->options->limits;
    if (cairn_stream_is_wanted(call))
        limits.max_limit = UINT32_MAX;
    return limits;
}

/* `f`, `profile` and `explain` were read before; what is unknown was refused, or is to be ignored. */
static cairn_code read_parameters(cairn_call *call, cairn_search *search)
{
    const cairn_request *request = call->request;
    const cairn_search_limits limits = limits_of(call);
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < request->n_params && !code; i++) {
        const cairn_param *param = &request->params[i];
        bool known;
        code = cairn_search_set(search, param->name, param->value, &limits, request->arena, &known, &call->error);
    }
    return code;
}

static cairn_code read_body(cairn_call *call, cairn_search *search)
{
    const cairn_search_limits limits = limits_of(call);
    cairn_code code =
        cairn_search_from_json(search, call->request->body, &limits, call->api->options->ignore_unknown_params,
                               call->request->arena, &call->error);
    return code ? code : cairn_params_href_mode(call, search->asset_href_mode);
}

static cairn_code answer(cairn_call *call, cairn_search_reader read, uint32_t *returned)
{
    cairn_search search = {0};
    if (cairn_stream_is_wanted(call))
        return cairn_stream_answer(call, read);
    cairn_code code = read(call, &search);
    return code ? code : cairn_page_answer(call, &search, returned);
}

cairn_code cairn_get_search(cairn_call *call)
{
    uint32_t returned;
    return answer(call, read_parameters, &returned);
}

cairn_code cairn_post_search(cairn_call *call)
{
    uint32_t returned;
    return answer(call, read_body, &returned);
}

/* pystac-client names the collection of the path once more as a parameter. */
cairn_code cairn_search_in_collection(cairn_call *call, cairn_search *search)
{
    if (search->n_collections && !cairn_list_has(search->collections, search->n_collections, call->collection_id)) {
        char quoted[96];
        cairn_error_set(&call->error, CAIRN_INVALID, "expected \"%s\", the collection of the path, or nothing",
                        cairn_quote(call->collection_id, quoted, sizeof quoted));
        return cairn_error_at_parameter(&call->error, "collections");
    }
    search->collections = &call->collection_id;
    search->n_collections = 1;
    return CAIRN_OK;
}

static cairn_code read_in_collection(cairn_call *call, cairn_search *search)
{
    cairn_code code = read_parameters(call, search);
    return code ? code : cairn_search_in_collection(call, search);
}

cairn_code cairn_get_items(cairn_call *call)
{
    uint32_t returned = 0;
    cairn_code code = answer(call, read_in_collection, &returned);
    /* A page with an item shows that there is such a collection. */
    if (code || returned)
        return code;
    return cairn_session_has_collection(call->session, call->collection_id, &call->error);
}
