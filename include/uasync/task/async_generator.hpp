#pragma once
// AsyncGenerator<T>: a coroutine that awaits and gives values one by one, as `async def` with `yield` in Python.
//
//     AsyncGenerator<int> readings(Sensor& sensor) {
//         while (true) { co_await sleep_ms(100); co_yield co_await sensor.read(); }
//     }
//     auto values = readings(sensor);
//     while (auto value = co_await values.next()) print("{}\n", *value);    // Python: async for value in readings(sensor)
//
// Lazy: it runs only inside `next`, in the task that asks, up to its next co_yield. `next` gives a std::optional: empty when it has
// ended, and ever after. Leaving the loop and dropping the object destroys its frame, innermost first; its clean-up cannot await
// then (Python: `aclose`).
// Dropping or replacing a generator while another task waits in its `next` cancels what the generator awaits, tasks included. When
// that has ended, the clean-up of `defer` included, the task's wait ends with Error::destroyed; `catch_cancelled` and limits inside
// of the generator do not catch it. It may be moved at any time, also while somebody waits in its `next`; a `next` of one that was
// moved from is Error::misuse.
// Neighbours: Queue or Channel if the producer is to run ahead; a Coro that returns one value.
// Cost: one frame from the pool; no allocation a value. If there was no room, `next` ends the task with Error::no_memory. An
// exception (hosts) leaves through `next`. Cancel-safe: a cancellation inside of `next` ends the generator. For one task at a time:
// a `next` inside of another's ends with Error::misuse. Not ISR-safe.

#include <cstdint>
#include <memory>
#include <optional>

#include <uasync/kernel/coro.hpp>

namespace uasync {

template <class T>
class AsyncGenerator;

namespace detail {

/// A task in a generator's `next`. The generator's frame is the task's meanwhile.
class GeneratorCall {
public:
    explicit GeneratorCall(void* whose) noexcept : generator{whose} {}

    /// The generator is dropped while this task waits inside: what it waits for is cancelled. When the cancellation has come through the
    /// generator's frame, the task fails with Error::destroyed, unless it has been cancelled by the user meanwhile.
    void drop() noexcept;

    void* generator;  ///< the AsyncGenerator, wherever it has been moved; null if it is no more
    TaskState* task = nullptr;
    std::coroutine_handle<> frame;  ///< the generator's, while this is inside

private:
    /// What `drop` puts between the generator's frame and the one that waits in `next`. A cancellation that arrives there destroys the
    /// first, and resumes the forged frame in place of the second.
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

    /// Where the value is kept until the next turn: in the generator's frame.
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

    /// Goes on up to the next value or the end. True if that takes time, and `parent` has to wait.
    bool advance(std::coroutine_handle<> self, Frame parent, GeneratorCall& call) noexcept {
        value_ = nullptr;
        call_ = &call;
        return start_again(self, parent, [this, self] { return value_ != nullptr || self.done(); });
    }
    /// Who is in its `next`, or null.
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

template <class T>
class [[nodiscard("a generator does nothing until its next() is awaited")]] AsyncGenerator {
    static_assert(std::is_object_v<T> && alignof(T) <= 2 * sizeof(void*),
                  "a generator gives objects, not aligned beyond two words");
    using Promise = detail::GeneratorPromise<T>;

public:
    using promise_type = Promise;

    AsyncGenerator(AsyncGenerator&& other) noexcept : frame_{std::exchange(other.frame_, nullptr)} { follow(); }
    AsyncGenerator& operator=(AsyncGenerator&& other) noexcept {
        AsyncGenerator old{std::move(other)};
        std::swap(frame_, old.frame_);
        follow();
        return *this;
    }
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

    /// The next value, or nullopt at the end.
    [[nodiscard("co_await it")]] NextAwaiter next() noexcept { return NextAwaiter{*this}; }

    /// For the promise.
    explicit AsyncGenerator(void* frame) noexcept : frame_{frame} {}

private:
    static void* ended() noexcept { return reinterpret_cast<void*>(2); }
    static bool is_alive(void* frame) noexcept { return reinterpret_cast<std::uintptr_t>(frame) > 2; }
    static std::coroutine_handle<Promise> promise_handle(void* frame) noexcept {
        return std::coroutine_handle<Promise>::from_address(frame);
    }

    /// It has come here from another object.
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
