#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

static void print_host(const struct sockaddr_storage *address, char *out, size_t size)
{
    char text[INET6_ADDRSTRLEN] = "?";
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    if (address->ss_family == AF_INET6) {
        memcpy(&in6, address, sizeof in6);
        inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
        snprintf(out, size, "[%s]:%u", text, ntohs(in6.sin6_port));
        return;
    }
    memcpy(&in, address, sizeof in);
    inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
    snprintf(out, size, "%s:%u", text, ntohs(in.sin_port));
}

cairn_code cairn_listen_open(const cairn_listen *where, int *out_socket, char *host, size_t host_size,
                             cairn_error *error)
{
    int yes = 1;
    struct sockaddr_storage bound = where->address;
    socklen_t length = sizeof bound;
    int fd = socket(where->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool open = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
                bind(fd, (const struct sockaddr *)&where->address, where->length) == 0 && listen(fd, SOMAXCONN) == 0 &&
                getsockname(fd, (struct sockaddr *)&bound, &length) == 0;
    int reason = errno;
    print_host(&bound, host, host_size);
    if (!open) {
        if (fd >= 0)
            close(fd);
        cairn_error_set(error, CAIRN_IO, "%s: %s%s", host, strerror(reason),
                        reason == EADDRINUSE ? "; another program listens there, choose another --listen" : "");
        return CAIRN_IO;
    }
    *out_socket = fd;
    return CAIRN_OK;
}
