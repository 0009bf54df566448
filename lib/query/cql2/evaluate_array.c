/* Arrays as sets: A_EQUALS, A_CONTAINS, A_CONTAINEDBY, A_OVERLAPS, and the list of an IN. One side is sorted, the other
 * one is walked over once, so that a long array in an item costs no memory. */
#include "query/cql2/evaluate_value.h"

#include <stdlib.h>

struct cairn_cql2_set {
    cairn_cql2_value *plain; /* booleans, numbers, strings: sorted, each once */
    size_t n_plain;
    cairn_cql2_value *rest; /* instants and arrays */
    size_t n_rest;
    unsigned types; /* bits, by cairn_cql2_type; null too */
};

static int order_plain(const void *left, const void *right)
{
    const cairn_cql2_value *a = left, *b = right;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (cairn_cql2_value_compare(CAIRN_CQL2_K_LT, a, b, false) == CAIRN_TRUE)
        return -1;
    return cairn_cql2_value_compare(CAIRN_CQL2_K_GT, a, b, false) == CAIRN_TRUE;
}

cairn_cql2_set *cairn_cql2_set_new(const cairn_cql2_value *values, size_t n, cairn_arena *arena)
{
    cairn_cql2_set *set = cairn_arena_calloc(arena, 1, sizeof *set);
    cairn_cql2_value *copy = cairn_arena_calloc(arena, n + 1, sizeof *copy);
    if (!set || !copy)
        return NULL;
    set->plain = copy;
    set->rest = copy + n;
    for (size_t i = 0; i < n; i++) {
        set->types |= 1u << values[i].type;
        if (cairn_cql2_is_plain(values[i].type))
            set->plain[set->n_plain++] = values[i];
        else if (values[i].type == CAIRN_CQL2_V_INSTANT || values[i].type == CAIRN_CQL2_V_ARRAY) {
            *--set->rest = values[i];
            set->n_rest++;
        }
    }
    qsort(set->plain, set->n_plain, sizeof *set->plain, order_plain);
    size_t kept = 0;
    for (size_t i = 0; i < set->n_plain; i++)
        if (kept == 0 || order_plain(&set->plain[kept - 1], &set->plain[i]) != 0)
            set->plain[kept++] = set->plain[i];
    set->n_plain = kept;
    return set;
}

/* ---- walking ---- */

typedef struct walk {
    cairn_cql2_run *run;
    const cairn_cql2_value *array;
    cairn_json_walk json;
    size_t next;
} walk;

static walk walk_over(cairn_cql2_run *run, const cairn_cql2_value *array)
{
    return (walk){run, array, cairn_json_walk_array(array->array.json), 0};
}

static bool walk_next(walk *w, cairn_cql2_value *out)
{
    cairn_span element;
    if (!w->array->array.json.p) {
        if (w->next == w->array->array.n)
            return false;
        *out = w->array->array.at[w->next++];
        return true;
    }
    if (!cairn_json_next_element(&w->json, &element))
        return false;
    *out = cairn_cql2_value_json(w->run, element);
    return true;
}

/* Member by member, in order: for arrays in arrays. Recursion: `depth`. */
static bool are_same(cairn_cql2_run *run, const cairn_cql2_value *a, const cairn_cql2_value *b, int depth)
{
    if (a->type != CAIRN_CQL2_V_ARRAY || b->type != CAIRN_CQL2_V_ARRAY)
        return cairn_cql2_value_compare(CAIRN_CQL2_K_EQ, a, b, false) == CAIRN_TRUE;
    walk of_a = walk_over(run, a), of_b = walk_over(run, b);
    cairn_cql2_value x, y;
    for (;;) {
        bool more_a = walk_next(&of_a, &x), more_b = walk_next(&of_b, &y);
        if (!more_a || !more_b)
            return more_a == more_b;
        if (depth == 0 || !are_same(run, &x, &y, depth - 1))
            return false;
    }
}

/* ---- comparing ---- */

/* What a walk over an array tells about a set. */
typedef struct tally {
    const cairn_cql2_set *set;
    bool *seen; /* plain, then rest */
    size_t n_seen;
    bool some, every; /* of the array's members are in the set */
} tally;

static void mark(tally *t, size_t i, bool *found)
{
    *found = true;
    t->n_seen += !t->seen[i];
    t->seen[i] = true;
}

static const cairn_cql2_value *find_plain(const cairn_cql2_set *set, const cairn_cql2_value *value)
{
    return set->n_plain ? bsearch(value, set->plain, set->n_plain, sizeof *set->plain, order_plain) : NULL;
}

/* A string is read once, however many dates it is compared with. */
static cairn_cql2_value as_instant(const cairn_cql2_set *set, const cairn_cql2_value *value)
{
    cairn_cql2_value instant = {.type = CAIRN_CQL2_V_INSTANT};
    bool wanted = value->type == CAIRN_CQL2_V_STRING && (set->types & 1u << CAIRN_CQL2_V_INSTANT);
    return wanted && cairn_cql2_value_instant(value, &instant.time) ? instant : *value;
}

static void count_member(tally *t, const cairn_cql2_value *value, cairn_cql2_run *run)
{
    const cairn_cql2_set *set = t->set;
    bool found = false;
    const cairn_cql2_value *same = cairn_cql2_is_plain(value->type) ? find_plain(set, value) : NULL;
    if (same)
        mark(t, (size_t)(same - set->plain), &found);
    for (size_t i = 0; value->type == CAIRN_CQL2_V_INSTANT && i < set->n_plain; i++)
        if (are_same(run, &set->plain[i], value, 0))
            mark(t, i, &found);
    cairn_cql2_value read = as_instant(set, value);
    for (size_t i = 0; !cairn_cql2_is_plain(read.type) && i < set->n_rest; i++)
        if (are_same(run, &set->rest[i], &read, CAIRN_JSON_MAX_DEPTH))
            mark(t, set->n_plain + i, &found);
    t->some |= found;
    t->every &= found;
}

/* Members that equal nothing: nulls, objects, geometries. */
static bool has_strangers(const cairn_cql2_set *set)
{
    return (set->types & (1u << CAIRN_CQL2_V_NULL | 1u << CAIRN_CQL2_V_OTHER | 1u << CAIRN_CQL2_V_PLACE |
                          1u << CAIRN_CQL2_V_INTERVAL)) != 0;
}

static const cairn_cql2_set *set_of(cairn_cql2_run *run, const cairn_cql2_value *array)
{
    if (array->array.set)
        return array->array.set;
    size_t n = array->array.json.p ? cairn_json_count(array->array.json) : array->array.n, i = 0;
    cairn_cql2_value *values = cairn_arena_calloc(run->arena, n + 1, sizeof *values);
    walk w = walk_over(run, array);
    while (values && i < n && walk_next(&w, &values[i]))
        i++;
    const cairn_cql2_set *set = values ? cairn_cql2_set_new(values, i, run->arena) : NULL;
    if (!set)
        cairn_cql2_run_full(run);
    return set;
}

/* False at the arena's cap. */
static bool take_tally(cairn_cql2_run *run, const cairn_cql2_value *sorted, const cairn_cql2_value *walked, tally *t)
{
    *t = (tally){.set = set_of(run, sorted), .every = true};
    if (!t->set)
        return false;
    t->seen = cairn_arena_calloc(run->arena, t->set->n_plain + t->set->n_rest + 1, sizeof *t->seen);
    if (!t->seen) {
        cairn_cql2_run_full(run);
        return false;
    }
    walk w = walk_over(run, walked);
    for (cairn_cql2_value value; walk_next(&w, &value);)
        count_member(t, &value, run);
    return true;
}

/* All of the set is in the array. */
static bool is_covered(const tally *t)
{
    return t->n_seen == t->set->n_plain + t->set->n_rest && !has_strangers(t->set);
}

cairn_cql2_value cairn_cql2_run_array_function(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_cql2_value a = cairn_cql2_value_of(run, node->args[0]), b = cairn_cql2_value_of(run, node->args[1]);
    if (a.type != CAIRN_CQL2_V_ARRAY || b.type != CAIRN_CQL2_V_ARRAY)
        return CAIRN_CQL2_NULL;
    bool exchanged = a.array.json.p == NULL; /* sort the literal one */
    tally t;
    if (!take_tally(run, exchanged ? &a : &b, exchanged ? &b : &a, &t))
        return CAIRN_CQL2_NULL;
    bool walked_in_sorted = t.every, sorted_in_walked = is_covered(&t);
    bool a_in_b = exchanged ? sorted_in_walked : walked_in_sorted;
    bool b_in_a = exchanged ? walked_in_sorted : sorted_in_walked;
    bool holds = node->kind == CAIRN_CQL2_K_A_EQUALS        ? a_in_b && b_in_a
                 : node->kind == CAIRN_CQL2_K_A_CONTAINS    ? b_in_a
                 : node->kind == CAIRN_CQL2_K_A_CONTAINEDBY ? a_in_b
                                                            : t.some;
    return cairn_cql2_value_truth(holds ? CAIRN_TRUE : CAIRN_FALSE);
}

cairn_truth cairn_cql2_set_has(const cairn_cql2_set *set, const cairn_cql2_value *value)
{
    bool unsure = value->type == CAIRN_CQL2_V_INSTANT && set->n_plain > 0;
    if (cairn_cql2_is_plain(value->type) && find_plain(set, value))
        return CAIRN_TRUE;
    if (unsure || set->n_rest) {
        cairn_truth truth = CAIRN_FALSE;
        for (size_t i = 0; i < set->n_plain + set->n_rest && truth != CAIRN_TRUE; i++) {
            const cairn_cql2_value *member = i < set->n_plain ? &set->plain[i] : &set->rest[i - set->n_plain];
            cairn_truth equal = cairn_cql2_value_compare(CAIRN_CQL2_K_EQ, value, member, false);
            truth = equal == CAIRN_FALSE ? truth : equal;
        }
        return truth == CAIRN_FALSE && has_strangers(set) ? CAIRN_UNKNOWN : truth;
    }
    return set->types && set->types != 1u << value->type ? CAIRN_UNKNOWN : CAIRN_FALSE;
}

cairn_cql2_value cairn_cql2_run_array(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_cql2_value *values = cairn_arena_calloc(run->arena, node->n + 1, sizeof *values);
    cairn_cql2_value array = {.type = CAIRN_CQL2_V_ARRAY};
    if (!values)
        return cairn_cql2_run_full(run);
    for (size_t i = 0; i < node->n; i++)
        values[i] = cairn_cql2_value_of(run, node->args[i]);
    array.array.at = values;
    array.array.n = node->n;
    if (!run->record && !(array.array.set = cairn_cql2_set_new(values, node->n, run->arena)))
        return cairn_cql2_run_full(run);
    return array;
}
