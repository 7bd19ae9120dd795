/*
 * setjmp/setjmp.c - saving and restoring the registers a function must preserve
 *
 * Those are rbx, rbp, r12 to r15 and the stack pointer (System V ABI AMD64, 3.2.1); the place to
 * return to is the caller's. The floating point control words stay as they are.
 */
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

void __sigsetjmp_save(jmp_buf env, int save_mask);

_Static_assert(offsetof(__typeof__(((jmp_buf *)0)[0][0]), __mask_saved) == 64, "the asm below");

__asm__(".text\n"
        ".globl setjmp\n"
        ".globl _setjmp\n"
        ".type setjmp, @function\n"
        ".type _setjmp, @function\n"
        "setjmp:\n"
        "_setjmp:\n"
        "    movq $0, 64(%rdi)\n"
        ".Lsave:\n"
        "    mov %rbx, (%rdi)\n"
        "    mov %rbp, 8(%rdi)\n"
        "    mov %r12, 16(%rdi)\n"
        "    mov %r13, 24(%rdi)\n"
        "    mov %r14, 32(%rdi)\n"
        "    mov %r15, 40(%rdi)\n"
        "    lea 8(%rsp), %rdx\n" /* the stack pointer as it is after the return */
        "    mov %rdx, 48(%rdi)\n"
        "    mov (%rsp), %rdx\n"
        "    mov %rdx, 56(%rdi)\n"
        "    xor %eax, %eax\n"
        "    ret\n"
        ".size setjmp, . - setjmp\n"
        ".size _setjmp, . - _setjmp\n"

        ".globl sigsetjmp\n"
        ".type sigsetjmp, @function\n"
        "sigsetjmp:\n"
        "    push %rdi\n"
        "    call __sigsetjmp_save\n"
        "    pop %rdi\n"
        "    jmp .Lsave\n"
        ".size sigsetjmp, . - sigsetjmp\n"

        ".globl _longjmp\n"
        ".globl __longjmp\n"
        ".hidden __longjmp\n"
        ".type _longjmp, @function\n"
        ".type __longjmp, @function\n"
        "_longjmp:\n"
        "__longjmp:\n"
        "    mov %esi, %eax\n"
        "    cmp $1, %eax\n"
        "    adc $0, %eax\n" /* 0 becomes 1 */
        "    mov (%rdi), %rbx\n"
        "    mov 8(%rdi), %rbp\n"
        "    mov 16(%rdi), %r12\n"
        "    mov 24(%rdi), %r13\n"
        "    mov 32(%rdi), %r14\n"
        "    mov 40(%rdi), %r15\n"
        "    mov 48(%rdi), %rsp\n"
        "    jmp *56(%rdi)\n"
        ".size _longjmp, . - _longjmp\n"
        ".size __longjmp, . - __longjmp\n");

void __longjmp(jmp_buf env, int value) __attribute__((noreturn, visibility("hidden")));

void __sigsetjmp_save(jmp_buf env, int save_mask)
{
    sigset_t mask = {0};

    env[0].__mask_saved = save_mask != 0 && sigprocmask(SIG_SETMASK, NULL, &mask) == 0;
    env[0].__mask = mask.__bits;
}

void siglongjmp(sigjmp_buf env, int value)
{
    sigset_t mask = {env[0].__mask};

    if (env[0].__mask_saved)
        sigprocmask(SIG_SETMASK, &mask, NULL);
    __longjmp(env, value);
}

void longjmp(jmp_buf env, int value)
{
    siglongjmp(env, value);
}
