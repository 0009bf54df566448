#include "href/sign_keys.h"

#include "base/clock.h"
#include "base/log.h"
#include "stac/time.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>

/* Keys that end within AHEAD are renewed while they still serve. */
enum { AHEAD = 15 * 60 };
#define AGAIN_AFTER_SUCCESS (60 * CAIRN_SECOND)
#define AGAIN_AFTER_FAILURE (5 * CAIRN_SECOND)

struct cairn_sign_keys_source {
    char *profile, *process; /* at most one; both NULL: fixed */
    pthread_mutex_t lock;    /* of all that is below */
    pthread_cond_t fetched;
    bool has, fetching;
    cairn_sign_keys keys;
    int64_t next; /* cairn_clock_now() before which nothing is fetched */
    cairn_error refused;
};

cairn_code cairn_sign_keys_set(char *out, size_t size, cairn_span text, const char *name, cairn_error *error)
{
    bool good = text.n > 0 && text.n < size;
    for (size_t i = 0; good && i < text.n; i++)
        good = text.p[i] > ' ' && text.p[i] < 0x7F;
    if (!good)
        return cairn_error_set(error, CAIRN_INVALID, "%s: expected 1 to %zu characters without spaces", name, size - 1);
    memcpy(out, text.p, text.n);
    out[text.n] = '\0';
    return CAIRN_OK;
}

cairn_code cairn_sign_keys_from_environment(cairn_sign_keys *out, cairn_error *error)
{
    cairn_span id = cairn_span_of(getenv("AWS_ACCESS_KEY_ID")), secret = cairn_span_of(getenv("AWS_SECRET_ACCESS_KEY"));
    cairn_span token = cairn_span_of(getenv("AWS_SESSION_TOKEN"));
    cairn_span ends = cairn_span_of(getenv("AWS_CREDENTIAL_EXPIRATION"));
    cairn_time time;
    *out = (cairn_sign_keys){.expires = INT64_MAX};
    if (!id.n || !secret.n)
        return cairn_error_set(error, CAIRN_INVALID,
                               "the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    cairn_code code = cairn_sign_keys_set(out->id, sizeof out->id, id, "AWS_ACCESS_KEY_ID", error);
    if (!code)
        code = cairn_sign_keys_set(out->secret, sizeof out->secret, secret, "AWS_SECRET_ACCESS_KEY", error);
    if (!code && token.n)
        code = cairn_sign_keys_set(out->token, sizeof out->token, token, "AWS_SESSION_TOKEN", error);
    if (!code && ends.n) {
        code = cairn_time_parse(ends, &time, error);
        cairn_error_context(error, "AWS_CREDENTIAL_EXPIRATION");
        out->expires = code ? 0 : time.sec;
    }
    return code;
}

static cairn_code fetch(const cairn_sign_keys_source *source, cairn_sign_keys *out, cairn_error *error)
{
    if (source->process)
        return cairn_sign_keys_from_process(source->process, out, error);
    return cairn_sign_keys_from_profile(source->profile, out, error);
}

static cairn_code start(cairn_sign_keys_source *source, const cairn_sign_keys_options *options, cairn_error *error)
{
    if (options->fixed) {
        source->keys = *options->fixed;
        source->has = true;
        return CAIRN_OK;
    }
    source->process = options->process ? strdup(options->process) : NULL;
    source->profile = options->profile ? strdup(options->profile) : NULL;
    if (!source->process && !source->profile)
        return cairn_error_no_memory(error);
    if (source->process)
        return CAIRN_OK;
    cairn_code code = fetch(source, &source->keys, error);
    source->has = code == CAIRN_OK;
    source->next = cairn_clock_now() + AGAIN_AFTER_SUCCESS;
    return code;
}

cairn_code cairn_sign_keys_source_new(const cairn_sign_keys_options *options, cairn_sign_keys_source **out,
                                      cairn_error *error)
{
    cairn_sign_keys_source *source = calloc(1, sizeof *source);
    if (!source)
        return cairn_error_no_memory(error);
    pthread_mutex_init(&source->lock, NULL);
    pthread_cond_init(&source->fetched, NULL);
    cairn_error_clear(&source->refused);
    cairn_code code = start(source, options, error);
    if (code)
        cairn_sign_keys_source_free(source);
    else
        *out = source;
    return code;
}

void cairn_sign_keys_source_free(cairn_sign_keys_source *source)
{
    if (!source)
        return;
    pthread_mutex_destroy(&source->lock);
    pthread_cond_destroy(&source->fetched);
    OPENSSL_cleanse(&source->keys, sizeof source->keys);
    free(source->process);
    free(source->profile);
    free(source);
}

/* What stands in a file is looked at again and again; a process is asked when its keys are about to end. */
static bool is_due(const cairn_sign_keys_source *source, int64_t now)
{
    if (!source->process && !source->profile)
        return false;
    return !source->has || source->keys.in_file || source->keys.expires - now < AHEAD;
}

static bool is_good(const cairn_sign_keys_source *source, int64_t now)
{
    return source->has && source->keys.expires > now;
}

/* Holds the lock, which is let go while the keys are fetched. */
static void renew(cairn_sign_keys_source *source)
{
    cairn_sign_keys fresh;
    cairn_error error = CAIRN_ERROR_INIT;
    source->fetching = true;
    pthread_mutex_unlock(&source->lock);
    cairn_code code = fetch(source, &fresh, &error);
    if (code)
        cairn_log(CAIRN_LOG_WARN, "keys for signing can't be renewed: %s", error.message);
    pthread_mutex_lock(&source->lock);
    source->fetching = false;
    source->refused = error;
    source->next = cairn_clock_now() + (code ? AGAIN_AFTER_FAILURE : AGAIN_AFTER_SUCCESS);
    if (!code) {
        source->keys = fresh;
        source->has = true;
    }
    OPENSSL_cleanse(&fresh, sizeof fresh);
    pthread_cond_broadcast(&source->fetched);
}

static cairn_code refuse(const cairn_sign_keys_source *source, cairn_error *error)
{
    if (source->refused.code)
        return cairn_error_set(error, CAIRN_IO, "there are no keys to sign with: %s", source->refused.message);
    return cairn_error_set(error, CAIRN_IO, "there are no keys to sign with: those that were given have ended");
}

cairn_code cairn_sign_keys_get(cairn_sign_keys_source *source, int64_t now, cairn_sign_keys *out, cairn_error *error)
{
    pthread_mutex_lock(&source->lock);
    if (is_due(source, now) && !source->fetching && cairn_clock_now() >= source->next)
        renew(source);
    /* After a failure only the one that tries again may wait: a server has few threads. */
    while (!is_good(source, now) && source->fetching && !source->refused.code)
        pthread_cond_wait(&source->fetched, &source->lock);
    cairn_code code = is_good(source, now) ? CAIRN_OK : refuse(source, error);
    if (!code)
        *out = source->keys;
    pthread_mutex_unlock(&source->lock);
    return code;
}
