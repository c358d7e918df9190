// From reset to main(): the vector table and what must happen before C++ can run.
//
// In assembly so that its size does not depend on the compiler or its options: the code lies in the table's unused words.

#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

// The vector table (ARMv6-M B1.5.3; interrupt lines: RP2040 datasheet 2.3.2).
        .section .vectors, "ax", %progbits
        .global uasync_vectors
uasync_vectors:
        .word   uasync_stack_top
        .word   uasync_reset
        .word   uasync_irq_nmi
        .word   uasync_hard_fault
constants:                              // vectors 4 to 10 are reserved by the architecture: nothing can ever take them
        .word   uasync_data_start       // r0
        .word   uasync_data_end         // r1
        .word   uasync_data_load        // r2
        .word   uasync_bss_end          // r3
        .word   uasync_init_array_start // r4
        .word   uasync_init_array_end   // r5
        .word   0
        .word   uasync_irq_svcall
        .word   0, 0
        .word   uasync_irq_pendsv
        .word   uasync_irq_systick
        .word   uasync_irq_timer_0

        // Handlers that a program may define. Taking a vector of 0 is a hard fault.
        .weak   uasync_irq_nmi
        .weak   uasync_irq_svcall
        .weak   uasync_irq_pendsv
        .weak   uasync_irq_systick

// Lines 1 to 12 come next: 48 bytes, which the reset code fills exactly, unless the build wants interrupts there.
#if UASYNC_RP2040_IRQS_1_TO_12
.macro  uasync_vector handler
        .weak   \handler
        .word   \handler
.endm
        uasync_vector uasync_irq_timer_1
        uasync_vector uasync_irq_timer_2
        uasync_vector uasync_irq_timer_3
        uasync_vector uasync_irq_pwm_wrap
        uasync_vector uasync_irq_usbctrl
        uasync_vector uasync_irq_xip
        uasync_vector uasync_irq_pio0_0
        uasync_vector uasync_irq_pio0_1
        uasync_vector uasync_irq_pio1_0
        uasync_vector uasync_irq_pio1_1
        uasync_vector uasync_irq_dma_0
        uasync_vector uasync_irq_dma_1
        uasync_function uasync_reset
        bl      uasync_start_chip
        ldr     r6, =constants
#else
        .global uasync_reset
        .type   uasync_reset, %function
        .thumb_func
uasync_reset:
        bl      uasync_start_chip
        mov     r6, pc                  // 76 bytes behind the start of the table
        subs    r6, #60                 // and constants at 16
#endif
        ldmia   r6!, {r0-r5}

        // Initial values of variables, then zeros behind them: .bss starts where .data ends.
        b       2f
1:      ldmia   r2!, {r6}
        stmia   r0!, {r6}
2:      cmp     r0, r1
        bne     1b
        movs    r1, #0
#if UASYNC_LOOPS
        msr     psp, r1                 // no critical section has begun: cores.S
#endif
        b       4f
3:      stmia   r0!, {r1}
4:      cmp     r0, r3
        bne     3b

        // Constructors of global objects.
        b       6f
5:      ldmia   r4!, {r0}
        blx     r0
6:      cmp     r4, r5
        bne     5b

        bl      main
        bl      uasync_stop

// The vectors of lines 13 and up come from the files that handle them, and only if the program uses those: see rp2040.ld.
