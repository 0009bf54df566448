#include "stac/loads.h"

#include "base/json.h"
#include "stac/loads/rules.h"

typedef struct client {
    const char *name;
    void (*judge)(const cairn_loads_facts *facts, cairn_loads_judgement *out);
} client;

static const client clients[CAIRN_N_CLIENTS] = {
    [CAIRN_CLIENT_STACKSTAC] = {"stackstac", cairn_loads_stackstac},
    [CAIRN_CLIENT_ODC_STAC] = {"odc-stac", cairn_loads_odc_stac},
    [CAIRN_CLIENT_RIOXARRAY] = {"rioxarray", cairn_loads_rioxarray},
    [CAIRN_CLIENT_XPYSTAC] = {"xpystac", cairn_loads_xpystac},
    [CAIRN_CLIENT_INTAKE_STAC] = {"intake-stac", cairn_loads_intake_stac},
    [CAIRN_CLIENT_GDAL_STACIT] = {"gdal-stacit", cairn_loads_gdal_stacit},
};

const char *cairn_client_name(cairn_client client)
{
    return (unsigned)client < CAIRN_N_CLIENTS ? clients[client].name : NULL;
}

static bool write_verdict(const cairn_loads_judgement *judgement, cairn_arena *arena, cairn_loads_verdict *out)
{
    const cairn_loads_fault *told = judgement->fault ? judgement->fault : judgement->note;
    *out = (cairn_loads_verdict){.loads = !judgement->fault, .loadable = judgement->loadable};
    if (!told)
        return true;
    out->code = told->code;
    out->reason = told->reason;
    out->mend = told->mend;
    if (!judgement->about)
        return true;
    /* With its quotes the key is a JSON string. */
    out->asset = cairn_json_string(cairn_span_make(judgement->about->key.p - 1, judgement->about->key.n + 2), arena);
    return out->asset.p != NULL;
}

cairn_code cairn_loads_item(cairn_span item, cairn_arena *arena, cairn_loads_verdict out[CAIRN_N_CLIENTS],
                            cairn_error *error)
{
    cairn_loads_facts facts;
    bool ok = cairn_loads_gather(item, false, arena, &facts);
    for (size_t i = 0; ok && i < CAIRN_N_CLIENTS; i++) {
        cairn_loads_judgement judgement;
        clients[i].judge(&facts, &judgement);
        ok = write_verdict(&judgement, arena, &out[i]);
    }
    return ok ? CAIRN_OK : cairn_error_no_memory(error);
}

unsigned cairn_loads_mask_of(const cairn_loads_facts *facts)
{
    unsigned mask = 0;
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++) {
        cairn_loads_judgement judgement;
        clients[i].judge(facts, &judgement);
        mask |= judgement.fault ? 0 : 1U << i;
    }
    return mask;
}

cairn_code cairn_loads_mask(cairn_span item, cairn_arena *arena, unsigned *out, cairn_error *error)
{
    cairn_loads_facts facts;
    if (!cairn_loads_gather(item, true, arena, &facts))
        return cairn_error_no_memory(error);
    *out = cairn_loads_mask_of(&facts);
    return CAIRN_OK;
}
