/* Well-known binary, as far as footprints need it: 2-D, little-endian. */
#include "stac/shape.h"

#include <stdint.h>

enum {
    WKB_POINT = 1,
    WKB_LINE = 2,
    WKB_POLYGON = 3,
    WKB_MULTI_POINT = 4,
    WKB_MULTI_LINE = 5,
    WKB_MULTI_POLYGON = 6,
    WKB_COLLECTION = 7,
};

enum { HEAD = 5, COUNT = 4, XY = 16 };

/* ---- writing ---- */

typedef struct writer {
    unsigned char *at; /* NULL: only measuring */
    size_t n;
} writer;

static void put_u32(writer *w, size_t value)
{
    if (w->at)
        for (int i = 0; i < COUNT; i++)
            w->at[w->n + (size_t)i] = (unsigned char)(value >> (8 * i));
    w->n += COUNT;
}

static void put_head(writer *w, int type)
{
    if (w->at)
        w->at[w->n] = 1;
    w->n++;
    put_u32(w, (size_t)type);
}

static void put_double(unsigned char *at, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        at[i] = (unsigned char)(bits >> (8 * i));
}

static void put_positions(writer *w, const cairn_xy *xy, size_t n)
{
    if (w->at)
        for (size_t i = 0; i < n; i++) {
            put_double(w->at + w->n + i * XY, xy[i].x);
            put_double(w->at + w->n + i * XY + 8, xy[i].y);
        }
    w->n += n * XY;
}

static void put_path(writer *w, cairn_path path)
{
    put_u32(w, path.n);
    put_positions(w, path.at, path.n);
}

/* How many single geometries of `kind` the parts hold. */
static size_t count_singles(const cairn_shape *shape, size_t from, size_t to, cairn_part_kind kind)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        const cairn_part *part = &shape->parts[i];
        if (part->kind == kind)
            n += kind == CAIRN_PART_POINTS ? part->paths[0].n : kind == CAIRN_PART_LINES ? part->count : 1;
    }
    return n;
}

static void put_part(writer *w, const cairn_part *part)
{
    switch (part->kind) {
    case CAIRN_PART_POINTS:
        for (size_t i = 0; i < part->paths[0].n; i++) {
            put_head(w, WKB_POINT);
            put_positions(w, &part->paths[0].at[i], 1);
        }
        return;
    case CAIRN_PART_LINES:
        for (size_t i = 0; i < part->count; i++) {
            put_head(w, WKB_LINE);
            put_path(w, part->paths[i]);
        }
        return;
    case CAIRN_PART_POLYGON:
        put_head(w, WKB_POLYGON);
        put_u32(w, part->count);
        for (size_t i = 0; i < part->count; i++)
            put_path(w, part->paths[i]);
        return;
    }
}

/* All parts of one kind as a single or a multi-geometry; nothing when there are none. */
static void put_kind(writer *w, const cairn_shape *shape, size_t from, size_t to, cairn_part_kind kind, size_t singles)
{
    if (singles > 1) {
        put_head(w, WKB_MULTI_POINT + (int)kind);
        put_u32(w, singles);
    }
    for (size_t i = from; i < to && singles; i++)
        if (shape->parts[i].kind == kind)
            put_part(w, &shape->parts[i]);
}

static void put_shape(writer *w, const cairn_shape *shape, size_t from, size_t to)
{
    static const cairn_part_kind kinds[] = {CAIRN_PART_POINTS, CAIRN_PART_LINES, CAIRN_PART_POLYGON};
    size_t singles[3], used = 0;
    for (int k = 0; k < 3; k++) {
        singles[k] = count_singles(shape, from, to, kinds[k]);
        used += singles[k] > 0;
    }
    if (used != 1) {
        put_head(w, WKB_COLLECTION);
        put_u32(w, used);
    }
    for (int k = 0; k < 3; k++)
        put_kind(w, shape, from, to, kinds[k], singles[k]);
}

cairn_span cairn_wkb_write(const cairn_shape *shape, size_t from, size_t to)
{
    writer w = {NULL, 0};
    put_shape(&w, shape, from, to);
    unsigned char *bytes = cairn_arena_alloc(shape->arena, w.n);
    if (!bytes)
        return CAIRN_SPAN_NONE;
    w = (writer){bytes, 0};
    put_shape(&w, shape, from, to);
    return cairn_span_make((const char *)bytes, w.n);
}

/* ---- reading ---- */

typedef struct reader {
    const unsigned char *at, *end;
    cairn_shape *shape;                       /* NULL: only checking */
    bool (*test)(void *context, cairn_xy at); /* or NULL */
    void *context;
    bool found;
} reader;

static size_t left(const reader *r)
{
    return (size_t)(r->end - r->at);
}

static uint32_t get_u32(reader *r)
{
    uint32_t value = 0;
    for (int i = 0; i < COUNT; i++)
        value |= (uint32_t)r->at[i] << (8 * i);
    r->at += COUNT;
    return value;
}

/* A count of things that take at least `least` bytes each. */
static bool get_count(reader *r, size_t least, size_t *out)
{
    if (left(r) < COUNT)
        return false;
    *out = get_u32(r);
    return *out <= left(r) / least;
}

static bool get_head(reader *r, int *type)
{
    if (left(r) < HEAD || *r->at++ != 1)
        return false;
    uint32_t value = get_u32(r);
    *type = value >= WKB_POINT && value <= WKB_COLLECTION ? (int)value : 0;
    return *type != 0;
}

static double get_double(const unsigned char *at)
{
    uint64_t bits = 0;
    double value;
    for (int i = 0; i < 8; i++)
        bits |= (uint64_t)at[i] << (8 * i);
    memcpy(&value, &bits, sizeof value);
    return value;
}

static cairn_xy position_at(const unsigned char *at)
{
    return (cairn_xy){get_double(at), get_double(at + sizeof(double))};
}

static void test_positions(reader *r, size_t n)
{
    for (size_t i = 0; i < n && !r->found; i++)
        r->found = r->test(r->context, position_at(r->at + i * XY));
}

static bool get_positions(reader *r, size_t n, cairn_path *path)
{
    if (n == 0 || n > left(r) / XY)
        return false;
    if (path) {
        if (!cairn_path_make(r->shape->arena, n, path))
            return false;
        for (size_t i = 0; i < n; i++)
            path->at[i] = position_at(r->at + i * XY);
    }
    if (r->test)
        test_positions(r, n);
    r->at += n * XY;
    return true;
}

static bool get_path(reader *r, size_t least, cairn_path *path)
{
    size_t n;
    return get_count(r, XY, &n) && n >= least && get_positions(r, n, path);
}

static bool get_polygon(reader *r)
{
    size_t rings;
    cairn_part *part = NULL;
    if (!get_count(r, COUNT, &rings) || !rings)
        return false;
    if (r->shape && !(part = cairn_shape_add(r->shape, CAIRN_PART_POLYGON, 0, rings)))
        return false;
    for (size_t i = 0; i < rings; i++)
        if (!get_path(r, 4, part ? &part->paths[i] : NULL))
            return false;
    return true;
}

static bool get_single(reader *r, int type)
{
    if (type == WKB_POLYGON)
        return get_polygon(r);
    cairn_part_kind kind = type == WKB_POINT ? CAIRN_PART_POINTS : CAIRN_PART_LINES;
    cairn_part *part = NULL;
    if (r->shape && !(part = cairn_shape_add(r->shape, kind, 0, 1)))
        return false;
    cairn_path *path = part ? &part->paths[0] : NULL;
    return type == WKB_POINT ? get_positions(r, 1, path) : get_path(r, 2, path);
}

/* A single or multi-geometry. */
static bool get_simple(reader *r, int type)
{
    size_t n;
    if (type <= WKB_POLYGON)
        return get_single(r, type);
    if (type == WKB_COLLECTION || !get_count(r, HEAD, &n))
        return false;
    for (size_t i = 0; i < n; i++) {
        int single;
        if (!get_head(r, &single) || single != type - (WKB_MULTI_POINT - WKB_POINT) || !get_single(r, single))
            return false;
    }
    return true;
}

static bool get_geometry(reader *r)
{
    int type;
    size_t n = 1;
    if (!get_head(r, &type))
        return false;
    if (type != WKB_COLLECTION)
        return get_simple(r, type) && r->at == r->end;
    if (!get_count(r, HEAD, &n))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!get_head(r, &type) || !get_simple(r, type))
            return false;
    return r->at == r->end;
}

bool cairn_wkb_read(cairn_span wkb, cairn_shape *shape)
{
    if (!wkb.p)
        return false;
    const unsigned char *at = (const unsigned char *)wkb.p;
    reader r = {.at = at, .end = at + wkb.n, .shape = shape};
    return get_geometry(&r);
}

bool cairn_wkb_check(cairn_span wkb)
{
    return cairn_wkb_read(wkb, NULL);
}

bool cairn_wkb_has(cairn_span wkb, bool (*test)(void *context, cairn_xy at), void *context, bool *found)
{
    const unsigned char *at = (const unsigned char *)wkb.p;
    *found = false;
    if (!at)
        return false;
    reader r = {.at = at, .end = at + wkb.n, .test = test, .context = context};
    bool whole = get_geometry(&r);
    *found = whole && r.found;
    return whole;
}
