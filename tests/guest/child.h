/*
 * tests/guest/child.h - children of a test: itself run again, or a fork
 *
 * A test that does not rely on fork runs itself with the name of what the child shall do; the child
 * answers with its exit status, or by the signal that ends it:
 *
 *     static const struct child children[] = {{"divide", divide}, {NULL, NULL}};
 *
 *     int main(int argc, char **argv)
 *     {
 *         if (argc > 1)
 *             return child_main(children, argv);
 *         is_long(child_run("divide"), CHILD_KILLED(SIGFPE), "division by zero");
 *         ...
 */
#pragma once

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

/* Wait statuses. */
#define CHILD_EXITED(n) ((n) << 8)
#define CHILD_KILLED(n) (n)

struct child {
    const char *name;
    int (*run)(char **args); /* gets the arguments after the name; returns the exit status */
};

/* Path of the running program. */
__attribute__((unused)) static inline char *child_self(void)
{
    return (char *)getauxval(AT_EXECFN);
}

/* Returns the status of the child that argv[1] names, or 99 if there is none. */
__attribute__((unused)) static inline int child_main(const struct child *children, char **argv)
{
    for (; children->name; children++)
        if (strcmp(children->name, argv[1]) == 0)
            return children->run(argv + 2);
    return 99;
}

/* Start this program with argv. Returns the pid, or -1 with errno set. */
__attribute__((unused)) static inline pid_t child_start_argv(char **argv)
{
    pid_t pid;
    int error;

    fflush(stdout);
    error = posix_spawn(&pid, child_self(), NULL, NULL, argv, environ);
    if (!error)
        return pid;
    errno = error;
    return -1;
}

/* Start the named child. Returns the pid, or -1 with errno set. */
__attribute__((unused)) static inline pid_t child_start(const char *name)
{
    char word[64];
    char *argv[] = {child_self(), word, NULL};

    snprintf(word, sizeof(word), "%s", name);
    return child_start_argv(argv);
}

/* Returns the wait status, or -1 with errno set. */
__attribute__((unused)) static inline int child_wait(pid_t pid)
{
    int status;

    return waitpid(pid, &status, 0) == pid ? status : -1;
}

/* Run the named child to its end. Returns its wait status, or -1 with errno set. */
__attribute__((unused)) static inline int child_run(const char *name)
{
    pid_t pid = child_start(name);

    return pid < 0 ? -1 : child_wait(pid);
}

/* Run body() in a forked child. Returns its wait status, or -1 with errno set. */
__attribute__((unused)) static inline int child_call(int (*body)(void))
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0)
        _exit(body());
    return pid < 0 ? -1 : child_wait(pid);
}
