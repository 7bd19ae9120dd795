/*
 * dev/vga.h - the 80x25 text screen
 */
#ifndef DEV_VGA_H
#define DEV_VGA_H

#include "lib/types.h"

void vga_init(void);

/* Show text at the cursor. Knows \n \r \b \t and the escape sequences ESC [ n C, n D, K, J, H. */
void vga_write(const char *text, size_t len);

/* For a panic: whoever was writing will not go on. */
void vga_break_lock(void);

#endif
