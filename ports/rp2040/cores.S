// The critical section of programs with several loops: interrupts masked, and a spinlock (2.3.1.3), which keeps out the other core.
// Sections nest, so each core counts its own. In assembly because of its place in every post from core to core.

#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

        .equ    sio, 0xd0000000
        .equ    spinlock_31, 0xd000017c

// std::uint32_t uasync::port::enter_critical()
        uasync_function _ZN6uasync4port14enter_criticalEv
        mrs     r0, primask
        cpsid   i
        movs    r1, #sio >> 24
        lsls    r1, #24
        ldr     r1, [r1]                // which core
        ldr     r2, =uasync_lock_depths
        lsls    r1, #2
        ldr     r3, [r2, r1]
        adds    r3, #1
        str     r3, [r2, r1]
        cmp     r3, #1
        bne     2f
        ldr     r2, =spinlock_31
1:      ldr     r3, [r2]
        cmp     r3, #0
        beq     1b
        dmb
2:      bx      lr

// void uasync::port::leave_critical(std::uint32_t primask)
        uasync_function _ZN6uasync4port14leave_criticalEm  // GCC's std::uint32_t
        uasync_entry _ZN6uasync4port14leave_criticalEj     // Clang's
        movs    r1, #sio >> 24
        lsls    r1, #24
        ldr     r1, [r1]
        ldr     r2, =uasync_lock_depths
        lsls    r1, #2
        ldr     r3, [r2, r1]
        subs    r3, #1
        str     r3, [r2, r1]
        bne     1f
        dmb
        ldr     r2, =spinlock_31
        str     r3, [r2]
1:      msr     primask, r0
        bx      lr

        .section .bss.uasync_depths, "aw", %nobits
        .balign 4
        .global uasync_lock_depths
uasync_lock_depths:
        .space  8
