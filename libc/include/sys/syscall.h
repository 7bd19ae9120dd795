/*
 * sys/syscall.h - the numbers of system calls, for syscall() of unistd.h
 */
#ifndef _SYS_SYSCALL_H
#define _SYS_SYSCALL_H

#include <bits/syscall.h>

#endif
