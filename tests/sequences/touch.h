/*
 * tests/sequences/touch.h - touching memory, and living on when that is a fault
 */
#pragma once

#include <stdint.h>

enum touch { TOUCH_READ, TOUCH_WRITE, TOUCH_EXEC };

/* How it went. Without a signal all is zero; value is what was read. */
struct touched {
    int signal;
    int code;      /* si_code */
    long distance; /* of si_addr from the address touched */
    uint64_t value;
};

/* Where the instructions that memory of zeros consists of fault: they write through this pointer. */
#define TOUCH_ZEROS_FAULT 16UL

/* Take SIGSEGV and SIGBUS. */
void touch_init(void);
/* Read, write or call what lies at address; only what returns at once or is zero may be called. */
struct touched touch(enum touch how, uintptr_t address, uint64_t value);
