/*
 * stdlib/atexit.c - functions to be called at exit(), the last one first
 *
 * The 32 that C promises need no heap; further blocks come from malloc. Blocks are never freed.
 */
#include "internal/libc.h"
#include <stdlib.h>

#define BLOCK_SIZE 32

struct block {
    struct block *older;
    unsigned count;
    struct {
        void (*function)(void *);
        void *arg;
    } entry[BLOCK_SIZE];
};

static struct block first;
static struct block *newest = &first;

int __cxa_atexit(void (*function)(void *), void *arg, void *object);

/* The form that C++ compilers call (Itanium C++ ABI 3.3.6); object is of use to shared objects
 * only. */
int __cxa_atexit(void (*function)(void *), void *arg, void *object)
{
    struct block *block = newest;

    (void)object;
    if (block->count == BLOCK_SIZE) {
        block = malloc(sizeof(*block));
        if (!block)
            return -1;
        block->count = 0;
        block->older = newest;
        newest = block;
    }
    block->entry[block->count].function = function;
    block->entry[block->count].arg = arg;
    block->count++;
    return 0;
}

/* The function comes as an address because no conversion of function types allows it to be called.
 */
static void call(void *function)
{
    ((void (*)(void))(uintptr_t)function)();
}

int atexit(void (*function)(void))
{
    return __cxa_atexit(call, (void *)(uintptr_t)function, NULL);
}

void __run_atexit(void)
{
    /* Functions may register more of them: those run next. An entry is gone before it is called. */
    while (newest) {
        while (newest->count > 0) {
            unsigned i = --newest->count;
            newest->entry[i].function(newest->entry[i].arg);
        }
        if (!newest->older)
            break;
        newest = newest->older;
    }
}
