#include "tests/differential/dice.h"

#include <math.h>

/* splitmix64 */
uint64_t dice_roll(dice *d)
{
    uint64_t z = (d->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

dice dice_for(uint64_t seed, uint64_t number)
{
    dice d = {seed};
    d.state = dice_roll(&d) ^ number;
    d.state = dice_roll(&d);
    return d;
}

size_t dice_below(dice *d, size_t n)
{
    return (size_t)(dice_roll(d) % n);
}

double dice_between(dice *d, double low, double high)
{
    return low + (high - low) * ((double)(dice_roll(d) >> 11) * 0x1p-53);
}

bool dice_one_in(dice *d, size_t n)
{
    return dice_below(d, n) == 0;
}

double dice_scale(dice *d, double low, double high)
{
    return exp(dice_between(d, log(low), log(high)));
}
