#include "base/secret.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <xxhash.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
static const char URL_ALPHABET[] = LETTERS "-_", PLAIN_ALPHABET[] = LETTERS "+/";

bool cairn_random(void *out, size_t n)
{
    return n <= INT_MAX && RAND_bytes(out, (int)n) == 1;
}

/* Looking for an algorithm by its name takes OpenSSL 3 many times as long as a short message takes: it is done once. */
static const EVP_MD *algorithm;

static void find_algorithm(void)
{
    algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!algorithm)
        algorithm = EVP_sha256();
}

static const EVP_MD *sha256(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_algorithm);
    return algorithm;
}

bool cairn_sha256(cairn_span message, unsigned char out[CAIRN_MAC_BYTES])
{
    unsigned n = 0;
    return EVP_Digest(message.p ? message.p : "", message.n, out, &n, sha256(), NULL) == 1 && n == CAIRN_MAC_BYTES;
}

enum { BLOCK_BYTES = 64 };

/* Of the block and what follows it. */
static bool digest_behind(EVP_MD_CTX *context, const unsigned char block[BLOCK_BYTES], cairn_span rest,
                          unsigned char out[CAIRN_MAC_BYTES])
{
    return EVP_DigestInit_ex(context, sha256(), NULL) == 1 && EVP_DigestUpdate(context, block, BLOCK_BYTES) == 1 &&
           EVP_DigestUpdate(context, rest.p ? rest.p : "", rest.n) == 1 && EVP_DigestFinal_ex(context, out, NULL) == 1;
}

/* RFC 2104: H(key ^ opad, H(key ^ ipad, message)), the key filled up to a block, or its digest when it is longer. */
bool cairn_hmac_sha256(cairn_span key, cairn_span message, unsigned char out[CAIRN_MAC_BYTES])
{
    enum { INNER = 0x36, OUTER = 0x5C };
    unsigned char block[BLOCK_BYTES] = {0}, inner[CAIRN_MAC_BYTES];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && (key.n <= BLOCK_BYTES || cairn_sha256(key, block));
    if (key.n && key.n <= BLOCK_BYTES)
        memcpy(block, key.p, key.n);
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        block[i] ^= INNER;
    ok = ok && digest_behind(context, block, message, inner);
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        block[i] ^= INNER ^ OUTER;
    ok = ok && digest_behind(context, block, cairn_span_make((const char *)inner, sizeof inner), out);
    EVP_MD_CTX_free(context);
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(inner, sizeof inner);
    return ok;
}

bool cairn_equal_secret(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

/* Writes the 6-bit groups of up to three bytes; returns how many. */
static size_t encode_group(const char *alphabet, const unsigned char *p, size_t n, char out[4])
{
    unsigned bits = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) | (n > 2 ? p[2] : 0);
    for (size_t i = 0; i < 4; i++)
        out[i] = alphabet[bits >> (18 - 6 * i) & 63];
    return n > 2 ? 4 : n + 1;
}

static bool encode(const char *alphabet, cairn_span bytes, cairn_buf *out)
{
    for (size_t i = 0; i < bytes.n; i += 3) {
        char group[4];
        size_t n = encode_group(alphabet, (const unsigned char *)bytes.p + i, bytes.n - i, group);
        if (!cairn_buf_add(out, group, n))
            return false;
    }
    return !out->failed;
}

static int letter_value(const char *alphabet, char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* Decodes a group of 2 to 4 letters; false on a letter outside the alphabet, or bits that would be lost. */
static bool decode_group(const char *alphabet, const char *p, size_t n, cairn_buf *out)
{
    unsigned bits = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < n ? letter_value(alphabet, p[i]) : 0;
        if (value < 0)
            return false;
        bits = bits << 6 | (unsigned)value;
    }
    unsigned char bytes[] = {(unsigned char)(bits >> 16), (unsigned char)(bits >> 8), (unsigned char)bits, 0};
    return bytes[n - 1] == 0 && cairn_buf_add(out, bytes, n - 1);
}

static bool decode(const char *alphabet, cairn_span text, cairn_buf *out)
{
    size_t before = out->n;
    bool good = text.n % 4 != 1;
    for (size_t i = 0; good && i < text.n; i += 4)
        good = decode_group(alphabet, text.p + i, text.n - i < 4 ? text.n - i : 4, out);
    if (!good)
        out->n = before;
    return good;
}

bool cairn_base64url(cairn_span bytes, cairn_buf *out)
{
    return encode(URL_ALPHABET, bytes, out);
}

bool cairn_base64url_decode(cairn_span text, cairn_buf *out)
{
    return decode(URL_ALPHABET, text, out);
}

bool cairn_base64(cairn_span bytes, cairn_buf *out)
{
    static const char *const PADDING[] = {"", "==", "="};
    return encode(PLAIN_ALPHABET, bytes, out) && cairn_buf_add_text(out, PADDING[bytes.n % 3]);
}

bool cairn_base64_decode(cairn_span text, cairn_buf *out)
{
    if (text.n % 4)
        return false;
    for (int i = 0; i < 2 && cairn_span_ends(text, "="); i++)
        text.n--;
    return decode(PLAIN_ALPHABET, text, out);
}

uint64_t cairn_hash64(cairn_span bytes)
{
    return XXH3_64bits(bytes.p ? bytes.p : "", bytes.n);
}
