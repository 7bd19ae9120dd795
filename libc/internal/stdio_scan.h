/*
 * internal/stdio_scan.h - the engine behind the scanf family
 *
 * Input is looked at one character at a time and consumed only when it belongs to a directive, so
 * nothing ever has to be given back.
 *
 *     scan.c        the loop over a format string
 *     scan_parse.c  one directive: suppression, width, length, conversion, the set of %[
 *     scan_number.c the conversions d i u o x p b and a e f g
 *     scan_text.c   the conversions c s [ into the program's arrays or allocated ones, narrow or
 * wide
 */
#ifndef INTERNAL_STDIO_SCAN_H
#define INTERNAL_STDIO_SCAN_H

#include <stdarg.h>
#include <stddef.h>

/* Where characters come from. peek() returns the next one, or a negative number at the end or an
 * error. */
struct scan_input {
    int (*peek)(struct scan_input *input);
    void (*take)(struct scan_input *input);
};

enum scan_length {
    SCAN_LEN_NONE,
    SCAN_LEN_CHAR,  /* hh */
    SCAN_LEN_SHORT, /* h */
    SCAN_LEN_LONG,  /* l, and ll j z t q for integers */
    SCAN_LEN_LDBL,  /* L */
};

#define SCAN_NEXT 0 /* not numbered: the next argument */

struct scan_directive {
    int arg;      /* number of the argument, or SCAN_NEXT */
    int suppress; /* "*" */
    int allocate; /* "m" */
    int width;    /* 0: none given */
    enum scan_length length;
    char conversion;        /* '\0': the format ended */
    unsigned char set[256]; /* conversion '[': which characters match */
};

enum scan_status {
    SCAN_OK,
    SCAN_MATCHING_FAILURE,
    SCAN_INPUT_FAILURE, /* the end of the input came first, or it has bytes that are no character */
    SCAN_ERROR,         /* errno says which: the result is EOF */
};

struct scan {
    struct scan_input *input;
    long taken; /* characters consumed so far */
    long limit; /* characters that the directive may still consume */
};

/*
 * Read input as fmt says.
 *
 * Returns  the number of values stored, or EOF if the input ended before the first, or if there
 *          was no memory for a string
 * Source   C11 7.21.6.2, POSIX fscanf(). What is only the beginning of a number ("0x", "1e+") is a
 *          matching failure, where glibc takes it.
 */
int __scan_run(struct scan_input *input, const char *fmt, va_list ap);

/* Read one directive that starts after its '%'. Returns what follows it. */
const char *__scan_parse(const char *s, struct scan_directive *directive);

/* The next character, negative at the end of the input or of what the directive may consume. */
int __scan_peek(struct scan *scan);

/* Consume it. */
void __scan_take(struct scan *scan);

/* Convert and store at `to`, or nowhere if it is NULL. The limit is set already. */
enum scan_status __scan_integer(struct scan *scan, const struct scan_directive *directive,
                                void *to);
enum scan_status __scan_float(struct scan *scan, const struct scan_directive *directive, void *to);
enum scan_status __scan_text(struct scan *scan, const struct scan_directive *directive, void *to);

/* Store n at `to` in the size that length says; nowhere if `to` is NULL. */
void __scan_store(void *to, enum scan_length length, unsigned long n);

#endif
