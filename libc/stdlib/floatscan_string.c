/* stdlib/floatscan_string.c - a floating-point number at the beginning of a string */
#include "internal/floatscan.h"

#include <ctype.h>
#include <errno.h>

struct string_source {
    struct floatscan_source source;
    const unsigned char *s;
};

static void advance(struct floatscan_source *source)
{
    struct string_source *string = (struct string_source *)source;

    source->c = *++string->s;
}

long double __floatscan_string(const char *s, char **end, enum floatscan_type type)
{
    const char *start = s;
    struct string_source string;
    struct floatscan_number number;
    union {
        const char *given;
        char *out; /* the interface takes const away */
    } stop;

    while (isspace((unsigned char)*start))
        ++start;
    string.s = (const unsigned char *)start;
    string.source.c = *string.s;
    string.source.advance = advance;
    number = __floatscan(&string.source, type);
    stop.given = number.accepted ? start + number.accepted : s;
    if (end)
        *end = stop.out;
    if (!number.accepted)
        return 0;
    if (number.out_of_range)
        errno = ERANGE;
    return number.value;
}
