/*
 * stdio/format_parse.c - one directive of a printf format
 *
 *     % [n$] [flags] [width | * | *m$] [. precision | .* | .*m$] [length] conversion
 *
 * Only reads the format; the arguments are fetched by format_args.c. Part of libk.
 */
#include "internal/stdio_format.h"

#include <errno.h>

/* Read a decimal number at *s. Returns it, or -1 if it does not fit an int. No digit reads as 0. */
static int parse_number(const char **s)
{
    int n = 0;

    for (; **s >= '0' && **s <= '9'; ++*s) {
        if (n >= 0 &&
            (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, **s - '0', &n)))
            n = -1;
    }
    return n;
}

/* Read "n$" at *s. Returns n, or FORMAT_ARG_NEXT, with *s as it was, if there is none. */
static int parse_arg_number(const char **s, int *error)
{
    const char *p = *s;
    int n = parse_number(&p);

    if (p == *s || *p != '$')
        return FORMAT_ARG_NEXT;
    *s = p + 1;
    if (n >= 1 && n <= FORMAT_ARG_MAX)
        return n;
    *error = n < 0 ? EOVERFLOW : EINVAL;
    return FORMAT_ARG_NEXT;
}

static unsigned parse_flags(const char **s)
{
    unsigned flags = 0;

    for (;; ++*s) {
        switch (**s) {
        case '-':
            flags |= FORMAT_LEFT;
            break;
        case '+':
            flags |= FORMAT_PLUS;
            break;
        case ' ':
            flags |= FORMAT_SPACE;
            break;
        case '#':
            flags |= FORMAT_ALT;
            break;
        case '0':
            flags |= FORMAT_ZERO;
            break;
        case '\'':
            flags |= FORMAT_GROUP;
            break;
        default:
            return flags;
        }
    }
}

/* Read a number or a '*' with its argument. Returns the number; *arg says where it really comes
 * from. */
static int parse_count(const char **s, int *arg, int *error)
{
    int n;

    if (**s == '*') {
        ++*s;
        *arg = parse_arg_number(s, error);
        return 0;
    }
    n = parse_number(s);
    if (n < 0) {
        *error = EOVERFLOW;
        return 0;
    }
    return n;
}

static enum format_length parse_length(const char **s)
{
    switch (**s) {
    case 'h':
        ++*s;
        if (**s != 'h')
            return FORMAT_LEN_SHORT;
        ++*s;
        return FORMAT_LEN_CHAR;
    case 'l':
        ++*s;
        if (**s == 'l')
            ++*s;
        return FORMAT_LEN_LONG;
    case 'j':
    case 'z':
    case 't':
    case 'q':
        ++*s;
        return FORMAT_LEN_LONG;
    case 'L':
        ++*s;
        return FORMAT_LEN_LDBL;
    default:
        return FORMAT_LEN_NONE;
    }
}

const char *__format_parse(const char *s, struct format_directive *directive)
{
    struct format_spec *spec = &directive->spec;

    directive->error = 0;
    directive->width_arg = FORMAT_ARG_NONE;
    directive->precision_arg = FORMAT_ARG_NONE;
    directive->arg = parse_arg_number(&s, &directive->error);
    spec->flags = parse_flags(&s);
    spec->width = parse_count(&s, &directive->width_arg, &directive->error);
    spec->precision = -1;
    if (*s == '.') {
        ++s;
        spec->precision = parse_count(&s, &directive->precision_arg, &directive->error);
    }
    spec->length = parse_length(&s);
    spec->conversion = *s;
    return *s == '\0' ? s : s + 1;
}

enum format_type __format_type_of(const struct format_spec *spec)
{
    switch (spec->conversion) {
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
    case 'b':
    case 'B':
        return spec->length >= FORMAT_LEN_LONG ? FORMAT_TYPE_LONG : FORMAT_TYPE_INT;
    case 'c':
    case 'C':
        return FORMAT_TYPE_INT;
    case 's':
    case 'S':
    case 'p':
    case 'n':
        return FORMAT_TYPE_POINTER;
#ifndef LIBK
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        return spec->length == FORMAT_LEN_LDBL ? FORMAT_TYPE_LDBL : FORMAT_TYPE_DOUBLE;
#endif
    default:
        return FORMAT_TYPE_NONE;
    }
}
