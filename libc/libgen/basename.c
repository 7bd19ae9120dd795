/*
 * libgen/basename.c - the last part of a path, and what comes before it (POSIX)
 */
#include <libgen.h>
#include <string.h>

/* The length of path without slashes at its end; at least 1, for "/". */
static size_t trim(const char *path, size_t len)
{
    while (len > 1 && path[len - 1] == '/')
        len--;
    return len;
}

char *basename(char *path)
{
    static char dot[] = ".";
    size_t len, start;

    if (!path || !*path)
        return strcpy(dot, ".");
    len = trim(path, strlen(path));
    path[len] = 0;
    for (start = len; start > 0 && path[start - 1] != '/'; start--)
        ;
    /* Only slashes: start stands behind the one that is left. */
    return start == len ? path : path + start;
}

char *dirname(char *path)
{
    static char dot[] = ".";
    size_t len;

    if (!path || !*path)
        return strcpy(dot, ".");
    len = trim(path, strlen(path));
    if (path[len - 1] == '/') {
        path[1] = 0;
        return path;
    }
    while (len > 0 && path[len - 1] != '/')
        len--;
    if (len == 0)
        return strcpy(dot, ".");
    path[trim(path, len)] = 0;
    return path;
}
