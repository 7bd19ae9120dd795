/* stdio/err.c - warn, err and their kin: "program: message: error" on stderr */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Print the line; error is an errno value, or -1 for none. */
static void print(int error, const char *fmt, va_list ap)
{
    fprintf(stderr, "%s: ", program_invocation_short_name);
    if (fmt)
        vfprintf(stderr, fmt, ap);
    if (error >= 0)
        fprintf(stderr, "%s%s", fmt ? ": " : "", strerror(error));
    fputc('\n', stderr);
}

void vwarn(const char *fmt, va_list ap)
{
    print(errno, fmt, ap);
}

void vwarnx(const char *fmt, va_list ap)
{
    print(-1, fmt, ap);
}

void verr(int status, const char *fmt, va_list ap)
{
    vwarn(fmt, ap);
    exit(status);
}

void verrx(int status, const char *fmt, va_list ap)
{
    vwarnx(fmt, ap);
    exit(status);
}

void warn(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vwarn(fmt, ap);
    va_end(ap);
}

void warnx(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vwarnx(fmt, ap);
    va_end(ap);
}

void err(int status, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    verr(status, fmt, ap);
    va_end(ap);
}

void errx(int status, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    verrx(status, fmt, ap);
    va_end(ap);
}
