#pragma once

#include <chrono>
#include <cstdint>

#include <uasync/board/pio.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

/// What a remote control of NEC's protocol sends for a key.
struct IrCode {
    std::uint16_t address;   ///< of the device that is meant: up to 255, or, with NEC's extension, above
    std::uint8_t command;    ///< the key
    bool is_repeat = false;  ///< whether the key is still held: each 108 ms, after its first code

    bool operator==(const IrCode&) const noexcept = default;
};

/// A receiver for remote controls of NEC's protocol: a demodulator for 38 kHz, such as the TSOP38238, whose output is low while it sees the carrier.
///
/// A state machine of the PIO decodes: it gives a word for each frame, and for each repeat how late it may still be. So a busy core loses nothing until
/// four codes wait.
///
///     [idle] -- a leader, 4.5 ms, 32 bits --> [idle]: a code           a leader, 2.25 ms, within 150 ms of the last one --> [idle]: a repeat of it
///     [idle] -- a leader, and less than that --> [idle]: damaged, and what it repeats is not known until the next frame
///
/// A pulse that is shorter than a leader, such as other light makes, is ignored.
///
/// @par Use it for
/// Keys of a remote control.
/// @par Instead use
/// A Pio with a program of your own for other protocols: Sony's, RC-5.
/// @par Cost
/// 24 bytes, a state machine of the PIO, and 31 of the 32 instructions of its block. Each code takes one interrupt, and next() a frame of the pool.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancelled next() has taken nothing.
/// @par Fairness
/// Each code goes to one task, first in, first out. When four wait, later ones are lost. A repeat that comes after them may be one of a code that was
/// lost, so it counts as damaged.
/// @par Errors
/// Error::misuse for a pin that there is not; Error::unavailable and Error::no_memory as Pio. Error::destroyed if it is destroyed meanwhile. A frame
/// that is damaged, or one of another protocol with such a leader, is counted and not an error, as the next one may be good.
/// @par Source
/// Vishay's "Data Formats for IR Remote Control", NEC code; datasheet of the TSOP38238; MicroPython's `micropython_ir`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/ir.hpp>
/// #include <uasync/sim/ir_device.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// static sim::IrRemote remote{16};  // on a board, a demodulator
///
/// Coro<> async_main() {
///     IrReceiver receiver{16};
///     remote.press({.address = 0, .command = 69}, 100ms, 150ms);
///     while (true) {
///         const auto code = co_await receiver.next();
///         if (code) print("{} ms: {} {}\n", ticks_ms(), code->command, code->is_repeat ? "held" : "pressed");
///     }
/// }
///
/// int main() {
///     sim::stop_at(1s);
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 167 ms: 69 pressed
/// 219 ms: 69 held
/// @endcode
class IrReceiver {
public:
    /// Takes a state machine. @param pin that of the demodulator's output; its pull-up is on, so one that is unplugged is silent
    UASYNC_DRIVER explicit IrReceiver(unsigned pin) noexcept;
    IrReceiver(const IrReceiver&) = delete;
    IrReceiver& operator=(const IrReceiver&) = delete;

    /// Waits for the next code. The receiver must live until then. @return a coroutine; `co_await` gives a Result<IrCode>
    [[nodiscard("co_await it")]] Coro<Result<IrCode>> next();
    /// How many frames were damaged, and how many repeats nobody knows the code of. next() counts them when it passes over them.
    /// @return the number since it was made
    std::uint32_t damaged() const noexcept { return damaged_; }

private:
    Pio machine_;
    std::uint32_t damaged_ = 0;
    IrCode last_{};
    bool is_known_ = false;  ///< whether a repeat is one of last_
    std::uint8_t gaps_ = 0;  ///< a bit for each of the next words, the lowest first: others may have been lost before it
};

/// Sends as a remote control of NEC's protocol does: an infrared LED with a transistor and a resistor, or one that a pin can drive.
///
/// A state machine of the PIO makes the carrier, 38 kHz that are on for a third of each period, and all times. What other tasks do is not seen in them.
///
/// @par Use it for
/// Televisions, lamps, fans, and another board with an IrReceiver.
/// @par Instead use
/// Pwm for the carrier alone.
/// @par Cost
/// 32 bytes, a state machine of the PIO, and 5 of the 32 instructions of its block. A code takes no interrupt but the timer's.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A frame that has begun is sent to its end, and no repeats follow. The next code waits until it is over. The destructor stops at once.
/// @par Fairness
/// Codes are sent one after the other, first in, first out.
/// @par Errors
/// Error::misuse for a pin that there is not; Error::unavailable and Error::no_memory as Pio.
/// @par Source
/// Vishay's "Data Formats for IR Remote Control", NEC code; MicroPython's `micropython_ir`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/ir.hpp>
/// #include <uasync/sim/ir_device.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     IrSender sender{17};
///     co_await sender.send({.address = 4, .command = 8}, 250ms);
///     print("{} ms\n", ticks_ms());
/// }
///
/// int main() {
///     sim::IrListener television{17};
///     run(async_main());
///     for (const IrCode& code : television.codes) print("{} {} {}\n", code.address, code.command, code.is_repeat);
/// }
/// @endcode
/// @code{.unparsed}
/// 324 ms
/// 4 8 false
/// 4 8 true
/// 4 8 true
/// @endcode
class IrSender {
public:
    /// Takes a state machine; the LED is off. @param pin that of the LED, which is on while the pin is high
    UASYNC_DRIVER explicit IrSender(unsigned pin) noexcept;
    IrSender(const IrSender&) = delete;
    IrSender& operator=(const IrSender&) = delete;

    /// Presses a key: sends its code, and each 108 ms a repeat. It is over 108 ms after the last of them began. The sender must live until then.
    /// @param code what is sent; an address above 255 with all its bits, another one with their complement. `is_repeat` is not looked at
    /// @param held how long the key is held
    /// @return a coroutine; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> send(IrCode code,
                                                         std::chrono::milliseconds held = std::chrono::milliseconds::zero());

private:
    Pio machine_;
    Lock lock_;
    Time ready_at_ = 0;  ///< when the next frame may begin
};

}  // namespace uasync
