/*
 * tests/sequences/steps.h - the steps a sequence consists of
 *
 * Each draws its arguments, makes the call, notes both with the result, and lets the model follow.
 */
#pragma once

/* ---- mapping.c ---- */
void step_mmap(void);
void step_munmap(void);
void step_mprotect(void);
void step_mremap(void);
void step_brk(void);
void step_limit(void);

/* ---- range.c ---- */
void step_madvise(void);
void step_lock(void);
void step_msync(void);
void step_mincore(void);

/* ---- content.c ---- */
void step_touch(void);
void step_file(void);
void step_copy(void);

/* Open and learn the files; once. */
void content_init(void);
/* Read every page that can be read, and compare all of it with the model. */
void content_check(void);
/* Note what mincore says of every mapped page. */
void residency_check(void);

/* The descriptors that mmap and the file steps choose from. */
enum { FD_FILE, FD_FILE_READ, FD_FILE_WRITE, FD_MEMFD, FD_PROGRAM, NR_FDS };
struct descriptor {
    int fd;
    int object; /* enum object_name */
};
extern struct descriptor descriptor[NR_FDS];
#define CLOSED_FD 99
