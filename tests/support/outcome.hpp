#pragma once
// A Result as text for a trace: its value, "ok" for a void one, or its error's name. Names of our own, so that the library's messages may
// change.

#include <string>
#include <string_view>
#include <type_traits>

#include <uasync/error.hpp>

namespace uasync::test {

inline std::string name(Error error) {
    switch (error) {
        case Error::none: return "none";
        case Error::cancelled: return "cancelled";
        case Error::timeout: return "timeout";
        case Error::no_memory: return "no memory";
        case Error::destroyed: return "destroyed";
        case Error::misuse: return "misuse";
        case Error::unavailable: return "unavailable";
        case Error::exception: return "exception";
        case Error::deadlock: return "deadlock";
        case Error::nested_run: return "run inside run";
        case Error::broken: return "broken";
        default: return to_string(error);
    }
}

template <class T>
std::string outcome(const Result<T>& result) {
    if (!result) return name(result.error());
    if constexpr (std::is_integral_v<T>) {
        return std::to_string(*result);
    } else if constexpr (std::is_convertible_v<T, std::string_view>) {
        return std::string{*result};
    } else {
        return "ok";
    }
}

}  // namespace uasync::test
