/*
 * stdlib/getenv.c - looking into the environment
 */
#include "internal/libc.h"
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

char *getenv(const char *name)
{
    size_t len = strcspn(name, "=");

    if (len == 0 || name[len] != 0 || !environ)
        return NULL;
    for (char **entry = environ; *entry; entry++) {
        if (strncmp(*entry, name, len) == 0 && (*entry)[len] == '=')
            return *entry + len + 1;
    }
    return NULL;
}

char *secure_getenv(const char *name)
{
    return __auxv_get(AT_SECURE) ? NULL : getenv(name);
}
