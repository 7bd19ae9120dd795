/* stdlib/strtof.c - a string to float */
#include "internal/floatscan.h"

#include <stdlib.h>

float strtof(const char *restrict text, char **restrict end)
{
    return (float)__floatscan_string(text, end, FLOATSCAN_FLOAT);
}
