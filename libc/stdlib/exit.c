/*
 * stdlib/exit.c - normal end: functions of atexit, destructors, stdio, then the kernel
 */
#include "internal/libc.h"
#include <stdlib.h>
#include <unistd.h>

typedef void fini_function(void);

/* Placed by the linker; absent where there is nothing to run. */
extern fini_function *const __fini_array_start[] WEAK HIDDEN;
extern fini_function *const __fini_array_end[] WEAK HIDDEN;

void exit(int status)
{
    /* Counts down across calls: a destructor that calls exit() goes on with the next one. */
    static fini_function *const *next;

    if (!next)
        next = __fini_array_end;
    if (__run_atexit)
        __run_atexit();
    while (next != __fini_array_start)
        (*--next)();
    if (__stdio_exit)
        __stdio_exit();
    _exit(status);
}
