/* proj:epsg, proj:code, proj:wkt2 and proj:projjson: the same reference system in four words. */
#include "stac/crs.h"
#include "stac/ready/parts.h"

#include <strings.h>

/* EPSG's codes have up to six digits (some of ESRI's are given as such). */
enum { EPSG_MOST = 999999 };

static long long epsg_in_range(long long value)
{
    return value > 0 && value <= EPSG_MOST ? value : 0;
}

/* 32633 of "EPSG:32633" and "32633"; 0 for anything else. */
static long long epsg_of_text(cairn_span text, bool bare)
{
    long long value = 0;
    if (text.n > 5 && strncasecmp(text.p, "EPSG:", 5) == 0)
        text = cairn_span_make(text.p + 5, text.n - 5);
    else if (!bare)
        return 0;
    if (text.n == 0 || text.n > 6)
        return 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return 0;
        value = value * 10 + (text.p[i] - '0');
    }
    return epsg_in_range(value);
}

/* Of proj:epsg: a whole number, or one in a string. */
static long long epsg_of_field(cairn_ready *r, cairn_span value)
{
    long long number;
    if (cairn_json_integer(value, &number))
        return epsg_in_range(number);
    cairn_span text = cairn_json_string(value, r->arena);
    return text.p ? epsg_of_text(text, true) : 0;
}

/* What an item asks PROJ is limited; what comes behind that is left as it is. */
static bool may_ask(cairn_ready *r, cairn_span definition)
{
    size_t i = 0;
    while (i < r->n_definitions && !cairn_span_equal(r->definitions[i], definition))
        i++;
    if (i == CAIRN_READY_DEFINITIONS)
        return false;
    if (i == r->n_definitions)
        r->definitions[r->n_definitions++] = definition;
    return true;
}

static bool name_number(cairn_ready *r, long long number, cairn_crs *out)
{
    size_t i = 0;
    while (i < r->n_numbers && r->numbers[i] != number)
        i++;
    if (i == CAIRN_READY_NUMBERS)
        return false;
    if (i == r->n_numbers)
        r->numbers[r->n_numbers++] = number;
    return cairn_crs_of_number(number, out);
}

static void put_epsg(cairn_ready *r, cairn_ready_object *object, long long epsg)
{
    cairn_ready_put(r, object, CAIRN_SLOT_EPSG, cairn_arena_printf(r->arena, "%lld", epsg));
}

/* A whole number is written as one: stackstac takes nothing else. */
static void mend_epsg(cairn_ready *r, cairn_ready_object *object, long long epsg)
{
    cairn_span value = cairn_ready_get(r, object, CAIRN_SLOT_EPSG);
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] < '0' || value.p[i] > '9') {
            put_epsg(r, object, epsg);
            return;
        }
}

static void put_code(cairn_ready *r, cairn_ready_object *object, const char *name)
{
    cairn_ready_put(r, object, CAIRN_SLOT_CODE, cairn_arena_printf(r->arena, "\"%s\"", name));
}

/* The definition that PROJ is asked about: WKT as text, PROJJSON as it stands. */
static cairn_span definition_of(cairn_ready *r, const cairn_ready_object *object)
{
    cairn_span wkt = cairn_ready_get(r, object, CAIRN_SLOT_WKT2);
    cairn_span text = wkt.p ? cairn_json_string(wkt, r->arena) : CAIRN_SPAN_NONE;
    if (text.n)
        return text;
    cairn_span json = cairn_ready_get(r, object, CAIRN_SLOT_PROJJSON);
    return cairn_json_kind(json) == '{' ? json : CAIRN_SPAN_NONE;
}

static void name_definition(cairn_ready *r, cairn_ready_object *object)
{
    cairn_crs found;
    cairn_span definition = definition_of(r, object);
    if (!definition.p || !may_ask(r, definition) || !cairn_crs_identify(definition, &found))
        return;
    long long epsg = epsg_of_text(cairn_span_of(found.name), false);
    put_code(r, object, found.name);
    if (epsg && !cairn_ready_get(r, object, CAIRN_SLOT_EPSG).p)
        put_epsg(r, object, epsg);
}

/* A code of another authority, such as IAU_2015:30100: GDAL's STACIT wants a definition, stackstac EPSG's number. */
static void define_code(cairn_ready *r, cairn_ready_object *object, cairn_span code)
{
    cairn_crs found;
    long long epsg = 0;
    if (!may_ask(r, code))
        return;
    if (!cairn_ready_get(r, object, CAIRN_SLOT_EPSG).p && cairn_crs_identify(code, &found))
        epsg = epsg_of_text(cairn_span_of(found.name), false);
    if (epsg) {
        put_epsg(r, object, epsg);
        return;
    }
    if (definition_of(r, object).p)
        return;
    cairn_span wkt = cairn_crs_wkt2(code, r->arena);
    cairn_buf quoted = CAIRN_BUF_INIT(wkt.n * 6 + 2);
    if (wkt.p && cairn_buf_add_json_string(&quoted, wkt))
        cairn_ready_put(r, object, CAIRN_SLOT_WKT2, cairn_ready_take(r, &quoted));
    else
        cairn_buf_free(&quoted);
}

/* Drafts of version 1.1 had a number as proj:code. */
static void mend_code(cairn_ready *r, cairn_ready_object *object)
{
    long long number;
    cairn_crs found;
    if (cairn_json_integer(cairn_ready_get(r, object, CAIRN_SLOT_CODE), &number) && epsg_in_range(number) &&
        name_number(r, number, &found))
        put_code(r, object, found.name);
}

/* By its number, else by its definition. */
static void find_code(cairn_ready *r, cairn_ready_object *object, long long epsg)
{
    cairn_crs found;
    if (epsg && name_number(r, epsg, &found))
        put_code(r, object, found.name);
    else
        name_definition(r, object);
}

static void fill_crs(cairn_ready *r, cairn_ready_object *object)
{
    cairn_span epsg_text = cairn_ready_get(r, object, CAIRN_SLOT_EPSG);
    long long epsg = epsg_text.p ? epsg_of_field(r, epsg_text) : 0;
    if (epsg)
        mend_epsg(r, object, epsg);
    mend_code(r, object);
    cairn_span code_text = cairn_ready_get(r, object, CAIRN_SLOT_CODE);
    if (!code_text.p) {
        find_code(r, object, epsg);
        return;
    }
    cairn_span code = cairn_json_string(code_text, r->arena);
    long long said = epsg_of_text(code, false);
    if (said && !epsg_text.p)
        put_epsg(r, object, said);
    else if (!said && !epsg && code.n)
        define_code(r, object, code);
}

bool cairn_ready_has_crs(const cairn_ready_object *object)
{
    return object->at[CAIRN_SLOT_EPSG] || object->at[CAIRN_SLOT_CODE] || object->at[CAIRN_SLOT_WKT2] ||
           object->at[CAIRN_SLOT_PROJJSON];
}

void cairn_ready_crs(cairn_ready *r)
{
    if (r->properties.node && cairn_ready_has_crs(&r->properties))
        fill_crs(r, &r->properties);
    for (size_t i = 0; i < r->n_assets && !r->failed; i++)
        if (cairn_ready_has_crs(&r->assets[i]))
            fill_crs(r, &r->assets[i]);
}

cairn_span cairn_ready_own_crs(cairn_ready *r, const cairn_ready_object *object)
{
    cairn_span epsg = cairn_ready_get(r, object, CAIRN_SLOT_EPSG);
    long long number = epsg.p ? epsg_of_field(r, epsg) : 0;
    if (number)
        return cairn_arena_printf(r->arena, "EPSG:%lld", number);
    cairn_span code = cairn_json_string(cairn_ready_get(r, object, CAIRN_SLOT_CODE), r->arena);
    cairn_crs known;
    return code.n && cairn_crs_of(code, &known) ? code : definition_of(r, object);
}

cairn_span cairn_ready_crs_of(cairn_ready *r, const cairn_ready_object *object)
{
    if (cairn_ready_has_crs(object) || !r->properties.node)
        return cairn_ready_own_crs(r, object);
    return cairn_ready_own_crs(r, &r->properties);
}
