/*
 * proc/elf.h - the format of programs
 */
#ifndef PROC_ELF_H
#define PROC_ELF_H

#include "mm/space.h"

/* What a loaded program tells the one that starts it. */
struct elf_image {
    vaddr_t entry;
    vaddr_t headers; /* of the program headers in memory, 0 if they are not loaded */
    size_t nr_headers;
    vaddr_t code_start, code_end; /* of what may be executed */
    vaddr_t data_start, data_end; /* of the highest segment, as far as the file goes */
    vaddr_t end;                  /* of the highest segment, page aligned: the heap's start */
};

/*
 * Map the segments of a static program into an empty space.
 *
 * Accepts   ET_EXEC, and ET_DYN without an interpreter (static PIE), which goes to 0x555555554000
 * Returns   0 and *image; -ENOEXEC (not such a program, cut short, segments that overlap or lie
 * below 64 KiB), -ENOENT (it needs an interpreter that is not there), -ENOMEM Source    elf(5);
 * System V ABI, chapters 4 and 5
 */
MUST_CHECK int elf_load(struct space *space, struct object *file, struct elf_image *image);

#endif
