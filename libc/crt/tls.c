/*
 * crt/tls.c - thread-local variables of the only thread
 *
 * The code addresses them below the thread pointer in FS (variant II of Drepper, "ELF Handling For
 * Thread-Local Storage"):
 *
 *     block of the program's variables | struct tcb
 *     ^ tp - offset                    ^ tp = FS base, a multiple of the block's alignment
 *
 * Few programs have any, and their block fits into static memory; a larger one is mapped.
 */
#include "internal/libc.h"
#include "internal/syscall.h"
#include <asm/prctl.h>
#include <linux/elf.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <string.h>

/* What compilers address through FS: the thread pointer itself at 0, the stack canary at 0x28. */
struct tcb {
    struct tcb *self;
    void *reserved[4];
    uintptr_t canary;
};

_Static_assert(offsetof(struct tcb, canary) == 0x28, "the compilers' ABI");

static char static_block[512] __attribute__((aligned(64)));

static const Elf64_Phdr *find_tls_segment(void)
{
    const Elf64_Phdr *phdr = (const Elf64_Phdr *)__auxv_get(AT_PHDR);
    unsigned long count = __auxv_get(AT_PHNUM);

    for (; phdr && count > 0; phdr++, count--) {
        if (phdr->p_type == PT_TLS)
            return phdr;
    }
    return NULL;
}

static uintptr_t allocate(size_t size, size_t align)
{
    long addr;

    if (align <= __alignof__(static_block) && size <= sizeof(static_block))
        return (uintptr_t)static_block;
    addr = syscall_raw(__NR_mmap, 0, size + align, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if ((unsigned long)addr >= -4095UL)
        __builtin_trap();
    return (uintptr_t)addr;
}

void __init_tls(void)
{
    const Elf64_Phdr *tls = find_tls_segment();
    const void *random = (const void *)__auxv_get(AT_RANDOM);
    size_t align = __alignof__(struct tcb);
    size_t offset = 0;
    struct tcb *tcb;
    uintptr_t tp;

    if (tls) {
        if (tls->p_align > align)
            align = tls->p_align;
        /* The smallest offset that keeps the block's address congruent to the segment's. */
        offset = tls->p_memsz + ((-tls->p_vaddr - tls->p_memsz) & (align - 1));
    }
    tp = allocate(offset + align + sizeof(struct tcb), align) + offset;
    tp = (tp + align - 1) & ~(align - 1);
    if (tls)
        memcpy((void *)(tp - offset), (const void *)tls->p_vaddr, tls->p_filesz);
    tcb = (struct tcb *)tp;
    tcb->self = tcb;
    if (random)
        memcpy(&tcb->canary, random, sizeof(tcb->canary));
    /* Its lowest byte, the first in memory, stays 0, to stop string functions that overrun. */
    tcb->canary &= ~(uintptr_t)0xff;
    if (syscall_raw(__NR_arch_prctl, ARCH_SET_FS, tp) != 0 && tls)
        __builtin_trap();
}
