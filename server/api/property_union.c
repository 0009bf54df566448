#include "api/property_union.h"

#include "base/number.h"
#include "base/secret.h"

#include <math.h>
#include <stdlib.h>

enum { FIRST_ROOM = 256 };

static cairn_united_property **slot_of(cairn_united_property **slots, size_t room, cairn_span name)
{
    size_t i = (size_t)cairn_hash64(name) & (room - 1);
    while (slots[i] && !cairn_span_equal(slots[i]->name, name))
        i = (i + 1) & (room - 1);
    return &slots[i];
}

/* At most half of the slots are taken. */
static bool make_room(cairn_property_union *all)
{
    if (all->n < all->room / 2)
        return true;
    size_t room = all->room ? 4 * all->room : FIRST_ROOM;
    cairn_united_property **slots = cairn_arena_calloc(all->arena, room, sizeof(*slots));
    if (!slots)
        return false;
    for (size_t i = 0; i < all->room; i++)
        if (all->slots[i])
            *slot_of(slots, room, all->slots[i]->name) = all->slots[i];
    all->slots = slots;
    all->room = room;
    return true;
}

static cairn_united_property *find_or_add(cairn_property_union *all, cairn_span name)
{
    if (!make_room(all))
        return NULL;
    cairn_united_property **slot = slot_of(all->slots, all->room, name), *known = *slot;
    if (known)
        return known;
    cairn_united_property *added = cairn_arena_calloc(all->arena, 1, sizeof *added);
    cairn_span copy = cairn_arena_copy(all->arena, name);
    if (!added || !copy.p)
        return NULL;
    added->name = copy;
    added->has_times = added->enumerated = true;
    all->n++;
    return *slot = added;
}

static bool has_value(const cairn_united_property *united, cairn_span json)
{
    for (size_t i = 0; i < united->n_values; i++)
        if (cairn_span_equal(united->values[i], json))
            return true;
    return false;
}

static bool add_values(cairn_property_union *all, cairn_united_property *united, const cairn_property *property)
{
    united->enumerated &= property->enumerated;
    for (size_t i = 0; i < property->n_values && united->enumerated; i++) {
        if (has_value(united, property->values[i].json))
            continue;
        if (united->n_values == CAIRN_UNITED_VALUES_MAX) {
            united->enumerated = false;
            return true;
        }
        cairn_span copy = cairn_arena_copy(all->arena, property->values[i].json);
        if (!copy.p)
            return false;
        united->values[united->n_values++] = copy;
    }
    return true;
}

static void add_range(cairn_united_property *united, const cairn_property *property)
{
    if (!property->has_range)
        return;
    united->minimum = united->has_range ? fmin(united->minimum, property->minimum) : property->minimum;
    united->maximum = united->has_range ? fmax(united->maximum, property->maximum) : property->maximum;
    united->has_range = true;
}

bool cairn_property_union_add(cairn_property_union *all, const cairn_property *property)
{
    cairn_united_property *united = find_or_add(all, property->name);
    if (!united)
        return false;
    united->integers += property->integers;
    united->numbers += property->numbers;
    united->strings += property->strings;
    united->booleans += property->booleans;
    united->arrays += property->arrays;
    united->objects += property->objects;
    united->has_times &= !property->strings || property->has_times;
    add_range(united, property);
    return add_values(all, united, property);
}

static int compare_names(const void *a, const void *b)
{
    return cairn_span_compare((*(const cairn_united_property *const *)a)->name,
                              (*(const cairn_united_property *const *)b)->name);
}

static bool is_number(cairn_span json)
{
    return json.n && (json.p[0] == '-' || (json.p[0] >= '0' && json.p[0] <= '9'));
}

static int compare_values(const void *a, const void *b)
{
    cairn_span left = *(const cairn_span *)a, right = *(const cairn_span *)b;
    double x = 0, y = 0;
    if (is_number(left) != is_number(right))
        return is_number(left) ? -1 : 1;
    if (is_number(left) && cairn_number_double(left, &x) && cairn_number_double(right, &y) && x != y)
        return x < y ? -1 : 1;
    return cairn_span_compare(left, right);
}

/* Not by count, as they come: clients unite the schemas of collections by comparing them. */
static void sort_values(cairn_united_property *united)
{
    qsort(united->values, united->n_values, sizeof(united->values[0]), compare_values);
}

const cairn_united_property **cairn_property_union_list(const cairn_property_union *all)
{
    const cairn_united_property **list = cairn_arena_calloc(all->arena, all->n + 1, sizeof(*list));
    size_t n = 0;
    for (size_t i = 0; i < all->room && list; i++)
        if (all->slots[i]) {
            sort_values(all->slots[i]);
            list[n++] = all->slots[i];
        }
    if (n)
        qsort(list, n, sizeof(*list), compare_names);
    return list;
}
