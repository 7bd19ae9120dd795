/*
 * internal/stdio_format.h - the engine behind the printf family
 *
 * One engine serves programs (libc.a) and the kernel (libk.a, -DLIBK). It writes to a sink, knows
 * no FILE, allocates nothing, and touches floating point only where LIBK is not defined.
 *
 *     format.c          the loop over a format string; integers, characters, strings
 *     format_parse.c    one directive of a format: flags, width, precision, length, conversion
 *     format_args.c     where a directive's arguments come from, numbered ("%2$d") or in order
 *     format_output.c   counting, padding
 *     format_float.c    e f g and inf/nan; format_hexfloat.c: a; format_decimal.c: exact decimal
 * digits
 */
#ifndef INTERNAL_STDIO_FORMAT_H
#define INTERNAL_STDIO_FORMAT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* The highest argument number a format may name; the types of that many lie on the stack. */
#ifdef LIBK
#define FORMAT_ARG_MAX 32
#else
#define FORMAT_ARG_MAX 4096
#endif

/* Where the bytes go. put() takes all of them; a sink that can fail remembers that it did. */
struct format_sink {
    void (*put)(struct format_sink *sink, const char *bytes, size_t len);
};

struct format {
    struct format_sink *sink;
    int count; /* bytes produced so far */
    int error; /* an errno value once the result is lost; nothing is put after that */
};

enum {
    FORMAT_LEFT = 1,   /* - */
    FORMAT_PLUS = 2,   /* + */
    FORMAT_SPACE = 4,  /* space */
    FORMAT_ALT = 8,    /* # */
    FORMAT_ZERO = 16,  /* 0 */
    FORMAT_GROUP = 32, /* ': the C locale has no grouping character, so nothing comes of it */
};

enum format_length {
    FORMAT_LEN_NONE,
    FORMAT_LEN_CHAR,  /* hh */
    FORMAT_LEN_SHORT, /* h */
    FORMAT_LEN_LONG,  /* l ll j z t q: all of them are 64 bits wide here */
    FORMAT_LEN_LDBL,  /* L; means ll for integers, as in glibc */
};

struct format_spec {
    unsigned flags;
    int width;     /* 0: none */
    int precision; /* -1: none */
    enum format_length length;
    char conversion; /* '\0': the format ended inside the directive */
};

/* Where a value comes from: the next argument, or the argument of that number (1 and up). */
enum {
    FORMAT_ARG_NONE = 0,
    FORMAT_ARG_NEXT = -1,
};

struct format_directive {
    struct format_spec spec;
    int arg;
    int width_arg;
    int precision_arg;
    int error; /* errno value of what cannot be obeyed, or 0 */
};

enum format_type {
    FORMAT_TYPE_NONE,
    FORMAT_TYPE_INT,
    FORMAT_TYPE_LONG,
    FORMAT_TYPE_POINTER,
    FORMAT_TYPE_DOUBLE,
    FORMAT_TYPE_LDBL,
};

union format_value {
    long i; /* of an int: sign extended */
    const void *p;
#ifndef LIBK
    long double f;
#endif
};

/* The arguments of one call. Numbered and unnumbered ones cannot be mixed in one format. */
struct format_args {
    va_list next;         /* unnumbered: the arguments not yet used; numbered: all of them */
    int taken;            /* not 0 once an unnumbered one was taken */
    int nr_types;         /* numbered: how many arguments the format names */
    unsigned char *types; /* numbered: the type of each; NULL as long as none was named */
};

/*
 * Format fmt with the arguments ap into sink.
 *
 * Returns  the number of bytes produced, or a negative errno: -EOVERFLOW (more than INT_MAX bytes),
 *          -EILSEQ (a wide character that is none), -EINVAL (an incomplete directive, or numbered
 * and unnumbered arguments in one format). Bytes put before an error was found stay put. Source
 * C11 7.21.6.1, POSIX fprintf(), C23 7.23.6.1 for %b; glibc where these leave a choice
 */
int __format_run(struct format_sink *sink, const char *fmt, va_list ap);

/* Read one directive that starts after its '%'. Returns what follows it. */
const char *__format_parse(const char *s, struct format_directive *directive);

/* The type of argument that a conversion takes. */
enum format_type __format_type_of(const struct format_spec *spec);

/*
 * Note the types of all numbered arguments of fmt in args->types, which has room for
 * FORMAT_ARG_MAX. Returns 0 or an errno value. An argument that no directive names counts as an
 * int.
 */
int __format_args_number(struct format_args *args, const char *fmt);

/* Fetch the argument `which` (a number, or FORMAT_ARG_NEXT), whose type is `type`. */
void __format_args_get(struct format_args *args, int which, enum format_type type,
                       union format_value *value);

/* Put len bytes, counting them. */
void __format_put(struct format *f, const char *bytes, size_t len);

/* Put n times the byte c; nothing if n is not positive. */
void __format_pad(struct format *f, char c, long n);

/*
 * Put what stands before the body of a field, so that the whole field is spec->width wide: blanks
 * (or zeros, if flags say so), with the sign or base prefix on the proper side of them.
 *
 * body  bytes that follow. The caller puts these, then calls __format_field_end() with the same
 * numbers.
 */
void __format_field_begin(struct format *f, const struct format_spec *spec, const char *prefix,
                          long body);
void __format_field_end(struct format *f, const struct format_spec *spec, const char *prefix,
                        long body);

/* The conversions lc and ls: wide characters as UTF-8. A precision counts bytes and splits no
 * character. */
void __format_wide_char(struct format *f, const struct format_spec *spec, wchar_t wc);
void __format_wide_string(struct format *f, const struct format_spec *spec, const wchar_t *s);

#ifndef LIBK
/* The conversions a A e E f F g G. A double comes widened; spec->length tells which it was. */
void __format_float(struct format *f, const struct format_spec *spec, long double value);

/* The conversions a A for a finite magnitude; prefix is the sign. */
void __format_hexfloat(struct format *f, const struct format_spec *spec, const char *sign,
                       long double magnitude);

/*
 * Every limb of the exact expansion of the smallest long double, (2^64 - 1) * 5^16445 (11,514
 * digits), and one for a carry.
 */
#define DECIMAL_LIMBS 1282

/* An exact decimal number: an integer of base 10^9 limbs, times 10^-fraction. */
struct decimal {
    int nr_limbs; /* limb[nr_limbs - 1] is not 0; the number 0 has no limb */
    int fraction; /* decimal digits behind the point */
    uint32_t limb[DECIMAL_LIMBS];
};

/* d = mantissa * 2^exponent, exactly. */
void __decimal_set(struct decimal *d, uint64_t mantissa, int exponent);

/* The power of ten of the leading digit; 0 for the number 0. */
int __decimal_high(const struct decimal *d);

/* The power of ten of the last digit that is not 0; 0 for the number 0. */
int __decimal_low(const struct decimal *d);

/* Round to a multiple of 10^power, to nearest, ties to even. */
void __decimal_round(struct decimal *d, long power);

/* The digits of 10^power, 10^(power - 1), ... 10^(power - len + 1) as characters. */
void __decimal_digits(const struct decimal *d, long power, char *out, int len);
#endif

#endif
