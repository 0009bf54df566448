/* Codes of limited length: complete, never too long, and as short in all as Huffman's where the limit allows. */
#include "base/huffman.h"

#include "noise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The bits of the best code without a limit: the sum of all inner nodes, found the slow way. */
static uint64_t best_cost(const uint32_t *occurs, size_t n)
{
    uint64_t weights[CAIRN_HUFFMAN_SYMBOLS], cost = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (occurs[i])
            weights[count++] = occurs[i];
    while (count > 1) {
        for (int k = 0; k < 2; k++) /* the two lightest to the end */
            for (size_t i = 0; i + 1 < count - (size_t)k; i++)
                if (weights[i] < weights[i + 1]) {
                    uint64_t heavier = weights[i + 1];
                    weights[i + 1] = weights[i];
                    weights[i] = heavier;
                }
        weights[count - 2] += weights[count - 1];
        cost += weights[--count - 1];
    }
    return cost;
}

static void assert_complete(const uint8_t *lengths, size_t n, unsigned longest)
{
    uint32_t taken = 0;
    for (size_t i = 0; i < n; i++) {
        assert_true(lengths[i] <= longest);
        taken += lengths[i] ? UINT32_C(1) << (longest - lengths[i]) : 0;
    }
    assert_int_equal(taken, UINT32_C(1) << longest);
}

static uint64_t cost_of(const uint32_t *occurs, const uint8_t *lengths, size_t n)
{
    uint64_t cost = 0;
    for (size_t i = 0; i < n; i++) {
        assert_true(lengths[i] > 0 || occurs[i] == 0);
        cost += (uint64_t)occurs[i] * lengths[i];
    }
    return cost;
}

static void test_best(void **state)
{
    (void)state;
    for (int round = 0; round < 3000; round++) {
        uint32_t occurs[CAIRN_HUFFMAN_SYMBOLS] = {0};
        uint8_t lengths[CAIRN_HUFFMAN_SYMBOLS];
        size_t n = 2 + next_random(CAIRN_HUFFMAN_SYMBOLS - 1);
        for (size_t i = 0; i < n; i++)
            occurs[i] = next_random(3) ? 1 + next_random(round % 2 ? 50 : 3000) : 0;
        occurs[0] = occurs[1] = 1;
        cairn_huffman_lengths(occurs, n, 15, lengths);
        assert_complete(lengths, n, 15);
        uint64_t cost = cost_of(occurs, lengths, n), best = best_cost(occurs, n);
        assert_true(round % 2 ? cost == best : cost >= best && cost - best <= best / 10000); /* 3000: the limit binds */
    }
}

/* Fibonacci's numbers make the deepest trees. */
static void test_limit(void **state)
{
    (void)state;
    for (size_t n = 2; n <= 40; n++)
        for (unsigned longest = 7; longest <= 15; longest += 8) {
            uint32_t occurs[CAIRN_HUFFMAN_SYMBOLS] = {1, 1};
            uint8_t lengths[CAIRN_HUFFMAN_SYMBOLS];
            for (size_t i = 2; i < n; i++)
                occurs[i] = occurs[i - 1] + occurs[i - 2];
            cairn_huffman_lengths(occurs, n, longest, lengths);
            assert_complete(lengths, n, longest);
            if (n <= longest + 1)
                assert_true(cost_of(occurs, lengths, n) == best_cost(occurs, n));
        }
}

static void test_few(void **state)
{
    (void)state;
    for (size_t only = 0; only <= 30; only++) {
        uint32_t occurs[30] = {0};
        uint8_t lengths[30];
        if (only < 30)
            occurs[only] = 7;
        cairn_huffman_lengths(occurs, 30, 15, lengths);
        assert_complete(lengths, 30, 15);
        assert_true(only == 30 || lengths[only] == 1);
    }
}

/* RFC 1951, 3.2.2: its example of eight letters; mirrored, since codes are written from their lowest bit. */
static void test_codes(void **state)
{
    (void)state;
    static const uint8_t lengths[] = {3, 3, 3, 3, 3, 2, 4, 4};
    static const char *const words[] = {"010", "011", "100", "101", "110", "00", "1110", "1111"};
    uint16_t codes[8];
    cairn_huffman_codes(lengths, 8, codes);
    for (size_t i = 0; i < 8; i++)
        for (size_t bit = 0; bit < strlen(words[i]); bit++)
            assert_int_equal(codes[i] >> bit & 1, words[i][bit] - '0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_few),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
