// The vector of armed pin edges, IO_IRQ_BANK0 (RP2040 datasheet 2.3.2). Linked only when `gpio_arm` is.

#include "sections.h"

        .section .vector.13, "a", %progbits
        .global uasync_vector_io_bank0
uasync_vector_io_bank0:
        .word   _ZN6uasync6detail14gpio_interruptEv     // uasync::detail::gpio_interrupt()
