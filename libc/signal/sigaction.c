/*
 * signal/sigaction.c - what happens on a signal
 *
 * A handler returns into __restore_rt, which gives the interrupted registers back by rt_sigreturn:
 * on x86-64 the kernel insists on being told where that is (SA_RESTORER). Unwinders know the two
 * instructions by their bytes.
 */
#include "internal/sigaction.h"
#include "internal/syscall.h"
#include <errno.h>
#include <signal.h>
#include <stddef.h>

void __restore_rt(void) __attribute__((visibility("hidden")));

__asm__(".text\n"
        ".p2align 4\n"
        "    nop\n" /* Unwinders look up the call before the return address, one byte down. */
        ".globl __restore_rt\n"
        ".hidden __restore_rt\n"
        ".type __restore_rt, @function\n"
        "__restore_rt:\n"
        "    mov $15, %rax\n"
        "    syscall\n"
        ".size __restore_rt, . - __restore_rt\n");

_Static_assert(__NR_rt_sigreturn == 15, "the number above");

unsigned long __signals_handled;

long __rt_sigaction(int signal, const struct k_sigaction *action, struct k_sigaction *old)
{
    return syscall_raw(__NR_rt_sigaction, signal, action, old, sizeof(unsigned long));
}

int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict old)
{
    struct k_sigaction new_k, old_k;

    if (action) {
        new_k.handler = action->sa_handler;
        new_k.flags = (unsigned)action->sa_flags | SA_RESTORER;
        new_k.restorer = __restore_rt;
        new_k.mask = action->sa_mask.__bits;
        if (signal > 0 && signal < _NSIG && action->sa_handler != SIG_DFL &&
            action->sa_handler != SIG_IGN)
            __signals_handled |= 1UL << (signal - 1);
    }
    if (__syscall_ret(__rt_sigaction(signal, action ? &new_k : NULL, old ? &old_k : NULL)) < 0)
        return -1;
    if (old) {
        old->sa_handler = old_k.handler;
        old->sa_flags = (int)old_k.flags;
        old->sa_restorer = old_k.restorer;
        old->sa_mask.__bits = old_k.mask;
    }
    return 0;
}

int sigaltstack(const stack_t *restrict stack, stack_t *restrict old)
{
    return (int)syscall_ret(__NR_sigaltstack, stack, old);
}
