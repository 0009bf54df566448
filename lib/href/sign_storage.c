/* What the storage extension has to say of a section: its platforms are templates that are fixed for AWS and Azure; all
 * else is named by its own host. */
#include "href/sign_parts.h"

static bool is_plain_bucket(cairn_span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!(name.p[i] >= 'a' && name.p[i] <= 'z') && !(name.p[i] >= '0' && name.p[i] <= '9') && name.p[i] != '-')
            return false;
    return name.n >= 3 && name.n <= 63 && name.p[0] != '-' && name.p[name.n - 1] != '-';
}

static void describe_bucket(const cairn_sign_section *section, const cairn_sign_allow *allow, cairn_arena *arena,
                            cairn_signed_storage *out)
{
    bool gs = section->store == CAIRN_SIGN_GS;
    out->type = gs ? "gcs" : "custom-s3";
    out->bucket = allow->container;
    out->region = gs ? CAIRN_SPAN_NONE : section->region;
    out->requester_pays = section->requester_pays;
    if (!gs && is_plain_bucket(allow->container) && cairn_span_is(section->scheme, "https") &&
        cairn_span_ends(section->host, ".amazonaws.com")) {
        out->type = "aws-s3";
        out->platform = (cairn_span)CAIRN_SPAN_LIT("https://{bucket}.s3.{region}.amazonaws.com");
    } else {
        out->platform =
            cairn_arena_printf(arena, "%.*s://%.*s", CAIRN_SPAN_FMT(section->scheme), CAIRN_SPAN_FMT(section->host));
    }
}

static void describe_container(const cairn_sign_allow *allow, cairn_arena *arena, cairn_signed_storage *out)
{
    bool usual = cairn_span_is(allow->suffix, "core.windows.net");
    out->type = usual ? "ms-azure" : "custom-azure";
    out->account = allow->account;
    out->platform = usual ? (cairn_span)CAIRN_SPAN_LIT("https://{account}.blob.core.windows.net")
                          : cairn_arena_printf(arena, "https://{account}.blob.%.*s", CAIRN_SPAN_FMT(allow->suffix));
}

/* The entry of the allow-list of that number, among those of sections that name the collection. */
static const cairn_sign_allow *entry(const cairn_signer *signer, cairn_span collection, size_t number,
                                     const cairn_sign_section **section)
{
    for (size_t i = 0; i < signer->n; i++) {
        *section = &signer->sections[i];
        if (!cairn_list_has((*section)->collections, (*section)->n_collections, collection))
            continue;
        if (number < (*section)->n_allow)
            return &(*section)->allow[number];
        number -= (*section)->n_allow;
    }
    return NULL;
}

static cairn_span name_of(const cairn_sign_allow *allow)
{
    return allow->account.p ? allow->account : allow->container;
}

static bool was_before(const cairn_signer *signer, cairn_span collection, size_t number, cairn_span name)
{
    const cairn_sign_section *section;
    for (size_t i = 0; i < number; i++)
        if (cairn_span_equal(name_of(entry(signer, collection, i, &section)), name))
            return true;
    return false;
}

bool cairn_signer_storage(const cairn_signer *signer, cairn_span collection, size_t *at, cairn_arena *arena,
                          cairn_signed_storage *out)
{
    const cairn_sign_section *section;
    const cairn_sign_allow *allow;
    *out = (cairn_signed_storage){0};
    while ((allow = entry(signer, collection, (*at)++, &section)) != NULL) {
        if (was_before(signer, collection, *at - 1, name_of(allow)))
            continue;
        if (section->store == CAIRN_SIGN_AZURE)
            describe_container(allow, arena, out);
        else
            describe_bucket(section, allow, arena, out);
        return out->platform.p != NULL;
    }
    return false;
}
