/*
 * programs/tour.c - the promises P1 to P8 of this system, one after the other, on live memory
 *
 * Shows with real addresses and real counts how a heap works: the layout of a process, the break,
 * pages that appear on touch, the two sources of malloc, frames in no order, fragmented address
 * space, and memory refused up front. Every sentence marked "seen" was just checked; one that is
 * not so is marked, and makes the status 1.
 *
 * Runs on Linux too. There the count of free frames is rough, which the tour notices and says.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096UL
#define KIB  1024UL
#define MIB  (1024 * KIB)

/* Where the stack ends if the kernel does not shift addresses at random, as Linux may. */
#define NOT_RANDOMISED 0x7ffffffff000UL

#define READ_WRITE (PROT_READ | PROT_WRITE)
#define ANONYMOUS  (MAP_PRIVATE | MAP_ANONYMOUS)

extern char etext, edata, end;

static int nr_seen, nr_wrong;
static int frames_are_exact;
static volatile char sink; /* where bytes go that are read only to touch them */

static void title(const char *promise, const char *sentence, const char *explanation)
{
    printf("\n%s  %s\n\n%s\n", promise, sentence, explanation);
}

/* State what was just shown; it is marked if it is not so. */
__attribute__((format(printf, 2, 3))) static void claim(int true_here, const char *fmt, ...)
{
    va_list args;

    nr_seen += !!true_here;
    nr_wrong += !true_here;
    printf(true_here ? "  seen: " : "  NOT SO: ");
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf("\n");
}

/* A number from /proc/meminfo in frames; -1 if there is none. Costs no memory after the first time.
 */
static long meminfo_frames(const char *name)
{
    static char text[4096];
    int fd = open("/proc/meminfo", O_RDONLY);
    ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    char *line;

    if (fd >= 0)
        close(fd);
    if (len < 0)
        return -1;
    text[len] = '\0';
    line = strstr(text, name);
    return line ? strtol(line + strlen(name), NULL, 10) / 4 : -1;
}

static long frames_free(void)
{
    return meminfo_frames("MemFree:");
}

/* Whether address can be read is something the kernel can be asked: a bad path name is EFAULT. */
static int is_memory(uintptr_t address)
{
    int fd = open((const char *)address, O_RDONLY);

    if (fd >= 0)
        close(fd);
    return fd >= 0 || errno != EFAULT;
}

static char *map(size_t len, int prot, int flags)
{
    return mmap(NULL, len, prot, ANONYMOUS | flags, -1, 0);
}

static uintptr_t round_up(uintptr_t address)
{
    return (address + PAGE - 1) & ~(PAGE - 1);
}

static void read_each(const volatile char *pages, size_t nr)
{
    for (size_t i = 0; i < nr; i++)
        sink = pages[i * PAGE];
}

static void write_each(volatile char *pages, size_t nr)
{
    for (size_t i = 0; i < nr; i++)
        pages[i * PAGE] = 1;
}

/* Does a touch change the count by one? Not where frames are counted in batches. */
static void find_out_exactness(void)
{
    char *page = map(2 * PAGE, READ_WRITE, 0);
    long before;

    frames_free();
    page[0] = 1;
    before = frames_free();
    page[PAGE] = 1;
    frames_are_exact = before - frames_free() == 1;
    munmap(page, 2 * PAGE);
}

/* ---- P1 ---- */

static void show_range(const char *name, uintptr_t start, uintptr_t stop, const char *what)
{
    printf("    %-8s 0x%012lx .. 0x%012lx  %s\n", name, start, stop, what);
}

static void show_segments(void)
{
    const Elf64_Phdr *segment = (const Elf64_Phdr *)getauxval(AT_PHDR);

    for (unsigned long n = getauxval(AT_PHNUM); n > 0; n--, segment++) {
        uintptr_t start = segment->p_vaddr, file_end = start + segment->p_filesz;

        if (segment->p_type != PT_LOAD)
            continue;
        if (segment->p_offset == 0)
            show_range("headers", start, file_end, "the ELF file's own description");
        else if (segment->p_flags & PF_X)
            show_range("text", start, file_end, "code: can run, not be written");
        else if (!(segment->p_flags & PF_W))
            show_range("rodata", start, file_end, "constants: can be read");
        if (!(segment->p_flags & PF_W))
            continue;
        show_range("data", start, file_end, "variables with a value");
        show_range("bss", file_end, start + segment->p_memsz, "variables that start as zero");
    }
}

static void tour_layout(uintptr_t first_break)
{
    uintptr_t here = (uintptr_t)&here, mapping = (uintptr_t)map(PAGE, READ_WRITE, 0);
    uintptr_t after_bss = round_up((uintptr_t)&end);
    uintptr_t stack_end = round_up(getauxval(AT_EXECFN)); /* the path is the topmost string */

    title("P1", "A process has the classic layout.",
          "    The linker chose the addresses of the program's segments; the kernel maps\n"
          "    what the file says, and puts heap, mappings and stack around it.\n");
    show_segments();
    show_range("heap", after_bss, (uintptr_t)sbrk(0), "grows up: the break is its end");
    show_range("mappings", mapping, mapping + PAGE, "mmap places them downwards");
    show_range("stack", here & ~(PAGE - 1), stack_end, "grows down, on touch");
    printf("    etext 0x%lx, edata 0x%lx, end 0x%lx\n", (uintptr_t)&etext, (uintptr_t)&edata,
           (uintptr_t)&end);
    claim((uintptr_t)&etext < (uintptr_t)&edata && (uintptr_t)&edata <= (uintptr_t)&end &&
              (uintptr_t)&end < (uintptr_t)sbrk(0) + 1 && (uintptr_t)sbrk(0) < mapping &&
              mapping < here,
          "text, data, bss, heap, mappings and stack lie in this order");
    if (stack_end == NOT_RANDOMISED)
        claim(first_break == after_bss, "the heap starts at the first page after bss");
    munmap((void *)mapping, PAGE);
}

/* ---- P2, P3 ---- */

static void tour_brk(void)
{
    char *start, *before = sbrk(0);
    int moved, refused;

    title("P2", "brk moves the break; memory comes in whole pages.",
          "    The break is the end of the heap: a number the kernel keeps for a process.\n"
          "    malloc asks for more of it when no free block fits.\n");
    start = (char *)round_up((uintptr_t)before);
    moved = brk(start + 5000) == 0 && sbrk(0) == start + 5000;
    printf("    break before            %p\n    after brk(start + 5000) %p\n", (void *)before,
           sbrk(0));
    start[2 * PAGE - 1] = '\0'; /* an empty path name, for is_memory */
    claim(moved && is_memory((uintptr_t)start + 2 * PAGE - 1) &&
              !is_memory((uintptr_t)start + 2 * PAGE),
          "5000 bytes are 2 pages: byte 8191 can be used, byte 8192 cannot");
    errno = 0;
    refused = brk((void *)8) == -1 && errno == ENOMEM;
    claim(refused && sbrk(0) == start + 5000, "brk(8) is refused with ENOMEM, and changes nothing");
    claim(brk(before) == 0 && sbrk(0) == before, "the break goes back");
}

static void tour_sbrk(void)
{
    char *before = sbrk(0), *grown, *middle, *shrunk;

    title("P3", "sbrk(n) moves the break by n and returns the previous one.",
          "    It is no system call: the library asks brk for the present break plus n.\n");
    grown = sbrk((intptr_t)(16 * PAGE));
    middle = sbrk(0);
    shrunk = sbrk(-(intptr_t)(16 * PAGE));
    printf("    sbrk(0) = %p\n    sbrk(65536) = %p\n    sbrk(0) = %p\n    sbrk(-65536) = %p\n",
           (void *)before, (void *)grown, (void *)middle, (void *)shrunk);
    claim(grown == before && middle == before + 16 * PAGE && shrunk == middle && sbrk(0) == before,
          "each returned the break as it was before");
}

/* ---- P4 ---- */

#define NR_TOUCHED 64L

static void show_frames(long now, long before, const char *when)
{
    printf("    %9ld  %+4ld  %s\n", now, now - before, when);
}

static void tour_lazy(void)
{
    long frames[5];
    char *pages;

    title("P4", "Growing the break costs no frame; the first write to a page does.",
          "    Address space is a promise. The first touch of a page is a page fault; its\n"
          "    handler finds a free frame, clears it, and enters it into the page table.\n");
    sbrk((intptr_t)(-(uintptr_t)sbrk(0) % PAGE) + (intptr_t)PAGE);
    *((char *)sbrk(0) - PAGE) = 1; /* the page table exists from here on */
    fflush(stdout);
    frames[0] = frames_free();
    pages = sbrk(NR_TOUCHED * (long)PAGE);
    frames[1] = frames_free();
    read_each(pages, (size_t)NR_TOUCHED);
    frames[2] = frames_free();
    write_each(pages, (size_t)NR_TOUCHED);
    frames[3] = frames_free();
    sbrk(-NR_TOUCHED * (long)PAGE);
    frames[4] = frames_free();

    printf("    frames free\n");
    show_frames(frames[0], frames[0], "before");
    show_frames(frames[1], frames[0], "after sbrk of 64 pages");
    show_frames(frames[2], frames[1], "after reading a byte of each: all show the one zero page");
    show_frames(frames[3], frames[2], "after writing a byte to each");
    show_frames(frames[4], frames[3], "after sbrk of -64 pages");
    if (!frames_are_exact) {
        printf("  This kernel counts free frames in batches: the figures are rough.\n");
        return;
    }
    claim(frames[1] == frames[0], "growing cost no frame");
    claim(frames[2] == frames[1], "reading untouched pages cost no frame");
    claim(frames[2] - frames[3] == NR_TOUCHED || frames[2] - frames[3] == NR_TOUCHED + 1,
          "writing cost one frame a page%s",
          frames[2] - frames[3] > NR_TOUCHED ? ", and a page table" : "");
    claim(frames[4] - frames[3] >= NR_TOUCHED, "shrinking gave them back to the machine");
}

/* ---- P5 ---- */

static void show_malloc(size_t size, const void *p)
{
    printf("    malloc(%6zu) = 0x%012lx  %s the break\n", size, (uintptr_t)p,
           p < sbrk(0) ? "below" : "above");
}

#define NR_BLOCKS 64

static void tour_malloc(void)
{
    char *small = malloc(100), *large = malloc(128 * KIB), *blocks[NR_BLOCKS];
    char *before = sbrk(0), *grown, *trimmed;
    uintptr_t place = (uintptr_t)large;
    int was_memory;

    title("P5", "malloc takes small blocks from the break and large ones from mmap.",
          "    The heap can shrink only at its end, where a small block may sit for long.\n"
          "    So a large block gets a mapping, which goes back to the kernel on its own.\n");
    printf("    the break is at    0x%012lx\n", (uintptr_t)before);
    show_malloc(100, small);
    show_malloc(128 * KIB, large);
    claim(small && small < before, "100 bytes came from the heap, below the break");
    claim(large && (place < (uintptr_t)&end || large >= before),
          "128 KiB, the threshold, came from a mapping of their own");
    was_memory = is_memory(place);
    free(large);
    claim(was_memory && !is_memory(place), "free unmapped the large block at once");
    for (int i = 0; i < NR_BLOCKS; i++)
        blocks[i] = malloc(64 * KIB);
    grown = sbrk(0);
    for (int i = 0; i < NR_BLOCKS; i++)
        free(blocks[i]);
    trimmed = sbrk(0);
    free(small);
    printf("    64 blocks of 64 KiB moved the break by %+ld KiB, freeing them by %+ld KiB\n",
           (grown - before) / (long)KIB, (trimmed - grown) / (long)KIB);
    claim(grown - before >= (long)(4 * MIB - 128 * KIB) && trimmed < grown,
          "the heap grew for many small blocks, and was trimmed after them");
}

/* ---- P6 ---- */

#define NR_PAGES 6

static void tour_frames(void)
{
    static const int order[NR_PAGES] = {3, 0, 5, 1, 4, 2};
    char *pages = map(NR_PAGES * PAGE, READ_WRITE, 0);
    uint64_t entries[NR_PAGES];
    int pagemap = open("/proc/self/pagemap", O_RDONLY), turns[NR_PAGES], jumps = 0;
    ssize_t len;

    title("P6", "Neighbours in virtual memory need not be neighbours in physical memory.",
          "    The page table can show any frame at any address. Six pages are touched in\n"
          "    mixed order; each gets the frame that is next, whatever its address.\n");
    for (int i = 0; i < NR_PAGES; i++) {
        pages[(unsigned long)order[i] * PAGE] = 1;
        turns[order[i]] = i + 1;
    }
    len = pread(pagemap, entries, sizeof(entries), (off_t)((uintptr_t)pages / PAGE * 8));
    close(pagemap);
    munmap(pages, NR_PAGES * PAGE);
    if (len != sizeof(entries) || !(entries[0] & ~(1UL << 63))) {
        printf("    /proc/self/pagemap does not show frames here.\n");
        return;
    }
    printf("    page             touched  frame (from /proc/self/pagemap)\n");
    for (int i = 0; i < NR_PAGES; i++) {
        entries[i] &= (1UL << 55) - 1;
        printf("    0x%012lx  as no. %d  0x%lx\n", (uintptr_t)pages + (uintptr_t)i * PAGE, turns[i],
               entries[i]);
        jumps += i > 0 && entries[i] != entries[i - 1] + 1;
    }
    claim(jumps > 0, "six pages in a row have frames that are not in a row");
}

/* ---- P7 ---- */

#define NR_HOLES   16UL
#define NR_RESERVE 4096

/* With no address space left the stack cannot grow: let it do so before. */
static void grow_stack(void)
{
    volatile char room[64 * KIB];

    write_each(room, sizeof(room) / PAGE);
}

/* Take all address space that is left, in ever smaller pieces. Returns how many. */
static size_t reserve_rest(char **starts, size_t *lens)
{
    size_t nr = 0;

    for (size_t len = 1UL << 46; len >= PAGE; len /= 2)
        while (nr < NR_RESERVE && (starts[nr] = map(len, PROT_NONE, MAP_NORESERVE)) != MAP_FAILED)
            lens[nr++] = len;
    return nr;
}

static void tour_fragmentation(void)
{
    static char *starts[NR_RESERVE];
    static size_t lens[NR_RESERVE];
    char *stretch = map(2 * NR_HOLES * MIB, PROT_NONE, MAP_NORESERVE), *two, *one;
    double total = 0;
    size_t nr;
    int error;

    grow_stack();
    nr = reserve_rest(starts, lens);
    for (size_t i = 0; i < NR_HOLES; i++)
        munmap(stretch + (2 * i + 1) * MIB, MIB);
    two = map(2 * MIB, PROT_NONE, 0);
    error = errno;
    one = map(MIB, PROT_NONE, 0);
    munmap(stretch, 2 * NR_HOLES * MIB);
    for (size_t i = 0; i < nr; i++) {
        total += (double)lens[i];
        munmap(starts[i], lens[i]);
    }

    title("P7", "Virtual memory can be fragmented: the holes' sum is enough, no hole is.",
          "    For this all of the address space is taken, and a little given back.\n");
    printf("    reserved, without memory: %.1f TiB of address space\n", total / (1UL << 40));
    printf("    given back: %lu holes of 1 MiB, a reserved MiB after each\n", NR_HOLES);
    claim(two == MAP_FAILED && error == ENOMEM,
          "mmap of 2 MiB gets ENOMEM, with 16 MiB free in holes");
    claim(one >= stretch && one < stretch + 2 * NR_HOLES * MIB,
          "mmap of 1 MiB fits into one of them");
}

/* ---- P8 ---- */

static void show_delivery(void)
{
    long before = frames_free(), touched;
    size_t len = (size_t)before / 4 * PAGE;
    char *pages;

    if (len > 16 * MIB)
        len = 16 * MIB;
    pages = map(len, READ_WRITE, 0);
    if (pages == MAP_FAILED) {
        claim(0, "a quarter of the free memory can be had");
        return;
    }
    write_each(pages, len / PAGE);
    touched = frames_free();
    munmap(pages, len);
    printf("    promised: %zu KiB; every page written: %ld frames fewer are free\n", len / KIB,
           before - touched);
    claim(!frames_are_exact || before - touched >= (long)(len / PAGE),
          "a page promised is a page delivered: all of them could be touched");
}

static void tour_promise(void)
{
    size_t total = (size_t)meminfo_frames("MemTotal:") * PAGE, len = 64 * total;
    char *p;
    int error;

    title("P8", "A page promised is a page delivered; what cannot be kept is refused.",
          "    The kernel counts what it has promised against the frames that it has.\n");
    errno = 0;
    p = malloc(len);
    error = errno;
    printf("    memory: %zu KiB; malloc of 64 times as much = %p\n", total / KIB, (void *)p);
    if (!p)
        claim(error == ENOMEM, "malloc was refused up front, with ENOMEM");
    else
        printf("    granted: this kernel was told to overcommit, and may run out on a touch\n");
    free(p);
    p = map(len, PROT_NONE, MAP_NORESERVE);
    claim(p != MAP_FAILED && munmap(p, len) == 0,
          "as mere address space, without access, as much can be had");
    show_delivery();
}

int main(void)
{
    uintptr_t first_break = (uintptr_t)sbrk(0);

    printf("A tour of memory: malloc -> brk and mmap -> areas -> page faults -> frames\n");
    find_out_exactness();
    tour_layout(first_break);
    tour_brk();
    tour_sbrk();
    tour_lazy();
    tour_malloc();
    tour_frames();
    tour_fragmentation();
    tour_promise();
    if (nr_wrong)
        printf("\n%d of %d sentences are not so.\n", nr_wrong, nr_seen + nr_wrong);
    else
        printf("\nAll %d sentences marked \"seen\" were checked while you read them.\n", nr_seen);
    return nr_wrong ? 1 : 0;
}
