/* The ways to a page of items: GET and POST /search, and /collections/{collectionId}/items. */
#include "api/call.h"
#include "api/page.h"
#include "api/params.h"

/* `f` and `profile` were read before; what is unknown was refused, or is to be ignored. */
static cairn_code read_parameters(cairn_call *call, cairn_search *search)
{
    const cairn_request *request = call->request;
    const char *const *names = cairn_params_known(call);
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < request->n_params && !code; i++) {
        const cairn_param *param = &request->params[i];
        bool known;
        /* A parameter of the search that this path doesn't have (collections), ignored on demand. */
        if (cairn_params_has(cairn_search_names, param->name) && !cairn_params_has(names, param->name))
            continue;
        code = cairn_search_set(search, param->name, param->value, &call->api->options->limits, request->arena, &known,
                                &call->error);
    }
    return code;
}

cairn_code cairn_get_search(cairn_call *call)
{
    cairn_search search = {0};
    uint32_t returned;
    cairn_code code = read_parameters(call, &search);
    return code ? code : cairn_page_answer(call, &search, &returned);
}

cairn_code cairn_post_search(cairn_call *call)
{
    cairn_search search = {0};
    uint32_t returned;
    const cairn_api_options *options = call->api->options;
    cairn_code code = cairn_search_from_json(&search, call->request->body, &options->limits,
                                             options->ignore_unknown_params, call->request->arena, &call->error);
    return code ? code : cairn_page_answer(call, &search, &returned);
}

static cairn_code exists(void *context, const cairn_collection_row *row, cairn_error *error)
{
    (void)context, (void)row, (void)error;
    return CAIRN_OK;
}

cairn_code cairn_get_items(cairn_call *call)
{
    cairn_search search = {.collections = &call->collection_id, .n_collections = 1};
    uint32_t returned = 0;
    cairn_code code = read_parameters(call, &search);
    if (!code)
        code = cairn_page_answer(call, &search, &returned);
    /* A page with an item shows that there is such a collection. */
    if (code || returned)
        return code;
    return cairn_session_collection(call->session, call->collection_id, exists, NULL, &call->error);
}
