/* stdio/vdprintf.c - formatted output to a file descriptor, through a stream that lives as long as
 * the call */
#include "internal/stdio_file.h"

#include <stdarg.h>

#define BUFFER_SIZE 512

int vdprintf(int fd, const char *restrict fmt, va_list ap)
{
    unsigned char buf[STDIO_UNGET + BUFFER_SIZE];
    FILE file = {
        .newline = -1,
        .flags = STDIO_CAN_WRITE,
        .fd = fd,
        .buf = buf + STDIO_UNGET,
        .size = BUFFER_SIZE,
        .ops = &__stdio_fd_ops,
    };
    int result = vfprintf(&file, fmt, ap);

    return __stdio_sync(&file) == EOF ? -1 : result;
}
