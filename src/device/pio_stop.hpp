#pragma once

#include <cstdint>

#include <uasync/board/pio.hpp>

namespace uasync::detail {

/// Stops a machine when the frame that this is in goes: the machine waits at its program's beginning again, with empty FIFOs and its pins at rest.
class PioStop {
public:
    /// @param machine the machine, which is active @param rest the instruction that brings its pins to rest
    PioStop(Pio& machine, std::uint16_t rest) noexcept : machine_{machine}, rest_{rest} {}
    PioStop(const PioStop&) = delete;
    PioStop& operator=(const PioStop&) = delete;
    ~PioStop() {
        machine_.active(false);
        machine_.exec(rest_);
        machine_.restart();
        machine_.clear_fifos();
        machine_.active(true);
    }

private:
    Pio& machine_;
    std::uint16_t rest_;
};

}  // namespace uasync::detail
