#include "http/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static bool is_digits(cairn_span text, size_t max, unsigned limit, unsigned *out)
{
    unsigned value = 0;
    if (text.n == 0 || text.n > max)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text.p[i] - '0');
    }
    *out = value;
    return value <= limit;
}

static void map_ipv4(const void *four, cairn_address *out)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    memcpy(out->bytes, mapped, sizeof mapped);
    memcpy(out->bytes + sizeof mapped, four, 4);
}

/* A bare address. `bits_added` is what a prefix length in its own family lacks to one of 128 bits. */
static bool parse_bare(cairn_span text, cairn_address *out, unsigned *bits_added)
{
    char copy[INET6_ADDRSTRLEN];
    struct in_addr four;
    if (text.n == 0 || text.n >= sizeof copy || memchr(text.p, 0, text.n))
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    *bits_added = 0;
    if (inet_pton(AF_INET6, copy, out->bytes) == 1)
        return true;
    *bits_added = 96;
    if (inet_pton(AF_INET, copy, &four) != 1)
        return false;
    map_ipv4(&four, out);
    return true;
}

/* Splits host and port; false when what follows the host is no port. `port` is absent without a colon. */
static bool split_port(cairn_span text, cairn_span *host, cairn_span *port)
{
    *host = text;
    *port = CAIRN_SPAN_NONE;
    const char *from = text.p;
    if (text.n && text.p[0] == '[') {
        from = memchr(text.p, ']', text.n);
        if (!from)
            return false;
        from++;
    }
    const char *colon = memchr(from, ':', text.n - (size_t)(from - text.p));
    if (from != text.p && !colon)
        return from == text.p + text.n;
    if (!colon)
        return true;
    if (from != text.p && colon != from)
        return false;
    *host = cairn_span_make(text.p, (size_t)(colon - text.p));
    *port = cairn_span_make(colon + 1, text.n - host->n - 1);
    return true;
}

bool cairn_address_parse(cairn_span text, cairn_address *out)
{
    unsigned added, value;
    cairn_span host, port;
    if (!text.p || text.n == 0)
        return false;
    if (parse_bare(text, out, &added))
        return true;
    if (!split_port(text, &host, &port) || (port.p && !is_digits(port, 5, 65535, &value)))
        return false;
    if (host.n > 2 && host.p[0] == '[')
        return parse_bare(cairn_span_make(host.p + 1, host.n - 2), out, &added) && added == 0;
    return parse_bare(host, out, &added) && added != 0;
}

bool cairn_address_from(const struct sockaddr *socket_address, cairn_address *out)
{
    if (socket_address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, socket_address, sizeof in);
        map_ipv4(&in.sin_addr, out);
        return true;
    }
    if (socket_address->sa_family != AF_INET6)
        return false;
    struct sockaddr_in6 in6;
    memcpy(&in6, socket_address, sizeof in6);
    memcpy(out->bytes, &in6.sin6_addr, sizeof out->bytes);
    return true;
}

static bool bit_of(const cairn_address *address, unsigned i)
{
    return address->bytes[i / 8] >> (7 - i % 8) & 1;
}

cairn_code cairn_network_parse(cairn_span text, cairn_network *out, cairn_error *error)
{
    char quoted[80];
    unsigned added;
    const char *slash = text.n ? memchr(text.p, '/', text.n) : NULL;
    cairn_span address = slash ? cairn_span_make(text.p, (size_t)(slash - text.p)) : text;
    cairn_span bits = slash ? cairn_span_make(slash + 1, text.n - address.n - 1) : CAIRN_SPAN_NONE;
    cairn_quote(text, quoted, sizeof quoted);
    if (!parse_bare(address, &out->base, &added))
        return cairn_error_set(error, CAIRN_INVALID,
                               "expected an address or a network such as 10.0.0.0/8 or fd00::/8, found '%s'", quoted);
    out->bits = 128 - added;
    if (slash && !is_digits(bits, 3, 128 - added, &out->bits))
        return cairn_error_set(error, CAIRN_INVALID, "expected a prefix length of 0 to %u behind '/', found '%s'",
                               128 - added, quoted);
    out->bits += added;
    for (unsigned i = out->bits; i < 128; i++)
        if (bit_of(&out->base, i))
            return cairn_error_set(error, CAIRN_INVALID, "the address of network '%s' has bits set behind its prefix",
                                   quoted);
    return CAIRN_OK;
}

static bool network_has(const cairn_network *network, const cairn_address *address)
{
    unsigned whole = network->bits / 8;
    if (memcmp(network->base.bytes, address->bytes, whole) != 0)
        return false;
    for (unsigned i = whole * 8; i < network->bits; i++)
        if (bit_of(&network->base, i) != bit_of(address, i))
            return false;
    return true;
}

bool cairn_networks_have(const cairn_networks *networks, const cairn_address *address)
{
    for (size_t i = 0; i < networks->n; i++)
        if (network_has(&networks->list[i], address))
            return true;
    return false;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

bool cairn_host_is_valid(cairn_span text)
{
    unsigned value, added;
    cairn_address address;
    cairn_span host, port;
    if (!text.p || text.n > 300 || !split_port(text, &host, &port) || host.n == 0)
        return false;
    if (port.p && !is_digits(port, 5, 65535, &value))
        return false;
    if (host.p[0] == '[')
        return host.n > 2 && parse_bare(cairn_span_make(host.p + 1, host.n - 2), &address, &added) && added == 0;
    for (size_t i = 0; i < host.n; i++)
        if (!is_unreserved(host.p[i]))
            return false;
    return true;
}

bool cairn_host_has_port(cairn_span text)
{
    cairn_span host, port;
    return split_port(text, &host, &port) && port.p;
}

bool cairn_prefix_is_valid(cairn_span prefix)
{
    size_t start = 1; /* of the segment */
    if (prefix.n == 0)
        return true;
    if (prefix.n > 1024 || prefix.p[0] != '/')
        return false;
    for (size_t i = 1; i <= prefix.n; i++) {
        if (i < prefix.n && prefix.p[i] != '/') {
            if (!is_unreserved(prefix.p[i]))
                return false;
            continue;
        }
        cairn_span segment = cairn_span_make(prefix.p + start, i - start);
        if (segment.n == 0 || cairn_span_is(segment, ".") || cairn_span_is(segment, ".."))
            return false;
        start = i + 1;
    }
    return true;
}
