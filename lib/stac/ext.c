#include "stac/ext.h"

#include "stac/ext_table.h"

#include <pthread.h>

enum { ROOM = 4096 }; /* for twice the names; a test looks every name up */

static cairn_ext_entry slots[ROOM];
static cairn_ext_table built_in = {slots, ROOM, 0};
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Own names first: an older name never hides one. */
static void fill(void)
{
    for (int older = 0; older < 2; older++)
        for (size_t i = 0; i < cairn_ext_n_built_in; i++)
            cairn_ext_table_add(&built_in, cairn_ext_built_in[i], older);
}

static const cairn_ext_entry *find_built_in(cairn_span name, bool of_band)
{
    pthread_once(&once, fill);
    return cairn_ext_table_find(&built_in, name, of_band);
}

const cairn_ext_field *cairn_ext_built_in_field(cairn_span name, bool of_band)
{
    const cairn_ext_entry *entry = find_built_in(name, of_band);
    return entry ? entry->field : NULL;
}

/* What was loaded says more than what is built in. */
static const cairn_ext_entry *find_entry(cairn_span name, bool of_band)
{
    const cairn_ext_entry *entry = cairn_ext_table_find(cairn_ext_loaded(), name, of_band);
    return entry ? entry : find_built_in(name, of_band);
}

const cairn_ext_field *cairn_ext_find(cairn_span name, const cairn_ext **ext)
{
    static const char bands[] = "bands.";
    enum { BYTES = sizeof bands - 1 };
    const cairn_ext_entry *entry = find_entry(name, false);
    if (!entry && cairn_span_starts(name, bands))
        entry = find_entry(cairn_span_make(name.p + BYTES, name.n - BYTES), true);
    if (!entry)
        entry = find_entry(name, true);
    if (ext)
        *ext = entry ? entry->ext : NULL;
    return entry ? entry->field : NULL;
}

const cairn_ext *cairn_ext_at(size_t index)
{
    return index < cairn_ext_n_built_in ? cairn_ext_built_in[index] : cairn_ext_loaded_at(index - cairn_ext_n_built_in);
}

const char *cairn_ext_type_name(cairn_ext_type type)
{
    static const char *const names[] = {
        [CAIRN_EXT_ANY] = "any",       [CAIRN_EXT_NUMBER] = "number",   [CAIRN_EXT_INTEGER] = "integer",
        [CAIRN_EXT_STRING] = "string", [CAIRN_EXT_BOOLEAN] = "boolean", [CAIRN_EXT_TIME] = "time",
        [CAIRN_EXT_ARRAY] = "array",   [CAIRN_EXT_OBJECT] = "object",
    };
    return (size_t)type < sizeof names / sizeof *names ? names[type] : NULL;
}
