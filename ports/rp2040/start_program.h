#pragma once
// Shared by the two reset codes: startup.S has one in the unused words of the vector table, irqs_1_to_12.S the other outside of it.

// From the chip's start to main(). In: r6 is uasync_start_constants.
.macro uasync_start_program
        ldmia   r6!, {r0-r5}

        // Initial values of variables, then zeros behind them: .bss starts where .data ends.
        b       2f
1:      ldmia   r2!, {r6}
        stmia   r0!, {r6}
2:      cmp     r0, r1
        bne     1b
        movs    r1, #0
#if UASYNC_LOOPS
        msr     psp, r1                 // no critical section has begun: cores.S
#endif
        b       4f
3:      stmia   r0!, {r1}
4:      cmp     r0, r3
        bne     3b

        // Constructors of global objects.
        b       6f
5:      ldmia   r4!, {r0}
        blx     r0
6:      cmp     r4, r5
        bne     5b

        bl      main
        bl      uasync_stop
.endm
