#pragma once

#include <uasync/queue/broadcast.hpp>

namespace uasync {

/// One value with many readers: each reader sees each newest value once.
///
/// @par Use it for
/// A setting or a measurement that several tasks follow.
/// @par Instead use
/// Latest if each value is for one consumer; Broadcast if every reader needs every message; Event if there is no value.
/// @par Cost
/// sizeof(T) + 32 bytes on a board and 24 bytes for each Reader; no allocation; put() is O(readers). Values are copied to
/// the readers.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancelled get() has not seen the value, even if the task had already been woken.
/// @par Fairness
/// Readers are served in the order in which they were made. A new reader sees the present value first; a slow one sees
/// the newest value and none of those between.
/// @par Errors
/// Tasks that wait when it is destroyed, and tasks that wait on a remaining reader later, end with Error::destroyed.
///
/// @tparam T type of the value; copyable
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> follow(Watch<int>& setpoint, const char* name, int pause_ms) {
///     auto reader = setpoint.reader();
///     while (true) {
///         const int degrees = co_await reader.get();
///         print("{} ms: {} goes to {}\n", ticks_ms(), name, degrees);
///         co_await sleep_ms(pause_ms);
///     }
/// }
///
/// Coro<> async_main() {
///     Watch<int> setpoint;
///     setpoint.put(20);
///     auto heater = create_task(follow(setpoint, "heater", 1));
///     auto valve = create_task(follow(setpoint, "valve", 25));
///     for (int degrees : {21, 22, 23}) {
///         co_await sleep_ms(10);
///         setpoint.put(degrees);
///     }
///     co_await sleep_ms(50);
///     heater.cancel();
///     valve.cancel();
///     co_await sleep_ms(1);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 0 ms: heater goes to 20
/// 0 ms: valve goes to 20
/// 10 ms: heater goes to 21
/// 20 ms: heater goes to 22
/// 25 ms: valve goes to 22
/// 30 ms: heater goes to 23
/// 50 ms: valve goes to 23
/// @endcode
template <class T>
class Watch : Broadcast<T, 1> {
    using Base = Broadcast<T, 1>;

public:
    /// The present value, without waiting. @return pointer valid until the next put(), or null if no value was ever put
    const T* value() noexcept { return this->filled_ == 0 ? nullptr : &this->at(1); }

    /// Stores a new value and wakes the tasks whose readers have not seen it. O(readers).
    /// @param value new value
    void put(T value) noexcept { this->publish(std::move(value)); }

    /// One reader of a Watch: it remembers which value it has seen last. Give it a name; it reads until the end of its
    /// life.
    ///
    /// Its functions are those of Broadcast::Subscriber: get() takes a value that this reader has not seen and waits
    /// until there is one, get_nowait() does so without waiting, and empty() is true if there is none.
    class Reader : Base::Subscriber {
    public:
        /// A reader that sees the present value first, if there is one.
        /// @param watch what it reads; reader() is shorter
        explicit Reader(Watch& watch) noexcept : Base::Subscriber{watch, watch.filled_} {}

        /// Whether there is no value that this reader has not seen. @return true if get() would wait
        using Base::Subscriber::empty;
        /// Takes the newest value, once; waits until there is one that this reader has not seen.
        /// @return an awaitable; `co_await` gives a copy of the value
        using Base::Subscriber::get;
        /// Takes the newest value, once, without waiting.
        /// @return a copy of the value, or Error::unavailable if this reader has seen it
        using Base::Subscriber::get_nowait;
    };

    /// Makes a reader. @return the reader; give it a name, since it reads until the end of its life
    [[nodiscard("it sees values until the end of its life: give it a name")]] Reader reader() noexcept { return Reader{*this}; }
};

}  // namespace uasync
