/*
 * ucontext.h - the saved registers that a signal handler is given; the type lives in signal.h
 */
#ifndef _UCONTEXT_H
#define _UCONTEXT_H

#include <signal.h>

#endif
