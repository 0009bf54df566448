/* The only file that knows PROJ. */
#include "stac/crs.h"

#include <ctype.h>
#include <math.h>
#include <proj.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { MAX_CRS_TEXT = 64 * 1024 };

struct cairn_projection {
    PJ *pj;
};

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t context_key;
static bool key_made;

static void free_context(void *context)
{
    proj_context_destroy(context);
}

static void make_key(void)
{
    key_made = pthread_key_create(&context_key, free_context) == 0;
}

static void be_quiet(void *user, int level, const char *message)
{
    (void)user, (void)level, (void)message;
}

static PJ_CONTEXT *new_context(void)
{
    PJ_CONTEXT *context = proj_context_create();
    if (!context)
        return NULL;
    proj_context_set_enable_network(context, 0);
    proj_log_func(context, NULL, be_quiet);
    if (pthread_setspecific(context_key, context)) {
        proj_context_destroy(context);
        return NULL;
    }
    return context;
}

/* This thread's context; freed when the thread ends. */
static PJ_CONTEXT *thread_context(void)
{
    pthread_once(&key_once, make_key);
    if (!key_made)
        return NULL;
    PJ_CONTEXT *context = pthread_getspecific(context_key);
    return context ? context : new_context();
}

const char *cairn_proj_version(void)
{
    return proj_info().version;
}

/* urn:ogc:def:crs:EPSG:8.8.1:32623 and urn:x-ogc:def:crs:EPSG:32623 -> EPSG:32623. False for anything else. */
static bool short_name(cairn_span crs, char *out, size_t size)
{
    static const char *const prefixes[] = {"urn:ogc:def:crs:", "urn:x-ogc:def:crs:"};
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(prefixes[i]);
        if (crs.n <= n || strncasecmp(crs.p, prefixes[i], n) != 0)
            continue;
        cairn_span rest = {crs.p + n, crs.n - n};
        const char *first = memchr(rest.p, ':', rest.n), *last = memrchr(rest.p, ':', rest.n);
        if (!first || memchr(rest.p, ',', rest.n))
            return false;
        int length = snprintf(out, size, "%.*s:%.*s", (int)(first - rest.p), rest.p, (int)(rest.p + rest.n - last - 1),
                              last + 1);
        return length > 0 && (size_t)length < size;
    }
    return false;
}

bool cairn_crs_is_lonlat(cairn_span crs)
{
    static const char *const names[] = {"EPSG:4326",
                                        "OGC:CRS84",
                                        "OGC:CRS84h",
                                        "EPSG:4979",
                                        "CRS84",
                                        "WGS84",
                                        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
                                        "http://www.opengis.net/def/crs/EPSG/0/4326"};
    char code[64];
    if (short_name(crs, code, sizeof code))
        crs = cairn_span_of(code);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (crs.n == strlen(names[i]) && strncasecmp(crs.p, names[i], crs.n) == 0)
            return true;
    return false;
}

static PJ *make_transformation(PJ_CONTEXT *context, const char *name)
{
    PJ *made = proj_create_crs_to_crs(context, name, "OGC:CRS84", NULL);
    if (!made)
        return NULL;
    PJ *normal = proj_normalize_for_visualization(context, made);
    proj_destroy(made);
    return normal;
}

/* A NUL-terminated spelling that PROJ understands; the caller frees it. */
static char *proj_spelling(cairn_span crs)
{
    char code[64];
    if (short_name(crs, code, sizeof code))
        return strdup(code);
    return crs.p && crs.n && crs.n <= MAX_CRS_TEXT && !memchr(crs.p, 0, crs.n) ? strndup(crs.p, crs.n) : NULL;
}

cairn_code cairn_projection_to_lonlat(cairn_span crs, cairn_projection **out, cairn_error *error)
{
    char quoted[96];
    PJ_CONTEXT *context = thread_context();
    cairn_projection *projection = calloc(1, sizeof *projection);
    char *name = proj_spelling(crs);
    if (context && projection && name)
        projection->pj = make_transformation(context, name);
    free(name);
    if (projection && projection->pj) {
        *out = projection;
        return CAIRN_OK;
    }
    free(projection);
    if (!context || !projection)
        return cairn_error_set(error, CAIRN_NOMEM, "crs: no memory left for PROJ");
    return cairn_error_set(error, CAIRN_INVALID,
                           "crs: expected a coordinate reference system that PROJ knows, such as 'EPSG:32633', found "
                           "'%s'",
                           cairn_quote(crs, quoted, sizeof quoted));
}

bool cairn_projection_apply(cairn_projection *projection, double *x, double *y)
{
    proj_errno_reset(projection->pj);
    PJ_COORD to = proj_trans(projection->pj, PJ_FWD, proj_coord(*x, *y, 0, HUGE_VAL));
    if (proj_errno(projection->pj) || !isfinite(to.xy.x) || !isfinite(to.xy.y))
        return false;
    *x = to.xy.x;
    *y = to.xy.y;
    return true;
}

void cairn_projection_free(cairn_projection *projection)
{
    if (!projection)
        return;
    proj_destroy(projection->pj);
    free(projection);
}

/* ---- reference systems as requests name them ---- */

enum { EDGE_POINTS = 499 }; /* the middle of an edge is one of them, where projections have their extremes */

static bool is_word(cairn_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!isalnum((unsigned char)text.p[i]))
            return false;
    return text.n > 0;
}

/* Nothing but these gets to PROJ, which would take paths and pipelines as well. */
static bool set_name(cairn_span authority, cairn_span code, cairn_crs *out)
{
    static const char *const authorities[] = {"EPSG", "OGC", "ESRI"};
    for (size_t i = 0; i < sizeof authorities / sizeof *authorities; i++) {
        if (authority.n != strlen(authorities[i]) || strncasecmp(authority.p, authorities[i], authority.n) != 0)
            continue;
        int n =
            is_word(code) ? snprintf(out->name, sizeof out->name, "%s:%.*s", authorities[i], CAIRN_SPAN_FMT(code)) : -1;
        return n > 0 && (size_t)n < sizeof out->name;
    }
    return false;
}

/* "EPSG/0/4326" by '/' and "EPSG::4326" or "EPSG:4326" by ':'; the version, if any, lies between. */
static bool set_parts(cairn_span rest, char by, cairn_crs *out)
{
    const char *first = rest.n ? memchr(rest.p, by, rest.n) : NULL, *last = rest.n ? memrchr(rest.p, by, rest.n) : NULL;
    if (!first)
        return false;
    return set_name(cairn_span_make(rest.p, (size_t)(first - rest.p)),
                    cairn_span_make(last + 1, (size_t)(rest.p + rest.n - last - 1)), out);
}

bool cairn_crs_of(cairn_span text, cairn_crs *out)
{
    static const struct {
        const char *prefix;
        char by;
    } forms[] = {{"http://www.opengis.net/def/crs/", '/'},
                 {"https://www.opengis.net/def/crs/", '/'},
                 {"urn:ogc:def:crs:", ':'},
                 {"urn:x-ogc:def:crs:", ':'}};
    text = cairn_span_trim(text);
    if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
        text = cairn_span_make(text.p + 1, text.n - 2);
    if (cairn_span_is(text, "CRS84"))
        return set_name(cairn_span_of("OGC"), text, out);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t n = strlen(forms[i].prefix);
        if (text.n > n && strncasecmp(text.p, forms[i].prefix, n) == 0)
            return set_parts(cairn_span_make(text.p + n, text.n - n), forms[i].by, out);
    }
    return text.n < sizeof out->name && set_parts(text, ':', out);
}

bool cairn_crs_is_crs84(const cairn_crs *crs)
{
    return strcasecmp(crs->name, "OGC:CRS84") == 0 || strcasecmp(crs->name, "OGC:CRS84h") == 0;
}

bool cairn_crs_is_latlon(const cairn_crs *crs)
{
    return strcmp(crs->name, "EPSG:4326") == 0 || strcmp(crs->name, "EPSG:4979") == 0;
}

static double clamp(double value, double limit)
{
    return value < -limit ? -limit : value > limit ? limit : value;
}

static bool transform_box(PJ_CONTEXT *context, PJ *pj, const double c[4], cairn_box *out)
{
    if (!proj_trans_bounds(context, pj, PJ_FWD, c[0], c[1], c[2], c[3], &out->west, &out->south, &out->east,
                           &out->north, EDGE_POINTS))
        return false;
    if (!isfinite(out->west) || !isfinite(out->south) || !isfinite(out->east) || !isfinite(out->north))
        return false;
    *out = (cairn_box){clamp(out->west, 180), clamp(out->south, 90), clamp(out->east, 180), clamp(out->north, 90)};
    return out->south <= out->north;
}

cairn_code cairn_crs_box(const cairn_crs *crs, const double corners[4], cairn_box *out, cairn_error *error)
{
    PJ_CONTEXT *context = thread_context();
    if (!context)
        return cairn_error_set(error, CAIRN_NOMEM, "no memory left for PROJ");
    if (corners[0] > corners[2] || corners[1] > corners[3])
        return cairn_error_set(error, CAIRN_INVALID,
                               "expected the lower corner, then the upper one, axes in the order of %s; a box over the "
                               "antimeridian can be given in CRS84 or EPSG:4326",
                               crs->name);
    PJ *pj = proj_create_crs_to_crs(context, crs->name, "OGC:CRS84", NULL);
    if (!pj)
        return cairn_error_set(error, CAIRN_NOT_FOUND, "PROJ knows no coordinate reference system '%s'", crs->name);
    bool done = transform_box(context, pj, corners, out);
    proj_destroy(pj);
    return done ? CAIRN_OK
                : cairn_error_set(error, CAIRN_INVALID,
                                  "the box does not lie where %s is defined (its axes are in the order that its "
                                  "authority gives them)",
                                  crs->name);
}
