// The console: UART0 on GP0 (out) and GP1 (in), 115200 baud, 8 bits, no parity, one stop bit, which clocks.cpp starts. Or USB, or both.

#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

        .equ    uart0, 0x40034000       // RP2040 datasheet 4.2.8
        .equ    uart_dr, 0x00
        .equ    uart_fr, 0x18
        .equ    fr_tx_full_bit, 5

// void uasync::port::write(const char* text, std::size_t size)
        uasync_function _ZN6uasync4port5writeEPKcj
        push    {r3-r5, lr}
        movs    r4, r0
        adds    r5, r0, r1
        b       2f
1:      ldrb    r0, [r4]
        adds    r4, #1
        bl      uasync_put
2:      cmp     r4, r5
        bne     1b
#if UASYNC_CONSOLE_USB
        bl      uasync_usb_send
#endif
        pop     {r3-r5, pc}

#if UASYNC_CONSOLE_USB
// Sends the byte in r0, without waiting for the USB. Changes r1, r2 and r12 only.
        uasync_function uasync_put
        push    {r0, r1, r3, lr}
        bl      uasync_usb_put
#if UASYNC_CONSOLE_UART
        ldr     r0, [sp]
        ldr     r1, =uart0
1:      ldr     r2, [r1, #uart_fr]
        lsrs    r2, #fr_tx_full_bit + 1
        bcs     1b
        str     r0, [r1, #uart_dr]
#endif
        pop     {r0, r1, r3, pc}
#else
// Sends the byte in r0; waits while the FIFO is full. Changes r1 and r2 only.
        uasync_function uasync_put
        ldr     r1, =uart0
1:      ldr     r2, [r1, #uart_fr]
        lsrs    r2, #fr_tx_full_bit + 1
        bcs     1b
        str     r0, [r1, #uart_dr]
        bx      lr
#endif
