/*
 * tests/sequences/maps.h - what /proc says about this process's memory
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct map {
    uintptr_t start, end;
    unsigned prot;
    int shared;
    uint64_t offset; /* in pages; 0 unless inode */
    uint64_t inode;  /* with the device above it; 0: anonymous */
    unsigned flags;  /* MAP_..., of smaps only */
};

/* The words of a VmFlags line that are specified, each a bit. */
enum map_flag {
    FLAG_LOCKED = 1,
    FLAG_GROWSDOWN = 2,
    FLAG_DONTFORK = 4,
    FLAG_WIPEONFORK = 8,
    FLAG_DONTDUMP = 16,
    FLAG_SEQUENTIAL = 32,
    FLAG_RANDOM = 64,
};

#define NR_MAPS 1024

/* Read /proc/self/maps, or smaps. Returns how many lines there are; map[] has them. */
extern struct map map[NR_MAPS];
int maps_read(void);
int smaps_read(void);

/* All of the address space in use, in pages, and what of it RLIMIT_DATA counts. */
size_t maps_total_pages(void);
size_t maps_data_pages(void);

/* Give every free part of the address space that is in no window to a mapping without rights. */
void maps_reserve(void);

/* Look up what a failed call left half done: rights and holes are then as /proc says. */
void maps_follow(void);
/* Compare every page's mapping with the model, and note the mappings in a normal form. */
void maps_check(void);
