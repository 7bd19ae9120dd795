/* stdio/rename.c - give a file another name */
#include "internal/syscall.h"

#include <fcntl.h>
#include <stdio.h>

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    return (int)syscall_ret(__NR_renameat, from_dir, from, to_dir, to);
}

int rename(const char *from, const char *to)
{
    return (int)syscall_ret(__NR_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    return (int)syscall_ret(__NR_renameat2, from_dir, from, to_dir, to, flags);
}
