/*
 * elf.h - the ELF format, as the kernel exports it
 */
#ifndef _ELF_H
#define _ELF_H

#include <linux/elf.h>
#include <linux/auxvec.h>

#ifndef PF_X
#define PF_X 1
#define PF_W 2
#define PF_R 4
#endif

typedef struct {
    __u64 a_type;
    union {
        __u64 a_val;
    } a_un;
} Elf64_auxv_t;

#endif
