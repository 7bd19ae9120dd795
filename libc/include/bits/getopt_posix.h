/*
 * bits/getopt_posix.h - the part of getopt.h that POSIX puts into unistd.h
 */
#ifndef _BITS_GETOPT_POSIX_H
#define _BITS_GETOPT_POSIX_H

extern char *optarg;
extern int optind, opterr, optopt;

int getopt(int argc, char *const argv[], const char *options);

#endif
