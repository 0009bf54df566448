#include "base/number.h"

#include <float.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* No double, nor the middle between two, has more significant digits than 768: further digits matter only by
 * being zero or not. */
enum { DIGITS_MAX = 780, EXPONENT_MAX = 100000, EXACT_POWER = 22, EXACT_DIGITS = 15, INT64_DIGITS = 19 };
static const long long SATURATED = LLONG_MAX / 4;

typedef struct decimal {
    bool negative;
    size_t count;       /* significant digits, without zeros in front and behind; 0 is zero */
    long long exponent; /* of ten, for the last digit */
    char digits[DIGITS_MAX + 1];
} decimal;

static locale_t c_locale;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static locale_t get_c_locale(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_c_locale);
    return c_locale;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static long long read_exponent(const char *p, const char *end)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    long long value = 0;
    for (; p < end && is_digit(*p); p++)
        value = value < SATURATED / 10 - 1 ? value * 10 + (*p - '0') : SATURATED;
    return negative ? -value : value;
}

/* Takes one digit; those beyond what can matter leave a mark that they were not zero. */
static void take_digit(decimal *d, char digit, bool fraction)
{
    if (d->count == 0 && digit == '0') {
        d->exponent -= fraction;
        return;
    }
    if (d->count < DIGITS_MAX) {
        d->digits[d->count++] = digit;
        d->exponent -= fraction;
        return;
    }
    d->exponent += !fraction;
    if (digit != '0' && d->digits[DIGITS_MAX - 1] == '0')
        d->digits[DIGITS_MAX - 1] = '1';
}

static void read_decimal(cairn_span text, decimal *d)
{
    const char *p = text.p;
    const char *end = text.p + text.n;
    d->negative = p < end && *p == '-';
    d->count = 0;
    d->exponent = 0;
    p += d->negative;
    for (; p < end && is_digit(*p); p++)
        take_digit(d, *p, false);
    if (p < end && *p == '.')
        for (p++; p < end && is_digit(*p); p++)
            take_digit(d, *p, true);
    if (p < end && (*p | 0x20) == 'e')
        d->exponent += read_exponent(p + 1, end);
    for (; d->count && d->digits[d->count - 1] == '0'; d->count--)
        d->exponent++;
}

static uint64_t whole_digits(const decimal *d)
{
    uint64_t value = 0;
    for (size_t i = 0; i < d->count; i++)
        value = value * 10 + (uint64_t)(d->digits[i] - '0');
    return value;
}

/* Both factors are exact doubles, so that the one rounding of the product or quotient is right (Clinger). */
static bool is_exact(const decimal *d)
{
    return FLT_EVAL_METHOD == 0 && d->count <= EXACT_DIGITS && llabs(d->exponent) <= EXACT_POWER;
}

static double exact_double(const decimal *d)
{
    static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    double value = (double)whole_digits(d);
    return d->exponent < 0 ? value / POWERS[-d->exponent] : value * POWERS[d->exponent];
}

static double rounded_double(const decimal *d)
{
    long long exponent = d->exponent;
    if (exponent > EXPONENT_MAX)
        exponent = EXPONENT_MAX;
    if (exponent < -EXPONENT_MAX)
        exponent = -EXPONENT_MAX;
    char text[DIGITS_MAX + 32];
    memcpy(text, d->digits, d->count);
    snprintf(text + d->count, sizeof text - d->count, "e%lld", exponent);
    return strtod_l(text, NULL, get_c_locale());
}

bool cairn_number_double(cairn_span text, double *out)
{
    decimal d;
    read_decimal(text, &d);
    double value = 0;
    if (d.count)
        value = is_exact(&d) ? exact_double(&d) : rounded_double(&d);
    *out = d.negative ? -value : value;
    return !isinf(value);
}

bool cairn_number_integer(cairn_span text, long long *out)
{
    decimal d;
    read_decimal(text, &d);
    if (d.count == 0) {
        *out = 0;
        return true;
    }
    if (d.exponent < 0 || d.exponent > INT64_DIGITS || (long long)d.count + d.exponent > INT64_DIGITS)
        return false;
    uint64_t value = whole_digits(&d);
    for (long long i = 0; i < d.exponent; i++)
        value *= 10;
    if (value > (uint64_t)LLONG_MAX + d.negative)
        return false;
    *out = d.negative ? (long long)(0 - value) : (long long)value;
    return true;
}

static size_t print_whole(long long value, char out[CAIRN_NUMBER_PRINT_MAX])
{
    char digits[24], *first = digits + sizeof digits;
    for (*--first = '\0'; value >= 10; value /= 10)
        *--first = (char)('0' + value % 10);
    *--first = (char)('0' + value);
    size_t n = (size_t)(digits + sizeof digits - first);
    memcpy(out, first, n);
    return n - 1;
}

size_t cairn_number_print(double value, char out[CAIRN_NUMBER_PRINT_MAX])
{
    if (fabs(value) < 1e15 && value == (double)(long long)value && !signbit(value))
        return print_whole((long long)value, out);
    locale_t before = uselocale(get_c_locale());
    /* Below DBL_MIN a double has fewer than 15 digits. */
    int precision = fabs(value) < DBL_MIN ? 1 : 15;
    int n;
    do
        n = snprintf(out, CAIRN_NUMBER_PRINT_MAX, "%.*g", precision, value);
    while (strtod_l(out, NULL, get_c_locale()) != value && precision++ < 17);
    uselocale(before);
    return (size_t)n;
}
