// The vectors of the I2C controllers, I2C0_IRQ and I2C1_IRQ (RP2040 datasheet 2.3.2). Linked only when `i2c_open` is.

#include "sections.h"

        .section .vector.23, "a", %progbits
        .global uasync_vectors_i2c
uasync_vectors_i2c:
        .word   uasync_irq_i2c0
        .reloc  ., R_ARM_NONE, vector_24

        .section .vector.24, "a", %progbits
vector_24:
        .word   uasync_irq_i2c1

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

        .weak   _ZN6uasync6detail13i2c_interruptEj  // not a reason to link the driver

        uasync_function uasync_irq_i2c0
        movs    r0, #0
        ldr     r1, =_ZN6uasync6detail13i2c_interruptEj
        bx      r1

        uasync_function uasync_irq_i2c1
        movs    r0, #1
        ldr     r1, =_ZN6uasync6detail13i2c_interruptEj
        bx      r1
