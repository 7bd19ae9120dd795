/*
 * stdio/scan.c - the loop over a scanf format
 *
 * The end of the input before anything was stored is EOF, whatever else was matched; this and the
 * results of all failures are glibc's.
 */
#include "internal/stdio_scan.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>

/* The arguments of one call. */
struct arguments {
    va_list next; /* those not yet used */
    va_list all;
    int stored; /* how many values were */
};

int __scan_peek(struct scan *scan)
{
    return scan->limit > 0 ? scan->input->peek(scan->input) : -1;
}

void __scan_take(struct scan *scan)
{
    scan->input->take(scan->input);
    ++scan->taken;
    --scan->limit;
}

static void skip_space(struct scan *scan)
{
    int c;

    scan->limit = LONG_MAX;
    while ((c = __scan_peek(scan)) >= 0 && isspace(c))
        __scan_take(scan);
}

/* Match one character of the format. */
static enum scan_status match(struct scan *scan, char expected)
{
    int c;

    scan->limit = LONG_MAX;
    c = __scan_peek(scan);
    if (c < 0)
        return SCAN_INPUT_FAILURE;
    if (c != (unsigned char)expected)
        return SCAN_MATCHING_FAILURE;
    __scan_take(scan);
    return SCAN_OK;
}

static enum scan_status convert(struct scan *scan, const struct scan_directive *directive, void *to)
{
    switch (directive->conversion) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
    case 'b':
    case 'p':
        return __scan_integer(scan, directive, to);
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        return __scan_float(scan, directive, to);
    case 'c':
    case 'C':
    case 's':
    case 'S':
    case '[':
        return __scan_text(scan, directive, to);
    case 'n':
        __scan_store(to, directive->length, (unsigned long)scan->taken);
        return SCAN_OK;
    default:
        errno = EINVAL;
        return SCAN_MATCHING_FAILURE;
    }
}

/* Whether leading space is part of what the conversion reads. */
static int keeps_space(char conversion)
{
    return conversion == 'c' || conversion == 'C' || conversion == '[' || conversion == 'n';
}

/* The pointer where a directive stores: all arguments are pointers, so numbered ones are easily
 * found. */
static void *fetch_pointer(struct arguments *args, int number)
{
    void *pointer = NULL;
    va_list walk;

    if (number == SCAN_NEXT)
        return va_arg(args->next, void *);
    va_copy(walk, args->all);
    while (number-- > 0)
        pointer = va_arg(walk, void *);
    va_end(walk);
    return pointer;
}

/* Obey a directive that has been parsed, and count what was stored. */
static enum scan_status obey(struct scan *scan, const struct scan_directive *directive,
                             struct arguments *args)
{
    enum scan_status status;
    void *to;

    if (!keeps_space(directive->conversion))
        skip_space(scan);
    if (directive->conversion == '%')
        return match(scan, '%');
    to = directive->suppress ? NULL : fetch_pointer(args, directive->arg);
    scan->limit = directive->width ? directive->width : LONG_MAX;
    status = convert(scan, directive, to);
    if (status == SCAN_OK && to && directive->conversion != 'n')
        ++args->stored;
    return status;
}

int __scan_run(struct scan_input *input, const char *fmt, va_list ap)
{
    struct scan scan = {.input = input};
    struct arguments args = {.stored = 0};
    struct scan_directive directive;
    enum scan_status status = SCAN_OK;

    va_copy(args.next, ap);
    va_copy(args.all, ap);
    while (*fmt != '\0' && status == SCAN_OK) {
        if (isspace((unsigned char)*fmt)) {
            skip_space(&scan);
            ++fmt;
        } else if (*fmt != '%') {
            status = match(&scan, *fmt++);
        } else {
            fmt = __scan_parse(fmt + 1, &directive);
            status = obey(&scan, &directive, &args);
        }
    }
    va_end(args.next);
    va_end(args.all);
    if (status == SCAN_ERROR || (status == SCAN_INPUT_FAILURE && args.stored == 0))
        return EOF;
    return args.stored;
}
