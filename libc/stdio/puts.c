/* stdio/puts.c - write a line */
#include "internal/stdio_file.h"

int puts(const char *s)
{
    return fputs(s, stdout) == EOF || __stdio_putc(stdout, '\n') == EOF ? EOF : 1;
}
