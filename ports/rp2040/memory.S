// The memory functions that compilers call by themselves; the __aeabi_ names are Clang's (ARM RTABI 4.3.4). Small rather than
// fast: frames and messages are tens of bytes.

#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

// void* memmove(void* to, const void* from, size_t size); good for memcpy too.
        uasync_function memmove
        uasync_entry memcpy
        uasync_entry __aeabi_memcpy
        uasync_entry __aeabi_memcpy4
        uasync_entry __aeabi_memcpy8
        uasync_entry __aeabi_memmove
        uasync_entry __aeabi_memmove4
        uasync_entry __aeabi_memmove8
        push    {r4, lr}
        cmp     r0, r1
        bhi     2f                      // to above from: from the end
        movs    r3, #0
        b       1f
0:      ldrb    r4, [r1, r3]
        strb    r4, [r0, r3]
        adds    r3, #1
1:      cmp     r3, r2
        bne     0b
        pop     {r4, pc}
3:      ldrb    r4, [r1, r2]
        strb    r4, [r0, r2]
2:      subs    r2, #1
        bcs     3b
        pop     {r4, pc}

// void __aeabi_memclr(void* to, size_t size) and void __aeabi_memset(void* to, size_t size, int value): not memset's order.
        uasync_function __aeabi_memclr
        uasync_entry __aeabi_memclr4
        uasync_entry __aeabi_memclr8
        movs    r2, #0
        uasync_entry __aeabi_memset
        uasync_entry __aeabi_memset4
        uasync_entry __aeabi_memset8
        b       2f
1:      strb    r2, [r0, r1]
2:      subs    r1, #1
        bcs     1b
        bx      lr

// void* memset(void* to, int value, size_t size)
        uasync_function memset
        b       2f
1:      strb    r1, [r0, r2]
2:      subs    r2, #1
        bcs     1b
        bx      lr

// int memcmp(const void* a, const void* b, size_t size)
        uasync_function memcmp
        push    {r4, r5, lr}
        movs    r3, #0
        movs    r4, #0                  // the difference so far
        b       2f
1:      ldrb    r4, [r0, r3]
        ldrb    r5, [r1, r3]
        adds    r3, #1
        subs    r4, r5
        bne     3f
2:      cmp     r3, r2
        bne     1b
3:      movs    r0, r4
        pop     {r4, r5, pc}

// size_t strlen(const char* text)
        uasync_function strlen
        movs    r1, r0
1:      ldrb    r2, [r0]
        adds    r0, #1
        cmp     r2, #0
        bne     1b
        subs    r0, r1
        subs    r0, #1
        bx      lr
