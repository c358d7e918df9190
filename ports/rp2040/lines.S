// The vectors of lines 26 and 27, which no hardware raises (RP2040 datasheet 2.3.2): those of loops that an interrupt runs. Linked only when
// `take_line` is.

#include "sections.h"

        .section .vector.26, "a", %progbits
        .global uasync_vectors_of_lines
uasync_vectors_of_lines:
        .word   uasync_irq_26
        .reloc  ., R_ARM_NONE, vector_27

        .section .vector.27, "a", %progbits
vector_27:
        .word   uasync_irq_27
