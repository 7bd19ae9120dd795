/*
 * programs/hello.c - the first program: a greeting, and the arguments it was given
 *
 * Prints nothing that differs between Loam and Linux.
 */
#include <stdio.h>

int main(int argc, char **argv)
{
    printf("Hello from a static ELF program, the same on Loam and on Linux.\n");
    for (int i = 1; i < argc; i++)
        printf("argument %d: %s\n", i, argv[i]);
    return 0;
}
