// The critical section of programs with several loops: interrupts masked, and a spinlock (2.3.1.3), which keeps out the other core.
//
// Sections nest. One that begins while interrupts are not masked is an outer one. Where they are masked already, the process stack pointer
// tells: it is not 0 while this core has the spinlock. Each core has its own, and nothing else uses it, because all code runs on the main stack.
// What leave_critical gets is PRIMASK for an outer section, 2 for an inner one.
//
// In assembly because of its place in every post from core to core.

#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

        .equ    spinlock_31, 0xd000017c

// std::uint32_t uasync::port::enter_critical()
        uasync_function _ZN6uasync4port14enter_criticalEv
        mrs     r0, primask
        cpsid   i
        cmp     r0, #0
        beq     1f
// std::uint32_t uasync::port::enter_critical_masked(): the same where interrupts are masked already.
        uasync_entry _ZN6uasync4port21enter_critical_maskedEv
        movs    r0, #2
        mrs     r1, psp
        cmp     r1, #0
        bne     2f
        movs    r0, #1
1:      ldr     r2, =spinlock_31
        ldr     r1, [r2]
        cmp     r1, #0
        beq     1b
        msr     psp, r1                 // bit 31
        dmb
2:      bx      lr

// void uasync::port::leave_critical(std::uint32_t state)
        uasync_function _ZN6uasync4port14leave_criticalEm  // GCC's std::uint32_t
        uasync_entry _ZN6uasync4port14leave_criticalEj     // Clang's
        cmp     r0, #2
        beq     1f
        movs    r1, #0
        msr     psp, r1
        dmb
        ldr     r2, =spinlock_31
        str     r1, [r2]
        msr     primask, r0
1:      bx      lr
