/*
 * crt/stack_chk_fail.c - where code built with -fstack-protector ends when a frame was overrun
 */
#include "internal/libc.h"
#include <stdlib.h>

void __stack_chk_fail(void) __attribute__((noreturn));

void __stack_chk_fail(void)
{
    __write_error("*** stack smashing detected ***: terminated\n", NULL);
    abort();
}
