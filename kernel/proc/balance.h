/*
 * proc/balance.h - the balance of the books (P10): what the machine held before process 1, it holds
 * after
 */
#ifndef PROC_BALANCE_H
#define PROC_BALANCE_H

#include "lib/types.h"

/* The check is wanted: the word balance on the kernel's command line. */
extern bool balance_wanted;

/* Count, before process 1 owns anything but its thread. */
void balance_open(void);

/*
 * Count again, when process 1 has given back what it owned; a line in the log names each count
 * that is not what it was. Returns whether there was none.
 */
MUST_CHECK bool balance_close(void);

#endif
