/* Numbers that look random and are the same in each run. */
#ifndef CAIRN_TEST_NOISE_H
#define CAIRN_TEST_NOISE_H

#include <stdint.h>

static uint64_t random_state = 88172645463325252u;

static inline uint32_t next_random(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16) % below;
}

#endif
