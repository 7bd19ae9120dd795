/* stdio/getw.c - read and write an int in the machine's form; end and error tell apart by feof,
 * ferror only */
#include <stdio.h>

int getw(FILE *file)
{
    int w;

    return fread(&w, sizeof w, 1, file) == 1 ? w : EOF;
}

int putw(int w, FILE *file)
{
    return fwrite(&w, sizeof w, 1, file) == 1 ? 0 : EOF;
}
