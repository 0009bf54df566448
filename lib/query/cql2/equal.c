#include "query/cql2/ast.h"

#include "base/number.h"

static bool begins_number(char c)
{
    return (c >= '0' && c <= '9') || c == '-';
}

static bool is_number_byte(char c)
{
    return begins_number(c) || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static cairn_span take_number(cairn_span *text)
{
    size_t n = 0;
    while (n < text->n && is_number_byte(text->p[n]))
        n++;
    cairn_span number = cairn_span_make(text->p, n);
    text->p += n;
    text->n -= n;
    return number;
}

/* The same canonical JSON, however its numbers are spelled. */
static bool equal_numbers_in(cairn_span a, cairn_span b)
{
    while (a.n && b.n) {
        if (begins_number(*a.p) && begins_number(*b.p)) {
            double x, y;
            if (!cairn_number_double(take_number(&a), &x) || !cairn_number_double(take_number(&b), &y) || x != y)
                return false;
            continue;
        }
        if (*a.p != *b.p)
            return false;
        a.p++, a.n--;
        b.p++, b.n--;
    }
    return a.n == b.n;
}

static bool equal_leaves(const cairn_cql2_node *a, const cairn_cql2_node *b)
{
    switch (a->kind) {
    case CAIRN_CQL2_K_PROPERTY:
        return cairn_span_equal(a->property.name, b->property.name);
    case CAIRN_CQL2_K_STRING:
        return cairn_span_equal(a->text, b->text);
    case CAIRN_CQL2_K_NUMBER:
        return a->number.value == b->number.value;
    case CAIRN_CQL2_K_BOOLEAN:
        return a->boolean == b->boolean;
    case CAIRN_CQL2_K_DATE:
    case CAIRN_CQL2_K_TIMESTAMP:
        return cairn_time_compare(a->time, b->time) == 0;
    case CAIRN_CQL2_K_GEOMETRY:
        return equal_numbers_in(a->geometry.geojson, b->geometry.geojson);
    case CAIRN_CQL2_K_BBOX:
        return equal_numbers_in(a->bbox.json, b->bbox.json);
    case CAIRN_CQL2_K_FUNCTION:
        return a->function.id == b->function.id &&
               (a->function.id != CAIRN_CQL2_F_UNKNOWN || cairn_span_equal(a->function.name, b->function.name));
    default:
        return true;
    }
}

/* Recursion: no deeper than the trees, CAIRN_CQL2_MAX_DEPTH. */
bool cairn_cql2_equal(const cairn_cql2_node *a, const cairn_cql2_node *b)
{
    if (a->kind != b->kind || a->n != b->n || a->height != b->height || !equal_leaves(a, b))
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!cairn_cql2_equal(a->args[i], b->args[i]))
            return false;
    return true;
}
