/*
 * crt/start.c - from the kernel's start-up stack to main
 *
 *     argc, argv[0], ..., NULL, envp[0], ..., NULL, auxv[0], ..., AT_NULL
 */
#include "internal/libc.h"
#include <errno.h>
#include <linux/auxvec.h>
#include <stdlib.h>
#include <unistd.h>

typedef int main_function(int, char **, char **);
typedef void init_function(int, char **, char **);

/* Placed by the linker; absent where there is nothing to run. */
extern init_function *const __preinit_array_start[] WEAK HIDDEN;
extern init_function *const __preinit_array_end[] WEAK HIDDEN;
extern init_function *const __init_array_start[] WEAK HIDDEN;
extern init_function *const __init_array_end[] WEAK HIDDEN;

void __libc_start(char **stack, main_function *entry) __attribute__((noreturn));

char **environ;
char *program_invocation_name = (char[]){""};
char *program_invocation_short_name = (char[]){""};
const struct auxv *__auxv;

static void set_program_name(char *name)
{
    program_invocation_name = program_invocation_short_name = name;
    for (char *p = name; *p; p++) {
        if (*p == '/')
            program_invocation_short_name = p + 1;
    }
}

static void run(init_function *const *start, init_function *const *end, int argc, char **argv)
{
    for (; start != end; start++)
        (*start)(argc, argv, environ);
}

void __libc_start(char **stack, main_function *entry)
{
    int argc = (int)(long)stack[0];
    char **argv = stack + 1;
    char **p = argv + argc + 1;

    environ = p;
    while (*p)
        p++;
    __auxv = (const struct auxv *)(p + 1);
    __init_tls();
    if (argc > 0)
        set_program_name(argv[0]);
    run(__preinit_array_start, __preinit_array_end, argc, argv);
    run(__init_array_start, __init_array_end, argc, argv);
    exit(entry(argc, argv, environ));
}
