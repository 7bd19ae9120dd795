/*
 * process/fork.c - fork() and vfork()
 *
 * vfork shares its caller's stack with the child: the child's return from here, and all it calls,
 * would overwrite the return address, so that waits in a register.
 */
#include "internal/syscall.h"
#include <unistd.h>

_Static_assert(__NR_vfork == 58, "the number below");

__asm__(".text\n"
        ".globl vfork\n"
        ".type vfork, @function\n"
        "vfork:\n"
        "    pop %rdx\n"
        "    mov $58, %eax\n"
        "    syscall\n"
        "    push %rdx\n"
        "    mov %rax, %rdi\n"
        "    jmp __syscall_ret\n"
        ".size vfork, . - vfork\n");

pid_t _Fork(void)
{
    return (pid_t)syscall_ret(__NR_fork);
}

pid_t fork(void)
{
    return _Fork();
}
