#include "base/json.h"
#include "stac/loads/rules.h"
#include "stac/time.h"

const cairn_loads_fault cairn_loads_no_assets = {"no-assets", "the item has no assets",
                                                 "an item's data are its assets: the source has to name them"};
const cairn_loads_fault cairn_loads_no_href = {"no-href", "an asset has no href",
                                               "the source has to say where the asset lies, or leave it out"};
const cairn_loads_fault cairn_loads_no_way = {
    "no-way-to-href", "the client can't open hrefs of this kind (a relative one, or a scheme that it doesn't know)",
    "serve the assets by http(s): 'cairnd --assets' (file: hrefs load from that server: run 'cairn doctor' on its URL, "
    "for a catalog alone doesn't know it), a rule of '--href-map', or 'cairn ingest --asset-base URL'"};
const cairn_loads_fault cairn_loads_not_raster = {
    "no-raster-asset", "no asset is of a kind that the client makes an array of",
    "none is needed where the data are of another kind; otherwise give the assets their media types"};
const cairn_loads_fault cairn_loads_hdf4 = {
    "hdf4", "application/x-hdf is HDF4, which GDAL and netCDF can't read as they are built for Python packages",
    "application/x-hdf5 or application/netcdf where the file is that; else a GDAL with HDF4, such as conda-forge's"};

static const cairn_loads_fault no_time = {
    "no-datetime", "pystac refuses an item without datetime that has no start_datetime and end_datetime",
    "give it a datetime, or a range"};
static const cairn_loads_fault bad_time = {"bad-datetime", "pystac can't read the item's datetime",
                                           "write it as RFC 3339 has it: 2024-05-01T10:00:00Z"};

static bool is_time(cairn_span value)
{
    cairn_time time;
    const char *repair;
    if (cairn_json_kind(value) != '"')
        return false;
    return cairn_time_parse_lenient(cairn_span_make(value.p + 1, value.n - 2), &time, &repair, NULL) == CAIRN_OK;
}

static const cairn_loads_fault band_index = {
    "eo-bands-index", "an asset's eo:bands has an index that the item's eo:bands do not go up to",
    "correct the source; Cairn's upgraded view leaves such a band out"};

bool cairn_loads_bands_move(const cairn_loads_facts *facts)
{
    return cairn_span_starts(facts->stac_version, "\"0.") && facts->eo_bands.p;
}

/* True when each of the asset's bands is an index of one. */
static bool indexes_bands(const cairn_loads_asset *asset, long long count)
{
    cairn_json_walk walk = cairn_json_walk_array(asset->eo_bands);
    cairn_span index;
    long long at;
    while (cairn_json_next_element(&walk, &index))
        if (!cairn_json_integer(index, &at) || at < -count || at >= count)
            return false;
    return true;
}

static const cairn_loads_fault *judge_bands(const cairn_loads_facts *facts, const cairn_loads_asset **about)
{
    long long count = cairn_loads_bands_move(facts) ? (long long)cairn_json_count(facts->eo_bands) : 0;
    for (size_t i = 0; cairn_loads_bands_move(facts) && i < facts->n_assets; i++) {
        if (!indexes_bands(&facts->assets[i], count)) {
            *about = &facts->assets[i];
            return &band_index;
        }
    }
    return NULL;
}

static const cairn_loads_fault *judge_time(const cairn_loads_facts *facts)
{
    if (!cairn_loads_has(facts->datetime))
        return facts->start.p && facts->end.p ? NULL : &no_time;
    return is_time(facts->datetime) ? NULL : &bad_time;
}

const cairn_loads_fault *cairn_loads_pystac(const cairn_loads_facts *facts, const cairn_loads_asset **about)
{
    *about = NULL;
    for (size_t i = 0; i < facts->n_assets; i++) {
        if (!facts->assets[i].href.p) {
            *about = &facts->assets[i];
            return &cairn_loads_no_href;
        }
    }
    const cairn_loads_fault *fault = judge_bands(facts, about);
    return fault ? fault : judge_time(facts);
}

/* How likely an asset is the one that is meant: the lower the better. */
static int rank_of(const cairn_loads_asset *asset)
{
    if (asset->role_set & CAIRN_ROLE_DATA)
        return 0;
    return asset->media == CAIRN_MEDIA_OTHER || asset->media == CAIRN_MEDIA_JSON ? 2 : 1;
}

void cairn_loads_each(const cairn_loads_facts *facts, cairn_loads_asset_rule rule, unsigned but_roles,
                      cairn_loads_judgement *out)
{
    enum { WORST = 3 };
    int best = WORST;
    *out = (cairn_loads_judgement){.fault = &cairn_loads_no_assets};
    for (size_t i = 0; i < facts->n_assets; i++) {
        const cairn_loads_asset *asset = &facts->assets[i];
        if (asset->role_set & but_roles)
            continue;
        const cairn_loads_fault *fault = rule(facts, asset);
        out->loadable += !fault;
        if (!fault && facts->brief)
            break;
        if (fault && rank_of(asset) < best) {
            best = rank_of(asset);
            out->fault = fault;
            out->about = asset;
        }
    }
    if (out->loadable)
        *out = (cairn_loads_judgement){.loadable = out->loadable};
}
