/*
 * crt/crt1.c - where a program begins
 *
 * The kernel enters with argc at the stack pointer, argv, environment and auxiliary vector above
 * it, and all other registers unspecified (System V ABI AMD64, 3.4.1). This is linked into every
 * program and so only aligns the stack and hands over; __libc_start in the library does the rest.
 * The frame pointer 0 marks the outermost frame for backtraces.
 */

__asm__(".text\n"
        ".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    mov %rsp, %rdi\n"
        "    lea main(%rip), %rsi\n"
        "    and $-16, %rsp\n"
        "    call __libc_start\n"
        "    ud2\n"
        ".size _start, . - _start\n");
