// The vectors of the UARTs, UART0_IRQ and UART1_IRQ (RP2040 datasheet 2.3.2). Linked only when `uart_open` is.

#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

        .weak   _ZN6uasync6detail14uart_interruptEj  // not a reason to link the driver

        .section .vector.20, "a", %progbits
        .global uasync_vectors_uart
uasync_vectors_uart:
        .word   uasync_irq_uart0
        .reloc  ., R_ARM_NONE, vector_21

        .section .vector.21, "a", %progbits
vector_21:
        .word   uasync_irq_uart1

        uasync_function uasync_irq_uart0
        movs    r0, #0
        ldr     r1, =_ZN6uasync6detail14uart_interruptEj
        bx      r1

        uasync_function uasync_irq_uart1
        movs    r0, #1
        ldr     r1, =_ZN6uasync6detail14uart_interruptEj
        bx      r1
