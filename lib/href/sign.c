#include "href/sign.h"

#include "href/sign_config.h"

#include <openssl/crypto.h>
#include <stdlib.h>

enum { CONFIG_MEMORY = 64 << 20, URL_MAX = 256 << 10 };

cairn_code cairn_signer_load(const char *path, cairn_signer **out, cairn_error *error)
{
    cairn_signer *signer = calloc(1, sizeof *signer);
    if (signer)
        signer->arena = cairn_arena_new(CONFIG_MEMORY);
    cairn_code code =
        signer && signer->arena ? cairn_sign_config_read(signer, path, error) : cairn_error_no_memory(error);
    if (code)
        cairn_signer_free(signer);
    else
        *out = signer;
    return code;
}

void cairn_signer_free(cairn_signer *signer)
{
    if (!signer)
        return;
    for (size_t i = 0; i < signer->n; i++)
        cairn_sign_keys_source_free(signer->sections[i].keys);
    if (signer->arena)
        cairn_arena_free(signer->arena);
    free(signer);
}

bool cairn_signer_covers(const cairn_signer *signer, cairn_span href)
{
    cairn_sign_place place;
    return cairn_sign_find(signer, href, &place);
}

static cairn_code sign_by_keys(const cairn_sign_place *place, int64_t now, cairn_buf *url, int64_t *expires,
                               cairn_error *error)
{
    cairn_sign_keys keys;
    cairn_code code = cairn_sign_keys_get(place->section->keys, now, &keys, error);
    if (code) {
        cairn_error_context(error, "the signing section [%s]", place->section->name);
        return code;
    }
    code = cairn_sign_s3(place, &keys, now, url, expires, error);
    OPENSSL_cleanse(&keys, sizeof keys);
    return code;
}

/* Takes the text into the arena. */
static cairn_code finish(cairn_code code, cairn_buf *text, cairn_arena *arena, cairn_span *out, cairn_error *error)
{
    *out = code ? CAIRN_SPAN_NONE : cairn_arena_copy(arena, cairn_buf_span(text));
    cairn_buf_free(text);
    return code || out->p ? code : cairn_error_no_memory(error);
}

cairn_code cairn_signer_sign(cairn_signer *signer, cairn_span href, int64_t now, cairn_arena *arena, cairn_signed *out,
                             cairn_error *error)
{
    cairn_sign_place place;
    cairn_buf url = CAIRN_BUF_INIT(URL_MAX);
    if (!cairn_sign_find(signer, href, &place))
        return cairn_error_set(error, CAIRN_NOT_FOUND, "this href is none that is signed here");
    cairn_code code = place.section->store == CAIRN_SIGN_AZURE
                          ? cairn_sign_azure(&place, now, &url, &out->expires, error)
                          : sign_by_keys(&place, now, &url, &out->expires, error);
    return finish(code, &url, arena, &out->href, error);
}

/* ---- tokens ---- */

static bool names(const cairn_sign_section *section, cairn_span collection)
{
    return cairn_list_has(section->collections, section->n_collections, collection);
}

/* The Azure section of the collection: there is one at most. */
static const cairn_sign_section *container_of(const cairn_signer *signer, cairn_span collection)
{
    for (size_t i = 0; i < signer->n; i++)
        if (signer->sections[i].store == CAIRN_SIGN_AZURE && names(&signer->sections[i], collection))
            return &signer->sections[i];
    return NULL;
}

bool cairn_signer_has_collection(const cairn_signer *signer, cairn_span collection)
{
    return cairn_signer_life(signer, collection) > 0;
}

bool cairn_signer_has_sas(const cairn_signer *signer, cairn_span collection)
{
    return container_of(signer, collection) != NULL;
}

cairn_code cairn_signer_sas(cairn_signer *signer, cairn_span collection, int64_t now, cairn_arena *arena,
                            cairn_signed *out, cairn_error *error)
{
    const cairn_sign_section *section = container_of(signer, collection);
    cairn_buf text = CAIRN_BUF_INIT(URL_MAX);
    if (!section)
        return cairn_error_set(error, CAIRN_NOT_FOUND, "nothing of this collection is signed here");
    cairn_code code = cairn_sign_azure_token(section, section->allow, now, &text, &out->expires, error);
    return finish(code, &text, arena, &out->href, error);
}

int64_t cairn_signer_life(const cairn_signer *signer, cairn_span collection)
{
    int64_t least = 0;
    for (size_t i = 0; i < signer->n; i++)
        if (names(&signer->sections[i], collection) && (!least || signer->sections[i].life < least))
            least = signer->sections[i].life;
    return least;
}

bool cairn_signer_admits(const cairn_signer *signer, cairn_span href, cairn_span collection)
{
    cairn_sign_place place;
    if (!cairn_sign_find(signer, href, &place) || !place.section->token_required)
        return true;
    return collection.p && names(place.section, collection);
}
