/*
 * string/strcasecmp.c - comparing and finding strings whatever their case (that of ASCII)
 */
#include <string.h>

static int lower(char c)
{
    unsigned char u = (unsigned char)c;

    return u >= 'A' && u <= 'Z' ? u + ('a' - 'A') : u;
}

int strcasecmp(const char *a, const char *b)
{
    for (; *a && lower(*a) == lower(*b); a++, b++)
        ;
    return lower(*a) - lower(*b);
}

int strncasecmp(const char *a, const char *b, size_t n)
{
    for (; n > 0 && *a && lower(*a) == lower(*b); a++, b++, n--)
        ;
    return n > 0 ? lower(*a) - lower(*b) : 0;
}

char *strcasestr(const char *haystack, const char *needle)
{
    size_t len = strlen(needle);

    for (; strncasecmp(haystack, needle, len) != 0; haystack++) {
        if (!*haystack)
            return NULL;
    }
    return (char *)(unsigned long)haystack;
}
