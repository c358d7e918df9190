#pragma once
// TaskLocal<T>: a variable that has a value of its own in each task, as contextvars.ContextVar.
//
//     TaskLocal<int> request{0};                 // what tasks see that have not set it
//     Coro<> handle(int id) {
//         auto scope = request.set(id);          // in this task, until the end of the block
//         co_await reply();                      // sees id: request.get()
//     }
//
// Seen by everything that the task calls and awaits, by no other task: a task that it creates begins with the default (asyncio
// copies the context; here, where tasks are cheap and nothing allocates, pass the value and set it there). Scopes nest. Neighbour:
// a parameter, where the path is short.
// Cost: T and 3 words in the frame that sets it; `get` walks the scopes that are open for this variable. Not ISR-safe. Cancel-safe:
// the scope ends with its block. One for each thread that runs a loop (`thread_local`). Destroying it before its scopes is misuse.

#include <utility>

#include <uasync/kernel/loop.hpp>

namespace uasync {

template <class T>
class TaskLocal {
public:
    /// `fallback` is what a task sees that has not set it, and what is seen outside of tasks.
    explicit TaskLocal(T fallback = T{}) : fallback_{std::move(fallback)} {}
    TaskLocal(const TaskLocal&) = delete;
    TaskLocal& operator=(const TaskLocal&) = delete;

    /// The value for as long as it lives.
    class [[nodiscard("the value ends with this object: keep it in a variable")]] Scope {
    public:
        Scope(TaskLocal& variable, T value)
            : variable_{&variable}, task_{current()}, outer_{variable.innermost_}, value_{std::move(value)} {
            variable.innermost_ = this;
        }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;
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

    /// Sets it for the running task. O(1); the end of the scope is O(scopes opened since).
    Scope set(T value) { return Scope{*this, std::move(value)}; }

    /// The running task's value; it may be changed.
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
