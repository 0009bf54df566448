/* Adding items up. */
#include "query/estimate.h"

#include "query/estimate_parts.h"

#include <math.h>
#include <stdlib.h>

enum { KEYS_MAX_BYTES = 256 << 20 };

cairn_estimate *cairn_estimate_new(const cairn_estimate_wanted *wanted)
{
    cairn_estimate *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->wanted = *wanted;
    e->keys = cairn_arena_new(KEYS_MAX_BYTES);
    if (!e->keys) {
        free(e);
        return NULL;
    }
    return e;
}

void cairn_estimate_free(cairn_estimate *e)
{
    if (!e)
        return;
    cairn_counter_free(&e->times);
    cairn_arena_free(e->keys);
    free(e);
}

/* ---- assets ---- */

static size_t place_of(const cairn_estimate *e, cairn_span key)
{
    size_t from = 0, to = e->n_assets;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (cairn_span_compare(e->assets[middle].key, key) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* NULL with no error: there are too many to be told. */
static cairn_code find_asset(cairn_estimate *e, cairn_span key, cairn_estimate_asset **out, cairn_error *error)
{
    size_t place = place_of(e, key);
    *out = &e->assets[place];
    if (place < e->n_assets && cairn_span_equal(e->assets[place].key, key))
        return CAIRN_OK;
    *out = NULL;
    if (e->n_assets == CAIRN_ESTIMATE_ASSETS_MAX)
        return CAIRN_OK;
    cairn_span copy = cairn_arena_copy(e->keys, key);
    if (!copy.p)
        return cairn_error_no_memory(error);
    memmove(&e->assets[place + 1], &e->assets[place], (e->n_assets - place) * sizeof *e->assets);
    e->assets[place] = (cairn_estimate_asset){.key = copy};
    e->n_assets++;
    *out = &e->assets[place];
    return CAIRN_OK;
}

static uint64_t most(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void add_to_asset(cairn_estimate_asset *asset, const cairn_array *array, bool known)
{
    asset->arrays++;
    asset->unknown += !known;
    asset->bytes = cairn_saturated_sum(asset->bytes, array->bytes);
    asset->bands = most(asset->bands, array->bands);
    asset->value_bytes = most(asset->value_bytes, array->value_bytes);
    asset->has_grid |= array->has_grid;
}

/* ---- grids ---- */

static cairn_estimate_system *find_system(cairn_estimate *e, const cairn_crs *crs)
{
    for (size_t i = 0; i < e->n_systems; i++)
        if (strcmp(e->systems[i].crs.name, crs->name) == 0)
            return &e->systems[i];
    if (e->n_systems == CAIRN_ESTIMATE_SYSTEMS_MAX)
        return NULL;
    cairn_estimate_system *system = &e->systems[e->n_systems++];
    *system = (cairn_estimate_system){
        .crs = *crs, .box = {INFINITY, INFINITY, -INFINITY, -INFINITY}, .resolution = {INFINITY, INFINITY}};
    return system;
}

static void add_grid(cairn_estimate *e, const cairn_array *array)
{
    cairn_estimate_system *system = array->has_grid ? find_system(e, &array->crs) : NULL;
    if (!system) {
        e->gridless++;
        return;
    }
    system->arrays++;
    cairn_estimate_unite(system->box, array->box);
    for (int i = 0; i < 2; i++)
        system->resolution[i] = fmin(system->resolution[i], array->resolution[i]);
}

void cairn_estimate_unite(double box[4], const double other[4])
{
    box[0] = fmin(box[0], other[0]);
    box[1] = fmin(box[1], other[1]);
    box[2] = fmax(box[2], other[2]);
    box[3] = fmax(box[3], other[3]);
}

/* ---- items ---- */

static cairn_code add_array(cairn_estimate *e, const cairn_array *array, cairn_error *error)
{
    cairn_estimate_asset *asset;
    bool known = array->has_values && array->bytes;
    cairn_code code = find_asset(e, array->asset, &asset, error);
    if (code != CAIRN_OK)
        return code;
    if (asset)
        add_to_asset(asset, array, known);
    else
        e->others++;
    e->arrays++;
    e->unknown_arrays += !known;
    e->bytes = cairn_saturated_sum(e->bytes, array->bytes);
    add_grid(e, array);
    return CAIRN_OK;
}

static cairn_code add_time(cairn_estimate *e, cairn_time time, cairn_error *error)
{
    char key[sizeof time.sec + sizeof time.nsec];
    memcpy(key, &time.sec, sizeof time.sec);
    memcpy(key + sizeof time.sec, &time.nsec, sizeof time.nsec);
    if (!cairn_counter_add(&e->times, cairn_span_make(key, sizeof key), 1, e->items, e->keys))
        return cairn_error_no_memory(error);
    if (e->times.n > CAIRN_ESTIMATE_TIMES_MAX)
        return cairn_error_set(error, CAIRN_INVALID,
                               "the items have more than %d different times; expected a narrower search",
                               CAIRN_ESTIMATE_TIMES_MAX);
    return CAIRN_OK;
}

cairn_code cairn_estimate_add(cairn_estimate *e, cairn_span item, cairn_time time, cairn_arena *scratch,
                              cairn_error *error)
{
    cairn_array array;
    uint64_t before = e->arrays, unknown = e->unknown_arrays;
    cairn_arrays arrays = cairn_arrays_of(item, e->wanted.assets, e->wanted.n_assets, scratch);
    cairn_code code = CAIRN_OK;
    e->items++;
    while (code == CAIRN_OK && cairn_arrays_next(&arrays, &array))
        code = add_array(e, &array, error);
    if (code != CAIRN_OK || e->arrays == before)
        return code;
    e->items_with++;
    e->items_unknown += e->unknown_arrays != unknown;
    return add_time(e, time, error);
}
