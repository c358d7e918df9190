// The way that a reader outside goes: from the descriptor alone to every task and what it waits for.

#include <cstring>
#include <vector>

#include <uasync/kernel/descriptor.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

extern "C" const uasync::detail::Descriptor uasync_descriptor;

using namespace uasync;
using uasync::test::Simulated;

namespace {

template <class T>
T at(const void* object, std::size_t offset) {
    T value;
    std::memcpy(&value, static_cast<const char*>(object) + offset, sizeof value);
    return value;
}

const detail::Descriptor& d = uasync_descriptor;

const void* loop() { return at<const void*>(d.loop, 0); }
WaitState state(const void* task) { return static_cast<WaitState>(at<std::uint8_t>(task, d.task_state) & 15U); }

std::vector<const void*> tasks() {
    std::vector<const void*> result;
    for (auto* task = at<const void*>(loop(), d.loop_all_first); task != nullptr; task = at<const void*>(task, d.task_all_next)) {
        result.push_back(task);
    }
    return result;
}

/// How many coroutines await one another, innermost to outermost.
int depth(const void* task) {
    int result = 1;
    auto frame = at<std::uintptr_t>(task, d.task_leaf);
    while (true) {
        const auto word = at<std::uintptr_t>(reinterpret_cast<const void*>(frame), d.frame_promise + d.promise_continuation);
        if ((word & 1U) == 0) return result;
        frame = word & ~std::uintptr_t{3};
        if ((word & 2U) != 0) frame = at<std::uintptr_t>(reinterpret_cast<const void*>(frame), d.scope_parent);
        ++result;
    }
}

Coro<> sleep_long() { co_await sleep_ms(70'000'000); }
Coro<> nested() { co_await sleep_long(); }
Coro<> nested_with_timeout() { (void)co_await wait_for(sleep_long(), std::chrono::hours{40}); }
Coro<> wait_event(Event& event) { co_await event.wait(); }
Coro<> join(Task<> task) { co_await task; }

}  // namespace

TEST_CASE("descriptor: its first bytes say what it is") {
    CHECK(std::memcmp(d.magic, "uasync\n", 7) == 0);
    CHECK(d.version == 1);
}

TEST_CASE_FIXTURE(Simulated, "descriptor: leads to every task, its state and what it waits for") {
    CHECK(loop() == nullptr);
    run([]() -> Coro<> {
        Event event;
        auto a = create_task(nested(), "a");
        auto b = create_task(nested_with_timeout());
        auto c = create_task(wait_event(event));
        auto e = create_task(join(a));
        co_await sleep_ms(1);

        const std::vector<const void*> all = tasks();
        REQUIRE(all.size() == 5);
        CHECK(at<const void*>(loop(), d.loop_current) == all[0]);
        CHECK(at<const void*>(loop(), d.loop_all_last) == all[4]);

        CHECK(state(all[1]) == WaitState::sleeping);
        const Time deadline = at<std::uint32_t>(all[1], d.task_deadline_low) |
                              static_cast<Time>(at<std::uint32_t>(all[1], d.task_deadline_high) & 0x7ffffU) << 32U;
        CHECK(deadline == 70'000'000'000U);
        CHECK(depth(all[1]) == 2);
        CHECK(std::strcmp(at<const char*>(all[1], d.task_name), "a") == 0);
        CHECK(std::strcmp(at<const char*>(all[1], d.task_waits_for), "sleep") == 0);

        CHECK(depth(all[2]) == 2);
        CHECK(state(all[3]) == WaitState::waiting);
        CHECK(at<const void*>(all[3], d.task_waited) == static_cast<const void*>(&event));
        CHECK(depth(all[3]) == 1);
        CHECK(state(all[4]) == WaitState::forwarding);
        CHECK(at<const void*>(at<const void*>(all[4], d.task_waited), d.joined_task) == all[1]);
    }());
    CHECK(loop() == nullptr);
}
