#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <uasync/kernel/coro.hpp>

namespace uasync {

template <class T>
class AsyncGenerator;

namespace detail {

/// A task that is in a generator's `next`. Until it leaves, the generator's frame belongs to the task.
class GeneratorCall {
public:
    explicit GeneratorCall(void* whose) noexcept : generator{whose} {}

    /// The generator is dropped while this task waits inside: cancels what it waits for. When the cancellation has
    /// come through the generator's frame, the task fails with Error::destroyed, unless the user has cancelled it
    /// meanwhile.
    void drop() noexcept;

    void* generator;  ///< the AsyncGenerator, wherever it has been moved; null if it is no more
    TaskState* task = nullptr;
    std::coroutine_handle<> frame;  ///< the generator's, while this is inside

private:
    /// What `drop` puts between the generator's frame and the one that waits in `next`. A cancellation that arrives there
    /// destroys the first, and resumes the forged frame instead of the second.
    struct Boundary : Scope, ForgedFrame {
        GeneratorCall* call;
        void* waiter;
    };
    union {
        Boundary boundary_;  ///< made by `drop`: a `next` does not pay for it
    };
};

template <class T>
class GeneratorPromise : public PromiseBase {
public:
    AsyncGenerator<T> get_return_object(Where location = Where::current()) noexcept;
    static AsyncGenerator<T> get_return_object_on_allocation_failure(Where location = Where::current()) noexcept;
    void return_void() const noexcept {}

    /// Keeps the value in the generator's frame until the next turn.
    struct YieldAwaiter {
        T value;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<GeneratorPromise> self) noexcept {
            GeneratorPromise& promise = self.promise();
            promise.value_ = std::addressof(value);
            promise.stop_on_the_way();
        }
        void await_resume() const noexcept {}
    };
    template <class U>
        requires std::is_constructible_v<T, U&&>
    YieldAwaiter yield_value(U&& value) {
        return {T(std::forward<U>(value))};
    }

    /// Runs the generator up to its next value or its end. True if that takes time, so that `parent` has to wait.
    bool advance(std::coroutine_handle<> self, Frame parent, GeneratorCall& call) noexcept {
        value_ = nullptr;
        call_ = &call;
        return start_again(self, parent, [this, self] { return value_ != nullptr || self.done(); });
    }
    /// The call of `next` that is in progress, or null.
    GeneratorCall* call() const noexcept { return call_; }
    std::optional<T> take() {
        call_ = nullptr;
        rethrow();
        if (value_ == nullptr) return std::nullopt;
        return std::optional<T>{std::move(*value_)};
    }

private:
    T* value_ = nullptr;
    GeneratorCall* call_ = nullptr;
};

}  // namespace detail

/// A coroutine that awaits and gives values one by one with `co_yield`, as `async def` with `yield` in Python.
///
/// It is lazy: it runs only inside next(), in the calling task, up to its next `co_yield`. Moving it loses nothing,
/// even while a task waits in next().
///
/// @par Use it for
/// A series of values that takes awaits to produce and may end or be left at any time: readings, lines, pages.
/// @par Instead use
/// Queue or Channel if the producer runs ahead or has several consumers; a Coro for one value.
/// @par Cost
/// One frame from the pool, and no allocation for a value.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancellation inside next() ends the generator and destroys its frame, innermost first. Destroying the object
/// between two calls of next() does the same: destructors run, but clean-up cannot await then (in Python, `aclose`).
/// @par Fairness
/// A value that needs no waiting costs no turn of the loop.
/// @par Errors
/// If there is no room for its frame, next() ends the task with Error::no_memory. Calling next() while another task
/// waits in it, or on an object that was moved from, is Error::misuse. If the object is destroyed or replaced while
/// another task waits in next(), what the generator awaits is cancelled, tasks included. When that has ended, the
/// clean-up of defer() included, the task's wait ends with Error::destroyed. Neither a catch_cancelled() nor a limit
/// inside the generator catches that. On a host, an exception leaves through next() and ends the generator.
/// @par Source
/// Python's asynchronous generators (PEP 525)
/// @tparam T the type of the values: an object type, aligned to at most two words
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// AsyncGenerator<int> readings(int start) {
///     for (int value = start;; value += 3) {
///         co_await sleep_ms(10);
///         co_yield value;
///     }
/// }
/// AsyncGenerator<int> even(AsyncGenerator<int> source, int count) {
///     while (auto value = co_await source.next()) {
///         if (*value % 2 != 0) continue;
///         co_yield *value;
///         if (--count == 0) co_return;
///     }
/// }
///
/// Coro<> async_main() {
///     auto values = even(readings(1), 3);
///     while (auto value = co_await values.next()) {  // Python: async for value in values
///         print("{} at {} ms\n", *value, ticks_ms());
///     }
///     auto after = co_await values.next();
///     print("the end: {}\n", !after.has_value());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 4 at 20 ms
/// 10 at 40 ms
/// 16 at 60 ms
/// the end: true
/// @endcode
template <class T>
class [[nodiscard("a generator does nothing until its next() is awaited")]] AsyncGenerator {
    static_assert(std::is_object_v<T> && alignof(T) <= 2 * sizeof(void*),
                  "a generator gives objects, not aligned beyond two words");
    using Promise = detail::GeneratorPromise<T>;

public:
    /// For the compiler.
    using promise_type = Promise;

    /// Takes over another generator. @param other is empty afterwards
    AsyncGenerator(AsyncGenerator&& other) noexcept : frame_{std::exchange(other.frame_, nullptr)} { follow(); }

    /// Ends this generator and takes over another one.
    /// @param other is empty afterwards
    /// @return this
    AsyncGenerator& operator=(AsyncGenerator&& other) noexcept {
        AsyncGenerator old{std::move(other)};
        std::swap(frame_, old.frame_);
        follow();
        return *this;
    }
    /// Ends the generator.
    ~AsyncGenerator() { close(); }

    class NextAwaiter : detail::GeneratorCall {
    public:
        explicit NextAwaiter(AsyncGenerator& whose) noexcept : detail::GeneratorCall{&whose} {}
        NextAwaiter(NextAwaiter&& unstarted) noexcept : detail::GeneratorCall{unstarted.generator} {}
        NextAwaiter& operator=(NextAwaiter&&) = delete;
        ~NextAwaiter() {
            if (!frame) return;
            if (generator != nullptr) owner().frame_ = ended();  // unwound: so is the generator
            frame.destroy();
        }
        bool await_ready() const noexcept { return owner().frame_ == ended(); }
        bool await_suspend(Frame asker) noexcept {
            if (!is_alive(owner().frame_)) return detail::fail_await(owner().frame_, asker);
            const auto entered = promise_handle(owner().frame_);
            if (entered.promise().call() != nullptr) return detail::fail_await(nullptr, asker);
            frame = entered;
            task = &detail::current_loop().current();
            return entered.promise().advance(entered, asker, *this);
        }
        std::optional<T> await_resume() {
            if (!frame) return std::nullopt;
            struct AtEnd {
                NextAwaiter& self;
                std::coroutine_handle<Promise> left;
                ~AtEnd() {
                    if (self.generator == nullptr) {
                        left.destroy();
                    } else if (left.done()) {
                        self.owner().close();
                    }
                }
            } at_end{*this, promise_handle(std::exchange(frame, nullptr).address())};
            return at_end.left.promise().take();
        }

    private:
        AsyncGenerator& owner() const noexcept { return *static_cast<AsyncGenerator*>(generator); }
    };

    /// Runs the generator up to its next value. In Python, this is the step of an `async for`.
    /// @par When cancelled
    /// The generator ends.
    /// @return an awaitable; `co_await` gives the value, or `std::nullopt` at the end and ever after
    [[nodiscard("co_await it")]] NextAwaiter next() noexcept { return NextAwaiter{*this}; }

    /// For the promise. @param frame the coroutine's address
    explicit AsyncGenerator(void* frame) noexcept : frame_{frame} {}

private:
    static void* ended() noexcept { return reinterpret_cast<void*>(2); }
    static bool is_alive(void* frame) noexcept { return reinterpret_cast<std::uintptr_t>(frame) > 2; }
    static std::coroutine_handle<Promise> promise_handle(void* frame) noexcept {
        return std::coroutine_handle<Promise>::from_address(frame);
    }

    /// The generator has moved here from another object.
    void follow() noexcept {
        if (!is_alive(frame_)) return;
        if (detail::GeneratorCall* call = promise_handle(frame_).promise().call()) call->generator = this;
    }
    void close() noexcept {
        void* address = std::exchange(frame_, ended());
        if (!is_alive(address)) return;
        const auto frame = promise_handle(address);
        detail::GeneratorCall* call = frame.promise().call();
        if (call == nullptr) {
            frame.destroy();
            return;
        }
        call->drop();  // it destroys the frame when it comes out
    }

    void* frame_;  ///< null: moved from; detail::no_frame() if there was no room; ended()
};

namespace detail {

template <class T>
AsyncGenerator<T> GeneratorPromise<T>::get_return_object(Where location) noexcept {
    note(location);
    return AsyncGenerator<T>{std::coroutine_handle<GeneratorPromise>::from_promise(*this).address()};
}
template <class T>
AsyncGenerator<T> GeneratorPromise<T>::get_return_object_on_allocation_failure(Where location) noexcept {
    note_unborn(location);
    return AsyncGenerator<T>{no_frame()};
}

}  // namespace detail
}  // namespace uasync
