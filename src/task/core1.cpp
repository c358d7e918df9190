#include <uasync/task/core1.hpp>

#if UASYNC_LOOPS && defined(UASYNC_PORT_CONTEXT)

namespace uasync::detail {
namespace {

constinit Core1Base* core1 = nullptr;  // whose loop core 1 runs

}  // namespace

Loop& Core1Base::loop() noexcept {
    EventLoop* const loop = loop_.load(std::memory_order_acquire);
    if (loop == nullptr) port::fatal("core 1 is off: call Core1::start first");
    return *loop;
}

void Core1Base::start_core(std::uint32_t* stack, std::size_t words) noexcept {
    if (core1 != nullptr) port::fatal("core 1 is running already");
    core1 = this;
    if (!port::start_core1(stack, words, run_core1)) port::fatal("core 1 does not answer: something else has started it");
    while (loop_.load(std::memory_order_acquire) == nullptr) {
    }
}

void Core1Base::run_core1() noexcept {
    {
        EventLoop loop;
        core1->loop_.store(&loop, std::memory_order_release);
        (void)loop.run_forever();
    }
    core1->loop_.store(nullptr, std::memory_order_release);  // only now, as core 0 then switches this core off
}

void Core1Base::stop() noexcept {
    if (core1 != this) return;
    (void)loop().call_soon_threadsafe(stop_);
    while (loop_.load(std::memory_order_acquire) != nullptr) {
    }
    port::stop_core1();
    core1 = nullptr;
}

}  // namespace uasync::detail

#endif
