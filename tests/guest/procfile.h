/*
 * tests/guest/procfile.h - reading files of /proc, and taking their lines apart
 */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

#define PROCFILE_MAX (1UL << 20)

/* Read a file to its end into text[size], with a NUL behind. Returns its length, or -errno. */
__attribute__((unused)) static inline ssize_t procfile_read(const char *path, char *text,
                                                            size_t size)
{
    int fd = open(path, O_RDONLY);
    size_t len = 0;
    ssize_t n = fd < 0 ? -errno : 1;

    while (fd >= 0 && len < size - 1 && (n = read(fd, text + len, size - 1 - len)) > 0)
        len += (size_t)n;
    if (n < 0 && fd >= 0)
        n = -errno;
    if (fd >= 0)
        close(fd);
    text[len] = '\0';
    return n < 0 ? n : (ssize_t)len;
}

/* The same into a buffer that the next call uses again; the test ends where it cannot be read. */
__attribute__((unused)) static inline char *procfile(const char *path)
{
    static char text[PROCFILE_MAX];
    ssize_t n = procfile_read(path, text, sizeof(text));

    if (n < 0)
        bail_out("%s: %s", path, strerror((int)-n));
    return text;
}

/* Write a string in one piece. 0 or -errno. */
__attribute__((unused)) static inline long procfile_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
    long result = n < 0 ? -errno : n == (ssize_t)strlen(text) ? 0 : n;

    if (fd >= 0)
        close(fd);
    return result;
}

/* What follows "key" at the start of a line, NULL if no line starts so. */
__attribute__((unused)) static inline char *procfile_find(char *text, const char *key)
{
    for (char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            return line + strlen(key);
    return NULL;
}

/* The number that follows "key", blanks before it ignored; -1 if there is none. */
__attribute__((unused)) static inline long procfile_number(char *text, const char *key)
{
    char *value = procfile_find(text, key);

    return value ? strtol(value, NULL, 0) : -1;
}

/* The same of a file. */
__attribute__((unused)) static inline long procfile_value(const char *path, const char *key)
{
    return procfile_number(procfile(path), key);
}

/* One line of maps. */
struct map {
    unsigned long start, end, offset, inode;
    unsigned major, minor;
    char prot[5];
    char name[512]; /* "" if it has none */
};

/*
 * Take one line of maps apart, without its newline; strict: it must be what is printed of the parts.
 * Returns whether it is.
 */
__attribute__((unused)) static inline int map_parse(const char *line, struct map *map)
{
    char again[1024];
    int at = 0;

    map->name[0] = '\0';
    if (sscanf(line, "%lx-%lx %4s %lx %x:%x %lu %n", &map->start, &map->end, map->prot,
               &map->offset, &map->major, &map->minor, &map->inode, &at) < 7)
        return 0;
    snprintf(map->name, sizeof(map->name), "%s", line + at);
    at = snprintf(again, sizeof(again), "%08lx-%08lx %s %08lx %02x:%02x %lu ", map->start, map->end,
                  map->prot, map->offset, map->major, map->minor, map->inode);
    if (map->name[0])
        snprintf(again + at, sizeof(again) - (size_t)at, "%*s%s", at < 73 ? 73 - at : 0, "",
                 map->name);
    return strcmp(again, line) == 0;
}

/* Find the line of maps (or smaps) for the area that holds an address. Returns whether there is. */
__attribute__((unused)) static inline int map_find(char *text, unsigned long address,
                                                   struct map *map)
{
    char line[1024];

    for (char *at = text, *end; *at && (end = strchr(at, '\n')); at = end + 1) {
        snprintf(line, sizeof(line), "%.*s", (int)(end - at), at);
        if (map_parse(line, map) && map->start <= address && address < map->end)
            return 1;
    }
    return 0;
}
