/* Service SAS of Azure Blob Storage ("Create a service SAS"): of a blob (sr=b), a container (sr=c) or a directory
 * (sr=d), made with the account's key. The version is fixed: the first with the present text to sign, so that every
 * cloud and emulator knows it. */
#include "base/secret.h"
#include "href/object.h"
#include "href/sign_parts.h"
#include "stac/time.h"

#include <stdio.h>

#define VERSION "2020-12-06"

enum { TEXT_MAX = 128 << 10 };

/* What is signed: an object, or all that an entry of the allow-list covers. */
typedef struct grant {
    const cairn_sign_section *section;
    const cairn_sign_allow *allow;
    const char *resource, *permissions;
    cairn_span name; /* of the blob or directory; absent: the container */
    char ends[CAIRN_TIME_TEXT_MAX];
} grant;

/* Segments are coded as for a path: Python's quote(), which the tools of Azure use, lets '/' be. */
static void add_parameter(cairn_buf *out, const char *name, cairn_span value)
{
    cairn_buf_printf(out, "&%s=", name);
    cairn_href_add_names(out, value);
}

static bool seal(const grant *g, cairn_buf *base64)
{
    unsigned char mac[CAIRN_MAC_BYTES];
    cairn_buf text = CAIRN_BUF_INIT(TEXT_MAX);
    cairn_buf_printf(&text, "%s\n\n%s\n/blob/%.*s/%.*s%s%.*s\n", g->permissions, g->ends,
                     CAIRN_SPAN_FMT(g->allow->account), CAIRN_SPAN_FMT(g->allow->container), g->name.p ? "/" : "",
                     CAIRN_SPAN_FMT(g->name));
    /* identifier, addresses, protocol, version, resource, snapshot, encryption scope, five response headers */
    cairn_buf_printf(&text, "\n\nhttps\n" VERSION "\n%s\n\n\n\n\n\n\n", g->resource);
    bool ok = !text.failed && cairn_hmac_sha256(g->section->account_key, cairn_buf_span(&text), mac) &&
              cairn_base64(cairn_span_make((const char *)mac, sizeof mac), base64);
    cairn_buf_free(&text);
    return ok;
}

static int depth(cairn_span directory)
{
    int n = 1;
    for (size_t i = 0; i < directory.n; i++)
        n += directory.p[i] == '/';
    return n;
}

static bool add_sas(const grant *g, cairn_buf *out)
{
    cairn_buf signature = CAIRN_BUF_INIT(TEXT_MAX);
    bool ok = seal(g, &signature);
    cairn_buf_add_text(out, "se=");
    cairn_href_add_names(out, cairn_span_of(g->ends));
    cairn_buf_printf(out, "&sp=%s&spr=https&sv=" VERSION "&sr=%s", g->permissions, g->resource);
    if (g->resource[0] == 'd')
        cairn_buf_printf(out, "&sdd=%d", depth(g->name));
    add_parameter(out, "sig", cairn_buf_span(&signature));
    cairn_buf_free(&signature);
    return ok && !out->failed;
}

/* By the key, or the given SAS as long as it lasts. */
static cairn_code add_grant(grant *g, int64_t now, cairn_buf *out, int64_t *expires, cairn_error *error)
{
    const cairn_sign_section *section = g->section;
    if (section->sas.p && section->sas_expires <= now) {
        cairn_error_set(error, CAIRN_IO,
                        "the signing section [%s]: its SAS has ended; put a new one in its place and restart cairnd",
                        section->name);
        cairn_error_at_parameter(error, "sas");
        return CAIRN_IO;
    }
    *expires = section->sas.p ? section->sas_expires : now + section->life;
    cairn_time_format((cairn_time){*expires, 0}, g->ends);
    bool ok = section->sas.p ? cairn_buf_add_span(out, section->sas) : add_sas(g, out);
    return ok ? CAIRN_OK : cairn_error_no_memory(error);
}

cairn_code cairn_sign_azure(const cairn_sign_place *place, int64_t now, cairn_buf *out, int64_t *expires,
                            cairn_error *error)
{
    const cairn_sign_allow *allow = place->allow;
    grant g = {.section = place->section,
               .allow = allow,
               .resource = "b",
               .permissions = "r",
               .name = cairn_sign_place_key(place)};
    cairn_buf_printf(out, "https://%.*s.blob.%.*s/%.*s/", CAIRN_SPAN_FMT(allow->account), CAIRN_SPAN_FMT(allow->suffix),
                     CAIRN_SPAN_FMT(allow->container));
    cairn_href_add_names(out, g.name);
    cairn_buf_add_byte(out, '?');
    return add_grant(&g, now, out, expires, error);
}

cairn_code cairn_sign_azure_token(const cairn_sign_section *section, const cairn_sign_allow *allow, int64_t now,
                                  cairn_buf *out, int64_t *expires, cairn_error *error)
{
    grant g = {.section = section, .allow = allow, .resource = "c", .permissions = "rl"};
    cairn_span directory = allow->prefix;
    if (cairn_span_ends(directory, "/"))
        directory.n--;
    if (directory.n && !section->sas.p) {
        if (!section->hierarchical)
            return cairn_error_set(error, CAIRN_NOT_FOUND,
                                   "this collection is a folder of its container, for which there is no token; sign "
                                   "each href by GET /sign");
        g.resource = "d";
        g.name = directory;
    }
    return add_grant(&g, now, out, expires, error);
}
