; boot/multiboot.asm - from the boot loader to kmain()
;
; The loader (GRUB, or QEMU's -kernel) finds the Multiboot 1 header, copies the image to 1 MiB and jumps
; to boot_entry in 32-bit protected mode without paging. The header carries the address fields (flag
; bit 16) because loaders take an ELF64 file only then; the image is linked high, so every address used
; before paging is written as `symbol - KERNEL_BASE`.
;
; The first page tables map the first 4 GiB three times: at 0 (for the instructions that turn paging
; on), in the direct map, and its first GiB at KERNEL_BASE. mm/ builds the real ones.
;
; Source: Multiboot Specification 0.6.96, 3.1 and 3.2; Intel SDM vol. 3A 4.5, 9.8.5.

KERNEL_BASE     equ 0xffffffff80000000
MAGIC           equ 0x1badb002
LOADER_MAGIC    equ 0x2badb002
FLAGS           equ 1 << 0 | 1 << 1 | 1 << 16 ; modules on pages, memory map, address fields

PTE_PRESENT     equ 1 << 0
PTE_WRITE       equ 1 << 1
PTE_LARGE       equ 1 << 7

CR0_PE          equ 1 << 0
CR0_MP          equ 1 << 1
CR0_NE          equ 1 << 5
CR0_WP          equ 1 << 16
CR0_PG          equ 1 << 31
CR4_PAE         equ 1 << 5
MSR_EFER        equ 0xc0000080
EFER_LME        equ 1 << 8

COM2            equ 0x2f8
LINE_STATUS     equ 5
LINE_STATUS_THRE equ 1 << 5
DEBUG_EXIT      equ 0xf4
DEBUG_EXIT_PANIC equ 18                 ; as in kernel/dev/power.c

BOOT_STACK_SIZE equ 16384
MIN_FREE_KIB    equ 1024                ; what the kernel needs beyond its image to say anything better

extern kmain, kernel_start, kernel_data_end, kernel_end
global boot_entry, boot_stack_top

section .multiboot progbits alloc exec nowrite align=8
header:
        dd MAGIC
        dd FLAGS
        dd -(MAGIC + FLAGS)
        dd header - KERNEL_BASE         ; header_addr
        dd kernel_start - KERNEL_BASE   ; load_addr
        dd kernel_data_end - KERNEL_BASE
        dd kernel_end - KERNEL_BASE     ; end of bss, which the loader clears
        dd boot_entry - KERNEL_BASE

section .boot progbits alloc exec nowrite align=16
bits 32
boot_entry:
        cli
        cld
        mov esi, eax                    ; the loader's magic
        rdtsc
        mov [boot_tsc - KERNEL_BASE], eax
        mov [boot_tsc + 4 - KERNEL_BASE], edx
        mov edi, message_loader - KERNEL_BASE
        cmp esi, LOADER_MAGIC
        jne stop

        ; Is there memory beyond the image? mem_upper is in KiB from 1 MiB on, valid with flag bit 0.
        mov edi, message_memory - KERNEL_BASE
        test dword [ebx], 1
        jz .memory_unknown
        mov eax, kernel_end - KERNEL_BASE
        shr eax, 10
        add eax, MIN_FREE_KIB - 1024
        cmp [ebx + 8], eax
        jb stop
.memory_unknown:

        mov ebp, ebx                    ; the Multiboot information; cpuid overwrites ebx
        mov edi, message_cpu - KERNEL_BASE
        mov eax, 0x80000000
        cpuid
        cmp eax, 0x80000001
        jb stop
        mov eax, 0x80000001
        cpuid
        test edx, 1 << 29               ; long mode
        jz stop

        ; Four page directories of 2 MiB pages, 4 GiB in all.
        mov edi, boot_pds - KERNEL_BASE
        mov eax, PTE_PRESENT | PTE_WRITE | PTE_LARGE
        mov ecx, 4 * 512
.fill:
        mov [edi], eax                  ; bits 63:32 stay 0 below 4 GiB
        add edi, 8
        add eax, 1 << 21
        dec ecx
        jnz .fill

        mov eax, boot_pds - KERNEL_BASE + (PTE_PRESENT | PTE_WRITE)
        mov edi, boot_pdpt_low - KERNEL_BASE
        mov ecx, 4
.link:
        mov [edi], eax
        add edi, 8
        add eax, 4096
        dec ecx
        jnz .link
        mov dword [boot_pdpt_high - KERNEL_BASE + 510 * 8], \
                boot_pds - KERNEL_BASE + (PTE_PRESENT | PTE_WRITE)
        mov eax, boot_pdpt_low - KERNEL_BASE + (PTE_PRESENT | PTE_WRITE)
        mov [boot_pml4 - KERNEL_BASE], eax
        mov [boot_pml4 - KERNEL_BASE + 256 * 8], eax
        mov dword [boot_pml4 - KERNEL_BASE + 511 * 8], \
                boot_pdpt_high - KERNEL_BASE + (PTE_PRESENT | PTE_WRITE)

        mov eax, cr4
        or eax, CR4_PAE
        mov cr4, eax
        mov eax, boot_pml4 - KERNEL_BASE
        mov cr3, eax
        mov ecx, MSR_EFER
        rdmsr
        or eax, EFER_LME
        wrmsr
        mov eax, cr0
        or eax, CR0_PG | CR0_WP | CR0_NE | CR0_MP | CR0_PE
        mov cr0, eax
        lgdt [boot_gdt_pointer - KERNEL_BASE]
        jmp 0x08:(long_mode - KERNEL_BASE)

; Say why at edi on the log's serial port and on the screen, then stop. No stack, no kernel yet.
stop:
        mov ebp, 0xb8000
.next:
        movzx ecx, byte [edi]
        test ecx, ecx
        jz .end
        mov ah, 0x07
        mov al, cl
        mov [ebp], ax
        add ebp, 2
        mov dx, COM2 + LINE_STATUS
        mov ebx, 100000                 ; a port that is not there must not hold us
.wait:
        in al, dx
        test al, LINE_STATUS_THRE
        jnz .send
        dec ebx
        jnz .wait
.send:
        mov dx, COM2
        mov al, cl
        out dx, al
        inc edi
        jmp .next
.end:
        mov al, DEBUG_EXIT_PANIC
        out DEBUG_EXIT, al
.halt:
        cli
        hlt
        jmp .halt

bits 64
long_mode:
        mov rax, high
        jmp rax
high:
        xor eax, eax
        mov ds, eax
        mov es, eax
        mov ss, eax
        mov fs, eax
        mov gs, eax
        mov rsp, boot_stack_top
        mov edi, ebp                    ; physical address of the Multiboot information
        mov rsi, [boot_tsc]
        xor ebp, ebp                    ; the backtrace ends here
        push rbp
        push rbp
        jmp kmain

section .rodata
message_loader:
        db "panic: not started by a Multiboot loader", 10, 0
message_memory:
        db "panic: too little memory for the kernel", 10, 0
message_cpu:
        db "panic: the processor has no 64-bit mode", 10, 0

align 8
boot_gdt:
        dq 0
        dq 0x00209a0000000000           ; 64-bit code, ring 0
boot_gdt_pointer:
        dw $ - boot_gdt - 1
        dd boot_gdt - KERNEL_BASE

section .data
boot_tsc:
        dq 0                            ; time stamp of the first instruction

section .bss nobits alloc write align=4096
boot_pml4:      resb 4096
boot_pdpt_low:  resb 4096
boot_pdpt_high: resb 4096
boot_pds:       resb 4 * 4096
boot_stack:     resb BOOT_STACK_SIZE
boot_stack_top:
