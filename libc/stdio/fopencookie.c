/* stdio/fopencookie.c - a stream on a program's own functions */
#include "internal/stdio_file.h"

#include <errno.h>

struct cookie {
    void *cookie; /* the program's */
    cookie_io_functions_t call;
};

/* The functions report errors by -1 or 0 and errno; one that set none had an I/O error. */
static ssize_t failure(void)
{
    return errno > 0 ? -errno : -EIO;
}

static ssize_t cookie_read(FILE *file, char *buf, size_t size)
{
    struct cookie *c = file->cookie;
    ssize_t n = c->call.read ? c->call.read(c->cookie, buf, size) : 0;

    return n < 0 ? failure() : n;
}

static ssize_t cookie_write(FILE *file, const char *buf, size_t size)
{
    struct cookie *c = file->cookie;
    ssize_t n;

    if (!c->call.write)
        return (ssize_t)size;
    n = c->call.write(c->cookie, buf, size);
    return n <= 0 ? failure() : n;
}

static off_t cookie_seek(FILE *file, off_t offset, int whence)
{
    struct cookie *c = file->cookie;

    if (!c->call.seek)
        return -ESPIPE;
    return c->call.seek(c->cookie, &offset, whence) < 0 ? failure() : offset;
}

static int cookie_close(FILE *file)
{
    struct cookie *c = file->cookie;

    if (!c->call.close || c->call.close(c->cookie) == 0)
        return 0;
    return (int)failure();
}

static const struct stdio_ops cookie_ops = {cookie_read, cookie_write, cookie_seek, cookie_close};

FILE *fopencookie(void *restrict cookie, const char *restrict mode, cookie_io_functions_t functions)
{
    unsigned flags;
    FILE *file;

    if (__stdio_parse_mode(mode, &flags) == -1)
        return NULL;
    file = __stdio_new(&cookie_ops, -1, flags, BUFSIZ, sizeof(struct cookie));
    if (!file)
        return NULL;
    *(struct cookie *)file->cookie = (struct cookie){cookie, functions};
    return file;
}
