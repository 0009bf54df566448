#include "http/acceptor.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct cairn_acceptor {
    int socket, wake;
    cairn_acceptor_ops ops;
    pthread_t thread;
    bool complained;
};

static void wait_a_little(void)
{
    static const struct timespec LITTLE = {0, 10 * CAIRN_MILLISECOND};
    nanosleep(&LITTLE, NULL);
}

/* Out of descriptors or memory: the connection stays in the queue. */
static void complain(cairn_acceptor *acceptor, int reason)
{
    if (!acceptor->complained)
        cairn_log(CAIRN_LOG_WARN, "connections can't be accepted for now: %s", strerror(reason));
    acceptor->complained = true;
    wait_a_little();
}

static bool is_passing(int reason)
{
    return reason == EINTR || reason == ECONNABORTED || reason == EPROTO || reason == EPERM || reason == ENETDOWN ||
           reason == EHOSTDOWN || reason == ENONET || reason == EHOSTUNREACH || reason == ENETUNREACH ||
           reason == EOPNOTSUPP || reason == ENOPROTOOPT;
}

/* Takes what is queued, as long as there is room; false when the queue is empty. */
static bool accept_one(cairn_acceptor *acceptor)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    cairn_address address;
    const cairn_acceptor_ops *ops = &acceptor->ops;
    if (!ops->has_room(ops->context)) {
        wait_a_little();
        return true;
    }
    int socket = accept4(acceptor->socket, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    int reason = errno;
    if (socket < 0 && (reason == EAGAIN || reason == EWOULDBLOCK))
        return false;
    if (socket < 0) {
        if (!is_passing(reason))
            complain(acceptor, reason);
        return true;
    }
    acceptor->complained = false;
    if (cairn_address_from((struct sockaddr *)&peer, &address) && !ops->may_enter(ops->context, &address))
        close(socket);
    else
        ops->take(ops->context, socket, (struct sockaddr *)&peer, length);
    return true;
}

static void *run(void *context)
{
    cairn_acceptor *acceptor = context;
    struct pollfd files[2] = {{acceptor->wake, POLLIN, 0}, {acceptor->socket, POLLIN, 0}};
    do {
        if (poll(files, 2, -1) < 0)
            continue;
        if (files[1].revents)
            accept_one(acceptor);
    } while (!files[0].revents);
    while (acceptor->ops.has_room(acceptor->ops.context) && !acceptor->complained && accept_one(acceptor))
        ;
    close(acceptor->socket);
    return NULL;
}

cairn_acceptor *cairn_acceptor_start(int socket, const cairn_acceptor_ops *ops)
{
    cairn_acceptor *acceptor = calloc(1, sizeof *acceptor);
    if (!acceptor)
        return NULL;
    acceptor->socket = socket;
    acceptor->ops = *ops;
    acceptor->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (acceptor->wake >= 0 && pthread_create(&acceptor->thread, NULL, run, acceptor) == 0)
        return acceptor;
    if (acceptor->wake >= 0)
        close(acceptor->wake);
    free(acceptor);
    return NULL;
}

void cairn_acceptor_stop(cairn_acceptor *acceptor)
{
    eventfd_write(acceptor->wake, 1);
    pthread_join(acceptor->thread, NULL);
    close(acceptor->wake);
    free(acceptor);
}
