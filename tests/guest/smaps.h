/*
 * tests/guest/smaps.h - /proc/PID/smaps taken apart, and an area to look at
 */
#pragma once

#include <sys/mman.h>

#include "procfile.h"
#include "raw.h"

#define AT 0x100000000UL /* where the area is */
#define NR 16UL          /* its pages */

/* The lines between the first, which is one of maps, and VmFlags, in order. */
static const char *const fields[] = {
    "Size",          "KernelPageSize", "MMUPageSize",     "Rss",           "Pss",
    "Pss_Dirty",     "Shared_Clean",   "Shared_Dirty",    "Private_Clean", "Private_Dirty",
    "Referenced",    "Anonymous",      "LazyFree",        "AnonHugePages", "ShmemPmdMapped",
    "FilePmdMapped", "Shared_Hugetlb", "Private_Hugetlb", "Swap",          "SwapPss",
    "Locked"};
#define NR_FIELDS (sizeof(fields) / sizeof(fields[0]))

/* What smaps says of one area. */
struct block {
    struct map map;
    long kb[NR_FIELDS];
    char flags[128]; /* with blanks around each */
};

/* The next line of *text, without its newline. NULL at the end. */
__attribute__((unused)) static inline char *next_line(char **text)
{
    char *line = *text, *end = strchr(line, '\n');

    if (!end)
        return NULL;
    *end = '\0';
    *text = end + 1;
    return line;
}

/* "Name:" and a number of kB, exactly as Linux prints them. -1 if it is not so. */
__attribute__((unused)) static inline long parse_field(const char *line, const char *name)
{
    char again[128], key[64];
    long kb = line && strchr(line, ':') ? strtol(strchr(line, ':') + 1, NULL, 10) : -1;

    snprintf(key, sizeof(key), "%s:", name);
    snprintf(again, sizeof(again), "%-16s%8ld kB", key, kb);
    if (strcmp(name, "Private_Hugetlb") == 0) /* too long for its column */
        snprintf(again, sizeof(again), "%s %7ld kB", key, kb);
    return line && strcmp(line, again) == 0 ? kb : -1;
}

/* Take one area's lines from *text. 1, 0 at the end, -1 where a line is not as it should be. */
__attribute__((unused)) static inline int parse_block(char **text, struct block *block)
{
    char *line = next_line(text);

    if (!line)
        return 0;
    if (!map_parse(line, &block->map))
        return -1;
    for (size_t i = 0; i < NR_FIELDS; i++) {
        block->kb[i] = parse_field(line = next_line(text), fields[i]);
        if (block->kb[i] < 0) {
            diag("%s: '%s'", fields[i], line ? line : "(end)");
            return -1;
        }
    }
    line = next_line(text);
    if (!line || strcmp(line, "THPeligible:    0") != 0)
        return -1;
    line = next_line(text);
    if (line && strncmp(line, "ProtectionKey:", 14) == 0) /* where the processor has them */
        line = next_line(text);
    if (!line || strncmp(line, "VmFlags:", 8) != 0)
        return -1;
    snprintf(block->flags, sizeof(block->flags), "%s", line + 8);
    return 1;
}

__attribute__((unused)) static inline struct block look_in(const char *path, unsigned long address)
{
    char *text = procfile(path);
    struct block block;
    int result;

    while ((result = parse_block(&text, &block)) == 1)
        if (block.map.start <= address && address < block.map.end)
            return block;
    bail_out("%s: %s", path, result ? "a line is wrong" : "no such area");
}

__attribute__((unused)) static inline struct block look(unsigned long address)
{
    return look_in("/proc/self/smaps", address);
}

__attribute__((unused)) static inline long kb(const struct block *block, const char *name)
{
    for (size_t i = 0; i < NR_FIELDS; i++)
        if (strcmp(fields[i], name) == 0)
            return block->kb[i];
    return -1;
}

__attribute__((unused)) static inline volatile char *map_at(int prot, int flags, int fd)
{
    volatile char *p = mmap((void *)AT, NR * PAGE, prot, flags | MAP_FIXED, fd, 0);

    if (p == MAP_FAILED)
        bail_out("mmap: %s", strerror(errno));
    return p;
}

__attribute__((unused)) static inline void touch(volatile char *pages, size_t first, size_t nr)
{
    for (size_t i = first; i < first + nr; i++)
        pages[i * PAGE] = 1;
}
