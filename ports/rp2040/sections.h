#pragma once
// Shared by the assembly files: names and addresses that they and the linker script agree on.

#define UASYNC_VECTORS 0x10000100

// Opens a function in a section of its own, so that the linker drops it when nothing calls it.
.macro uasync_function name
        .section .text.\name, "ax", %progbits
        .balign 2
        .global \name
        .type   \name, %function
        .thumb_func
\name:
.endm

// Another entry into the function that was opened, or at its start another name of it.
.macro uasync_entry name
        .global \name
        .type   \name, %function
        .thumb_func
\name:
.endm
