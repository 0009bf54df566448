/* A catalog with some thousands of made items, and what the tests of its searches share. */
#ifndef CAIRN_TEST_SQLITE_SEARCH_H
#define CAIRN_TEST_SQLITE_SEARCH_H

#include "base/json.h"
#include "query/cql2/parse.h"
#include "store/sqlite/sqlite_store.h"

#include "ok.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#ifndef WORLD_ITEMS
#define WORLD_ITEMS 3000
#endif
enum { WORLD_ARENA = 256 << 20 };

/* An item as it was made: what the oracle looks at. */
typedef struct made {
    cairn_item item;
    cairn_cql2_item view;
    cairn_cql2_record record;
} made;

typedef struct world {
    char folder[64], path[96];
    cairn_arena *arena;
    cairn_geos *geos;
    cairn_store *store;
    cairn_session *session;
    cairn_writer *writer; /* only in a world that is not finished */
    made *items;
    size_t n;
} world;

static uint64_t world_seed = 4711;

static inline unsigned chance(unsigned below)
{
    world_seed ^= world_seed << 13;
    world_seed ^= world_seed >> 7;
    world_seed ^= world_seed << 17;
    return (unsigned)((world_seed >> 11) % below);
}

static inline void add_stamp(cairn_buf *out, const char *name, unsigned day, unsigned hour)
{
    cairn_buf_printf(out, ",\"%s\":\"20%02u-%02u-%02uT%02u:00:00%s\"", name, 20 + day / 336 % 3, 1 + day / 28 % 12,
                     1 + day % 28, hour, chance(4) ? "Z" : ".5Z");
}

static inline void add_times(cairn_buf *out)
{
    unsigned day = chance(900), kind = chance(20), length = chance(9);
    if (kind > 2) {
        add_stamp(out, "datetime", day, 6 * chance(4));
    } else {
        cairn_buf_add_text(out, ",\"datetime\":null");
        if (kind > 0)
            add_stamp(out, "start_datetime", day, 0);
        add_stamp(out, "end_datetime", day + length, 12);
    }
    if (kind == 3) { /* a range that may lie beside the datetime */
        add_stamp(out, "start_datetime", day + length, 0);
        add_stamp(out, "end_datetime", day + length + 1, 12);
    }
}

static inline void add_geometry(cairn_buf *out)
{
    double lon = chance(3590) / 10.0 - 179.5, lat = chance(1600) / 10.0 - 80;
    if (chance(30) == 0)
        cairn_buf_add_text(out, ",\"geometry\":null");
    else if (chance(2))
        cairn_buf_printf(out, ",\"geometry\":{\"type\":\"Point\",\"coordinates\":[%g,%g]}", lon, lat);
    else
        cairn_buf_printf(out,
                         ",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[%g,%g],[%g,%g],[%g,%g],[%g,%g]]]}",
                         lon, lat, lon + 2, lat, lon, lat + 2, lon, lat);
}

static inline void add_properties(cairn_buf *out, unsigned i)
{
    static const char *const WORDS[] = {"river", "glacier", "harbour", "Élan", "dune", "forest"};
    cairn_buf_printf(out, ",\"platform\":\"p%u\",\"note\":%u", chance(3) ? chance(4) : chance(60), chance(40));
    if (chance(10))
        cairn_buf_printf(out, ",\"eo:cloud_cover\":%g", chance(200) / 2.0);
    else if (chance(4) == 0)
        cairn_buf_add_text(out, chance(2) ? ",\"eo:cloud_cover\":\"much\"" : ",\"eo:cloud_cover\":true");
    if (chance(5))
        add_stamp(out, "created", chance(900), chance(24));
    else
        cairn_buf_printf(out, ",\"created\":\"2021-%02u-11\"", 1 + chance(12));
    if (chance(2))
        cairn_buf_printf(out, ",\"instruments\":[\"i%u\",\"i%u\"]", chance(9), chance(9));
    if (chance(2))
        cairn_buf_printf(out, ",\"proj:code\":\"EPSG:%u\"", 32601 + chance(60));
    else
        cairn_buf_printf(out, ",\"proj:epsg\":%u", 32601 + chance(60));
    cairn_buf_printf(out, ",\"gsd\":%u,\"title\":\"%s %s %u\"", 10 * chance(4), WORDS[chance(6)], WORDS[chance(6)],
                     i / 100);
}

static inline cairn_span make_json(world *w, unsigned i)
{
    cairn_buf out = CAIRN_BUF_INIT(1 << 16);
    cairn_buf_printf(&out, "{\"type\":\"Feature\",\"stac_version\":\"1.1.0\",\"id\":\"item-%u\",\"collection\":\"c%u\"",
                     i / 2 * 7919 % 4999, chance(2) ? i % 2 : i % 2 + 2 * chance(4));
    add_geometry(&out);
    cairn_buf_printf(&out, ",\"bbox\":[0,0,1,1],\"links\":[],\"assets\":{\"a\":{\"href\":\"x\",\"roles\":[\"r%u\"]}}",
                     chance(5));
    cairn_buf_printf(&out, ",\"properties\":{\"serial\":%u", i);
    add_times(&out);
    add_properties(&out, i);
    cairn_buf_add_text(&out, "}}");
    cairn_span text = cairn_arena_copy(w->arena, cairn_buf_span(&out));
    cairn_buf_free(&out);
    return text;
}

static inline void make_item(world *w, made *m, unsigned i)
{
    cairn_span json = make_json(w, i);
    cairn_buf served = CAIRN_BUF_INIT(1 << 16);
    OK(cairn_item_read(w->geos, json, &(cairn_read_options){0}, w->arena, &m->item, error));
    assert_true(cairn_document_close(m->item.body, CAIRN_SPAN_NONE, &served));
    cairn_cql2_item_open(&m->view, cairn_arena_copy(w->arena, cairn_buf_span(&served)), w->arena, &m->record);
    cairn_buf_free(&served);
    m->view.has_place = m->item.footprint.present;
    m->view.box = m->item.footprint.box;
    m->view.wkb = m->item.footprint.wkb;
}

/* The writer is left open, between two batches. */
static inline void fill_world(world *w)
{
    cairn_codec *codec = cairn_codec_new(1);
    cairn_buf packed = CAIRN_BUF_INIT(1 << 20);
    OK(cairn_writer_open(w->store, &w->writer, error));
    OK(cairn_writer_begin(w->writer, error));
    for (unsigned i = 0; i < WORLD_ITEMS; i++) {
        made *m = &w->items[w->n];
        cairn_put what;
        make_item(w, m, i);
        cairn_item_record record = {.item = &m->item};
        cairn_buf_reset(&packed);
        assert_true(cairn_pack(codec, m->item.body, &packed, &record.body));
        OK(cairn_writer_ensure_collection(w->writer, m->item.collection, true, NULL, error));
        OK(cairn_writer_put_item(w->writer, &record, CAIRN_CONFLICT_SKIP, &what, error));
        w->n += what == CAIRN_PUT_ADDED;
        if (i % (WORLD_ITEMS / 2) == 0) {
            OK(cairn_writer_commit(w->writer, error));
            OK(cairn_writer_begin(w->writer, error));
        }
    }
    OK(cairn_writer_commit(w->writer, error));
    cairn_buf_free(&packed);
    cairn_codec_free(codec);
}

static inline void make_world(void **state, const cairn_sqlite_options *options)
{
    world *w = calloc(1, sizeof *w);
    snprintf(w->folder, sizeof w->folder, "/tmp/cairn-test-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->path, sizeof w->path, "%s/c.cairn", w->folder);
    w->arena = cairn_arena_new(WORLD_ARENA);
    w->geos = cairn_geos_new();
    w->items = calloc(WORLD_ITEMS, sizeof *w->items);
    OK(cairn_sqlite_create(w->path, error));
    OK(cairn_sqlite_open(w->path, options, &w->store, error));
    OK(cairn_session_open(w->store, &w->session, error));
    fill_world(w);
    *state = w;
}

static inline void finish_world(world *w)
{
    OK(cairn_writer_close(w->writer, error));
    w->writer = NULL;
}

static inline int world_setup(void **state)
{
    make_world(state, NULL);
    finish_world(*state);
    return 0;
}

static inline int world_teardown(void **state)
{
    world *w = *state;
    char command[128];
    if (w->writer)
        finish_world(w);
    cairn_session_close(w->session);
    cairn_store_close(w->store);
    cairn_arena_free(w->arena);
    cairn_geos_free(w->geos);
    snprintf(command, sizeof command, "rm -rf %s", w->folder);
    assert_int_equal(system(command), 0);
    free(w->items);
    free(w);
    return 0;
}

static inline const cairn_cql2 *read_filter(const char *text, cairn_arena *arena)
{
    cairn_cql2 *filter = cairn_arena_calloc(arena, 1, sizeof *filter);
    cairn_error error = CAIRN_ERROR_INIT;
    if (cairn_cql2_parse_text(cairn_span_of(text), NULL, arena, filter, &error) != CAIRN_OK)
        fail_msg("%s: %s", text, error.message);
    return filter;
}

#endif
