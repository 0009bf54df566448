#include "stac/record.h"

cairn_links cairn_links_in(const cairn_json_index *index, cairn_span links, cairn_arena *arena)
{
    bool is_object = cairn_json_kind(links) == '{';
    cairn_json_walk walk = is_object ? cairn_json_walk_object_in(index, links) : cairn_json_walk_array_in(index, links);
    return (cairn_links){walk, is_object, arena};
}

cairn_links cairn_links_of(cairn_span document, cairn_arena *arena)
{
    return cairn_links_in(NULL, cairn_json_get(document, "links"), arena);
}

static void read_link(cairn_span object, cairn_arena *arena, cairn_link *link)
{
    cairn_json_member member;
    cairn_json_walk walk = cairn_json_walk_object(object);
    while (cairn_json_next_member(&walk, &member)) {
        cairn_span *field = cairn_json_key_is(member.key, "rel")     ? &link->rel
                            : cairn_json_key_is(member.key, "href")  ? &link->href
                            : cairn_json_key_is(member.key, "type")  ? &link->type
                            : cairn_json_key_is(member.key, "title") ? &link->title
                                                                     : NULL;
        if (field)
            *field = cairn_json_string(member.value, arena);
    }
    link->whole = object;
}

/* In an object of links (0.4 to 0.6) the key is the relation. */
static bool next_named(cairn_links *links, cairn_link *link)
{
    cairn_json_member member;
    while (cairn_json_next_member(&links->walk, &member)) {
        if (cairn_json_kind(member.value) != '{')
            continue;
        read_link(member.value, links->arena, link);
        if (!link->rel.p) {
            cairn_span quoted = {member.key.p - 1, member.key.n + 2};
            link->rel = cairn_json_string(quoted, links->arena);
        }
        return true;
    }
    return false;
}

bool cairn_links_next(cairn_links *links, cairn_link *link)
{
    cairn_span element;
    *link = (cairn_link){0};
    if (links->is_object)
        return next_named(links, link);
    while (cairn_json_next_element(&links->walk, &element))
        if (cairn_json_kind(element) == '{') {
            read_link(element, links->arena, link);
            return true;
        }
    return false;
}
