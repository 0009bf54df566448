#include "href/sign_config.h"

#include "base/log.h"
#include "href/sign_ini.h"

#include <stdlib.h>
#include <sys/stat.h>

static const char *const NAMES[CAIRN_SIGN_NAMES] = {
    [CAIRN_SIGN_ALLOW] = "allow",
    [CAIRN_SIGN_COLLECTIONS] = "collections",
    [CAIRN_SIGN_EXPIRES] = "expires",
    [CAIRN_SIGN_TOKEN_REQUIRED] = "token-required",
    [CAIRN_SIGN_REGION] = "region",
    [CAIRN_SIGN_ENDPOINT] = "endpoint",
    [CAIRN_SIGN_PATH_STYLE] = "path-style",
    [CAIRN_SIGN_REQUESTER_PAYS] = "requester-pays",
    [CAIRN_SIGN_ACCESS_KEY_ID] = "access-key-id",
    [CAIRN_SIGN_SECRET_ACCESS_KEY] = "secret-access-key",
    [CAIRN_SIGN_SESSION_TOKEN] = "session-token",
    [CAIRN_SIGN_PROFILE] = "profile",
    [CAIRN_SIGN_CREDENTIAL_PROCESS] = "credential-process",
    [CAIRN_SIGN_CREDENTIALS] = "credentials",
    [CAIRN_SIGN_ACCOUNT_KEY] = "account-key",
    [CAIRN_SIGN_SAS] = "sas",
    [CAIRN_SIGN_HIERARCHICAL] = "hierarchical",
};

const char *cairn_sign_name_text(cairn_sign_name name)
{
    return NAMES[name];
}

typedef struct reader {
    cairn_signer *signer;
    cairn_sign_draft *draft; /* of the section that is read */
    bool open;
    bool has_secrets;
} reader;

static cairn_code copy(cairn_signer *signer, cairn_span text, cairn_span *out, cairn_error *error)
{
    *out = cairn_arena_copy(signer->arena, text);
    return out->p ? CAIRN_OK : cairn_error_no_memory(error);
}

static cairn_code close_section(reader *r, cairn_error *error)
{
    cairn_signer *signer = r->signer;
    if (!r->open)
        return CAIRN_OK;
    r->open = false;
    cairn_code code = cairn_sign_section_make(r->draft, signer->arena, &signer->sections[signer->n], error);
    cairn_error_context(error, "[%s]", r->draft->name);
    signer->n += code == CAIRN_OK;
    return code;
}

static cairn_code open_section(reader *r, const cairn_sign_ini_key *head, cairn_error *error)
{
    cairn_span name;
    cairn_code code = close_section(r, error);
    if (!code && r->signer->n == CAIRN_SIGN_SECTIONS_MAX)
        code = cairn_error_set(error, CAIRN_INVALID, "expected at most %d sections", CAIRN_SIGN_SECTIONS_MAX);
    if (!code)
        code = copy(r->signer, head->section, &name, error);
    if (code)
        return code;
    for (size_t i = 0; i < r->signer->n; i++)
        if (cairn_span_is(name, r->signer->sections[i].name))
            return cairn_error_set(error, CAIRN_INVALID, "section [%s]: given a second time", name.p);
    memset(r->draft, 0, sizeof *r->draft);
    r->draft->name = name.p;
    r->draft->line = head->line;
    r->open = true;
    return CAIRN_OK;
}

static cairn_code add_allow(reader *r, const cairn_sign_ini_key *key, cairn_error *error)
{
    cairn_sign_draft *draft = r->draft;
    if (draft->n_allow == CAIRN_SIGN_ALLOW_MAX)
        return cairn_error_set(error, CAIRN_INVALID, "allow: expected at most %d in a section", CAIRN_SIGN_ALLOW_MAX);
    draft->allow[draft->n_allow].line = key->line;
    return copy(r->signer, key->value, &draft->allow[draft->n_allow++].text, error);
}

static cairn_code add_collections(reader *r, cairn_span list, cairn_error *error)
{
    cairn_sign_draft *draft = r->draft;
    cairn_code code = CAIRN_OK;
    for (size_t at = 0; !code && at < list.n;) {
        size_t end = at;
        while (end < list.n && list.p[end] != ' ' && list.p[end] != '\t')
            end++;
        if (end > at && draft->n_collections == CAIRN_SIGN_COLLECTIONS_MAX)
            code = cairn_error_set(error, CAIRN_INVALID, "collections: expected at most %d in a section",
                                   CAIRN_SIGN_COLLECTIONS_MAX);
        else if (end > at)
            code = copy(r->signer, cairn_span_make(list.p + at, end - at), &draft->collections[draft->n_collections++],
                        error);
        at = end + 1;
    }
    return code;
}

/* What doesn't look like the name of a key may be a secret that was broken into lines. */
static bool looks_like_a_name(cairn_span key)
{
    bool does = key.n <= 32;
    for (size_t i = 0; does && i < key.n; i++)
        does = (key.p[i] >= 'a' && key.p[i] <= 'z') || key.p[i] == '-' || key.p[i] == '_';
    return does;
}

static cairn_code unknown(cairn_span key, cairn_error *error)
{
    cairn_buf names = CAIRN_BUF_INIT(1024);
    cairn_span shown = looks_like_a_name(key) ? key : cairn_span_make("", 0);
    for (size_t i = 0; i < CAIRN_SIGN_NAMES; i++)
        cairn_buf_printf(&names, "%s%s", i ? ", " : "", NAMES[i]);
    cairn_error_set(error, CAIRN_INVALID, "unknown key%s%.*s%s; known are %.*s", shown.n ? " '" : "",
                    CAIRN_SPAN_FMT(shown), shown.n ? "'" : "", CAIRN_SPAN_FMT(cairn_buf_span(&names)));
    cairn_buf_free(&names);
    return error->code;
}

static cairn_code take(void *context, const cairn_sign_ini_key *key, cairn_error *error)
{
    reader *r = context;
    size_t i = 0;
    if (!key->key.p)
        return open_section(r, key, error);
    if (!r->open)
        return cairn_error_set(error, CAIRN_INVALID, "expected [name] of a section before the first key");
    while (i < CAIRN_SIGN_NAMES && !cairn_span_is(key->key, NAMES[i]))
        i++;
    if (i == CAIRN_SIGN_NAMES)
        return unknown(key->key, error);
    if (!key->value.n)
        return cairn_error_set(error, CAIRN_INVALID, "%s: expected a value, found nothing", NAMES[i]);
    if (i == CAIRN_SIGN_ALLOW)
        return add_allow(r, key, error);
    if (i == CAIRN_SIGN_COLLECTIONS)
        return add_collections(r, key->value, error);
    if (r->draft->of[i].text.p)
        return cairn_error_set(error, CAIRN_INVALID, "%s: given a second time", NAMES[i]);
    r->has_secrets |= i == CAIRN_SIGN_SECRET_ACCESS_KEY || i == CAIRN_SIGN_ACCOUNT_KEY || i == CAIRN_SIGN_SAS;
    r->draft->of[i].line = key->line;
    return copy(r->signer, key->value, &r->draft->of[i].text, error);
}

/* The token of a collection is one container's; of which, must be plain. */
static cairn_code check_collections(const cairn_signer *signer, cairn_error *error)
{
    for (size_t i = 1; i < signer->n; i++) {
        const cairn_sign_section *section = &signer->sections[i];
        for (size_t j = 0; j < i; j++) {
            const cairn_sign_section *other = &signer->sections[j];
            if (section->store != CAIRN_SIGN_AZURE && other->store != CAIRN_SIGN_AZURE)
                continue;
            for (size_t k = 0; k < section->n_collections; k++) {
                if (!cairn_list_has(other->collections, other->n_collections, section->collections[k]))
                    continue;
                error->line = section->line;
                return cairn_error_set(error, CAIRN_INVALID,
                                       "[%s]: collections: '%.*s' is in [%s] already; a collection on Azure has one "
                                       "token, so it stands in one section",
                                       section->name, CAIRN_SPAN_FMT(section->collections[k]), other->name);
            }
        }
    }
    return CAIRN_OK;
}

static void warn_of_readers(const char *path)
{
    struct stat facts;
    if (stat(path, &facts) == 0 && facts.st_mode & S_IROTH)
        cairn_log(CAIRN_LOG_WARN, "%s holds secrets and may be read by everybody; chmod o-r %s", path, path);
}

cairn_code cairn_sign_config_read(cairn_signer *signer, const char *path, cairn_error *error)
{
    reader r = {.signer = signer, .draft = calloc(1, sizeof *r.draft)};
    cairn_error own = CAIRN_ERROR_INIT;
    signer->sections = cairn_arena_calloc(signer->arena, CAIRN_SIGN_SECTIONS_MAX, sizeof *signer->sections);
    if (!r.draft || !signer->sections) {
        free(r.draft);
        return cairn_error_no_memory(error);
    }
    cairn_code code = cairn_sign_ini_read(path, take, &r, error);
    if (!code)
        code = close_section(&r, &own);
    if (!code && !signer->n)
        code = cairn_error_set(&own, CAIRN_INVALID, "expected a section such as [data] with allow = s3://bucket/");
    if (!code)
        code = check_collections(signer, &own);
    if (!code && r.has_secrets)
        warn_of_readers(path);
    free(r.draft);
    if (own.code)
        cairn_error_set(error, own.code, "%s:%d: %s", path, own.line ? own.line : 1, own.message);
    return code;
}
