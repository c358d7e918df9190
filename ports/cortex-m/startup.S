// The vector table, and what runs from reset to main(). Also the entry of faults.

        .syntax unified
        .thumb

        .macro  handler name            // one that the program may define
        .weak   \name
        .thumb_set \name, unexpected
        .word   \name
        .endm

        .macro  line number
        .if     \number < UASYNC_CORTEX_M_LINES
        handler uasync_irq_\number
        .endif
        .endm

        .macro  fault name              // as handler, but its default tells where it happened
        .weak   \name
        .thumb_set \name, uasync_fault
        .word   \name
        .endm

// ARMv7-M B1.5.2. The linker script aligns it.
        .section .vectors, "a", %progbits
        .global uasync_vectors
uasync_vectors:
        .word   uasync_stack_top
        .word   uasync_reset
        handler uasync_nmi
        .word   uasync_fault
        fault   uasync_memory_fault
        fault   uasync_bus_fault
        fault   uasync_usage_fault
        fault   uasync_secure_fault
        .word   0, 0, 0
        handler uasync_svcall
        handler uasync_debug_monitor
        .word   0
        handler uasync_pendsv
        handler uasync_systick
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        line    \n
        .endr
        .irp    n, 32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63
        line    \n
        .endr
        .irp    n, 64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95
        line    \n
        .endr
        .irp    n, 96,97,98,99,100,101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119
        line    \n
        .endr
        .irp    n, 120,121,122,123,124,125,126,127,128,129,130,131,132,133,134,135,136,137,138,139,140,141,142,143
        line    \n
        .endr
        .irp    n, 144,145,146,147,148,149,150,151,152,153,154,155,156,157,158,159,160,161,162,163,164,165,166,167
        line    \n
        .endr
        .irp    n, 168,169,170,171,172,173,174,175,176,177,178,179,180,181,182,183,184,185,186,187,188,189,190,191
        line    \n
        .endr
        .irp    n, 192,193,194,195,196,197,198,199,200,201,202,203,204,205,206,207,208,209,210,211,212,213,214,215
        line    \n
        .endr
        .irp    n, 216,217,218,219,220,221,222,223,224,225,226,227,228,229,230,231,232,233,234,235,236,237,238,239
        line    \n
        .endr

        .section .text.uasync_reset, "ax", %progbits
        .balign 4
        .global uasync_reset
        .type   uasync_reset, %function
        .thumb_func
uasync_reset:
        // A boot loader or a debugger may have left another stack, another table and masked interrupts.
        ldr     r0, =uasync_stack_top
        mov     sp, r0
        ldr     r0, =uasync_vectors
        ldr     r1, =0xe000ed08         // VTOR; reads as zero where there is none
        str     r0, [r1]
        cpsie   i

#if defined(__ARM_FP)
        ldr     r1, =0xe000ed88         // CPACR: full access to the FPU, before code that the compiler may have it used in
        ldr     r0, [r1]
        orr     r0, r0, #0xf00000
        str     r0, [r1]
        dsb
        isb
#endif

        // Initial values of variables, then zeros.
        ldr     r0, =uasync_data_start
        ldr     r1, =uasync_data_end
        ldr     r2, =uasync_data_load
        b       2f
1:      ldmia   r2!, {r3}
        stmia   r0!, {r3}
2:      cmp     r0, r1
        bne     1b
        ldr     r0, =uasync_bss_start
        ldr     r1, =uasync_bss_end
        movs    r3, #0
        b       4f
3:      stmia   r0!, {r3}
4:      cmp     r0, r1
        bne     3b

        bl      uasync_start_board

        // Constructors of global objects.
        ldr     r4, =uasync_init_array_start
        ldr     r5, =uasync_init_array_end
        b       6f
5:      ldmia   r4!, {r0}
        blx     r0
6:      cmp     r4, r5
        bne     5b

        bl      main
        ldr     r0, =returned
        bl      _ZN6uasync4port5fatalEPKc
        .ltorg
        .balign 4
returned:
        .asciz  "main has returned"

// Which stack was used: bit 2 of the EXC_RETURN value in lr.
        .section .text.uasync_fault, "ax", %progbits
        .balign 4
        .global uasync_fault
        .type   uasync_fault, %function
        .thumb_func
uasync_fault:
        mrs     r0, msp
        mov     r1, lr
        lsls    r1, r1, #29
        bpl     1f
        mrs     r0, psp
1:      bl      uasync_report_fault

// A weak name can only stand for something in this file.
        .section .text.unexpected, "ax", %progbits
        .balign 4
        .type   unexpected, %function
        .thumb_func
unexpected:
        ldr     r0, =uasync_unexpected_interrupt
        bx      r0
        .ltorg
