/*
 * err.h - messages of failure, as BSD has them: `program: message: error` on stderr
 *
 * err... and errx... end the program; the ...x forms leave out the text of errno.
 */
#ifndef _ERR_H
#define _ERR_H

void warn(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
void warnx(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
void err(int status, const char *format, ...)
    __attribute__((__noreturn__, __format__(__printf__, 2, 3)));
void errx(int status, const char *format, ...)
    __attribute__((__noreturn__, __format__(__printf__, 2, 3)));
void vwarn(const char *format, __builtin_va_list args)
    __attribute__((__format__(__printf__, 1, 0)));
void vwarnx(const char *format, __builtin_va_list args)
    __attribute__((__format__(__printf__, 1, 0)));
void verr(int status, const char *format, __builtin_va_list args)
    __attribute__((__noreturn__, __format__(__printf__, 2, 0)));
void verrx(int status, const char *format, __builtin_va_list args)
    __attribute__((__noreturn__, __format__(__printf__, 2, 0)));

#endif
