#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <uasync/board/edge_watch.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/queue/queue.hpp>
#include <uasync/sync/thread_safe_flag.hpp>

namespace uasync {

/// What a Keypad tells: a key went down or up.
struct KeyEvent {
    char key;      ///< its name
    bool pressed;  ///< true: it is down
    /// Compares both members. @return true if they are equal
    bool operator==(const KeyEvent&) const = default;
};

/// How a Keypad is labelled and wired.
struct KeypadOptions {
    std::string_view keys = "123A456B789C*0#D";  ///< a name for each key, row by row; it must stay; a key without one is 0
    /// Longer than a key bounces. However short it is, a row is low for 50 us.
    std::chrono::microseconds settle = std::chrono::milliseconds{10};
    bool has_diodes = false;  ///< each key has one, with its cathode towards the row: then there are no ghosts
};

namespace detail {

/// A column, which sets a flag when it is pulled low.
class KeypadColumn : public EdgeWatch {
public:
    KeypadColumn() noexcept : EdgeWatch{0, port::falling, pulled} {}
    void connect(ThreadSafeFlag& flag, unsigned pin) noexcept {
        flag_ = &flag;
        set_pin(pin);
    }

private:
    static bool pulled(EdgeWatch& column) noexcept;

    ThreadSafeFlag* flag_ = nullptr;
};

/// What the keys of a row are, a bit for each column.
struct KeypadRow {
    std::uint8_t pin = 0;
    std::uint8_t closed = 0;         ///< in the last scan
    std::uint8_t closed_before = 0;  ///< in the one before
    std::uint8_t pressed = 0;        ///< as told
};

}  // namespace detail

/// The part of a Keypad that does not depend on its size. Make a Keypad.
class KeypadMatrix {
    using Events = Queue<KeyEvent, 16>;

public:
    KeypadMatrix(const KeypadMatrix&) = delete;
    KeypadMatrix& operator=(const KeypadMatrix&) = delete;

    /// Creates the task that watches the pins, in the running loop; nothing happens if there is one. If there is no memory, that is
    /// reported.
    UASYNC_DRIVER void start() noexcept;
    /// Whether a task watches the pins. @return false before start(), and after the loop in which it was called has ended
    bool started() const noexcept { return !task_.done(); }

    /// Whether a key is down, as the last event of it told. @param key its name @return false also if there is no such key
    bool pressed(char key) const noexcept;
    /// How many events next_event() has missed, because 16 had not been taken. @return the number since the Keypad was made
    std::uint32_t dropped() const noexcept { return dropped_; }
    /// Takes the next event without waiting. @return the event, or Error::unavailable if there is none
    Result<KeyEvent> next_nowait() noexcept { return events_.get_nowait(); }
    /// Forgets the events that nobody has taken, such as those of a time in which nobody asked.
    void clear_events() noexcept {
        while (next_nowait()) {
        }
    }

    class NextAwaiter : public Events::GetAwaiter {
    public:
        explicit NextAwaiter(KeypadMatrix& keypad) noexcept : Events::GetAwaiter{keypad.events_}, keypad_{&keypad} {}
        NextAwaiter(NextAwaiter&&) noexcept = default;
        NextAwaiter& operator=(NextAwaiter&&) = delete;
        ~NextAwaiter() = default;
        void await_suspend(Frame self) noexcept;
        KeyEvent await_resume() noexcept { return Events::GetAwaiter::await_resume(); }

    private:
        KeypadMatrix* keypad_;
    };

    /// Takes the next event of those that have come since start(); waits until there is one.
    /// @return an awaitable; `co_await` gives a KeyEvent
    [[nodiscard("co_await it")]] NextAwaiter next_event() noexcept { return NextAwaiter{*this}; }

protected:
    /// For a Keypad, which has the rows and the columns. @param rows its rows @param columns its columns @param options its own
    KeypadMatrix(std::span<detail::KeypadRow> rows, std::span<detail::KeypadColumn> columns, const KeypadOptions& options) noexcept
        : rows_{rows}, columns_{columns}, options_{options} {}
    ~KeypadMatrix() = default;
    /// Gives them their pins. @param rows as many as there are @param columns as many as there are
    void connect(const unsigned* rows, const unsigned* columns) noexcept;
    /// Ends the task, and makes the rows inputs.
    void stop() noexcept;

private:
    static Coro<> watch(KeypadMatrix& keypad);
    static void set_low(const detail::KeypadRow& row, bool low) noexcept;
    bool begin_rest() noexcept;
    void end_rest() noexcept;
    bool is_at_rest() const noexcept;
    void look(detail::KeypadRow& row) noexcept;
    unsigned unsure(const detail::KeypadRow& row) const noexcept;
    char name_of(const detail::KeypadRow& row, std::size_t column) const noexcept;

    std::span<detail::KeypadRow> rows_;
    std::span<detail::KeypadColumn> columns_;
    KeypadOptions options_;
    TaskHandle task_;
    ThreadSafeFlag pulled_;
    Events events_;
    std::uint32_t dropped_ = 0;
};

/// A keypad: a matrix of up to 8 by 8 keys, each of which connects a row with a column while it is held. Their bounces are not told.
///
/// A task, which start() creates, watches it. While no key is held all rows are low, and nothing runs until an interrupt tells that a column
/// has been pulled low, too. Then one row after the other is low, for a part of half the settle time, until no key is held any more.
///
///               a column is low                 in two scans the same, and sure: an event
///     [ rest ] -----------------> [ scanning ] -------------------------------------------> [ scanning ]
///        ^                             |
///        +---- two scans: no key ------+
///
/// Any number of keys may be held, as long as they are sure. Without diodes, three keys at corners of a rectangle look like four: current also flows
/// through two of them to the third's column. So when two rows have a column in common and another one beside it, nothing is told of the keys of both rows in
/// these columns, neither that one went down nor that one went up, until enough others are released. What they are then is told. Two keys are always sure.
///
/// A row that is not low is an input with a pull-up, so keys never connect two outputs.
///
/// @par Use it for
/// Membrane keypads of 3x4 and 4x4 keys, and keyboards.
/// @par Instead use
/// Pushbutton for one button with a pin of its own.
/// @par Cost
/// For 4x4 keys 256 bytes on a board. start() takes a task and its frame, 136 bytes of the frame pool with GCC -Os. At rest it costs nothing; while a key is held a
/// task's turn each 1.25 ms with four rows, and the processor sleeps in between. Waiting allocates nothing.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancelled next_event() has taken no event, even if the task had already been woken. The keys are watched as before.
/// @par Fairness
/// Each event goes to one task, first in, first out. Keys of one scan are told row by row. An event comes at most the settle time after
/// the key has come to rest, or after it has become sure.
/// @par Errors
/// A wait ends with Error::misuse if it begins before start(), or after the task that watches has ended. That task ends, which is reported, if another
/// task waits for the pin of a column, or an EdgeCounter has it. Tasks that wait when the keypad is destroyed end with Error::destroyed. If nobody takes
/// the events, the newest are dropped and counted in dropped().
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/keypad.hpp>
/// #include <uasync/sim.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}};
///     pad.start();
///     while (true) {
///         const KeyEvent event = co_await pad.next_event();
///         print("{} ms: {} {}\n", ticks_ms(), event.key, event.pressed ? "down" : "up");
///         if (event.key == '#' && !event.pressed) co_return;
///     }
/// }
///
/// int main() {  // fingers on 5 and #
///     sim::at(100ms, [] { sim::wire(3, 7); });
///     sim::at(180ms, [] { sim::wire(3, 7, false); });
///     sim::at(300ms, [] { sim::wire(5, 8); });
///     sim::at(400ms, [] { sim::wire(5, 8, false); });
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 107 ms: 5 down
/// 187 ms: 5 up
/// 310 ms: # down
/// 405 ms: # up
/// @endcode
/// @tparam Rows how many rows: from the constructor's first array
/// @tparam Columns how many columns
template <std::size_t Rows, std::size_t Columns>
class Keypad : public KeypadMatrix {
    static_assert(Rows >= 1 && Rows <= 8 && Columns >= 1 && Columns <= 8, "a Keypad has 1 to 8 rows and 1 to 8 columns");

public:
    /// A keypad that nobody watches yet: call start().
    /// @param rows the pins of the rows, from the top
    /// @param columns those of the columns, from the left
    /// @param options how it is labelled and wired
    Keypad(const unsigned (&rows)[Rows], const unsigned (&columns)[Columns], const KeypadOptions& options = {}) noexcept
        : KeypadMatrix{row_store_, column_store_, options} {
        connect(rows, columns);
    }
    Keypad(const Keypad&) = delete;
    Keypad& operator=(const Keypad&) = delete;
    ~Keypad() { stop(); }

private:
    detail::KeypadRow row_store_[Rows];
    detail::KeypadColumn column_store_[Columns];
};

UASYNC_WAITS_FOR(KeypadMatrix::NextAwaiter, "Keypad::next_event");

}  // namespace uasync
