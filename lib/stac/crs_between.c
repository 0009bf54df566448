#include "stac/crs_between.h"

#include <math.h>
#include <proj.h>

enum { EDGE_POINTS = 21 };

static void be_quiet(void *user, int level, const char *message)
{
    (void)user, (void)level, (void)message;
}

static PJ *make_transformation(PJ_CONTEXT *context, const cairn_crs *from, const cairn_crs *to)
{
    PJ *made = proj_create_crs_to_crs(context, from->name, to->name, NULL);
    PJ *normal = made ? proj_normalize_for_visualization(context, made) : NULL;
    proj_destroy(made);
    return normal;
}

static bool transform(PJ_CONTEXT *context, PJ *pj, double box[4])
{
    double to[4];
    if (!proj_trans_bounds(context, pj, PJ_FWD, box[0], box[1], box[2], box[3], &to[0], &to[1], &to[2], &to[3],
                           EDGE_POINTS))
        return false;
    for (int i = 0; i < 4; i++)
        if (!isfinite(to[i]))
            return false;
    memcpy(box, to, sizeof to);
    return true;
}

bool cairn_crs_box_between(const cairn_crs *from, const cairn_crs *to, double box[4])
{
    if (strcmp(from->name, to->name) == 0)
        return true;
    PJ_CONTEXT *context = proj_context_create();
    if (!context)
        return false;
    proj_context_set_enable_network(context, 0);
    proj_log_func(context, NULL, be_quiet);
    PJ *pj = make_transformation(context, from, to);
    bool done = pj && transform(context, pj, box);
    proj_destroy(pj);
    proj_context_destroy(context);
    return done;
}
