/*
 * tests/sequences/draw.h - random choices
 *
 * What is drawn depends on the seed and on the model only, never on what the kernel alone knows, so that
 * one seed makes the same calls on every kernel.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

void draw_seed(uint64_t seed);
uint64_t draw(void);
/* 0 .. n - 1. */
unsigned draw_below(unsigned n);
/* True in so many of a hundred cases. */
int draw_chance(unsigned percent);

/* One of several, with weights. */
struct choice {
    long value;
    unsigned weight;
};
long draw_choice(const struct choice *choices, size_t nr);
#define DRAW_CHOICE(choices) draw_choice(choices, sizeof(choices) / sizeof((choices)[0]))

/* Some page of a window, mostly where other mappings are. */
int draw_page(void);
/* A mapped page, if there is one soon found. */
int draw_mapped_page(void);
/* A number of pages, mostly small, that ends in the window of the page. */
int draw_nr_pages(int index);

/* A range as it is given to the kernel, and as a call that takes it rounds it. */
struct range {
    uintptr_t address;
    size_t len;
    int first,
        nr; /* pages; nr 0: it is a hostile one, and no such call may succeed, or it is empty */
};

/* What ranges may be drawn beside good ones. */
enum range_kind {
    RANGE_WRAPS,     /* too long: beyond the end of memory and round to its start */
    RANGE_VERY_LONG, /* the same, and 2^47 and more, without a wrap */
};
struct range draw_range(enum range_kind kind);

/* Rights of any kind; rarely with bits that do not exist. */
unsigned draw_prot(void);
