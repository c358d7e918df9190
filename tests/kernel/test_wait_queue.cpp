// WaitQueue, by way of a primitive as an author would write it: a baton that one task at a time is handed.

#include <array>
#include <memory>
#include <string>
#include <new>
#include <utility>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using uasync::test::cancelled;
using uasync::test::destroyed;
using uasync::test::Noted;
using uasync::test::Simulated;
using uasync::test::Trace;
using uasync::test::was_destroyed;

namespace {

class Baton {
public:
    Baton() noexcept = default;
    Baton(const Baton&) = delete;
    Baton& operator=(const Baton&) = delete;
    ~Baton() { waiters_.release(); }

    /// False if nobody waits.
    bool hand_over() noexcept {
        if (waiters_.empty()) return false;
        waiters_.hand_one();
        return true;
    }

    class Awaiter {
    public:
        explicit Awaiter(Baton& baton) noexcept : baton_{baton} {}
        ~Awaiter() {
            if (suspended_ && baton_.waiters_.handed_to_current() && !baton_.hand_over()) ++baton_.dropped;
        }
        bool await_ready() const noexcept { return false; }
        void await_suspend(Frame self) noexcept {
            suspended_ = true;
            baton_.waiters_.suspend(self, "Baton::wait");
        }
        void await_resume() noexcept {
            baton_.waiters_.taken();
            suspended_ = false;
        }

    private:
        Baton& baton_;
        bool suspended_ = false;
    };
    Awaiter wait() noexcept { return Awaiter{*this}; }

    int dropped = 0;

private:
    WaitQueue waiters_;
};

/// The free block of the frame pool that an address lies in.
class Reused {
public:
    explicit Reused(const void* address) {
        const auto wanted = reinterpret_cast<std::uintptr_t>(address);
        for (bytes_ = 16; bytes_ <= 1024; bytes_ += 16) {
            block_ = detail::allocate_frame(bytes_);
            const auto begin = reinterpret_cast<std::uintptr_t>(block_);
            if (begin <= wanted && wanted + sizeof(Lock) <= begin + bytes_) return;
            detail::free_frame(std::exchange(block_, nullptr), bytes_);
        }
    }
    Reused(const Reused&) = delete;
    Reused& operator=(const Reused&) = delete;
    ~Reused() {
        if (found()) detail::free_frame(block_, bytes_);
    }
    bool found() const { return block_ != nullptr; }

private:
    void* block_ = nullptr;
    std::size_t bytes_ = 0;
};

Coro<> waits(Trace& trace, Baton& baton, int id) {
    const Noted end{trace, "end " + std::to_string(id)};
    co_await baton.wait();
    trace("has it", id);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "WaitQueue: WaitList keeps the order of arrival, whoever leaves") {
    for (unsigned leaving = 0; leaving < 1U << 5; ++leaving) {
        std::array<WaitNode, 5> nodes;
        WaitList list;
        CHECK(list.empty());
        CHECK(list.pop_front() == nullptr);
        for (WaitNode& node : nodes) list.push_back(node);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if ((leaving >> i & 1U) != 0) list.remove(nodes[i]);
        }
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if ((leaving >> i & 1U) == 0) {
                CHECK(list.front() == &nodes[i]);
                CHECK(list.pop_front() == &nodes[i]);
            }
        }
        CHECK(list.empty());
        list.push_back(nodes[3]);
        CHECK(list.front() == &nodes[3]);
        CHECK(list.pop_front() == &nodes[3]);
        CHECK(list.empty());
    }
}

TEST_CASE_FIXTURE(Simulated, "WaitQueue: who was cancelled while waiting had nothing to give back; who was handed it had") {
    auto body = [&]() -> Coro<> {
        Baton baton;
        auto first = create_task(waits(trace, baton, 1));
        auto second = create_task(waits(trace, baton, 2));
        auto third = create_task(waits(trace, baton, 3));
        co_await sleep_ms(1);
        CHECK(second.cancel());
        CHECK(baton.hand_over());
        CHECK(first.cancel());
        co_await third;
        CHECK(baton.dropped == 0);
        CHECK_FALSE(baton.hand_over());
        auto fourth = create_task(waits(trace, baton, 4));
        co_await sleep_ms(1);
        CHECK(baton.hand_over());
        CHECK(fourth.cancel());
        auto result = co_await catch_cancelled(fourth);
        CHECK(result == cancelled);
        CHECK(baton.dropped == 1);
    };
    CHECK(run(body()));
    trace.expect({"1 end 2", "1 end 1", "1 has it 3", "1 end 3", "2 end 4"});
}

TEST_CASE_FIXTURE(Simulated, "WaitQueue: their destruction ends those who wait and those who were handed something") {
    auto body = [&]() -> Coro<> {
        auto baton = std::make_unique<Baton>();
        auto first = create_task(waits(trace, *baton, 1));
        auto second = create_task(waits(trace, *baton, 2));
        auto third = create_task(waits(trace, *baton, 3), "third");
        auto fourth = create_task(waits(trace, *baton, 4));
        co_await sleep_ms(1);
        CHECK(baton->hand_over());
        CHECK(baton->hand_over());
        CHECK(second.cancel());
        CHECK(fourth.cancel());
        baton.reset();
        trace("destroyed");
        auto r1 = co_await catch_cancelled(first);
        auto r2 = co_await catch_cancelled(second);
        auto r3 = co_await catch_cancelled(third);
        auto r4 = co_await catch_cancelled(fourth);
        CHECK(r1 == destroyed);
        CHECK(r2 == cancelled);
        CHECK(r3 == destroyed);
        CHECK(r4 == cancelled);
    };
    CHECK(run(body()));
    trace.expect({"1 destroyed", "1 end 1", "1 end 2", "1 end 4", "1 end 3"});
}

TEST_CASE_FIXTURE(Simulated, "WaitQueue: a waiter is destroyed by a frame that destroys the primitive as well") {
    auto owns = [&]() -> Coro<> {
        Baton baton;
        co_await baton.wait();
    };
    auto body = [&]() -> Coro<> {
        auto task = create_task(owns());
        co_await sleep_ms(1);
        task.cancel();
        auto result = co_await catch_cancelled(task);
        CHECK(result == cancelled);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "WaitQueue: a task that was handed something, took it and is ready again is no longer the primitive's") {
    auto goes_on = [&](Baton& baton) -> Coro<> {
        co_await baton.wait();
        trace("has it");
        for (int i = 0; i < 4; ++i) co_await yield();
        trace("goes on");
    };
    auto body = [&]() -> Coro<> {
        auto baton = std::make_unique<Baton>();
        auto task = create_task(goes_on(*baton));
        co_await yield();
        CHECK(baton->hand_over());
        co_await yield();
        co_await yield();
        baton.reset();
        co_await task;
    };
    CHECK(run(body()));
    trace.expect({"0 has it", "0 goes on"});
}

// What a task remembers of its last wait must not be taken for a wait for something else that has come to live at the same address.
TEST_CASE_FIXTURE(Simulated, "WaitQueue: a ready task is not mistaken for a waiter of what now lives where it waited before") {
    alignas(std::max_align_t) std::array<std::byte, 64> place{};
    auto waited = [&](Event& event) -> Coro<> {
        co_await event.wait();
        trace("woken");
        for (int i = 0; i < 6; ++i) co_await yield();
        trace("goes on");
    };
    auto victim = [&](Lock& lock) -> Coro<> {
        co_await lock.acquire();
        trace("never");
    };
    auto body = [&]() -> Coro<> {
        static_assert(sizeof(Event) <= 64 && sizeof(Lock) <= 64);
        auto* event = new (place.data()) Event;
        auto task = create_task(waited(*event));
        co_await yield();
        event->set();
        co_await yield();
        event->~Event();

        auto* lock = new (place.data()) Lock;
        co_await lock->acquire();
        auto handed = create_task(victim(*lock));
        co_await yield();
        CHECK(lock->release());
        lock->~Lock();  // ends the victim only
        auto result = co_await catch_cancelled(handed);
        CHECK(result == destroyed);
        auto other = co_await catch_cancelled(task);
        CHECK(other == Result<void>{});
    };
    CHECK(run(body()));
    trace.expect({"0 woken", "0 goes on"});
}

TEST_CASE_FIXTURE(Simulated, "WaitQueue: a ready task is not mistaken for a waiter of what now lives where its awaiter was") {
    void* where = nullptr;  // of the place that the task remembers, in a frame that is freed afterwards
    const Pin pin{3, Pin::in};
    auto child = [&]() -> Coro<> { co_await sleep_ms(1); };
    auto nested = [&](int kind) -> Coro<> {
        auto task = create_task(child());
        if (kind == 0) co_await task;
        if (kind == 1) (void)co_await gather(task, child());
        if (kind == 2) co_await pin.wait_for_rising_edge();
    };
    auto waited = [&](int kind) -> Coro<> {
        co_await nested(kind);
        trace("woken");
        for (int i = 0; i < 6; ++i) co_await yield();
        trace("goes on");
    };
    auto victim = [&](Lock& lock) -> Coro<> { co_await lock.acquire(); };

    for (int kind = 0; kind < 3; ++kind) {
        trace.clear();
        sim::reset();
        sim::at(std::chrono::milliseconds{1}, [] { sim::drive(3, true); });
        auto body = [&]() -> Coro<> {
            auto task = create_task(waited(kind));
            co_await yield();
            where = detail::current_loop().first_task()->all_next->list;
            while (trace.lines().empty()) co_await sleep(std::chrono::microseconds{100});

            const Reused block{where};
            if (!block.found()) co_return;  // the sanitizer's heap does not give it back
            auto* lock = new (where) Lock;
            co_await lock->acquire();
            auto handed = create_task(victim(*lock));
            co_await yield();
            CHECK(lock->release());
            lock->~Lock();
            auto result = co_await catch_cancelled(handed);
            CHECK(result == destroyed);
            auto other = co_await catch_cancelled(task);
            CHECK(other == Result<void>{});
        };
        CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "what a cancelled task was handed is given back once, also if the primitive goes with the task's frame") {
    Baton* baton = nullptr;
    auto owns = [&]() -> Coro<> {
        Baton own;
        baton = &own;
        co_await own.wait();
    };
    auto waits = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(owns());
        trace(r == cancelled ? "cancelled" : "something else");
        co_await yield();
        trace("goes on");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(waits());
        co_await yield();
        CHECK(baton->hand_over());
        CHECK(task.cancel());
        co_await task;
    };
    CHECK(run(main()));
    trace.expect({"0 cancelled", "0 goes on"});
}
