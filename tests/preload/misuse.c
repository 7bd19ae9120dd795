/*
 * tests/preload/misuse.c KIND SIZE - one misuse of a block of SIZE bytes, as a program would do it
 *
 * First prints what the allocator must say: a line, or the beginning of one; "fault" where the processor must
 * stop it; "unharmed" where it must do no harm, which the exit status says then. Without arguments, lists what
 * to run: "plain KIND SIZE" for what the plain build must find too, "hardened KIND SIZE" for the rest.
 */
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define NR(array) (sizeof(array) / sizeof(*(array)))

static void say(const char *text)
{
    fputs(text, stdout);
    fflush(stdout);
}

static void expect(const char *text, const void *address)
{
    printf("malloc: %s 0x%lx\n", text, (unsigned long)(uintptr_t)address);
    fflush(stdout);
}

/* The compiler is not to see where a pointer comes from. */
static char *hide(const void *block)
{
    void *hidden = (void *)(uintptr_t)block;

    __asm__ volatile("" : "+r"(hidden));
    return hidden;
}

static char *get(size_t size)
{
    return hide(malloc(size));
}

static void *put(void *block)
{
    free(hide(block));
    return NULL;
}

static void put_in_thread(void *block)
{
    pthread_t thread;

    pthread_create(&thread, NULL, put, block);
    pthread_join(thread, NULL);
}

/* --- frees of what is free ------------------------------------------------------------------- */

static void free_twice(size_t size)
{
    char *block = get(size);

    put(block);
    expect("double free of", block);
    put(block);
}

static void free_twice_later(size_t size)
{
    char *block = get(size), *other = get(size);

    put(block);
    put(other);
    expect("double free of", block);
    put(block);
}

static void free_twice_after_many(size_t size)
{
    char *block = get(size), *now = NULL;

    put(block);
    for (int i = 0; i < 20; i++) {
        now = get(size);
        if (now == block)
            break;
        put(now);
    }
    if (now == block)
        exit(77);
    expect("double free of", block);
    put(block);
}

static void free_twice_after_another(size_t size)
{
    char *block = get(size);

    put(block);
    if (get(size) == block)
        exit(77);
    expect("double free of", block);
    put(block);
}

static void free_twice_other_sizes(size_t size)
{
    char *block = get(size);

    put(block);
    for (size_t i = 1; i < 60; i++)
        if (get(i * 17) == block)
            exit(77);
    expect("double free of", block);
    put(block);
}

static void free_twice_in_thread(size_t size)
{
    char *block = get(size);

    put(block);
    expect("double free of", block);
    put_in_thread(block);
}

static void free_twice_thread_first(size_t size)
{
    char *block = get(size);

    put_in_thread(block);
    expect("double free of", block);
    put(block);
}

static void free_twice_two_threads(size_t size)
{
    char *block = get(size);

    put_in_thread(block);
    expect("double free of", block);
    put_in_thread(block);
}

static void free_old_after_realloc(size_t size)
{
    char *block = get(size), *moved = hide(realloc(block, size * 16 + 4096));

    if (moved == block)
        exit(77);
    expect("double free of", block);
    put(block);
}

static void realloc_freed(size_t size)
{
    char *block = get(size);

    put(block);
    expect("realloc of a freed block:", block);
    hide(realloc(block, size * 2));
}

static void usable_size_freed(size_t size)
{
    char *block = get(size);

    put(block);
    expect("malloc_usable_size of a freed block:", block);
    malloc_usable_size(block);
}

/* --- pointers that malloc never gave -------------------------------------------------------------- */

#define NEVER " of a pointer malloc never gave:"

static void free_never(const void *pointer)
{
    expect("free" NEVER, pointer);
    put(hide(pointer));
}

static void free_unaligned(size_t size)
{
    free_never(get(size) + 1);
}

static void free_inside(size_t size)
{
    free_never(get(size) + 16);
}

static void free_inside_word(size_t size)
{
    free_never(get(size) + 8);
}

static void free_page_behind(size_t size)
{
    free_never(get(size) + 4096 * 16 + size);
}

static void free_far_behind(size_t size)
{
    free_never(get(size) + (1 << 30));
}

static void free_stack(size_t size)
{
    char local[64];

    get(size);
    free_never(local);
}

static void free_global(size_t size)
{
    static char global[64];

    get(size);
    free_never(global);
}

static void free_literal(size_t size)
{
    get(size);
    free_never("literal");
}

static void free_code(size_t size)
{
    get(size);
    free_never((void *)(uintptr_t)&free_code);
}

static void free_wild(size_t size)
{
    get(size);
    free_never((void *)1);
}

static void *map(int protection)
{
    return mmap(NULL, 1 << 16, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void free_mapped(size_t size)
{
    get(size);
    free_never((char *)map(PROT_READ | PROT_WRITE) + 8192);
}

static void free_inaccessible(size_t size)
{
    get(size);
    free_never((char *)map(PROT_NONE) + 8192);
}

static void free_unmapped(size_t size)
{
    char *range = map(PROT_READ);

    get(size);
    munmap(range, 1 << 16);
    free_never(range);
}

static void realloc_wild(size_t size)
{
    get(size);
    expect("realloc" NEVER, (void *)1);
    hide(realloc(hide((void *)1), 16));
}

static void realloc_inside(size_t size)
{
    char *block = get(size);

    expect("realloc" NEVER, block + 16);
    hide(realloc(block + 16, 64));
}

static void usable_size_wild(size_t size)
{
    get(size);
    expect("malloc_usable_size" NEVER, (void *)1);
    malloc_usable_size(hide((void *)1));
}

static void usable_size_inside(size_t size)
{
    char *block = get(size);

    expect("malloc_usable_size" NEVER, block + 1);
    malloc_usable_size(block + 1);
}

/* A size as glibc keeps it in front of a chunk, inside a block and in memory that is no heap's. */
static void free_fake_inside(size_t size)
{
    char *block = get(size);
    size_t words[2] = {0, 0x21};

    memcpy(block, words, sizeof(words));
    free_never(block + 16);
}

static void free_fake_static(size_t size)
{
    static size_t fake[64] __attribute__((aligned(64)));

    get(size);
    fake[1] = fake[9] = 0x41;
    free_never(&fake[2]);
}

/* --- writes beside a block -------------------------------------------------------------------------- */

/* Found when the block is freed. */
static void write_at(size_t size, ptrdiff_t offset, int value)
{
    char *block = get(size);

    if (value < 0)
        value = block[offset] ^ 'A';
    expect("write outside of", block);
    block[offset] = (char)value;
    put(block);
}

static void write_behind(size_t size)
{
    write_at(size, (ptrdiff_t)size, -1);
}

static void write_nul_behind(size_t size)
{
    write_at(size, (ptrdiff_t)size, 0);
}

static void write_seventh_behind(size_t size)
{
    write_at(size, (ptrdiff_t)malloc_usable_size(get(size)) + 7, -1);
}

static void write_before(size_t size)
{
    write_at(size, -1, -1);
}

static void write_word_before(size_t size)
{
    write_at(size, -8, 0);
}

static void write_behind_realloc(size_t size)
{
    char *block = get(size);

    expect("write outside of", block);
    block[size] = 0;
    hide(realloc(block, size + 100));
}

static void fill_and_terminate(size_t size)
{
    char *block = get(size);

    expect("write outside of", block);
    memset(block, 'x', size);
    block[size] = 0;
    put(block);
}

/* Found at exit. */
static void copy_behind(size_t size)
{
    char *block = get(size);

    expect("write outside of", block);
    memset(block, 0, size + 1);
}

static void copy_far_behind(size_t size)
{
    char *block = get(size);

    say("malloc: write ");
    memset(block, 0, size + 32);
}

static void copy_before(size_t size)
{
    char *block = get(size);

    say("malloc: write ");
    memset(block - 32, 0, size);
}

static void write_mebibyte_behind(size_t size)
{
    char *block = get(size);

    say("fault");
    block[size + (1 << 20)] ^= 1;
}

static void write_mebibyte_before(size_t size)
{
    char *block = get(size);

    say("fault");
    block[-(1 << 20)] ^= 1;
}

/* Hardened, there are bytes behind it that tell of it at exit. */
static void write_behind_pages(size_t size)
{
    const char *harden = getenv("MALLOC_HARDEN");
    char *block = get(size);

    if (harden != NULL && *harden == '1')
        expect("write outside of", block);
    else
        say("fault");
    block[malloc_usable_size(block) + 15] = 0;
}

static void write_to_nothing(size_t size)
{
    char *block = get(0);

    get(size);
    say("fault");
    *block = 'A';
}

static void read_nothing(size_t size)
{
    volatile char *block = get(0);

    get(size);
    say("fault");
    (void)*block;
}

static void run_block(size_t size)
{
    char *block = get(size);
    void (*function)(void) = (void (*)(void))(uintptr_t)block;

    memcpy(block, "\xc3", 1);
    say("fault");
    function();
}

/* --- writes and reads after free ----------------------------------------------------------------------- */

/* Found at exit. */
static void write_freed(size_t size)
{
    char *block = get(size);

    put(block);
    expect("write after free of", block);
    block[size / 2] ^= 'A';
}

/* Found when it is given out again. */
static void write_freed_reused(size_t size)
{
    char *block = get(size);

    put(block);
    block[size / 2] ^= 'A';
    expect("write after free of", block);
    for (int i = 0; i < 300000; i++)
        put(get(size));
    exit(1);
}

static void write_freed_word(size_t size)
{
    char *block = get(size), *other = get(size);
    uintptr_t address = (uintptr_t)&block;

    put(other);
    put(block);
    expect("write after free of", block);
    memcpy(block, &address, sizeof(address));
}

static void write_freed_pages(size_t size)
{
    char *block = get(size);

    put(block);
    get(size);
    say("fault");
    block[size / 2] ^= 'A';
}

static void read_freed_pages(size_t size)
{
    volatile char *block = get(size);

    put((void *)block);
    say("fault");
    (void)block[size / 2];
}

#define SECRET "SSSSSSSSSSSSSSSS"

/* What the former owner wrote cannot be read, through the old pointer or in a fresh block. */
static void read_freed(size_t size)
{
    char *block = get(size);

    memset(block, 'S', size);
    put(block);
    say("unharmed");
    exit(memcmp(block, SECRET, strlen(SECRET)) != 0 ? 0 : 1);
}

static void read_fresh(size_t size)
{
    say("unharmed");
    for (int i = 0; i < 100000; i++) {
        char *block = get(size);
        if (memcmp(block, SECRET, strlen(SECRET)) == 0)
            exit(1);
        memset(block, 'S', size);
        put(block);
    }
    exit(0);
}

static void same_address_again(size_t size)
{
    char *block = get(size);

    put(block);
    say("unharmed");
    exit(get(size) != block ? 0 : 1);
}

/* --- what is found where ----------------------------------------------------------------------------- */

#define ALL_SIZES                                                                                  \
    {                                                                                              \
        1, 24, 64, 100, 1000, 3000, 5000, 20000, 200000                                            \
    }
#define MORE_SIZES                                                                                 \
    {                                                                                              \
        24, 64, 100, 1000, 3000, 5000, 20000, 200000                                               \
    }
#define SLOT_SIZES                                                                                 \
    {                                                                                              \
        24, 64, 100, 1000, 3000, 5000                                                              \
    }
#define ODD_SIZES                                                                                  \
    {                                                                                              \
        1, 24, 100, 1000, 3000, 5000                                                               \
    }
#define PAGE_SIZES                                                                                 \
    {                                                                                              \
        262144                                                                                     \
    }
#define ONE_SIZE                                                                                   \
    {                                                                                              \
        100                                                                                        \
    }

static const struct kind {
    const char *name;
    void (*misuse)(size_t size);
    size_t plain[10], hardened[10]; /* sizes for which it must be found; hardened: those beside */
} kinds[] = {
#define KIND(name, ...)                                                                            \
    {                                                                                              \
#name, name, __VA_ARGS__                                                                   \
    }
    KIND(free_twice, ALL_SIZES, {0}),
    KIND(free_twice_later, ALL_SIZES, {0}),
    KIND(free_twice_after_many, {24, 64, 100}, {1000, 3000, 5000}),
    KIND(free_twice_after_another, SLOT_SIZES, {20000, 200000}),
    KIND(free_twice_other_sizes, SLOT_SIZES, {0}),
    KIND(free_twice_in_thread, ALL_SIZES, {0}),
    KIND(free_twice_thread_first, ALL_SIZES, {0}),
    KIND(free_twice_two_threads, ALL_SIZES, {0}),
    KIND(free_old_after_realloc, SLOT_SIZES, {20000}),
    KIND(realloc_freed, ALL_SIZES, {0}),
    KIND(usable_size_freed, ALL_SIZES, {0}),
    KIND(free_unaligned, ALL_SIZES, {0}),
    KIND(free_inside, MORE_SIZES, {0}),
    KIND(free_inside_word, MORE_SIZES, {0}),
    KIND(free_page_behind, MORE_SIZES, {0}),
    KIND(free_far_behind, MORE_SIZES, {0}),
    KIND(free_stack, ONE_SIZE, {0}),
    KIND(free_global, ONE_SIZE, {0}),
    KIND(free_literal, ONE_SIZE, {0}),
    KIND(free_code, ONE_SIZE, {0}),
    KIND(free_wild, ONE_SIZE, {0}),
    KIND(free_mapped, ONE_SIZE, {0}),
    KIND(free_inaccessible, ONE_SIZE, {0}),
    KIND(free_unmapped, ONE_SIZE, {0}),
    KIND(realloc_wild, ONE_SIZE, {0}),
    KIND(realloc_inside, MORE_SIZES, {0}),
    KIND(usable_size_wild, ONE_SIZE, {0}),
    KIND(usable_size_inside, MORE_SIZES, {0}),
    KIND(free_fake_inside, MORE_SIZES, {0}),
    KIND(free_fake_static, ONE_SIZE, {0}),
    KIND(write_behind, ODD_SIZES, {64, 512, 20000, 200000}),
    KIND(write_nul_behind, ODD_SIZES, {64, 512, 20000, 200000}),
    KIND(write_seventh_behind, {0}, {1, 24, 64, 100, 1000, 3000, 5000}),
    KIND(write_before, {0}, SLOT_SIZES),
    KIND(write_word_before, {0}, SLOT_SIZES),
    KIND(write_behind_realloc, ODD_SIZES, {64, 512, 20000, 200000}),
    KIND(fill_and_terminate, ODD_SIZES, {64, 512, 20000, 200000}),
    KIND(copy_behind, {0}, MORE_SIZES),
    KIND(copy_far_behind, {0}, SLOT_SIZES),
    KIND(copy_before, {0}, SLOT_SIZES),
    KIND(write_mebibyte_behind, SLOT_SIZES, {0}),
    KIND(write_mebibyte_before, SLOT_SIZES, {0}),
    KIND(write_behind_pages, PAGE_SIZES, {0}),
    KIND(write_to_nothing, ONE_SIZE, {0}),
    KIND(read_nothing, ONE_SIZE, {0}),
    KIND(run_block, MORE_SIZES, {0}),
    KIND(write_freed, {0}, SLOT_SIZES),
    KIND(write_freed_reused, {0}, {24, 64, 100, 1000}),
    KIND(write_freed_word, {0}, SLOT_SIZES),
    KIND(write_freed_pages, PAGE_SIZES, {20000, 200000}),
    KIND(read_freed_pages, PAGE_SIZES, {20000, 200000}),
    KIND(read_freed, {0}, SLOT_SIZES),
    KIND(read_fresh, {0}, {24, 64, 100, 1000, 3000}),
    KIND(same_address_again, SLOT_SIZES, {20000, 200000}),
};

static void list(const char *mode, const char *name, const size_t *sizes)
{
    for (size_t i = 0; i < NR(kinds->plain) && sizes[i] != 0; i++)
        printf("%s %s %zu\n", mode, name, sizes[i]);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < NR(kinds); i++) {
        if (argc == 1) {
            list("plain", kinds[i].name, kinds[i].plain);
            list("hardened", kinds[i].name, kinds[i].hardened);
        } else if (strcmp(argv[1], kinds[i].name) == 0) {
            kinds[i].misuse(strtoul(argv[2], NULL, 10));
            return 0;
        }
    }
    return argc == 1 ? 0 : 2;
}
