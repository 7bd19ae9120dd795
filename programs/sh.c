/*
 * programs/sh.c - a shell: runs programs, one after the other
 *
 *     sh                 reads commands from standard input; on a terminal with line editing
 *     sh -c COMMANDS     runs the commands of one argument
 *     sh FILE            runs the commands of a file
 *
 * A command is a list of words; ';' or the end of the line ends it. 'single' and "double" quotes
 * and the backslash quote, '#' starts a comment. A name without a slash is looked up in /bin.
 * Programs are started by posix_spawn. There are no variables, patterns, pipes or redirections:
 * characters that would ask for the latter must be quoted. How a program ended is said on standard
 * error unless it was with status 0.
 *
 * A terminal whose echo is off when the shell starts belongs to a program, not to a person: then
 * there is no prompt and no editing. SIGINT is blocked here but not in the programs, so that ^C
 * ends the program and not the shell; while a line is edited ^C is just a character.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "edit.h"

#define STATUS_USAGE     2
#define STATUS_CANNOT    126 /* found, but cannot be run */
#define STATUS_NOT_FOUND 127
#define STATUS_SIGNAL    128 /* plus the number of the signal */

static struct editor editor;       /* zero where nobody edits */
static sigset_t inherited_signals; /* the mask that programs get */
static int last_status;

/* Returns the status in a shell's terms of a program that has ended, after saying how if not well.
 */
static int report(const char *name, int status)
{
    if (WIFSIGNALED(status)) {
        int number = WTERMSIG(status);

        fprintf(stderr, "%ssh: %s: killed by signal %d (%s)\n", number == SIGINT ? "\n" : "", name,
                number, strsignal(number));
        return STATUS_SIGNAL + number;
    }
    if (WEXITSTATUS(status) != 0)
        fprintf(stderr, "sh: %s: exited with status %d\n", name, WEXITSTATUS(status));
    return WEXITSTATUS(status);
}

static int run_program(char **argv)
{
    struct text path = {NULL, 0, 0};
    posix_spawnattr_t attributes;
    int error, status;
    pid_t pid;

    text_set(&path, strchr(argv[0], '/') ? "" : "/bin/");
    text_insert(&path, path.len, argv[0], strlen(argv[0]));
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &inherited_signals);
    error = posix_spawn(&pid, path.bytes, NULL, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    free(path.bytes);
    if (error) {
        fprintf(stderr, "sh: %s: %s\n", argv[0], strerror(error));
        return error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT;
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return STATUS_CANNOT;
    return report(argv[0], status);
}

static int run_exit(char **argv)
{
    int status = last_status;
    char *end;

    if (argv[1]) {
        status = (int)strtol(argv[1], &end, 10);
        if (end == argv[1] || *end || argv[2]) {
            fprintf(stderr, "usage: exit [STATUS]\n");
            return STATUS_USAGE;
        }
    }
    exit(status & 0xff);
}

static int run_history(void)
{
    for (size_t i = 0; i < editor.nr_history; i++)
        printf("%4zu  %s\n", i + 1, editor.history[i]);
    return 0;
}

static int run_help(void)
{
    printf(
        "NAME [WORD...]   run the program /bin/NAME (or a path with a slash) and wait for it\n"
        "                 try: tour, hello, wordfreq /share/gpl-3.txt, crash, cat /proc/meminfo\n"
        "COMMAND; COMMAND one after the other;  'quotes', \"quotes\", \\ and # as usual\n"
        "help             this text\n"
        "history          the lines entered before; the up and down arrows fetch them\n"
        "exit [STATUS]    leave the shell; so does ^D on an empty line\n"
        "^C ends the running program, or drops the line\n");
    return 0;
}

/* Run one command. Returns its status. */
static int run_command(char **argv)
{
    int status;

    if (strcmp(argv[0], "exit") == 0)
        status = run_exit(argv);
    else if (strcmp(argv[0], "help") == 0)
        status = run_help();
    else if (strcmp(argv[0], "history") == 0)
        status = run_history();
    else
        return run_program(argv);
    fflush(stdout);
    return status;
}

/* Append the word at p without its quotes to words. Returns its end, or NULL after a message. */
static const char *parse_word(const char *p, struct text *words)
{
    char quote = 0;

    for (; *p && (quote || !strchr(" \t\n;", *p)); p++) {
        if (quote ? *p == quote : *p == '\'' || *p == '"') {
            quote = quote ? 0 : *p;
            continue;
        }
        if (*p == '\\' && quote != '\'' && p[1] && (!quote || strchr("\\\"$`\n", p[1]))) {
            if (*++p == '\n')
                continue; /* a line that goes on */
        } else if (!quote && strchr("|&<>", *p)) {
            fprintf(stderr, "sh: '%c': no pipes, redirections or jobs here; quote it\n", *p);
            return NULL;
        }
        text_insert(words, words->len, p, 1);
    }
    if (quote) {
        fprintf(stderr, "sh: no closing %c\n", quote);
        return NULL;
    }
    text_insert(words, words->len, "", 1);
    return p;
}

/* Run the command whose words, each with its NUL, lie one after the other in words. */
static int run_words(const struct text *words, size_t nr_words)
{
    char **argv = must(calloc(nr_words + 1, sizeof(*argv)));
    char *word = words->bytes;
    int status;

    for (size_t i = 0; i < nr_words; i++, word += strlen(word) + 1)
        argv[i] = word;
    status = run_command(argv);
    free(argv);
    return status;
}

/* Run the command at p and set last_status. Returns what follows it, or NULL after a message. */
static const char *run_next(const char *p)
{
    struct text words = {NULL, 0, 0};
    size_t nr_words = 0;

    for (;;) {
        p += strspn(p, " \t");
        if (*p == '#')
            p += strcspn(p, "\n");
        if (!*p || *p == ';' || *p == '\n')
            break;
        p = parse_word(p, &words);
        if (!p) {
            last_status = STATUS_USAGE;
            break;
        }
        nr_words++;
    }
    if (p && nr_words > 0)
        last_status = run_words(&words, nr_words);
    free(words.bytes);
    return p && *p ? p + 1 : p;
}

/* Run the commands of a string up to its end or a mistake in it. */
static void run_string(const char *p)
{
    while (p && *p)
        p = run_next(p);
}

/* ---- Where commands come from ---- */

static int run_file(const char *name)
{
    struct text script = {NULL, 0, 0};
    char block[4096];
    int fd = open(name, O_RDONLY);
    ssize_t n = -1;

    text_set(&script, "");
    while (fd >= 0 && (n = read(fd, block, sizeof(block))) > 0)
        text_insert(&script, script.len, block, (size_t)n);
    if (n < 0) {
        fprintf(stderr, "sh: %s: %s\n", name, strerror(errno));
        last_status = STATUS_NOT_FOUND;
    } else {
        run_string(script.bytes);
    }
    if (fd >= 0)
        close(fd);
    free(script.bytes);
    return last_status;
}

/* Line by line, and no byte further: what follows may be input of the program just started. */
static int run_input(void)
{
    struct text line = {NULL, 0, 0};
    int byte;

    do {
        text_set(&line, "");
        while ((byte = read_byte()) != END_OF_INPUT && byte != '\n')
            text_insert(&line, line.len, &(char){(char)byte}, 1);
        run_string(line.bytes);
    } while (byte != END_OF_INPUT);
    free(line.bytes);
    return last_status;
}

static int run_terminal(const struct termios *usual)
{
    const char *line;

    editor.prompt = "loam$ ";
    editor.usual = usual;
    while ((line = editor_read(&editor)))
        run_string(line);
    return last_status;
}

int main(int argc, char **argv)
{
    struct termios usual;
    sigset_t interrupt;

    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, &inherited_signals);
    if (argc == 3 && strcmp(argv[1], "-c") == 0) {
        run_string(argv[2]);
        return last_status;
    }
    if (argc == 2 && argv[1][0] != '-')
        return run_file(argv[1]);
    if (argc > 1) {
        fprintf(stderr, "usage: sh [-c COMMANDS | FILE]\n");
        return STATUS_USAGE;
    }
    if (isatty(STDOUT_FILENO) && tcgetattr(STDIN_FILENO, &usual) == 0 && (usual.c_lflag & ECHO))
        return run_terminal(&usual);
    return run_input();
}
