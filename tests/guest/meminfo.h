/*
 * tests/guest/meminfo.h - the machine's free frames, for loam-only tests
 *
 * Loam's MemFree is exact and counts nothing away; reading it changes nothing after the first time.
 */
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kB of a line of /proc/meminfo, "MemFree:" say; -1 if it has none. */
__attribute__((unused)) static inline long meminfo_kb(const char *name)
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
    return line ? strtol(line + strlen(name), NULL, 10) : -1;
}

__attribute__((unused)) static inline long free_frames(void)
{
    return meminfo_kb("MemFree:") / 4;
}

/*
 * The same with the frames of the kernel's heap. After much memory came and went the heap may be a few
 * frames larger than before: it gives back its free parts late. What is in use there the books compare.
 */
__attribute__((unused)) static inline long free_or_heap_frames(void)
{
    return (meminfo_kb("MemFree:") + meminfo_kb("Slab:")) / 4;
}
