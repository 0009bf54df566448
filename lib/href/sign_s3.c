/* AWS Signature Version 4, presigned GET: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
 * The parameters stand in the order in which botocore writes them, so that the two can be held against each other byte
 * for byte; what is signed has them sorted, as the specification wants it. */
#include "base/secret.h"
#include "href/object.h"
#include "href/sign_parts.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <time.h>

enum { TEXT_MAX = 256 << 10, STAMP_SIZE = 17, DATE_LENGTH = 8, HEX_SIZE = 2 * CAIRN_MAC_BYTES + 1 };

typedef struct request {
    const cairn_sign_section *section;
    const cairn_sign_keys *keys;
    char stamp[STAMP_SIZE]; /* 20130524T000000Z; its first 8 letters are the date of the scope */
    int64_t life;
    cairn_buf host, path, scope;
} request;

/* Certificates of the form *.host don't cover a bucket's dots, and numeric hosts have no names below them. */
static bool by_path(const cairn_sign_place *place)
{
    return place->section->path_style || memchr(place->allow->container.p, '.', place->allow->container.n);
}

static void place_object(request *r, const cairn_sign_place *place)
{
    cairn_span bucket = place->allow->container;
    cairn_buf_add_byte(&r->path, '/');
    if (by_path(place)) {
        cairn_buf_add_span(&r->path, bucket);
        cairn_buf_add_byte(&r->path, '/');
    } else {
        cairn_buf_add_span(&r->host, bucket);
        cairn_buf_add_byte(&r->host, '.');
    }
    cairn_buf_add_span(&r->host, r->section->host);
    cairn_href_add_names(&r->path, cairn_sign_place_key(place));
}

static void add_parameter(cairn_buf *out, const char *name, cairn_span value)
{
    if (out->n)
        cairn_buf_add_byte(out, '&');
    cairn_buf_printf(out, "%s=", name);
    cairn_buf_add_url_segment(out, value);
}

/* All but the signature. `sorted`: as it is signed. */
static void add_query(cairn_buf *out, const request *r, bool sorted)
{
    char life[24];
    cairn_buf credential = CAIRN_BUF_INIT(TEXT_MAX);
    cairn_span token = cairn_span_of(r->keys->token), payer = cairn_span_of("requester");
    cairn_buf_printf(&credential, "%s/%.*s", r->keys->id, CAIRN_SPAN_FMT(cairn_buf_span(&r->scope)));
    snprintf(life, sizeof life, "%lld", (long long)r->life);
    if (r->section->requester_pays && !sorted)
        add_parameter(out, "x-amz-request-payer", payer);
    add_parameter(out, "X-Amz-Algorithm", cairn_span_of("AWS4-HMAC-SHA256"));
    add_parameter(out, "X-Amz-Credential", cairn_buf_span(&credential));
    add_parameter(out, "X-Amz-Date", cairn_span_of(r->stamp));
    add_parameter(out, "X-Amz-Expires", cairn_span_of(life));
    if (token.n && sorted)
        add_parameter(out, "X-Amz-Security-Token", token);
    add_parameter(out, "X-Amz-SignedHeaders", cairn_span_of("host"));
    if (token.n && !sorted)
        add_parameter(out, "X-Amz-Security-Token", token);
    if (r->section->requester_pays && sorted)
        add_parameter(out, "x-amz-request-payer", payer);
    out->failed |= credential.failed;
    cairn_buf_free(&credential);
}

static void to_hex(const unsigned char mac[CAIRN_MAC_BYTES], char out[HEX_SIZE])
{
    static const char DIGITS[] = "0123456789abcdef";
    for (size_t i = 0; i < CAIRN_MAC_BYTES; i++) {
        out[2 * i] = DIGITS[mac[i] >> 4];
        out[2 * i + 1] = DIGITS[mac[i] & 15];
    }
    out[HEX_SIZE - 1] = '\0';
}

static bool hash_of_request(const request *r, char hex[HEX_SIZE])
{
    unsigned char digest[CAIRN_MAC_BYTES];
    cairn_buf query = CAIRN_BUF_INIT(TEXT_MAX), text = CAIRN_BUF_INIT(TEXT_MAX);
    add_query(&query, r, true);
    cairn_buf_add_text(&text, "GET\n");
    cairn_buf_add_span(&text, cairn_buf_span(&r->path));
    cairn_buf_add_byte(&text, '\n');
    cairn_buf_add_span(&text, cairn_buf_span(&query));
    cairn_buf_add_text(&text, "\nhost:");
    cairn_buf_add_span(&text, cairn_buf_span(&r->host));
    cairn_buf_add_text(&text, "\n\nhost\nUNSIGNED-PAYLOAD");
    bool ok = !query.failed && !text.failed && cairn_sha256(cairn_buf_span(&text), digest);
    if (ok)
        to_hex(digest, hex);
    cairn_buf_free(&query);
    cairn_buf_free(&text);
    return ok;
}

/* ---- the key of a day ---- */

/* HMAC(HMAC(HMAC(HMAC("AWS4" secret, date), region), service), "aws4_request") */
static bool derive_key(const request *r, unsigned char key[CAIRN_MAC_BYTES])
{
    char secret[sizeof r->keys->secret + 4];
    int n = snprintf(secret, sizeof secret, "AWS4%s", r->keys->secret);
    const cairn_span steps[] = {
        cairn_span_make(r->stamp, DATE_LENGTH),
        r->section->region,
        CAIRN_SPAN_LIT("s3"),
        CAIRN_SPAN_LIT("aws4_request"),
    };
    cairn_span last = cairn_span_make(secret, (size_t)n);
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof steps / sizeof *steps; i++) {
        unsigned char next[CAIRN_MAC_BYTES];
        ok = cairn_hmac_sha256(last, steps[i], next);
        memcpy(key, next, sizeof next);
        last = cairn_span_make((const char *)key, sizeof next);
    }
    OPENSSL_cleanse(secret, sizeof secret);
    return ok;
}

/* What a key was made of, and the key. */
typedef struct day_key {
    char of[CAIRN_SIGN_SECRET_MAX + 128];
    unsigned char key[CAIRN_MAC_BYTES];
} day_key;

/* The last one is kept by each thread: thousands of hrefs are signed with it, one after the other. */
static bool key_of_day(const request *r, unsigned char key[CAIRN_MAC_BYTES])
{
    static _Thread_local day_key kept;
    char of[sizeof kept.of];
    int n = snprintf(of, sizeof of, "%.*s\n%.*s\n%s", DATE_LENGTH, r->stamp, CAIRN_SPAN_FMT(r->section->region),
                     r->keys->secret);
    bool fits = n > 0 && (size_t)n < sizeof of, ok = true;
    if (fits && strcmp(of, kept.of) == 0) {
        memcpy(key, kept.key, sizeof kept.key);
    } else {
        ok = derive_key(r, key);
        OPENSSL_cleanse(&kept, sizeof kept);
        if (ok && fits) {
            memcpy(kept.of, of, (size_t)n + 1);
            memcpy(kept.key, key, sizeof kept.key);
        }
    }
    OPENSSL_cleanse(of, sizeof of);
    return ok;
}

static bool seal(const request *r, cairn_span text, char hex[HEX_SIZE])
{
    unsigned char key[CAIRN_MAC_BYTES], mac[CAIRN_MAC_BYTES];
    bool ok = key_of_day(r, key) && cairn_hmac_sha256(cairn_span_make((const char *)key, sizeof key), text, mac);
    if (ok)
        to_hex(mac, hex);
    OPENSSL_cleanse(key, sizeof key);
    return ok;
}

static bool sign(const request *r, char signature[HEX_SIZE])
{
    char hash[HEX_SIZE];
    cairn_buf text = CAIRN_BUF_INIT(TEXT_MAX);
    bool ok = hash_of_request(r, hash) &&
              cairn_buf_printf(&text, "AWS4-HMAC-SHA256\n%s\n%.*s\n%s", r->stamp,
                               CAIRN_SPAN_FMT(cairn_buf_span(&r->scope)), hash) &&
              seal(r, cairn_buf_span(&text), signature);
    cairn_buf_free(&text);
    return ok;
}

static void add_url(cairn_buf *out, const request *r, const char *signature)
{
    cairn_buf query = CAIRN_BUF_INIT(TEXT_MAX);
    add_query(&query, r, false);
    cairn_buf_add_span(out, r->section->scheme);
    cairn_buf_add_text(out, "://");
    cairn_buf_add_span(out, cairn_buf_span(&r->host));
    cairn_buf_add_span(out, cairn_buf_span(&r->path));
    cairn_buf_add_byte(out, '?');
    cairn_buf_add_span(out, cairn_buf_span(&query));
    add_parameter(out, "X-Amz-Signature", cairn_span_of(signature));
    out->failed |= query.failed;
    cairn_buf_free(&query);
}

cairn_code cairn_sign_s3(const cairn_sign_place *place, const cairn_sign_keys *keys, int64_t now, cairn_buf *out,
                         int64_t *expires, cairn_error *error)
{
    const cairn_sign_section *section = place->section;
    request r = {.section = section,
                 .keys = keys,
                 .life = section->life,
                 .host = CAIRN_BUF_INIT(TEXT_MAX),
                 .path = CAIRN_BUF_INIT(TEXT_MAX),
                 .scope = CAIRN_BUF_INIT(TEXT_MAX)};
    char signature[HEX_SIZE];
    struct tm tm;
    time_t when = (time_t)now;
    if (keys->expires - now < r.life)
        r.life = keys->expires - now;
    if (!gmtime_r(&when, &tm) || strftime(r.stamp, sizeof r.stamp, "%Y%m%dT%H%M%SZ", &tm) != STAMP_SIZE - 1)
        return cairn_error_set(error, CAIRN_INTERNAL, "the clock is outside of the years that can be signed");
    place_object(&r, place);
    cairn_buf_printf(&r.scope, "%.8s/%.*s/s3/aws4_request", r.stamp, CAIRN_SPAN_FMT(section->region));
    bool ok = !r.host.failed && !r.path.failed && !r.scope.failed && sign(&r, signature);
    if (ok)
        add_url(out, &r, signature);
    cairn_buf_free(&r.host);
    cairn_buf_free(&r.path);
    cairn_buf_free(&r.scope);
    *expires = now + r.life;
    return ok && !out->failed ? CAIRN_OK : cairn_error_no_memory(error);
}
