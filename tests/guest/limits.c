/*
 * tests/guest/limits.c - how much a new program can be given: one string up to 128 KiB, together 2
 * MiB
 *
 * The limits are Linux's (execve(2)): 32 pages for a string with its NUL; for all of them and the
 * pointers to them a quarter of the stack's limit of 8 MiB.
 */
#include "child.h"
#include "raw.h"
#include "tap.h"

#define STRING_MAX (32 * PAGE)
#define NR_SMALL   300000

static char large[STRING_MAX + 2];
static char *argv[NR_SMALL + 4];
static char count_name[] = "count", small[] = "x", variable[] = "A=1";
static char *environment[] = {variable, NULL};

/* Answers with a status that tells whether all arguments have arrived. */
static int count(char **args)
{
    size_t nr = 0, len = 0;

    while (args[nr])
        len += strlen(args[nr++]);
    return nr == 1 && len == STRING_MAX - 1 ? 1
           : nr == len                      ? 2
           : nr * (STRING_MAX - 1) == len   ? 3
                                            : 4;
}

static const struct child children[] = {{"count", count}, {NULL, NULL}};

/* Run count with nr times word. Returns the wait status, or -errno of execve. */
static int run(size_t nr, char *word, char **envp)
{
    volatile int error = 0;
    int status;
    pid_t pid;

    argv[0] = child_self();
    argv[1] = count_name;
    for (size_t i = 0; i < nr; i++)
        argv[2 + i] = word;
    argv[2 + nr] = NULL;
    fflush(stdout);
    pid = vfork();
    if (pid == 0) {
        execve(child_self(), argv, envp);
        error = errno;
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return error ? -error : status;
}

static void fill(size_t len)
{
    memset(large, 'a', sizeof(large));
    large[len] = '\0';
}

int main(int argc, char **words)
{
    char *two[] = {large, NULL};

    if (argc > 1)
        return child_main(children, words);
    fill(STRING_MAX - 1);
    is_long(run(1, large, environment), CHILD_EXITED(1), "an argument of 131071 characters");
    is_long(run(15, large, environment), CHILD_EXITED(3), "15 of them");
    is_long(run(16, large, environment), -E2BIG, "16 are too many");
    is_long(run(15, large, two), -E2BIG, "... the environment counts");
    fill(STRING_MAX);
    is_long(run(1, large, environment), -E2BIG, "an argument of 131072 characters is too long");
    is_long(run(0, large, two), -E2BIG, "... a variable too");
    is_long(run(1000, small, environment), CHILD_EXITED(2), "1000 small arguments");
    is_long(run(200000, small, environment), CHILD_EXITED(2), "200000 small arguments");
    is_long(run(220000, small, environment), -E2BIG, "220000: their pointers count");
    is_long(run(300000, small, environment), -E2BIG, "300000");
    return done_testing();
}
