/*
 * programs/echo.c - prints its arguments, a space between them, and a newline
 *
 *     echo [-n] [ARG...]        -n: no newline
 */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    int no_newline = argc > 1 && strcmp(argv[1], "-n") == 0;

    for (int i = 1 + no_newline; i < argc; i++)
        printf("%s%s", argv[i], i + 1 < argc ? " " : "");
    if (!no_newline)
        printf("\n");
    return fflush(stdout) == 0 ? 0 : 1;
}
