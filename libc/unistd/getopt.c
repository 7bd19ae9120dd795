/*
 * unistd/getopt.c - options of the command line
 *
 * One scanner for short and long options. argv is permuted as it goes, as GNU does: operands that
 * were skipped lie in argv[first_operand, last_operand); the options behind them, up to optind, are
 * moved in front of them before the scan goes on.
 */
#include "internal/libc.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

char *optarg;
int optind = 1, opterr = 1, optopt;

/* Where in argv[optind] the next short option stands; NULL or "" between arguments. */
static char *next_short;
static int first_operand, last_operand;

enum order { PERMUTE, STOP_AT_OPERAND, RETURN_OPERANDS };

struct scan {
    int argc;
    char **argv;
    const char *options;
    const struct option *long_options;
    int *index;
    int long_only;
    enum order order;
    int quiet; /* No messages; a missing argument is ':' when the options start with ':'. */
};

static void complain(const struct scan *scan, const char *what, const char *name, size_t len,
                     const char *end)
{
    char text[128];

    if (scan->quiet)
        return;
    strlcpy(text, name, len < sizeof(text) ? len + 1 : sizeof(text));
    __write_error(scan->argv[0], ": ", what, text, end, NULL);
}

static int missing_argument(const struct scan *scan)
{
    return scan->options[0] == ':' ? ':' : '?';
}

/* Move argv[last_operand, optind), options and their arguments, in front of the operands. */
static void permute(char **argv)
{
    size_t nr_operands = (size_t)(last_operand - first_operand);

    while (last_operand < optind) {
        char **place = argv + first_operand++;
        char *arg = argv[last_operand++];

        memmove(place + 1, place, nr_operands * sizeof(*place));
        *place = arg;
    }
}

/* An option wants the next argument as its own. Returns 0 if there is none. */
static int take_next_argument(const struct scan *scan)
{
    if (optind >= scan->argc)
        return 0;
    optarg = scan->argv[optind++];
    return 1;
}

static int short_option(const struct scan *scan)
{
    char c = *next_short++;
    const char *known = c == ':' || c == ';' ? NULL : strchr(scan->options, c);
    int last = *next_short == 0;
    int result = (unsigned char)c;

    if (last)
        optind++;
    if (!known) {
        optopt = result;
        complain(scan, "invalid option -- '", &c, 1, "'\n");
        result = '?';
    } else if (known[1] == ':') {
        if (!last) {
            optarg = next_short;
            next_short = NULL;
            optind++;
        } else if (known[2] != ':' && !take_next_argument(scan)) {
            optopt = result;
            complain(scan, "option requires an argument -- '", &c, 1, "'\n");
            result = missing_argument(scan);
        }
    }
    return result;
}

/* The long option that name of len characters means: the exact one, or the only one it abbreviates.
 */
static const struct option *find_long(const struct scan *scan, const char *name, size_t len,
                                      int *ambiguous)
{
    const struct option *found = NULL;

    *ambiguous = 0;
    for (const struct option *o = scan->long_options; o->name; o++) {
        if (strncmp(o->name, name, len) != 0)
            continue;
        if (o->name[len] == 0) {
            *ambiguous = 0;
            return o;
        }
        if (!found)
            found = o;
        else if (found->has_arg != o->has_arg || found->flag != o->flag || found->val != o->val)
            *ambiguous = 1;
    }
    return found;
}

/* The option's argument: from behind the '=' or from the next place in argv. Returns 0 or the
 * error. */
static int long_argument(const struct scan *scan, const struct option *option, char *value)
{
    size_t len = strlen(option->name);

    if (value && option->has_arg == no_argument) {
        optopt = option->val;
        complain(scan, "option '--", option->name, len, "' doesn't allow an argument\n");
        return '?';
    }
    if (!value && option->has_arg == required_argument && !take_next_argument(scan)) {
        optopt = option->val;
        complain(scan, "option '--", option->name, len, "' requires an argument\n");
        return missing_argument(scan);
    }
    if (value)
        optarg = value;
    return 0;
}

/* name stands behind the dashes of argv[optind]. Returns -1 if it is none and may be short options.
 */
static int long_option(const struct scan *scan, char *name, int may_be_short)
{
    size_t len = strcspn(name, "=");
    const struct option *option;
    int ambiguous, result;

    option = find_long(scan, name, len, &ambiguous);
    if (may_be_short && (!option || ambiguous) && strchr(scan->options, *name))
        return -1;
    optind++;
    next_short = NULL;
    if (!option || ambiguous) {
        optopt = 0;
        complain(scan, ambiguous ? "option is ambiguous: '--" : "unrecognized option '--", name,
                 len, "'\n");
        result = '?';
    } else {
        result = long_argument(scan, option, name[len] ? name + len + 1 : NULL);
        if (scan->index)
            *scan->index = (int)(option - scan->long_options);
        if (result == 0 && option->flag)
            *option->flag = option->val;
        else if (result == 0)
            result = option->val;
    }
    return result;
}

static int is_operand(const char *arg)
{
    return arg[0] != '-' || arg[1] == 0;
}

/* No more options: optind goes back to the first operand. */
static int finish(const struct scan *scan)
{
    permute(scan->argv);
    optind = first_operand;
    return -1;
}

static int next_argument(const struct scan *scan)
{
    char *arg;

    permute(scan->argv);
    while (scan->order == PERMUTE && optind < scan->argc && is_operand(scan->argv[optind]))
        last_operand = ++optind;
    if (optind >= scan->argc) {
        optind = first_operand;
        return -1;
    }
    arg = scan->argv[optind];
    if (is_operand(arg)) {
        if (scan->order == STOP_AT_OPERAND)
            return -1;
        optarg = arg;
        optind++;
        return 1;
    }
    if (strcmp(arg, "--") == 0) {
        optind++;
        return finish(scan);
    }
    if (scan->long_options && (arg[1] == '-' || scan->long_only)) {
        int double_dash = arg[1] == '-';
        int result = long_option(scan, arg + 1 + double_dash, !double_dash);

        if (result != -1)
            return result;
    }
    next_short = arg + 1;
    return short_option(scan);
}

static int scan_next(struct scan *scan)
{
    optarg = NULL;
    if (optind > scan->argc)
        return -1;
    /* The start; 0 is GNU's way to start anew. */
    if (optind == 0 || last_operand == 0) {
        optind = optind == 0 ? 1 : optind;
        first_operand = last_operand = optind;
        next_short = NULL;
    }
    /* Others may move optind, back too. */
    if (last_operand > optind)
        last_operand = optind;
    if (first_operand > last_operand)
        first_operand = last_operand;
    scan->order = getenv("POSIXLY_CORRECT") ? STOP_AT_OPERAND : PERMUTE;
    if (scan->options[0] == '+' || scan->options[0] == '-')
        scan->order = *scan->options++ == '+' ? STOP_AT_OPERAND : RETURN_OPERANDS;
    scan->quiet = !opterr || scan->options[0] == ':';
    if (next_short && *next_short)
        return short_option(scan);
    next_short = NULL;
    return next_argument(scan);
}

int getopt(int argc, char *const argv[], const char *options)
{
    struct scan scan = {.argc = argc, .argv = (char **)(uintptr_t)argv, .options = options};

    return scan_next(&scan);
}

int getopt_long(int argc, char *const argv[], const char *options,
                const struct option *long_options, int *index)
{
    struct scan scan = {argc, (char **)(uintptr_t)argv, options, long_options, index, 0, PERMUTE,
                        0};

    return scan_next(&scan);
}

int getopt_long_only(int argc, char *const argv[], const char *options,
                     const struct option *long_options, int *index)
{
    struct scan scan = {argc, (char **)(uintptr_t)argv, options, long_options, index, 1, PERMUTE,
                        0};

    return scan_next(&scan);
}
