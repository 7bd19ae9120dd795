/*
 * getopt.h - options of the command line, short (POSIX) and long (GNU)
 *
 * Operands before options are moved behind them, as GNU does, unless the option string starts with
 * '+' or POSIXLY_CORRECT is in the environment; with '-' in front they are reported as option 1.
 */
#ifndef _GETOPT_H
#define _GETOPT_H

#include <bits/getopt_posix.h>

#define no_argument       0
#define required_argument 1
#define optional_argument 2

struct option {
    const char *name;
    int has_arg;
    int *flag;
    int val;
};

int getopt_long(int argc, char *const argv[], const char *options,
                const struct option *long_options, int *index);
int getopt_long_only(int argc, char *const argv[], const char *options,
                     const struct option *long_options, int *index);

#endif
