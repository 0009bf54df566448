#include "api/browse.h"

/* The division is by numbers where it can't be by time. */
static bool is_in_parts(const cairn_browse *browse, const cairn_place *place)
{
    return !browse->collection.p || place->kind == CAIRN_PLACE_DAY || place->kind == CAIRN_PLACE_UNDATED;
}

static uint64_t parts_of(uint64_t count)
{
    return count / CAIRN_BROWSE_LINKS + (count % CAIRN_BROWSE_LINKS != 0);
}

/* ---- what there is ---- */

static cairn_code open_collection(void *context, const cairn_collection_row *row, cairn_error *error)
{
    cairn_browse *browse = context;
    cairn_arena *arena = browse->call->request->arena;
    browse->collection = cairn_arena_copy(arena, row->id);
    browse->title = cairn_arena_copy(arena, row->title.n ? row->title : row->id);
    browse->n = row->items;
    return browse->collection.p && browse->title.p ? CAIRN_OK : cairn_error_no_memory(error);
}

cairn_code cairn_browse_open(cairn_browse *browse, cairn_call *call, cairn_span collection)
{
    *browse = (cairn_browse){.call = call};
    if (collection.p)
        return cairn_session_collection(call->session, collection, open_collection, browse, &call->error);
    cairn_catalog_info info;
    cairn_code code = cairn_session_info(call->session, call->request->arena, &info, &call->error);
    browse->n = info.collections;
    return code;
}

static cairn_code count_within(const cairn_browse *browse, cairn_interval period, uint64_t stop, uint64_t *count,
                               cairn_time *newest)
{
    return cairn_session_times(browse->call->session, browse->collection, period, stop, count, newest,
                               &browse->call->error);
}

cairn_code cairn_browse_count(const cairn_browse *browse, const cairn_place *place, uint64_t *count)
{
    cairn_time newest;
    *count = browse->n;
    if (place->kind == CAIRN_PLACE_WHOLE)
        return CAIRN_OK;
    uint64_t stop = is_in_parts(browse, place) ? UINT64_MAX : CAIRN_BROWSE_LINKS + 1;
    return count_within(browse, cairn_place_period(place), stop, count, &newest);
}

/* A part is there where the place is divided, and has so many. */
static bool has_part(const cairn_place *place, uint64_t count)
{
    uint64_t n = parts_of(count);
    return !place->part || (n > 1 && place->part <= n && place->n_parts <= cairn_place_step(n));
}

cairn_code cairn_browse_find(const cairn_browse *browse, const cairn_span *segments, size_t n, cairn_place *place,
                             uint64_t *count)
{
    char quoted[96];
    bool ok = browse->collection.p ? cairn_place_parse(segments, n, place)
                                   : n == 1 && cairn_place_parse_part(segments[0], place);
    *count = 0;
    cairn_code code = ok ? cairn_browse_count(browse, place, count) : CAIRN_OK;
    if (code || (ok && *count && has_part(place, *count)))
        return code;
    return cairn_error_set(&browse->call->error, CAIRN_NOT_FOUND,
                           "there is no catalog \"%s\"; the child links of %s lead to those that there are",
                           cairn_quote(browse->call->request->path, quoted, sizeof quoted),
                           browse->collection.p ? "its collection" : "the landing page");
}

/* ---- what it is divided into ---- */

typedef struct children {
    const cairn_browse *browse;
    cairn_child *list; /* room for CAIRN_BROWSE_LINKS */
    size_t n;
    bool full;     /* there are more */
    uint64_t skip; /* of the collections */
} children;

static cairn_child *add_child(children *all)
{
    all->full = all->n == CAIRN_BROWSE_LINKS;
    return all->full ? NULL : &all->list[all->n++];
}

static cairn_code add_collection(void *context, const cairn_collection_row *row, cairn_error *error)
{
    children *all = context;
    cairn_arena *arena = all->browse->call->request->arena;
    if (all->skip) {
        all->skip--;
        return CAIRN_OK;
    }
    cairn_child *child = add_child(all);
    if (!child)
        return CAIRN_OK;
    child->collection = cairn_arena_copy(arena, row->id);
    child->title = cairn_arena_copy(arena, row->title.n ? row->title : row->id);
    return child->collection.p && child->title.p ? CAIRN_OK : cairn_error_no_memory(error);
}

static cairn_code add_collections(children *all, const cairn_place *place)
{
    cairn_call *call = all->browse->call;
    all->skip = place->part ? (place->part - 1) * CAIRN_BROWSE_LINKS : 0;
    return cairn_session_collections(call->session, NULL, add_collection, all, &call->error);
}

static void add_parts(children *all, const cairn_place *place, uint64_t count)
{
    uint64_t last = parts_of(count);
    uint64_t step = place->part ? place->n_parts / CAIRN_BROWSE_LINKS : cairn_place_step(last);
    uint64_t first = place->part ? place->part : 1;
    if (place->part && last > first - 1 + place->n_parts)
        last = first - 1 + place->n_parts;
    for (uint64_t part = first; part <= last; part += step) {
        cairn_child *child = add_child(all);
        if (!child)
            return;
        uint64_t before = (part - 1) * CAIRN_BROWSE_LINKS, room = step * CAIRN_BROWSE_LINKS;
        child->place = *place;
        child->place.part = part;
        child->place.n_parts = step;
        child->count_known = true;
        child->count = count - before < room ? count - before : room;
    }
}

/* Counts within a year are cheap: there are few children, and each is counted up to what its links need. */
static cairn_code count_child(const cairn_browse *browse, cairn_child *child)
{
    cairn_time newest;
    cairn_interval period = cairn_place_period(&child->place);
    cairn_code code = count_within(browse, period, CAIRN_BROWSE_LINKS + 1, &child->count, &newest);
    child->count_known = child->count <= CAIRN_BROWSE_LINKS;
    return code;
}

/* Goes from the newest item to the newest one before its period, and so on. */
static cairn_code add_periods(children *all, cairn_interval within, cairn_place_kind kind)
{
    const cairn_browse *browse = all->browse;
    cairn_code code = CAIRN_OK;
    while (!code && cairn_time_compare(within.start, within.end) <= 0) {
        uint64_t found;
        cairn_time newest;
        code = count_within(browse, within, 1, &found, &newest);
        if (code || !found)
            break;
        cairn_child *child = add_child(all);
        if (!child)
            break;
        child->place = cairn_place_around(kind, newest);
        within.end = cairn_place_instant_before(cairn_place_period(&child->place).start);
        if (kind == CAIRN_PLACE_MONTH || kind == CAIRN_PLACE_DAY)
            code = count_child(browse, child);
    }
    return code;
}

static cairn_code add_undated(children *all)
{
    cairn_child undated = {.place = {.kind = CAIRN_PLACE_UNDATED}};
    cairn_code code = count_child(all->browse, &undated);
    cairn_child *child = !code && undated.count ? add_child(all) : NULL;
    if (child)
        *child = undated;
    return code;
}

/* By years; by centuries, when that would be too many links. */
static cairn_code divide_collection(children *all)
{
    const cairn_place first = {.kind = CAIRN_PLACE_YEAR}, last = {.kind = CAIRN_PLACE_YEAR, .year = 9999};
    const cairn_interval always = {cairn_place_period(&first).start, cairn_place_period(&last).end};
    static const cairn_place_kind kinds[] = {CAIRN_PLACE_YEAR, CAIRN_PLACE_CENTURY};
    cairn_code code = CAIRN_OK;
    for (int i = 0; !code && i < 2; i++) {
        all->n = 0;
        all->full = false;
        code = add_periods(all, always, kinds[i]);
        if (!code && !all->full)
            code = add_undated(all);
        if (!all->full)
            break;
    }
    return code;
}

bool cairn_browse_is_divided(const cairn_place *place, uint64_t count)
{
    return place->n_parts != 1 && count > CAIRN_BROWSE_LINKS;
}

static cairn_code divide(children *all, const cairn_place *place, uint64_t count)
{
    if (!cairn_browse_is_divided(place, count))
        return all->browse->collection.p ? CAIRN_OK : add_collections(all, place);
    if (is_in_parts(all->browse, place)) {
        add_parts(all, place, count);
        return CAIRN_OK;
    }
    switch (place->kind) {
    case CAIRN_PLACE_CENTURY:
        return add_periods(all, cairn_place_period(place), CAIRN_PLACE_YEAR);
    case CAIRN_PLACE_YEAR:
        return add_periods(all, cairn_place_period(place), CAIRN_PLACE_MONTH);
    case CAIRN_PLACE_MONTH:
        return add_periods(all, cairn_place_period(place), CAIRN_PLACE_DAY);
    default:
        return divide_collection(all);
    }
}

cairn_code cairn_browse_children(const cairn_browse *browse, const cairn_place *place, uint64_t count,
                                 cairn_child **list, size_t *n)
{
    cairn_arena *arena = browse->call->request->arena;
    children all = {browse, cairn_arena_calloc(arena, CAIRN_BROWSE_LINKS, sizeof *all.list), 0, false, 0};
    if (!all.list)
        return cairn_browse_no_memory(browse);
    cairn_code code = divide(&all, place, count);
    *list = all.list;
    *n = all.n;
    return code;
}

cairn_code cairn_browse_parent(const cairn_browse *browse, const cairn_place *place, uint64_t count,
                               cairn_place *parent)
{
    cairn_child *list = NULL;
    size_t n = 0;
    cairn_code code = CAIRN_OK;
    if (place->kind == CAIRN_PLACE_YEAR) {
        const cairn_place whole = {.kind = CAIRN_PLACE_WHOLE};
        code = cairn_browse_children(browse, &whole, browse->n, &list, &n);
    }
    bool by_century = n && list[0].place.kind == CAIRN_PLACE_CENTURY;
    *parent = cairn_place_parent(place, by_century, parts_of(count));
    return code;
}
