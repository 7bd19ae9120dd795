/*
 * proc/stack_test.c - kernel stacks
 */
#include "proc/stack.h"

#include "lib/ktest.h"
#include "mm/kernel_map.h"

static bool is_mapped(vaddr_t va)
{
    const pte_t *slot = pagetable_find(&kernel_pagetable, va);

    return slot && *slot & PTE_PRESENT;
}

KTEST(kernel_stack_has_guard_pages)
{
    size_t before = frame_nr_free();
    vaddr_t top = 0;
    int error = kernel_stack_alloc(&top);

    KTEST_CHECK(!error && !is_mapped(top));
    for (vaddr_t va = top - KERNEL_STACK_SIZE; va < top; va += PAGE_SIZE)
        KTEST_CHECK(is_mapped(va));
    KTEST_CHECK(!is_mapped(top - KERNEL_STACK_SIZE - PAGE_SIZE));
    kernel_stack_free(top);
    KTEST_CHECK(frame_nr_free() == before);
}
