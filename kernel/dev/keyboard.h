/*
 * dev/keyboard.h - the PC keyboard, US layout, as a terminal would send it
 */
#ifndef DEV_KEYBOARD_H
#define DEV_KEYBOARD_H

/* Hand what is typed to console_input() from now on. */
void keyboard_init(void);

#endif
