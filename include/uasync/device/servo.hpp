#pragma once

#include <chrono>
#include <cstdint>

#include <uasync/board/pwm.hpp>
#include <uasync/kernel/coro.hpp>

namespace uasync {

/// What a Servo understands, and how far it may turn.
struct ServoOptions {
    std::chrono::microseconds pulse_at_0{
        500};  ///< the pulse for 0 degrees, below a period; with the two swapped, it turns the other way
    std::chrono::microseconds pulse_at_end{
        2500};                ///< the pulse for `range` degrees, below a period; many servos take 1000 to 2000 us
    int range = 180;          ///< degrees between the two pulses, 1 to 3600
    int min_degrees = 0;      ///< it is never told to turn below this: what it moves has less room
    int max_degrees = 180;    ///< nor above this
    std::uint32_t freq = 50;  ///< in hertz, how often it gets a pulse: 16 to 400, if the servo can
};

/// A servo: a motor with a gear, which turns its arm to the angle that the width of a pulse says, and holds it there.
///
///                    degrees(), move()                    release()
///     [released] -------------------------> [holds an angle] --------> [released]: no pulses
///                                              |        ^
///                                              v move() | it ends: its goal; it is cancelled: where it is
///                                             [turns]---+
///
/// @par Use it for
/// Model servos with three wires: arms, steering, flaps, pointers. One task at a time should move it.
/// @par Instead use
/// Pwm for the speed of a motor, or for a servo that turns round and round.
/// @par Cost
/// 40 bytes on a board, and the pin's modulator: the other pin of it has the same 50 Hz. A move wakes the processor each 20 ms.
/// @par From an interrupt
/// degrees() and release() may be called there.
/// @par When cancelled
/// A move stops: the servo holds the angle that it was told last, which degrees() tells.
/// @par Errors
/// An angle beyond the limits becomes the limit. Options that contradict each other, such as a `min_degrees` above `max_degrees`, end the program with a
/// message. A pin that the chip does not have is undefined. The Servo must live until its coroutines have ended.
/// @par Source
/// gpiozero's `AngularServo`; micropython-servo; the data sheets of SG90 and MG996R for the pulses
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/servo.hpp>
/// #include <uasync/sim/pwm.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Servo arm{16, {.max_degrees = 120}};
///     arm.degrees(90);  // at once, as fast as it can
///     print("{} us\n", static_cast<int>(sim::pwm(16).high_us + 0.5));
///     co_await arm.move(45, 500ms);  // slowly
///     print("{} ms: {} degrees\n", ticks_ms(), arm.degrees());
///     co_await arm.move(300, 1s);
///     print("{} ms: {} degrees\n", ticks_ms(), arm.degrees());
///     arm.release();  // it gives way, and needs less current
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 1500 us
/// 500 ms: 45 degrees
/// 1500 ms: 120 degrees
/// @endcode
class Servo {
public:
    /// A servo that gets no pulses yet, so it does not move.
    /// @param pin its number on the chip, 0 to 29
    /// @param options what it understands, and how far it may turn
    UASYNC_DRIVER explicit Servo(unsigned pin, ServoOptions options = {}) noexcept;
    Servo(const Servo&) = delete;
    Servo& operator=(const Servo&) = delete;

    /// Has it turn to an angle as fast as it can. The pulse changes from the next period on. @param angle in degrees, within the limits
    void degrees(int angle) noexcept;
    /// The angle that it was told last. @return degrees, rounded in a move; the middle of the limits if it was told none yet
    int degrees() const noexcept;
    /// Ends the pulses, after the one that is under way: it holds nothing, and one can turn it by hand.
    void release() noexcept;
    /// Whether it gets no pulses. @return true until it is told an angle, and after release()
    bool released() const noexcept { return is_released_; }

    /// Has it turn to an angle evenly, with a pulse of its own each 20 ms, from the angle that it was told last. Where it stands is not known before
    /// it was told one: then it turns there at once, and the time passes.
    /// @par When cancelled
    /// It stops, and holds the angle that it was told last.
    /// @param angle in degrees, within the limits
    /// @param duration how long it takes; what is too short for the servo, it does as fast as it can
    /// @return a coroutine; `co_await` gives nothing
    [[nodiscard("co_await it")]] Coro<> move(int angle, std::chrono::microseconds duration);

private:
    std::int32_t pulse_for(int angle) const noexcept;
    void pulse(std::int32_t us) noexcept;

    Pwm pwm_;
    std::int16_t pulse_at_0_;
    std::int16_t pulse_at_end_;
    std::int16_t range_;
    std::int16_t min_degrees_;
    std::int16_t max_degrees_;
    std::int16_t pulse_us_ = 0;  ///< 0: it was told no angle yet
    bool is_released_ = true;
};

}  // namespace uasync
