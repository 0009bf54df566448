/* Lookups of plain names below one object: its members are found once. */
#include "query/cql2/evaluate.h"

#include "base/json.h"

enum { MOST = 96 };

static bool list_members(cairn_cql2_members *members)
{
    cairn_json_walk walk = cairn_json_walk_object(members->object);
    struct cairn_cql2_member *list = cairn_arena_alloc(members->arena, MOST * sizeof *list);
    size_t n = 0;
    if (!list)
        return false;
    for (cairn_json_member member; cairn_json_next_member(&walk, &member); n++) {
        if (n == MOST || memchr(member.key.p, '\\', member.key.n))
            return false;
        list[n] = (struct cairn_cql2_member){member.key, member.value};
    }
    members->list = list;
    members->n = n;
    return true;
}

static bool are_listed(cairn_cql2_members *members)
{
    if (!members->known)
        list_members(members);
    members->known = true;
    return members->list != NULL;
}

/* Of several with one name, the last. */
static cairn_span find(const cairn_cql2_members *members, cairn_span name)
{
    for (size_t i = members->n; i-- > 0;)
        if (cairn_span_equal(members->list[i].key, name))
            return members->list[i].value;
    return CAIRN_SPAN_NONE;
}

bool cairn_cql2_members_lookup(cairn_cql2_members *members, const cairn_cql2_property *property, cairn_arena *scratch,
                               cairn_span *out)
{
    bool plain = property->n == 1 && !cairn_span_is(property->path[0], "*");
    if (!plain || !are_listed(members))
        return cairn_cql2_lookup(members->object, property, scratch, out);
    *out = find(members, property->path[0]);
    return true;
}

cairn_span cairn_cql2_members_get(cairn_cql2_members *members, const char *name)
{
    return are_listed(members) ? find(members, cairn_span_of(name)) : cairn_json_get(members->object, name);
}
