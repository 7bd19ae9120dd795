/*
 * tests/guest/task.h - tasks of a test's process
 *
 * The C library knows nothing of threads: only raw calls are made in them.
 */
#pragma once

#include <linux/futex.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>

#include "raw.h"

#define MS         1000000L
#define STACK_SIZE 65536
#define TASK                                                                                       \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |            \
     CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

/* A task of this process, which runs to its end. */
struct task {
    int tid; /* cleared at its end */
    char *stack;
};

__attribute__((unused)) static inline int start(struct task *task, int (*run)(void *),
                                                void *argument)
{
    task->stack =
        mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    task->tid = 0;
    return clone(run, task->stack + STACK_SIZE, TASK, argument, &task->tid, NULL, &task->tid);
}

__attribute__((unused)) static inline void join(struct task *task)
{
    int tid;

    while ((tid = __atomic_load_n(&task->tid, __ATOMIC_SEQ_CST)) != 0)
        raw(SYS_futex, &task->tid, FUTEX_WAIT, tid, NULL, NULL, 0);
    munmap(task->stack, STACK_SIZE);
}

__attribute__((unused)) static inline void pause_ms(long ms)
{
    struct timespec time = {0, ms * MS};

    raw(SYS_nanosleep, &time, NULL);
}
