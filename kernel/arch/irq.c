/*
 * arch/irq.c - the two 8259 interrupt controllers
 *
 * Two devices interrupt, keyboard and serial port; the old controllers serve them in one page of
 * code, where the I/O APIC would need ACPI tables to be found. They reach the processor through the
 * local APIC's LINT0 (arch/timer.c sets it up).
 *
 * Source  Intel 8259A data sheet.
 */
#include "arch/irq.h"

#include "arch/cpu.h"
#include "arch/timer.h"
#include "lib/assert.h"

#define PIC1_COMMAND 0x20
#define PIC1_DATA    0x21
#define PIC2_COMMAND 0xa0
#define PIC2_DATA    0xa1
#define ICW1_INIT    0x11 /* edge triggered, cascaded, ICW4 follows */
#define ICW4_8086    0x01
#define READ_ISR     0x0b
#define END_OF_IRQ   0x20
#define CASCADE      2 /* the line of the first controller that the second hangs on */

static irq_handler_fn *handlers[NR_IRQ_LINES];

INIT_ONCE void irq_init(void)
{
    outb(PIC1_COMMAND, ICW1_INIT);
    outb(PIC2_COMMAND, ICW1_INIT);
    outb(PIC1_DATA, IRQ_VECTOR);
    outb(PIC2_DATA, IRQ_VECTOR + 8);
    outb(PIC1_DATA, 1 << CASCADE);
    outb(PIC2_DATA, CASCADE);
    outb(PIC1_DATA, ICW4_8086);
    outb(PIC2_DATA, ICW4_8086);
    outb(PIC1_DATA, (uint8_t) ~(1 << CASCADE));
    outb(PIC2_DATA, 0xff);
}

void irq_enable(unsigned line, irq_handler_fn *handler)
{
    uint16_t port = line < 8 ? PIC1_DATA : PIC2_DATA;

    ASSERT(line < NR_IRQ_LINES && !handlers[line]);
    handlers[line] = handler;
    outb(port, inb(port) & (uint8_t) ~(1 << line % 8));
}

/*
 * Lines 7 and 15 also report what went away before it was served; those must not be acknowledged.
 */
static bool line_is_spurious(unsigned line)
{
    uint16_t port = line < 8 ? PIC1_COMMAND : PIC2_COMMAND;

    if (line % 8 != 7)
        return false;
    outb(port, READ_ISR);
    return !(inb(port) & 0x80);
}

bool irq_dispatch(unsigned vector)
{
    if (vector == TIMER_VECTOR) {
        timer_interrupt();
        return true;
    }
    if (vector == SPURIOUS_VECTOR)
        return true;
    unsigned line = vector - IRQ_VECTOR;
    if (line >= NR_IRQ_LINES)
        return false;
    if (line_is_spurious(line)) {
        if (line >= 8)
            outb(PIC1_COMMAND, END_OF_IRQ);
        return true;
    }
    if (handlers[line])
        handlers[line]();
    if (line >= 8)
        outb(PIC2_COMMAND, END_OF_IRQ);
    outb(PIC1_COMMAND, END_OF_IRQ);
    return true;
}
