/* Promoted properties. Nothing here has an index: the names are kept, and change no answer. */
#include "stac/ext.h"
#include "store/memory/internal.h"

enum { NAME_SCRATCH_MAX = 1 << 16 };

static bool add_name(memory_state *state, cairn_span name, bool built_in)
{
    memory_promoted *promoted = memory_record_new(sizeof *promoted, name.n);
    if (!promoted)
        return false;
    char *at = (char *)(promoted + 1);
    promoted->record.id = name;
    promoted->built_in = built_in;
    memory_keep(&at, &promoted->record.id);
    return memory_list_put(&state->promoted, &promoted->record);
}

bool memory_promote_built_in(memory_state *state)
{
    const cairn_ext *ext;
    for (size_t i = 0; (ext = cairn_ext_at(i)) != NULL; i++)
        for (size_t j = 0; j < ext->n_fields; j++)
            if (ext->fields[j].indexed && !add_name(state, cairn_span_of(ext->fields[j].name), true))
                return false;
    return true;
}

cairn_code memory_promoted_list(cairn_session *session, cairn_promoted_sink sink, void *context, cairn_error *error)
{
    const memory_state *state = memory_session_state(session, error);
    if (!state)
        return error ? error->code : CAIRN_INTERNAL;
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < state->promoted.n && code == CAIRN_OK; i++) {
        const memory_promoted *promoted = memory_promoted_at(state, i);
        code = sink(context, &(cairn_promoted){promoted->record.id, promoted->built_in, 0}, error);
    }
    return code;
}

/* A name that leads into `properties`? */
static cairn_code check_name(cairn_span name, cairn_error *error)
{
    char quoted[120];
    cairn_cql2_property property = {.field = CAIRN_CQL2_IN_ITEM};
    cairn_arena *arena = cairn_arena_new(NAME_SCRATCH_MAX);
    bool known = arena && (name.n == 0 || cairn_cql2_property_of(name, arena, &property));
    cairn_arena_free(arena);
    if (!known)
        return cairn_error_set(error, CAIRN_NOMEM, "no memory for the name of a property");
    if (property.field == CAIRN_CQL2_IN_PROPERTIES)
        return CAIRN_OK;
    return cairn_error_set(error, CAIRN_INVALID,
                           "'%s' is no member of an item's properties; expected one such as eo:cloud_cover",
                           cairn_quote(name, quoted, sizeof quoted));
}

cairn_code memory_promote(cairn_writer *writer, cairn_span name, cairn_progress_sink progress, void *context,
                          uint64_t *items, cairn_error *error)
{
    (void)progress, (void)context;
    if (items)
        *items = 0;
    char quoted[120];
    memory_state *staged = memory_writer_staged(writer, error);
    cairn_code code = staged ? check_name(name, error) : CAIRN_INTERNAL;
    if (code != CAIRN_OK)
        return code;
    if (memory_list_find(&staged->promoted, CAIRN_SPAN_NONE, name))
        return cairn_error_set(error, CAIRN_CONFLICT, "'%s' is promoted already",
                               cairn_quote(name, quoted, sizeof quoted));
    return add_name(staged, name, false) ? CAIRN_OK : cairn_error_set(error, CAIRN_NOMEM, "no memory to write");
}

cairn_code memory_demote(cairn_writer *writer, cairn_span name, cairn_error *error)
{
    char quoted[120];
    memory_state *staged = memory_writer_staged(writer, error);
    if (!staged)
        return CAIRN_INTERNAL;
    if (memory_list_remove(&staged->promoted, CAIRN_SPAN_NONE, name))
        return CAIRN_OK;
    return cairn_error_set(error, CAIRN_NOT_FOUND, "'%s' is not promoted", cairn_quote(name, quoted, sizeof quoted));
}
