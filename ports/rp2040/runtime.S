// What compilers and their headers expect of a C++ runtime and what a program that never ends does not need: destructors of
// global objects are registered for nothing, and a pure virtual call is a fault.

#include "sections.h"

        .syntax unified
        .cpu    cortex-m0plus
        .thumb

        .global __dso_handle
        .set    __dso_handle, 0

        uasync_function __aeabi_atexit  // ARM C++ ABI 3.2.4.3; GCC and Clang call one or the other
        uasync_entry __cxa_atexit
        uasync_entry atexit
        movs    r0, #0                  // registered
        bx      lr

        uasync_function __cxa_pure_virtual
        uasync_entry __cxa_deleted_virtual
        uasync_entry abort
        udf     #0

// A virtual destructor refers to these; nothing was allocated.
        uasync_function _ZdlPv          // operator delete(void*)
        uasync_entry _ZdlPvj            // operator delete(void*, std::size_t)
        uasync_entry _ZdlPvSt11align_val_t
        uasync_entry _ZdlPvjSt11align_val_t
        udf     #0
