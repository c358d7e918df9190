#pragma once
// select(a, b, ...): awaits several things and goes on with the first; the others are cancelled.
//
//     auto first = co_await select(queue.get(), button.wait_for_falling_edge(), sleep_ms(1000));
//     if (first.index() == 0) print("message {}\n", std::get<0>(first));
//
// `race(array)` is the same for a std::array of coroutines or tasks of one type: it gives an index and a value.
//
// Each argument is any awaitable: a coroutine or a primitive's operation, which becomes a task at once, or a task. The result is a
// std::variant: `index()` says who won; a `void` gives std::monostate. In the moment in which one has ended the others are
// cancelled, and select ends when they have ended too; so nothing that a loser had taken is lost: it gives it back, as cancelled
// awaits do. They are cancelled once: whatever cancels the select again does not cut their clean-up short. (A loser that catches
// its cancellation and ends with a value has decided otherwise; its value is dropped. One that fails in its clean-up is reported,
// unless the program has a handle of it.) A winner that fails or throws has the waiter fail in the same way. A value that can be copied is copied out of a task that has other handles.
// Neighbours: `wait_for` for a timeout alone; `wait` to leave the others running; WaitAny for Events without a task each.
// Cost: a task each, 28 bytes of the awaiting frame and 40 for each. Not ISR-safe. Cancel-safe: all are cancelled, and the
// cancellation goes on when they have ended. If one had won before, its value is given, and the cancellation takes effect at the
// next await that waits, that by a timeout only if that is still within what it limits. Only a cancellation in the very moment in
// which the waiter is about to go on drops the value.

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
    /// Who won. A cancellation that came too late for this select is passed on.
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

/// Who won, and with what.
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

template <detail::ForTask... A>
    requires(sizeof...(A) != 0)
[[nodiscard("co_await it")]] auto select(A&&... awaitables) {
    return detail::SelectAwaiter{detail::as_task(std::forward<A>(awaitables))...};  // braces: from left to right
}

/// For coroutines or tasks of one type: `auto [index, value] = co_await race(std::move(arms));`
template <detail::ForTask A, std::size_t N>
    requires(N != 0)
[[nodiscard("co_await it")]] auto race(std::array<A, N> arms) {
    return detail::race_arms<detail::TaskResult<A>>(arms, std::make_index_sequence<N>{});
}

}  // namespace uasync
