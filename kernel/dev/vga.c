/*
 * dev/vga.c - the 80x25 text screen
 *
 * Enough of a terminal for a shell's line editor; other escape sequences are swallowed.
 *
 * Source  IBM VGA technical reference (text buffer, CRT controller); ECMA-48 for the sequences.
 */
#include "dev/vga.h"

#include "arch/cpu.h"
#include "arch/pte.h"
#include "arch/spinlock.h"

#define TEXT_BUFFER 0xb8000
#define COLUMNS     80U
#define ROWS        25U
#define BLANK       0x0720 /* a space, light grey on black */
#define CRTC_INDEX  0x3d4
#define CRTC_DATA   0x3d5
#define CURSOR_HIGH 0x0e
#define CURSOR_LOW  0x0f
#define ESC         0x1b

static struct spinlock lock; /* guards what follows: interrupts echo what is typed */
static volatile uint16_t *screen;
static unsigned row, column;

/* Where an escape sequence stands, and its number so far. */
static enum { TEXT, ESCAPED, NUMBER } state;
static unsigned number;

static void blank(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        screen[i] = BLANK;
}

static void new_line(void)
{
    if (++row < ROWS)
        return;
    row = ROWS - 1;
    for (unsigned i = 0; i < (ROWS - 1) * COLUMNS; i++)
        screen[i] = screen[i + COLUMNS];
    blank((ROWS - 1) * COLUMNS, ROWS * COLUMNS);
}

static void put(uint8_t c)
{
    if (column == COLUMNS) {
        column = 0;
        new_line();
    }
    screen[row * COLUMNS + column++] = 0x0700 | c;
}

static void run_sequence(uint8_t final)
{
    unsigned here = row * COLUMNS + MIN(column, COLUMNS - 1);

    switch (final) {
    case 'C':
        column = MIN(column + MAX(number, 1U), COLUMNS - 1);
        break;
    case 'D':
        column -= MIN(column, MAX(number, 1U));
        break;
    case 'H':
        row = column = 0;
        break;
    case 'J':
        blank(number == 2 ? 0 : here, ROWS * COLUMNS);
        break;
    case 'K':
        blank(here, (row + 1) * COLUMNS);
        break;
    default:
        break;
    }
}

static void text(uint8_t c)
{
    switch (c) {
    case '\n':
        new_line();
        break;
    case '\r':
        column = 0;
        break;
    case '\b':
        column -= column > 0;
        break;
    case '\t':
        column = MIN((column + 8) & ~7U, COLUMNS - 1);
        break;
    case '\a':
        break;
    case ESC:
        state = ESCAPED;
        break;
    default:
        put(c);
    }
}

static void feed(uint8_t c)
{
    switch (state) {
    case TEXT:
        text(c);
        break;
    case ESCAPED:
        state = c == '[' ? NUMBER : TEXT;
        number = 0;
        break;
    case NUMBER:
        if (c >= '0' && c <= '9') {
            number = MIN(number * 10 + c - '0', 1000U);
        } else if (c >= '@') {
            state = TEXT;
            run_sequence(c);
        }
        break;
    }
}

static void move_cursor(void)
{
    unsigned position = row * COLUMNS + MIN(column, COLUMNS - 1);

    outb(CRTC_INDEX, CURSOR_HIGH);
    outb(CRTC_DATA, (uint8_t)(position >> 8));
    outb(CRTC_INDEX, CURSOR_LOW);
    outb(CRTC_DATA, (uint8_t)position);
}

INIT_ONCE void vga_init(void)
{
    screen = phys_to_virt(TEXT_BUFFER);
    blank(0, ROWS * COLUMNS);
    move_cursor();
}

void vga_write(const char *data, size_t len)
{
    if (!screen)
        return;
    uint64_t flags = spin_lock(&lock);
    for (size_t i = 0; i < len; i++)
        feed((uint8_t)data[i]);
    move_cursor();
    spin_unlock(&lock, flags);
}

void vga_break_lock(void)
{
    lock = (struct spinlock){0};
}
