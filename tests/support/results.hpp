#pragma once
// What tests of many primitives compare with: results that are errors, and the end of a report of one.

#include <expected>
#include <string>

#include <uasync/error.hpp>

namespace uasync::test {

inline const Result<void> cancelled = std::unexpected{Error::cancelled};
inline const Result<void> destroyed = std::unexpected{Error::destroyed};
inline const Result<void> misuse = std::unexpected{Error::misuse};

/// The end of the report of a task whose primitive was destroyed.
inline const std::string was_destroyed = std::string{": "} + to_string(Error::destroyed);

}  // namespace uasync::test
