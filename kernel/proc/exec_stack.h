/*
 * proc/exec_stack.h - the stack a program starts with: its strings, then what tells it where they are
 */
#ifndef PROC_EXEC_STACK_H
#define PROC_EXEC_STACK_H

#include "proc/elf.h"
#include "proc/process.h"

/* A stack under construction. */
struct exec_stack {
    struct space *space;
    vaddr_t top;        /* what is below is free; in the end, the stack pointer */
    size_t left;        /* bytes for strings and pointers */
    char *buffer;       /* PAGE_SIZE */
    char *page;         /* of the stack, that was written last; NULL: none yet */
    vaddr_t page_start; /* where it is */
    size_t argc, envc;
    vaddr_t path;     /* where the name of the file is */
    vaddr_t *strings; /* [argc + envc]: where each is on the stack */
    vaddr_t *places;  /* where they are noted, with room before them */
};

/*
 * Put all strings on the stack of a space, which has its highest page mapped.
 *
 * Returns  0; -E2BIG, -EFAULT, -ENOMEM: exec_stack_drop() is to be called all the same
 */
MUST_CHECK int exec_stack_take(struct exec_stack *b, struct space *space, const char *path,
                               const struct exec_strings *arguments,
                               const struct exec_strings *environment);

/* Take argv[0] away; put one before it. 0, -E2BIG, -ENOMEM. */
void exec_stack_drop_first(struct exec_stack *b);
MUST_CHECK int exec_stack_put_first(struct exec_stack *b, const char *string);

/* Write what the program finds at its stack pointer. 0, -E2BIG, -ENOMEM. */
MUST_CHECK int exec_stack_finish(struct exec_stack *b, const struct elf_image *image);

/* Free what was needed to build it. */
void exec_stack_drop(struct exec_stack *b);

#endif
