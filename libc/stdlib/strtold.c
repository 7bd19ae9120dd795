/* stdlib/strtold.c - a string to long double */
#include "internal/floatscan.h"

#include <stdlib.h>

long double strtold(const char *restrict text, char **restrict end)
{
    return __floatscan_string(text, end, FLOATSCAN_LDBL);
}
