/*
 * dev/keyboard.c - the PC keyboard, US layout
 *
 * Scan codes of set 1, which the 8042 translates to, become the bytes a terminal would send: Ctrl
 * makes control characters, arrow keys escape sequences.
 *
 * Source  IBM PS/2 technical reference, keyboard and 8042.
 */
#include "dev/keyboard.h"

#include "arch/cpu.h"
#include "arch/irq.h"
#include "dev/console.h"
#include "dev/serial.h"

#define KEYBOARD_IRQ 1
#define DATA_PORT    0x60
#define STATUS_PORT  0x64
#define STATUS_FULL  0x01
#define RELEASED     0x80
#define EXTENDED     0xe0

#define KEY_CTRL   0x1d
#define KEY_LSHIFT 0x2a
#define KEY_RSHIFT 0x36
#define KEY_CAPS   0x3a

/* By scan code from 0. */
static const char plain[] =
    "\0\0331234567890-=\177\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] =
    "\0\033!@#$%^&*()_+\177\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

static bool shift, ctrl, caps, extended;

static void send(const char *bytes)
{
    for (; *bytes; bytes++)
        console_input((uint8_t)*bytes);
}

static void extended_key(uint8_t code)
{
    switch (code) {
    case 0x1c:
        send("\r");
        break;
    case 0x47:
        send("\033[H");
        break;
    case 0x48:
        send("\033[A");
        break;
    case 0x4b:
        send("\033[D");
        break;
    case 0x4d:
        send("\033[C");
        break;
    case 0x4f:
        send("\033[F");
        break;
    case 0x50:
        send("\033[B");
        break;
    case 0x53:
        send("\033[3~");
        break;
    default:
        break;
    }
}

static void key(uint8_t code)
{
    if (code >= sizeof(plain) - 1)
        return;
    char c = plain[code];
    bool letter = c >= 'a' && c <= 'z';
    if (shift != (letter && caps))
        c = shifted[code];
    if (ctrl)
        c = (char)(c == '?' ? 0x7f : c & 0x1f);
    if (plain[code])
        console_input((uint8_t)c);
}

static void scan_code(uint8_t code)
{
    bool pressed = !(code & RELEASED), was_extended = extended;

    extended = code == EXTENDED;
    switch (code & ~RELEASED) {
    case KEY_CTRL:
        ctrl = pressed;
        break;
    case KEY_LSHIFT:
    case KEY_RSHIFT:
        if (!was_extended)
            shift = pressed;
        break;
    case KEY_CAPS:
        caps ^= pressed;
        break;
    default:
        if (pressed && was_extended)
            extended_key(code);
        else if (pressed && !extended)
            key(code);
    }
}

static void keyboard_interrupt(void)
{
    while (inb(STATUS_PORT) & STATUS_FULL)
        scan_code(inb(DATA_PORT));
    serial_poll_input(); /* ^C may have made room */
}

INIT_ONCE void keyboard_init(void)
{
    if (inb(STATUS_PORT) == 0xff)
        return; /* no controller */
    irq_enable(KEYBOARD_IRQ, keyboard_interrupt);
}
