/*
 * malloc/heap_names.h - the names under which the core's functions are linked
 *
 * A C library must not define a function called heap_alloc: a program is free to have one of its
 * own. So the core's external symbols start with two underscores, whoever builds it, while the
 * source says heap_alloc. Every function that is not static is listed here; the test of the
 * library's symbols finds one that is missing.
 */

#ifndef MALLOC_HEAP_NAMES_H
#define MALLOC_HEAP_NAMES_H

/* heap.h */
#define heap_create        __heap_create
#define heap_destroy       __heap_destroy
#define heap_alloc         __heap_alloc
#define heap_alloc_zeroed  __heap_alloc_zeroed
#define heap_alloc_aligned __heap_alloc_aligned
#define heap_free          __heap_free
#define heap_resize        __heap_resize
#define heap_usable_size   __heap_usable_size
#define heap_trim          __heap_trim
#define heap_set_option    __heap_set_option
#define heap_get_option    __heap_get_option
#define heap_misuse_text   __heap_misuse_text
#define heap_check         __heap_check
#define heap_walk          __heap_walk
#define heap_get_stats     __heap_get_stats

/* heap_internal.h */
#define range_standin_find    __heap_range_standin_find
#define range_standin_create  __heap_range_standin_create
#define range_standin_destroy __heap_range_standin_destroy
#define region_create         __heap_region_create
#define region_grow           __heap_region_grow
#define region_trim           __heap_region_trim
#define region_destroy        __heap_region_destroy
#define run_alloc             __heap_run_alloc
#define run_free              __heap_run_free
#define run_resize            __heap_run_resize
#define run_cut               __heap_run_cut
#define run_mark              __heap_run_mark
#define run_unmark            __heap_run_unmark
#define run_before            __heap_run_before
#define run_bin               __heap_run_bin
#define run_drop_all          __heap_run_drop_all
#define slab_init             __heap_slab_init
#define slab_refill           __heap_slab_refill
#define slab_emptied          __heap_slab_emptied
#define slab_release          __heap_slab_release
#define slab_release_spare    __heap_slab_release_spare
#define slab_release_spares   __heap_slab_release_spares
#define mapped_alloc          __heap_mapped_alloc
#define mapped_find           __heap_mapped_find
#define mapped_free           __heap_mapped_free
#define mapped_resize         __heap_mapped_resize
#define mapped_trim           __heap_mapped_trim
#define mapped_destroy        __heap_mapped_destroy
#define block_find            __heap_block_find

#endif
