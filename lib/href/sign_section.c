/* What the keys of a section mean together. */
#include "href/sign_config.h"
#include "stac/time.h"

#include <ctype.h>
#include <stdlib.h>

cairn_code cairn_sign_fault(cairn_sign_draft *draft, cairn_sign_name name, cairn_error *error, const char *expected)
{
    bool given = draft->of[name].text.p != NULL;
    cairn_error_set(error, CAIRN_INVALID, "%s: %s", cairn_sign_name_text(name), expected);
    error->line = given ? draft->of[name].line : draft->line;
    return error->code;
}

cairn_code cairn_sign_make_switch(cairn_sign_draft *draft, cairn_sign_name name, bool *out, cairn_error *error)
{
    cairn_span text = draft->of[name].text;
    if (!text.p)
        return CAIRN_OK;
    *out = cairn_span_is(text, "yes") || cairn_span_is(text, "true");
    if (*out || cairn_span_is(text, "no") || cairn_span_is(text, "false"))
        return CAIRN_OK;
    return cairn_sign_fault(draft, name, error, "expected yes or no");
}

/* Which keys a store has; what they say would be lost otherwise. */
static cairn_code check_names(cairn_sign_draft *draft, cairn_sign_store store, cairn_error *error)
{
    static const unsigned COMMON = 1u << CAIRN_SIGN_EXPIRES;
    static const unsigned KEYS = 1u << CAIRN_SIGN_ACCESS_KEY_ID | 1u << CAIRN_SIGN_SECRET_ACCESS_KEY |
                                 1u << CAIRN_SIGN_SESSION_TOKEN | 1u << CAIRN_SIGN_PROFILE |
                                 1u << CAIRN_SIGN_CREDENTIAL_PROCESS | 1u << CAIRN_SIGN_CREDENTIALS |
                                 1u << CAIRN_SIGN_TOKEN_REQUIRED;
    static const unsigned OF_STORE[] = {
        [CAIRN_SIGN_S3] = KEYS | 1u << CAIRN_SIGN_REGION | 1u << CAIRN_SIGN_ENDPOINT | 1u << CAIRN_SIGN_PATH_STYLE |
                          1u << CAIRN_SIGN_REQUESTER_PAYS,
        [CAIRN_SIGN_GS] = KEYS,
        [CAIRN_SIGN_AZURE] = 1u << CAIRN_SIGN_ACCOUNT_KEY | 1u << CAIRN_SIGN_SAS | 1u << CAIRN_SIGN_HIERARCHICAL |
                             1u << CAIRN_SIGN_CREDENTIALS,
    };
    static const char *const NOT_HERE[] = {"is no key of a section of s3://", "is no key of a section of gs://",
                                           "is no key of a section of Azure"};
    for (unsigned i = 0; i < CAIRN_SIGN_NAMES; i++)
        if (draft->of[i].text.p && !((COMMON | OF_STORE[store]) >> i & 1))
            return cairn_sign_fault(draft, (cairn_sign_name)i, error, NOT_HERE[store]);
    return CAIRN_OK;
}

static cairn_code make_life(cairn_sign_draft *draft, cairn_sign_section *out, cairn_error *error)
{
    cairn_span text = draft->of[CAIRN_SIGN_EXPIRES].text;
    out->life = CAIRN_SIGN_LIFE_DEFAULT;
    if (!text.p)
        return CAIRN_OK;
    char *end;
    bool digits = isdigit((unsigned char)text.p[0]) && text.n <= 6;
    out->life = strtol(text.p, &end, 10);
    if (!digits || *end || out->life < 1 || out->life > CAIRN_SIGN_LIFE_MAX)
        return cairn_sign_fault(draft, CAIRN_SIGN_EXPIRES, error, "expected seconds from 1 to 604800 (seven days)");
    return CAIRN_OK;
}

static cairn_code make_collections(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out,
                                   cairn_error *error)
{
    size_t n = cairn_list_sort(draft->collections, draft->n_collections);
    out->collections = cairn_arena_calloc(arena, n + 1, sizeof *out->collections);
    if (!out->collections)
        return cairn_error_no_memory(error);
    if (n)
        memcpy(out->collections, draft->collections, n * sizeof *out->collections);
    out->n_collections = n;
    if (n && out->store == CAIRN_SIGN_AZURE && out->n_allow != 1)
        return cairn_sign_fault(draft, CAIRN_SIGN_COLLECTIONS, error,
                                "expected one allow in a section of Azure that names collections: their token is good "
                                "for one container");
    return CAIRN_OK;
}

cairn_code cairn_sign_section_make(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out,
                                   cairn_error *error)
{
    *out = (cairn_sign_section){.name = draft->name, .line = draft->line};
    cairn_code code = cairn_sign_make_allow(draft, arena, out, error);
    if (!code)
        code = check_names(draft, out->store, error);
    if (!code)
        code = make_life(draft, out, error);
    if (!code)
        code = make_collections(draft, arena, out, error);
    if (!code)
        code = cairn_sign_make_switch(draft, CAIRN_SIGN_TOKEN_REQUIRED, &out->token_required, error);
    if (!code && out->token_required && !out->n_collections)
        code = cairn_sign_fault(draft, CAIRN_SIGN_TOKEN_REQUIRED, error,
                                "expected the collections whose tokens are good here (collections = ID ...)");
    if (!code)
        code = cairn_sign_make_hosts(draft, arena, out, error);
    return code ? code : cairn_sign_make_secrets(draft, arena, out, error);
}
