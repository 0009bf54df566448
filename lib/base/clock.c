#include "base/clock.h"

#include <time.h>

static struct timespec read_clock(clockid_t id)
{
    struct timespec now = {0, 0};
    clock_gettime(id, &now);
    return now;
}

int64_t cairn_clock_now(void)
{
    struct timespec now = read_clock(CLOCK_MONOTONIC);
    return (int64_t)now.tv_sec * CAIRN_SECOND + now.tv_nsec;
}

int64_t cairn_clock_wall(void)
{
    return (int64_t)read_clock(CLOCK_REALTIME).tv_sec;
}
