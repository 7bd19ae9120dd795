/*
 * arch/irq.h - interrupts from devices: the two 8259 controllers and the local APIC
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H

#include "lib/types.h"

#define IRQ_VECTOR      0x20 /* of the first of the 16 lines */
#define NR_IRQ_LINES    16
#define TIMER_VECTOR    0x30
#define SPURIOUS_VECTOR 0xff

typedef void irq_handler_fn(void);

/* Move the 16 lines to IRQ_VECTOR, all masked. */
void irq_init(void);

/* Call handler for line (0 to 15) from now on, interrupts off, and let the line through. */
void irq_enable(unsigned line, irq_handler_fn *handler);

/* Handle vector if it is a device's; false if nobody owns it. */
bool irq_dispatch(unsigned vector);

#endif
