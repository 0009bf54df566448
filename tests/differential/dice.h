/* Random numbers that a seed repeats. */
#ifndef CAIRN_DIFFERENTIAL_DICE_H
#define CAIRN_DIFFERENTIAL_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct dice {
    uint64_t state;
} dice;

/* The dice of one search of a run. */
dice dice_for(uint64_t seed, uint64_t number);
uint64_t dice_roll(dice *d);
/* 0 to n - 1. */
size_t dice_below(dice *d, size_t n);
double dice_between(dice *d, double low, double high);
bool dice_one_in(dice *d, size_t n);
/* Small sizes as often as large ones: low to high on a logarithmic scale. */
double dice_scale(dice *d, double low, double high);

#endif
