/*
 * stdio/vfprintf.c - formatted output to a stream
 *
 * Output to an unbuffered stream is gathered first: one message is one write, as far as it fits.
 */
#include "internal/stdio_file.h"
#include "internal/stdio_format.h"

#include <errno.h>
#include <string.h>

#define GATHER_SIZE 512

struct file_sink {
    struct format_sink sink;
    FILE *file;
    int failed;
    size_t gathered;
    unsigned char gather[GATHER_SIZE];
};

static void put_direct(struct file_sink *to, const unsigned char *bytes, size_t len)
{
    if (len > 0 && !to->failed && __stdio_write(to->file, bytes, len) != len)
        to->failed = 1;
}

static void put_buffered(struct format_sink *sink, const char *bytes, size_t len)
{
    put_direct((struct file_sink *)sink, (const unsigned char *)bytes, len);
}

static void flush_gathered(struct file_sink *to)
{
    put_direct(to, to->gather, to->gathered);
    to->gathered = 0;
}

static void put_gathered(struct format_sink *sink, const char *bytes, size_t len)
{
    struct file_sink *to = (struct file_sink *)sink;
    size_t n;

    for (; len > 0; bytes += n, len -= n) {
        if (to->gathered == GATHER_SIZE)
            flush_gathered(to);
        n = GATHER_SIZE - to->gathered < len ? GATHER_SIZE - to->gathered : len;
        memcpy(to->gather + to->gathered, bytes, n);
        to->gathered += n;
    }
}

int vfprintf(FILE *restrict file, const char *restrict fmt, va_list ap)
{
    struct file_sink to;
    int result;

    to.file = file;
    to.failed = 0;
    to.gathered = 0;
    if (__stdio_begin_write(file) == EOF)
        return -1;
    to.sink.put = file->flags & STDIO_UNBUFFERED ? put_gathered : put_buffered;
    result = __format_run(&to.sink, fmt, ap);
    if (to.gathered > 0)
        flush_gathered(&to);
    if (to.failed)
        return -1;
    if (result < 0) {
        errno = -result;
        return -1;
    }
    return result;
}
