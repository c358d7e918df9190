#pragma once
// StackExtent: between which addresses the stack was seen to end.

#include <algorithm>
#include <cstdint>

namespace uasync::test {

class StackExtent {
public:
    [[gnu::noinline]] void look() noexcept {
        const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
        lowest_ = std::min(lowest_, here);
        highest_ = std::max(highest_, here);
    }
    /// Bytes between the shallowest and the deepest look.
    std::uintptr_t bytes() const noexcept { return highest_ - lowest_; }

private:
    std::uintptr_t lowest_ = UINTPTR_MAX;
    std::uintptr_t highest_ = 0;
};

}  // namespace uasync::test
