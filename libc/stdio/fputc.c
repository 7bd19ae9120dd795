/* stdio/fputc.c - write one byte */
#include "internal/stdio_file.h"

int fputc(int c, FILE *file)
{
    return __stdio_putc(file, c);
}

int putc(int c, FILE *file) __attribute__((__alias__("fputc")));
int putc_unlocked(int c, FILE *file) __attribute__((__alias__("fputc")));
int fputc_unlocked(int c, FILE *file) __attribute__((__alias__("fputc")));

int putchar(int c)
{
    return __stdio_putc(stdout, c);
}

int putchar_unlocked(int c) __attribute__((__alias__("putchar")));
