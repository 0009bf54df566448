#include "api/routes.h"

#include "api/call.h"
#include "api/links.h"
#include "api/queryables.h"
#include "query/names.h"

#define STAC "https://api.stacspec.org/v1.0.0/"
#define OGC  "http://www.opengis.net/spec/"

static const char *const no_classes[] = {NULL};
static const char *const core_classes[] = {STAC "core", NULL};
static const char *const conformance_classes[] = {OGC "ogcapi-features-1/1.0/conf/core", NULL};
static const char *const openapi_classes[] = {OGC "ogcapi-features-1/1.0/conf/oas30", NULL};
static const char *const collection_classes[] = {STAC "collections", OGC "ogcapi-common-2/1.0/conf/collections", NULL};
#define STAC_1_1  "https://api.stacspec.org/v1.1.0/"
#define TEXT_RC_1 "https://api.stacspec.org/v1.0.0-rc.1/"
#define CQL2      OGC "cql2/1.0/conf/"

static const char *const feature_classes[] = {STAC "ogcapi-features",
                                              OGC "ogcapi-features-1/1.0/conf/core",
                                              OGC "ogcapi-features-1/1.0/conf/geojson",
                                              STAC "ogcapi-features#fields",
                                              STAC "ogcapi-features#query",
                                              STAC "ogcapi-features#sort",
                                              STAC_1_1 "ogcapi-features#sort",
                                              TEXT_RC_1 "ogcapi-features#free-text",
                                              TEXT_RC_1 "ogcapi-features#advanced-free-text",
                                              OGC "ogcapi-features-3/1.0/conf/filter",
                                              OGC "ogcapi-features-3/1.0/conf/features-filter",
                                              NULL};
static const char *const collection_search_classes[] = {STAC "collections",
                                                        OGC "ogcapi-common-2/1.0/conf/collections",
                                                        OGC "ogcapi-common-2/1.0/conf/simple-query",
                                                        TEXT_RC_1 "collection-search",
                                                        TEXT_RC_1 "collection-search#fields",
                                                        TEXT_RC_1 "collection-search#filter",
                                                        TEXT_RC_1 "collection-search#query",
                                                        TEXT_RC_1 "collection-search#sort",
                                                        STAC_1_1 "collection-search#sort",
                                                        TEXT_RC_1 "collection-search#free-text",
                                                        TEXT_RC_1 "collection-search#advanced-free-text",
                                                        NULL};
static const char *const queryables_classes[] = {OGC "ogcapi-features-3/1.0/conf/queryables", NULL};
static const char *const sortables_classes[] = {OGC "ogcapi-features-5/1.0/conf/sortables",
                                                STAC_1_1 "item-search#sortables", NULL};
static const char *const collection_sortables_classes[] = {STAC_1_1 "collection-search#sortables", NULL};
static const char *const item_classes[] = {STAC "ogcapi-features", NULL};
/* Both generations of sort: pystac-client looks for 1.0 only. */
static const char *const search_classes[] = {STAC "item-search",
                                             STAC "item-search#fields",
                                             STAC "item-search#query",
                                             STAC "item-search#sort",
                                             STAC_1_1 "item-search#sort",
                                             STAC "item-search#filter",
                                             TEXT_RC_1 "item-search#free-text",
                                             TEXT_RC_1 "item-search#advanced-free-text",
                                             CQL2 "cql2-text",
                                             CQL2 "cql2-json",
                                             CQL2 "basic-cql2",
                                             CQL2 "advanced-comparison-operators",
                                             CQL2 "case-insensitive-comparison",
                                             CQL2 "accent-insensitive-comparison",
                                             CQL2 "basic-spatial-functions",
                                             CQL2 "basic-spatial-functions-plus",
                                             CQL2 "spatial-functions",
                                             CQL2 "temporal-functions",
                                             CQL2 "array-functions",
                                             CQL2 "property-property",
                                             CQL2 "functions",
                                             CQL2 "arithmetic",
                                             NULL};

#define CHILDREN "https://api.stacspec.org/v1.0.0-rc.2/children"
static const char *const children_classes[] = {CHILDREN, CHILDREN "#type-filter", NULL};
static const char *const browse_classes[] = {"https://api.stacspec.org/v1.0.0-rc.3/browseable", NULL};

#define AGGREGATION "https://api.stacspec.org/v0.3.0/aggregation"
static const char *const aggregation_classes[] = {AGGREGATION, AGGREGATION "#query", AGGREGATION "#filter", NULL};

static const char *const plain_parameters[] = {"f", NULL};
static const char *const children_parameters[] = {"type", "limit", "token", "f", NULL};
static const char *const profile_parameters[] = {"profile", "f", NULL};
static const char *const item_parameters[] = {"asset-href-mode", "profile", "f", NULL};
static const char *const search_parameters[] = {"bbox",        "bbox-crs",        "datetime",    "intersects", "ids",
                                                "collections", "filter",          "filter-lang", "filter-crs", "query",
                                                "q",           "sortby",          "fields",      "limit",      "token",
                                                "explain",     "asset-href-mode", "profile",     "f",          NULL};
static const char *const collection_parameters[] = {"bbox",       "bbox-crs", "datetime", "filter", "filter-lang",
                                                    "filter-crs", "query",    "q",        "sortby", "fields",
                                                    "limit",      "token",    "profile",  "f",      NULL};
/* The last four have no meaning here, but clients send them along with a search. */
static const char *const aggregate_parameters[] = {"aggregations",
                                                   "datetime_frequency_interval",
                                                   "centroid_geohash_grid_frequency_precision",
                                                   "centroid_geotile_grid_frequency_precision",
                                                   "geometry_geohash_grid_frequency_precision",
                                                   "geometry_geotile_grid_frequency_precision",
                                                   "grid_geohash_frequency_precision",
                                                   "grid_geotile_frequency_precision",
                                                   "array_assets",
                                                   "cube_crs",
                                                   "cube_resolution",
                                                   "bbox",
                                                   "bbox-crs",
                                                   "datetime",
                                                   "intersects",
                                                   "ids",
                                                   "collections",
                                                   "filter",
                                                   "filter-lang",
                                                   "filter-crs",
                                                   "query",
                                                   "q",
                                                   "f",
                                                   "sortby",
                                                   "fields",
                                                   "limit",
                                                   "asset-href-mode",
                                                   NULL};
static const char *const sign_parameters[] = {"href", "token", "f", NULL};
static const char *const post_search_parameters[] = {"explain", "profile", "f", NULL};

enum { READ = CAIRN_GET | CAIRN_HEAD | CAIRN_OPTIONS };

/* Places of a calendar, and what is below them. */
#define CATALOG(path, operation_id)                                                                                    \
    {                                                                                                                  \
        .info = {READ, path, operation_id, NULL}, .get = cairn_get_catalog, .as = cairn_as_json,                       \
        .parameters = plain_parameters, .classes = browse_classes, .needs_catalog = true                               \
    }
#define CATALOG_CHILDREN(path, operation_id)                                                                           \
    {                                                                                                                  \
        .info = {READ, path "/children", operation_id, NULL}, .get = cairn_get_children, .as = cairn_as_json,          \
        .parameters = children_parameters, .classes = children_classes, .needs_catalog = true                          \
    }

const cairn_route cairn_routes[] = {
    {.info = {READ, "/", "getLandingPage", NULL},
     .get = cairn_get_landing_page,
     .as = cairn_as_json,
     .parameters = plain_parameters,
     .classes = core_classes,
     .links = {{"self", "application/json", "This catalog", NULL}, {"root", "application/json", "This catalog", NULL}},
     .needs_catalog = true},
    {.info = {READ, "/conformance", "getConformance", NULL},
     .get = cairn_get_conformance,
     .as = cairn_as_json,
     .parameters = plain_parameters,
     .classes = conformance_classes,
     .links = {{"conformance", "application/json", "Conformance classes", NULL}}},
    {.info = {READ, "/api", "getOpenapi", NULL},
     .get = cairn_get_openapi,
     .as = cairn_as_openapi,
     .parameters = plain_parameters,
     .classes = openapi_classes,
     .links = {{"service-desc", "application/vnd.oai.openapi+json;version=3.0", "OpenAPI definition", NULL}}},
    {.info = {READ, "/api.html", "getOpenapiHtml", NULL},
     .get = cairn_get_openapi_html,
     .as = cairn_as_html,
     .parameters = plain_parameters,
     .classes = no_classes,
     .links = {{"service-doc", "text/html", "API documentation", NULL}}},
    {.info = {READ, "/healthz", "getHealth", NULL},
     .get = cairn_get_health,
     .as = cairn_as_json,
     .parameters = plain_parameters,
     .classes = no_classes,
     .needs_catalog = true},
    {.info = {READ, "/collections", "getCollections", NULL},
     .get = cairn_get_collections,
     .as = cairn_as_json,
     .parameters = collection_parameters,
     .classes = collection_search_classes,
     .links = {{"data", "application/json", "Collections", NULL}},
     .needs_catalog = true},
    {.info = {READ, "/collections/{collectionId}", "getCollection", NULL},
     .get = cairn_get_collection,
     .as = cairn_as_json,
     .parameters = profile_parameters,
     .classes = collection_classes,
     .needs_catalog = true},
    {.info = {READ, "/queryables", "getQueryables", NULL},
     .get = cairn_get_queryables,
     .as = cairn_as_schema,
     .parameters = plain_parameters,
     .classes = queryables_classes,
     .links = {{"http://www.opengis.net/def/rel/ogc/1.0/queryables", "application/schema+json",
                "What items can be filtered by", NULL}},
     .needs_catalog = true},
    {.info = {READ, "/sortables", "getSortables", NULL},
     .get = cairn_get_sortables,
     .as = cairn_as_schema,
     .parameters = plain_parameters,
     .classes = sortables_classes,
     .links = {{"http://www.opengis.net/def/rel/ogc/1.0/sortables", "application/schema+json",
                "What items can be sorted by", NULL}},
     .needs_catalog = true},
    {.info = {READ, "/collections-queryables", "getCollectionsQueryables", NULL},
     .get = cairn_get_collections_queryables,
     .as = cairn_as_schema,
     .parameters = plain_parameters,
     .classes = no_classes,
     .needs_catalog = true},
    {.info = {READ, "/collections-sortables", "getCollectionsSortables", NULL},
     .get = cairn_get_collections_sortables,
     .as = cairn_as_schema,
     .parameters = plain_parameters,
     .classes = collection_sortables_classes,
     .needs_catalog = true},
    {.info = {READ, "/collections/{collectionId}/queryables", "getCollectionQueryables", NULL},
     .get = cairn_get_collection_queryables,
     .as = cairn_as_schema,
     .parameters = plain_parameters,
     .classes = queryables_classes,
     .needs_catalog = true},
    {.info = {READ, "/collections/{collectionId}/sortables", "getCollectionSortables", NULL},
     .get = cairn_get_collection_sortables,
     .as = cairn_as_schema,
     .parameters = plain_parameters,
     .classes = sortables_classes,
     .needs_catalog = true},
    {.info = {READ, "/collections/{collectionId}/items", "getItems", NULL},
     .get = cairn_get_items,
     .as = cairn_as_items,
     .parameters = search_parameters,
     .classes = feature_classes,
     .needs_catalog = true},
    {.info = {READ, "/collections/{collectionId}/items/{itemId}", "getItem", NULL},
     .get = cairn_get_item,
     .as = cairn_as_geojson,
     .parameters = item_parameters,
     .classes = item_classes,
     .needs_catalog = true},
    {.info = {READ, "/children", "getChildren", NULL},
     .get = cairn_get_children,
     .as = cairn_as_json,
     .parameters = children_parameters,
     .classes = children_classes,
     .links = {{"children", "application/json", "The catalogs and collections of this catalog", NULL}},
     .needs_catalog = true},
    CATALOG("/catalogs/{part}", "getCatalog"),
    CATALOG_CHILDREN("/catalogs/{part}", "getCatalogChildren"),
    CATALOG_CHILDREN("/collections/{collectionId}", "getCollectionChildren"),
    CATALOG("/collections/{collectionId}/catalogs/{year}", "getYear"),
    CATALOG_CHILDREN("/collections/{collectionId}/catalogs/{year}", "getYearChildren"),
    CATALOG("/collections/{collectionId}/catalogs/{year}/{month}", "getMonth"),
    CATALOG_CHILDREN("/collections/{collectionId}/catalogs/{year}/{month}", "getMonthChildren"),
    CATALOG("/collections/{collectionId}/catalogs/{year}/{month}/{day}", "getDay"),
    CATALOG_CHILDREN("/collections/{collectionId}/catalogs/{year}/{month}/{day}", "getDayChildren"),
    CATALOG("/collections/{collectionId}/catalogs/{year}/{month}/{day}/{part}", "getPart"),
    CATALOG_CHILDREN("/collections/{collectionId}/catalogs/{year}/{month}/{day}/{part}", "getPartChildren"),
    {.info = {READ | CAIRN_POST, "/search", "getSearch", "postSearch"},
     .get = cairn_get_search,
     .post = cairn_post_search,
     .as = cairn_as_items,
     .parameters = search_parameters,
     .post_parameters = post_search_parameters,
     .classes = search_classes,
     .links = {{"search", "application/geo+json", "Search items", "GET"},
               {"search", "application/geo+json", "Search items", "POST"}},
     .needs_catalog = true},
    {.info = {READ, "/aggregations", "getAggregations", NULL},
     .get = cairn_get_aggregations,
     .as = cairn_as_json,
     .parameters = plain_parameters,
     .classes = aggregation_classes,
     .links = {{"aggregations", "application/json", "What items can be aggregated by", NULL}},
     .needs_catalog = true},
    {.info = {READ | CAIRN_POST, "/aggregate", "getAggregate", "postAggregate"},
     .get = cairn_get_aggregate,
     .post = cairn_post_aggregate,
     .as = cairn_as_json,
     .parameters = aggregate_parameters,
     .post_parameters = plain_parameters,
     .classes = aggregation_classes,
     .links = {{"aggregate", "application/json", "Aggregate items", "GET"},
               {"aggregate", "application/json", "Aggregate items", "POST"}},
     .needs_catalog = true},
    {.info = {READ, "/collections/{collectionId}/aggregations", "getCollectionAggregations", NULL},
     .get = cairn_get_aggregations,
     .as = cairn_as_json,
     .parameters = plain_parameters,
     .classes = aggregation_classes,
     .needs_catalog = true},
    {.info = {READ | CAIRN_POST, "/collections/{collectionId}/aggregate", "getCollectionAggregate",
              "postCollectionAggregate"},
     .get = cairn_get_aggregate,
     .post = cairn_post_aggregate,
     .as = cairn_as_json,
     .parameters = aggregate_parameters,
     .post_parameters = plain_parameters,
     .classes = aggregation_classes,
     .needs_catalog = true},
    {.info = {READ, "/sign", "getSignedUrl", NULL},
     .get = cairn_get_sign,
     .as = cairn_as_json,
     .parameters = sign_parameters,
     .classes = no_classes,
     .needs_catalog = true,
     .needs_signer = true},
    {.info = {READ, "/collections/{collectionId}/token", "getCollectionToken", NULL},
     .get = cairn_get_collection_token,
     .as = cairn_as_json,
     .parameters = plain_parameters,
     .classes = no_classes,
     .needs_catalog = true,
     .needs_signer = true},
};
const size_t cairn_n_routes = sizeof cairn_routes / sizeof *cairn_routes;

const cairn_route_info *cairn_api_route(size_t index)
{
    return index < cairn_n_routes ? &cairn_routes[index].info : NULL;
}

/* The segments of a template, as the request has its own. */
static size_t split_template(const char *path, cairn_span segments[CAIRN_MAX_SEGMENTS])
{
    size_t n = 0;
    while (*path == '/' && path[1] && n < CAIRN_MAX_SEGMENTS) {
        size_t length = strcspn(path + 1, "/");
        segments[n++] = cairn_span_make(path + 1, length);
        path += 1 + length;
    }
    return n;
}

static bool is_variable(cairn_span segment)
{
    return cairn_span_starts(segment, "{");
}

static bool match(const char *path, const cairn_request *request, cairn_span values[CAIRN_MAX_SEGMENTS])
{
    cairn_span segments[CAIRN_MAX_SEGMENTS];
    size_t n = split_template(path, segments);
    size_t n_values = 0;
    if (n != request->n_segments)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (is_variable(segments[i]))
            values[n_values++] = request->segments[i];
        else if (!cairn_span_equal(segments[i], request->segments[i]))
            return false;
    }
    return true;
}

const cairn_route *cairn_route_match(const cairn_request *request, cairn_span *collection_id, cairn_span *item_id)
{
    for (size_t i = 0; i < cairn_n_routes; i++) {
        cairn_span values[CAIRN_MAX_SEGMENTS] = {CAIRN_SPAN_NONE};
        if (match(cairn_routes[i].info.path, request, values)) {
            *collection_id = values[0];
            *item_id = values[1];
            return &cairn_routes[i];
        }
    }
    return NULL;
}

/* True when each fixed segment is the request's or near it; `wrong` says how many only are near. */
static bool is_near(const cairn_span *segments, const cairn_request *request, size_t *wrong)
{
    *wrong = 0;
    for (size_t i = 0; i < request->n_segments; i++) {
        if (is_variable(segments[i]) || cairn_span_equal(segments[i], request->segments[i]))
            continue;
        cairn_span name = cairn_arena_copy(request->arena, segments[i]);
        const char *const names[] = {name.p, NULL};
        if (!name.p || !cairn_name_nearest(request->segments[i], names))
            return false;
        ++*wrong;
    }
    return true;
}

static cairn_span fill(cairn_span *segments, const cairn_request *request)
{
    for (size_t i = 0; i < request->n_segments; i++)
        if (is_variable(segments[i]))
            segments[i] = request->segments[i];
    return cairn_path_join(request->arena, segments, request->n_segments);
}

cairn_span cairn_route_suggest(const cairn_request *request)
{
    cairn_span best = CAIRN_SPAN_NONE;
    size_t fewest = request->n_segments + 1;
    for (size_t i = 0; i < cairn_n_routes; i++) {
        cairn_span segments[CAIRN_MAX_SEGMENTS];
        size_t wrong;
        if (split_template(cairn_routes[i].info.path, segments) != request->n_segments ||
            !is_near(segments, request, &wrong) || wrong >= fewest)
            continue;
        fewest = wrong;
        best = fill(segments, request);
    }
    return best;
}
