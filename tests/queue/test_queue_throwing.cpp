// Messages whose moves or comparisons throw: the exception reaches who put or got, and the queue goes on.

#include <stdexcept>
#include <utility>

#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;

namespace {

/// Throws when it is moved, or compared, as often as `fuse` says.
struct Message {
    explicit Message(int v) : value{v} {}
    Message(Message&& other) : value{other.value} { burn(); }  // NOLINT(performance-noexcept-move-constructor)
    Message& operator=(Message&& other) {                      // NOLINT(performance-noexcept-move-constructor)
        value = other.value;
        return *this;
    }
    bool operator<(const Message& other) const {
        if (value == 13) throw std::runtime_error{"compared"};
        return value < other.value;
    }
    static void burn() {
        if (fuse != 0 && --fuse == 0) throw std::runtime_error{"moved"};
    }
    static inline int fuse = 0;
    int value;
};

template <class Q>
consteval bool says_that_it_may_throw() {
    using M = typename Q::value_type;
    using Put = decltype(std::declval<Q&>().put(std::declval<M>()));
    using Get = decltype(std::declval<Q&>().get());
    return !noexcept(std::declval<Put&>().await_resume()) && !noexcept(std::declval<Q&>().put_nowait(std::declval<M>())) &&
           (std::is_nothrow_move_constructible_v<M> ||
            (!noexcept(std::declval<Get&>().await_resume()) && !noexcept(std::declval<Q&>().get_nowait()) &&
             !noexcept(std::declval<Q&>().put(std::declval<M>()))));
}
static_assert(says_that_it_may_throw<Queue<int>>());  // it allocates
static_assert(says_that_it_may_throw<LifoQueue<int>>());
static_assert(says_that_it_may_throw<PriorityQueue<int>>());
static_assert(says_that_it_may_throw<Queue<Message, 2>>());
static_assert(says_that_it_may_throw<LifoQueue<Message, 2>>());
static_assert(says_that_it_may_throw<PriorityQueue<Message, 2>>());
static_assert(!says_that_it_may_throw<Queue<int, 2>>());
static_assert(!noexcept(std::declval<Latest<Message>&>().put(Message{1})));
static_assert(!noexcept(std::declval<Channel<Message, 2>&>().send_nowait(Message{1})));
static_assert(!noexcept(std::declval<JoinableQueue<int>&>().put_nowait(1)));
struct ThrowingFunction {
    ThrowingFunction(ThrowingFunction&&) noexcept(false);
    void operator()() const;
};
static_assert(!noexcept(std::declval<Loop&>().call_soon(std::declval<ThrowingFunction>())));
template <class F>
concept Callable = requires(Loop& loop, F f) { loop.call_soon(f); };
static_assert(Callable<void (*)()> && !Callable<int>);

}  // namespace

TEST_CASE_FIXTURE(Simulated, "queue: a putter whose message throws leaves its place to the next") {
    Queue<Message, 1> queue;
    auto putter = [&](const char* name, int value) -> Coro<> {
        try {
            co_await queue.put(Message{value});
            trace(name);
        } catch (const std::runtime_error&) {
            trace("threw");
        }
    };
    auto main = [&]() -> Coro<> {
        queue.put_nowait(Message{1});
        auto a = create_task(putter("a", 2));
        auto b = create_task(putter("b", 3));
        co_await yield();
        auto first = queue.get_nowait();  // a is handed the place
        CHECK(first->value == 1);
        Message::fuse = 1;  // and its message throws on its way
        co_await a;
        Message::fuse = 0;
        co_await b;
        CHECK(queue.qsize() == 1);
        CHECK(queue.get_nowait()->value == 3);
    };
    CHECK(run(main()));
    trace.expect({"0 threw", "0 b"});
}

TEST_CASE_FIXTURE(Simulated, "queue: a getter whose message throws leaves it to the next") {
    Queue<Message, 2> queue;
    auto getter = [&](const char* name) -> Coro<> {
        try {
            const auto message = co_await queue.get();
            trace(name, message.value);
        } catch (const std::runtime_error&) {
            trace("threw");
        }
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(getter("a"));
        auto b = create_task(getter("b"));
        co_await yield();
        queue.put_nowait(Message{1});
        Message::fuse = 1;
        co_await a;
        Message::fuse = 0;
        co_await b;
        CHECK(queue.empty());
    };
    CHECK(run(main()));
    trace.expect({"0 threw", "0 b 1"});
}

TEST_CASE_FIXTURE(Simulated, "priority queue: a message that cannot be compared is not in it") {
    PriorityQueue<Message, 4> bounded;
    PriorityQueue<Message> any_number;
    const auto check = [](auto& queue) {
        queue.put_nowait(Message{2});
        CHECK_THROWS_AS(queue.put_nowait(Message{13}), std::runtime_error);
        queue.put_nowait(Message{1});
        CHECK(queue.qsize() == 2);
        CHECK(queue.get_nowait()->value == 1);
        CHECK(queue.get_nowait()->value == 2);
    };
    check(bounded);
    check(any_number);
}
