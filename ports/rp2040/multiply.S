// 64-bit multiplication, which compilers call by this name (ARM RTABI 4.2). Half of the compiler library's in size.

#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

// r1:r0 x r3:r2 gives r1:r0, from products of halfwords: the processor multiplies 32 bits into 32 bits.
        uasync_function __aeabi_lmul
        push    {r4, r5, lr}
        muls    r1, r2                  // high x low, both ways; only their low words count, in the high word
        muls    r3, r0
        adds    r1, r3
        lsrs    r3, r0, #16             // low x low: r3:r0 x r4:r2, halfwords
        lsrs    r4, r2, #16
        uxth    r0, r0
        uxth    r2, r2
        movs    r5, r0
        muls    r5, r2
        muls    r0, r4
        muls    r2, r3
        muls    r3, r4
        adds    r1, r3
        movs    r4, #0
        adds    r0, r2                  // the middle: 33 bits, r4:r0
        adcs    r4, r4
        lsls    r4, #16
        lsrs    r2, r0, #16
        lsls    r0, #16
        adds    r0, r5
        adcs    r2, r4
        adds    r1, r2
        pop     {r4, r5, pc}
