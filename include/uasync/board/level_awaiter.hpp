#pragma once
// Implementation detail of the devices: a wait for a pin that misses no edge between two waits.

#include <uasync/board/pin.hpp>

namespace uasync::detail {

/// Waits until a pin has, or has had since the wait began, another level than the one that its task has seen.
///
/// An edge that came before the interrupt was armed is not lost, because the level is read after that. Like
/// `Pin::wait_for_any_edge`, it costs one interrupt a wait, however much the pin bounces.
class LevelAwaiter : public EdgeAwaiter {
public:
    LevelAwaiter(Pin pin, bool seen) noexcept : EdgeAwaiter{pin.number(), port::falling | port::rising}, seen_{seen} {}
    LevelAwaiter(LevelAwaiter&&) noexcept = default;
    LevelAwaiter& operator=(LevelAwaiter&&) = delete;
    ~LevelAwaiter() = default;
    void await_suspend(Frame self) noexcept;
    void await_resume() noexcept { EdgeAwaiter::await_resume(); }

private:
    bool seen_;
};

UASYNC_WAITS_FOR(LevelAwaiter, "Pin::wait_for_edge");

}  // namespace uasync::detail
