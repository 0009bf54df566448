#include "store/properties.h"

#include "base/json.h"

cairn_span cairn_properties_of(cairn_span open)
{
    static const cairn_span none = CAIRN_SPAN_LIT("{}");
    cairn_span found = none;
    cairn_json_walk walk = cairn_json_walk_object(open);
    cairn_json_member member;
    /* `links` come last and are left open: nothing may be read behind their key. */
    while (cairn_json_next_member(&walk, &member) && !cairn_json_key_is(member.key, "links"))
        if (cairn_json_key_is(member.key, "properties"))
            found = cairn_json_kind(member.value) == '{' ? member.value : none;
    return found;
}
