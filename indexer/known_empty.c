/* Why an index would hold nothing: for `cairn queryables add`. */
#include "indexer/known.h"

#include "query/cql2/ast.h"
#include "query/names.h"
#include "stac/ext.h"

#define FORCE "--force makes the index for items to come"

/* The path into `properties`, without that; absent where the name leads elsewhere. */
static cairn_code path_of(const cairn_knowns *knowns, cairn_span name, cairn_span *out, cairn_error *error)
{
    cairn_cql2_property property;
    *out = CAIRN_SPAN_NONE;
    if (!name.n)
        return CAIRN_OK;
    if (!cairn_cql2_property_of(name, knowns->arena, &property))
        return cairn_error_no_memory(error);
    if (property.field == CAIRN_CQL2_IN_PROPERTIES) {
        const char *start = property.path[0].p;
        *out = cairn_span_make(start, (size_t)(cairn_span_end(property.path[property.n - 1]) - start));
    }
    return CAIRN_OK;
}

static cairn_code refuse_unknown(const cairn_knowns *knowns, cairn_span name, cairn_error *error)
{
    char quoted[160], other[160];
    size_t n = 0;
    const char **names = cairn_arena_calloc(knowns->arena, knowns->n + 1, sizeof *names);
    if (!names)
        return cairn_error_no_memory(error);
    for (size_t i = 0; i < knowns->n; i++)
        if (cairn_property_items(&knowns->at[i].property))
            names[n++] = knowns->at[i].property.name.p; /* arena copies end in NUL */
    const char *near = cairn_name_nearest(name, names);
    cairn_quote(name, quoted, sizeof quoted);
    if (!near)
        return cairn_error_set(error, CAIRN_INVALID,
                               "no item has '%s': `cairn queryables list CATALOG` shows what they have; " FORCE,
                               quoted);
    cairn_quote(cairn_span_of(near), other, sizeof other);
    return cairn_error_set(error, CAIRN_INVALID, "no item has '%s'; did you mean '%s'? " FORCE, quoted, other);
}

cairn_code cairn_knowns_expect(const cairn_knowns *knowns, cairn_span name, cairn_error *error)
{
    cairn_span path;
    cairn_code code = path_of(knowns, name, &path, error);
    bool all_known = knowns->n < CAIRN_PROPERTY_NAMES_MAX && path.n <= CAIRN_PROPERTY_NAME_BYTES;
    if (code != CAIRN_OK || !path.p || !all_known || memchr(path.p, '.', path.n) || cairn_ext_find(path, NULL) ||
        cairn_knowns_find(knowns, path))
        return code;
    return refuse_unknown(knowns, path, error);
}

cairn_code cairn_knowns_refuse(const cairn_knowns *knowns, cairn_span name, cairn_error *error)
{
    char quoted[160];
    cairn_span path;
    cairn_code code = path_of(knowns, name, &path, error);
    if (code != CAIRN_OK)
        return code;
    const cairn_known *known = path.p ? cairn_knowns_find(knowns, path) : NULL;
    uint64_t items = known ? cairn_property_items(&known->property) : 0;
    if (!items)
        return refuse_unknown(knowns, name, error);
    cairn_quote(path, quoted, sizeof quoted);
    if (known->property.objects == items)
        return cairn_error_set(error, CAIRN_INVALID,
                               "'%s' is an object wherever an item has it, and an index holds text, numbers and "
                               "booleans: expected a member of the object, such as '%s.NAME'; " FORCE,
                               quoted, quoted);
    return cairn_error_set(
        error, CAIRN_INVALID,
        "the items have nothing in '%s' that an index holds: expected text, finite numbers or booleans; " FORCE,
        quoted);
}
