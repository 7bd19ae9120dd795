/*
 * stdlib/quick_exit.c - end with only the functions of at_quick_exit called, the last one first
 */
#include <stdlib.h>

/* C11 7.22.4.3 promises 32. */
#define MAX_FUNCTIONS 32

static void (*functions[MAX_FUNCTIONS])(void);
static unsigned count;

int at_quick_exit(void (*function)(void))
{
    if (count == MAX_FUNCTIONS)
        return -1;
    functions[count++] = function;
    return 0;
}

void quick_exit(int status)
{
    while (count > 0)
        functions[--count]();
    _Exit(status);
}
