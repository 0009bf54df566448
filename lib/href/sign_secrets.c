/* Where a section's secrets come from. */
#include "base/secret.h"
#include "base/uri.h"
#include "href/sign_config.h"
#include "stac/time.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ACCOUNT_KEY_MAX = 1024, SAS_MAX = 4096 };

static cairn_span text_of(const cairn_sign_draft *draft, cairn_sign_name name)
{
    return draft->of[name].text;
}

/* ---- S3, GCS ---- */

static cairn_code take_fixed(cairn_sign_draft *draft, cairn_sign_keys *keys, cairn_error *error)
{
    const struct {
        cairn_sign_name name;
        char *out;
        size_t size;
    } parts[] = {{CAIRN_SIGN_ACCESS_KEY_ID, keys->id, sizeof keys->id},
                 {CAIRN_SIGN_SECRET_ACCESS_KEY, keys->secret, sizeof keys->secret},
                 {CAIRN_SIGN_SESSION_TOKEN, keys->token, sizeof keys->token}};
    *keys = (cairn_sign_keys){.expires = INT64_MAX};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        cairn_span text = text_of(draft, parts[i].name);
        if (!text.p && i < 2)
            return cairn_sign_fault(draft, parts[i].name, error, "expected both access-key-id and secret-access-key");
        if (text.p &&
            cairn_sign_keys_set(parts[i].out, parts[i].size, text, cairn_sign_name_text(parts[i].name), error)) {
            error->line = draft->of[parts[i].name].line;
            return error->code;
        }
    }
    return CAIRN_OK;
}

static bool wants_environment(cairn_sign_draft *draft, cairn_error *error)
{
    cairn_span text = text_of(draft, CAIRN_SIGN_CREDENTIALS);
    if (text.p && !cairn_span_is(text, "environment"))
        cairn_sign_fault(draft, CAIRN_SIGN_CREDENTIALS, error, "expected environment");
    return text.p && !error->code;
}

static cairn_code make_keys(cairn_sign_draft *draft, cairn_sign_section *out, cairn_error *error)
{
    cairn_sign_keys keys;
    cairn_sign_keys_options options = {.profile = text_of(draft, CAIRN_SIGN_PROFILE).p,
                                       .process = text_of(draft, CAIRN_SIGN_CREDENTIAL_PROCESS).p};
    bool environment = wants_environment(draft, error);
    bool fixed = text_of(draft, CAIRN_SIGN_ACCESS_KEY_ID).p || text_of(draft, CAIRN_SIGN_SECRET_ACCESS_KEY).p ||
                 text_of(draft, CAIRN_SIGN_SESSION_TOKEN).p;
    if (error->code)
        return error->code;
    if (environment + fixed + !!options.profile + !!options.process != 1)
        return cairn_sign_fault(draft, CAIRN_SIGN_CREDENTIALS, error,
                                "expected one of: access-key-id with secret-access-key, profile, credential-process, "
                                "credentials = environment");
    cairn_code code = CAIRN_OK;
    if (environment)
        code = cairn_sign_keys_from_environment(&keys, error);
    else if (fixed)
        code = take_fixed(draft, &keys, error);
    options.fixed = environment || fixed ? &keys : NULL;
    if (!code)
        code = cairn_sign_keys_source_new(&options, &out->keys, error);
    if (options.fixed)
        OPENSSL_cleanse(&keys, sizeof keys);
    if (code && !error->line)
        error->line = draft->line;
    return code;
}

/* ---- Azure ---- */

static cairn_code take_account_key(cairn_sign_draft *draft, cairn_span text, cairn_arena *arena,
                                   cairn_sign_section *out, cairn_error *error)
{
    cairn_buf key = CAIRN_BUF_INIT(ACCOUNT_KEY_MAX);
    bool good = cairn_base64_decode(text, &key) && key.n >= 16;
    out->account_key = good ? cairn_arena_copy(arena, cairn_buf_span(&key)) : CAIRN_SPAN_NONE;
    if (key.p)
        OPENSSL_cleanse(key.p, key.n);
    cairn_buf_free(&key);
    if (!good)
        return cairn_sign_fault(draft, CAIRN_SIGN_ACCOUNT_KEY, error,
                                "expected the account's key in base64, as the portal shows it");
    return out->account_key.p ? CAIRN_OK : cairn_error_no_memory(error);
}

/* The decoded value of a query's parameter; absent when there is none, or it is given twice. */
static cairn_span parameter(cairn_span query, const char *name, cairn_arena *arena)
{
    cairn_span found = CAIRN_SPAN_NONE;
    size_t n = strlen(name);
    for (size_t at = 0; at <= query.n;) {
        size_t end = at;
        while (end < query.n && query.p[end] != '&')
            end++;
        cairn_span pair = cairn_span_make(query.p + at, end - at);
        if (cairn_span_starts(pair, name) && pair.n > n && pair.p[n] == '=') {
            if (found.p)
                return CAIRN_SPAN_NONE;
            found = cairn_uri_decode(arena, cairn_span_make(pair.p + n + 1, pair.n - n - 1));
        }
        at = end + 1;
    }
    return found;
}

/* Printable characters of a URL; a '/' may be, since base64 has it. */
static bool is_query(cairn_span text)
{
    const char *end = cairn_span_end(text);
    for (const char *p = text.p; p < end; p++)
        if (*p <= ' ' || *p >= 0x7F || strchr("?#\\\"<>^`{|}", *p))
            return false;
    return text.n > 0 && text.n <= SAS_MAX;
}

static cairn_code take_sas(cairn_sign_draft *draft, cairn_span text, cairn_arena *arena, cairn_sign_section *out,
                           cairn_error *error)
{
    cairn_time ends;
    const char *repair;
    char ended[CAIRN_TIME_TEXT_MAX], fault[120];
    if (cairn_span_starts(text, "?"))
        text = cairn_span_make(text.p + 1, text.n - 1);
    cairn_span may = parameter(text, "sp", arena), se = parameter(text, "se", arena);
    cairn_span resource = parameter(text, "sr", arena), types = parameter(text, "srt", arena);
    if (!is_query(text) || !parameter(text, "sig", arena).n)
        return cairn_sign_fault(draft, CAIRN_SIGN_SAS, error,
                                "expected the query string of a SAS: sv=...&se=...&sig=...");
    if (!se.n || cairn_time_parse_lenient(se, &ends, &repair, NULL))
        return cairn_sign_fault(draft, CAIRN_SIGN_SAS, error, "expected its end in it, se=2030-01-31T00:00:00Z");
    if (!may.n || !memchr(may.p, 'r', may.n))
        return cairn_sign_fault(draft, CAIRN_SIGN_SAS, error, "it gives no right to read (sp has no r)");
    bool whole =
        types.p ? memchr(types.p, 'o', types.n) != NULL : cairn_span_is(resource, "c") || cairn_span_is(resource, "d");
    if (!whole)
        return cairn_sign_fault(draft, CAIRN_SIGN_SAS, error,
                                "expected one of a container (sr=c), a directory (sr=d) or an account (srt with o)");
    if (ends.sec <= (int64_t)time(NULL)) {
        cairn_time_format(ends, ended);
        snprintf(fault, sizeof fault, "it ended at %s; have a new one made, and put it in its place", ended);
        return cairn_sign_fault(draft, CAIRN_SIGN_SAS, error, fault);
    }
    out->sas = text;
    out->sas_expires = ends.sec;
    return CAIRN_OK;
}

static cairn_code make_azure(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out, cairn_error *error)
{
    cairn_span key = text_of(draft, CAIRN_SIGN_ACCOUNT_KEY), sas = text_of(draft, CAIRN_SIGN_SAS);
    bool environment = wants_environment(draft, error);
    if (error->code)
        return error->code;
    if (environment + !!key.p + !!sas.p != 1)
        return cairn_sign_fault(draft, CAIRN_SIGN_ACCOUNT_KEY, error,
                                "expected one of: account-key, sas, credentials = environment");
    if (environment) {
        sas = cairn_arena_copy(arena, cairn_span_of(getenv("AZURE_STORAGE_SAS_TOKEN")));
        key = cairn_span_of(getenv("AZURE_STORAGE_KEY"));
        if (!key.n && !sas.n)
            return cairn_sign_fault(draft, CAIRN_SIGN_CREDENTIALS, error,
                                    "the environment has neither AZURE_STORAGE_KEY nor AZURE_STORAGE_SAS_TOKEN");
    }
    return sas.p && !key.n ? take_sas(draft, sas, arena, out, error) : take_account_key(draft, key, arena, out, error);
}

cairn_code cairn_sign_make_secrets(cairn_sign_draft *draft, cairn_arena *arena, cairn_sign_section *out,
                                   cairn_error *error)
{
    return out->store == CAIRN_SIGN_AZURE ? make_azure(draft, arena, out, error) : make_keys(draft, out, error);
}
