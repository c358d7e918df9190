// Awaitables of other libraries that another thread resumes, while the loop closes.

#include <atomic>
#include <coroutine>
#include <memory>
#include <thread>
#include <utility>

#include <doctest/doctest.h>

#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

/// Another library's event, which another thread sets.
class ThreadEvent {
public:
    /// Waits for whoever is to be resumed, and resumes it.
    void set() {
        void* waiting = nullptr;
        while ((waiting = waiting_.exchange(nullptr, std::memory_order_acq_rel)) == nullptr) std::this_thread::yield();
        std::coroutine_handle<>::from_address(waiting).resume();
    }

    static bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> handle) { waiting_.store(handle.address(), std::memory_order_release); }
    static int await_resume() { return 7; }

private:
    std::atomic<void*> waiting_{nullptr};
};

}  // namespace

TEST_CASE("linux: another thread resumes a foreign awaitable: the task goes on in its own thread") {
    const auto home = std::this_thread::get_id();
    for (int round = 0; round < 200; ++round) {
        ThreadEvent event;
        std::thread other{[&] { event.set(); }};
        auto body = [&]() -> Coro<bool> { co_return co_await event == 7 && std::this_thread::get_id() == home; };
        CHECK(run(body()) == Result<bool>{true});
        other.join();
    }
}

TEST_CASE("linux: a resumption in the mailbox of a loop that closes goes with it") {
    ThreadEvent event;
    auto kept = std::make_shared<int>(0);
    const std::weak_ptr<int> frame = kept;
    auto body = [&](std::shared_ptr<int> k) -> Coro<> { *k = co_await event; };
    EventLoop loop;
    loop.create_task(body(std::move(kept)));
    (void)loop.run_ready();
    std::thread{[&] { event.set(); }}.join();
    loop.close();
    CHECK(frame.expired());
}

TEST_CASE("linux: another thread resumes a foreign awaitable while its loop closes: the task ends once, and all is freed") {
    int resumed = 0;
    constexpr int rounds = 2'000;
    for (int round = 0; round < rounds; ++round) {
        auto event = std::make_shared<ThreadEvent>();
        auto kept = std::make_shared<int>(0);
        const std::weak_ptr<int> frame = kept;
        std::atomic<bool> go{false};
        std::thread other{[&] {
            while (!go.load(std::memory_order_acquire)) {
            }
            event->set();
        }};
        {
            EventLoop loop;
            auto body = [](std::shared_ptr<ThreadEvent> e, std::shared_ptr<int> k) -> Coro<> { *k = co_await *e; };
            loop.create_task(body(event, std::move(kept)));
            (void)loop.run_ready();
            go.store(true, std::memory_order_release);
            for (int i = 0; i < round % 64; ++i) (void)loop.run_ready();
            if (frame.expired()) ++resumed;
            loop.close();
        }
        REQUIRE(frame.expired());
        other.join();
    }
    MESSAGE(resumed, " of ", rounds, " were resumed in time");
}
