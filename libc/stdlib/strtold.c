/* stdlib/strtold.c - a string to long double */
#include "internal/floatscan.h"

#include <stdlib.h>

long double strtold(const char *restrict text, char **restrict end)
{
    return floatscan_string(text, end, FLOATSCAN_LDBL);
}
