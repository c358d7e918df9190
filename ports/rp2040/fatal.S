// How a program ends: `port::fatal` and a hard fault, both with a line on the console, and the stop that follows.
//
// In assembly because every program carries this: it is two thirds of what compilers make of it, and it needs next to no stack.

#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

        .equ    uart0, 0x40034000       // RP2040 datasheet 4.2.8
        .equ    uart_fr, 0x18
        .equ    fr_busy_bit, 3

// The handler of the hard fault, the only fault of ARMv6-M. What the processor stacked (B1.5.6): r0-r3, r12, lr, pc, xpsr.
        uasync_function uasync_hard_fault
        mov     r6, sp                  // only the main stack is ever used
        ldr     r0, [r6, #24]           // pc
        ldr     r1, =uasync_stopped
        cmp     r0, r1
        beq     sleep                   // the breakpoint below, with no debugger to take it
        bl      uasync_running_task
        movs    r5, r0
        adr     r4, fault_text
        b       say

// [[noreturn]] void uasync::port::fatal(const char* message)
        uasync_entry _ZN6uasync4port5fatalEPKc
        push    {r4, lr}                // for a debugger: who called
        movs    r5, r0
        adr     r4, fatal_text

// Prints the text at r4 and stops. In the text, 1 to 7 stand for that word of the frame at r6, in hexadecimal; at 8 it goes on
// with the text at r5.
say:
#if UASYNC_LOOPS
        movs    r7, #0xd0
        lsls    r7, #24
        ldr     r7, [r7]                // which core (2.3.1.1)
        lsls    r7, #31
        beq     6f
        adr     r7, core_text
7:      ldrb    r0, [r7]
        adds    r7, #1
        bl      uasync_put
        ldrb    r0, [r7]
        cmp     r0, #0
        bne     7b
6:
#endif
next:   ldrb    r0, [r4]
        adds    r4, #1
        cmp     r0, #8
        bhi     3f
        beq     4f
        lsls    r0, #2
        beq     5f
        ldr     r7, [r6, r0]
        movs    r3, #8                  // digits
1:      movs    r0, #28
        rors    r7, r0
        movs    r0, #15
        ands    r0, r7
        cmp     r0, #10
        blo     2f
        adds    r0, #'a' - '0' - 10
2:      adds    r0, #'0'
        bl      uasync_put
        subs    r3, #1
        bne     1b
        b       next
3:      bl      uasync_put
        b       next
4:      movs    r4, r5
        b       next
5:      movs    r0, #'\n'
        bl      uasync_put

// [[noreturn]] void uasync_stop(): lets the UART finish, then ends in a breakpoint. A debugger or an emulator takes it. Alone, the
// chip makes a hard fault of it, and sleeps; or, if it came from a hard fault, locks up, which stops it as well.
        uasync_entry uasync_stop
#if UASYNC_CONSOLE_USB
        mov     r4, lr                  // a debugger sees from where it was called
        bl      uasync_usb_finish
        mov     lr, r4
#endif
#if UASYNC_CONSOLE_UART
        ldr     r1, =uart0
1:      ldr     r0, [r1, #uart_fr]
        lsrs    r0, #fr_busy_bit + 1
        bcs     1b
#endif
#if UASYNC_LOOPS
        mov     r4, lr                  // tells a debugger who stopped
        bl      uasync_core_stops
        mov     lr, r4
#endif
        .global uasync_stopped
uasync_stopped:                         // an address, not a function: no Thumb bit
        bkpt    #0
        b       uasync_stopped

#if UASYNC_CONSOLE_USB
sleep:  bl      uasync_irq_usbctrl      // no interrupt comes any more; so the text still reaches the host, and the host the boot loader
        b       sleep
#else
sleep:  wfi
        b       sleep
#endif

        .ltorg
#if UASYNC_LOOPS
        .balign 4
core_text:
        .asciz  "core 1: "
#endif
        .balign 4
fault_text:
        .asciz  "uasync: hard fault at 0x\6 (lr 0x\5) in task \10"
        .balign 4
fatal_text:
        .asciz  "uasync: \10"

// const char* uasync_running_task(): the runtime's own takes this one's place.
        .section .text.uasync_running_task, "ax", %progbits
        .balign 4
        .weak   uasync_running_task
        .type   uasync_running_task, %function
        .thumb_func
uasync_running_task:
        adr     r0, 1f
        bx      lr
        .balign 4
1:      .asciz  "?"
