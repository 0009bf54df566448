/* The S_ functions. */
#include "query/cql2/evaluate_value.h"

static cairn_code make_area(cairn_geos *geos, const cairn_cql2_node *node, cairn_arena *arena, cairn_area **out,
                            cairn_error *error)
{
    if (node->kind == CAIRN_CQL2_K_BBOX)
        return cairn_area_from_box(geos, node->bbox.box, arena, out, error);
    const cairn_geometry_limits limits = {.max_vertices = node->geometry.vertices + 1};
    return cairn_area_from_geojson(geos, node->geometry.geojson, &limits, arena, out, error);
}

cairn_code cairn_cql2_area_of(cairn_geos *geos, const cairn_cql2_node *node, cairn_arena *arena, cairn_cql2_value *out,
                              cairn_error *error)
{
    *out = (cairn_cql2_value){.type = CAIRN_CQL2_V_PLACE};
    cairn_code code = make_area(geos, node, arena, &out->place.area, error);
    if (code == CAIRN_INVALID && error) {
        cairn_error_context(error, "at byte %zu", node->offset);
        cairn_error_at_parameter(error, "filter");
        error->offset = (long long)node->offset;
    }
    return code;
}

/* Makes a place of an object that is GeoJSON. False when it is none. */
static bool take_place(cairn_cql2_run *run, cairn_cql2_value *value)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_warnings warnings = {0};
    cairn_footprint footprint;
    if (value->type != CAIRN_CQL2_V_OTHER || cairn_json_kind(value->json) != '{')
        return value->type == CAIRN_CQL2_V_PLACE;
    cairn_code code =
        cairn_footprint_read(run->geos, value->json, false, NULL, run->arena, &footprint, &warnings, &fault);
    if (code == CAIRN_NOMEM)
        cairn_cql2_run_full(run);
    if (code != CAIRN_OK || !footprint.present)
        return false;
    *value = (cairn_cql2_value){.type = CAIRN_CQL2_V_PLACE};
    value->place.box = footprint.box;
    value->place.wkb = footprint.wkb;
    return true;
}

static cairn_relation relation_of(cairn_cql2_kind kind)
{
    switch (kind) {
    case CAIRN_CQL2_K_S_EQUALS:
        return CAIRN_RELATION_EQUALS;
    case CAIRN_CQL2_K_S_DISJOINT:
        return CAIRN_RELATION_DISJOINT;
    case CAIRN_CQL2_K_S_TOUCHES:
        return CAIRN_RELATION_TOUCHES;
    case CAIRN_CQL2_K_S_WITHIN:
        return CAIRN_RELATION_WITHIN;
    case CAIRN_CQL2_K_S_OVERLAPS:
        return CAIRN_RELATION_OVERLAPS;
    case CAIRN_CQL2_K_S_CROSSES:
        return CAIRN_RELATION_CROSSES;
    case CAIRN_CQL2_K_S_CONTAINS:
        return CAIRN_RELATION_CONTAINS;
    default:
        return CAIRN_RELATION_INTERSECTS;
    }
}

static cairn_code relate(cairn_cql2_run *run, const cairn_cql2_value *a, cairn_relation relation,
                         const cairn_cql2_value *b, bool *holds)
{
    cairn_area *area = b->place.area;
    if (a->place.area && area)
        return cairn_areas_relate(a->place.area, relation, area, holds, run->error);
    if (a->place.area)
        return cairn_area_relates(a->place.area, cairn_relation_converse(relation), b->place.box, b->place.wkb, holds,
                                  run->error);
    cairn_code code =
        area ? CAIRN_OK
             : cairn_area_from_footprint(run->geos, b->place.box, b->place.wkb, run->arena, &area, run->error);
    return code ? code : cairn_area_relates(area, relation, a->place.box, a->place.wkb, holds, run->error);
}

cairn_cql2_value cairn_cql2_run_space(cairn_cql2_run *run, const cairn_cql2_node *node)
{
    cairn_cql2_value a = cairn_cql2_value_of(run, node->args[0]), b = cairn_cql2_value_of(run, node->args[1]);
    bool holds;
    if (!take_place(run, &a) || !take_place(run, &b))
        return CAIRN_CQL2_NULL;
    cairn_code code = relate(run, &a, relation_of(node->kind), &b, &holds);
    if (code != CAIRN_OK) {
        run->code = run->code ? run->code : code;
        return CAIRN_CQL2_NULL;
    }
    return cairn_cql2_value_truth(holds ? CAIRN_TRUE : CAIRN_FALSE);
}
