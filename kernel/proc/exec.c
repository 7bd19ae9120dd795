/*
 * proc/exec.c - execve(2): a new program in a new space
 *
 * The new space is built complete, strings and all, beside the old one; only then does the process
 * change over. Until that moment every failure leaves the old program as it was.
 *
 * Source  execve(2); Linux, fs/exec.c and fs/binfmt_script.c
 */
#include <asm/errno.h>
#include <asm/mman.h>
#include <asm/signal.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/mount.h"
#include "mm/kheap.h"
#include "proc/elf.h"
#include "proc/exec_stack.h"
#include "proc/family.h"
#include "proc/futex.h"

#define MMAP_GAP_MIN   MIB(128) /* between the top of the stack and the first mapping */
#define MMAP_GAP_MAX   (USER_END / 6 * 5)
#define SCRIPT_HEAD    256 /* bytes of a script that are looked at */
#define NR_SCRIPTS_MAX 5   /* one that runs another, and so on */

static int check_program(const struct node *node)
{
    if ((node->mode & S_IFMT) != S_IFREG || !(node->mode & 0111) || mount_flags(node) & MS_NOEXEC)
        return -EACCES;
    if (node->nr_writers)
        return -ETXTBSY;
    return node->object ? 0 : -ENOEXEC;
}

/* The file to run, with a reference of one that runs it; NULL on failure. */
static int find_program(const char *path, struct node **program)
{
    struct node *node;
    int error = path_lookup(fd_table_directory(&process_current()->files), path, 0, &node);

    if (!error)
        error = check_program(node);
    if (!error)
        node_get_to_run(node);
    node_put(node);
    *program = error ? NULL : node;
    return error;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char *skip_blanks(char *at)
{
    while (is_blank(*at))
        at++;
    return at;
}

static char *skip_word(char *at)
{
    while (*at && !is_blank(*at))
        at++;
    return at;
}

/*
 * Take the first line of a script apart: "#! interpreter argument", of which the argument, all that
 * follows, may be missing. A line that is cut off may lack some of the argument, but nothing of the name.
 *
 * head     SCRIPT_HEAD bytes, zeros after the script's end, and a NUL
 * Returns  0, *interpreter and *argument in head, NULL if there is none; -ENOEXEC, -EACCES
 */
static int parse_script(char *head, char **interpreter, char **argument)
{
    char *name = skip_blanks(head + 2), *end = strchr(head, '\n');

    if (!end) {
        end = head + SCRIPT_HEAD - 1;
        if (skip_word(name) > end)
            return -ENOEXEC;
    }
    while (end > name && is_blank(end[-1]))
        end--;
    if (name >= end)
        return -ENOEXEC;
    *end = 0;
    char *rest = skip_word(name);
    if (rest == name)
        return -EACCES; /* the file of no name is the working directory, as Linux has it */
    *interpreter = name;
    *argument = *rest ? skip_blanks(rest + 1) : NULL;
    *rest = 0;
    return 0;
}

/* Read the start of a file. Whether it is a script. */
static bool read_script(const struct node *file, char *head)
{
    const struct object *object = file->object;

    if (object->size < 2)
        return false;
    object_read(object, 0, head, 2);
    if (head[0] != '#' || head[1] != '!')
        return false;
    memset(head, 0, SCRIPT_HEAD + 1);
    object_read(object, 0, head, MIN(object->size, (uint64_t)SCRIPT_HEAD));
    return true;
}

/*
 * While the file is a script, its interpreter takes its place, and argv[0] becomes: the interpreter, its
 * argument, the script. 0, or -errno with *file as far as it was found.
 */
static int follow_scripts(struct exec_stack *stack, const char *path, struct node **file)
{
    char head[2][SCRIPT_HEAD + 1]; /* the path may be in one of them */
    char *interpreter, *argument;

    for (int nr = 0; read_script(*file, head[nr % 2]); nr++) {
        int error = parse_script(head[nr % 2], &interpreter, &argument);
        if (error)
            return error;
        exec_stack_drop_first(stack);
        error = exec_stack_put_first(stack, path);
        if (!error && argument)
            error = exec_stack_put_first(stack, argument);
        if (!error)
            error = exec_stack_put_first(stack, interpreter);
        if (error)
            return error;
        node_put_run(*file);
        error = find_program(interpreter, file);
        if (!error && nr == NR_SCRIPTS_MAX)
            error = -ELOOP;
        if (error)
            return error;
        path = interpreter;
    }
    return 0;
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
static int fill_space(struct space *space, struct exec_stack *stack, const char *path,
                      const struct exec_strings *arguments, const struct exec_strings *environment,
                      struct node **file, struct elf_image *image)
{
    space->limits = limit_memory(process_current());
    space->stack_top = USER_END;
    space->mmap_top = USER_END - mmap_gap();
    mutex_lock(&space->lock);
    int error = space_map(space, USER_END - PAGE_SIZE, USER_END, PROT_READ | PROT_WRITE,
                          AREA_GROWSDOWN, NULL, 0);
    mutex_unlock(&space->lock);
    if (!error)
        error = exec_stack_take(stack, space, path, arguments, environment);
    if (!error)
        error = find_program(path, file);
    if (!error)
        error = follow_scripts(stack, path, file);
    if (!error)
        error = elf_load(space, (*file)->object, image);
    if (error)
        return error;
    space->brk_start = space->brk = image->end;
    space->data_size = image->data_end - image->data_start;
    return exec_stack_finish(stack, image);
}

/* What is to be known of the program; the file's reference passes to it. */
static struct program describe(struct node *file, const struct exec_stack *stack,
                               const struct elf_image *image)
{
    return (struct program){
        .file = file,
        .code_start = image->code_start,
        .code_end = image->code_end,
        .data_start = image->data_start,
        .data_end = image->data_end,
        .stack_start = stack->top,
        .arguments = stack->strings[0],
        .environment = stack->envc ? stack->strings[stack->argc] : stack->path,
        .environment_end = stack->path,
    };
}

/* A space with the program and its stack. NULL and *error if it cannot be had. */
static struct space *build_space(const char *path, const struct exec_strings *arguments,
                                 const struct exec_strings *environment, struct elf_image *image,
                                 struct program *program, int *error)
{
    struct space *space = space_create();
    struct exec_stack stack = {0};
    struct node *file = NULL;

    *error = -ENOMEM;
    if (!space)
        return NULL;
    *error = fill_space(space, &stack, path, arguments, environment, &file, image);
    if (!*error)
        *program = describe(file, &stack, image);
    else
        node_put_run(file);
    exec_stack_drop(&stack);
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
        node_put_run(program.file);
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
    node_put_run(self->program.file);
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
