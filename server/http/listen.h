/* The listening socket. Private to the server. */
#ifndef CAIRN_HTTP_LISTEN_H
#define CAIRN_HTTP_LISTEN_H

#include "http/config.h"

/* Binds and listens; writes "127.0.0.1:8080" or "[::1]:8080", with the port that was taken, into `host`. CAIRN_IO with
 * the address and the reason. The caller closes *out_socket. */
cairn_code cairn_listen_open(const cairn_listen *listen, int *out_socket, char *host, size_t host_size,
                             cairn_error *error);

#endif
