/*
 * malloc/heap_names.h - the names under which the core's functions are linked
 *
 * A C library must not define a function called heap_alloc: a program is free to have one of its
 * own. So the core's external symbols start with two underscores, whoever builds it, while the
 * source says heap_alloc. Every function that is not static is listed here; tests/names.t finds
 * one that is missing.
 */

#ifndef MALLOC_HEAP_NAMES_H
#define MALLOC_HEAP_NAMES_H

/* heap.h */
#define heap_alloc         __heap_alloc
#define heap_alloc_aligned __heap_alloc_aligned
#define heap_alloc_zeroed  __heap_alloc_zeroed
#define heap_check         __heap_check
#define heap_create        __heap_create
#define heap_destroy       __heap_destroy
#define heap_free          __heap_free
#define heap_freeze        __heap_freeze
#define heap_get_option    __heap_get_option
#define heap_get_stats     __heap_get_stats
#define heap_join          __heap_join
#define heap_leave         __heap_leave
#define heap_misuse_text   __heap_misuse_text
#define heap_resize        __heap_resize
#define heap_set_option    __heap_set_option
#define heap_thaw          __heap_thaw
#define heap_trim          __heap_trim
#define heap_usable_size   __heap_usable_size
#define heap_walk          __heap_walk
#define heap_no_page       __heap_no_page

/* heap_fast.h */
#define heap_alloc_slow   __heap_alloc_slow
#define heap_free_again   __heap_free_again
#define heap_free_counted __heap_free_counted
#define heap_free_slow    __heap_free_slow

/* heap_internal.h */
#define below_intact        __heap_below_intact
#define block_find          __heap_block_find
#define block_in_slab       __heap_block_in_slab
#define block_judge         __heap_block_judge
#define block_lock          __heap_block_lock
#define guard_intact        __heap_guard_intact
#define guard_read          __heap_guard_read
#define guard_write         __heap_guard_write
#define hardened_alloc_slow __heap_hardened_alloc_slow
#define hardened_free       __heap_hardened_free
#define large_alloc         __heap_large_alloc
#define mapped_alloc        __heap_mapped_alloc
#define mapped_destroy      __heap_mapped_destroy
#define mapped_find         __heap_mapped_find
#define mapped_free         __heap_mapped_free
#define mapped_resize       __heap_mapped_resize
#define mapped_trim         __heap_mapped_trim
#define meta_map            __heap_meta_map
#define meta_unmap          __heap_meta_unmap
#define misuse_report       __heap_misuse_report
#define quarantine_flush    __heap_quarantine_flush
#define quarantine_put      __heap_quarantine_put
#define region_create       __heap_region_create
#define region_destroy      __heap_region_destroy
#define region_grow         __heap_region_grow
#define region_trim         __heap_region_trim
#define remember_unmapped   __heap_remember_unmapped
#define report_noted        __heap_report_noted
#define report_pending      __heap_report_pending
#define run_alloc           __heap_run_alloc
#define run_allowance       __heap_run_allowance
#define run_before          __heap_run_before
#define run_bin             __heap_run_bin
#define run_close           __heap_run_close
#define run_drop_all        __heap_run_drop_all
#define run_free            __heap_run_free
#define run_mark            __heap_run_mark
#define run_open            __heap_run_open
#define run_resize          __heap_run_resize
#define run_unmark          __heap_run_unmark
#define slab_alloc          __heap_slab_alloc
#define slab_init           __heap_slab_init
#define slab_is_low         __heap_slab_is_low
#define slab_return         __heap_slab_return
#define slab_trim           __heap_slab_trim
#define stale_fill          __heap_stale_fill
#define stale_intact        __heap_stale_intact
#define stale_word          __heap_stale_word
#define stale_written       __heap_stale_written
#define standin_create      __heap_standin_create
#define standin_destroy     __heap_standin_destroy
#define standin_find        __heap_standin_find
#define standin_reserve     __heap_standin_reserve
#define table_map           __heap_table_map
#define table_unmap         __heap_table_unmap

#endif
