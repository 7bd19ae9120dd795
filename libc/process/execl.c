/*
 * process/execl.c - exec with the arguments written out in the call
 *
 * The vector is built on the stack: the child of a vfork may call these.
 */
#include <stdarg.h>
#include <unistd.h>

/* How many arguments there are from first to the NULL, without it; args stands behind first. */
static size_t count_args(const char *first, va_list args)
{
    size_t count = 0;

    for (const char *arg = first; arg; arg = va_arg(args, const char *))
        count++;
    return count;
}

/* Takes first and count - 1 more, and the NULL. */
static void collect(char **argv, const char *first, size_t count, va_list args)
{
    argv[0] = (char *)(uintptr_t)first;
    for (size_t i = 1; i <= count && count > 0; i++)
        argv[i] = va_arg(args, char *);
}

int execl(const char *path, const char *arg, ...)
{
    va_list args;
    size_t count;
    char **argv;

    va_start(args, arg);
    count = count_args(arg, args);
    va_end(args);
    argv = __builtin_alloca((count + 1) * sizeof(*argv));
    va_start(args, arg);
    collect(argv, arg, count, args);
    va_end(args);
    return execv(path, argv);
}

int execle(const char *path, const char *arg, ...)
{
    char *const *envp;
    va_list args;
    size_t count;
    char **argv;

    va_start(args, arg);
    count = count_args(arg, args);
    va_end(args);
    argv = __builtin_alloca((count + 1) * sizeof(*argv));
    va_start(args, arg);
    collect(argv, arg, count, args);
    envp = va_arg(args, char *const *);
    va_end(args);
    return execve(path, argv, envp);
}

int execlp(const char *file, const char *arg, ...)
{
    va_list args;
    size_t count;
    char **argv;

    va_start(args, arg);
    count = count_args(arg, args);
    va_end(args);
    argv = __builtin_alloca((count + 1) * sizeof(*argv));
    va_start(args, arg);
    collect(argv, arg, count, args);
    va_end(args);
    return execvp(file, argv);
}
