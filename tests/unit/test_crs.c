#include "stac/crs.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void lonlat_is_known_by_its_names(void **state)
{
    (void)state;
    static const char *const yes[] = {"EPSG:4326",
                                      "epsg:4326",
                                      "urn:ogc:def:crs:OGC:1.3:CRS84",
                                      "urn:ogc:def:crs:OGC::CRS84",
                                      "urn:ogc:def:crs:EPSG::4326",
                                      "urn:ogc:def:crs:EPSG:6.6:4326",
                                      "http://www.opengis.net/def/crs/OGC/1.3/CRS84"};
    static const char *const no[] = {"", "EPSG:3857", "urn:ogc:def:crs:EPSG::32633", "EPSG:43260", "urn:ogc:def:crs:"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(cairn_crs_is_lonlat(cairn_span_of(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(cairn_crs_is_lonlat(cairn_span_of(no[i])));
    assert_false(cairn_crs_is_lonlat(CAIRN_SPAN_NONE));
}

static void assert_projects(const char *crs, double x, double y, double lon, double lat)
{
    cairn_projection *projection;
    cairn_error error = CAIRN_ERROR_INIT;
    if (cairn_projection_to_lonlat(cairn_span_of(crs), &projection, &error))
        fail_msg("%s: %s", crs, error.message);
    assert_true(cairn_projection_apply(projection, &x, &y));
    if (fabs(x - lon) > 1e-6 || fabs(y - lat) > 1e-6)
        fail_msg("%s: [%.9g, %.9g]", crs, x, y);
    cairn_projection_free(projection);
}

static void points_are_projected_x_first(void **state)
{
    (void)state;
    assert_projects("EPSG:32633", 500000, 0, 15, 0);
    assert_projects("urn:ogc:def:crs:EPSG:8.8.1:32633", 500000, 0, 15, 0);
    assert_projects("EPSG:3857", 20037508.342789244, 0, 180, 0);
    assert_projects("urn:ogc:def:crs:EPSG::4326", 15, 50, 15, 50);
    assert_projects("EPSG:3413", 0, -2000000, -45, 71.6886069);
    assert_projects("+proj=longlat +datum=WGS84", 15, 50, 15, 50);
    assert_projects(
        "PROJCRS[\"x\",BASEGEOGCRS[\"WGS 84\",DATUM[\"World Geodetic System 1984\",ELLIPSOID[\"WGS 84\","
        "6378137,298.257223563]]],CONVERSION[\"UTM zone 33N\",METHOD[\"Transverse Mercator\"],"
        "PARAMETER[\"Longitude of natural origin\",15],PARAMETER[\"Scale factor at natural origin\",0.9996],"
        "PARAMETER[\"False easting\",500000]],CS[Cartesian,2],AXIS[\"(E)\",east],AXIS[\"(N)\",north],"
        "UNIT[\"metre\",1]]",
        500000, 0, 15, 0);
}

static void unknown_systems_are_refused(void **state)
{
    (void)state;
    static const char *const unknown[] = {"",
                                          "EPSG:1",
                                          "EPSG:",
                                          "nonsense",
                                          "urn:ogc:def:crs:EPSG::0",
                                          "{}",
                                          "urn:ogc:def:crs,crs:EPSG::4326,cs:EPSG::1"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        cairn_projection *projection;
        cairn_error error = CAIRN_ERROR_INIT;
        if (cairn_projection_to_lonlat(cairn_span_of(unknown[i]), &projection, &error) != CAIRN_INVALID)
            fail_msg("accepted '%s'", unknown[i]);
        assert_true(error.message[0]);
    }
    cairn_projection *projection;
    assert_int_equal(cairn_projection_to_lonlat(cairn_span_make("EPSG:32633\0x", 12), &projection, NULL),
                     CAIRN_INVALID);
}

/* A file that PROJ would wait for without end, named in each way that a definition has: opening it is what the alarm
 * ends. */
static void no_file_of_others_is_opened(void **state)
{
    (void)state;
    enum { SECONDS = 20 };
    static const char wkt[] =
        "BOUNDCRS[SOURCECRS[GEOGCRS[\"x\",DATUM[\"x\",ELLIPSOID[\"GRS 1980\",6378137,298.257222101]],"
        "CS[ellipsoidal,2],AXIS[\"lon\",east],AXIS[\"lat\",north],ANGLEUNIT[\"degree\",0.0174532925199433]]],"
        "TARGETCRS[GEOGCRS[\"WGS 84\",DATUM[\"World Geodetic System 1984\",ELLIPSOID[\"WGS 84\",6378137,"
        "298.257223563]],CS[ellipsoidal,2],AXIS[\"lat\",north],AXIS[\"lon\",east],ANGLEUNIT[\"degree\","
        "0.0174532925199433]]],ABRIDGEDTRANSFORMATION[\"t\",METHOD[\"NTv2\",ID[\"EPSG\",9615]],"
        "PARAMETERFILE[\"Latitude and longitude difference file\",\"";
    static const char *const around[][2] = {
        {"+init=", ":x"}, {"init=", ":x ["}, {"+proj=longlat +nadgrids=", " +type=crs"}, {wkt, "\"]]]"}};
    char folder[] = "/tmp/cairn-crs-XXXXXX", fifo[64], text[1024];
    assert_non_null(mkdtemp(folder));
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    alarm(SECONDS);
    for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
        cairn_projection *projection = NULL;
        cairn_crs found;
        double x = 5, y = 6;
        snprintf(text, sizeof text, "%s%s%s", around[i][0], fifo, around[i][1]);
        assert_false(cairn_crs_identify(cairn_span_of(text), &found));
        if (cairn_projection_to_lonlat(cairn_span_of(text), &projection, NULL) == CAIRN_OK)
            cairn_projection_apply(projection, &x, &y);
        cairn_projection_free(projection);
    }
    alarm(0);
    unlink(fifo);
    rmdir(folder);
}

/* 64 KiB of PROJJSON in itself took PROJ more than three seconds. */
static void nested_definitions_are_refused(void **state)
{
    (void)state;
    enum { DEPTH = 1900 };
    static const char level[] = "{\"type\":\"BoundCRS\",\"source_crs\":";
    static char text[DEPTH * sizeof level + 2]; /* a brace in place of each NUL */
    char *at = text;
    cairn_projection *projection = NULL;
    for (int i = 0; i < DEPTH; i++)
        at = stpcpy(at, level);
    *at++ = '1';
    memset(at, '}', DEPTH);
    alarm(2);
    assert_int_equal(cairn_projection_to_lonlat(cairn_span_of(text), &projection, NULL), CAIRN_INVALID);
    alarm(0);
}

static void impossible_points_are_told(void **state)
{
    (void)state;
    cairn_projection *projection;
    double x = INFINITY, y = 0;
    assert_int_equal(cairn_projection_to_lonlat(cairn_span_of("EPSG:32633"), &projection, NULL), CAIRN_OK);
    assert_false(cairn_projection_apply(projection, &x, &y));
    x = 500000;
    assert_true(cairn_projection_apply(projection, &x, &y));
    cairn_projection_free(projection);
}

static void *project_in_thread(void *result)
{
    cairn_projection *projection;
    double x = 500000, y = 0;
    *(bool *)result = cairn_projection_to_lonlat(cairn_span_of("EPSG:32633"), &projection, NULL) == CAIRN_OK;
    if (*(bool *)result) {
        *(bool *)result = cairn_projection_apply(projection, &x, &y) && fabs(x - 15) < 1e-9;
        cairn_projection_free(projection);
    }
    return NULL;
}

static void each_thread_has_its_context(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    bool results[THREADS] = {false};
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, project_in_thread, &results[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(results[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lonlat_is_known_by_its_names), cmocka_unit_test(points_are_projected_x_first),
        cmocka_unit_test(unknown_systems_are_refused),  cmocka_unit_test(impossible_points_are_told),
        cmocka_unit_test(no_file_of_others_is_opened),  cmocka_unit_test(nested_definitions_are_refused),
        cmocka_unit_test(each_thread_has_its_context),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
