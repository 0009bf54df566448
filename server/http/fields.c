#include "http/fields.h"

#include "http/words.h"

#include <stddef.h>

static const struct {
    const char *name;
    size_t at;
} KNOWN[] = {
    {"Host", offsetof(cairn_fields, host)},
    {"Accept", offsetof(cairn_fields, accept)},
    {"Accept-Profile", offsetof(cairn_fields, accept_profile)},
    {"Accept-Encoding", offsetof(cairn_fields, accept_encoding)},
    {"Content-Type", offsetof(cairn_fields, content_type)},
    {"Range", offsetof(cairn_fields, range)},
    {"If-Match", offsetof(cairn_fields, if_match)},
    {"If-None-Match", offsetof(cairn_fields, if_none_match)},
    {"If-Modified-Since", offsetof(cairn_fields, if_modified_since)},
    {"If-Unmodified-Since", offsetof(cairn_fields, if_unmodified_since)},
    {"If-Range", offsetof(cairn_fields, if_range)},
    {"Forwarded", offsetof(cairn_fields, forwarded.forwarded)},
    {"X-Forwarded-For", offsetof(cairn_fields, forwarded.x_for)},
    {"X-Forwarded-Proto", offsetof(cairn_fields, forwarded.x_proto)},
    {"X-Forwarded-Host", offsetof(cairn_fields, forwarded.x_host)},
    {"X-Forwarded-Port", offsetof(cairn_fields, forwarded.x_port)},
    {"X-Forwarded-Prefix", offsetof(cairn_fields, forwarded.x_prefix)},
};

typedef struct reading {
    cairn_fields *fields;
    cairn_arena *arena;
    bool failed;
} reading;

static enum MHD_Result take_field(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                  const char *value, size_t value_length)
{
    reading *r = context;
    (void)kind;
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        if (!cairn_word_is(cairn_span_make(name, name_length), KNOWN[i].name))
            continue;
        cairn_span *field = (cairn_span *)(void *)((char *)r->fields + KNOWN[i].at);
        cairn_span text = cairn_span_trim(cairn_span_make(value ? value : "", value ? value_length : 0));
        *field =
            field->p ? cairn_arena_printf(r->arena, "%.*s, %.*s", CAIRN_SPAN_FMT(*field), CAIRN_SPAN_FMT(text)) : text;
        r->failed |= !field->p;
        break;
    }
    return r->failed ? MHD_NO : MHD_YES;
}

bool cairn_fields_read(cairn_fields *fields, struct MHD_Connection *connection, cairn_arena *arena)
{
    reading r = {fields, arena, false};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_field, &r);
    return !r.failed;
}

static cairn_code apply_proxies(const cairn_fields *fields, const cairn_server *server,
                                struct MHD_Connection *connection, cairn_arena *arena, cairn_origin *origin,
                                cairn_error *error)
{
    cairn_address peer;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info || !info->client_addr || !cairn_address_from(info->client_addr, &peer))
        return CAIRN_OK;
    return cairn_forwarded_apply(&fields->forwarded, &server->config->trusted, &peer, arena, origin, error);
}

cairn_code cairn_fields_origin(const cairn_fields *fields, const cairn_server *server,
                               struct MHD_Connection *connection, cairn_span authority, cairn_arena *arena,
                               cairn_origin *origin, cairn_error *error)
{
    char quoted[80];
    *origin = server->self;
    if (authority.p && !cairn_host_is_valid(authority))
        return cairn_error_set(error, CAIRN_INVALID, "request target: expected a host behind http://, found '%s'",
                               cairn_quote(authority, quoted, sizeof quoted));
    if (server->config->has_base)
        return CAIRN_OK;
    if (authority.p || fields->host.p)
        origin->host = authority.p ? authority : fields->host;
    return apply_proxies(fields, server, connection, arena, origin, error);
}

cairn_method cairn_method_parse(const char *method)
{
    static const struct {
        const char *name;
        cairn_method method;
    } METHODS[] = {{"GET", CAIRN_GET}, {"HEAD", CAIRN_HEAD}, {"POST", CAIRN_POST}, {"OPTIONS", CAIRN_OPTIONS}};
    for (size_t i = 0; i < sizeof METHODS / sizeof METHODS[0]; i++)
        if (strcmp(method, METHODS[i].name) == 0)
            return METHODS[i].method;
    return CAIRN_OTHER_METHOD;
}
