/*
 * internal/floatscan.h - from text to floating point, for strtod() and for scanf()
 *
 * One reader for both: it never goes back by more than the one character it looks at. How much of
 * what it consumed makes a valid number is told by `accepted`: strtod() ends there, and for scanf()
 * anything consumed beyond is a matching failure, as C wants it ("1e+" is no number there).
 *
 *     floatscan.c           the syntax
 *     floatscan_decimal.c   decimal digits to 128 bits and the rest
 *     floatscan_round.c     128 bits and the rest to the type wanted
 */
#ifndef INTERNAL_FLOATSCAN_H
#define INTERNAL_FLOATSCAN_H

#include <stddef.h>
#include <stdint.h>

struct floatscan_source {
    int c; /* the character looked at; negative at the end */
    /* Consume c and look at the next one. */
    void (*advance)(struct floatscan_source *source);
};

enum floatscan_type {
    FLOATSCAN_FLOAT,
    FLOATSCAN_DOUBLE,
    FLOATSCAN_LDBL,
};

struct floatscan_number {
    long double value; /* representable in the type asked for */
    size_t consumed;   /* characters taken from the source */
    size_t accepted;   /* the longest beginning of them that is a number; 0: there is none */
    int out_of_range;  /* overflow, or underflow with loss: ERANGE */
};

/*
 * Read a number without leading space: decimal, hexadecimal, inf, infinity, nan, nan(...).
 *
 * Rounded correctly, to nearest, ties to even, whatever the number of digits.
 * Source  C11 7.22.1.3; an underflow is found after rounding, as the processor does it
 */
struct floatscan_number __floatscan(struct floatscan_source *source, enum floatscan_type type);

/* strtof, strtod, strtold: skips space, sets *end (if end is not NULL) and errno. */
long double __floatscan_string(const char *s, char **end, enum floatscan_type type);

/*
 * The magnitude (bits + fraction) * 2^exponent, rounded to `type`.
 *
 * inexact       0 < fraction < 1 if set, else fraction is 0; needs bits >= 2^66
 * out_of_range  set to 1 for overflow (then infinity is returned) and underflow
 */
long double __floatscan_round(unsigned __int128 bits, int inexact, long exponent,
                              enum floatscan_type type, int *out_of_range);

/*
 * Enough limbs of nine digits for every number that lies half-way between two long doubles (at
 * most 11,515 digits): digits beyond them only make a number inexact.
 */
#define FLOATSCAN_LIMBS 1281

/* The digits of a decimal number; leading zeros are left out. */
struct floatscan_digits {
    uint32_t limb[FLOATSCAN_LIMBS]; /* nine digits each, the first ones first */
    int nr_limbs;                   /* complete ones; the next one has `used` digits so far */
    int used;
    int inexact; /* a digit that is not 0 was left out at the end */
    long point;  /* the number is 0.DIGITS * 10^point */
};

/* The magnitude of a decimal number, rounded to `type`. Changes *digits. */
long double __floatscan_decimal(struct floatscan_digits *digits, enum floatscan_type type,
                                int *out_of_range);

#endif
