// The second-stage boot block: the first 256 bytes of flash (RP2040 datasheet 2.8.1.3).
//
// The boot ROM copies these bytes to the top of SRAM, checks the CRC-32 in the last four and calls them. They set the flash
// interface up so that flash can be read as memory, then enter the program at its vector table.
//
// The read command is 03h, "read data": every serial flash has it, it needs no status register to be set up first, and it is
// specified up to 50 MHz on the W25Q080 of the Pico. Flash code runs from a 16 KB cache; only misses go through this.

#include "flash_reading.h"
#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

        .equ    vtor, 0xe000ed08        // 2.4.8

        .section .boot2, "ax", %progbits
        .global uasync_boot2
        .type   uasync_boot2, %function
uasync_boot2:
        ldr     r3, =UASYNC_SSI
        movs    r0, #0
        str     r0, [r3, #UASYNC_SSI_SSIENR]   // the other registers are writable only while the SSI is off
        movs    r1, #UASYNC_SSI_DIVISOR
        str     r1, [r3, #UASYNC_SSI_BAUDR]
        ldr     r1, =UASYNC_READ_CTRLR0
        str     r1, [r3, #UASYNC_SSI_CTRLR0]
        str     r0, [r3, #UASYNC_SSI_CTRLR1]   // one data frame per transfer
        ldr     r1, =UASYNC_READ_SPI_CTRLR0
        movs    r2, #UASYNC_SPI_CTRLR0
        str     r1, [r3, r2]
        movs    r1, #1
        str     r1, [r3, #UASYNC_SSI_SSIENR]

        ldr     r0, =UASYNC_VECTORS
        ldr     r1, =vtor
        str     r0, [r1]
        ldmia   r0!, {r1, r2}           // initial stack pointer, reset handler
        msr     msp, r1
        bx      r2

        .ltorg
        .org    uasync_boot2 + 252
        .word   0                       // the checksum, which tools/image.py fills in
