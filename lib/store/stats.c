#include "store/stats.h"

#include "base/json.h"
#include "base/number.h"
#include "base/secret.h"
#include "query/sort.h"
#include "store/stats_count.h"

#include <stdlib.h>

enum { BUCKETS = 512, NAMES_HELD = 2 * CAIRN_PROPERTY_NAMES_MAX, SCRATCH_BYTES = 512 << 20 };

typedef struct entry {
    struct entry *next;  /* in the bucket */
    struct entry *queue; /* in the item in hand */
    uint64_t hash;
    cairn_span name;
    bool changed, kept, queued;
    bool dropped;        /* a value was counted out since the counts were settled */
    cairn_span old, new; /* of the item in hand */
    stats_count count;
} entry;

struct cairn_stats {
    entry *buckets[BUCKETS];
    size_t n;
    cairn_arena *scratch; /* of the item in hand */
    entry *queue;
    char *bound; /* names behind this one were not all counted; NULL: all were */
    size_t bound_n;
    uint64_t item;
    bool stale, is_new;
};

cairn_stats *cairn_stats_new(void)
{
    cairn_stats *stats = calloc(1, sizeof *stats);
    if (stats && !(stats->scratch = cairn_arena_new(SCRATCH_BYTES))) {
        free(stats);
        return NULL;
    }
    return stats;
}

/* ---- the table of names ---- */

static void entry_free(entry *e)
{
    stats_count_free(&e->count);
    free(e);
}

void cairn_stats_clear(cairn_stats *stats)
{
    for (size_t i = 0; i < BUCKETS; i++)
        while (stats->buckets[i]) {
            entry *next = stats->buckets[i]->next;
            entry_free(stats->buckets[i]);
            stats->buckets[i] = next;
        }
    free(stats->bound);
    stats->bound = NULL;
    stats->n = 0;
    stats->stale = false;
    stats->is_new = true;
}

void cairn_stats_free(cairn_stats *stats)
{
    if (!stats)
        return;
    cairn_stats_clear(stats);
    cairn_arena_free(stats->scratch);
    free(stats);
}

static entry *find(const cairn_stats *stats, cairn_span name, uint64_t hash)
{
    for (entry *e = stats->buckets[hash % BUCKETS]; e; e = e->next)
        if (e->hash == hash && cairn_span_equal(e->name, name))
            return e;
    return NULL;
}

static entry *append(cairn_stats *stats, cairn_span name, uint64_t hash)
{
    entry *e = malloc(sizeof *e + name.n);
    if (!e)
        return NULL;
    char *copy = (char *)(e + 1);
    memcpy(copy, name.p, name.n);
    *e = (entry){.hash = hash, .name = {copy, name.n}, .next = stats->buckets[hash % BUCKETS]};
    stats->buckets[hash % BUCKETS] = e;
    stats->n++;
    return e;
}

static bool is_ignored(const cairn_stats *stats, cairn_span name)
{
    return name.n > CAIRN_PROPERTY_NAME_BYTES ||
           (stats->bound && cairn_span_compare(name, cairn_span_make(stats->bound, stats->bound_n)) > 0);
}

static int by_name(const void *a, const void *b)
{
    return cairn_span_compare((*(entry *const *)a)->name, (*(entry *const *)b)->name);
}

/* Entries that are to be told, by name; *n of them. The caller frees the list; NULL when out of memory. */
static entry **sorted(const cairn_stats *stats, bool gone_too, size_t *n)
{
    entry **list = malloc((stats->n + 1) * sizeof *list);
    *n = 0;
    for (size_t i = 0; list && i < BUCKETS; i++)
        for (entry *e = stats->buckets[i]; e; e = e->next)
            if (stats_count_items(&e->count) || (gone_too && e->kept))
                list[(*n)++] = e;
    if (list)
        qsort(list, *n, sizeof *list, by_name);
    return list;
}

static bool set_bound(cairn_stats *stats, cairn_span name)
{
    char *copy = malloc(name.n + 1);
    if (!copy)
        return false;
    memcpy(copy, name.p, name.n);
    free(stats->bound);
    stats->bound = copy;
    stats->bound_n = name.n;
    return true;
}

/* Takes out what is behind the bound, and names that no item has and no store keeps. */
static void sweep(cairn_stats *stats)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (entry **at = &stats->buckets[i]; *at;) {
            entry *e = *at;
            if ((stats_count_items(&e->count) || e->kept) && !is_ignored(stats, e->name)) {
                at = &e->next;
                continue;
            }
            *at = e->next;
            entry_free(e);
            stats->n--;
        }
}

/* Keeps the table bounded: of too many names only the first are counted on. */
static bool cut(cairn_stats *stats)
{
    size_t n;
    bool ok = true;
    if (stats->n <= NAMES_HELD)
        return true;
    entry **list = sorted(stats, false, &n);
    if (!list)
        return false;
    if (n > CAIRN_PROPERTY_NAMES_MAX)
        ok = set_bound(stats, list[CAIRN_PROPERTY_NAMES_MAX - 1]->name);
    free(list);
    stats->is_new = true; /* what was kept of names that are gone now is to be forgotten */
    if (ok)
        sweep(stats);
    return ok;
}

/* ---- an item ---- */

static cairn_span name_of(cairn_stats *stats, const cairn_json_member *member, bool *ok)
{
    if (!memchr(member->key.p, '\\', member->key.n))
        return member->key;
    cairn_span name = cairn_json_string(cairn_span_make(member->key.p - 1, member->key.n + 2), stats->scratch);
    *ok &= name.p != NULL;
    return name;
}

/* The first of an item's names by their bytes; those behind the first so many are gone when it was full. */
typedef struct first_names {
    cairn_span at[2 * NAMES_HELD];
    size_t n;
    bool more; /* at[CAIRN_PROPERTY_NAMES_MAX - 1] was the last of the first ones, and there were others */
} first_names;

static void keep_first(first_names *names)
{
    size_t kept = cairn_list_sort(names->at, names->n);
    names->more |= kept > CAIRN_PROPERTY_NAMES_MAX;
    names->n = kept < CAIRN_PROPERTY_NAMES_MAX ? kept : CAIRN_PROPERTY_NAMES_MAX;
}

static bool gather_first(cairn_stats *stats, cairn_span properties, first_names *names)
{
    cairn_json_walk walk = cairn_json_walk_object(properties);
    cairn_json_member member;
    bool ok = true;
    while (ok && cairn_json_next_member(&walk, &member)) {
        cairn_span name = name_of(stats, &member, &ok);
        if (!ok || cairn_json_is_null(member.value) || is_ignored(stats, name) ||
            (names->more && cairn_span_compare(name, names->at[CAIRN_PROPERTY_NAMES_MAX - 1]) > 0))
            continue;
        if (names->n == sizeof names->at / sizeof *names->at)
            keep_first(names);
        names->at[names->n++] = name;
    }
    keep_first(names);
    return ok;
}

/* An item that has very many names itself sets the bound before they are counted: the table never holds them all. To
 * be called when nothing is queued. */
static bool narrow(cairn_stats *stats, cairn_span properties)
{
    enum { SHORTEST_MEMBER = sizeof "\"\":0" - 1 };
    if (properties.n < (size_t)NAMES_HELD * SHORTEST_MEMBER)
        return true;
    first_names *names = calloc(1, sizeof *names);
    bool ok = names && gather_first(stats, properties, names);
    if (ok && names->more) {
        ok = set_bound(stats, names->at[CAIRN_PROPERTY_NAMES_MAX - 1]);
        stats->is_new = true;
        sweep(stats);
    }
    free(names);
    return ok;
}

/* The entry of a member's name, queued; NULL with *ok where the name is not counted. */
static entry *entry_of(cairn_stats *stats, const cairn_json_member *member, bool in, bool *ok)
{
    cairn_span name = name_of(stats, member, ok);
    if (!*ok || is_ignored(stats, name))
        return NULL;
    uint64_t hash = cairn_hash64(name);
    entry *e = find(stats, name, hash);
    bool null = cairn_json_is_null(member->value);
    if (!e && (null || !in)) {
        stats->stale |= !null; /* it was never counted in */
        return NULL;
    }
    if (!e && !(e = append(stats, name, hash))) {
        *ok = false;
        return NULL;
    }
    if (!e->queued) {
        e->queued = true;
        e->old = e->new = CAIRN_SPAN_NONE;
        e->queue = stats->queue;
        stats->queue = e;
    }
    return e;
}

static bool gather(cairn_stats *stats, cairn_span properties, bool in)
{
    cairn_json_walk walk = cairn_json_walk_object(properties);
    cairn_json_member member;
    bool ok = true;
    while (ok && cairn_json_next_member(&walk, &member)) {
        entry *e = entry_of(stats, &member, in, &ok);
        if (e)
            *(in ? &e->new : &e->old) = member.value; /* the last one counts */
    }
    return ok;
}

static bool settle_item(cairn_stats *stats, bool ok)
{
    stats->item += 2;
    for (entry *e = stats->queue; e; e = e->queue) {
        e->queued = false;
        if (!ok || cairn_span_equal(e->old, e->new))
            continue;
        ok = stats_count_change(&e->count, e->old, e->new, stats->item, stats->scratch);
        e->changed = true;
        e->dropped |= e->old.p != NULL;
        stats->stale |= e->count.stale;
    }
    stats->queue = NULL;
    cairn_arena_reset(stats->scratch);
    return ok && cut(stats);
}

bool cairn_stats_add(cairn_stats *stats, cairn_span properties)
{
    return settle_item(stats, narrow(stats, properties) && gather(stats, properties, true));
}

bool cairn_stats_drop(cairn_stats *stats, cairn_span properties)
{
    return settle_item(stats, gather(stats, properties, false));
}

bool cairn_stats_replace(cairn_stats *stats, cairn_span old, cairn_span properties)
{
    return settle_item(stats,
                       narrow(stats, properties) && gather(stats, old, false) && gather(stats, properties, true));
}

static size_t count_if(const cairn_stats *stats, bool (*is)(const entry *e))
{
    size_t n = 0;
    for (size_t i = 0; i < BUCKETS; i++)
        for (const entry *e = stats->buckets[i]; e; e = e->next)
            n += is(e);
    return n;
}

static bool has_items(const entry *e)
{
    return stats_count_items(&e->count) > 0;
}

static bool has_loose_range(const entry *e)
{
    return stats_count_is_loose(&e->count);
}

static bool may_end(const entry *e)
{
    return e->dropped && e->count.endless && stats_count_items(&e->count) <= CAIRN_PROPERTY_VALUES_MAX;
}

bool cairn_stats_is_stale(const cairn_stats *stats)
{
    if (stats->stale || !stats->bound)
        return stats->stale;
    return count_if(stats, has_items) < CAIRN_PROPERTY_NAMES_MAX; /* one that was left out moves up */
}

bool cairn_stats_is_loose(const cairn_stats *stats)
{
    return count_if(stats, has_loose_range) > 0;
}

bool cairn_stats_may_end(const cairn_stats *stats)
{
    return count_if(stats, may_end) > 0;
}

/* ---- telling ---- */

/* A property as it is told, and what it borrows. */
typedef struct telling {
    cairn_property property;
    char minimum[CAIRN_NUMBER_PRINT_MAX], maximum[CAIRN_NUMBER_PRINT_MAX];
    char first[CAIRN_SORT_TIME_MAX], last[CAIRN_SORT_TIME_MAX];
    cairn_property_value values[CAIRN_PROPERTY_VALUES_MAX];
} telling;

static void tell_ranges(telling *t, const stats_count *c)
{
    cairn_property *p = &t->property;
    p->has_range = c->has_range;
    if (p->has_range) {
        p->minimum = c->minimum;
        p->maximum = c->maximum;
        p->minimum_json = cairn_span_make(t->minimum, cairn_number_print(c->minimum, t->minimum));
        p->maximum_json = cairn_span_make(t->maximum, cairn_number_print(c->maximum, t->maximum));
        p->minimum_items = c->minimum_items;
        p->maximum_items = c->maximum_items;
    }
    p->times = c->times;
    p->has_times = c->times > 0 && c->times == c->strings;
    if (c->times) {
        p->first = cairn_span_make(t->first, cairn_sort_time(c->first, t->first));
        p->last = cairn_span_make(t->last, cairn_sort_time(c->last, t->last));
        p->first_items = c->first_items;
        p->last_items = c->last_items;
    }
}

static const cairn_property *tell(telling *t, cairn_span collection, const entry *e)
{
    const stats_count *c = &e->count;
    t->property = (cairn_property){.collection = collection,
                                   .name = e->name,
                                   .integers = c->integers,
                                   .numbers = c->numbers,
                                   .strings = c->strings,
                                   .booleans = c->booleans,
                                   .arrays = c->arrays,
                                   .objects = c->objects,
                                   .enumerated = !c->endless,
                                   .values = t->values,
                                   .n_values = c->n_values};
    tell_ranges(t, c);
    for (size_t i = 0; i < c->n_values; i++)
        t->values[i] = (cairn_property_value){c->values[i].text, c->values[i].count};
    cairn_property_values_sort(t->values, c->n_values);
    return &t->property;
}

cairn_code cairn_stats_each(cairn_stats *stats, cairn_span collection, cairn_property_sink sink, void *context,
                            cairn_error *error)
{
    size_t n;
    telling t;
    cairn_code code = CAIRN_OK;
    entry **list = sorted(stats, false, &n);
    if (!list)
        return cairn_error_no_memory(error);
    for (size_t i = 0; !code && i < n && i < CAIRN_PROPERTY_NAMES_MAX; i++)
        code = sink(context, tell(&t, collection, list[i]), error);
    free(list);
    return code;
}

cairn_code cairn_stats_each_changed(cairn_stats *stats, cairn_property_sink sink, void *context, cairn_error *error)
{
    size_t n;
    telling t;
    cairn_code code = CAIRN_OK;
    entry **list = sorted(stats, true, &n);
    if (!list)
        return cairn_error_no_memory(error);
    for (size_t i = 0; !code && i < n; i++)
        if (list[i]->changed)
            code = sink(context, tell(&t, CAIRN_SPAN_NONE, list[i]), error);
    free(list);
    return code;
}

bool cairn_stats_is_new(const cairn_stats *stats)
{
    return stats->is_new || stats->n > CAIRN_PROPERTY_NAMES_MAX;
}

void cairn_stats_settle(cairn_stats *stats)
{
    stats->is_new = false;
    for (size_t i = 0; i < BUCKETS; i++)
        for (entry *e = stats->buckets[i]; e; e = e->next) {
            e->changed = e->dropped = false;
            e->kept = stats_count_items(&e->count) > 0;
        }
    sweep(stats);
}

/* ---- loading ---- */

bool cairn_stats_load(cairn_stats *stats, const cairn_property *property)
{
    uint64_t hash = cairn_hash64(property->name);
    if (find(stats, property->name, hash) || is_ignored(stats, property->name) || !cairn_property_items(property)) {
        stats->stale = true;
        return true;
    }
    entry *e = append(stats, property->name, hash);
    if (!e)
        return false;
    stats_count *c = &e->count;
    c->integers = property->integers;
    c->numbers = property->numbers;
    c->strings = property->strings;
    c->booleans = property->booleans;
    c->arrays = property->arrays;
    c->objects = property->objects;
    c->times = property->times;
    c->endless = !property->enumerated;
    e->kept = true;
    stats->stale |= !stats_count_load_ranges(c, property);
    bool ok = true;
    for (size_t i = 0; ok && property->enumerated && i < property->n_values; i++)
        ok = stats_count_load_value(c, &property->values[i], stats->scratch);
    stats->stale |= c->stale;
    cairn_arena_reset(stats->scratch);
    return ok && (stats->n < CAIRN_PROPERTY_NAMES_MAX || set_bound(stats, property->name));
}
