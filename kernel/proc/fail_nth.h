/*
 * proc/fail_nth.h - /proc/self/fail-nth
 */
#ifndef PROC_FAIL_NTH_H
#define PROC_FAIL_NTH_H

#include "fs/file.h"

/* Reading gives fail_nth() as a line, writing a decimal number is fail_set_nth(). */
extern const struct file_ops fail_nth_ops;

#endif
