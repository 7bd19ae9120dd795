/*
 * tests/host/kernel_memory.h - what a kernel file that holds frames and mutexes finds on the host
 *
 * Included before everything else (cflags: -include). The direct map is a pool of pages in the test
 * program, and the running thread is the test's only one. The functions behind them are in
 * object_model.h.
 */
#ifndef TESTS_KERNEL_MEMORY_H
#define TESTS_KERNEL_MEMORY_H

#include "arch/percpu.h"
#include "arch/pte.h"

void *host_phys_to_virt(paddr_t pa);
struct thread *host_thread_current(void);

/* From here on; the headers above have theirs defined already, and nobody calls them. */
#define phys_to_virt   host_phys_to_virt
#define thread_current host_thread_current

#endif
