; arch/entry.asm - every way into the kernel and back to user mode
;
; All entries build a struct trap_frame (arch/trap.h) and call C. What the user controls at an entry:
; every register, DF, AC, NT, TF and the GS base it may have set. Hence CLD and CLAC first (SYSCALL's
; FMASK does both), SWAPGS only where the saved CS or, on the IST entries that can hit before SWAPGS
; has run, the sign of the GS base says so.
;
; Source: Intel SDM vol. 3A 6.12, 6.14 (64-bit interrupts), vol. 2 SYSCALL, SYSRET, SWAPGS.

USER_DS         equ 0x2b                ; arch/gdt.h
USER_CS         equ 0x33
TRAP_SYSCALL    equ 0x100               ; arch/trap.h
MSR_GS_BASE     equ 0xc0000101

PERCPU_STACK    equ 8                   ; struct percpu
PERCPU_USER_RSP equ 16
PERCPU_WORK     equ 24

FRAME_RBP       equ 4 * 8               ; struct trap_frame
FRAME_R10       equ 7 * 8
FRAME_R9        equ 8 * 8
FRAME_R8        equ 9 * 8
FRAME_RAX       equ 10 * 8
FRAME_RDX       equ 12 * 8
FRAME_RSI       equ 13 * 8
FRAME_RDI       equ 14 * 8
FRAME_VECTOR    equ 15 * 8
FRAME_RIP       equ 17 * 8
FRAME_RFLAGS    equ 19 * 8
FRAME_RSP       equ 20 * 8
FRAME_SIZE      equ 22 * 8

extern trap_dispatch, syscall_dispatch, user_work
global syscall_entry, trap_return, trap_stubs, copy_user, exchange_user
global thread_switch_stacks

; A place for CLAC or STAC, see cpu.c.
%macro SMAP 1
%%here: db 0x0f, 0x1f, 0x00             ; 3-byte NOP
        section .smap_patch progbits alloc noexec nowrite align=8
        dq %%here, %1
        section .text
%endmacro
%define CLAC SMAP 0
%define STAC SMAP 1

%macro PUSH_REGISTERS 0
        push rdi
        push rsi
        push rdx
        push rcx
        push rax
        push r8
        push r9
        push r10
        push r11
        push rbx
        push rbp
        push r12
        push r13
        push r14
        push r15
%endmacro

%macro POP_REGISTERS 0
        pop r15
        pop r14
        pop r13
        pop r12
        pop rbp
        pop rbx
        pop r11
        pop r10
        pop r9
        pop r8
        pop rax
        pop rcx
        pop rdx
        pop rsi
        pop rdi
%endmacro

section .text

; SYSCALL: rcx is the return address, r11 the flags; IF, DF, TF, AC, NT are off by FMASK.
align 16
syscall_entry:
        swapgs
        mov [gs:PERCPU_USER_RSP], rsp
        mov rsp, [gs:PERCPU_STACK]
        push USER_DS
        push qword [gs:PERCPU_USER_RSP]
        push r11
        push USER_CS
        push rcx
        push rax                        ; the number, kept where exceptions keep their error code
        push TRAP_SYSCALL
        PUSH_REGISTERS
        mov rdi, rsp
        xor ebp, ebp                    ; backtraces end here
        sti
        call syscall_dispatch
        cli
        cmp qword [gs:PERCPU_WORK], 0
        jne return_to_user
        cmp dword [rsp + FRAME_VECTOR], TRAP_SYSCALL
        jne restore_user

; SYSRET with a non-canonical rcx would fault in ring 0 on the user's stack. User space ends a page
; below the canonical boundary, so that no SYSCALL can leave such an rcx; whoever writes anything but rax
; into the frame also sets TRAP_RESTORE. The registers that C functions keep are as they were.
        mov rbp, [rsp + FRAME_RBP]
        mov r10, [rsp + FRAME_R10]
        mov r9, [rsp + FRAME_R9]
        mov r8, [rsp + FRAME_R8]
        mov rax, [rsp + FRAME_RAX]
        mov rdx, [rsp + FRAME_RDX]
        mov rsi, [rsp + FRAME_RSI]
        mov rdi, [rsp + FRAME_RDI]
        mov rcx, [rsp + FRAME_RIP]
        mov r11, [rsp + FRAME_RFLAGS]
        mov rsp, [rsp + FRAME_RSP]
        swapgs
        o64 sysret

; void trap_return(struct trap_frame *frame)
trap_return:
        mov rsp, rdi
        jmp return_to_user

; Exceptions and interrupts. Vectors without an error code push 0 in its place.
%macro STUB 1
align 16
%if %1 == 8 || (%1 >= 10 && %1 <= 14) || %1 == 17 || %1 == 21 || %1 == 29 || %1 == 30
%else
        push 0
%endif
        push %1
%if %1 == 1 || %1 == 2 || %1 == 8 || %1 == 18
        jmp near paranoid_entry
%else
        jmp near common_entry
%endif
%endmacro

align 16
trap_stubs:                             ; 256 stubs of 16 bytes
%assign vector 0
%rep 256
        STUB vector
%assign vector vector + 1
%endrep

align 16
common_entry:
        cld
        CLAC
        test byte [rsp + 3 * 8], 3      ; saved cs: vector, error, rip, cs
        jz kernel_trap
        swapgs
user_trap:
        PUSH_REGISTERS
        xor ebp, ebp
        mov rdi, rsp
        call trap_dispatch
        cli
return_to_user:                         ; interrupts off, rsp = frame that returns to ring 3
        cmp qword [gs:PERCPU_WORK], 0
        jne work_is_due
restore_user:
        POP_REGISTERS
        add rsp, 16                     ; vector, error
        swapgs
user_iret:
        iretq                           ; may fault: see bad_iret
work_is_due:
        mov rdi, rsp
        call user_work
        jmp return_to_user

kernel_trap:
        cmp qword [rsp + 2 * 8], user_iret
        je bad_iret
        PUSH_REGISTERS
        mov rdi, rsp
        call trap_dispatch
        POP_REGISTERS
        add rsp, 16
        iretq

; IRETQ to a user address that is not canonical (an interrupt can find one in RIP before the processor
; does) faults in ring 0, with the user's registers and GS loaded. Make it the user's own fault: go
; back to the frame IRETQ read, which is the user's, and enter again from there.
bad_iret:
        mov rsp, [rsp + 5 * 8]
        push 0
        push 13                         ; general protection
        swapgs
        jmp user_trap

; #DB, NMI, #DF, #MC arrive on stacks of their own. From user mode the frame moves to the thread's stack,
; where handling it may sleep. In the kernel they may hit between ring 3 and SWAPGS: rbx says whether
; GS had to be swapped, and they leave by the way they came.
paranoid_entry:
        cld
        CLAC
        test byte [rsp + 3 * 8], 3
        jz .kernel
        swapgs
        PUSH_REGISTERS
        mov rsi, rsp
        mov rdi, [gs:PERCPU_STACK]
        sub rdi, FRAME_SIZE
        mov rsp, rdi
        mov ecx, FRAME_SIZE / 8
        rep movsq
        xor ebp, ebp
        mov rdi, rsp
        call trap_dispatch
        cli
        jmp return_to_user
.kernel:
        PUSH_REGISTERS
        xor ebx, ebx
        mov ecx, MSR_GS_BASE
        rdmsr
        test edx, edx
        js .swapped                     ; the kernel's GS base is negative, a user's is not
        swapgs
        inc ebx
.swapped:
        mov rdi, rsp
        call trap_dispatch
        test ebx, ebx
        jz .leave
        swapgs
.leave:
        POP_REGISTERS
        add rsp, 16
        iretq

; size_t copy_user(void *to, const void *from, size_t len): copy between the kernel and a user range
; that the caller has bounded (mm/usercopy.c). Returns the number of bytes not copied.
align 16
copy_user:
        STAC
        mov rcx, rdx
        shr rcx, 3
        and edx, 7
.words: rep movsq
        mov ecx, edx
        xor eax, eax
.bytes: rep movsb
.done:
        lea rax, [rax + rcx]
        CLAC
        ret
.words_fault:
        lea rcx, [rdx + rcx * 8]        ; words left and the tail: up to the very byte that faults
        xor eax, eax
        jmp .bytes
.bytes_fault:
        xor eax, eax
        jmp .done

; int exchange_user(uint32_t *word, uint32_t *expected, uint32_t new): compare and exchange a user's
; word, whose place the caller has checked. *expected becomes what it held. Returns 0, or 1 if it
; cannot be written.
align 16
exchange_user:
        STAC
        mov eax, [rsi]
.word:  lock cmpxchg [rdi], edx
        mov [rsi], eax
        xor eax, eax
.done:
        CLAC
        ret
.fault:
        mov eax, 1
        jmp .done

section .extable progbits alloc noexec nowrite align=8
        dq exchange_user.word, exchange_user.fault
        dq copy_user.words, copy_user.words_fault
        dq copy_user.bytes, copy_user.bytes_fault
section .text

; void thread_switch_stacks(vaddr_t *save, vaddr_t load): leave this thread's kernel stack for another.
align 16
thread_switch_stacks:
        push rbx
        push rbp
        push r12
        push r13
        push r14
        push r15
        mov [rdi], rsp
        mov rsp, rsi
        pop r15
        pop r14
        pop r13
        pop r12
        pop rbp
        pop rbx
        ret

section .note.GNU-stack noalloc noexec nowrite progbits
