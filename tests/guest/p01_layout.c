/*
 * tests/guest/p01_layout.c - P1: text, rodata, data, bss, heap, gap, mappings, stack, in this order
 */
#include <elf.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

extern char etext, edata, end;

static const char constant[] = "rodata";
static char initialised[] = "data";
static char zeroed[3 * PAGE];

static unsigned long first_break; /* before stdio or anything else could move it */

static unsigned long at(const volatile void *p)
{
    return (unsigned long)p;
}

static void check_segments(void)
{
    unsigned long here = at((void *)check_segments);
    unsigned long program = getauxval(AT_PHDR) & ~(PAGE - 1);

    is_long(program, 0x400000, "the program starts at 0x400000");
    ok(program < here && here < at(&etext), "text lies below etext");
    ok(at(&etext) <= at(constant), "rodata lies above text");
    ok(at(constant) < at(initialised), "data lies above rodata");
    ok(at(initialised) < at(&edata), "data lies below edata");
    ok(at(&edata) <= at(zeroed) && at(zeroed + sizeof(zeroed)) <= at(&end),
       "bss lies between edata and end");
    is_str(initialised, "data", "data has its values");
    for (size_t i = 0; i < sizeof(zeroed); i++)
        if (zeroed[i])
            bail_out("bss is not zero at %zu", i);
    ok(1, "bss is zero");
}

static void check_heap(void)
{
    unsigned long first_page = (at(&end) + PAGE - 1) & ~(PAGE - 1);
    char *heap = sbrk(3 * PAGE);

    is_long(first_break, first_page, "the heap starts at the first page after bss");
    ok(at(heap) >= first_break, "sbrk continues where the heap ends");
    is_ptr(sbrk(0), heap + 3 * PAGE, "the heap grows");
    memset(heap, 'h', 3 * PAGE);
    is_ptr(sbrk(2 * PAGE), heap + 3 * PAGE, "it grows contiguously");
    heap[5 * PAGE - 1] = 'e';
    ok(heap[0] == 'h' && heap[3 * PAGE - 1] == 'h' && heap[3 * PAGE] == 0,
       "what was there stays, what is new is zero");
    is_ptr(sbrk(-5 * (long)PAGE), heap + 5 * PAGE, "the heap shrinks");
    is_ptr(sbrk(0), heap, "... to where it was");
}

static void check_mappings_and_stack(char **argv)
{
    char local;
    char *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *large = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (map == MAP_FAILED || large == MAP_FAILED)
        bail_out("mmap: %s", strerror(errno));
    ok(at(sbrk(0)) < at(map), "mappings lie above the heap");
    ok(at(map) < at(&local), "the stack lies above the mappings");
    ok(at(large) < at(map), "mappings are placed downwards");
    ok(at(&local) - at(map) >= 128UL << 20, "at least 128 MiB lie between stack and mappings");
    ok(at(&local) < at(argv) && at(argv) < at(argv[0]), "arguments lie above the stack's frames");
    ok(at(argv[0]) < 0x7ffffffff000, "the stack ends where user space does");
    ok(at(map) - at(sbrk(0)) > 1UL << 40, "a gap of more than 1 TiB separates heap and mappings");
    munmap(map, PAGE);
    munmap(large, 64 * PAGE);
}

int main(int argc, char **argv)
{
    (void)argc;
    first_break = (unsigned long)raw(SYS_brk, 0);
    check_segments();
    check_heap();
    check_mappings_and_stack(argv);
    return done_testing();
}
