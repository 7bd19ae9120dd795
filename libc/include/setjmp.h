/*
 * setjmp.h - jumps out of functions (C11 7.13, POSIX sigsetjmp)
 *
 * setjmp does not save the signal mask; sigsetjmp does when asked to.
 */
#ifndef _SETJMP_H
#define _SETJMP_H

/* regs: rbx, rbp, r12 to r15, rsp, rip. */
typedef struct {
    unsigned long __regs[8];
    unsigned long __mask_saved;
    unsigned long __mask;
} jmp_buf[1];
typedef jmp_buf sigjmp_buf;

int setjmp(jmp_buf env) __attribute__((__returns_twice__));
int _setjmp(jmp_buf env) __attribute__((__returns_twice__));
int sigsetjmp(sigjmp_buf env, int save_mask) __attribute__((__returns_twice__));
void longjmp(jmp_buf env, int value) __attribute__((__noreturn__));
void _longjmp(jmp_buf env, int value) __attribute__((__noreturn__));
void siglongjmp(sigjmp_buf env, int value) __attribute__((__noreturn__));

#define setjmp(env)               setjmp(env)
#define sigsetjmp(env, save_mask) sigsetjmp(env, save_mask)

#endif
