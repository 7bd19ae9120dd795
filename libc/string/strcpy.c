/*
 * string/strcpy.c - copying strings to where there is room for them
 */
#include <string.h>

char *stpcpy(char *restrict dst, const char *restrict src)
{
    size_t len = strlen(src);

    memcpy(dst, src, len + 1);
    return dst + len;
}

char *strcpy(char *restrict dst, const char *restrict src)
{
    stpcpy(dst, src);
    return dst;
}

char *strcat(char *restrict dst, const char *restrict src)
{
    stpcpy(dst + strlen(dst), src);
    return dst;
}
