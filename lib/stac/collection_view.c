/* Collections as they are served: made ones, and declared ones that are kept true to their items. */
#include "stac/collection.h"

#include "stac/collection_rules.h"

/* A declared collection being brought up to date. */
typedef struct view {
    cairn_arena *arena;
    const cairn_extent *extent; /* of the items */
    bool changed;
} view;

/* ---- writing ---- */

static void write_box(cairn_box box, cairn_buf *out)
{
    double sides[] = {box.west, box.south, box.east, box.north};
    for (size_t i = 0; i < 4; i++) {
        cairn_buf_add_byte(out, i ? ',' : '[');
        cairn_buf_add_json_number(out, sides[i] + 0.0); /* no -0, which not every store keeps */
    }
    cairn_buf_add_byte(out, ']');
}

static void write_end(cairn_time time, cairn_buf *out)
{
    char text[CAIRN_TIME_TEXT_MAX];
    cairn_time_format(time, text);
    if (cairn_time_is_open(time))
        cairn_buf_add_text(out, "null");
    else
        cairn_buf_printf(out, "\"%s\"", text);
}

static void write_interval(cairn_interval interval, cairn_buf *out)
{
    cairn_buf_add_byte(out, '[');
    write_end(interval.start, out);
    cairn_buf_add_byte(out, ',');
    write_end(interval.end, out);
    cairn_buf_add_byte(out, ']');
}

static void write_extent(const cairn_extent *extent, cairn_buf *out)
{
    static const cairn_box WORLD = {-180, -90, 180, 90};
    static const cairn_interval EVER = {{INT64_MIN, 0}, {INT64_MAX, 0}};
    cairn_buf_add_text(out, "{\"spatial\":{\"bbox\":[");
    write_box(extent->has_box ? extent->box : WORLD, out);
    cairn_buf_add_text(out, "]},\"temporal\":{\"interval\":[");
    write_interval(extent->has_time ? extent->time : EVER, out);
    cairn_buf_add_text(out, "]}}");
}

static cairn_span into_arena(cairn_arena *arena, cairn_buf *buf)
{
    cairn_span text = buf->failed ? CAIRN_SPAN_NONE : cairn_arena_copy(arena, cairn_buf_span(buf));
    cairn_buf_free(buf);
    return text;
}

cairn_span cairn_collection_make(cairn_arena *arena, cairn_span id, const cairn_extent *extent)
{
    cairn_buf buf = CAIRN_BUF_INIT((size_t)1 << 20);
    cairn_buf_add_text(&buf, "{\"type\":\"Collection\",\"stac_version\":\"1.1.0\",\"id\":");
    cairn_buf_add_json_string(&buf, id);
    cairn_buf_add_text(&buf, ",\"description\":\"Made by the catalog for the items that name it; its own description "
                             "was not given.\",\"license\":\"other\",\"extent\":");
    write_extent(extent, &buf);
    cairn_buf_add_byte(&buf, ',');
    cairn_buf_add_span(&buf, cairn_open_links);
    return into_arena(arena, &buf);
}

/* ---- editing ---- */

/* The object `name` of an object, made where there is none. */
static cairn_jnode *object_in(view *v, cairn_jnode *parent, const char *name)
{
    cairn_jnode *node = parent ? cairn_j_get(v->arena, parent, name) : NULL;
    if (node && (node->kind == CAIRN_J_OBJECT || cairn_json_kind(node->raw) == '{'))
        return node;
    v->changed = true;
    return parent ? cairn_j_set(v->arena, parent, name, cairn_span_of("{}")) : NULL;
}

/* Puts the text, or fails as the buffer did. */
static bool put(view *v, cairn_jnode *node, cairn_buf *text)
{
    v->changed = true;
    *node = (cairn_jnode){.kind = CAIRN_J_RAW, .key = node->key, .next = node->next, .raw = into_arena(v->arena, text)};
    return node->raw.p != NULL;
}

/* ---- space ---- */

/* Sides that did not move stay as they are spelled. */
static void write_widened(const cairn_declared_box *declared, cairn_box box, cairn_buf *out)
{
    size_t half = declared->n / 2;
    double new[6] = {0}, old[6] = {0};
    new[0] = box.west, new[1] = box.south, new[half] = box.east, new[half + 1] = box.north;
    old[0] = declared->box.west, old[1] = declared->box.south;
    old[half] = declared->box.east, old[half + 1] = declared->box.north;
    for (size_t i = 0; i < declared->n; i++) {
        cairn_buf_add_byte(out, i ? ',' : '[');
        if (new[i] == old[i])
            cairn_buf_add_span(out, declared->sides[i]);
        else
            cairn_buf_add_json_number(out, new[i] + 0.0);
    }
    cairn_buf_add_byte(out, ']');
}

/* Adds the other boxes of the list to `all`; true when `overall` has them inside, as the first of a list should. */
static bool unite_others(const cairn_jnode *first, cairn_box overall, cairn_box *all)
{
    cairn_declared_box other;
    bool inside = true;
    for (const cairn_jnode *node = first->next; node; node = node->next) {
        if (!cairn_declared_box_read(node->raw, &other))
            continue;
        inside &= cairn_box_contains(overall, other.box);
        *all = cairn_box_union(*all, other.box);
    }
    return inside;
}

static bool put_in_front(view *v, cairn_jnode *list, cairn_box box)
{
    cairn_buf text = CAIRN_BUF_INIT(1 << 10);
    write_box(box, &text);
    cairn_span first = into_arena(v->arena, &text);
    cairn_jnode *node = first.p ? cairn_j_append(v->arena, list, first) : NULL;
    if (!node)
        return false;
    for (cairn_jnode *last = list->first; last != node; last = last->next)
        list->last = last;
    list->last->next = NULL;
    node->next = list->first;
    list->first = node;
    return v->changed = true;
}

/* STAC has no list of two boxes: one, or the union of them and two or more. */
static void drop_second_of_two(cairn_jnode *list)
{
    if (!list->first->next || list->first->next->next)
        return;
    list->first->next = NULL;
    list->last = list->first;
}

static bool widen_first_box(view *v, cairn_jnode *list, cairn_jnode *first)
{
    cairn_declared_box declared;
    cairn_buf text = CAIRN_BUF_INIT(1 << 16);
    cairn_box box = v->extent->box;
    if (!cairn_declared_box_read(first->raw, &declared)) {
        write_box(box, &text);
        return put(v, first, &text);
    }
    if (cairn_box_contains(declared.box, box))
        return true;
    box = cairn_box_union(declared.box, box);
    if (!unite_others(first, declared.box, &box))
        return put_in_front(v, list, box);
    drop_second_of_two(list);
    write_widened(&declared, box, &text);
    return put(v, first, &text);
}

static bool widen_space(view *v, cairn_jnode *extent)
{
    if (!v->extent->has_box)
        return true;
    cairn_jnode *spatial = object_in(v, extent, "spatial");
    cairn_jnode *list = spatial ? cairn_j_get(v->arena, spatial, "bbox") : NULL;
    cairn_jnode *first = list && cairn_json_kind(list->raw) == '[' ? cairn_j_children(v->arena, list) : NULL;
    if (first && cairn_json_kind(first->raw) == '[')
        return widen_first_box(v, list, first);
    cairn_buf text = CAIRN_BUF_INIT(1 << 12);
    cairn_buf_add_byte(&text, '[');
    write_box(v->extent->box, &text);
    cairn_buf_add_byte(&text, ']');
    cairn_span boxes = into_arena(v->arena, &text);
    v->changed = true;
    return spatial && boxes.p && cairn_j_set(v->arena, spatial, "bbox", boxes);
}

/* ---- time ---- */

/* True when the end that is declared needn't move. */
static bool covers(view *v, cairn_span json, cairn_time time, bool is_start)
{
    cairn_time declared;
    if (!cairn_declared_end_read(json, is_start, v->arena, &declared))
        return false;
    int order = cairn_time_compare(declared, time);
    return is_start ? order <= 0 : order >= 0;
}

static bool move_end(view *v, cairn_jnode *node, cairn_time time, bool is_start)
{
    cairn_buf text = CAIRN_BUF_INIT(CAIRN_TIME_TEXT_MAX + 2);
    if (covers(v, node->raw, time, is_start))
        return true;
    write_end(time, &text);
    return put(v, node, &text);
}

static bool widen_first_interval(view *v, cairn_jnode *first)
{
    cairn_buf text = CAIRN_BUF_INIT(1 << 8);
    cairn_interval items = v->extent->time;
    if (cairn_json_count(first->raw) != 2) {
        write_interval(items, &text);
        return put(v, first, &text);
    }
    cairn_jnode *start = cairn_j_children(v->arena, first);
    return start && move_end(v, start, items.start, true) && move_end(v, start->next, items.end, false);
}

static bool widen_time(view *v, cairn_jnode *extent)
{
    if (!v->extent->has_time)
        return true;
    cairn_jnode *temporal = object_in(v, extent, "temporal");
    cairn_jnode *list = temporal ? cairn_j_get(v->arena, temporal, "interval") : NULL;
    cairn_jnode *first = list && cairn_json_kind(list->raw) == '[' ? cairn_j_children(v->arena, list) : NULL;
    if (first && cairn_json_kind(first->raw) == '[')
        return widen_first_interval(v, first);
    cairn_buf text = CAIRN_BUF_INIT(1 << 8);
    cairn_buf_add_byte(&text, '[');
    write_interval(v->extent->time, &text);
    cairn_buf_add_byte(&text, ']');
    cairn_span intervals = into_arena(v->arena, &text);
    v->changed = true;
    return temporal && intervals.p && cairn_j_set(v->arena, temporal, "interval", intervals);
}

static bool widen_extent(view *v, cairn_jnode *tree)
{
    if (!v->extent->has_box && !v->extent->has_time)
        return true;
    cairn_jnode *extent = object_in(v, tree, "extent");
    return extent && widen_space(v, extent) && widen_time(v, extent);
}

/* ---- the whole ---- */

static cairn_jnode *open_tree(cairn_arena *arena, cairn_span open, cairn_span *links)
{
    cairn_buf whole = CAIRN_BUF_INIT(open.n + 16);
    if (!cairn_document_close(open, cairn_span_of(""), &whole))
        whole.failed = true;
    cairn_span text = into_arena(arena, &whole);
    *links = cairn_json_get(text, "links");
    cairn_jnode *tree = text.p ? cairn_j_open(arena, text) : NULL;
    return tree && links->n >= 2 && cairn_j_remove(arena, tree, "links") ? tree : NULL;
}

/* The tree, and behind it the links, left open. */
static cairn_span write_open(cairn_arena *arena, const cairn_jnode *tree, cairn_span links)
{
    cairn_buf out = CAIRN_BUF_INIT((size_t)1 << 30);
    cairn_j_print(tree, &out);
    if (out.n)
        out.p[out.n - 1] = ',';
    cairn_buf_add_text(&out, "\"links\":");
    cairn_buf_add(&out, links.p, links.n - 1);
    if (links.n > 2)
        cairn_buf_add_byte(&out, ',');
    return into_arena(arena, &out);
}

cairn_span cairn_collection_view(cairn_arena *arena, cairn_span id, cairn_span declared, const cairn_extent *extent,
                                 const cairn_summary *summaries, size_t n)
{
    static const cairn_extent KEPT = {0};
    view v = {arena, declared.p ? extent : &KEPT, false};
    cairn_span base = declared.p ? declared : cairn_collection_make(arena, id, extent), links;
    if (!base.p || (!v.extent->has_box && !v.extent->has_time && !n))
        return base;
    cairn_jnode *tree = open_tree(arena, base, &links);
    if (!tree || !widen_extent(&v, tree) || !cairn_summaries_widen(arena, tree, summaries, n, &v.changed))
        return CAIRN_SPAN_NONE;
    return v.changed ? write_open(arena, tree, links) : base;
}
