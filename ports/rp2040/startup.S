// From reset to main(): the vector table and what must happen before C++ can run.
//
// In assembly so that its size does not depend on the compiler or its options: the code lies in the table's unused words.

#include "sections.h"
#include "start_program.h"

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
        .global uasync_start_constants
uasync_start_constants:                 // vectors 4 to 10 are reserved by the architecture: nothing can ever take them
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

// Lines 1 to 12 come next: 48 bytes, which the reset code fills exactly. A program that has handlers there takes irqs_1_to_12.S instead,
// because its build says so, or because it refers to uasync_vectors_1_to_12; then nothing needs this code, and the linker drops it.
#if UASYNC_RP2040_IRQS_1_TO_12
#include "irqs_1_to_12.S"
#else
        .section .vectors.code, "ax", %progbits
        .weak   uasync_reset
        .type   uasync_reset, %function
        .thumb_func
uasync_reset:
        bl      uasync_start_chip
        mov     r6, pc                  // 76 bytes behind the start of the table
        subs    r6, #60                 // and the constants at 16
        uasync_start_program
#endif

// The vectors of lines 13 and up come from the files that handle them, and only if the program uses those: see rp2040.ld.
