/* The route table: the single source for routing, /conformance, the links of the landing page and the test against
 * openapi.yaml. */
#ifndef CAIRN_API_ROUTES_H
#define CAIRN_API_ROUTES_H

#include "api/api.h"
#include "api/negotiate.h"

typedef struct cairn_call cairn_call;
typedef cairn_code (*cairn_handler)(cairn_call *call);

/* A link of the landing page. */
typedef struct cairn_landing_link {
    const char *rel, *type, *title;
    const char *method; /* NULL: GET, not written */
} cairn_landing_link;

enum { CAIRN_MAX_LANDING_LINKS = 2 };

typedef struct cairn_route {
    cairn_route_info info;
    cairn_handler get, post;                           /* post may be NULL */
    const cairn_representation *as;                    /* see negotiate.h */
    const char *const *parameters;                     /* of the query string, NULL-terminated */
    const char *const *post_parameters;                /* the same for POST */
    const char *const *classes;                        /* conformance classes, NULL-terminated */
    cairn_landing_link links[CAIRN_MAX_LANDING_LINKS]; /* rel NULL: none */
    bool needs_catalog;                                /* runs inside a read transaction */
    bool needs_signer;                                 /* not there unless something is signed */
} cairn_route;

extern const cairn_route cairn_routes[];
extern const size_t cairn_n_routes;

/* The route of the request's path and its path parameters; NULL when there is none. */
const cairn_route *cairn_route_match(const cairn_request *request, cairn_span *collection_id, cairn_span *item_id);

/* The path that was probably meant, with the request's own ids, percent-coded; or the absent span. In the request's
 * arena. */
cairn_span cairn_route_suggest(const cairn_request *request);

#endif
