/* What aggregations there are. */
#include "query/aggregate_parts.h"

#define DISTRIBUTION "frequency_distribution"
#define GRID(name, kind, grid)                                                                                         \
    {                                                                                                                  \
        {name, DISTRIBUTION, "string", NULL}, kind, grid                                                               \
    }

const cairn_aggregate_known cairn_aggregate_table[CAIRN_AGGREGATE_KNOWN] = {
    {.info = {"total_count", "integer", NULL, NULL}, .kind = CAIRN_AGGREGATE_COUNT},
    {.info = {"datetime_max", "datetime", NULL, NULL}, .kind = CAIRN_AGGREGATE_LAST},
    {.info = {"datetime_min", "datetime", NULL, NULL}, .kind = CAIRN_AGGREGATE_FIRST},
    {.info = {"datetime_frequency", DISTRIBUTION, "datetime", NULL}, .kind = CAIRN_AGGREGATE_TIMES},
    {.info = {"collection_frequency", DISTRIBUTION, "string", NULL}, .kind = CAIRN_AGGREGATE_COLLECTION},
    {.info = {"cloud_cover_frequency", DISTRIBUTION, "numeric", "eo:cloud_cover"}, .kind = CAIRN_AGGREGATE_RANGES},
    {.info = {"sun_elevation_frequency", DISTRIBUTION, "numeric", "view:sun_elevation"}, .kind = CAIRN_AGGREGATE_STEPS},
    {.info = {"sun_azimuth_frequency", DISTRIBUTION, "numeric", "view:sun_azimuth"}, .kind = CAIRN_AGGREGATE_STEPS},
    {.info = {"off_nadir_frequency", DISTRIBUTION, "numeric", "view:off_nadir"}, .kind = CAIRN_AGGREGATE_STEPS},
    {.info = {"platform_frequency", DISTRIBUTION, "string", "platform"}, .kind = CAIRN_AGGREGATE_TERMS},
    {.info = {"grid_code_frequency", DISTRIBUTION, "string", "grid:code"}, .kind = CAIRN_AGGREGATE_TERMS},
    {.info = {"array_bytes", "integer", NULL, NULL}, .kind = CAIRN_AGGREGATE_ARRAYS},
    {.info = {"cube_bytes", "integer", NULL, NULL}, .kind = CAIRN_AGGREGATE_CUBE},
    GRID("centroid_geohash_grid_frequency", CAIRN_AGGREGATE_CENTROID, CAIRN_GRID_GEOHASH),
    GRID("centroid_geotile_grid_frequency", CAIRN_AGGREGATE_CENTROID, CAIRN_GRID_GEOTILE),
    GRID("geometry_geohash_grid_frequency", CAIRN_AGGREGATE_FOOTPRINT, CAIRN_GRID_GEOHASH),
    GRID("geometry_geotile_grid_frequency", CAIRN_AGGREGATE_FOOTPRINT, CAIRN_GRID_GEOTILE),
    GRID("grid_geohash_frequency", CAIRN_AGGREGATE_CENTROID, CAIRN_GRID_GEOHASH),
    GRID("grid_geotile_frequency", CAIRN_AGGREGATE_CENTROID, CAIRN_GRID_GEOTILE),
};

const cairn_aggregate_known cairn_aggregate_generic = {.kind = CAIRN_AGGREGATE_TERMS};

const double cairn_aggregate_edges[CAIRN_AGGREGATE_EDGES] = {5, 15, 40};

const cairn_aggregate_info *cairn_aggregate_at(size_t index)
{
    return index < CAIRN_AGGREGATE_KNOWN ? &cairn_aggregate_table[index].info : NULL;
}

bool cairn_aggregate_asked_at(const cairn_aggregate_request *request, size_t index, cairn_aggregate_asked *out)
{
    if (!request || index >= request->n)
        return false;
    const cairn_aggregate_wanted *one = &request->at[index];
    *out = (cairn_aggregate_asked){
        .name = one->name,
        .property = one->property,
        .is_generic = one->known == &cairn_aggregate_generic,
        .from_collections = one->known->kind == CAIRN_AGGREGATE_COUNT || one->known->kind == CAIRN_AGGREGATE_COLLECTION,
    };
    return true;
}
