#pragma once
// Where a tool on the simulation has frames come from instead of the heap: the schedule explorer, whose frames lie at the same addresses in
// every run. Not part of any other build.

#include <cstddef>

namespace uasync::detail {

struct FrameSource {
    void* (*allocate)(std::size_t bytes) noexcept;
    /// False if the memory is not from here.
    bool (*free)(void* memory) noexcept;
};

/// Null, unless frames come from elsewhere; kept by the simulation.
extern constinit const FrameSource* frame_source;

}  // namespace uasync::detail
