/*
 * tests/guest/raw.h - system calls as the processor makes them
 *
 * raw(nr, ...) takes up to six arguments and returns what the kernel put into rax: a value or a
 * negative errno. No libc stands between the test and the kernel.
 */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#define PAGE 4096UL

__attribute__((unused)) static inline long raw6(long nr, long a, long b, long c, long d, long e,
                                                long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#define RAW_PICK(nr, a, b, c, d, e, f, ...)                                                        \
    raw6((long)(nr), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define raw(...) RAW_PICK(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

/*
 * Whether 8 bytes at address can be read, or written, without risk: rt_sigprocmask copies the new
 * mask in before it looks at the (here invalid) first argument, and stores the old one even if
 * there is no new one. can_write leaves the process's signal mask there.
 */
__attribute__((unused)) static inline int can_read(const volatile void *address)
{
    return raw(SYS_rt_sigprocmask, 99, address, 0, 8) == -EINVAL;
}

__attribute__((unused)) static inline int can_write(volatile void *address)
{
    return raw(SYS_rt_sigprocmask, 0, 0, address, 8) == 0;
}

/* Hides from the compiler where a pointer comes from. */
__attribute__((unused)) static inline void *launder(unsigned long address)
{
    __asm__ volatile("" : "+r"(address));
    return (void *)address;
}

/* Touch 64 KiB of the stack, so that it need not grow later, when it could not. */
__attribute__((unused)) static inline void grow_stack(void)
{
    volatile char room[16 * PAGE];

    for (size_t i = 0; i < sizeof(room); i += PAGE)
        room[i] = 1;
}
