/*
 * stdlib/_Exit.c - end at once, nothing flushed or called
 */
#include "internal/syscall.h"
#include <stdlib.h>
#include <unistd.h>

void _exit(int status)
{
    syscall_raw(__NR_exit_group, status);
    for (;;)
        __builtin_trap();
}

void _Exit(int status)
{
    _exit(status);
}
