// The second-stage boot block: the first 256 bytes of flash (RP2040 datasheet 2.8.1.3).
//
// The boot ROM copies these bytes to the top of SRAM, checks the CRC-32 in the last four and calls them. They set the flash
// interface up so that flash can be read as memory, then enter the program at its vector table.
//
// The read command is 03h, "read data": every serial flash has it, it needs no status register to be set up first, and it is
// specified up to 50 MHz on the W25Q080 of the Pico. Flash code runs from a 16 KB cache; only misses go through this.

#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

        .equ    ssi, 0x18000000         // 4.10.13
        .equ    ssi_ctrlr0, 0x00
        .equ    ssi_ctrlr1, 0x04
        .equ    ssi_ssienr, 0x08
        .equ    ssi_baudr, 0x14
        .equ    spi_ctrlr0, 0xf4
        .equ    vtor, 0xe000ed08        // 2.4.8

        .section .boot2, "ax", %progbits
        .global uasync_boot2
        .type   uasync_boot2, %function
uasync_boot2:
        ldr     r3, =ssi
        movs    r0, #0
        str     r0, [r3, #ssi_ssienr]   // the other registers are writable only while the SSI is off
        movs    r1, #4                  // 125 MHz / 4 = 31.25 MHz; the divisor must be even
        str     r1, [r3, #ssi_baudr]
        ldr     r1, =(31 << 16) | (3 << 8)      // data frames of 32 bits; "EEPROM read": send the command, then receive
        str     r1, [r3, #ssi_ctrlr0]
        str     r0, [r3, #ssi_ctrlr1]   // one data frame per transfer
        ldr     r1, =(0x03 << 24) | (2 << 8) | (6 << 2) // command 03h, of 8 bits; address of 6 x 4 bits; one wire for all
        movs    r2, #spi_ctrlr0
        str     r1, [r3, r2]
        movs    r1, #1
        str     r1, [r3, #ssi_ssienr]

        ldr     r0, =UASYNC_VECTORS
        ldr     r1, =vtor
        str     r0, [r1]
        ldmia   r0!, {r1, r2}           // initial stack pointer, reset handler
        msr     msp, r1
        bx      r2

        .ltorg
        .org    uasync_boot2 + 252
        .word   0                       // the checksum, which tools/image.py fills in
