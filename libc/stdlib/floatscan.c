/*
 * stdlib/floatscan.c - the syntax of floating-point numbers
 *
 *     [+-] digits [. digits] [e [+-] digits]         at least one digit before or after the point
 *     [+-] 0x hexdigits [. hexdigits] [p [+-] digits]
 *     [+-] inf | infinity | nan | nan(letters, digits, _)
 *
 * Whenever what was consumed is a whole number, it is accepted; the exponent of ten or two that
 * follows is worked out before anything is converted, in one pass.
 */
#include "internal/floatscan.h"

#define LIMB_DIGITS 9

/* Exponents stop counting here; even a billion zeros behind the point do not bring such a number
 * back. */
#define EXPONENT_MAX 1000000000000000

struct reader {
    struct floatscan_source *source;
    struct floatscan_number number;
};

static int look(const struct reader *reader)
{
    return reader->source->c;
}

static void consume(struct reader *reader)
{
    reader->source->advance(reader->source);
    ++reader->number.consumed;
}

static void accept(struct reader *reader)
{
    reader->number.accepted = reader->number.consumed;
}

/* The character in lower case, if it is a letter. */
static int lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static int is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* The value of a hexadecimal digit, or -1. */
static int hex_value(int c)
{
    c = lower(c);
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Consume a word of lower-case letters. Returns 1, or 0 as soon as a character differs. */
static int consume_word(struct reader *reader, const char *word)
{
    for (; *word != '\0'; ++word) {
        if (lower(look(reader)) != *word)
            return 0;
        consume(reader);
    }
    return 1;
}

static void read_infinity(struct reader *reader)
{
    if (!consume_word(reader, "inf"))
        return;
    accept(reader);
    reader->number.value = __builtin_infl();
    if (consume_word(reader, "inity"))
        accept(reader);
}

static void read_nan(struct reader *reader)
{
    int c;

    if (!consume_word(reader, "nan"))
        return;
    accept(reader);
    reader->number.value = __builtin_nanl("");
    if (look(reader) != '(')
        return;
    do {
        consume(reader);
        c = lower(look(reader));
    } while (is_digit(c) || (c >= 'a' && c <= 'z') || c == '_');
    if (c != ')')
        return;
    consume(reader);
    accept(reader);
}

/* Consume an exponent that starts with `letter`. Returns it; 0 if there is none or it has no
 * digits. */
static long read_exponent(struct reader *reader, int letter)
{
    long exponent = 0;
    int negative;

    if (lower(look(reader)) != letter)
        return 0;
    consume(reader);
    negative = look(reader) == '-';
    if (negative || look(reader) == '+')
        consume(reader);
    if (!is_digit(look(reader)))
        return 0;
    for (; is_digit(look(reader)); consume(reader)) {
        if (exponent < EXPONENT_MAX)
            exponent = exponent * 10 + (look(reader) - '0');
    }
    accept(reader);
    return negative ? -exponent : exponent;
}

/* What follows "0x". */
static void read_hexadecimal(struct reader *reader, enum floatscan_type type)
{
    unsigned __int128 bits = 0;
    int inexact = 0;
    long exponent = 0;
    int point = 0;
    int digits = 0;
    int digit;

    for (;; consume(reader)) {
        digit = hex_value(look(reader));
        if (look(reader) == '.' && !point) {
            point = 1;
            continue;
        }
        if (digit < 0)
            break;
        digits = 1;
        if (bits >> 124 == 0) {
            bits = bits << 4 | (unsigned)digit;
            exponent -= point ? 4 : 0;
        } else {
            inexact |= digit != 0;
            exponent += point ? 0 : 4;
        }
    }
    if (!digits)
        return;
    accept(reader);
    exponent += read_exponent(reader, 'p');
    reader->number.value =
        __floatscan_round(bits, inexact, exponent, type, &reader->number.out_of_range);
}

/* Add a digit behind those there are. */
static void add_digit(struct floatscan_digits *digits, int digit)
{
    if (digits->nr_limbs == FLOATSCAN_LIMBS) {
        digits->inexact |= digit != 0;
        return;
    }
    if (digits->used == 0)
        digits->limb[digits->nr_limbs] = 0;
    digits->limb[digits->nr_limbs] = digits->limb[digits->nr_limbs] * 10 + (uint32_t)digit;
    if (++digits->used == LIMB_DIGITS) {
        ++digits->nr_limbs;
        digits->used = 0;
    }
}

/* A decimal number, of which a leading 0 may be consumed already. */
static void read_decimal(struct reader *reader, enum floatscan_type type, int any_digit)
{
    struct floatscan_digits digits;
    int point = 0;
    int started = 0; /* past the leading zeros */
    int c;

    digits.nr_limbs = digits.used = digits.inexact = 0;
    digits.point = 0;
    for (;; consume(reader)) {
        c = look(reader);
        if (c == '.' && !point) {
            point = 1;
            continue;
        }
        if (!is_digit(c))
            break;
        any_digit = 1;
        started |= c != '0';
        if (started)
            add_digit(&digits, c - '0');
        digits.point += started - point;
    }
    if (!any_digit)
        return;
    accept(reader);
    digits.point += read_exponent(reader, 'e');
    reader->number.value = __floatscan_decimal(&digits, type, &reader->number.out_of_range);
}

static void read_magnitude(struct reader *reader, enum floatscan_type type)
{
    int zero = look(reader) == '0';

    if (lower(look(reader)) == 'i') {
        read_infinity(reader);
    } else if (lower(look(reader)) == 'n') {
        read_nan(reader);
    } else {
        if (zero) {
            consume(reader);
            accept(reader);
        }
        if (zero && lower(look(reader)) == 'x') {
            consume(reader);
            read_hexadecimal(reader, type);
        } else {
            read_decimal(reader, type, zero);
        }
    }
}

struct floatscan_number __floatscan(struct floatscan_source *source, enum floatscan_type type)
{
    struct reader reader = {.source = source};
    int negative = look(&reader) == '-';

    if (negative || look(&reader) == '+')
        consume(&reader);
    read_magnitude(&reader, type);
    if (negative)
        reader.number.value = -reader.number.value;
    return reader.number;
}
