/* stdio/remove.c - remove a file or an empty directory */
#include "internal/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

int remove(const char *path)
{
    long result = syscall_raw(__NR_unlinkat, AT_FDCWD, path, 0);

    if (result == -EISDIR)
        result = syscall_raw(__NR_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
    return (int)__syscall_ret(result);
}
