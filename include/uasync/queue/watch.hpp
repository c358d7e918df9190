#pragma once
// Watch<T>: one value and many readers; each sees each newest value once. As Latest, but reading takes the value from nobody else.
//
//     Watch<int> setpoint;
//     Coro<> heater() {
//         auto reader = setpoint.reader();
//         while (true) heat_to(co_await reader.get());  // the present value first, then whenever there is a newer one
//     }
//     ... setpoint.put(21);
//
// A reader that comes late gets the present value, if there is one; one that is slow sees the newest and not those between.
// Neighbours: Latest, where one consumer takes each value; Broadcast, where every subscriber sees every message; Event without a
// value. Readers are served in the order in which they were made.
// Cost: sizeof(T) and 6 words, a reader 5 words; no allocation; O(readers). Values are copied out. Not ISR-safe. Cancel-safe: a
// cancelled `get` has not seen the value. Destroying it ends who waits for it, or later asks a reader that is left, with
// Error::destroyed.

#include <uasync/queue/broadcast.hpp>

namespace uasync {

template <class T>
class Watch : Broadcast<T, 1> {
    using Base = Broadcast<T, 1>;

public:
    /// The present value; null if there never was one.
    const T* value() noexcept { return this->filled_ == 0 ? nullptr : &this->at(1); }

    /// Stores a newer value and wakes whoever waits for one.
    void put(T value) noexcept { this->publish(std::move(value)); }

    class Reader : Base::Subscriber {
    public:
        explicit Reader(Watch& watch) noexcept : Base::Subscriber{watch, watch.filled_} {}

        /// Whether there is no value that it has not seen.
        using Base::Subscriber::empty;
        /// Waits for a value that it has not seen.
        using Base::Subscriber::get;
        /// That value, or Error::unavailable.
        using Base::Subscriber::get_nowait;
    };

    [[nodiscard("it sees values until the end of its life: give it a name")]] Reader reader() noexcept { return Reader{*this}; }
};

}  // namespace uasync
