/* stdio/fgetc.c - read one byte */
#include "internal/stdio_file.h"

int fgetc(FILE *file)
{
    return __stdio_getc(file);
}

int getc(FILE *file) __attribute__((__alias__("fgetc")));
int getc_unlocked(FILE *file) __attribute__((__alias__("fgetc")));
int fgetc_unlocked(FILE *file) __attribute__((__alias__("fgetc")));

int getchar(void)
{
    return __stdio_getc(stdin);
}

int getchar_unlocked(void) __attribute__((__alias__("getchar")));
