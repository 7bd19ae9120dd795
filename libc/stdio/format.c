/*
 * stdio/format.c - the loop over a printf format, and its conversions but for floating point
 *
 * Where C leaves a choice this does what glibc does: a null string prints as (null), a null pointer
 * as (nil), an unknown conversion prints as it stands. Part of libk, which has no %m and no
 * floating point.
 */
#include "internal/stdio_format.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define DIGITS_MAX 64 /* of a 64-bit number in base 2 */

/* Write n in the given base so that it ends before end. Returns where it starts; 0 has no digit. */
static char *write_digits(char *end, unsigned long n, unsigned base, const char *digits)
{
    if (base == 10) { /* by a constant: no division instruction */
        for (; n != 0; n /= 10)
            *--end = digits[n % 10];
        return end;
    }
    for (; n != 0; n /= base)
        *--end = digits[n % base];
    return end;
}

/* Put the number n after prefix. Precision, '0' and "#o" are dealt with here, so it is the caller's
 * copy. */
static void put_number(struct format *f, struct format_spec spec, const char *prefix,
                       unsigned long n, unsigned base)
{
    char buf[DIGITS_MAX];
    char *end = buf + sizeof buf;
    char *start = write_digits(end, n, base,
                               spec.conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef");
    long len = end - start;
    long body;

    if (spec.precision >= 0)
        spec.flags &= ~(unsigned)FORMAT_ZERO;
    body = spec.precision < 0 ? 1 : spec.precision;
    if (base == 8 && (spec.flags & FORMAT_ALT) && body <= len)
        body = len + 1; /* the first digit has to be a zero */
    if (base == 8 && (spec.flags & FORMAT_ALT) && body == 0)
        body = 1;
    if (body < len)
        body = len;
    __format_field_begin(f, &spec, prefix, body);
    __format_pad(f, '0', body - len);
    __format_put(f, start, (size_t)len);
    __format_field_end(f, &spec, prefix, body);
}

static const char *sign_prefix(unsigned flags)
{
    return flags & FORMAT_PLUS ? "+" : flags & FORMAT_SPACE ? " " : "";
}

static void put_signed(struct format *f, const struct format_spec *spec, long n)
{
    if (spec->length == FORMAT_LEN_CHAR)
        n = (signed char)n;
    if (spec->length == FORMAT_LEN_SHORT)
        n = (short)n;
    if (n < 0)
        put_number(f, *spec, "-", -(unsigned long)n, 10);
    else
        put_number(f, *spec, sign_prefix(spec->flags), (unsigned long)n, 10);
}

static void put_unsigned(struct format *f, const struct format_spec *spec, unsigned long n)
{
    const char *prefix = "";
    unsigned base = 10;

    if (spec->length == FORMAT_LEN_CHAR)
        n = (unsigned char)n;
    else if (spec->length == FORMAT_LEN_SHORT)
        n = (unsigned short)n;
    else if (spec->length == FORMAT_LEN_NONE)
        n = (unsigned)n;
    switch (spec->conversion) {
    case 'o':
        base = 8;
        break;
    case 'x':
        base = 16;
        prefix = "0x";
        break;
    case 'X':
        base = 16;
        prefix = "0X";
        break;
    case 'b':
        base = 2;
        prefix = "0b";
        break;
    case 'B':
        base = 2;
        prefix = "0B";
        break;
    default:
        break;
    }
    put_number(f, *spec, n != 0 && (spec->flags & FORMAT_ALT) ? prefix : "", n, base);
}

/* Put a field of len bytes; blanks pad it whatever the flags. */
static void put_bytes(struct format *f, const struct format_spec *spec, const char *s, size_t len)
{
    struct format_spec field = *spec;

    field.flags &= ~(unsigned)FORMAT_ZERO;
    __format_field_begin(f, &field, "", (long)len);
    __format_put(f, s, len);
    __format_field_end(f, &field, "", (long)len);
}

static void put_string(struct format *f, const struct format_spec *spec, const char *s)
{
    size_t len = spec->precision < 0 ? strlen(s) : strnlen(s, (size_t)spec->precision);

    put_bytes(f, spec, s, len);
}

/* What a null pointer prints as, if there is room for all of it. */
static void put_null(struct format *f, const struct format_spec *spec)
{
    static const char null[] = "(null)";
    int fits = spec->precision < 0 || spec->precision >= (int)sizeof null - 1;

    put_bytes(f, spec, null, fits ? sizeof null - 1 : 0);
}

static void put_pointer(struct format *f, const struct format_spec *spec, const void *p)
{
    static const char nil[] = "(nil)";
    char prefix[] = "\0000x";

    if (!p) {
        put_bytes(f, spec, nil, sizeof nil - 1);
        return;
    }
    prefix[0] = *sign_prefix(spec->flags);
    put_number(f, *spec, prefix[0] ? prefix : prefix + 1, (uintptr_t)p, 16);
}

static void store_count(const struct format *f, const struct format_spec *spec, const void *where)
{
    union {
        const void *given;
        signed char *c;
        short *s;
        int *i;
        long *l;
    } to = {.given = where};

    switch (spec->length) {
    case FORMAT_LEN_CHAR:
        *to.c = (signed char)f->count;
        break;
    case FORMAT_LEN_SHORT:
        *to.s = (short)f->count;
        break;
    case FORMAT_LEN_NONE:
        *to.i = f->count;
        break;
    default:
        *to.l = f->count;
        break;
    }
}

static void convert_pointer(struct format *f, const struct format_spec *spec, const void *p)
{
    int wide = spec->conversion == 'S' || spec->length == FORMAT_LEN_LONG;

    if (spec->conversion == 'p')
        put_pointer(f, spec, p);
    else if (spec->conversion == 'n')
        store_count(f, spec, p);
    else if (!p)
        put_null(f, spec);
    else if (wide)
        __format_wide_string(f, spec, p);
    else
        put_string(f, spec, p);
}

static void convert_integer(struct format *f, const struct format_spec *spec, long n)
{
    char byte = (char)n;

    switch (spec->conversion) {
    case 'd':
    case 'i':
        put_signed(f, spec, n);
        break;
    case 'c':
        if (spec->length == FORMAT_LEN_LONG)
            __format_wide_char(f, spec, (wchar_t)n);
        else
            put_bytes(f, spec, &byte, 1);
        break;
    case 'C':
        __format_wide_char(f, spec, (wchar_t)n);
        break;
    default:
        put_unsigned(f, spec, (unsigned long)n);
        break;
    }
}

/* The conversions without an argument. text is the directive, len bytes with its '%'. */
static void convert_nothing(struct format *f, const struct format_spec *spec, const char *text,
                            size_t len)
{
    if (spec->conversion == '%')
        __format_put(f, "%", 1);
    else if (spec->conversion == '\0')
        f->error = EINVAL;
#ifndef LIBK
    else if (spec->conversion == 'm')
        put_string(f, spec, strerror(errno));
#endif
    else
        __format_put(f, text, len);
}

/* Replace width and precision that are arguments by their values. */
static void fetch_counts(struct format_directive *directive, struct format_args *args)
{
    struct format_spec *spec = &directive->spec;
    union format_value value;

    if (directive->width_arg != FORMAT_ARG_NONE) {
        __format_args_get(args, directive->width_arg, FORMAT_TYPE_INT, &value);
        spec->width = (int)value.i;
        if (spec->width < 0) {
            spec->flags |= FORMAT_LEFT;
            if (__builtin_sub_overflow(0, spec->width, &spec->width))
                directive->error = EOVERFLOW;
        }
    }
    if (directive->precision_arg != FORMAT_ARG_NONE) {
        __format_args_get(args, directive->precision_arg, FORMAT_TYPE_INT, &value);
        spec->precision = value.i < 0 ? -1 : (int)value.i;
    }
}

static void convert(struct format *f, struct format_directive *directive, struct format_args *args,
                    const char *text, size_t len)
{
    const struct format_spec *spec = &directive->spec;
    enum format_type type = __format_type_of(spec);
    union format_value value;

    fetch_counts(directive, args);
    if (directive->error) {
        f->error = directive->error;
        return;
    }
    if (type == FORMAT_TYPE_NONE) {
        convert_nothing(f, spec, text, len);
        return;
    }
    __format_args_get(args, directive->arg, type, &value);
    if (type == FORMAT_TYPE_POINTER)
        convert_pointer(f, spec, value.p);
    else if (type == FORMAT_TYPE_INT || type == FORMAT_TYPE_LONG)
        convert_integer(f, spec, value.i);
#ifndef LIBK
    else
        __format_float(f, spec, value.f);
#endif
}

static int is_numbered(const struct format_directive *directive)
{
    return directive->arg > 0 || directive->width_arg > 0 || directive->precision_arg > 0;
}

/*
 * Format what is left of a format. Returns NULL at its end or at an error, or the place of the
 * first directive with a numbered argument if the types of those are not known yet.
 */
static const char *run(struct format *f, struct format_args *args, const char *fmt)
{
    struct format_directive directive;
    const char *text;

    while (*fmt != '\0' && !f->error) {
        text = fmt;
        while (*fmt != '\0' && *fmt != '%')
            ++fmt;
        __format_put(f, text, (size_t)(fmt - text));
        if (*fmt == '\0')
            break;
        text = fmt;
        fmt = __format_parse(fmt + 1, &directive);
        if (!args->types && is_numbered(&directive))
            return text;
        convert(f, &directive, args, text, (size_t)(fmt - text));
    }
    return NULL;
}

/* A function of its own, not to be inlined: only formats with numbered arguments need this much
 * stack. */
static __attribute__((noinline)) void run_numbered(struct format *f, struct format_args *args,
                                                   const char *fmt)
{
    unsigned char types[FORMAT_ARG_MAX];

    args->types = types;
    f->error = __format_args_number(args, fmt);
    run(f, args, fmt);
}

int __format_run(struct format_sink *sink, const char *fmt, va_list ap)
{
    struct format f = {.sink = sink};
    struct format_args args = {.taken = 0};
    const char *rest;

    va_copy(args.next, ap);
    rest = run(&f, &args, fmt);
    if (rest)
        run_numbered(&f, &args, rest);
    va_end(args.next);
    return f.error ? -f.error : f.count;
}
