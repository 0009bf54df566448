/* Shows lib/stac's geometry to the Python tests. One line of JSON in, one out.
 *
 *   footprint [--strict]   geometry -> {"present":true,"box":[w,s,e,n],"wkb":"01...","repaired":false,"warnings":[...]}
 *   footprint --meets      {"area":geometry or [w,s,e,n],"footprints":[geometry...]} -> {"meets":[true...]}
 *
 * A refusal is {"error":...,"pointer":...,"code":...}. */
#include "base/json.h"
#include "stac/geometry.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA = 1 << 30, OUTPUT = 1 << 28 };

typedef struct tool {
    cairn_geos *geos;
    cairn_arena *arena;
    cairn_buf out;
    bool strict;
} tool;

static void print_error(tool *t, const cairn_error *error)
{
    cairn_buf_reset(&t->out);
    cairn_buf_add_text(&t->out, "{\"error\":");
    cairn_buf_add_json_string(&t->out, cairn_span_of(error->message));
    cairn_buf_add_text(&t->out, ",\"pointer\":");
    cairn_buf_add_json_string(&t->out, cairn_span_of(error->pointer));
    cairn_buf_printf(&t->out, ",\"code\":\"%s\"}", cairn_code_name(error->code));
}

static void print_box(tool *t, cairn_box box)
{
    const double v[] = {box.west, box.south, box.east, box.north};
    for (int i = 0; i < 4; i++) {
        cairn_buf_add_text(&t->out, i ? "," : "[");
        cairn_buf_add_json_number(&t->out, v[i]);
    }
    cairn_buf_add_text(&t->out, "]");
}

static void print_footprint(tool *t, const cairn_footprint *footprint, const cairn_warnings *warnings)
{
    cairn_buf_printf(&t->out, "{\"present\":%s,\"repaired\":%s", footprint->present ? "true" : "false",
                     footprint->repaired ? "true" : "false");
    if (footprint->present) {
        cairn_buf_add_text(&t->out, ",\"box\":");
        print_box(t, footprint->box);
        cairn_buf_add_text(&t->out, ",\"wkb\":\"");
        for (size_t i = 0; i < footprint->wkb.n; i++)
            cairn_buf_printf(&t->out, "%02x", (unsigned char)footprint->wkb.p[i]);
        cairn_buf_add_text(&t->out, "\"");
    }
    cairn_buf_add_text(&t->out, ",\"warnings\":[");
    for (const cairn_warning *w = warnings->first; w; w = w->next) {
        cairn_buf_add_text(&t->out, w == warnings->first ? "" : ",");
        cairn_buf_add_json_string(&t->out, w->message);
    }
    cairn_buf_add_text(&t->out, "]}");
}

static cairn_code show_footprint(tool *t, cairn_span json, cairn_error *error)
{
    cairn_footprint footprint;
    cairn_warnings warnings = {NULL, NULL, 0};
    cairn_code code = cairn_footprint_read(t->geos, json, t->strict, NULL, t->arena, &footprint, &warnings, error);
    if (!code)
        print_footprint(t, &footprint, &warnings);
    return code;
}

static cairn_code make_area(tool *t, cairn_span json, cairn_area **area, cairn_error *error)
{
    cairn_box box;
    if (cairn_json_kind(json) != '[')
        return cairn_area_from_geojson(t->geos, json, NULL, t->arena, area, error);
    cairn_code code = cairn_box_from_json(json, &box, error);
    return code ? code : cairn_area_from_box(t->geos, box, t->arena, area, error);
}

static cairn_code meets_one(tool *t, cairn_area *area, cairn_span geojson, bool *meets, cairn_error *error)
{
    cairn_footprint footprint;
    cairn_code code = cairn_footprint_read(t->geos, geojson, false, NULL, t->arena, &footprint, NULL, error);
    *meets = false;
    if (code || !footprint.present)
        return code;
    return cairn_area_meets(area, footprint.box, footprint.wkb, meets, error);
}

static cairn_code show_meets(tool *t, cairn_span json, cairn_error *error)
{
    cairn_area *area;
    cairn_code code = make_area(t, cairn_json_get(json, "area"), &area, error);
    if (code)
        return code;
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(json, "footprints"));
    const char *before = "";
    cairn_buf_add_text(&t->out, "{\"meets\":[");
    for (cairn_span geojson; cairn_json_next_element(&walk, &geojson); before = ",") {
        bool meets;
        if ((code = meets_one(t, area, geojson, &meets, error)))
            return code;
        cairn_buf_printf(&t->out, "%s%s", before, meets ? "true" : "false");
    }
    cairn_buf_add_text(&t->out, "]}");
    return CAIRN_OK;
}

static void answer(tool *t, cairn_span line, bool meets)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_buf_reset(&t->out);
    cairn_code code = cairn_json_check(line, CAIRN_JSON_MAX_DEPTH, NULL, &error);
    line = cairn_span_trim(line);
    if (!code)
        code = meets ? show_meets(t, line, &error) : show_footprint(t, line, &error);
    if (code)
        print_error(t, &error);
    printf("%.*s\n", CAIRN_SPAN_FMT(cairn_buf_span(&t->out)));
    cairn_arena_reset(t->arena);
}

int main(int argc, char **argv)
{
    tool t = {cairn_geos_new(), cairn_arena_new(ARENA), CAIRN_BUF_INIT(OUTPUT), false};
    bool meets = argc > 1 && strcmp(argv[1], "--meets") == 0;
    t.strict = argc > 1 && strcmp(argv[1], "--strict") == 0;
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    if (!t.geos || !t.arena)
        return EXIT_FAILURE;
    while ((n = getline(&line, &room, stdin)) > 0)
        answer(&t, cairn_span_make(line, (size_t)n), meets);
    free(line);
    cairn_buf_free(&t.out);
    cairn_arena_free(t.arena);
    cairn_geos_free(t.geos);
    return EXIT_SUCCESS;
}
