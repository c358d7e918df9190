#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>
#include <support/stack.hpp>

using namespace uasync;
using namespace uasync::test;

namespace {

Coro<> nothing() { co_return; }
Coro<int> twice(int x) {
    co_await yield();
    co_return 2 * x;
}
Coro<int> at_once(int x) { co_return x; }

}  // namespace

TEST_CASE_FIXTURE(Simulated, "nothing runs until the coroutine is awaited") {
    auto child = [&]() -> Coro<> {
        trace("child");
        co_return;
    };
    auto main = [&]() -> Coro<> {
        auto c = child();
        trace("called");
        co_await std::move(c);
        trace("awaited");
    };
    CHECK(run(main()));
    trace.expect({"0 called", "0 child", "0 awaited"});
}

TEST_CASE_FIXTURE(Simulated, "an await gives the child's value, whether it waited or not") {
    auto main = [&]() -> Coro<int> { co_return co_await twice(20) + co_await at_once(2); };
    CHECK(run(main()) == 42);
}

TEST_CASE_FIXTURE(Simulated, "a child that finishes at once gives up no turn") {
    auto other = [&]() -> Coro<> {
        trace("other");
        co_return;
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(other());
        for (int i = 0; i < 3; ++i) trace("value", co_await at_once(i));
        co_await yield();
        trace("main");
    };
    CHECK(run(main()));
    trace.expect({"0 value 0", "0 value 1", "0 value 2", "0 other", "0 main"});
}

TEST_CASE_FIXTURE(Simulated, "a move-only value is moved out") {
    auto child = []() -> Coro<std::unique_ptr<int>> {
        co_await yield();
        co_return std::make_unique<int>(7);
    };
    auto main = [&]() -> Coro<int> {
        auto pointer = co_await child();
        co_return *pointer;
    };
    CHECK(run(main()) == 7);
}

TEST_CASE_FIXTURE(Simulated, "a value needs no default constructor, and is destroyed as often as it was made") {
    static int live = 0;
    struct Value {
        explicit Value(int x) : number{x} { ++live; }
        Value(Value&& other) noexcept : number{other.number} { ++live; }
        Value& operator=(Value&&) = delete;
        ~Value() { --live; }
        int number;
    };
    auto child = []() -> Coro<Value> {
        co_await yield();
        co_return Value{5};
    };
    auto main = [&]() -> Coro<int> {
        auto value = co_await child();
        CHECK(live == 1);
        (void)co_await child();
        CHECK(live == 1);
        co_return value.number;
    };
    CHECK(run(main()) == 5);
    CHECK(live == 0);
}

TEST_CASE_FIXTURE(Simulated, "a reference comes through as a reference") {
    int number = 1;
    auto child = [](int& x) -> Coro<int&> {
        co_await yield();
        co_return x;
    };
    auto main = [&]() -> Coro<> {
        int& same = co_await child(number);
        CHECK(&same == &number);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "parameters are moved into the frame and live as long as it does") {
    auto child = [&]([[maybe_unused]] Noted noted, std::string text) -> Coro<> {
        co_await sleep_ms(1);
        trace(text);
    };
    auto main = [&]() -> Coro<> {
        co_await child(Noted{trace, "parameter destroyed"}, std::string(100, 'x'));
        trace("after");
    };
    CHECK(run(main()));
    trace.expect({std::string{"1 "}.append(100, 'x'), "1 parameter destroyed", "1 after"});
}

TEST_CASE_FIXTURE(Simulated, "a coroutine that is never awaited frees its frame") {
    auto child = []([[maybe_unused]] Noted noted) -> Coro<> { co_return; };
    {
        auto dropped = child(Noted{trace, "parameter destroyed"});
        CHECK(frame_pool_use().in_use > in_use_before());
    }
    trace.expect({"0 parameter destroyed"});
    CHECK(frame_pool_use().in_use == in_use_before());
}

TEST_CASE_FIXTURE(Simulated, "assigning to a coroutine destroys the one that was there") {
    auto child = [&](const char* name) -> Coro<> {
        trace(name);
        co_return;
    };
    auto main = [&]() -> Coro<> {
        auto c = child("first");
        c = child("second");
        co_await std::move(c);
    };
    CHECK(run(main()));
    trace.expect({"0 second"});
}

TEST_CASE_FIXTURE(Simulated, "assigning a coroutine to itself keeps it") {
    auto main = [&]() -> Coro<int> {
        auto c = twice(4);
        auto& same = c;
        c = std::move(same);
        co_return co_await c;
    };
    CHECK(run(main()) == 8);
}

TEST_CASE_FIXTURE(Simulated, "a named coroutine can be awaited without std::move") {
    auto main = [&]() -> Coro<int> {
        Coro<int> c = twice(21);
        co_return co_await c;
    };
    CHECK(run(main()) == 42);
}

// Misuse --------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "awaiting a coroutine twice ends that task with misuse and touches no other") {
    auto other = [&]() -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            trace("other", i);
            co_await sleep_ms(1);
        }
    };
    auto careless = [&]() -> Coro<> {
        Noted noted{trace, "careless destroyed"};
        Coro<int> c = twice(1);
        trace("first", co_await c);
        trace("second", co_await c);
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(careless(), "careless");
        co_await other();
        CHECK(task.error() == Error::misuse);
    };
    CHECK(run(main()));
    trace.expect({"0 other 0", "0 first 2", "0 careless destroyed", "0 report careless: misuse", "1 other 1", "2 other 2"});
}

TEST_CASE_FIXTURE(Simulated, "awaiting a coroutine after it was moved from is misuse") {
    auto main = [&]() -> Coro<> {
        Coro<int> c = twice(1);
        Coro<int> thief = std::move(c);
        auto r = co_await catch_cancelled(std::move(c));
        trace(outcome(r));
        trace("thief", co_await thief);
    };
    CHECK(run(main()));
    trace.expect({"0 misuse", "0 thief 2"});
}

TEST_CASE_FIXTURE(Simulated, "misuse can be caught around the coroutine that did it") {
    auto careless = [&]() -> Coro<int> {
        Coro<int> c = twice(1);
        Coro<int> thief = std::move(c);
        co_return co_await c;
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(careless());
        trace(outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"0 misuse"});
}

// The order of destruction --------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a child's frame is gone when its await ends") {
    auto child = [&]() -> Coro<int> {
        Noted noted{trace, "local of the child"};
        co_await sleep_ms(1);
        co_return 1;
    };
    auto main = [&]() -> Coro<> {
        Coro<int> c = child();
        Noted after{trace, "declared after the coroutine"};
        trace("value", co_await c);
    };
    CHECK(run(main()));
    trace.expect({"1 local of the child", "1 value 1", "1 declared after the coroutine"});
}

TEST_CASE_FIXTURE(Simulated, "a cancellation destroys frames innermost first") {
    auto inner = [&]() -> Coro<> {
        Noted first{trace, "inner first"};
        Noted second{trace, "inner second"};
        co_await sleep_ms(100);
        trace("not reached");
    };
    auto middle = [&]() -> Coro<> {
        Noted local{trace, "middle"};
        co_await inner();
        trace("not reached");
    };
    auto outer = [&]([[maybe_unused]] Noted noted) -> Coro<> {
        Noted local{trace, "outer"};
        co_await middle();
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(outer(Noted{trace, "parameter of outer"}));
        co_await sleep_ms(1);
        task.cancel();
        co_await yield();
        CHECK(task.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"1 inner second", "1 inner first", "1 middle", "1 outer", "1 parameter of outer"});
}

TEST_CASE_FIXTURE(Simulated, "a cancellation destroys a named child before the variables around it") {
    auto inner = [&]() -> Coro<> {
        Noted local{trace, "inner"};
        co_await sleep_ms(100);
    };
    auto middle = [&]() -> Coro<> {
        Noted before{trace, "middle before"};
        Coro<> c = inner();
        Noted after{trace, "middle after"};
        co_await c;
    };
    auto outer = [&]() -> Coro<> {
        Coro<> c = middle();
        Noted after{trace, "outer after"};
        co_await c;
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(outer());
        co_await sleep_ms(1);
        task.cancel();
        co_await yield();
    };
    CHECK(run(main()));
    trace.expect({"1 inner", "1 middle after", "1 middle before", "1 outer after"});
}

// Exceptions ----------------------------------------------------------------------------------------------------------------------

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "an exception comes out of co_await, and destroys frames innermost first") {
    auto inner = [&](bool waits) -> Coro<int> {
        Noted local{trace, "inner"};
        if (waits) co_await sleep_ms(1);
        throw std::runtime_error{"broken"};
    };
    auto middle = [&](bool waits) -> Coro<int> {
        Noted local{trace, "middle"};
        co_return co_await inner(waits);
    };
    auto main = [&]() -> Coro<> {
        for (const bool waits : {false, true}) {
            try {
                co_await middle(waits);
                trace("not reached");
            } catch (const std::runtime_error& e) {
                trace(e.what());
            }
        }
    };
    CHECK(run(main()));
    trace.expect({"0 inner", "0 middle", "0 broken", "1 inner", "1 middle", "1 broken"});
}

TEST_CASE_FIXTURE(Simulated, "what keeps an exception goes back to the pool with the frame that it left") {
    auto throws = [&](bool waits) -> Coro<int> {
        if (waits) co_await sleep_ms(1);
        throw std::runtime_error{"broken"};
    };
    auto main = [&]() -> Coro<> {
        for (const bool waits : {false, true}) {
            try {
                co_await throws(waits);
            } catch (const std::runtime_error&) {
                trace("child");
            }
            auto task = create_task(throws(waits));
            for (int awaited = 0; awaited < 2; ++awaited) {
                try {
                    co_await task;
                } catch (const std::runtime_error& e) {
                    trace(e.what());
                }
            }
        }
    };
    const std::size_t before = frame_pool_use().in_use;
    CHECK(run(main()));
    CHECK(frame_pool_use().in_use == before);
    trace.expect({"0 child", "0 broken", "0 broken", "1 child", "2 broken", "2 broken"});
}

TEST_CASE_FIXTURE(Simulated, "an exception may be caught half-way and the coroutine go on, awaiting") {
    auto inner = [&]() -> Coro<> {
        co_await yield();
        throw 7;
    };
    auto middle = [&]() -> Coro<int> {
        int caught = 0;
        try {
            co_await inner();
        } catch (int number) {
            caught = number;
        }
        co_await sleep_ms(1);
        co_return caught;
    };
    auto main = [&]() -> Coro<> { trace("caught", co_await middle()); };
    CHECK(run(main()));
    trace.expect({"1 caught 7"});
}
#endif

// Stack ---------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "100,000 awaits of children that wait use no more stack than one") {
    StackExtent stack;
    auto child = [&](int i) -> Coro<int> {
        if (i % 2 == 0) co_await yield();
        stack.look();
        co_return 1;
    };
    auto main = [&]() -> Coro<int> {
        int sum = 0;
        for (int i = 0; i < 100'000; ++i) {
            sum += co_await child(i);
            stack.look();
        }
        co_return sum;
    };
    CHECK(run(main()) == 100'000);
    CHECK(stack.bytes() < 4096);
}

TEST_CASE_FIXTURE(Simulated, "100,000 awaits of children that finish at once use no more stack than one") {
    StackExtent stack;
    auto child = [&]() -> Coro<int> {
        stack.look();
        co_return 1;
    };
    auto main = [&]() -> Coro<int> {
        int sum = 0;
        for (int i = 0; i < 100'000; ++i) sum += co_await child();
        co_return sum;
    };
    CHECK(run(main()) == 100'000);
    CHECK(stack.bytes() < 4096);
}

namespace {

Coro<int> descend(int depth, bool waits, StackExtent& stack) {
    stack.look();
    int sum = 1;
    if (depth > 0) {
        sum += co_await descend(depth - 1, waits, stack);
    } else if (waits) {
        co_await yield();
    }
    stack.look();
    co_return sum;
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "recursion uses stack in proportion to its depth, however often it is repeated") {
    for (const bool waits : {false, true}) {
        CAPTURE(waits);
        StackExtent shallow;
        StackExtent deep;
        StackExtent repeated;
        auto main = [&]() -> Coro<> {
            const int once = co_await descend(200, waits, shallow);
            CHECK(once == 201);
            const int further = co_await descend(1000, waits, deep);
            CHECK(further == 1001);
        };
        auto repeat = [&]() -> Coro<> {
            for (int i = 0; i < 500; ++i) co_await descend(200, waits, repeated);
        };
        CHECK(run(main()));
        CHECK(run(repeat()));
        CHECK(deep.bytes() < 6 * shallow.bytes());
        CHECK(repeated.bytes() <= 2 * shallow.bytes() + 1024);  // the ends of one descent below the start of the next
    }
}

// What GCC 12 compiles wrongly, in the form that it compiles rightly ----------------------------------------------------------------

namespace {

/// Counts its lives, and notices a second destruction.
class Counted {
public:
    explicit Counted(int value) : value_{value} { ++live; }
    Counted(const Counted& other) : value_{other.value_} { ++live; }
    Counted& operator=(const Counted&) = default;
    ~Counted() {
        CHECK(alive_);
        alive_ = false;
        --live;
    }
    int value() const { return value_; }

    static inline int live = 0;

private:
    int value_;
    bool alive_ = true;
};

struct Pair {
    Pair(Counted a, Counted b) : first{a}, second{b} {}
    Counted first;
    Counted second;
};

Coro<bool> is_even(int x) {
    co_await yield();
    co_return x % 2 == 0;
}
Coro<Counted> counted(int x) {
    co_await yield();
    co_return Counted{x};
}
Coro<int> sum(Pair pair) {
    co_await yield();
    co_return pair.first.value() + pair.second.value();
}
Coro<int> length(std::vector<int> list) {
    co_await yield();
    co_return static_cast<int>(list.size());
}

// No other local variable than the condition: that is the point.
Coro<int> named_condition() {
    const bool even = co_await is_even(2);
    if (even) co_return 1;
    co_return 2;
}

Coro<int> named_condition_of_a_loop() {
    int rounds = 0;
    while (true) {
        const bool even = co_await is_even(rounds);
        if (!even) break;
        ++rounds;
    }
    co_return rounds;
}

Coro<int> parameter_with_constructor() { co_return co_await sum(Pair{Counted{3}, Counted{4}}); }

Coro<int> branches_instead_of_a_conditional(bool choice) {
    if (choice) {
        const Counted x = co_await counted(1);
        co_return x.value();
    } else {
        const Counted x{7};
        co_await yield();
        co_return x.value();
    }
}

Coro<int> awaits_in_a_constructor_call() {
    const Pair pair(co_await counted(5), co_await counted(6));
    co_return pair.first.value() * pair.second.value();
}

Coro<int> named_closure() {
    auto closure = [c = Counted{7}]() -> Coro<int> {
        co_await yield();
        co_return c.value();
    };
    co_return co_await closure();
}

Coro<int> named_list() {
    const std::vector<int> list{1, 2, 3};
    co_return co_await length(list);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "the forms that GCC 12 compiles rightly work") {
    auto main = [&]() -> Coro<> {
        trace("condition", co_await named_condition());
        trace("condition of a loop", co_await named_condition_of_a_loop());
        trace("parameter", co_await parameter_with_constructor());
        trace("first branch", co_await branches_instead_of_a_conditional(true));
        trace("second branch", co_await branches_instead_of_a_conditional(false));
        trace("constructor call", co_await awaits_in_a_constructor_call());
        trace("closure", co_await named_closure());
        trace("list", co_await named_list());
    };
    CHECK(run(main()));
    CHECK(Counted::live == 0);
    trace.expect({"0 condition 1", "0 condition of a loop 1", "0 parameter 7", "0 first branch 1", "0 second branch 7",
                  "0 constructor call 30", "0 closure 7", "0 list 3"});
}

TEST_CASE_FIXTURE(Simulated, "the library's own awaitables carry objects without destroying them twice") {
    auto main = [&]() -> Coro<> {
        auto caught = co_await catch_cancelled(counted(1));
        CHECK(caught->value() == 1);
        auto task = create_task(counted(2));
        const Counted& kept = co_await task;
        CHECK(kept.value() == 2);
        const Counted moved = co_await create_task(counted(3));
        CHECK(moved.value() == 3);
        auto of_task = co_await catch_cancelled(create_task(counted(4)));
        CHECK(of_task->value() == 4);
        for (const int i : std::array{5, 6}) {
            const Counted each = co_await counted(i);
            CHECK(each.value() == i);
        }
    };
    CHECK(run(main()));
    CHECK(Counted::live == 0);
}

TEST_CASE_FIXTURE(Simulated, "a member coroutine, a template and a pack work") {
    struct Sensor {
        int offset;
        Coro<int> read(int x) const {
            co_await yield();
            co_return x + offset;
        }
    };
    auto add = [](auto... numbers) -> Coro<int> {
        co_await yield();
        co_return (numbers + ...);
    };
    auto main = [&]() -> Coro<> {
        const Sensor sensor{10};
        trace("member", co_await sensor.read(5));
        trace("pack", co_await add(1, 2, short{3}));
        co_await nothing();
    };
    CHECK(run(main()));
    trace.expect({"0 member 15", "0 pack 6"});
}
