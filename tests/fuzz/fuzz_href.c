// LINK: href
/* An href against an allow-list. What is signed begins with a host that is allowed, holds none of the href's tricks,
 * and is of an object that the list covers; an href that is covered is signed. */
#include "fuzz.h"

#include "base/uri.h"
#include "href/sign.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char CONFIG[] = "[s3]\nallow = s3://bucket/data/\nregion = eu-west-1\n"
                             "access-key-id = ID\nsecret-access-key = SECRET\n"
                             "[own]\nallow = s3://own/a\nendpoint = http://localhost:9000\n"
                             "access-key-id = ID\nsecret-access-key = SECRET\n"
                             "[az]\nallow = abfs://container@account.dfs.core.windows.net/dir/\n"
                             "account-key = QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\n";

static const char *const SIGNED[] = {"https://bucket.s3.eu-west-1.amazonaws.com/data/", "http://localhost:9000/own/a/",
                                     "http://localhost:9000/own/a?",
                                     "https://account.blob.core.windows.net/container/dir/"};

static cairn_signer *load(void)
{
    cairn_signer *signer;
    char path[64];
    int file = memfd_create("sign.ini", 0);
    FUZZ_ASSERT(file >= 0 && write(file, CONFIG, sizeof CONFIG - 1) == (ssize_t)sizeof CONFIG - 1);
    FUZZ_ASSERT(fchmod(file, 0600) == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    FUZZ_ASSERT(cairn_signer_load(path, &signer, NULL) == CAIRN_OK);
    close(file);
    return signer;
}

static void check(cairn_span url)
{
    bool known = false;
    for (size_t i = 0; i < sizeof SIGNED / sizeof *SIGNED; i++)
        known |= cairn_span_starts(url, SIGNED[i]);
    FUZZ_ASSERT(known);
    const char *query = memchr(url.p, '?', url.n);
    FUZZ_ASSERT(query && !memchr(query + 1, '?', url.n - (size_t)(query + 1 - url.p)) && !memchr(url.p, '#', url.n));
    for (size_t i = 0; i < url.n; i++)
        FUZZ_ASSERT(url.p[i] > ' ' && url.p[i] < 0x7F && url.p[i] != '\\' && url.p[i] != '@');
    for (const char *p = strchr(url.p + 8, '/'); p && p < query; p = strchr(p + 1, '/'))
        FUZZ_ASSERT(strncmp(p, "/../", 4) != 0 && strncmp(p, "/./", 3) != 0 && strncmp(p, "/..?", 4) != 0 &&
                    strncmp(p, "/.?", 3) != 0 && strncmp(p, "/%2E", 4) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static cairn_signer *signer;
    cairn_signed done;
    cairn_arena *arena = cairn_arena_new((size_t)8 << 20);
    if (!signer)
        signer = load();
    FUZZ_ASSERT(arena && signer);
    cairn_span href = cairn_span_make((const char *)data, size);
    cairn_code code = cairn_signer_sign(signer, href, 1700000000, arena, &done, NULL);
    FUZZ_ASSERT(code == CAIRN_OK || code == CAIRN_NOT_FOUND);
    FUZZ_ASSERT(cairn_signer_covers(signer, href) == (code == CAIRN_OK));
    if (code == CAIRN_OK)
        check(done.href);
    cairn_arena_free(arena);
    return 0;
}
