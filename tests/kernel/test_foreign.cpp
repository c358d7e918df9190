// Awaitables of other libraries inside of a coroutine of ours.

#include <coroutine>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

/// Another library's event: keeps one coroutine, and resumes it where it is set.
class ForeignEvent {
public:
    bool ready = false;
    bool refuse = false;  ///< await_suspend gives false
    bool fail = false;    ///< await_suspend throws
    int awaiters = 0;     ///< alive
    std::coroutine_handle<> waiting;

    void set() {
        ready = true;
        if (waiting) std::exchange(waiting, nullptr).resume();
    }

    struct Awaiter {
        explicit Awaiter(ForeignEvent& e) : event{e} { ++event.awaiters; }
        Awaiter(const Awaiter&) = delete;
        Awaiter& operator=(const Awaiter&) = delete;
        ~Awaiter() { --event.awaiters; }
        bool await_ready() const { return event.ready; }
        bool await_suspend(std::coroutine_handle<> handle) const {
            if (event.fail) throw std::runtime_error{"refused"};
            if (event.refuse) return false;
            event.waiting = handle;
            return true;
        }
        std::string await_resume() const { return "set"; }
        ForeignEvent& event;
    };
    Awaiter operator co_await() { return Awaiter{*this}; }
};

/// Another library's lazy coroutine, which starts its child and goes back to its parent by symmetric transfer.
template <class T>
class ForeignTask {
public:
    struct promise_type {
        ForeignTask get_return_object() { return ForeignTask{std::coroutine_handle<promise_type>::from_promise(*this)}; }
        static std::suspend_always initial_suspend() noexcept { return {}; }
        struct Final {
            static bool await_ready() noexcept { return false; }
            static std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
                return self.promise().parent;
            }
            static void await_resume() noexcept {}
        };
        static Final final_suspend() noexcept { return {}; }
        void return_value(T v) { value = v; }
        void unhandled_exception() { exception = std::current_exception(); }
        std::coroutine_handle<> parent = std::noop_coroutine();
        std::exception_ptr exception;
        T value{};
    };

    explicit ForeignTask(std::coroutine_handle<promise_type> handle) : handle_{handle} {}
    ForeignTask(ForeignTask&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
    ForeignTask& operator=(ForeignTask&&) = delete;
    ~ForeignTask() {
        if (handle_) handle_.destroy();
    }
    static bool await_ready() { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) {
        handle_.promise().parent = parent;
        return handle_;
    }
    T await_resume() {
        if (handle_.promise().exception) std::rethrow_exception(handle_.promise().exception);
        return handle_.promise().value;
    }

private:
    std::coroutine_handle<promise_type> handle_;
};

ForeignTask<int> foreign_twice(ForeignEvent& event, int x) {
    const std::string text = co_await event;
    if (x < 0) throw std::runtime_error{"negative"};
    co_return x * 2 + static_cast<int>(text.size());
}

/// Another library's awaitable whose await_suspend gives nothing.
struct ForeignYield {
    static bool await_ready() { return false; }
    static void await_suspend(std::coroutine_handle<> handle) { handle.resume(); }
    static void await_resume() {}
};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "foreign: the task goes on in its loop when the other library resumes it") {
    ForeignEvent event;
    auto waiter = [&]() -> Coro<> {
        const std::string text = co_await event;
        trace("waiter " + text);
        co_await sleep_ms(1);
        trace("waiter has slept");
    };
    auto other = [&]() -> Coro<> {
        co_await sleep_ms(5);
        event.set();
        trace("set");  // resuming does not run the waiter here and now
        co_await yield();
        trace("other");
    };
    auto main = [&]() -> Coro<> { co_await gather(waiter(), other()); };
    CHECK(run(main()));
    trace.expect({"5 set", "5 other", "5 waiter set", "6 waiter has slept"});
    CHECK(event.awaiters == 0);
}

TEST_CASE_FIXTURE(Simulated, "foreign: one that is ready, one that need not wait, and one that resumes at once") {
    ForeignEvent ready;
    ready.ready = true;
    ForeignEvent refuses;
    refuses.refuse = true;
    auto main = [&]() -> Coro<> {
        const std::string a = co_await ready;
        const std::string b = co_await refuses;
        co_await ForeignYield{};
        trace(a + b);
    };
    CHECK(run(main()));
    trace.expect({"0 setset"});
}

TEST_CASE_FIXTURE(Simulated, "foreign: coroutines of another library, with values and exceptions") {
    ForeignEvent event;
    auto main = [&]() -> Coro<> {
        const int x = co_await foreign_twice(event, 20);
        trace("value", x);
        std::string caught;
        try {
            co_await foreign_twice(event, -1);
        } catch (const std::runtime_error& e) {
            caught = e.what();
        }
        trace(caught);
        event.fail = true;
        event.ready = false;
        caught.clear();
        try {
            co_await event;
        } catch (const std::runtime_error& e) {
            caught = e.what();
        }
        trace(caught);
        co_await sleep_ms(1);
    };
    sim::at(3ms, [&] { event.set(); });
    CHECK(run(main()));
    trace.expect({"3 value 43", "3 negative", "3 refused"});
}

TEST_CASE_FIXTURE(Simulated, "foreign: a cancellation waits until the other library is done with the awaiter") {
    ForeignEvent event;
    auto waiter = [&]() -> Coro<> {
        Noted noted{trace, "unwound"};
        co_await event;
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(waiter());
        co_await sleep_ms(1);
        CHECK(task.cancel());
        CHECK(task.cancel());
        co_await sleep_ms(1);
        CHECK_FALSE(task.done());
        CHECK(event.awaiters == 1);
        event.set();
        auto r = co_await catch_cancelled(task);
        trace(outcome(r));
        CHECK(event.awaiters == 0);
    };
    CHECK(run(main()));
    trace.expect({"2 unwound", "2 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "foreign: a resumption that comes after the loop has gone does nothing") {
    ForeignEvent event;
    auto waiter = [&]() -> Coro<> {
        Noted noted{trace, "destroyed"};
        co_await event;
        trace("not reached");
    };
    EventLoop late;  // where the resumption is seen
    {
        EventLoop loop;
        loop.create_task(waiter());
        loop.stop();
        CHECK(loop.run_forever() == Error::none);
        loop.close();
    }
    event.set();
    CHECK(event.awaiters == 0);
    trace.expect({"0 destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "foreign: works inside of gather, wait_for and catch_cancelled") {
    ForeignEvent event;
    sim::at(2ms, [&] { event.set(); });
    auto first = [&]() -> Coro<std::string> { co_return co_await event; };
    auto second = [&]() -> Coro<int> { co_return co_await foreign_twice(event, 1); };
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(first(), 5ms);
        trace(outcome(r));
        event.ready = false;
        auto late = co_await wait_for(second(), 1ms);  // waits for the other library, then tells of the timeout
        trace(outcome(late));
    };
    sim::at(7ms, [&] { event.set(); });
    CHECK(run(main()));
    trace.expect({"2 set", "7 timeout"});
}

TEST_CASE_FIXTURE(Simulated, "foreign: a resumption that comes after the loop was closed does not tell whoever drove it") {
    ForeignEvent event;
    auto waiter = [&]() -> Coro<> { (void)co_await event; };
    int told = 0;
    EventLoop loop;
    loop.set_wake_hook([](void* count) { ++*static_cast<int*>(count); }, &told);
    loop.create_task(waiter());
    (void)loop.run_ready();
    loop.close();
    told = 0;
    event.set();
    CHECK(told == 0);
    CHECK(event.awaiters == 0);
}

TEST_CASE_FIXTURE(Simulated, "foreign: a task that need not wait after all is its own again") {
    ForeignEvent event;
    event.refuse = true;
    auto cancels_itself = [&]() -> Coro<> {
        Noted noted{trace, "unwound"};
        (void)co_await event;
        CHECK(current_task().cancel());
        co_await sleep_ms(5);
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(create_task(cancels_itself()));
        trace(outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"0 unwound", "0 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "foreign: a task that is unwound between the resumption and its turn leaves nothing to the loop") {
    ForeignEvent event;
    std::vector<std::vector<char>> memory;
    auto values = [&]() -> AsyncGenerator<int> {
        (void)co_await event;
        co_yield 1;
    };
    auto main = [&]() -> Coro<> {
        std::optional<AsyncGenerator<int>> generator{values()};
        auto waits = [&]() -> Coro<> {
            auto r = co_await catch_cancelled(generator->next());
            trace("waiter: " + name(r.error()));
            for (std::size_t size = 16; size <= 512; size += 16) {  // what was freed is used again
                for (int i = 0; i < 8; ++i) memory.emplace_back(size, char{0x5a});
            }
        };
        auto waiter = create_task(waits());
        co_await yield();
        event.set();
        generator.reset();
        co_await waiter;
        co_await sleep_ms(1);
        trace("main");
    };
    CHECK(run(main()));
    CHECK(event.awaiters == 0);
    trace.expect({"0 waiter: destroyed", "1 main"});
}

TEST_CASE_FIXTURE(Simulated, "foreign: a resumption that the closing loop had no turn for goes with it, and frees the wait") {
    std::weak_ptr<int> frame;
    ForeignEvent event;
    auto waiter = [&](std::shared_ptr<int> kept) -> Coro<> {
        (void)co_await event;
        trace("not reached", *kept);
    };
    {
        auto kept = std::make_shared<int>(1);
        frame = kept;
        EventLoop loop;
        loop.create_task(waiter(std::move(kept)));
        (void)loop.run_ready();
        event.set();
        loop.close();
    }
    CHECK(frame.expired());
    CHECK(event.awaiters == 0);
    trace.expect({});
}

#if defined(__GLIBC__) && !UASYNC_WATCHED_FRAMES
TEST_CASE_FIXTURE(Simulated, "foreign: a wait that was not needed leaves no memory behind") {
    ForeignEvent event;
    event.refuse = true;
    std::size_t before = 0;
    auto main = [&]() -> Coro<> {
        for (int i = 0; i < 1100; ++i) {
            if (i == 100) before = mallinfo2().uordblks;
            (void)co_await event;
        }
    };
    CHECK(run(main()));
    CHECK(mallinfo2().uordblks < before + 10'000);
}

TEST_CASE_FIXTURE(Simulated, "foreign: a resumption that the closing loop had no turn for leaves no memory behind") {
    std::size_t before = 0;
    for (int i = 0; i < 1100; ++i) {
        if (i == 100) before = mallinfo2().uordblks;
        ForeignEvent event;
        auto waiter = [&]() -> Coro<> { (void)co_await event; };
        EventLoop loop;
        loop.create_task(waiter());
        (void)loop.run_ready();
        event.set();
        loop.close();
    }
    CHECK(mallinfo2().uordblks < before + 10'000);
}
#endif
