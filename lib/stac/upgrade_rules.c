#include "stac/upgrade_rules.h"

#define SCHEMA(name, version) "https://stac-extensions.github.io/" name "/v" version "/schema.json"

#define DATACUBE   SCHEMA("datacube", "1.0.0")
#define EO         SCHEMA("eo", "1.1.0")
#define FILE_INFO  SCHEMA("file", "2.1.0")
#define LABEL      SCHEMA("label", "1.0.1")
#define POINTCLOUD SCHEMA("pointcloud", "1.0.0")
#define PROCESSING SCHEMA("processing", "1.1.0")
#define PROJECTION SCHEMA("projection", "1.1.0")
#define SAR        SCHEMA("sar", "1.0.0")
#define SAT        SCHEMA("sat", "1.0.0")
#define SCIENTIFIC SCHEMA("scientific", "1.0.0")
#define TILED      SCHEMA("tiled-assets", "1.0.0")
#define TIMESTAMPS SCHEMA("timestamps", "1.1.0")
#define VERSION    SCHEMA("version", "1.2.0")
#define VIEW       SCHEMA("view", "1.0.0")

const cairn_extension_rule cairn_extension_rules[] = {
    {"cube:", DATACUBE},         {"eo:", EO},   {"file:", FILE_INFO}, {"label:", LABEL},    {"pc:", POINTCLOUD},
    {"proj:", PROJECTION},       {"sar:", SAR}, {"sat:", SAT},        {"sci:", SCIENTIFIC}, {"view:", VIEW},
    {"processing:", PROCESSING}, {NULL, NULL},
};

const cairn_short_name cairn_short_names[] = {
    {"asset", CAIRN_ITEM_ASSETS_URI},
    {"checksum", NULL}, /* part of file */
    {"collection-assets", NULL},
    {"commons", NULL},
    {"datacube", DATACUBE},
    {"datetime-range", NULL},
    {"dtr", NULL},
    {"eo", EO},
    {"file", FILE_INFO},
    {"item-assets", CAIRN_ITEM_ASSETS_URI},
    {"label", LABEL},
    {"pointcloud", POINTCLOUD},
    {"processing", PROCESSING},
    {"proj", PROJECTION},
    {"projection", PROJECTION},
    {"sar", SAR},
    {"sat", SAT},
    {"scientific", SCIENTIFIC},
    {"single-file-stac", NULL},
    {"single-item", NULL},
    {"tiled-assets", TILED},
    {"timestamps", TIMESTAMPS},
    {"version", VERSION},
    {"view", VIEW},
    {NULL, NULL},
};

#define V0_7 CAIRN_VERSION(0, 7, 0, CAIRN_RELEASED)
#define V0_8 CAIRN_VERSION(0, 8, 0, CAIRN_RELEASED)
#define V0_9 CAIRN_VERSION(0, 9, 0, CAIRN_RELEASED)
#define BETA CAIRN_VERSION(1, 0, 0, CAIRN_BETA(1))
#define RC_2 CAIRN_VERSION(1, 0, 0, CAIRN_RC(2))
#define V1_0 CAIRN_VERSION(1, 0, 0, CAIRN_RELEASED)

const cairn_field_rule cairn_field_rules[] = {
    {V0_9, "dtr:start_datetime", "start_datetime", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "dtr:end_datetime", "end_datetime", CAIRN_FIELD_SAME, NULL, 0},
    {V0_8, "item:license", "license", CAIRN_FIELD_SAME, NULL, 0},
    {V0_8, "item:providers", "providers", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "eo:epsg", "proj:epsg", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "eo:platform", "platform", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "eo:instrument", "instruments", CAIRN_FIELD_LISTED, NULL, 0},
    {V0_9, "eo:constellation", "constellation", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "eo:off_nadir", "view:off_nadir", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "eo:azimuth", "view:azimuth", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "eo:incidence_angle", "view:incidence_angle", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "eo:sun_azimuth", "view:sun_azimuth", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "eo:sun_elevation", "view:sun_elevation", CAIRN_FIELD_SAME, NULL, 0},
    {BETA, "eo:gsd", "gsd", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "sat:off_nadir_angle", "view:off_nadir", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "sat:azimuth_angle", "view:azimuth", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "sat:incidence_angle", "view:incidence_angle", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "sat:sun_azimuth_angle", "view:sun_azimuth", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "sat:sun_elevation_angle", "view:sun_elevation", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "sar:platform", "platform", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "sar:instrument", "instruments", CAIRN_FIELD_LISTED, NULL, 0},
    {V0_9, "sar:constellation", "constellation", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "sar:type", "sar:product_type", CAIRN_FIELD_SAME, NULL, 0},
    {V0_9, "sar:polarization", "sar:polarizations", CAIRN_FIELD_LISTED, NULL, 0},
    {V0_9, "sar:absolute_orbit", "sat:absolute_orbit", CAIRN_FIELD_SINGLE, NULL, 0},
    {V0_9, "sar:relative_orbit", "sat:relative_orbit", CAIRN_FIELD_SINGLE, NULL, 0},
    {V0_7, "sar:off_nadir", "view:off_nadir", CAIRN_FIELD_SAME, NULL, 0},
    {V1_0, "sar:incidence_angle", "view:incidence_angle", CAIRN_FIELD_SAME, NULL, 0},
    {V1_0, "sar:pass_direction", "sat:orbit_state", CAIRN_FIELD_ORBIT, NULL, 0},
    {V0_8, "pc:schema", "pc:schemas", CAIRN_FIELD_SAME, NULL, 0},
    {V1_0, "label:property", "label:properties", CAIRN_FIELD_SAME, NULL, 0},
    {V1_0, "label:task", "label:tasks", CAIRN_FIELD_SAME, NULL, 0},
    {V1_0, "label:overview", "label:overviews", CAIRN_FIELD_LISTED, NULL, 0},
    {V1_0, "label:method", "label:methods", CAIRN_FIELD_SAME, NULL, 0},
    {V0_8, "label:classes", "label:classes", CAIRN_FIELD_LISTED, NULL, 0},
    {V0_9, "checksum:md5", "file:checksum", CAIRN_FIELD_MULTIHASH, "d50110", 32},
    {V0_9, "checksum:sha1", "file:checksum", CAIRN_FIELD_MULTIHASH, "1114", 40},
    {V0_9, "checksum:sha2", "file:checksum", CAIRN_FIELD_MULTIHASH, "1220", 64},
    {V0_9, "checksum:sha3", "file:checksum", CAIRN_FIELD_MULTIHASH, "1620", 64},
    {RC_2, "checksum:multihash", "file:checksum", CAIRN_FIELD_SAME, NULL, 0},
    {0, NULL, NULL, CAIRN_FIELD_SAME, NULL, 0},
};

const cairn_split_rule cairn_split_rules[] = {
    {V0_7, "sar:resolution", {"sar:resolution_range", "sar:resolution_azimuth", NULL}},
    {V0_7, "sar:pixel_spacing", {"sar:pixel_spacing_range", "sar:pixel_spacing_azimuth", NULL}},
    {V0_7, "sar:looks", {"sar:looks_range", "sar:looks_azimuth", "sar:looks_equivalent_number"}},
    {0, NULL, {NULL}},
};

const cairn_media_rule cairn_media_rules[] = {
    {"image/vnd.stac.geotiff", "image/tiff; application=geotiff"},
    {"image/vnd.stac.geotiff; cloud-optimized=true", "image/tiff; application=geotiff; profile=cloud-optimized"},
    {"image/vnd.stac.geotiff; profile=cloud-optimized", "image/tiff; application=geotiff; profile=cloud-optimized"},
    {NULL, NULL},
};
