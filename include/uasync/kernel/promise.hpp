#pragma once
// Implementation detail of Coro.

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <uasync/kernel/awaitable.hpp>
#include <uasync/kernel/foreign.hpp>
#include <uasync/kernel/allocate_frame.hpp>
#include <uasync/kernel/loop.hpp>

#if UASYNC_EXCEPTIONS
#include <exception>
#endif

namespace uasync {

template <class T>
class Coro;

namespace detail {

/// Where an unwinding may end: an await that gives its child's failure back as a value (`catch_cancelled`, `wait_for`). It owns the
/// child's frame.
struct Scope {
    std::coroutine_handle<> parent;
    void* child = nullptr;
    /// Decides about an error: returns the error that the await gives, or Error::none if the unwinding continues through it.
    Error (*caught)(Scope& scope, TaskState& task, Error error) noexcept = nullptr;
    Error error = Error::none;
    bool expired = false;    ///< the limit of this scope has expired
    bool overtaken = false;  ///< a limit around it has expired since it was entered
};

/// What every coroutine's promise begins with. It knows what continues when the coroutine ends, in one word:
///
///     bit 0 clear            outermost coroutine of a task: the list of tasks that await it (nodes are aligned) bit 0 set
///     awaited coroutine: the parent's frame; null until the child suspends for the first time, because until
///                            then the parent is below it on the stack
///     bits 0 and 1 set       awaited coroutine: a Scope, which knows the parent
///     bit 2 alone (hosts)    an exception has left the coroutine: a block with the exception and the word that was here before
class PromiseBase {
public:
    static void* operator new(std::size_t bytes) noexcept { return allocate_frame(bytes); }
    static void operator delete(void* frame, std::size_t bytes) noexcept { free_frame(frame, bytes); }
#if defined(__clang__)
    // With -fcoro-aligned-allocation. GCC 12 asks for no alignment; there, a pool with an alignment helps (`FramePool`).
    static void* operator new(std::size_t bytes, std::align_val_t alignment) noexcept {
        if (static_cast<std::size_t>(alignment) > 2 * sizeof(void*))
            return allocate_aligned_frame(bytes, static_cast<std::size_t>(alignment));
        return allocate_frame(bytes);
    }
    static void operator delete(void* frame, std::size_t bytes, std::align_val_t alignment) noexcept {
        if (static_cast<std::size_t>(alignment) > 2 * sizeof(void*)) {
            free_aligned_frame(frame, bytes, static_cast<std::size_t>(alignment));
        } else {
            free_frame(frame, bytes);
        }
    }
#endif

#if UASYNC_EXCEPTIONS
    PromiseBase() noexcept : continuation_{0} {}
    ~PromiseBase() {
        if (has_thrown()) [[unlikely]]
            forget_thrown();
    }
#else
    PromiseBase() noexcept {}  // the compiler does not value-initialise it: GCC would call memset
#endif
    PromiseBase(const PromiseBase&) = delete;
    PromiseBase& operator=(const PromiseBase&) = delete;

    struct FinalAwaiter {
        bool await_ready() const noexcept { return false; }
        template <class P>
        void await_suspend(std::coroutine_handle<P> self) const noexcept {
            PromiseBase& promise = self.promise();
            if (promise.continuation_ == nested) return;
            if constexpr (requires { self.promise().has_result(); }) {
                if (!self.promise().has_result()) [[unlikely]] {
                    promise.complete_without_value(self);
                    return;
                }
            }
            if constexpr (requires { self.promise().result_handle(); }) {
                promise.complete_with_handle(self, self.promise().result_handle());
            } else {
                promise.complete(self);
            }
        }
        void await_resume() const noexcept {}
    };
    std::suspend_always initial_suspend() const noexcept { return {}; }
    FinalAwaiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept {
#if UASYNC_EXCEPTIONS
        keep_thrown();
#endif
    }

#if UASYNC_CHECKED_AWAITS
    /// What `co_await` awaits: an awaitable of uasync as it is, another library's through an adapter.
    template <class A>
    [[gnu::always_inline]] decltype(auto) await_transform(A&& awaitable) {
        if constexpr (OwnAwaitable<A>) {
            return pass_through(std::forward<A>(awaitable));
        } else {
            constexpr bool is_function = std::is_function_v<std::remove_reference_t<A>>;
            static_assert(!is_function, "this is a function: call it, as in co_await f()");
            static_assert(is_function || ForeignAwaitable<A>,
                          "this cannot be awaited: it has no await_ready, await_suspend and await_resume");
            static_assert(
                !ForeignAwaitable<A> || !UASYNC_BOARD,
                "on a board only uasync's awaitables can be awaited: this one would resume the coroutine behind the loop's back");
            if constexpr (ForeignAwaitable<A> && !UASYNC_BOARD) return ForeignAdapter<A>{std::forward<A>(awaitable)};
        }
    }
#endif

    /// Starts `child`, whose promise this is, for `parent`. Returns true if the parent has to wait.
    bool start(std::coroutine_handle<> child, std::coroutine_handle<> parent) noexcept {
        continuation_ = nested;
        child.resume();
        if (child.done()) return false;
        continuation_ = reinterpret_cast<std::uintptr_t>(parent.address()) | nested;
        return true;
    }
    bool start(std::coroutine_handle<> child, Scope& scope) noexcept {
        continuation_ = nested;
        child.resume();
        if (child.done()) return false;
        continuation_ = reinterpret_cast<std::uintptr_t>(&scope) | nested | scoped;
        return true;
    }
    /// start() for a coroutine that stops on its way, as a generator does. `stopped()` tells whether it has.
    template <class Stopped>
    bool start_again(std::coroutine_handle<> child, std::coroutine_handle<> parent, Stopped stopped) noexcept {
        continuation_ = nested;
        child.resume();
        if (stopped()) return false;
        continuation_ = reinterpret_cast<std::uintptr_t>(parent.address()) | nested;
        return true;
    }
    /// The coroutine stops on its way: the parent continues, if it has been waiting.
    void stop_on_the_way() const noexcept {
        if (continuation_ != nested) parent().resume();
    }
    /// Puts a scope between this coroutine, which is suspended, and its parent.
    void enclose(Scope& scope) noexcept {
        scope.parent = parent();
        continuation_ = reinterpret_cast<std::uintptr_t>(&scope) | nested | scoped;
    }
    void become_task() noexcept { new (&joiners_) WaitList; }

    /// Where the result of a task is that has ended and whose result is a handle. Null for any other task.
    const TaskHandle* result_handle_of_ended() const noexcept {
        return has_exception() ? nullptr : reinterpret_cast<const TaskHandle*>(continuation_);
    }

    // Only coroutines that have not ended, which no exception has left, are asked for `joiners`, `scope` and `parent`.
    bool is_task() const noexcept { return (continuation_ & nested) == 0; }
    WaitList& joiners() noexcept { return joiners_; }
    /// joiners() of a coroutine that may have ended, while they are woken one by one.
    WaitList& joiners_left() noexcept {
#if UASYNC_EXCEPTIONS
        if (has_thrown()) [[unlikely]]
            return thrown().joiners;
#endif
        return joiners_;
    }
    Scope* scope() const noexcept {
        return (continuation_ & scoped) != 0 ? reinterpret_cast<Scope*>(continuation_ & ~(nested | scoped)) : nullptr;
    }
    std::coroutine_handle<> parent() const noexcept {
        if (const Scope* s = scope()) return s->parent;
        return std::coroutine_handle<>::from_address(reinterpret_cast<void*>(continuation_ & ~nested));
    }

    /// Whether the coroutine has ended with an exception (hosts).
    bool has_exception() const noexcept {
#if UASYNC_EXCEPTIONS
        return has_thrown();
#else
        return false;
#endif
    }
#if UASYNC_EXCEPTIONS
    /// The exception that has left the coroutine, or null.
    std::exception_ptr exception() const noexcept { return has_thrown() ? thrown().exception : nullptr; }
    /// Moves the exception out, which must be there, for the only one who can ask for it.
    std::exception_ptr take_exception() noexcept { return std::move(thrown().exception); }
#endif

    /// The promise of any uasync coroutine. Its offset in the frame is the same for all, because none is aligned beyond two words.
    static PromiseBase& of(std::coroutine_handle<> frame) noexcept { return promise_at<PromiseBase>(frame); }

#if UASYNC_NAMES
    std::source_location where;
#endif

protected:
    void note([[maybe_unused]] const auto& location) noexcept {
#if UASYNC_NAMES
        where = location;
#endif
    }
    void rethrow() const {
#if UASYNC_EXCEPTIONS
        if (has_thrown()) std::rethrow_exception(thrown().exception);
#endif
    }

private:
    friend struct uasync::DescriptorOf;
    static constexpr std::uintptr_t nested = 1;
    static constexpr std::uintptr_t scoped = 2;

    void complete(std::coroutine_handle<> self) noexcept;
    /// complete() for a task whose result is a handle. Nobody joins the task any more, so its word is free to say where that is.
    void complete_with_handle(std::coroutine_handle<> self, const TaskHandle* result) noexcept;
    /// The coroutine has ended without the value that it promised: Error::misuse.
    [[gnu::cold]] void complete_without_value(std::coroutine_handle<> self) noexcept;

#if UASYNC_EXCEPTIONS
    explicit PromiseBase(std::uintptr_t continuation) noexcept : continuation_{continuation} {}
    /// Few coroutines end this way, and all would pay for an exception_ptr of their own.
    struct Thrown {
        std::exception_ptr exception;
        union {
            std::uintptr_t continuation;
            WaitList joiners;
        };
    };
    static constexpr std::uintptr_t has_left = 4;
    static_assert(alignof(WaitNode) > has_left, "the bit is free in a list's word");
    bool has_thrown() const noexcept { return (continuation_ & has_left) != 0; }
    Thrown& thrown() const noexcept { return *reinterpret_cast<Thrown*>(continuation_ & ~has_left); }
    [[gnu::cold]] void keep_thrown() noexcept;
    [[gnu::cold]] void forget_thrown() noexcept;
    [[gnu::cold]] void complete_thrown(std::coroutine_handle<> self) noexcept;
#endif

    union {
        std::uintptr_t continuation_;
        WaitList joiners_;
    };
};

#if UASYNC_NAMES
using Where = std::source_location;
#else
struct Where {
    static constexpr Where current() noexcept { return {}; }
};
#endif

#if UASYNC_NAMES
/// The signature of the last coroutine that got no frame, which is the only trace of it.
inline namespace UASYNC_BUILT_WITH {
inline constinit UASYNC_THREAD_LOCAL const char* unborn = "?";
}
inline void note_unborn(const Where& location) noexcept { unborn = location.function_name(); }
#else
inline void note_unborn(Where) noexcept {}
#endif

/// Whether a task's result is a handle of the task itself, perhaps through the results of others. None of them would ever be
/// freed, so it is refused with Error::misuse.
bool value_refers_to_itself(PromiseBase& promise, const TaskHandle& value) noexcept;

template <class T>
class Promise : public PromiseBase {
    static_assert(
        alignof(T) <= 2 * sizeof(void*),
        "a coroutine's result must not be aligned beyond two words: have it written to where it is to be, through a reference");

public:
    Promise() noexcept {}
    ~Promise() {
        if constexpr (!std::is_trivially_destructible_v<T>) {
            if (has_value_) std::destroy_at(&value_);
        }
    }
    Coro<T> get_return_object(Where location = Where::current()) noexcept;
    static Coro<T> get_return_object_on_allocation_failure(Where location = Where::current()) noexcept;

    template <class U = T>
        requires std::is_constructible_v<T, U&&>
    void return_value(U&& value) {
        std::construct_at(&value_, std::forward<U>(value));
        has_value_ = true;
    }
    /// The result of a coroutine that has ended. Rethrows the exception that left it (hosts).
    T& value() {
        rethrow();
        return value_;
    }
    /// Whether the coroutine has ended with a value or an exception. It may have run off its end, which compilers need not notice.
    bool has_result() noexcept {
        if constexpr (std::is_base_of_v<TaskHandle, T>) {
            if (has_value_ && value_refers_to_itself(*this, value_)) [[unlikely]] {
                std::destroy_at(&value_);
                has_value_ = false;
            }
        }
        return has_value_ || has_exception();
    }
    const TaskHandle* result_handle() const noexcept
        requires std::is_base_of_v<TaskHandle, T>
    {
        return has_value_ ? &value_ : nullptr;
    }

private:
    union {
        T value_;
    };
    bool has_value_ = false;
};

template <class T>
class Promise<T&> : public PromiseBase {
public:
    Coro<T&> get_return_object(Where location = Where::current()) noexcept;
    static Coro<T&> get_return_object_on_allocation_failure(Where location = Where::current()) noexcept;
    void return_value(T& value) noexcept { value_ = &value; }
    T& value() {
        rethrow();
        return *value_;
    }
    bool has_result() const noexcept { return value_ != nullptr || has_exception(); }

private:
    T* value_ = nullptr;
};

template <>
class Promise<void> : public PromiseBase {
public:
    Coro<void> get_return_object(Where location = Where::current()) noexcept;
    static Coro<void> get_return_object_on_allocation_failure(Where location = Where::current()) noexcept;
    void return_void() const noexcept {}
    void value() const { rethrow(); }
};

/// Stands for a frame that the pool had no room for.
inline void* no_frame() noexcept { return reinterpret_cast<void*>(1); }
inline bool is_frame(void* frame) noexcept { return reinterpret_cast<std::uintptr_t>(frame) > 1; }
/// Unwinds the running task, because it cannot await what has no frame. Returns true.
[[gnu::cold]] bool fail_await(void* no_frame, Frame parent) noexcept;
inline Error frame_error(void* frame) noexcept { return frame == nullptr ? Error::misuse : Error::no_memory; }

}  // namespace detail

[[gnu::always_inline]] inline TaskState& TaskLoop::create_in(void* block, std::coroutine_handle<> root) noexcept {
    auto& task = *new (block) TaskState;
    task.add_handle();
    task.leaf = root;
#if UASYNC_LOOPS
    task.own_loop = this;
#endif
    detail::PromiseBase::of(root).become_task();
    task.all_prev = all_last_;
    (all_last_ != nullptr ? all_last_->all_next : all_first_) = &task;
    all_last_ = &task;
    push_ready(task);
    return task;
}

}  // namespace uasync
