/*
 * unistd/write_error.c - last words: to file descriptor 2 in one system call, needing nothing else
 */
#include "internal/libc.h"
#include "internal/syscall.h"
#include <stdarg.h>
#include <string.h>
#include <sys/uio.h>

#define MAX_STRINGS 15

void __write_error(const char *first, ...)
{
    struct iovec vec[MAX_STRINGS];
    int count = 0;
    va_list args;

    va_start(args, first);
    for (const char *s = first; s && count < MAX_STRINGS; s = va_arg(args, const char *)) {
        vec[count].iov_base = (void *)(uintptr_t)s;
        vec[count++].iov_len = strlen(s);
    }
    va_end(args);
    syscall_raw(__NR_writev, 2, vec, count);
}
