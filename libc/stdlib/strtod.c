/* stdlib/strtod.c - a string to double */
#include "internal/floatscan.h"

#include <stdlib.h>

double strtod(const char *restrict text, char **restrict end)
{
    return (double)__floatscan_string(text, end, FLOATSCAN_DOUBLE);
}
