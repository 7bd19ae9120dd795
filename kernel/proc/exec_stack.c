/*
 * proc/exec_stack.c - the stack a program starts with
 *
 * From its top down: the path, environment strings, argument strings, "x86_64", 16 random bytes, then
 * aligned to 16: auxv, envp, argv, argc, where the stack pointer starts.
 *
 * Source  execve(2), getauxval(3); System V ABI x86-64 3.4.1
 */
#include "proc/exec_stack.h"

#include <asm/errno.h>
#include <linux/auxvec.h>
#include <string.h>

#include "arch/cpu.h"
#include "dev/random.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"

#define STRING_MAX     131072UL         /* one string, with its NUL */
#define STRINGS_MIN    131072UL         /* of room for all strings and pointers */
#define STRINGS_MAX    (MIB(8) / 4 * 3) /* ... whatever RLIMIT_STACK says */
#define CLOCK_TICKS    100              /* AT_CLKTCK */
#define MINSIGSTKSZ_AT 2048             /* AT_MINSIGSTKSZ of a machine without AVX-512 */
#define RANDOM_SIZE    16
#define NR_MORE        4     /* places of strings that are put first, made at a time */
#define MEASURE_PIECE  128UL /* of a string that is looked through for its end */

/* Lower the top by len bytes. */
static int reserve(struct exec_stack *b, size_t len)
{
    if (len > b->left)
        return -E2BIG;
    b->left -= len;
    b->top -= len;
    return 0;
}

/* Write len bytes of the new stack, of one page. 0 or -ENOMEM. */
static int put_in_page(struct exec_stack *b, vaddr_t va, const void *data, size_t len)
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

static int put(struct exec_stack *b, vaddr_t va, const void *data, size_t len)
{
    int error = 0;

    for (size_t done = 0, piece; done < len && !error; done += piece) {
        piece = MIN(len - done, PAGE_SIZE - (va + done) % PAGE_SIZE);
        error = put_in_page(b, va + done, (const char *)data + done, piece);
    }
    return error;
}

static int push(struct exec_stack *b, const void *data, size_t len)
{
    int error = reserve(b, len);

    return error ? error : put(b, b->top, data, len);
}

/* Length with NUL of a string in the running space. */
static ssize_t measure(const struct exec_stack *b, vaddr_t va)
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

static int push_user_string(struct exec_stack *b, vaddr_t va)
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
static int push_strings(struct exec_stack *b, const struct exec_strings *strings, size_t n,
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

/* The strings, which need nothing of the program. */
static int push_all_strings(struct exec_stack *b, const char *path,
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

/* How much room all strings may take: a quarter of the stack. execve(2). */
static size_t strings_max(void)
{
    uint64_t quarter = process_current()->limits[RLIMIT_STACK].soft / 4;

    return MAX(MIN(quarter, STRINGS_MAX), STRINGS_MIN);
}

/* Count the strings, make room to note their places, and push them. */
int exec_stack_take(struct exec_stack *b, struct space *space, const char *path,
                    const struct exec_strings *arguments, const struct exec_strings *environment)
{
    /* A program may rely on argv[0]: one that is started without gets an empty one, as on Linux. */
    static const char *const empty[] = {"", NULL};
    const struct exec_strings no_arguments = {.kernel = empty};
    ssize_t argc = count(arguments), envc = argc < 0 ? argc : count(environment);

    *b = (struct exec_stack){.space = space, .top = USER_END, .left = strings_max()};
    if (envc < 0)
        return (int)envc;
    if (argc == 0) {
        arguments = &no_arguments;
        argc = 1;
    }
    b->argc = (size_t)argc;
    b->envc = (size_t)envc;
    b->buffer = kmalloc(PAGE_SIZE);
    b->strings = b->places = kmalloc((b->argc + b->envc) * sizeof(vaddr_t));
    if (!b->buffer || !b->places)
        return -ENOMEM;
    return push_all_strings(b, path, arguments, environment);
}

void exec_stack_drop(struct exec_stack *b)
{
    kfree(b->buffer);
    kfree(b->places);
}

void exec_stack_drop_first(struct exec_stack *b)
{
    vaddr_t next = b->argc + b->envc > 1 ? b->strings[1] : b->path;

    b->left += next - b->top;
    b->top = next;
    b->strings++;
    b->argc--;
}

/* Make room to note the places of some that are put first. */
static int extend_places(struct exec_stack *b)
{
    size_t nr = b->argc + b->envc;
    vaddr_t *places = kmalloc((NR_MORE + nr) * sizeof(*places));

    if (!places)
        return -ENOMEM;
    memcpy(places + NR_MORE, b->strings, nr * sizeof(*places));
    kfree(b->places);
    b->places = places;
    b->strings = places + NR_MORE;
    return 0;
}

int exec_stack_put_first(struct exec_stack *b, const char *string)
{
    int error = b->strings > b->places ? 0 : extend_places(b);

    if (!error)
        error = push(b, string, strlen(string) + 1);
    if (error)
        return error;
    *--b->strings = b->top;
    b->argc++;
    return 0;
}

int exec_stack_finish(struct exec_stack *b, const struct elf_image *image)
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
