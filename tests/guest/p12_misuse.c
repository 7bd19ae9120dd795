/*
 * tests/guest/p12_misuse.c - P12: misuse of the heap ends the program by SIGABRT
 *
 * Each misuse is done by a child of its own, which must die by SIGABRT: a fault inside
 * the allocator would be SIGSEGV, a misuse that goes unnoticed an exit status. The children close
 * standard error first, because the message names an address; the host tests check the exact words.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "tap.h"

/* A pointer that the compiler knows nothing of: it would warn, or leave the misuse out. */
static void *opaque(const void *pointer)
{
    void *result = (void *)(uintptr_t)pointer;

    __asm__ volatile("" : "+r"(result));
    return result;
}

static void bad_free(const void *pointer)
{
    free(opaque(pointer));
}

static int global;

static void double_free(size_t size)
{
    void *block = opaque(malloc(size));

    bad_free(block);
    bad_free(block);
}

static void double_free_small(void)
{
    double_free(40);
}

static void double_free_zero(void)
{
    double_free(0);
}

static void double_free_pages(void)
{
    double_free(50000);
}

static void double_free_mapped(void)
{
    double_free(1 << 20);
}

static void double_free_later(void)
{
    void *blocks[50];

    for (int i = 0; i < 50; i++)
        blocks[i] = malloc(100);
    for (int i = 0; i < 50; i += 2)
        free(blocks[i]);
    bad_free(blocks[20]);
}

static void double_free_after_trim(void)
{
    void *block = opaque(malloc(3000));

    bad_free(block);
    malloc_trim(0);
    bad_free(block);
}

static void double_free_after_reuse(void)
{
    char *blocks[200];

    for (int i = 0; i < 200; i++)
        blocks[i] = opaque(malloc(100));
    for (int i = 0; i < 200; i++)
        bad_free(blocks[i]);
    malloc_trim(0);
    /* Not where the block began, or it would be a free of this one. */
    char *larger = opaque(malloc(60000));
    for (int i = 0; i < 200; i++)
        if (blocks[i] > larger)
            bad_free(blocks[i]);
}

static void free_interior(void)
{
    char *block = opaque(malloc(100));
    bad_free(block + 16);
}

static void free_interior_pages(void)
{
    char *block = opaque(malloc(50000));
    bad_free(block + 8192);
}

static void free_interior_mapped(void)
{
    char *block = opaque(malloc(1 << 20));
    bad_free(block + 4096);
}

static void free_unaligned(void)
{
    char *block = opaque(malloc(100));
    bad_free(block + 1);
}

static void free_stack(void)
{
    int local = 0;
    bad_free(&local);
}

static void free_global(void)
{
    bad_free(&global);
}

static void free_literal(void)
{
    bad_free("literal");
}

static void free_code(void)
{
    bad_free((void *)(uintptr_t)&free_code);
}

static void free_wild(void)
{
    bad_free((void *)0x123456789000);
}

static void free_kernel(void)
{
    bad_free((void *)0xffff800000000000);
}

static void free_non_canonical(void)
{
    bad_free((void *)0x8000000000000000);
}

static void free_foreign(void)
{
    bad_free(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void free_break(void)
{
    bad_free(sbrk(0));
}

static void free_sbrk(void)
{
    free(malloc(10));
    bad_free(sbrk(4096));
}

static void realloc_freed(void)
{
    void *block = opaque(malloc(100));
    bad_free(block);
    block = realloc(opaque(block), 200);
}

static void realloc_interior(void)
{
    char *block = opaque(malloc(100));
    block = realloc(opaque(block + 8), 200);
}

static void realloc_stack(void)
{
    char local[64];
    void *block = realloc(opaque(local), 200);
    (void)opaque(block);
}

static void usable_size_freed(void)
{
    void *block = opaque(malloc(100));
    bad_free(block);
    malloc_usable_size(opaque(block));
}

static void usable_size_global(void)
{
    malloc_usable_size(opaque(&global));
}

/* Not noticed by itself here, but it must not lead the allocator astray: then a double free is. */
static void write_after_free(void)
{
    char *blocks[64];

    for (int i = 0; i < 64; i++)
        blocks[i] = opaque(malloc(64));
    for (int i = 0; i < 64; i++)
        bad_free(blocks[i]);
    for (int i = 0; i < 64; i++)
        memset(opaque(blocks[i]), 0x41, 64);
    for (int i = 0; i < 64; i++)
        blocks[i] = opaque(malloc(64));
    for (int i = 0; i < 64; i++)
        bad_free(blocks[i]);
    bad_free(blocks[7]);
}

static void overflow(void)
{
    char *blocks[64];

    for (int i = 0; i < 64; i++)
        blocks[i] = opaque(malloc(64));
    for (int i = 0; i < 63; i++)
        memset(opaque(blocks[i]), 0xff, 128);
    for (int i = 0; i < 64; i++)
        bad_free(blocks[i]);
    bad_free(blocks[63]);
}

static void break_lowered(void)
{
    /* Below blocks in use: noticed when the heap grows next. */
    opaque(malloc(100000));
    sbrk(-65536);
    for (int i = 0; i < 100; i++)
        opaque(malloc(60000));
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"double free", double_free_small},
    {"double free of a block of size 0", double_free_zero},
    {"double free of a block of pages", double_free_pages},
    {"double free of a mapped block", double_free_mapped},
    {"double free after other frees", double_free_later},
    {"double free after malloc_trim", double_free_after_trim},
    {"double free after reuse by another size", double_free_after_reuse},
    {"free of an interior pointer", free_interior},
    {"free of an interior pointer, block of pages", free_interior_pages},
    {"free of an interior pointer, mapped block", free_interior_mapped},
    {"free of an unaligned pointer", free_unaligned},
    {"free of a stack address", free_stack},
    {"free of a global", free_global},
    {"free of a literal", free_literal},
    {"free of a function", free_code},
    {"free of a wild address", free_wild},
    {"free of a kernel address", free_kernel},
    {"free of a non-canonical address", free_non_canonical},
    {"free of foreign memory without access", free_foreign},
    {"free of the break", free_break},
    {"free of memory from sbrk", free_sbrk},
    {"realloc of a freed block", realloc_freed},
    {"realloc of an interior pointer", realloc_interior},
    {"realloc of a stack address", realloc_stack},
    {"malloc_usable_size of a freed block", usable_size_freed},
    {"malloc_usable_size of a global", usable_size_global},
    {"double free after writes to freed blocks", write_after_free},
    {"double free after overflows into neighbours", overflow},
    {"a break lowered below blocks in use", break_lowered},
};

enum { NR_CASES = sizeof(cases) / sizeof(*cases) };

static int run_case(char **args)
{
    int i = args[0] ? atoi(args[0]) : NR_CASES;

    close(2);
    if (i < NR_CASES)
        cases[i].run();
    return 42;
}

/* The same start, and no misuse: shows that a child dies of the misuse and of nothing else. */
static int run_none(char **args)
{
    (void)args;
    close(2);
    for (int i = 0; i < 100; i++)
        free(opaque(malloc((size_t)i * 3000)));
    return 42;
}

int main(int argc, char **argv)
{
    static const struct child children[] = {{"case", run_case}, {"none", run_none}, {NULL, NULL}};

    if (argc > 1)
        return child_main(children, argv);
    is_long(child_run("none"), CHILD_EXITED(42), "a child without misuse exits");
    for (int i = 0; i < NR_CASES; i++) {
        char word[] = "case", number[16];
        char *args[] = {child_self(), word, number, NULL};
        snprintf(number, sizeof(number), "%d", i);
        pid_t pid = child_start_argv(args);
        is_long(pid < 0 ? -1 : child_wait(pid), CHILD_KILLED(SIGABRT), "%s: SIGABRT",
                cases[i].name);
    }
    return done_testing();
}
