/* The files of the AWS tools: [name] in ~/.aws/credentials, [profile name] (or [default]) in ~/.aws/config. */
#include "href/sign_ini.h"
#include "href/sign_keys.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

enum { COMMAND_MAX = 8192, PATH_MAX_BYTES = 4096 };

/* What one file says of the profile. */
typedef struct found {
    const char *profile;
    bool is_config; /* ~/.aws/config */
    bool here;      /* the file has the profile */
    bool has_role;  /* one that is had from a service */
    cairn_sign_keys keys;
    char command[COMMAND_MAX];
} found;

static bool is_of_profile(const found *f, cairn_span section)
{
    if (f->is_config && cairn_span_starts(section, "profile ")) {
        section = cairn_span_trim(cairn_span_make(section.p + 8, section.n - 8));
        return cairn_span_is(section, f->profile);
    }
    bool is_default = strcmp(f->profile, "default") == 0;
    return (!f->is_config || is_default) && section.p && cairn_span_is(section, f->profile);
}

static cairn_code take(void *context, const cairn_sign_ini_key *key, cairn_error *error)
{
    found *f = context;
    if (!key->section.p || !is_of_profile(f, key->section))
        return CAIRN_OK;
    f->here = true;
    if (!key->key.p || key->indented || !key->value.n)
        return CAIRN_OK;
    if (cairn_span_is(key->key, "aws_access_key_id"))
        return cairn_sign_keys_set(f->keys.id, sizeof f->keys.id, key->value, "aws_access_key_id", error);
    if (cairn_span_is(key->key, "aws_secret_access_key"))
        return cairn_sign_keys_set(f->keys.secret, sizeof f->keys.secret, key->value, "aws_secret_access_key", error);
    if (cairn_span_is(key->key, "aws_session_token"))
        return cairn_sign_keys_set(f->keys.token, sizeof f->keys.token, key->value, "aws_session_token", error);
    if (cairn_span_is(key->key, "credential_process") && key->value.n < sizeof f->command)
        snprintf(f->command, sizeof f->command, "%.*s", CAIRN_SPAN_FMT(key->value));
    f->has_role |= cairn_span_is(key->key, "role_arn") || cairn_span_starts(key->key, "sso_");
    return CAIRN_OK;
}

static cairn_code read_one(const char *variable, const char *in_home, found *f, cairn_error *error)
{
    char path[PATH_MAX_BYTES];
    const char *given = getenv(variable), *home = getenv("HOME");
    f->keys.expires = INT64_MAX;
    if (!given && !home)
        return CAIRN_OK;
    int n = given ? snprintf(path, sizeof path, "%s", given) : snprintf(path, sizeof path, "%s/.aws/%s", home, in_home);
    if (n < 0 || (size_t)n >= sizeof path)
        return cairn_error_set(error, CAIRN_INVALID, "%s: the path is too long", variable);
    cairn_error own = CAIRN_ERROR_INIT;
    cairn_code code = cairn_sign_ini_read(path, take, f, &own);
    return code && code != CAIRN_NOT_FOUND ? cairn_error_set(error, code, "%s", own.message) : CAIRN_OK;
}

static bool has_keys(const found *f)
{
    return f->keys.id[0] && f->keys.secret[0];
}

/* In the order of botocore: keys of the credentials file, the process, keys of the configuration. */
static cairn_code choose(const found *credentials, const found *config, cairn_sign_keys *out, cairn_error *error)
{
    const char *command = config->command[0] ? config->command : credentials->command;
    if (!has_keys(credentials) && command[0])
        return cairn_sign_keys_from_process(command, out, error);
    if (has_keys(credentials) || has_keys(config)) {
        *out = has_keys(credentials) ? credentials->keys : config->keys;
        out->in_file = true;
        return CAIRN_OK;
    }
    const char *name = credentials->profile;
    if (credentials->has_role || config->has_role)
        return cairn_error_set(error, CAIRN_INVALID,
                               "profile '%s' has its keys from a service, which is not called from here; take "
                               "credential-process = aws configure export-credentials --profile %s --format process",
                               name, name);
    bool here = credentials->here || config->here;
    return cairn_error_set(error, CAIRN_INVALID, "profile '%s' %s", name,
                           here ? "has no aws_access_key_id with aws_secret_access_key, and no credential_process"
                                : "is neither in the credentials file nor in the configuration of the AWS tools");
}

cairn_code cairn_sign_keys_from_profile(const char *profile, cairn_sign_keys *out, cairn_error *error)
{
    found *both = calloc(2, sizeof *both);
    if (!both)
        return cairn_error_no_memory(error);
    found *credentials = &both[0], *config = &both[1];
    credentials->profile = config->profile = profile;
    config->is_config = true;
    cairn_code code = read_one("AWS_SHARED_CREDENTIALS_FILE", "credentials", credentials, error);
    if (!code)
        code = read_one("AWS_CONFIG_FILE", "config", config, error);
    if (!code)
        code = choose(credentials, config, out, error);
    OPENSSL_cleanse(both, 2 * sizeof *both);
    free(both);
    return code;
}
