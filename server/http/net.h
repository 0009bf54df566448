/* Addresses and networks of peers, and the syntax of hosts. IPv4 is kept as an IPv4-mapped IPv6 address, so that both
 * spellings of one peer compare equal. No state. */
#ifndef CAIRN_HTTP_NET_H
#define CAIRN_HTTP_NET_H

#include "base/error.h"

#include <sys/socket.h>

typedef struct cairn_address {
    unsigned char bytes[16];
} cairn_address;

typedef struct cairn_network {
    cairn_address base;
    unsigned bits; /* 0 to 128 */
} cairn_network;

typedef struct cairn_networks {
    const cairn_network *list;
    size_t n;
} cairn_networks;

/* "192.0.2.1", "2001:db8::1"; also, as in proxies' headers, "192.0.2.1:80", "[2001:db8::1]" and "[2001:db8::1]:80". */
bool cairn_address_parse(cairn_span text, cairn_address *out);
/* False for other families than the two IPs. */
bool cairn_address_from(const struct sockaddr *socket_address, cairn_address *out);

/* "10.0.0.0/8", "fd00::/8", or one address. CAIRN_INVALID also when bits behind the prefix are set. */
cairn_code cairn_network_parse(cairn_span text, cairn_network *out, cairn_error *error);
bool cairn_networks_have(const cairn_networks *networks, const cairn_address *address);

/* host[:port] (RFC 3986 3.2.2): letters, digits, - . _ ~ or an address in brackets; a port up to 65535. */
bool cairn_host_is_valid(cairn_span host);
bool cairn_host_has_port(cairn_span host);
/* A path that may stand before ours in links: "/a/b" of unreserved characters, no dot segments, no '/' at its end; or
 * empty. */
bool cairn_prefix_is_valid(cairn_span prefix);

#endif
