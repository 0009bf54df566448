#include "base/json.h"
#include "base/secret.h"
#include "stac/crs.h"
#include "stac/loads/facts.h"

#include <strings.h>

bool cairn_loads_is_one_of(cairn_span name, const char *const *names)
{
    for (; name.p && *names; names++)
        if (name.n == strlen(*names) && strncasecmp(name.p, *names, name.n) == 0)
            return true;
    return false;
}

void cairn_loads_read_list(cairn_loads_list *list)
{
    enum { MOST = 1000 }; /* no list of a grid is so long */
    cairn_json_walk walk = cairn_json_walk_array(list->text);
    cairn_span element;
    double number;
    list->n = cairn_json_kind(list->text) == '[' ? 0 : -1;
    while (list->n >= 0 && list->n < MOST && cairn_json_next_element(&walk, &element)) {
        if (!cairn_json_number(element, &number)) {
            list->n = -1;
            return;
        }
        if (list->n < CAIRN_LOADS_NUMBERS)
            list->at[list->n] = number;
        list->n++;
    }
}

bool cairn_loads_same(const cairn_loads_list *a, const cairn_loads_list *b)
{
    if (!cairn_loads_has(a->text) || !cairn_loads_has(b->text))
        return cairn_loads_has(a->text) == cairn_loads_has(b->text);
    if (a == b || cairn_span_equal(a->text, b->text))
        return true;
    if (a->n < 0 || a->n != b->n || a->n > CAIRN_LOADS_NUMBERS)
        return false;
    for (int i = 0; i < a->n; i++)
        if (a->at[i] < b->at[i] || a->at[i] > b->at[i])
            return false;
    return true;
}

/* ---- arrays that NumPy makes nothing of ---- */

/* What is inside of lists of one, which stackstac unpacks. */
static cairn_span unpack(cairn_span value)
{
    for (int depth = 0; depth < CAIRN_JSON_MAX_DEPTH && cairn_json_kind(value) == '['; depth++) {
        cairn_json_walk walk = cairn_json_walk_array(value);
        cairn_span first, second;
        if (!cairn_json_next_element(&walk, &first) || cairn_json_next_element(&walk, &second))
            return value;
        value = first;
    }
    return value;
}

/* The lengths along each dimension as NumPy finds them in the first elements. */
static int shape_of(cairn_span value, size_t *lengths, int room)
{
    int dimensions = 0;
    while (dimensions < room && cairn_json_kind(value) == '[') {
        cairn_json_walk walk = cairn_json_walk_array(value);
        lengths[dimensions++] = cairn_json_count(value);
        if (!cairn_json_next_element(&walk, &value))
            break;
    }
    return dimensions;
}

/* True when each list at depth `at` is as long as the others there, and only the innermost hold no lists. */
static bool is_even(cairn_span value, const size_t *lengths, int dimensions, int at)
{
    bool is_list = cairn_json_kind(value) == '[';
    if (at == dimensions)
        return !is_list;
    if (!is_list || cairn_json_count(value) != lengths[at])
        return false;
    cairn_json_walk walk = cairn_json_walk_array(value);
    cairn_span element;
    while (cairn_json_next_element(&walk, &element))
        if (!is_even(element, lengths, dimensions, at + 1))
            return false;
    return true;
}

static bool has_container(cairn_span array)
{
    cairn_json_walk walk = cairn_json_walk_array(array);
    cairn_span element;
    while (cairn_json_next_element(&walk, &element))
        if (cairn_json_kind(element) == '[' || cairn_json_kind(element) == '{')
            return true;
    return false;
}

bool cairn_loads_is_ragged(cairn_span value)
{
    enum { MOST = CAIRN_JSON_MAX_DEPTH };
    size_t lengths[MOST];
    if (value.n < 2 || value.p[0] != '[' || !memchr(value.p + 1, '[', value.n - 1))
        return false;
    value = unpack(value);
    if (cairn_json_kind(value) != '[' || !has_container(value)) /* scalars become a set, which is no array */
        return false;
    return !is_even(value, lengths, shape_of(value, lengths, MOST), 0);
}

/* ---- values as Python and NumPy read them ---- */

/* The inside of a string without escapes; of anything else the absent span. */
static cairn_span plain_string(cairn_span value)
{
    if (cairn_json_kind(value) != '"' || memchr(value.p, '\\', value.n))
        return CAIRN_SPAN_NONE;
    return cairn_span_make(value.p + 1, value.n - 2);
}

bool cairn_loads_is_float(cairn_span value)
{
    static const char *const names[] = {"nan", "-nan", "+nan", "inf", "-inf", "+inf", "infinity", "-infinity", NULL};
    double number;
    if (cairn_json_kind(value) != '"')
        return cairn_json_number(value, &number);
    cairn_span text = cairn_span_trim(plain_string(value));
    if (!text.n)
        return false;
    cairn_span digits = *text.p == '+' ? cairn_span_make(text.p + 1, text.n - 1) : text;
    return cairn_loads_is_one_of(text, names) ||
           (cairn_json_check(digits, 1, NULL, NULL) == CAIRN_OK && cairn_json_number(digits, &number));
}

bool cairn_loads_is_dtype(cairn_span value)
{
    static const char *const names[] = {"int8",    "int16",   "int32",     "int64",      "uint8", "uint16", "uint32",
                                        "uint64",  "float16", "float32",   "float64",    "bool",  "int",    "uint",
                                        "float",   "double",  "complex64", "complex128", "byte",  "ubyte",  "short",
                                        "complex", "ushort",  "single",    "half",       "long",  NULL};
    cairn_span text = plain_string(value);
    return text.p && cairn_loads_is_one_of(text, names);
}

/* ---- reference systems ---- */

/* Those of most of the world's items, so that PROJ needn't be asked: longitude and latitude, Web Mercator, UTM's zones
 * of WGS 84, NAD83 and ETRS89. */
static bool is_common(cairn_span crs)
{
    static const struct {
        unsigned first, last;
    } ranges[] = {{32601, 32660}, {32701, 32760}, {26901, 26923}, {25828, 25837}, {4326, 4326}, {3857, 3857}};
    static const char prefix[] = "EPSG:";
    unsigned number = 0;
    if (crs.n < sizeof prefix - 1 + 4 || crs.n > sizeof prefix - 1 + 5 || !cairn_span_starts(crs, prefix))
        return false;
    for (const char *p = crs.p + sizeof prefix - 1; p < crs.p + crs.n; p++) {
        if (*p < '0' || *p > '9')
            return false;
        number = number * 10 + (unsigned)(*p - '0');
    }
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (number >= ranges[i].first && number <= ranges[i].last)
            return crs.p[sizeof prefix - 1] != '0';
    return false;
}

/* Whether the item may ask for it. What it may is the same whatever the thread was asked before. */
static bool may_ask(const cairn_loads_facts *facts, uint64_t hash)
{
    cairn_loads_asked *asked = facts->asked;
    size_t i = 0;
    while (i < asked->n && asked->hashes[i] != hash)
        i++;
    if (i == asked->n && i < CAIRN_LOADS_MOST_SYSTEMS)
        asked->hashes[asked->n++] = hash;
    return i < CAIRN_LOADS_MOST_SYSTEMS;
}

bool cairn_loads_crs_known(const cairn_loads_facts *facts, cairn_span crs)
{
    enum { KEPT = 256 };
    static _Thread_local struct {
        uint64_t hash;
        bool is_set, is_known;
    } kept[KEPT];
    if (is_common(crs))
        return true;
    uint64_t hash = cairn_hash64(crs);
    size_t at = hash % KEPT;
    if (!may_ask(facts, hash))
        return true;
    if (!kept[at].is_set || kept[at].hash != hash) {
        cairn_projection *projection = NULL;
        cairn_span text = cairn_json_kind(crs) == '"' ? cairn_json_string(crs, facts->arena) : crs;
        kept[at].is_known = text.n && cairn_projection_to_lonlat(text, &projection, NULL) == CAIRN_OK;
        kept[at].is_set = true;
        kept[at].hash = hash;
        cairn_projection_free(projection);
    }
    return kept[at].is_known;
}
