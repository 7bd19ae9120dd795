/*
 * string/strverscmp.c - comparing strings so that versions come in order: "a9" before "a10"
 *
 * Runs of digits compare as numbers; with leading zeros, as fractions (strverscmp(3)): "000" < "00"
 * < "01" < "010" < "09" < "0" < "1" < "9" < "10". What the digits before the first difference were
 * decides which.
 */
#include <string.h>

enum run { NO_RUN, NUMBER, FRACTION, ZEROS };

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum run next_run(enum run run, char c)
{
    if (!is_digit(c))
        return NO_RUN;
    if (run == NO_RUN)
        return c == '0' ? ZEROS : NUMBER;
    return run == ZEROS && c != '0' ? FRACTION : run;
}

/* a and b start with different digits of two numbers: the one with more of them is larger. */
static int compare_numbers(const char *a, const char *b)
{
    size_t i = 0;

    while (is_digit(a[i]) && is_digit(b[i]))
        i++;
    if (is_digit(a[i]) != is_digit(b[i]))
        return is_digit(a[i]) ? 1 : -1;
    return *a - *b;
}

int strverscmp(const char *a, const char *b)
{
    enum run run = NO_RUN;
    int digits;

    for (; *a == *b; a++, b++) {
        if (!*a)
            return 0;
        run = next_run(run, *a);
    }
    digits = is_digit(*a) + is_digit(*b);
    if (digits == 2 && (run == NUMBER || (run == NO_RUN && *a != '0' && *b != '0')))
        return compare_numbers(a, b);
    /* One number goes on, the other has ended: that is more, but behind zeros it is less. */
    if (digits == 1 && run == NUMBER)
        return is_digit(*a) ? 1 : -1;
    if (digits == 1 && run == ZEROS)
        return is_digit(*a) ? -1 : 1;
    return (unsigned char)*a - (unsigned char)*b;
}
