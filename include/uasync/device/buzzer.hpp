#pragma once

#include <chrono>
#include <cstdint>

#include <uasync/board/pwm.hpp>
#include <uasync/device/melody.hpp>
#include <uasync/kernel/coro.hpp>

namespace uasync {

/// A buzzer without electronics of its own (a passive one, a piezo or a small loudspeaker): tones and melodies.
///
///               tone(), play(), on()
///     [silent] ----------------------> [sounds]
///         ^                               |
///         +-- it ends, is cancelled, off() +
///
/// @par Use it for
/// Beeps, alarms and tunes. One task at a time should use it.
/// @par Instead use
/// Pin for an active buzzer, which makes its own tone and only has to be switched; Led::pattern() for signals that are seen.
/// @par Cost
/// 24 bytes on a board, and the pin's modulator: the other pin of it has the tone's frequency, too. The processor sleeps while it sounds.
/// @par From an interrupt
/// off() may be called there.
/// @par When cancelled
/// It is silent, from the end of the wave that is under way.
/// @par Errors
/// A frequency that the modulator does not have becomes the nearest. Times below zero count as zero. A pin that the chip does not have is undefined. The
/// Buzzer must live until its coroutines have ended. Melody says what a wrong note is.
/// @par Source
/// MicroPython's `music` module on the micro:bit; gpiozero's `TonalBuzzer`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/buzzer.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Buzzer buzzer{20};
///     co_await buzzer.tone(440, 300ms);
///     print("{} ms\n", ticks_ms());
///     co_await buzzer.play("C4:4 E4:4 G4:2 R:4");  // 14 ticks of 125 ms
///     print("{} ms\n", ticks_ms());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 300 ms
/// 2050 ms
/// @endcode
class Buzzer {
public:
    /// A buzzer that is silent. @param pin its number on the chip, 0 to 29
    UASYNC_DRIVER explicit Buzzer(unsigned pin) noexcept;
    Buzzer(const Buzzer&) = delete;
    Buzzer& operator=(const Buzzer&) = delete;

    /// Sounds until off(). @param hertz the tone's frequency, 8 to 20'000; 0 is silence
    void on(std::uint32_t hertz) noexcept;
    /// Is silent.
    void off() noexcept { pwm_.duty_u16(0); }

    /// Sounds for a time.
    /// @par When cancelled
    /// It is silent.
    /// @param hertz the tone's frequency, 8 to 20'000; 0 is silence
    /// @param duration how long
    /// @return a coroutine; `co_await` gives nothing
    [[nodiscard("co_await it")]] Coro<> tone(std::uint32_t hertz, std::chrono::microseconds duration);

    /// Plays a melody. Between two notes are 10 ms of silence, so that the same note twice is two; one of at most 20 ms has less.
    /// @par When cancelled
    /// It is silent.
    /// @param melody its notes; a text that is constant may stand here
    /// @param beats_per_minute how fast: a beat has four ticks, so a tick takes 125 ms at 120; 1 to 10'000
    /// @return a coroutine; `co_await` gives nothing
    [[nodiscard("co_await it")]] Coro<> play(Melody melody, unsigned beats_per_minute = 120);

private:
    struct SilentAtEnd;
    Pwm pwm_;
};

}  // namespace uasync
