/*
 * dev/serial.h - two 16550 serial ports: COM1 carries the terminal, COM2 the kernel's log
 */
#ifndef DEV_SERIAL_H
#define DEV_SERIAL_H

#include "dev/console.h"
#include "lib/types.h"

enum serial_port { COM1 = 0x3f8, COM2 = 0x2f8 };

/* 115200 baud, 8 data bits. */
void serial_init(enum serial_port port);

/* Send all bytes, waiting for the port as long as the other side makes it wait. Any context. */
void serial_write(enum serial_port port, const char *data, size_t len);

/*
 * Hand input of COM1 to console_input() from now on. With CONSOLE_PIPE the sender marks the end of
 * its input, which a serial line cannot: DLE EOT is end of file, DLE DLE a DLE byte.
 */
void serial_start_input(enum console_mode mode);

/* Fetch what console_input_room() had kept in the port. */
void serial_poll_input(void);

#endif
