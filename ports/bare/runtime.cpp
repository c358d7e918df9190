// What compilers expect of a C++ runtime and what a program that never ends does not need. A program that links a library with its own has
// those instead.

#include <cstddef>
#include <new>

#include <uasync/kernel/port.hpp>

extern "C" {
[[gnu::weak]] void* __dso_handle = nullptr;  // NOLINT(bugprone-reserved-identifier)

[[gnu::weak]] int __aeabi_atexit(void*, void (*)(void*), void*) { return 0; }  // NOLINT(bugprone-reserved-identifier)
[[gnu::weak]] int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }    // NOLINT(bugprone-reserved-identifier)
[[gnu::weak]] int atexit(void (*)()) { return 0; }
[[gnu::weak]] void __cxa_pure_virtual() {
    uasync::port::fatal("a pure virtual function was called");
}  // NOLINT(bugprone-reserved-identifier)
[[gnu::weak, noreturn]] void abort() { uasync::port::fatal("abort"); }
}

// A virtual destructor refers to these; nothing was allocated.
[[gnu::weak]] void operator delete(void*) noexcept {}
[[gnu::weak]] void operator delete(void*, std::size_t) noexcept {}
[[gnu::weak]] void operator delete(void*, std::align_val_t) noexcept {}
[[gnu::weak]] void operator delete(void*, std::size_t, std::align_val_t) noexcept {}
