/*
 * process/clone.c - clone()
 *
 * The child comes back from the system call on an empty stack, so function and argument wait there
 * for it.
 */
#include "internal/clone.h"
#include "internal/syscall.h"
#include <errno.h>
#include <sched.h>
#include <stdarg.h>

_Static_assert(__NR_clone == 56 && __NR_exit == 60, "the numbers below");

/* __clone(function rdi, stack rsi, flags rdx, arg rcx, parent_tid r8, tls r9, child_tid on the
 * stack) */
__asm__(".text\n"
        ".globl __clone\n"
        ".hidden __clone\n"
        ".type __clone, @function\n"
        "__clone:\n"
        "    and $-16, %rsi\n"
        "    sub $16, %rsi\n"
        "    mov %rdi, (%rsi)\n"
        "    mov %rcx, 8(%rsi)\n"
        "    mov %rdx, %rdi\n"
        "    mov %r8, %rdx\n"
        "    mov 8(%rsp), %r10\n"
        "    mov %r9, %r8\n"
        "    mov $56, %eax\n"
        "    syscall\n"
        "    test %eax, %eax\n"
        "    jz 1f\n"
        "    ret\n"
        "1:  xor %ebp, %ebp\n"
        "    pop %rax\n"
        "    pop %rdi\n"
        "    call *%rax\n"
        "    mov %eax, %edi\n"
        "    mov $60, %eax\n"
        "    syscall\n"
        "    ud2\n"
        ".size __clone, . - __clone\n");

int clone(int (*function)(void *), void *stack, int flags, void *arg, ...)
{
    pid_t *parent_tid, *child_tid;
    va_list args;
    void *tls;

    if (!function || !stack) {
        errno = EINVAL;
        return -1;
    }
    va_start(args, arg);
    parent_tid = va_arg(args, pid_t *);
    tls = va_arg(args, void *);
    child_tid = va_arg(args, pid_t *);
    va_end(args);
    return (int)__syscall_ret(
        __clone(function, stack, (unsigned)flags, arg, parent_tid, tls, child_tid));
}
