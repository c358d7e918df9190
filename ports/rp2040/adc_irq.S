// The vector of the converter, ADC_IRQ_FIFO (RP2040 datasheet 2.3.2). Linked only when `adc_open` is.

#include "sections.h"

        .weak   _ZN6uasync6detail13adc_interruptEv  // not a reason to link the driver
        .section .vector.22, "a", %progbits
        .global uasync_vector_adc
uasync_vector_adc:
        .word   _ZN6uasync6detail13adc_interruptEv      // uasync::detail::adc_interrupt()
