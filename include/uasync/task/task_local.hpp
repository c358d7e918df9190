#pragma once

#include <utility>

#include <uasync/kernel/loop.hpp>

namespace uasync {

/// A variable that has its own value in each task.
///
/// Everything that the task calls and awaits sees the value; no other task does. Scopes nest: the innermost of the
/// running task counts. A task that is created starts with the default; pass it the value and set it there (asyncio
/// copies the context instead).
///
/// @par Use it for
/// What everything in a task needs to know without being told by each caller: the number of a request, a log
/// prefix.
/// @par Instead use
/// A parameter where the path is short, a global variable if all tasks share the value.
/// @par Cost
/// On a 32-bit board the value and 3 words in the frame that sets it, the default and 1 word in the variable; no
/// allocation.
/// @par From an interrupt
/// Not allowed. Threads that run loops need one each (`thread_local`).
/// @par When cancelled
/// The scope ends with its block.
/// @par Errors
/// None. It must outlive its scopes.
/// @par Source
/// `contextvars.ContextVar`
/// @tparam T the value's type
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// TaskLocal<int> request{0};
///
/// void log(const char* text) { print("{} ms, request {}: {}\n", ticks_ms(), request.get(), text); }
///
/// Coro<> reply(int ms) {
///     co_await sleep_ms(ms);
///     log("replied");
/// }
/// Coro<> handle(int id, int ms) {
///     auto scope = request.set(id);  // in this task, until the end of the block
///     log("begins");
///     co_await reply(ms);
/// }
///
/// Coro<> async_main() {
///     co_await gather(handle(1, 20), handle(2, 10));
///     log("all done");
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 0 ms, request 1: begins
/// 0 ms, request 2: begins
/// 10 ms, request 2: replied
/// 20 ms, request 1: replied
/// 20 ms, request 0: all done
/// @endcode
template <class T>
class TaskLocal {
public:
    /// A variable that no task has set.
    /// @param fallback what tasks see that have not set it, and what is seen outside tasks
    explicit TaskLocal(T fallback = T{}) : fallback_{std::move(fallback)} {}
    TaskLocal(const TaskLocal&) = delete;
    TaskLocal& operator=(const TaskLocal&) = delete;

    /// Holds a value of the variable in one task for as long as this object lives; what set() returns.
    class [[nodiscard("the value ends with this object: keep it in a variable")]] Scope {
    public:
        /// Sets the variable for the running task; set() does that.
        /// @param variable which variable
        /// @param value its value
        Scope(TaskLocal& variable, T value)
            : variable_{&variable}, task_{current()}, outer_{variable.innermost_}, value_{std::move(value)} {
            variable.innermost_ = this;
        }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;
        /// Restores the earlier value. O(scopes opened since).
        ~Scope() {
            Scope** link = &variable_->innermost_;
            while (*link != this) link = &(*link)->outer_;
            *link = outer_;
        }

    private:
        friend class TaskLocal;
        TaskLocal* variable_;
        const TaskState* task_;
        Scope* outer_;
        T value_;
    };

    /// Sets the variable for the running task until the returned object is destroyed. O(1).
    /// @param value the new value
    /// @return the scope; keep it in a variable
    Scope set(T value) { return Scope{*this, std::move(value)}; }

    /// The running task's value, which may be changed. It walks the scopes that are open for this variable.
    /// @return the innermost value that the task has set, or the default
    T& get() noexcept {
        const TaskState* task = current();
        for (Scope* scope = innermost_; scope != nullptr; scope = scope->outer_) {
            if (scope->task_ == task) return scope->value_;
        }
        return fallback_;
    }

private:
    static const TaskState* current() noexcept {
        const TaskLoop* loop = detail::this_loop();
        return loop != nullptr && loop->in_step() ? &loop->current() : nullptr;
    }

    T fallback_;
    Scope* innermost_ = nullptr;
};

}  // namespace uasync
