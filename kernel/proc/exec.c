/*
 * proc/exec.c - execve(2): a new program in a new space
 *
 * The new space is built complete, strings and all, beside the old one; only then does the process
 * change over. Until that moment every failure leaves the old program as it was.
 *
 * The new stack, from its top down: the path, environment strings, argument strings, "x86_64", 16
 * random bytes, then aligned to 16: auxv, envp, argv, argc, where the stack pointer starts.
 *
 * Source  execve(2), getauxval(3); System V ABI x86-64 3.4.1
 */
#include <asm/errno.h>
#include <asm/mman.h>
#include <asm/signal.h>
#include <linux/auxvec.h>
#include <linux/stat.h>
#include <string.h>

#include "arch/cpu.h"
#include "dev/random.h"
#include "fs/mount.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/elf.h"
#include "proc/family.h"
#include "proc/futex.h"

#define STRING_MAX     131072UL         /* one string, with its NUL */
#define STRINGS_MIN    131072UL         /* of room for all strings and pointers */
#define STRINGS_MAX    (MIB(8) / 4 * 3) /* ... whatever RLIMIT_STACK says */
#define MMAP_GAP_MIN   MIB(128)         /* between the top of the stack and the first mapping */
#define MMAP_GAP_MAX   (USER_END / 6 * 5)
#define CLOCK_TICKS    100  /* AT_CLKTCK */
#define MINSIGSTKSZ_AT 2048 /* AT_MINSIGSTKSZ of a machine without AVX-512 */
#define RANDOM_SIZE    16
#define MEASURE_PIECE  128UL /* of a string that is looked through for its end */

/* A stack under construction. */
struct builder {
    struct space *space;
    vaddr_t top;        /* what is below is free */
    size_t left;        /* bytes for strings and pointers */
    char *buffer;       /* PAGE_SIZE */
    char *page;         /* of the new stack, that was written last; NULL: none yet */
    vaddr_t page_start; /* where it is */
    size_t argc, envc;
    vaddr_t path;      /* where the name of the file is */
    struct node *file; /* what is run, a reference; NULL: not found yet */
    vaddr_t *strings;  /* [argc + envc]: where each is on the new stack */
};

/* Lower the top by len bytes. */
static int reserve(struct builder *b, size_t len)
{
    if (len > b->left)
        return -E2BIG;
    b->left -= len;
    b->top -= len;
    return 0;
}

/* Write len bytes of the new stack, of one page. 0 or -ENOMEM. */
static int put_in_page(struct builder *b, vaddr_t va, const void *data, size_t len)
{
    if (!b->page || va - b->page_start >= PAGE_SIZE) {
        b->page_start = align_down(va, PAGE_SIZE);
        b->page = space_own_page(b->space, b->page_start);
    }
    if (!b->page)
        return -ENOMEM;
    memcpy(b->page + (va - b->page_start), data, len);
    return 0;
}

static int put(struct builder *b, vaddr_t va, const void *data, size_t len)
{
    int error = 0;

    for (size_t done = 0, piece; done < len && !error; done += piece) {
        piece = MIN(len - done, PAGE_SIZE - (va + done) % PAGE_SIZE);
        error = put_in_page(b, va + done, (const char *)data + done, piece);
    }
    return error;
}

static int push(struct builder *b, const void *data, size_t len)
{
    int error = reserve(b, len);

    return error ? error : put(b, b->top, data, len);
}

/* Length with NUL of a string in the running space. */
static ssize_t measure(const struct builder *b, vaddr_t va)
{
    for (size_t len = 0; len < STRING_MAX;) {
        size_t piece = MIN(PAGE_SIZE - (va + len) % PAGE_SIZE, MEASURE_PIECE);
        if (copy_from_user(b->buffer, va + len, piece) < 0)
            return -EFAULT;
        const char *nul = memchr(b->buffer, 0, piece);
        if (nul)
            return (ssize_t)len + (nul - b->buffer) + 1;
        len += piece;
    }
    return -E2BIG;
}

static int push_user_string(struct builder *b, vaddr_t va)
{
    ssize_t len = measure(b, va);
    if (len < 0)
        return (int)len;
    if ((size_t)len > STRING_MAX)
        return -E2BIG;
    int error = reserve(b, (size_t)len);
    if (error)
        return error;
    for (size_t done = 0; done < (size_t)len;) {
        size_t piece = MIN((size_t)len - done, PAGE_SIZE - (va + done) % PAGE_SIZE);
        if (copy_from_user(b->buffer, va + done, piece) < 0)
            return -EFAULT;
        done += piece;
        if (done == (size_t)len)
            b->buffer[piece - 1] = 0; /* whoever shares the space may have changed it meanwhile */
        error = put(b, b->top + done - piece, b->buffer, piece);
        if (error)
            return error;
    }
    return 0;
}

/* How many strings there are, or -EFAULT, -E2BIG. */
static ssize_t count(const struct exec_strings *strings)
{
    size_t n = 0;

    if (strings->kernel) {
        while (strings->kernel[n])
            n++;
        return (ssize_t)n;
    }
    if (!strings->user)
        return 0;
    for (;; n++) {
        vaddr_t pointer;
        if (copy_from_user(&pointer, strings->user + n * sizeof(pointer), sizeof(pointer)) < 0)
            return -EFAULT;
        if (!pointer)
            return (ssize_t)n;
        if (n >= STRINGS_MAX / sizeof(pointer))
            return -E2BIG;
    }
}

/* Push strings[n - 1] to strings[0], so that the first is lowest; note their places in at[n]. */
static int push_strings(struct builder *b, const struct exec_strings *strings, size_t n,
                        vaddr_t *at)
{
    while (n-- > 0) {
        vaddr_t pointer;
        int error;
        if (strings->kernel) {
            error = push(b, strings->kernel[n], strlen(strings->kernel[n]) + 1);
        } else {
            if (copy_from_user(&pointer, strings->user + n * sizeof(pointer), sizeof(pointer)) < 0)
                return -EFAULT;
            error = push_user_string(b, pointer);
        }
        if (error)
            return error;
        at[n] = b->top;
    }
    return 0;
}

/* auxv and the pointers; b->top becomes the new stack pointer. */
static int push_vectors(struct builder *b, const struct elf_image *image)
{
    const struct credentials *user = &process_current()->credentials;
    char random[RANDOM_SIZE];

    random_fill(random, sizeof(random));
    int error = push(b, "x86_64", sizeof("x86_64"));
    vaddr_t platform = b->top;
    if (!error)
        error = push(b, random, sizeof(random));
    const uint64_t auxv[][2] = {
        {AT_HWCAP, cpuid(1, 0).edx},
        {AT_PAGESZ, PAGE_SIZE},
        {AT_CLKTCK, CLOCK_TICKS},
        {AT_PHDR, image->headers},
        {AT_PHENT, 56},
        {AT_PHNUM, image->nr_headers},
        {AT_BASE, 0},
        {AT_FLAGS, 0},
        {AT_ENTRY, image->entry},
        {AT_UID, user->uid},
        {AT_EUID, user->euid},
        {AT_GID, user->gid},
        {AT_EGID, user->egid},
        {AT_SECURE, user->uid != user->euid || user->gid != user->egid},
        {AT_RANDOM, b->top},
        {AT_HWCAP2, 0},
        {AT_EXECFN, b->path},
        {AT_PLATFORM, platform},
        {AT_MINSIGSTKSZ, MINSIGSTKSZ_AT},
        {AT_NULL, 0},
    };
    size_t pointers = (1 + b->argc + 1 + b->envc + 1) * sizeof(uint64_t);
    const uint64_t null = 0, argc = b->argc;

    if (error)
        return error;
    b->left += 16; /* padding is not the strings' */
    error = reserve(b, (b->top - pointers - sizeof(auxv)) % 16);
    if (!error)
        error = push(b, auxv, sizeof(auxv));
    if (!error)
        error = push(b, &null, sizeof(null));
    if (!error)
        error = push(b, b->strings + b->argc, b->envc * sizeof(vaddr_t));
    if (!error)
        error = push(b, &null, sizeof(null));
    if (!error)
        error = push(b, b->strings, b->argc * sizeof(vaddr_t));
    if (!error)
        error = push(b, &argc, sizeof(argc));
    return error;
}

/* The strings, which need nothing of the program. */
static int push_all_strings(struct builder *b, const char *path,
                            const struct exec_strings *arguments,
                            const struct exec_strings *environment)
{
    const uint64_t null = 0;
    int error = push(b, &null, sizeof(null));

    if (!error)
        error = push(b, path, strlen(path) + 1);
    b->path = b->top;
    if (!error)
        error = push_strings(b, environment, b->envc, b->strings + b->argc);
    if (!error)
        error = push_strings(b, arguments, b->argc, b->strings);
    return error;
}

/* Count the strings, make room to note their places, and push them. */
static int take_strings(struct builder *b, const char *path, const struct exec_strings *arguments,
                        const struct exec_strings *environment)
{
    /* A program may rely on argv[0]: one that is started without gets an empty one, as on Linux. */
    static const char *const empty[] = {"", NULL};
    const struct exec_strings no_arguments = {.kernel = empty};
    ssize_t argc = count(arguments), envc = argc < 0 ? argc : count(environment);

    if (envc < 0)
        return (int)envc;
    if (argc == 0) {
        arguments = &no_arguments;
        argc = 1;
    }
    b->argc = (size_t)argc;
    b->envc = (size_t)envc;
    b->buffer = kmalloc(PAGE_SIZE);
    b->strings = kmalloc((b->argc + b->envc) * sizeof(vaddr_t));
    if (!b->buffer || !b->strings)
        return -ENOMEM;
    return push_all_strings(b, path, arguments, environment);
}

/* The file to run, with a reference. -EACCES where it is none that may be run. */
static int find_program(const char *path, struct node **node)
{
    int error = path_lookup(fd_table_directory(&process_current()->files), path, 0, node);

    if (error)
        return error;
    if (((*node)->mode & S_IFMT) != S_IFREG || !((*node)->mode & 0111) ||
        mount_flags(*node) & MS_NOEXEC)
        error = -EACCES;
    else if (!(*node)->object)
        error = -ENOEXEC;
    if (error) {
        node_put(*node);
        *node = NULL;
    }
    return error;
}

/* How much room all strings may take: a quarter of the stack. execve(2). */
static size_t strings_max(void)
{
    uint64_t quarter = process_current()->limits[RLIMIT_STACK].soft / 4;

    return MAX(MIN(quarter, STRINGS_MAX), STRINGS_MIN);
}

/* The room that mappings leave to the stack: what it may grow to, and the guard gap. */
static size_t mmap_gap(void)
{
    uint64_t stack = process_current()->limits[RLIMIT_STACK].soft;

    if (stack > MMAP_GAP_MAX)
        return align_up(MMAP_GAP_MAX, PAGE_SIZE);
    return align_up(MAX(stack + STACK_GUARD_GAP, MMAP_GAP_MIN), PAGE_SIZE);
}

/* Fill an empty space. The strings come before the file is looked for: Linux's order of errors. */
static int fill_space(struct builder *b, const char *path, const struct exec_strings *arguments,
                      const struct exec_strings *environment, struct elf_image *image)
{
    struct space *space = b->space;

    space->limits = limit_memory(process_current());
    space->stack_top = USER_END;
    space->mmap_top = USER_END - mmap_gap();
    mutex_lock(&space->lock);
    int error = space_map(space, USER_END - PAGE_SIZE, USER_END, PROT_READ | PROT_WRITE,
                          AREA_GROWSDOWN, NULL, 0);
    mutex_unlock(&space->lock);
    if (!error)
        error = take_strings(b, path, arguments, environment);
    if (!error)
        error = find_program(path, &b->file);
    if (!error)
        error = elf_load(space, b->file->object, image);
    if (error)
        return error;
    space->brk_start = space->brk = image->end;
    space->data_size = image->data_end - image->data_start;
    return push_vectors(b, image);
}

/* What is to be known of the program; the file's reference passes to it. */
static struct program describe(const struct builder *b, const struct elf_image *image)
{
    return (struct program){
        .file = b->file,
        .code_start = image->code_start,
        .code_end = image->code_end,
        .data_start = image->data_start,
        .data_end = image->data_end,
        .stack_start = b->top,
        .arguments = b->strings[0],
        .environment = b->envc ? b->strings[b->argc] : b->path,
        .environment_end = b->path,
    };
}

/* A space with the program and its stack. NULL and *error if it cannot be had. */
static struct space *build_space(const char *path, const struct exec_strings *arguments,
                                 const struct exec_strings *environment, struct elf_image *image,
                                 struct program *program, int *error)
{
    struct space *space = space_create();
    struct builder b = {.space = space, .top = USER_END, .left = strings_max()};

    *error = -ENOMEM;
    if (!space)
        return NULL;
    *error = fill_space(&b, path, arguments, environment, image);
    if (!*error)
        *program = describe(&b, image);
    else
        node_put(b.file);
    kfree(b.buffer);
    kfree(b.strings);
    if (!*error)
        return space;
    space_put(space);
    return NULL;
}

static void set_name(struct task *task, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;

    memset(task->name, 0, sizeof(task->name));
    memcpy(task->name, base, MIN(strlen(base), sizeof(task->name) - 1));
}

int process_exec(const char *path, const struct exec_strings *arguments,
                 const struct exec_strings *environment)
{
    struct task *task = task_current();
    struct process *self = task->process;
    struct elf_image image;
    struct program program;
    int error;
    struct space *space = build_space(path, arguments, environment, &image, &program, &error);
    if (!space)
        return error;
    error = process_leave_alone();
    if (error) {
        node_put(program.file);
        space_put(space);
        return error;
    }

    struct space *old = self->space;
    if (old) {
        futex_leave_robust(task);
        task_clear_tid(task);
        process_note_peak(self, old);
    }
    self->space = space;
    thread_set_root(space->pagetable.root);
    if (old)
        space_put(old);
    process_end_borrowing(self);
    node_put(self->program.file);
    self->program = program;
    fd_table_close_on_exec(&self->files);
    self->credentials.suid = self->credentials.euid;
    self->credentials.sgid = self->credentials.egid;
    signal_reset_for_exec(self);
    thread_reset_user_state();
    set_name(task, path);
    task->clear_child_tid = 0;
    self->exit_signal = SIGCHLD;
    self->has_run_exec = true;
    self->membarriers = 0;
    *task_frame(task) = (struct trap_frame){
        .vector = TRAP_RESTORE,
        .rip = image.entry,
        .cs = USER_CS,
        .rflags = RFLAGS_IF | RFLAGS_FIXED,
        .rsp = program.stack_start,
        .ss = USER_DS,
    };
    return 0;
}
