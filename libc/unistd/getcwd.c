/*
 * unistd/getcwd.c - the name of the working directory
 */
#include "internal/syscall.h"
#include <unistd.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

char *getcwd(char *buf, size_t size)
{
    char own[PATH_MAX];
    char *dst = buf ? buf : own;

    if (!buf)
        size = size != 0 && size < sizeof(own) ? size : sizeof(own);
    else if (size == 0) {
        errno = EINVAL;
        return NULL;
    }
    if (syscall_ret(__NR_getcwd, dst, size) < 0)
        return NULL;
    /* A directory outside the root has a name that starts with "(unreachable)" (getcwd(3)). */
    if (dst[0] != '/') {
        errno = ENOENT;
        return NULL;
    }
    return buf ? buf : strdup(own);
}

char *get_current_dir_name(void)
{
    return getcwd(NULL, 0);
}
