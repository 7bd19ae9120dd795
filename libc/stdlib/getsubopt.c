/*
 * stdlib/getsubopt.c - options of an option: "ro,size=5"
 */
#include <stdlib.h>
#include <string.h>

int getsubopt(char **option, char *const *tokens, char **value)
{
    char *start = *option;
    char *end = start + strcspn(start, ",");

    *option = end;
    if (*end) {
        *end = 0;
        *option = end + 1;
    }
    *value = NULL;
    for (int i = 0; tokens[i]; i++) {
        size_t len = strlen(tokens[i]);

        if (strncmp(tokens[i], start, len) != 0)
            continue;
        if (start[len] == '=')
            *value = start + len + 1;
        else if (start[len])
            continue;
        return i;
    }
    *value = start;
    return -1;
}
