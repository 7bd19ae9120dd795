/* stdio/vfscanf.c - formatted input from a stream */
#include "internal/stdio_file.h"
#include "internal/stdio_scan.h"

struct file_input {
    struct scan_input input;
    FILE *file;
};

static int peek(struct scan_input *input)
{
    FILE *file = ((struct file_input *)input)->file;

    if (file->rpos == file->rend && __stdio_fill(file) == EOF)
        return EOF;
    return *file->rpos;
}

static void take(struct scan_input *input)
{
    ++((struct file_input *)input)->file->rpos;
}

int vfscanf(FILE *restrict file, const char *restrict fmt, va_list ap)
{
    struct file_input input = {{peek, take}, file};

    return __scan_run(&input.input, fmt, ap);
}
