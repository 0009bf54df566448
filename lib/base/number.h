/* Decimal numbers in the spelling of JSON, to and from doubles. Independent of the locale; thread-safe. */
#ifndef CAIRN_BASE_NUMBER_H
#define CAIRN_BASE_NUMBER_H

#include "base/span.h"

/* The text must have the grammar of a JSON number (RFC 8259 6), of any length.
 * Nearest double, ties to even; false when that is an infinity. */
bool cairn_number_double(cairn_span text, double *out);
/* The exact value when it is a whole number in int64: 1, 1.0, 1e3 are; 1.5 is not. */
bool cairn_number_integer(cairn_span text, long long *out);

enum { CAIRN_NUMBER_PRINT_MAX = 32 };
/* The shortest spelling of a finite double that reads back the same, NUL-terminated; returns its length. */
size_t cairn_number_print(double value, char out[CAIRN_NUMBER_PRINT_MAX]);

#endif
