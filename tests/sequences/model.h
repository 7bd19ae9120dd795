/*
 * tests/sequences/model.h - the shadow: what every page of the windows should be and hold
 *
 * The window pages of one process are plain memory, which fork copies as it copies the pages they stand
 * for. Memory objects are shared by processes, and so is their shadow: it lies on the board.
 *
 * The model never decides whether a call succeeds; it follows the call's result. What it does
 * decide is which content a page must then have, and what touching it must do.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The windows: the only places where a mapping of a sequence can lie, in the address space of the
 * process and, one behind the other, as indices of pages. An index outside all windows lies between
 * each two of them; it is never mapped.
 *
 *      0        1 .. 512     513     514 .. 545     546     547 .. 594    595
 *    (none)     WINDOW_HIGH (none)   WINDOW_LOW   (none)    WINDOW_HEAP  (none)
 */
enum window_name { WINDOW_HIGH, WINDOW_LOW, WINDOW_HEAP, NR_WINDOWS };

struct window {
    uintptr_t base; /* address of its first page */
    int first;      /* index of its first page */
    int nr;         /* pages */
};

extern struct window window[NR_WINDOWS];

#define NR_PAGES 596

/* A page's content is these words, and all other words, whose sum is known (mostly 0). */
#define NR_CELLS 4
extern const unsigned cell_offset[NR_CELLS];

struct content {
    uint64_t cell[NR_CELLS];
    uint64_t rest; /* sum of the other words */
};

/* The objects that live as long as the program; behind them come those of shared anonymous memory. */
enum object_name { OBJECT_FILE, OBJECT_MEMFD, OBJECT_PROGRAM, NR_FILES };

#define NO_OBJECT      (-1)
#define NR_OBJECTS     256
#define NR_CONTENTS    8192
#define MAX_FILE_PAGES 32 /* of the objects with a name */

struct object {
    uint64_t size;   /* bytes */
    uint64_t cut;    /* least size, in pages, since the last fork began */
    uint64_t inode;  /* as in struct map; 0: not seen yet */
    unsigned first;  /* of its contents on the board */
    unsigned nr_max; /* contents it has there */
};

/* What processes share. */
struct board {
    uint64_t hash;
    unsigned long seed;
    int step;
    int nr_failures;
    int nr_objects;
    unsigned nr_contents;
    struct object object[NR_OBJECTS];
    struct content content[NR_CONTENTS];
};

extern struct board *board;

enum lock { LOCK_NONE, LOCK_NOW, LOCK_ONFAULT };

struct page {
    uint8_t mapped;
    uint8_t prot;
    uint8_t shared;
    uint8_t maywrite; /* of a shared mapping: its descriptor may write */
    uint8_t lock;
    uint8_t growsdown;
    uint8_t dontfork;
    uint8_t wipeonfork;
    uint8_t own;     /* it is private and was written: the content is here, not in the object */
    uint8_t lazy;    /* MADV_FREE: reads as before or as zero, until written */
    uint8_t vague;   /* whether it is resident is the kernel's own affair */
    int16_t object;  /* or NO_OBJECT */
    uint32_t offset; /* in object, in pages */
    uint32_t area;   /* neighbours of equal number surely lie in one area (the reverse is not so) */
    struct content content; /* if own */
};

extern struct page page[NR_PAGES];

/* How many forks away the first process is. */
extern int model_depth;
/* What mlockall(MCL_FUTURE) does to new mappings. */
extern enum lock model_future_lock;
/* The program break. */
extern uintptr_t model_brk;

/* ---- places ---- */

uintptr_t page_address(int index);
/* Index of the page of a window that holds address, or -1. */
int page_index(uintptr_t address);
/* A form of an address that is equal on all kernels, to be noted. */
long place(uintptr_t address);
/* Pages from index to the end of its window. */
int pages_to_window_end(int index);

/* ---- objects ---- */

/* A new object of zeros. NULL: the board is full. */
struct object *object_new(uint64_t nr_pages);
/* There is room on the board for such an object. */
int object_fits(uint64_t nr_pages);
uint64_t object_nr_pages(int object);
struct content *object_content(int object, uint64_t index);
/* The object's size became size: what lies behind is zero, or gone from this process's pages. */
void object_resize(int object, uint64_t size);
/* Take len bytes at offset of a page from another content; both start at the same place of a page. */
void content_copy(struct content *to, const struct content *from, unsigned offset, unsigned len);
void content_clear(struct content *content, unsigned offset, unsigned len);

/* ---- pages ---- */

/* Content a read of the mapped page gives. NULL: there is none, SIGBUS. */
const struct content *page_content(int index);
/* The same for writing; a private page gets its own. */
struct content *page_content_for_write(int index);
int page_is_visibly_continued(int index);
/* The pages of the range lie surely in one area. Returns how many of nr do. */
int pages_surely_in_one_area(int first, int nr);
/* [first, first + nr) has no hole. */
int pages_all_mapped(int first, int nr);
/* The pages, up to the first hole. */
int pages_before_hole(int first, int nr);

/* like gives everything but offset, which advances by page. */
void model_map(int first, int nr, const struct page *like);
void model_unmap(int first, int nr);
void model_protect(int index, unsigned prot);
/* The range was cut off from what lies beside it. */
void model_split(int first, int nr);
enum populate { POPULATE_ANY, POPULATE_UP_TO_ERROR };
void model_populate(int first, int nr, enum populate how);
/* Some area grows down. */
int model_has_growsdown(void);
/* A fault at index made the area above grow down to it, if there is one that can. Returns whether. */
int model_grow_down(int index);
/* This process is the child of a fork. */
void model_forked(void);
/* A child cut objects short while it ran: their pages are gone here too. */
void model_cut(void);
/* All windows are empty, as are the objects. */
void model_reset(void);
