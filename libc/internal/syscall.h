/*
 * internal/syscall.h - system calls
 *
 * Number in rax, arguments in rdi, rsi, rdx, r10, r8, r9; the result comes back in rax, an error as
 * -errno; rcx and r11 are lost (System V ABI AMD64, appendix A.2.1).
 */
#ifndef INTERNAL_SYSCALL_H
#define INTERNAL_SYSCALL_H

#include <asm/unistd.h>

static inline long __syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long __syscall5(long nr, long a, long b, long c, long d, long e)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long __syscall4(long nr, long a, long b, long c, long d)
{
    long result;
    register long r10 __asm__("r10") = d;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long __syscall3(long nr, long a, long b, long c)
{
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long __syscall2(long nr, long a, long b)
{
    long result;

    __asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a), "S"(b) : "rcx", "r11", "memory");
    return result;
}

static inline long __syscall1(long nr, long a)
{
    long result;

    __asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a) : "rcx", "r11", "memory");
    return result;
}

static inline long __syscall0(long nr)
{
    long result;

    __asm__ volatile("syscall" : "=a"(result) : "a"(nr) : "rcx", "r11", "memory");
    return result;
}

/*
 * The one place where -errno becomes errno: -4095 to -1 are errors (no other value of a call lies
 * there).
 *
 * Returns     result, or -1 with errno set
 */
long __syscall_ret(long result);

/*
 * syscall_raw(number, arguments...)   -errno stays as it is
 * syscall_ret(number, arguments...)   -1 with errno
 *
 * Arguments may be integers or pointers.
 */
#define __SYSCALL_PICK(nr, a, b, c, d, e, f, name, ...) name
#define __SYSCALL_ARG(x)                                ((long)(x))

#define __SYSCALL0(nr)          __syscall0(nr)
#define __SYSCALL1(nr, a)       __syscall1(nr, __SYSCALL_ARG(a))
#define __SYSCALL2(nr, a, b)    __syscall2(nr, __SYSCALL_ARG(a), __SYSCALL_ARG(b))
#define __SYSCALL3(nr, a, b, c) __syscall3(nr, __SYSCALL_ARG(a), __SYSCALL_ARG(b), __SYSCALL_ARG(c))
#define __SYSCALL4(nr, a, b, c, d)                                                                 \
    __syscall4(nr, __SYSCALL_ARG(a), __SYSCALL_ARG(b), __SYSCALL_ARG(c), __SYSCALL_ARG(d))
#define __SYSCALL5(nr, a, b, c, d, e)                                                              \
    __syscall5(nr, __SYSCALL_ARG(a), __SYSCALL_ARG(b), __SYSCALL_ARG(c), __SYSCALL_ARG(d),         \
               __SYSCALL_ARG(e))
#define __SYSCALL6(nr, a, b, c, d, e, f)                                                           \
    __syscall6(nr, __SYSCALL_ARG(a), __SYSCALL_ARG(b), __SYSCALL_ARG(c), __SYSCALL_ARG(d),         \
               __SYSCALL_ARG(e), __SYSCALL_ARG(f))

#define syscall_raw(...)                                                                           \
    __SYSCALL_PICK(__VA_ARGS__, __SYSCALL6, __SYSCALL5, __SYSCALL4, __SYSCALL3, __SYSCALL2,        \
                   __SYSCALL1, __SYSCALL0, )                                                       \
    (__VA_ARGS__)
#define syscall_ret(...) __syscall_ret(syscall_raw(__VA_ARGS__))

#endif
