/*
 * sys/io.h - input and output ports, for those whom ioperm or iopl let
 */
#ifndef _SYS_IO_H
#define _SYS_IO_H

int ioperm(unsigned long from, unsigned long count, int on);
int iopl(int level);

static __inline__ unsigned char inb(unsigned short port)
{
    unsigned char value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static __inline__ unsigned short inw(unsigned short port)
{
    unsigned short value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static __inline__ unsigned int inl(unsigned short port)
{
    unsigned int value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static __inline__ void outb(unsigned char value, unsigned short port)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static __inline__ void outw(unsigned short value, unsigned short port)
{
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static __inline__ void outl(unsigned int value, unsigned short port)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

#endif
