#pragma once
// A Result as text for a trace: its value, "ok" for a void one, or its error's words.

#include <string>
#include <string_view>
#include <type_traits>

#include <uasync/error.hpp>

namespace uasync::test {

template <class T>
std::string outcome(const Result<T>& result) {
    if (!result) return to_string(result.error());
    if constexpr (std::is_integral_v<T>) {
        return std::to_string(*result);
    } else if constexpr (std::is_convertible_v<T, std::string_view>) {
        return std::string{*result};
    } else {
        return "ok";
    }
}

}  // namespace uasync::test
