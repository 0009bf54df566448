/* Clocks. Monotonic nanoseconds for deadlines and rates; wall time for stamps. Thread-safe. */
#ifndef CAIRN_BASE_CLOCK_H
#define CAIRN_BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t cairn_clock_now(void);
/* Seconds since 1970-01-01T00:00:00Z. */
int64_t cairn_clock_wall(void);

enum { CAIRN_MILLISECOND = 1000000 };
#define CAIRN_SECOND INT64_C(1000000000)

#endif
