/* One request on its way through the API: what the rooms of server/api share. Not for other rooms. */
#ifndef CAIRN_API_CALL_H
#define CAIRN_API_CALL_H

#include "api/api.h"
#include "api/routes.h"

struct cairn_api {
    const cairn_api_options *options;
    cairn_buf openapi; /* openapi.yaml as JSON, `servers` empty */
    cairn_href_map *no_rules;
    const cairn_href_map *hrefs; /* of the options, else no_rules */
};

struct cairn_call {
    const cairn_api *api;
    cairn_session *session;
    cairn_request *request;
    cairn_response *response;
    const cairn_route *route;
    const cairn_representation *as;    /* what was negotiated */
    cairn_span collection_id, item_id; /* path parameters, decoded; absent where the template has none */
    cairn_span base;                   /* request->base_url escaped for the inside of a JSON string */
    bool source;                       /* profile=source: the source's own words */
    cairn_href_view hrefs;             /* of assets */
    bool explain;                      /* explain=true */
    int status;                        /* of an error, when it does not follow from the code; 0 otherwise */
    cairn_error error;
};

/* The largest body: a page, its generated links, and the one item that a page always has. */
enum { CAIRN_BODY_SLACK = 1 << 30 };

/* Whether a hurried request is out of time. */
bool cairn_call_is_late(const cairn_call *call);

/* Handlers write the body into call->response->body; they return a code, with the detail in call->error. */
cairn_code cairn_get_landing_page(cairn_call *call);
cairn_code cairn_get_conformance(cairn_call *call);
cairn_code cairn_get_health(cairn_call *call);
cairn_code cairn_get_openapi(cairn_call *call);
cairn_code cairn_get_openapi_html(cairn_call *call);
cairn_code cairn_get_collections(cairn_call *call);
cairn_code cairn_get_collection(cairn_call *call);
cairn_code cairn_get_queryables(cairn_call *call);
cairn_code cairn_get_sortables(cairn_call *call);
cairn_code cairn_get_collection_queryables(cairn_call *call);
cairn_code cairn_get_collection_sortables(cairn_call *call);
cairn_code cairn_get_collections_queryables(cairn_call *call);
cairn_code cairn_get_collections_sortables(cairn_call *call);
cairn_code cairn_get_catalog(cairn_call *call);
cairn_code cairn_get_children(cairn_call *call);
cairn_code cairn_get_items(cairn_call *call);
cairn_code cairn_get_item(cairn_call *call);
cairn_code cairn_get_search(cairn_call *call);
cairn_code cairn_post_search(cairn_call *call);
cairn_code cairn_get_aggregations(cairn_call *call);
cairn_code cairn_get_aggregate(cairn_call *call);
cairn_code cairn_post_aggregate(cairn_call *call);
cairn_code cairn_get_sign(cairn_call *call);
cairn_code cairn_get_collection_token(cairn_call *call);

#endif
