#include "stac/document.h"

const cairn_span cairn_open_links = CAIRN_SPAN_LIT("\"links\":[");

/* Which members of interest a document has. */
typedef struct traits {
    cairn_span type, features;
    bool stac_version, assets, links, extent, license, id, description;
} traits;

static void note_member(traits *t, cairn_json_member member)
{
    static const struct {
        const char *name;
        size_t flag;
    } flags[] = {
        {"stac_version", offsetof(traits, stac_version)},
        {"assets", offsetof(traits, assets)},
        {"links", offsetof(traits, links)},
        {"extent", offsetof(traits, extent)},
        {"license", offsetof(traits, license)},
        {"id", offsetof(traits, id)},
        {"description", offsetof(traits, description)},
    };
    if (cairn_json_key_is(member.key, "type"))
        t->type = member.value;
    else if (cairn_json_key_is(member.key, "features"))
        t->features = member.value;
    else
        for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
            if (cairn_json_key_is(member.key, flags[i].name))
                *(bool *)((char *)t + flags[i].flag) = true;
}

static traits traits_of(const cairn_json_index *index, cairn_span json)
{
    traits t = {0};
    cairn_json_member member;
    cairn_json_walk walk = cairn_json_walk_object_in(index, json);
    while (cairn_json_next_member(&walk, &member))
        note_member(&t, member);
    return t;
}

static bool is_item(const traits *t)
{
    return cairn_json_string_is(t->type, "Feature") && (t->stac_version || t->assets || t->links);
}

/* One item among the features is enough: the others are then refused with a reason. */
static bool has_item(cairn_span features)
{
    cairn_span feature;
    cairn_json_walk walk = cairn_json_walk_array(features);
    while (cairn_json_next_element(&walk, &feature)) {
        traits t = traits_of(NULL, feature);
        if (is_item(&t))
            return true;
    }
    return false;
}

static cairn_kind kind_of_features(const traits *t)
{
    bool stac = cairn_json_kind(t->features) == '[' &&
                (t->stac_version || !cairn_json_count(t->features) || has_item(t->features));
    return stac ? CAIRN_KIND_FEATURE_COLLECTION : CAIRN_KIND_OTHER;
}

/* Versions before 1.0 had no `type` in collections and catalogs. */
static cairn_kind kind_of_untyped(const traits *t)
{
    if (t->extent && t->license && t->links)
        return CAIRN_KIND_COLLECTION;
    return t->links && (t->stac_version || (t->id && t->description)) ? CAIRN_KIND_CATALOG : CAIRN_KIND_OTHER;
}

cairn_kind cairn_document_kind(cairn_span json)
{
    return cairn_document_kind_in(NULL, json);
}

cairn_kind cairn_document_kind_in(const cairn_json_index *index, cairn_span json)
{
    traits t = traits_of(index, json);
    if (!t.type.p)
        return kind_of_untyped(&t);
    if (is_item(&t))
        return CAIRN_KIND_ITEM;
    if (cairn_json_string_is(t.type, "FeatureCollection"))
        return kind_of_features(&t);
    bool stac = t.stac_version || t.links || t.extent || t.description;
    if (stac && cairn_json_string_is(t.type, "Collection"))
        return CAIRN_KIND_COLLECTION;
    return stac && cairn_json_string_is(t.type, "Catalog") ? CAIRN_KIND_CATALOG : CAIRN_KIND_OTHER;
}

const char *cairn_kind_name(cairn_kind kind)
{
    static const char *const names[] = {"other", "item", "collection", "catalog", "feature collection"};
    return names[kind];
}

bool cairn_document_close(cairn_span open, cairn_span extra, cairn_buf *out)
{
    if (extra.n == 0 && cairn_span_ends(open, ","))
        open.n--;
    return cairn_buf_add_span(out, open) && cairn_buf_add_span(out, extra) && cairn_buf_add_text(out, "]}");
}
