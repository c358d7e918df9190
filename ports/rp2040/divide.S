// Integer division, which the Cortex-M0+ lacks and compilers call by these names (ARM RTABI 4.3.1). 32 bits by the RP2040's own
// divider (datasheet 2.3.1.5), 64 bits by shifting. A tenth of the compiler's library in size.

#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

        .equ    divider, 0x60           // in SIO, 0xd0000000; the signed operands' registers follow 8 bytes behind
        .equ    div_dividend, 0
        .equ    div_divisor, 4
        .equ    div_remainder, 0x14
        .equ    div_quotient, 0x10

// Both: r0 / r1 gives the quotient in r0 and the remainder in r1. Interrupts are masked for 20 cycles, as a handler that divides
// would take the divider over. Dividing by zero gives an unspecified value, no fault.
        uasync_function __aeabi_idiv
        uasync_entry __aeabi_idivmod
        movs    r2, #divider + 8
        b       1f
        uasync_entry __aeabi_uidiv
        uasync_entry __aeabi_uidivmod
        movs    r2, #divider
1:      movs    r3, #0xd0
        lsls    r3, #24
        adds    r2, r3
        adds    r3, #divider
        mrs     r12, primask
        cpsid   i
        str     r0, [r2, #div_dividend]
        str     r1, [r2, #div_divisor]
        b       2f                      // the divider takes 8 cycles, a branch 2
2:      b       3f
3:      b       4f
4:      b       5f
5:      ldr     r1, [r3, #div_remainder]
        ldr     r0, [r3, #div_quotient] // last: this read marks the result as taken
        msr     primask, r12
        bx      lr

// r1:r0 / r3:r2 gives the quotient in r1:r0 and the remainder in r3:r2, in some 900 cycles.
        uasync_function __aeabi_uldivmod
        push    {r4-r7, lr}
        movs    r4, #0                  // the remainder, r5:r4
        movs    r5, #0
        movs    r6, #64
1:      adds    r0, r0                  // the dividend's highest bit goes into the remainder, a quotient bit comes in below
        adcs    r1, r1
        adcs    r4, r4
        adcs    r5, r5
        bcs     4f                      // a bit more than the registers hold, so more than any divisor
        subs    r4, r2
        sbcs    r5, r3
        bcs     2f
        adds    r4, r2                  // it did not fit
        adcs    r5, r3
        b       3f
2:      adds    r0, #1
3:      subs    r6, #1
        bne     1b
        movs    r2, r4
        movs    r3, r5
        pop     {r4-r7, pc}
4:      subs    r4, r2
        sbcs    r5, r3
        b       2b

// The same with signs: the quotient is rounded towards zero, the remainder has the dividend's sign.
        uasync_function __aeabi_ldivmod
        push    {r4-r6, lr}
        movs    r4, r1                  // its sign is the remainder's
        movs    r5, r1
        eors    r5, r3                  // and this one's the quotient's
        movs    r6, #0
        cmp     r1, #0
        bpl     2f
        negs    r0, r0
        sbcs    r6, r1
        movs    r1, r6
        movs    r6, #0
2:      cmp     r3, #0
        bpl     3f
        negs    r2, r2
        sbcs    r6, r3
        movs    r3, r6
3:      bl      __aeabi_uldivmod
        movs    r6, #0
        cmp     r5, #0
        bpl     4f
        negs    r0, r0
        sbcs    r6, r1
        movs    r1, r6
        movs    r6, #0
4:      cmp     r4, #0
        bpl     5f
        negs    r2, r2
        sbcs    r6, r3
        movs    r3, r6
5:      pop     {r4-r6, pc}
