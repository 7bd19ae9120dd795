/* stdlib/atof.c - a string to double, for those who do not ask what was wrong with it */
#include <stdlib.h>

double atof(const char *text)
{
    return strtod(text, NULL);
}
