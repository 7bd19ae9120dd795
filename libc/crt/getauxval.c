/*
 * crt/getauxval.c - the auxiliary vector
 */
#include "internal/libc.h"
#include <errno.h>
#include <sys/auxv.h>

static const struct auxv *find(unsigned long type)
{
    const struct auxv *entry = __auxv;

    while (entry->type != AT_NULL && entry->type != type)
        entry++;
    return entry->type == type ? entry : NULL;
}

unsigned long __auxv_get(unsigned long type)
{
    const struct auxv *entry = find(type);

    return entry ? entry->value : 0;
}

unsigned long getauxval(unsigned long type)
{
    const struct auxv *entry = find(type);

    if (entry)
        return entry->value;
    errno = ENOENT;
    return 0;
}
