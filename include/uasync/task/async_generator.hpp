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
// Neighbours: Queue or Channel if the producer is to run ahead; a Coro that returns one value.
// Cost: one frame from the pool; no allocation a value. If there was no room, `next` ends the task with Error::no_memory. An
// exception (hosts) leaves through `next`. Cancel-safe: a cancellation inside of `next` ends the generator. For one task at a time:
// a `next` inside of another's ends with Error::misuse. Not ISR-safe.

#include <memory>
#include <optional>

#include <uasync/kernel/coro.hpp>

namespace uasync {

template <class T>
class AsyncGenerator;

namespace detail {

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
    bool advance(std::coroutine_handle<> self, Frame parent) noexcept {
        value_ = nullptr;
        running_ = true;
        return start_again(self, parent, [this, self] { return value_ != nullptr || self.done(); });
    }
    /// Somebody is in its `next`.
    bool running() const noexcept { return running_; }
    std::optional<T> take() {
        running_ = false;
        rethrow();
        if (value_ == nullptr) return std::nullopt;
        return std::optional<T>{std::move(*value_)};
    }

private:
    T* value_ = nullptr;
    bool running_ = false;
};

}  // namespace detail

template <class T>
class [[nodiscard("a generator does nothing until its next() is awaited")]] AsyncGenerator {
    static_assert(std::is_object_v<T> && alignof(T) <= 2 * sizeof(void*),
                  "a generator gives objects, not aligned beyond two words");
    using Promise = detail::GeneratorPromise<T>;

public:
    using promise_type = Promise;

    AsyncGenerator(AsyncGenerator&& other) noexcept : frame_{std::exchange(other.frame_, nullptr)} {}
    AsyncGenerator& operator=(AsyncGenerator&& other) noexcept {
        AsyncGenerator old{std::move(other)};
        std::swap(frame_, old.frame_);
        return *this;
    }
    ~AsyncGenerator() { close(); }

    class NextAwaiter {
    public:
        explicit NextAwaiter(AsyncGenerator& generator) noexcept : generator_{&generator} {}
        NextAwaiter(NextAwaiter&& unstarted) noexcept : generator_{unstarted.generator_} {}
        NextAwaiter& operator=(NextAwaiter&&) = delete;
        ~NextAwaiter() {
            if (waiting_) generator_->close();  // unwound: so is the generator
        }
        bool await_ready() const noexcept { return generator_->frame_ == nullptr; }
        bool await_suspend(Frame parent) noexcept {
            if (!detail::is_frame(generator_->frame_)) return detail::fail_await(generator_->frame_, parent);
            if (generator_->handle().promise().running()) return detail::fail_await(nullptr, parent);
            waiting_ = generator_->handle().promise().advance(generator_->handle(), parent);
            return waiting_;
        }
        std::optional<T> await_resume() {
            waiting_ = false;
            if (generator_->frame_ == nullptr) return std::nullopt;
            struct CloseAtEnd {
                AsyncGenerator& generator;
                ~CloseAtEnd() {
                    if (generator.handle().done()) generator.close();
                }
            } close_at_end{*generator_};
            return generator_->handle().promise().take();
        }

    private:
        AsyncGenerator* generator_;
        bool waiting_ = false;
    };

    /// The next value, or nullopt at the end.
    [[nodiscard("co_await it")]] NextAwaiter next() noexcept { return NextAwaiter{*this}; }

    /// For the promise.
    explicit AsyncGenerator(void* frame) noexcept : frame_{frame} {}

private:
    std::coroutine_handle<Promise> handle() const noexcept { return std::coroutine_handle<Promise>::from_address(frame_); }
    void close() noexcept {
        void* frame = std::exchange(frame_, nullptr);
        if (detail::is_frame(frame)) std::coroutine_handle<>::from_address(frame).destroy();
    }

    void* frame_;  ///< null at the end; detail::no_frame() if there was no room
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
