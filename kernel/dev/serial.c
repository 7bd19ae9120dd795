/*
 * dev/serial.c - two 16550 serial ports
 *
 * Output is polled. Input comes by interrupt and is left in the port while its reader has no room,
 * so that the sender is held up and nothing is lost. The FIFOs stay off: turning them on drops
 * what was sent before the kernel was there to take it, the first bytes of a pipe.
 *
 * Source  National Semiconductor PC16550D data sheet.
 */
#include "dev/serial.h"

#include "arch/cpu.h"
#include "arch/irq.h"

#define COM1_IRQ 4

#define DATA          0
#define IRQ_ENABLE    1
#define DIVISOR_LOW   0 /* while LCR_DIVISOR */
#define DIVISOR_HIGH  1
#define LINE_CONTROL  3
#define MODEM_CONTROL 4
#define LINE_STATUS   5

#define IRQ_RECEIVED 0x01
#define LCR_8N1      0x03
#define LCR_DIVISOR  0x80
#define MCR_ON       0x0b /* DTR, RTS, and OUT2, which lets interrupts through */
#define LSR_DATA     0x01
#define LSR_EMPTY    0x20
#define LSR_ABSENT   0xff /* what a port that is not there reads as */

#define DLE 0x10
#define EOT 0x04

static bool input_escaped, after_dle;

void serial_init(enum serial_port port)
{
    outb(port + IRQ_ENABLE, 0);
    outb(port + LINE_CONTROL, LCR_DIVISOR);
    outb(port + DIVISOR_LOW, 1);
    outb(port + DIVISOR_HIGH, 0);
    outb(port + LINE_CONTROL, LCR_8N1);
    outb(port + MODEM_CONTROL, MCR_ON);
}

void serial_write(enum serial_port port, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        while (!(inb(port + LINE_STATUS) & LSR_EMPTY))
            cpu_pause();
        outb(port + DATA, (uint8_t)data[i]);
    }
}

/* Undo the sender's escapes. */
static void receive(uint8_t byte)
{
    if (!input_escaped) {
        console_input(byte);
    } else if (after_dle) {
        after_dle = false;
        console_input(byte == EOT ? CONSOLE_EOF : byte);
    } else if (byte == DLE) {
        after_dle = true;
    } else {
        console_input(byte);
    }
}

void serial_poll_input(void)
{
    uint64_t flags = irq_save();

    while (console_input_room()) {
        uint8_t status = inb(COM1 + LINE_STATUS);
        if (status == LSR_ABSENT || !(status & LSR_DATA))
            break;
        receive(inb(COM1 + DATA));
    }
    irq_restore(flags);
}

INIT_ONCE void serial_start_input(enum console_mode mode)
{
    input_escaped = mode == CONSOLE_PIPE;
    irq_enable(COM1_IRQ, serial_poll_input);
    outb(COM1 + IRQ_ENABLE, IRQ_RECEIVED);
    serial_poll_input();
}
