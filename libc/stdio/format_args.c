/*
 * stdio/format_args.c - the arguments of a formatted output call
 *
 * Unnumbered arguments are taken in order. For numbered ones ("%2$d") the types of all have to be
 * known before any but the first can be reached; they are collected in one pass over the format,
 * and an argument is then found by walking from the first one. That costs a little time and no
 * storage for values. Part of libk.
 */
#include "internal/stdio_format.h"

#include <errno.h>

static int note_type(struct format_args *args, int number, enum format_type type)
{
    if (number == FORMAT_ARG_NONE)
        return 0;
    if (number == FORMAT_ARG_NEXT)
        return EINVAL;
    while (args->nr_types < number)
        args->types[args->nr_types++] = FORMAT_TYPE_NONE;
    args->types[number - 1] = (unsigned char)type;
    return 0;
}

int __format_args_number(struct format_args *args, const char *fmt)
{
    struct format_directive directive;
    enum format_type type;
    int error = 0;

    if (args->taken)
        return EINVAL;
    args->nr_types = 0;
    while (*fmt != '\0' && !error) {
        if (*fmt++ != '%')
            continue;
        fmt = __format_parse(fmt, &directive);
        type = __format_type_of(&directive.spec);
        error = directive.error;
        if (!error)
            error = note_type(args, directive.width_arg, FORMAT_TYPE_INT);
        if (!error)
            error = note_type(args, directive.precision_arg, FORMAT_TYPE_INT);
        if (!error && type != FORMAT_TYPE_NONE)
            error = note_type(args, directive.arg, type);
    }
    return error;
}

static void take(va_list *ap, enum format_type type, union format_value *value)
{
    switch (type) {
    case FORMAT_TYPE_NONE:
    case FORMAT_TYPE_INT:
        value->i = va_arg(*ap, int);
        break;
    case FORMAT_TYPE_LONG:
        value->i = va_arg(*ap, long);
        break;
    case FORMAT_TYPE_POINTER:
        value->p = va_arg(*ap, void *);
        break;
#ifndef LIBK
    case FORMAT_TYPE_DOUBLE:
        value->f = va_arg(*ap, double);
        break;
    case FORMAT_TYPE_LDBL:
        value->f = va_arg(*ap, long double);
        break;
#else
    default:
        break;
#endif
    }
}

void __format_args_get(struct format_args *args, int which, enum format_type type,
                       union format_value *value)
{
    va_list walk;
    int i;

    if (which == FORMAT_ARG_NEXT) {
        args->taken = 1;
        take(&args->next, type, value);
        return;
    }
    va_copy(walk, args->next);
    for (i = 1; i < which; ++i)
        take(&walk, args->types[i - 1], value);
    take(&walk, type, value);
    va_end(walk);
}
