#pragma once

#include <uasync/device/contact.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/queue/queue.hpp>

namespace uasync {

/// What a push button tells.
enum class ButtonEvent : std::uint8_t {
    press,         ///< it goes down
    release,       ///< it goes up
    click,         ///< it went up after a short press; see ButtonOptions::suppress_click
    double_click,  ///< it goes down again soon after a click
    long_press     ///< it is still down after a while
};

/// How a Pushbutton is wired, and what is long or soon.
struct ButtonOptions {
    int pressed_level = 0;                                             ///< level of the pin while it is pressed: 0 with a pull-up
    std::chrono::microseconds settle = std::chrono::milliseconds{10};  ///< longer than it bounces
    std::chrono::microseconds long_press = std::chrono::seconds{1};    ///< from the first edge of the press; 0: there is none
    std::chrono::microseconds double_click =
        std::chrono::milliseconds{400};  ///< from a release to the next press; 0: there is none
    bool suppress_click = false;         ///< true: a click is told only when it cannot become a double click any more
};

/// A push button: press, release, click, double click and long press, without its bounces.
///
/// A task, which start() creates, watches the pin as that of a Switch does. It puts all events into a queue, for
/// next_event(), and wakes the tasks that wait for one of them. Events carry the settle time's delay; what is long or soon is
/// reckoned from the first edges.
///
///                    press                           long_press after a while
///       [ up ] ----------------> [ down ] -------------------------------------> [ held ]
///        ^  ^                        | release, click (suppressed: not yet)         | release
///        |  |  the time is up        v                                              v
///        |  +------------------- [ clicked ] --- press, double_click --> [ down again ]
///        |    (suppressed: click)                                                   | release
///        +--------------------------------------------------------------------------+
///
/// `held` and `down again` both end with a release, without a click. With a double click of 0, `down` ends in `up`.
///
/// @par Use it for
/// Menus and lamps: one button that does several things.
/// @par Instead use
/// Switch for what stays open or closed; Pin::wait_for_falling_edge() where bounces do no harm.
/// @par Cost
/// 136 bytes on a board. start() takes a task and its frame, 120 bytes of the frame pool with GCC -Os, until the Pushbutton is
/// destroyed. A press costs two interrupts, however much it bounces, and the processor sleeps in between. Waiting allocates nothing.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancelled next_event() has taken no event, even if the task had already been woken. The other waits take nothing. The
/// button is watched as before.
/// @par Fairness
/// Each event goes to one task that waits in next_event(), first in, first out, and to all tasks that wait for that event. The latter
/// see only events that come while they wait.
/// @par Errors
/// A wait ends with Error::misuse if start() has not been called, or if the task that watches has ended, which it does if another
/// task waits for the pin. Tasks that wait when the button is destroyed end with Error::destroyed. If nobody takes the
/// events, the newest are dropped and counted in dropped().
/// @par Source
/// micropython-async's `Pushbutton` and `EButton`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device.hpp>
/// #include <uasync/sim.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Pushbutton button{Pin{15, Pin::in, Pin::pull_up}, {.suppress_click = true}};
///     button.start();
///     while (true) {
///         switch (co_await button.next_event()) {
///             case ButtonEvent::click: print("{} ms: next page\n", ticks_ms()); break;
///             case ButtonEvent::double_click: print("{} ms: first page\n", ticks_ms()); break;
///             case ButtonEvent::long_press: print("{} ms: off\n", ticks_ms()); co_return;
///             default: break;  // press and release
///         }
///     }
/// }
///
/// int main() {
///     for (auto time : {1000ms, 3000ms, 3200ms}) sim::press(15, time, 80ms);
///     sim::press(15, 5000ms, 2000ms);
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 1480 ms: next page
/// 3210 ms: first page
/// 6000 ms: off
/// @endcode
class Pushbutton : detail::Contact, LoopTimer {
    using Events = Queue<ButtonEvent, 16>;

public:
    /// A button that nobody watches yet: call start().
    /// @param pin its pin, an input
    /// @param options how it is wired, and what is long or soon
    explicit Pushbutton(Pin pin, ButtonOptions options = {}) noexcept
        : Contact{pin, options.settle, options.pressed_level, settled},
          LoopTimer{expired},
          long_us_{options.long_press.count()},
          double_us_{options.double_click.count()},
          suppress_{options.suppress_click} {}
    Pushbutton(const Pushbutton&) = delete;
    Pushbutton& operator=(const Pushbutton&) = delete;
    ~Pushbutton() { LoopTimer::stop(); }

    /// Creates the task that watches the pin, in the running loop; nothing happens if there is one. If there is no memory, that is
    /// reported.
    void start() noexcept { Contact::start("Pushbutton"); }
    /// Whether a task watches the pin. @return false before start(), and after the loop in which it was called has ended
    bool started() const noexcept { return Contact::started(); }

    /// Whether it is down, without its bounces. @return the state after the last press or release
    bool pressed() const noexcept { return Contact::closed(); }
    /// How often the level was the same again after the settle time. @return the number since the button was made
    std::uint32_t glitches() const noexcept { return Contact::glitches(); }
    /// How many events next_event() has missed, because 16 had not been taken. @return the number since the button was made
    std::uint32_t dropped() const noexcept { return dropped_; }
    /// Takes the next event without waiting. @return the event, or Error::unavailable if there is none
    Result<ButtonEvent> next_nowait() noexcept { return events_.get_nowait(); }
    /// Forgets the events that nobody has taken, such as those of a time in which nobody asked.
    void clear_events() noexcept {
        while (next_nowait()) {
        }
    }

    class NextAwaiter : public Events::GetAwaiter {
    public:
        explicit NextAwaiter(Pushbutton& button) noexcept : Events::GetAwaiter{button.events_}, button_{&button} {}
        NextAwaiter(NextAwaiter&&) noexcept = default;
        NextAwaiter& operator=(NextAwaiter&&) = delete;
        ~NextAwaiter() = default;
        void await_suspend(Frame self) noexcept;
        ButtonEvent await_resume() noexcept { return Events::GetAwaiter::await_resume(); }

    private:
        Pushbutton* button_;
    };

    /// Takes the next event of those that have come since start(); waits until there is one.
    /// @return an awaitable; `co_await` gives the event
    [[nodiscard("co_await it")]] NextAwaiter next_event() noexcept { return NextAwaiter{*this}; }

    /// Waits until it goes down. @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Awaiter wait_for_press() noexcept { return wait_for(ButtonEvent::press); }
    /// Waits until it goes up. @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Awaiter wait_for_release() noexcept { return wait_for(ButtonEvent::release); }
    /// Waits for the next click. @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Awaiter wait_for_click() noexcept { return wait_for(ButtonEvent::click); }
    /// Waits for the next double click. @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Awaiter wait_for_double_click() noexcept { return wait_for(ButtonEvent::double_click); }
    /// Waits for the next long press. @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Awaiter wait_for_long_press() noexcept { return wait_for(ButtonEvent::long_press); }
    /// Waits for the next event of a kind. @param event the kind @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] Awaiter wait_for(ButtonEvent event) noexcept {
        return {*this, waiters_[static_cast<unsigned>(event)], "Pushbutton::wait"};
    }

private:
    enum class State : std::uint8_t { up, down, held, clicked, down_again };

    static void settled(Contact& contact, bool changed, Time edge) noexcept;
    static void expired(LoopCallback& timer) noexcept;
    void went_down(Time edge) noexcept;
    void went_up(Time edge) noexcept;
    void time_is_up() noexcept;
    void limit(State state, Time edge, std::int64_t us) noexcept;
    void tell(ButtonEvent event) noexcept;

    WaitQueue waiters_[5];
    Events events_;
    std::int64_t long_us_;
    std::int64_t double_us_;
    Time deadline_ = 0;
    std::uint32_t dropped_ = 0;
    State state_ = State::up;
    bool suppress_;
    bool overdue_ = false;
};

UASYNC_WAITS_FOR(Pushbutton::NextAwaiter, "Pushbutton::next_event");

}  // namespace uasync
