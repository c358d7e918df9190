#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uasync/board/adc_port.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

namespace detail {

/// A series of conversions, in the list of those that the converter is to do. The interrupt takes it out when it is over.
class AdcAwaiter {
public:
    AdcAwaiter(std::uint8_t inputs, std::uint32_t rate, std::span<std::uint16_t> into) noexcept
        : series_{inputs, rate, into.data(), into.size()}, size_{into.size()} {}
    AdcAwaiter(AdcAwaiter&& unstarted) noexcept : series_{unstarted.series_}, size_{unstarted.size_} {}
    AdcAwaiter& operator=(AdcAwaiter&&) = delete;
    ~AdcAwaiter() {
        if (listed_) [[unlikely]]
            leave();
    }
    bool await_ready() const noexcept { return size_ == 0; }
    void await_suspend(Frame self) noexcept;
    std::size_t await_resume() noexcept {
        if (loop_ != nullptr) loop_->current().list = nullptr;  // which is in this frame
        return size_ - series_.left;
    }

protected:
    /// For one conversion. @param input 0 to 4
    explicit AdcAwaiter(std::uint8_t input) noexcept : series_{static_cast<std::uint8_t>(1U << input), 0, nullptr, 1}, size_{1} {}
    /// Where that goes.
    std::uint16_t sample() const noexcept { return sample_; }

private:
    friend void adc_interrupt() noexcept;
    static void start_next() noexcept;
    void leave() noexcept;

    port::AdcSeries series_;
    std::size_t size_;
    // Set when the wait begins, as until then the awaiter may move.
    AdcAwaiter* next_ = nullptr;
    TaskLoop* loop_ = nullptr;
    WaitList waiter_;
    bool listed_ = false;
    std::uint16_t sample_ = 0;
};

/// One conversion, in the unit that `convert` makes of it.
template <auto convert>
class AdcValueAwaiter : public AdcAwaiter {
public:
    explicit AdcValueAwaiter(std::uint8_t input) noexcept : AdcAwaiter{input} {}
    auto await_resume() noexcept {
        AdcAwaiter::await_resume();
        return convert(sample());
    }
};

}  // namespace detail

/// An input of the converter for voltages, 0 V to 3.3 V in 4096 steps, or the chip's temperature sensor.
///
/// It is a small value; copies mean the same input. Several tasks may convert: the converter does one after the other. On Linux and in the
/// simulation, sim::set_voltage() says what is at an input.
///
/// @par Use it for
/// Potentiometers, light sensors, battery voltages; with read_many(), sounds and other signals.
/// @par Cost
/// An await takes 9 words of the frame and no allocation. A conversion takes 2 us, and an interrupt; read_many() an interrupt for each four
/// samples.
/// @par From an interrupt
/// Not allowed. The converter belongs to the core that made the first object.
/// @par When cancelled
/// The converter is stopped, which takes up to 2 us. What read_many() had stored by then is not told.
/// @par Fairness
/// First in, first out. A read_many() keeps the converter until it is over.
/// @par Errors
/// A number that is neither an input nor its pin is undefined.
/// @par Source
/// MicroPython's `machine.ADC`; RP2040 datasheet 4.9. Its steps are uneven near 512, 1536, 2560 and 3584 (RP2040-E11).
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim/adc.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     Adc knob{26};
///     Adc temperature{Adc::core_temperature};
///     print("{} of 65535\n", co_await knob.read_u16());
///     print("{} mV\n", co_await knob.read_uv() / 1000);
///     print("{} degrees\n", co_await temperature.read_millicelsius() / 1000);
///
///     std::uint16_t samples[100];
///     const auto count = co_await knob.read_many(samples, 10'000);
///     print("{} samples until {} ms\n", count, ticks_ms());
/// }
///
/// int main() {
///     sim::set_voltage(26, 1.65);  // on a board, a potentiometer
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 32776 of 65535
/// 1650 mV
/// 27 degrees
/// 100 samples until 9 ms
/// @endcode
class Adc {
public:
    /// The number of the temperature sensor.
    static constexpr unsigned core_temperature = port::adc_inputs - 1;

    /// Sets up an input.
    /// @param number its pin, 26 to 29 for GP26 to GP29, or its number, 0 to 3, or #core_temperature. On a Pico, GP29 (3) is a third of the
    ///   supply's voltage
    explicit Adc(unsigned number) noexcept
        : input_{static_cast<std::uint8_t>(number >= port::adc_first_pin ? number - port::adc_first_pin : number)} {
        port::adc_open(input_);
    }

    // What a number of the converter means, also for the samples of read_many().

    /// MicroPython's scale. @param sample 0 to 4095 @return 0 to 65535
    static constexpr std::uint16_t to_u16(std::uint16_t sample) noexcept {
        return static_cast<std::uint16_t>(sample << 4U | sample >> 8U);
    }
    /// A voltage, if the reference (ADC_VREF) is 3.3 V. @param sample 0 to 4095 @return microvolts
    static constexpr std::int32_t to_uv(std::uint16_t sample) noexcept { return sample * 206'250 / 256; }
    /// The temperature of the chip, as datasheet 4.9.5 has it: 0.706 V at 27 degrees and 1.721 mV less for each degree more. Not calibrated,
    /// and the reference counts: 1 % of it are 4 degrees. @param sample 0 to 4095 @return thousandths of a degree Celsius
    static constexpr std::int32_t to_millicelsius(std::uint16_t sample) noexcept { return 437'228 - sample * 468'137 / 1000; }
    /// The number itself. @param sample 0 to 4095 @return the same
    static constexpr std::uint16_t to_sample(std::uint16_t sample) noexcept { return sample; }

    /// Converts once. @return an awaitable; `co_await` gives 0 to 4095, a std::uint16_t
    [[nodiscard("co_await it")]] detail::AdcValueAwaiter<to_sample> read() const noexcept {
        return detail::AdcValueAwaiter<to_sample>{input_};
    }
    /// Converts once. @return an awaitable; `co_await` gives 0 to 65535, a std::uint16_t
    [[nodiscard("co_await it")]] detail::AdcValueAwaiter<to_u16> read_u16() const noexcept {
        return detail::AdcValueAwaiter<to_u16>{input_};
    }
    /// Converts once. @return an awaitable; `co_await` gives microvolts, 0 to 3299194, a std::int32_t
    [[nodiscard("co_await it")]] detail::AdcValueAwaiter<to_uv> read_uv() const noexcept {
        return detail::AdcValueAwaiter<to_uv>{input_};
    }
    /// Converts once; for #core_temperature. @return an awaitable; `co_await` gives thousandths of a degree Celsius, a std::int32_t
    [[nodiscard("co_await it")]] detail::AdcValueAwaiter<to_millicelsius> read_millicelsius() const noexcept {
        return detail::AdcValueAwaiter<to_millicelsius>{input_};
    }

    /// Converts at a steady rate, until a buffer is full, or an interrupt comes so late that a sample is lost.
    /// @param into where the samples go, 0 to 4095
    /// @param rate conversions in a second, 733 to 500'000
    /// @return an awaitable; `co_await` gives the number of samples, a std::size_t: less than the buffer has room for if one was lost then
    [[nodiscard("co_await it")]] detail::AdcAwaiter read_many(std::span<std::uint16_t> into, std::uint32_t rate) const noexcept {
        return {static_cast<std::uint8_t>(1U << input_), rate, into};
    }
    /// The same for several inputs, which take turns, the one with the lowest number first.
    /// @param inputs at least one
    /// @param into where the samples go: one of each input, then the next of each
    /// @param rate conversions in a second, of all inputs together
    /// @return an awaitable; `co_await` gives the number of samples
    [[nodiscard("co_await it")]] static detail::AdcAwaiter read_many(std::span<const Adc> inputs, std::span<std::uint16_t> into,
                                                                     std::uint32_t rate) noexcept {
        unsigned bits = 0;
        for (const Adc& adc : inputs) bits |= 1U << adc.input_;
        return {static_cast<std::uint8_t>(bits), rate, into};
    }

private:
    std::uint8_t input_;
};

// The converter is idle, or busy with the first awaiter of the list:
//
//   [idle] -- start_next --> [busy] -- interrupt: done, or a sample was lost --> [busy] with the next, or [idle]
//                               +----- the awaiter is destroyed: stopped ------> the same

UASYNC_WAITS_FOR(AdcAwaiter, "Adc::read_many");
UASYNC_WAITS_FOR(AdcValueAwaiter, "Adc::read");

}  // namespace uasync
