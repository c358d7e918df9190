#pragma once

#include <cstdint>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

namespace uasync::test {

/// Keeps the core busy, with interrupts, until it is cancelled.
inline Coro<> keep_busy() {
    static std::uint32_t from[100], to[100];
    Dma dma;
    while (true) {
        co_await yield();
        (void)co_await dma.transfer(to, from);
    }
}

}  // namespace uasync::test
