#include "stac/crs.h"

#include "base/json.h"
#include "stac/crs_files.h"

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

/* A definition that was asked about before, and the answer. */
typedef struct known_definition {
    char *text; /* owned; NULL: a free place */
    size_t n;
    bool found;
    cairn_crs crs;
} known_definition;

enum { KNOWN_DEFINITIONS = 64, KNOWN_NUMBERS = 256 };

typedef struct known_number {
    long long number; /* 0: a free place */
    bool found;
    cairn_crs crs;
} known_number;

typedef struct thread_state {
    PJ_CONTEXT *context;
    known_definition known[KNOWN_DEFINITIONS];
    known_number numbers[KNOWN_NUMBERS];
} thread_state;

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t state_key;
static bool key_made;

static void free_state(void *pointer)
{
    thread_state *state = pointer;
    for (size_t i = 0; i < KNOWN_DEFINITIONS; i++)
        free(state->known[i].text);
    proj_context_destroy(state->context);
    free(state);
}

static void make_key(void)
{
    key_made = pthread_key_create(&state_key, free_state) == 0;
}

static void be_quiet(void *user, int level, const char *message)
{
    (void)user, (void)level, (void)message;
}

static thread_state *new_state(void)
{
    thread_state *state = calloc(1, sizeof *state);
    if (state)
        state->context = proj_context_create();
    if (state && state->context && cairn_crs_guard_files(state->context) &&
        pthread_setspecific(state_key, state) == 0) {
        proj_context_set_enable_network(state->context, 0);
        proj_log_func(state->context, NULL, be_quiet);
        return state;
    }
    if (state && state->context)
        proj_context_destroy(state->context);
    free(state);
    return NULL;
}

/* This thread's state; freed when the thread ends. */
static thread_state *thread_own(void)
{
    pthread_once(&key_once, make_key);
    if (!key_made)
        return NULL;
    thread_state *state = pthread_getspecific(state_key);
    return state ? state : new_state();
}

static PJ_CONTEXT *thread_context(void)
{
    thread_state *state = thread_own();
    return state ? state->context : NULL;
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

/* PROJ takes more than its square time for PROJJSON nested thousands deep, as a string can hold it. */
static bool has_fair_size(cairn_span crs)
{
    return crs.n && crs.n <= MAX_CRS_TEXT && !memchr(crs.p, 0, crs.n) &&
           (crs.p[0] != '{' || cairn_json_check(crs, CAIRN_JSON_MAX_DEPTH, NULL, NULL) == CAIRN_OK);
}

/* A NUL-terminated spelling that PROJ understands; the caller frees it. */
static char *proj_spelling(cairn_span crs)
{
    char code[64];
    if (short_name(crs, code, sizeof code))
        return strdup(code);
    return has_fair_size(crs) ? strndup(crs.p, crs.n) : NULL;
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

/* ---- what a definition is called ---- */

/* Of proj_identify(): equivalent, whatever the names are. */
enum { EQUIVALENT = 70 };

/* WKT, PROJJSON or AUTHORITY:CODE; nothing that PROJ would take for a pipeline or a path. */
static bool may_be_asked(cairn_span definition)
{
    bool colon = false;
    if (!has_fair_size(definition))
        return false;
    if (definition.p[0] == '{')
        return true;
    if (!isalpha((unsigned char)definition.p[0]))
        return false;
    for (size_t i = 0; i < definition.n; i++) {
        if (definition.p[i] == '[') /* behind a word alone: WKT */
            return !colon;
        colon |= definition.p[i] == ':';
        if (!isalnum((unsigned char)definition.p[i]) && definition.p[i] != ':' && definition.p[i] != '_')
            return false;
    }
    return colon;
}

/* proj_is_crs() lets a bound or vertical system pass, too; those are no names for where pixels lie. */
static bool is_horizontal(const PJ *pj)
{
    PJ_TYPE type = proj_get_type(pj);
    return type == PJ_TYPE_PROJECTED_CRS || type == PJ_TYPE_GEOGRAPHIC_2D_CRS || type == PJ_TYPE_COMPOUND_CRS ||
           type == PJ_TYPE_GEOGRAPHIC_3D_CRS;
}

static bool take_name(const PJ *pj, cairn_crs *out)
{
    const char *authority = proj_get_id_auth_name(pj, 0), *code = proj_get_id_code(pj, 0);
    int n = authority && code ? snprintf(out->name, sizeof out->name, "%s:%s", authority, code) : -1;
    return n > 0 && (size_t)n < sizeof out->name;
}

/* STAC has x first whatever the authority says. */
static bool is_same(const PJ *a, const PJ *b)
{
    return a && b && proj_is_equivalent_to(a, b, PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS);
}

/* The one system of EPSG that is equivalent; the confidence alone takes a spheroid for a datum. */
static bool identify_epsg(PJ_CONTEXT *context, const PJ *pj, cairn_crs *out)
{
    int *confidence = NULL, sure = 0, best = 0;
    PJ_OBJ_LIST *list = proj_identify(context, pj, "EPSG", NULL, &confidence);
    for (int i = 0; list && confidence && i < proj_list_get_count(list); i++) {
        PJ *found = confidence[i] >= EQUIVALENT && confidence[i] >= best ? proj_list_get(context, list, i) : NULL;
        if (is_same(pj, found)) {
            sure = confidence[i] > best ? 1 : sure + 1;
            best = confidence[i];
            sure += !take_name(found, out);
        }
        if (found)
            proj_destroy(found);
    }
    proj_int_list_destroy(confidence);
    proj_list_destroy(list);
    return sure == 1;
}

/* A name that the definition gives itself counts when the authority's own definition is the same. */
static bool believe_name(PJ_CONTEXT *context, const PJ *pj, cairn_crs *out)
{
    if (!take_name(pj, out))
        return false;
    PJ *named = proj_create_from_database(context, proj_get_id_auth_name(pj, 0), proj_get_id_code(pj, 0),
                                          PJ_CATEGORY_CRS, 0, NULL);
    bool same = is_same(pj, named);
    if (named)
        proj_destroy(named);
    return same;
}

/* At once, where a search takes long. */
static bool believe_epsg(PJ_CONTEXT *context, const PJ *pj, cairn_crs *out)
{
    const char *authority = proj_get_id_auth_name(pj, 0);
    return authority && strcmp(authority, "EPSG") == 0 && believe_name(context, pj, out);
}

static bool identify(PJ_CONTEXT *context, const char *definition, cairn_crs *out)
{
    PJ *pj = proj_create(context, definition);
    bool found = pj && is_horizontal(pj) &&
                 (believe_epsg(context, pj, out) || identify_epsg(context, pj, out) || believe_name(context, pj, out));
    if (pj)
        proj_destroy(pj);
    return found;
}

static size_t place_of(cairn_span definition)
{
    unsigned long hash = 5381;
    for (size_t i = 0; i < definition.n; i++)
        hash = hash * 33 + (unsigned char)definition.p[i];
    return hash % KNOWN_DEFINITIONS;
}

bool cairn_crs_identify(cairn_span definition, cairn_crs *out)
{
    thread_state *state = may_be_asked(definition) ? thread_own() : NULL;
    if (!state)
        return false;
    known_definition *known = &state->known[place_of(definition)];
    if (!known->text || !cairn_span_equal(cairn_span_make(known->text, known->n), definition)) {
        char *text = strndup(definition.p, definition.n);
        if (!text)
            return false;
        free(known->text);
        *known = (known_definition){.text = text, .n = definition.n};
        known->found = identify(state->context, text, &known->crs);
    }
    *out = known->crs;
    return known->found;
}

static bool is_listed(PJ_CONTEXT *context, const char *authority, long long number, cairn_crs *out)
{
    char code[24];
    snprintf(code, sizeof code, "%lld", number);
    snprintf(out->name, sizeof out->name, "%s:%s", authority, code);
    PJ *pj = proj_create_from_database(context, authority, code, PJ_CATEGORY_CRS, 0, NULL);
    bool listed = pj && is_horizontal(pj);
    if (pj)
        proj_destroy(pj);
    return listed;
}

bool cairn_crs_of_number(long long number, cairn_crs *out)
{
    thread_state *state = number > 0 ? thread_own() : NULL;
    if (!state)
        return false;
    known_number *known = &state->numbers[number % KNOWN_NUMBERS];
    if (known->number != number) {
        known->number = number;
        known->found = is_listed(state->context, "EPSG", number, &known->crs) ||
                       is_listed(state->context, "ESRI", number, &known->crs);
    }
    *out = known->crs;
    return known->found;
}

cairn_span cairn_crs_wkt2(cairn_span name, cairn_arena *arena)
{
    static const char *const options[] = {"MULTILINE=NO", NULL};
    PJ_CONTEXT *context = may_be_asked(name) ? thread_context() : NULL;
    cairn_span copy = context ? cairn_arena_copy(arena, name) : CAIRN_SPAN_NONE, wkt = CAIRN_SPAN_NONE;
    PJ *pj = copy.p ? proj_create(context, copy.p) : NULL;
    const char *text = pj && is_horizontal(pj) ? proj_as_wkt(context, pj, PJ_WKT2_2019, options) : NULL;
    if (text)
        wkt = cairn_arena_copy(arena, cairn_span_of(text));
    if (pj)
        proj_destroy(pj);
    return wkt;
}
