/* Inside lib/query/estimate*.c: what an estimate keeps. */
#ifndef CAIRN_QUERY_ESTIMATE_PARTS_H
#define CAIRN_QUERY_ESTIMATE_PARTS_H

#include "query/aggregate_counter.h"
#include "query/estimate.h"

/* The arrays of one reference system. */
typedef struct cairn_estimate_system {
    cairn_crs crs;
    uint64_t arrays;
    double box[4], resolution[2]; /* of all; the finest */
} cairn_estimate_system;

struct cairn_estimate {
    cairn_estimate_wanted wanted;
    cairn_arena *keys;
    uint64_t items, items_with, items_unknown, arrays, unknown_arrays, bytes, others, gridless;
    cairn_counter times;
    cairn_estimate_asset assets[CAIRN_ESTIMATE_ASSETS_MAX];
    size_t n_assets;
    cairn_estimate_system systems[CAIRN_ESTIMATE_SYSTEMS_MAX];
    size_t n_systems;
};

/* min x, min y, max x, max y: `box` becomes the one that holds both. */
void cairn_estimate_unite(double box[4], const double other[4]);

#endif
