#pragma once
// Whether somebody has a processor's exception for himself.

#include <cstdint>

#include <hardware/exception.h>

extern "C" {
// What the SDK's start-up code has for exceptions that nobody handles.
extern const char __default_isrs_start;  // NOLINT(bugprone-reserved-identifier)
extern const char __default_isrs_end;    // NOLINT(bugprone-reserved-identifier)
}

namespace uasync::port {

/// Whether an exception has the SDK's own handler: not an `isr_` function of the program, nor what exception_set_exclusive_handler has set.
/// @param exception which one @return whether its vector is free
inline bool has_default_handler(exception_number exception) noexcept {
    const auto address = [](auto* of) noexcept { return reinterpret_cast<std::uintptr_t>(of); };
    const auto now = address(::exception_get_vtable_handler(exception));
    return now >= address(&__default_isrs_start) && now < address(&__default_isrs_end);
}

}  // namespace uasync::port
