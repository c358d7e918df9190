// From reset to main(), and the entry of traps. For one hart in machine mode; the others wait for ever.

        .section .text.uasync_reset, "ax", %progbits
        .global uasync_reset
        .type   uasync_reset, %function
uasync_reset:
        csrci   mstatus, 8              // MIE
        csrr    t0, mhartid
1:      bnez    t0, 1b
        .option push
        .option norelax
        la      gp, uasync_global_pointer
        .option pop
        la      sp, uasync_stack_top
        la      t0, uasync_trap_entry   // a multiple of 4: all traps go there
        csrw    mtvec, t0

        // Initial values of variables, then zeros.
        la      t0, uasync_data_start
        la      t1, uasync_data_end
        la      t2, uasync_data_load
        j       2f
1:      lw      t3, 0(t2)
        sw      t3, 0(t0)
        addi    t0, t0, 4
        addi    t2, t2, 4
2:      bne     t0, t1, 1b
        la      t0, uasync_bss_start
        la      t1, uasync_bss_end
        j       4f
3:      sw      zero, 0(t0)
        addi    t0, t0, 4
4:      bne     t0, t1, 3b

        call    uasync_start_board

        // Constructors of global objects.
        la      s0, uasync_init_array_start
        la      s1, uasync_init_array_end
        j       6f
5:      lw      t0, 0(s0)
        jalr    t0
        addi    s0, s0, 4
6:      bne     s0, s1, 5b

        call    main
        la      a0, returned
        call    _ZN6uasync4port5fatalEPKc

        .section .rodata.returned, "a", %progbits
returned:
        .asciz  "main has returned"

// Saves what a function may change, and calls uasync_trap(mcause, mepc, ra). Interrupts stay masked until mret.
        .section .text.uasync_trap_entry, "ax", %progbits
        .balign 4
        .global uasync_trap_entry
        .type   uasync_trap_entry, %function
uasync_trap_entry:
        addi    sp, sp, -64
        sw      ra, 0(sp)
        sw      t0, 4(sp)
        sw      t1, 8(sp)
        sw      t2, 12(sp)
        sw      a0, 16(sp)
        sw      a1, 20(sp)
        sw      a2, 24(sp)
        sw      a3, 28(sp)
        sw      a4, 32(sp)
        sw      a5, 36(sp)
        sw      a6, 40(sp)
        sw      a7, 44(sp)
        sw      t3, 48(sp)
        sw      t4, 52(sp)
        sw      t5, 56(sp)
        sw      t6, 60(sp)
        csrr    a0, mcause
        csrr    a1, mepc
        mv      a2, ra
        call    uasync_trap
        lw      ra, 0(sp)
        lw      t0, 4(sp)
        lw      t1, 8(sp)
        lw      t2, 12(sp)
        lw      a0, 16(sp)
        lw      a1, 20(sp)
        lw      a2, 24(sp)
        lw      a3, 28(sp)
        lw      a4, 32(sp)
        lw      a5, 36(sp)
        lw      a6, 40(sp)
        lw      a7, 44(sp)
        lw      t3, 48(sp)
        lw      t4, 52(sp)
        lw      t5, 56(sp)
        lw      t6, 60(sp)
        addi    sp, sp, 64
        mret
