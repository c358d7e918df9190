// What runs while the flash cannot be read, from RAM: commands to the flash chip by the SSI (RP2040 datasheet 4.10, W25Q16JV datasheet 8), and the
// wait of the other core.
//
// In assembly because nothing here may call or read what is in flash, whatever a compiler makes of it. The sections are those of data, which
// the reset code copies into RAM.

#include "flash_reading.h"
#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

        .equ    select_control, 0x4001800c      // 2.19.6.2: GPIO_QSPI_SS_CTRL
        .equ    select_low, 2 << 8
        .equ    select_high, 3 << 8
        .equ    timer_low, 0x40054028           // 4.6.5: TIMERAWL
        .equ    most_in_fifo, 14                // of the 16 frames that the SSI has room for

        .equ    cmd_write_enable, 0x06
        .equ    cmd_read_status, 0x05
        .equ    cmd_read_status_2, 0x35
        .equ    cmd_suspend, 0x75
        .equ    cmd_end_continuous, 0xff        // 8.2.34: in case another second stage has begun it
        .equ    suspended_bit, 7

// FlashJob of flash.cpp
        .equ    job_bytes, 0
        .equ    job_size, 4
        .equ    job_us, 8
        .equ    job_writes, 12
// FlashEnd
        .equ    suspended, 0
        .equ    done, 1
        .equ    refused, 2

// FlashEnd uasync_flash_run(FlashJob& job): sends the job's command, and waits until the chip is done, or has worked for so long; then it suspends
// what it does. A chip that has suspended something gets no command that writes. Interrupts masked. Returns how that has ended.
        .section .data.uasync_flash_run, "aw", %progbits
        .balign 4
        .global uasync_flash_run
        .type   uasync_flash_run, %function
        .thumb_func
uasync_flash_run:
        push    {r4-r7, lr}
        mov     r6, r0
        ldr     r4, =UASYNC_SSI
        ldr     r5, =select_control
1:      ldr     r1, [r4, #UASYNC_SSI_SR]        // a read that DMA has begun
        lsrs    r1, #1
        bcs     1b
        str     r1, [r4, #UASYNC_SSI_SSIENR]    // r1 is 0
        movs    r2, #7                          // frames of 8 bits, which go out and come in
        lsls    r2, #16
        str     r2, [r4, #UASYNC_SSI_CTRLR0]
        movs    r2, #UASYNC_SSI_DIVISOR
        str     r2, [r4, #UASYNC_SSI_BAUDR]
        movs    r2, #1
        str     r2, [r4, #UASYNC_SSI_SSIENR]

        movs    r0, #cmd_end_continuous
        movs    r1, #1
        bl      flash_command
        ldr     r1, [r6, #job_writes]
        cmp     r1, #0
        beq     2f
        bl      flash_is_suspended              // as after a reset, of which the chip is not told
        bcc     7f
        movs    r0, #refused
        b       6f
7:      movs    r0, #cmd_write_enable
        movs    r1, #1
        bl      flash_command
2:      ldr     r0, [r6, #job_bytes]
        ldr     r1, [r6, #job_size]
        bl      flash_exchange

        ldr     r7, =timer_low
        ldr     r7, [r7]
3:      bl      flash_is_busy
        bcc     5f
        ldr     r3, =timer_low
        ldr     r3, [r3]
        subs    r3, r7
        ldr     r1, [r6, #job_us]
        cmp     r3, r1
        blo     3b

        movs    r0, #cmd_suspend
        movs    r1, #1
        bl      flash_command
4:      bl      flash_is_busy                   // up to 20 us
        bcs     4b
        bl      flash_is_suspended              // it may have been done before
        bcc     5f
        movs    r0, #suspended
        b       6f
5:      movs    r0, #done

6:      movs    r1, #0
        str     r1, [r4, #UASYNC_SSI_SSIENR]
        ldr     r2, =UASYNC_READ_CTRLR0
        str     r2, [r4, #UASYNC_SSI_CTRLR0]
        str     r1, [r4, #UASYNC_SSI_CTRLR1]
        ldr     r2, =UASYNC_READ_SPI_CTRLR0
        movs    r3, #UASYNC_SPI_CTRLR0
        str     r2, [r4, r3]
        movs    r2, #1
        str     r2, [r4, #UASYNC_SSI_SSIENR]
        str     r1, [r5]                        // the SSI selects the chip again
        ldr     r1, [r5]
        pop     {r4-r7, pc}

// Sends a command of r1 bytes, r0 first; the second byte that comes back is in r0. Changes r1 to r3.
flash_command:
        push    {r0, lr}
        mov     r0, sp
        bl      flash_exchange
        pop     {r0, r1}
        lsrs    r0, #8
        bx      r1

// The carry says whether the chip is busy. Changes r0 to r3.
flash_is_busy:
        movs    r0, #250                        // 6 us at 125 MHz: it is not asked all the time
1:      subs    r0, #1
        bne     1b
        push    {lr}
        movs    r0, #cmd_read_status
        movs    r1, #2
        bl      flash_command
        lsrs    r0, #1
        pop     {pc}

// The carry says whether the chip has suspended what it does. Changes r0 to r3.
flash_is_suspended:
        push    {lr}
        movs    r0, #cmd_read_status_2
        movs    r1, #2
        bl      flash_command
        lsrs    r0, #suspended_bit + 1
        pop     {pc}

// Sends r1 bytes at r0, and puts there what comes back. The chip is selected by hand, as the SSI lets go when its FIFO runs empty. Changes r2 and r3.
flash_exchange:
        push    {r7, lr}
        ldr     r2, =select_low
        bl      flash_select
        movs    r2, #0                          // sent
        movs    r3, #0                          // received
1:      cmp     r2, r1
        beq     2f
        subs    r7, r2, r3
        cmp     r7, #most_in_fifo
        bhs     2f
        ldrb    r7, [r0, r2]
        str     r7, [r4, #UASYNC_SSI_DR0]
        adds    r2, #1
2:      ldr     r7, [r4, #UASYNC_SSI_SR]
        lsrs    r7, #4                          // something has come
        bcc     1b
        ldr     r7, [r4, #UASYNC_SSI_DR0]
        strb    r7, [r0, r3]
        adds    r3, #1
        cmp     r3, r1
        bne     1b
        ldr     r2, =select_high
        bl      flash_select
        pop     {r7, pc}

flash_select:
        str     r2, [r5]
        ldr     r2, [r5]                        // the select line is behind a slower bus than the SSI
        bx      lr
        .ltorg

#if UASYNC_LOOPS
// The interrupt of the flash's pins, which hardware never raises: the other core is about to write to the flash, and this one waits here until it
// has.
        .section .data.uasync_irq_io_qspi, "aw", %progbits
        .balign 4
        .type   uasync_irq_io_qspi, %function
        .thumb_func
uasync_irq_io_qspi:
        ldr     r0, =uasync_flash_parking
        movs    r1, #1
        strb    r1, [r0, #1]
        b       2f
1:      wfe                                     // the return from this interrupt is an event, so nobody misses one
2:      ldrb    r1, [r0]
        cmp     r1, #0
        bne     1b
        strb    r1, [r0, #1]
        bx      lr
        .ltorg

        .section .vector.14, "a", %progbits
        .global uasync_vector_io_qspi
uasync_vector_io_qspi:
        .word   uasync_irq_io_qspi

// volatile std::uint8_t uasync_flash_parking[2]: whether the core with the interrupt is to wait, and whether it does.
        .section .bss.uasync_flash_parking, "aw", %nobits
        .global uasync_flash_parking
uasync_flash_parking:
        .space  2
#endif
