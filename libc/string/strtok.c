/*
 * string/strtok.c - cutting a string into tokens
 */
#include <string.h>

char *strtok_r(char *restrict s, const char *restrict delimiters, char **restrict save)
{
    char *token = s ? s : *save;
    char *end;

    if (!token)
        return NULL;
    token += strspn(token, delimiters);
    end = token + strcspn(token, delimiters);
    *save = end;
    if (end == token)
        return NULL;
    if (*end) {
        *end = 0;
        *save = end + 1;
    }
    return token;
}

char *strtok(char *restrict s, const char *restrict delimiters)
{
    static char *save;

    return strtok_r(s, delimiters, &save);
}

char *strsep(char **string, const char *delimiters)
{
    char *token = *string;
    char *end;

    if (!token)
        return NULL;
    end = token + strcspn(token, delimiters);
    *string = *end ? end + 1 : NULL;
    *end = 0;
    return token;
}
