#pragma once
// Implementation detail of levels and of report_long_steps.

#include <type_traits>

#include <uasync/config.hpp>

namespace uasync::detail {

/// Has the loop of instrumented_loop.cpp linked. With UASYNC_WHOLE_RUNTIME, all loops that begin to run from then on are that one.
/// @return true
bool link_instrumented_loop() noexcept;

#if UASYNC_WHOLE_RUNTIME
/// Initialised before main, if a function that the program uses refers to it.
template <class T>
inline const bool instrumented = link_instrumented_loop();
/// Chooses the loop that the calling function template needs. @tparam T a type on which that depends
template <class T>
void instrument_loops() noexcept {
    static_cast<void>(instrumented<std::void_t<T>>);
}
#else
/// The linker chooses the loop.
template <class T>
constexpr void instrument_loops() noexcept {}
#endif

}  // namespace uasync::detail
