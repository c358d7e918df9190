// The vectors of lines 1 to 12 (RP2040 datasheet 2.3.2), and the reset code that makes room for them. Linked in place of the reset code of
// startup.S, at the same place in the table, in a program that refers to uasync_vectors_1_to_12; costs 52 bytes of flash.

#include "sections.h"
#include "start_program.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

.macro  uasync_vector handler
        .weak   \handler
        .word   \handler
.endm
        .section .vectors.lines, "a", %progbits
        .global uasync_vectors_1_to_12
uasync_vectors_1_to_12:
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
        .reloc  ., R_ARM_NONE, uasync_vectors_1_to_12   // the linker keeps both or none
        bl      uasync_start_chip
        ldr     r6, =uasync_start_constants
        uasync_start_program
