/*
 * dev/power.c - turn the machine off
 *
 * QEMU's isa-debug-exit device ends the emulator with a status; its ACPI port ends it without.
 * Other machines are left halted, which is safe to switch off.
 */
#include "dev/power.h"

#include "arch/cpu.h"
#include "dev/serial.h"
#include "dev/vga.h"
#include "lib/log.h"
#include "lib/panic.h"

#define DEBUG_EXIT      0xf4 /* QEMU then exits with the value * 2 + 1 */
#define EXIT_SUCCESS    16
#define EXIT_FAILURE    17
#define EXIT_PANIC      18
#define EXIT_UNBALANCED 19
#define ACPI_CONTROL    0x604 /* QEMU's PM1a control register */
#define ACPI_SLEEP_S5   0x2000

NORETURN static void stop(uint8_t value)
{
    irq_off();
    outb(DEBUG_EXIT, value);
    if (value != EXIT_PANIC)
        __asm__ volatile("outw %0, %1"
                         :
                         : "a"((uint16_t)ACPI_SLEEP_S5), "Nd"((uint16_t)ACPI_CONTROL));
    for (;;)
        __asm__ volatile("hlt");
}

void power_off(int status)
{
    log_verbose("power: off\n");
    stop(status == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

void power_off_unbalanced(void)
{
    stop(EXIT_UNBALANCED);
}

void panic_show(void)
{
    irq_off();
    vga_break_lock();
    log_add_sink(vga_write);
}

void panic_stop(void)
{
    stop(EXIT_PANIC);
}
