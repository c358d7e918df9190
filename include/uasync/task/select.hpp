#pragma once

#include <array>
#include <span>
#include <tuple>
#include <variant>

#include <uasync/kernel/task_watch.hpp>

namespace uasync {

namespace detail {

/// What is common to all selects.
class Select : CancelHook {
public:
    struct Arm : TaskWatch {
        Arm() noexcept;
        Select* owner = nullptr;
    };

    Select() noexcept : CancelHook{&functions_of_select} {}
    Select(const Select&) noexcept : Select{} {}
    Select& operator=(const Select&) = delete;

protected:
    ~Select() = default;
    bool start(std::span<Arm> arms, Frame waiter) noexcept;
    static void leave(std::span<Arm> arms) noexcept;
    /// The winner. Passes on a cancellation that came too late for this select.
    std::size_t resumed() noexcept;

private:
    void arm_done(Arm& arm) noexcept;
    void cancel_arms() noexcept;
    void end() noexcept;

    static const Functions functions_of_select;

    std::span<Arm> arms_;
    Arm* winner_ = nullptr;
    TaskState* waiter_ = nullptr;
    std::size_t running_ = 0;
    bool ending_ = false;     ///< the arms that had not ended have been cancelled
    bool cancelled_ = false;  ///< the waiter was cancelled
};

template <class... T>
class SelectAwaiter : Select {
public:
    explicit SelectAwaiter(Task<T>... tasks) noexcept : tasks_{std::move(tasks)...} {}
    SelectAwaiter(SelectAwaiter&& unstarted) noexcept : Select{unstarted}, tasks_{std::move(unstarted.tasks_)} {}
    SelectAwaiter& operator=(SelectAwaiter&&) = delete;
    ~SelectAwaiter() { leave(arms_); }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame waiter) noexcept {
        std::size_t i = 0;
        std::apply([&](const auto&... task) { ((arms_[i++].task = TaskAccess::state(task)), ...); }, tasks_);
        return start(arms_, waiter);
    }
    std::variant<NonVoid<T>...> await_resume() { return value_of(resumed(), std::index_sequence_for<T...>{}); }

private:
    template <std::size_t... I>
    std::variant<NonVoid<T>...> value_of(std::size_t winner, std::index_sequence<I...>) {
        using Value = std::variant<NonVoid<T>...>;
        using Take = Value (*)(TaskState&);
        static constexpr Take take[]{[](TaskState& task) { return Value{std::in_place_index<I>, take_value<T>(task)}; }...};
        return take[winner](*arms_[winner].task);
    }

    std::tuple<Task<T>...> tasks_;
    std::array<Arm, sizeof...(T)> arms_;
};

/// Which one won, and its value.
template <class T>
struct Winner {
    std::size_t index;
    T value;
};

template <class T, std::size_t N>
class RaceAwaiter : Select {
public:
    explicit RaceAwaiter(std::array<Task<T>, N> tasks) noexcept : tasks_{std::move(tasks)} {}
    RaceAwaiter(RaceAwaiter&& unstarted) noexcept : Select{unstarted}, tasks_{std::move(unstarted.tasks_)} {}
    RaceAwaiter& operator=(RaceAwaiter&&) = delete;
    ~RaceAwaiter() { leave(arms_); }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame waiter) noexcept {
        for (std::size_t i = 0; i < N; ++i) arms_[i].task = TaskAccess::state(tasks_[i]);
        return start(arms_, waiter);
    }
    Winner<NonVoid<T>> await_resume() {
        const std::size_t winner = resumed();
        return {winner, take_value<T>(*arms_[winner].task)};
    }

private:
    std::array<Task<T>, N> tasks_;
    std::array<Arm, N> arms_;
};

template <class T, std::size_t N, class A, std::size_t... I>
RaceAwaiter<T, N> race_arms(std::array<A, N>& arms, std::index_sequence<I...>) {
    return RaceAwaiter<T, N>{std::array<Task<T>, N>{as_task(std::move(arms[I]))...}};
}

}  // namespace detail

/// Awaits several things at the same time and continues with the first; the others are cancelled.
///
/// It ends when the losers have ended too, so what a loser had taken is not lost: it gives it back, as every
/// cancelled await does.
///
/// @par Use it for
/// Whatever comes first: a message, a button, a time limit.
/// @par Instead use
/// wait_for() for a time limit alone; wait() to leave the others running; WaitAny for events, without a task each;
/// gather() for all results; race() for an array.
/// @par Cost
/// A task each; on a 32-bit board 28 bytes of the awaiting frame and 40 for each.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// All are cancelled once, and the cancellation passes on when they have ended; a further cancellation does not cut
/// their clean-up short. If one had won before, its value is given, and the cancellation takes effect at the next
/// await (one by a time limit only if that await is still under the limit). Only a cancellation at the moment the
/// waiter is about to continue drops the value.
/// @par Fairness
/// They start in the order of the arguments. Of several that are ready at once, the first argument wins.
/// @par Errors
/// If the winner fails, is cancelled or throws, so does the waiter. The value of a loser that catches its
/// cancellation is dropped; a loser that fails in its clean-up is reported unless the program has a handle of it.
/// Selecting oneself is Error::misuse.
/// @tparam A the arguments' types
/// @param awaitables tasks, coroutines or other awaitables; all but tasks are started as tasks at once
/// @return an awaitable; `co_await` gives a `std::variant` whose `index()` says which argument won; a `void` result
///   becomes `std::monostate`, and a value is copied if it can be copied and its task has other handles
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> sends(Queue<int, 4>& queue) {
///     co_await sleep_ms(30);
///     co_await queue.put(7);
/// }
/// Coro<int> runner(int ms) {
///     co_await sleep_ms(ms);
///     co_return ms;
/// }
///
/// Coro<> async_main() {
///     Queue<int, 4> left;
///     Queue<int, 4> right;
///     create_task(sends(right));
///     for (int i = 0; i < 2; ++i) {
///         auto first = co_await select(left.get(), right.get(), sleep_ms(50));
///         switch (first.index()) {
///             case 0: print("left: {}\n", std::get<0>(first)); break;
///             case 1: print("right: {} at {} ms\n", std::get<1>(first), ticks_ms()); break;
///             default: print("nothing by {} ms\n", ticks_ms());
///         }
///     }
///     std::array runners{runner(30), runner(10), runner(20)};
///     auto [index, value] = co_await race(std::move(runners));
///     print("runner {} won in {} ms\n", index, value);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// right: 7 at 30 ms
/// nothing by 80 ms
/// runner 1 won in 10 ms
/// @endcode
template <detail::ForTask... A>
    requires(sizeof...(A) != 0)
[[nodiscard("co_await it")]] auto select(A&&... awaitables) {
    return detail::SelectAwaiter{detail::as_task(std::forward<A>(awaitables))...};  // braces: from left to right
}

/// select() for an array of coroutines or tasks of one type:
/// `auto [index, value] = co_await race(std::move(arms));`
/// @par When cancelled
/// As select().
/// @tparam A the elements' type
/// @tparam N the number of elements, at least one
/// @param arms the coroutines or tasks
/// @return an awaitable; `co_await` gives a structure of `index`, which says which element won, and its `value`
template <detail::ForTask A, std::size_t N>
    requires(N != 0)
[[nodiscard("co_await it")]] auto race(std::array<A, N> arms) {
    return detail::race_arms<detail::TaskResult<A>>(arms, std::make_index_sequence<N>{});
}

UASYNC_WAITS_FOR(SelectAwaiter, "select");
UASYNC_WAITS_FOR(RaceAwaiter, "race");
UASYNC_WAITS_FOR(Select::functions_of_select, "select");

}  // namespace uasync
