// What kernel/assumptions.hpp relies on, held on whatever compiler builds this.

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;

namespace {

Coro<> gives_nothing() { co_await yield(); }
Coro<int> gives_an_int(int x) {
    std::array<char, 100> much{};
    co_await yield();
    co_return x + much[3];
}
Coro<std::string> gives_a_string(std::string text) {
    co_await yield();
    co_return text;
}
int global = 0;
Coro<int&> gives_a_reference() {
    co_await yield();
    co_return global;
}
AsyncGenerator<int> generates() { co_yield 1; }

/// The words that a frame begins with.
std::array<std::uintptr_t, 2> head(void* frame) {
    std::array<std::uintptr_t, 2> words{};
    std::memcpy(words.data(), frame, sizeof words);
    return words;
}

/// Awaits and looks at the frame that it is given.
template <class Look>
struct Looks {
    explicit Looks(Look f) : look{f} {}
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> frame) {
        look(frame);
        return false;
    }
    void await_resume() const noexcept {}
    Look look;
};

template <class P>
std::size_t offset_of_promise(std::coroutine_handle<P> frame) {
    return static_cast<std::size_t>(reinterpret_cast<std::byte*>(&frame.promise()) - static_cast<std::byte*>(frame.address()));
}

template <class C>
void check_frame(C coroutine) {
    using Promise = typename C::promise_type;
    void* address = coroutine.release();
    REQUIRE(detail::is_frame(address));
    const auto typed = std::coroutine_handle<Promise>::from_address(address);
    CHECK(offset_of_promise(typed) == detail::promise_offset);
    CHECK(static_cast<void*>(&detail::promise_at<detail::PromiseBase>(typed)) == static_cast<void*>(&typed.promise()));
    CHECK(static_cast<void*>(static_cast<detail::PromiseBase*>(&typed.promise())) == static_cast<void*>(&typed.promise()));
    CHECK(head(address)[0] != 0);  // suspended: it can be resumed
    CHECK(head(address)[1] != 0);
    C owner{address};
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "assumptions: every frame begins with two pointers, and the promise comes next, its base first") {
    check_frame(gives_nothing());
    check_frame(gives_an_int(1));
    check_frame(gives_a_string("a text that is too long for the string itself to hold"));
    check_frame(gives_a_reference());
}

TEST_CASE_FIXTURE(Simulated, "assumptions: what resumes a coroutine is the first pointer in its frame, the second destroys it") {
    struct Forged : detail::ForgedFrame {
        Forged()
            : ForgedFrame{[](ForgedFrame* self) { ++static_cast<Forged*>(self)->resumed; },
                          [](ForgedFrame* self) { ++static_cast<Forged*>(self)->destroyed; }} {}
        int resumed = 0;
        int destroyed = 0;
    };
    Forged forged;
    forged.handle().resume();
    detail::resume(forged.handle());
    CHECK(forged.resumed == 2);
    CHECK(forged.destroyed == 0);
    CHECK_FALSE(forged.handle().done());
    forged.handle().destroy();
    CHECK(forged.destroyed == 1);
}

TEST_CASE_FIXTURE(Simulated, "assumptions: a frame may go in the await_suspend of its final suspension") {
    // A task without a handle frees its frame there, in the loop's `finish`.
    auto ends = [&]() -> Coro<> {
        Noted noted{trace, "ended"};
        co_await yield();
    };
    auto main = [&]() -> Coro<> {
        for (int i = 0; i < 3; ++i) (void)create_task(ends());
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"0 ended", "0 ended", "0 ended"});
}

TEST_CASE_FIXTURE(Simulated, "assumptions: a generator's frame is like the others") {
    auto values = generates();
    auto main = [&]() -> Coro<> {
        auto value = co_await values.next();
        CHECK(value == 1);
    };
    CHECK(run(main()));
}

TEST_CASE("assumptions: a task's handles are in the byte before its state, and nothing else of it changes with them") {
    for (const bool full : {false, true}) {
        TaskState task;
        task.set_deadline(full ? never : 0);
        task.cancel_requested = full ? 1 : 0;
        task.set_state(WaitState::done, Error::timeout);
        const auto others_stand = [&] {
            return task.deadline() == (full ? never : 0) && task.cancel_requested == (full ? 1U : 0U) &&
                   task.state() == WaitState::done && task.error() == Error::timeout;
        };
        for (unsigned count = 1; count <= 15; ++count) {
            task.add_handle();
            CHECK(unsigned{task.handles} == count);
            CHECK(others_stand());
        }
        for (unsigned left = 15; left-- > 0;) {
            CHECK(task.remove_handle() == (left != 0));
            CHECK(unsigned{task.handles} == left);
            CHECK(others_stand());
        }
    }
}
