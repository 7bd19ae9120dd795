/*
 * proc/init.c - the start of process 1, /bin/init
 */
#include <asm/errno.h>
#include <asm/fcntl.h>
#include <string.h>

#include "lib/panic.h"
#include "mm/kernel_map.h"
#include "mm/kheap.h"
#include "proc/balance.h"
#include "proc/family.h"
#include "proc/limit.h"

/* Descriptors 0, 1 and 2 of process 1. */
static int open_console(struct fd_table *files)
{
    struct file *console;
    int error = file_open(fs_root, "/dev/console", O_RDWR, 0, &console);
    if (error)
        return error;
    for (int i = 0; i < 3; i++) {
        file_get(console);
        error = fd_install(files, console, 0);
        if (error < 0) {
            file_put(console);
            break;
        }
    }
    file_put(console);
    return MIN(error, 0);
}

/* The kernel thread that becomes process 1. */
static void init_main(void *arguments)
{
    static const char *const environment[] = {"HOME=/", "TERM=linux", "PATH=/bin", NULL};
    struct process *self = process_current();
    int error = open_console(&self->files);

    if (error)
        panic("cannot open /dev/console: error %d", -error);
    error = process_exec("/bin/init", &(struct exec_strings){.kernel = arguments},
                         &(struct exec_strings){.kernel = environment});
    if (error)
        panic("cannot run /bin/init: %s", error == -ENOENT    ? "it is not in the initrd"
                                          : error == -ENOEXEC ? "it is no program for this machine"
                                          : error == -ENOMEM  ? "too little memory"
                                                              : "it cannot be loaded");
    kfree(arguments);
    boot_finished();
    task_enter_user(NULL);
}

void process_start_init(const char *const *arguments, size_t nr)
{
    struct process *init;

    if (process_create(NULL, &init) < 0)
        panic("too little memory for process 1");
    balance_open();
    const char **copy = kmalloc((nr + 1) * sizeof(*copy));
    if (!copy)
        panic("too little memory for its arguments");
    memcpy(copy, arguments, nr * sizeof(*copy));
    copy[nr] = NULL;
    limit_init(init);
    init->dumpable = 1;
    struct thread *thread = &init->leader->thread;
    void *fpu = thread->fpu;
    thread_init(thread, thread->stack_top, init_main, copy);
    thread->fpu = fpu;
    thread->root = kernel_pagetable.root;
    thread_start(thread);
}
