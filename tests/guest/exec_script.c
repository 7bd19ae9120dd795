/*
 * tests/guest/exec_script.c - execve(2) of scripts: the interpreter, its argument, and what it is told
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "child.h"
#include "procfile.h"
#include "raw.h"
#include "tap.h"

#define SCRIPT "/tmp/script"

/* Say what we were started with, each word in brackets. */
static int tell(char **args)
{
    for (; *args; args++)
        printf("[%s]", *args);
    return 0;
}

static int tell_name(char **args)
{
    char name[17] = "", file[64] = "";

    (void)args;
    raw(SYS_prctl, 16 /* PR_GET_NAME */, name);
    raw(SYS_readlink, "/proc/self/exe", file, sizeof(file) - 1);
    printf("%s %s %s", name, file, (char *)getauxval(AT_EXECFN));
    return 0;
}

/* No name ends in its own bytes: how much of the second word there is. */
static int tell_length(char **args)
{
    printf("%zu", strlen(args[-1]));
    return 0;
}

static const struct child children[] = {
    {"tell", tell}, {"name", tell_name}, {"length", tell_length}, {NULL, NULL}};

static void write_script(const char *path, const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

    if (fd < 0 || write(fd, text, len) != (ssize_t)len)
        bail_out("cannot write %s", path);
    close(fd);
}

/* Run what a file has in it. What it says, or its error. */
static const char *run_with(const char *path, char **argv)
{
    static char said[1024];
    int fds[2];
    size_t len = 0;

    fflush(stdout);
    if (pipe(fds) < 0)
        bail_out("no pipe");
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fds[1], 1);
        close(fds[0]);
        close(fds[1]);
        long error = raw(SYS_execve, path, argv, environ);
        printf("error %ld", -error);
        exit(0);
    }
    close(fds[1]);
    for (ssize_t n; (n = read(fds[0], said + len, sizeof(said) - 1 - len)) > 0;)
        len += (size_t)n;
    said[len] = 0;
    close(fds[0]);
    waitpid(pid, NULL, 0);
    return said;
}

static const char *run(const char *text)
{
    char *argv[] = {"zero", "one", "two words", NULL};

    write_script(SCRIPT, text, strlen(text));
    return run_with(SCRIPT, argv);
}

/* format has a place for this program's path. */
static const char *run_self(const char *format)
{
    char text[1024];

    snprintf(text, sizeof(text), format, child_self());
    return run(text);
}

static void check_line(void)
{
    const char *all = "[" SCRIPT "][one][two words]";

    is_str(run_self("#!%s tell\n"), all, "a script: its path and the arguments but the first");
    is_str(run_self("#! \t %s\ttell \t \nmore\n"), all, "blanks before and after are nothing");
    is_str(run_self("#!%s tell"), all, "a line without end");
    is_str(run_self("#!%s tell me more\n"), "", "what follows the name is one argument");
    write_script(SCRIPT, "", 0);
    is_str(run_self("#!%s\n"), "", "... which may be missing");
}

static void check_name(void)
{
    char wanted[128];

    snprintf(wanted, sizeof(wanted), "script %s " SCRIPT, child_self());
    is_str(run_self("#!%s name\n"), wanted, "the name is the script's, the file the interpreter's");
}

static void check_errors(void)
{
    const char *no_exec = "error 8", *no_file = "error 2", *no_access = "error 13";

    is_str(run("#!\n"), no_exec, "no interpreter");
    is_str(run("#! \t \n"), no_exec, "... only blanks");
    is_str(run("#!"), no_access, "... nor an end of the line");
    is_str(run("#"), no_exec, "no script");
    is_str(run(""), no_exec, "an empty file");
    is_str(run("#!/none/at/all\n"), no_file, "an interpreter that is not there");
    is_str(run("#!/tmp\n"), no_access, "... that is a directory");
    is_str(run("#!/dev/null\n"), no_access, "... that is a device");
    write_script("/tmp/plain", "text", 4);
    is_str(run("#!/tmp/plain\n"), no_exec, "... that is no program");
    chmod("/tmp/plain", 0644);
    is_str(run("#!/tmp/plain\n"), no_access, "... that may not be run");
    unlink("/tmp/plain");
    is_str(run_self("#!%s/x tell\n"), "error 20", "... below a file");
}

/* 256 bytes are looked at. */
static void check_long(void)
{
    char text[400];
    int len = snprintf(text, sizeof(text), "#!%s length ", child_self());

    memset(text + len, 'a', sizeof(text) - (size_t)len - 1);
    text[sizeof(text) - 1] = 0;
    is_str(run(text), "", "an argument that is cut off is taken");
    len = snprintf(text, sizeof(text), "#!%s length", child_self());
    memset(text + len, ' ', 255 - (size_t)len);
    text[255] = 0;
    is_str(run(text), "6", "blanks up to the end of what is looked at");
    memset(text + 2, '/', 255);
    memcpy(text + 256 - strlen("tmp"), "tmp tell", sizeof("tmp tell"));
    is_str(run(text), "error 8", "a name that is cut off is not taken");
    memset(text + 2, ' ', 300);
    text[300] = 0;
    is_str(run(text), "error 8", "blanks to beyond what is looked at");
    memset(text + 2, '/', 253);
    snprintf(text + 255 - strlen(child_self()), 200, "%s tell\n", child_self());
    is_str(run(text), "", "a name that ends where that ends");
    char zeros[] = "#!/none\0more\n";
    write_script(SCRIPT, zeros, sizeof(zeros) - 1);
    is_str(run_with(SCRIPT, (char *[]){"x", NULL}), "error 2", "a NUL ends a name");
}

static void check_chain(void)
{
    char path[32], text[128];
    char *argv[] = {"zero", "one", NULL};

    snprintf(text, sizeof(text), "#!%s tell\n", child_self());
    write_script("/tmp/s0", text, strlen(text));
    for (int i = 1; i < 6; i++) {
        snprintf(path, sizeof(path), "/tmp/s%d", i);
        snprintf(text, sizeof(text), "#!/tmp/s%d a%d\n", i - 1, i);
        write_script(path, text, strlen(text));
    }
    is_str(run_with("/tmp/s1", argv), "[/tmp/s0][a1][/tmp/s1][one]", "a script that runs a script");
    is_str(run_with("/tmp/s4", argv),
           "[/tmp/s0][a1][/tmp/s1][a2][/tmp/s2][a3][/tmp/s3][a4][/tmp/s4][one]", "five in a row");
    is_str(run_with("/tmp/s5", argv), "error 40", "six are too many");
    is_str(run_with("/tmp/s0", (char *[]){NULL}), "[/tmp/s0]", "no arguments at all");
    for (int i = 0; i < 6; i++) {
        snprintf(path, sizeof(path), "/tmp/s%d", i);
        unlink(path);
    }
}

/* What the script pushes counts as its arguments do. */
static void check_room(void)
{
    static char big[131072];
    char text[128], *argv[66] = {"zero"};

    memset(big, 'b', sizeof(big) - 1);
    snprintf(text, sizeof(text), "#!%s tell\n", child_self());
    write_script(SCRIPT, text, strlen(text));
    for (int i = 1; i < 65; i++)
        argv[i] = big;
    is_str(run_with(SCRIPT, argv), "error 7", "too many arguments");
    argv[0] = big;
    argv[1] = "one";
    argv[2] = NULL;
    is_str(run_with(SCRIPT, argv), "[" SCRIPT "][one]", "a large argument that is left out");
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    check_line();
    check_name();
    check_errors();
    check_long();
    check_chain();
    check_room();
    unlink(SCRIPT);
    return done_testing();
}
