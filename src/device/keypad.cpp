#include <uasync/device/keypad.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

#include <uasync/kernel/cancel.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {

using detail::KeypadColumn;
using detail::KeypadRow;

namespace {

/// The least time that a row is low, in which the pull-up of a column brings it up again, also at the end of a cable.
constexpr std::int64_t keypad_row_us = 50;

}  // namespace

void KeypadMatrix::connect(const unsigned* rows, const unsigned* columns) noexcept {
    for (KeypadRow& row : rows_) {
        row.pin = static_cast<std::uint8_t>(*rows++);
        port::gpio_init(row.pin, false, port::Pull::up);
    }
    for (KeypadColumn& column : columns_) {
        column.connect(pulled_, *columns);
        port::gpio_init(*columns++, false, port::Pull::up);
    }
}

void KeypadMatrix::start() noexcept {
    if (started()) return;
    task_ = create_task(watch(*this), "Keypad");
    if (task_.done()) task_ = TaskHandle{};  // there is no memory, which is reported now and not at the end
}

/// The task's frame may live on until the task's next turn. Nothing in it refers to the keypad by then.
void KeypadMatrix::stop() noexcept {
    task_.cancel();
    end_rest();
}

/// In the interrupt, which is off from then on.
bool detail::KeypadColumn::pulled(EdgeWatch& column) noexcept {
    static_cast<KeypadColumn&>(column).flag_->set();
    return false;
}

Coro<> KeypadMatrix::watch(KeypadMatrix& keypad) {
    const std::int64_t part = std::max<std::int64_t>(keypad.options_.settle.count() / 2 / std::ssize(keypad.rows_), keypad_row_us);
    while (true) {
        if (!keypad.begin_rest()) co_await detail::FailAwaiter{Error::misuse};
        co_await keypad.pulled_.wait();
        keypad.end_rest();
        do {
            for (KeypadRow& row : keypad.rows_) {
                set_low(row, true);
                co_await detail::SleepAwaiter{part};  // in which the columns rise that were low before
                keypad.look(row);
                set_low(row, false);
            }
        } while (!keypad.is_at_rest());
    }
}

void KeypadMatrix::set_low(const KeypadRow& row, bool low) noexcept {
    port::gpio_init(row.pin, low, low ? port::Pull::none : port::Pull::up);
}

/// @return false if something else waits for the pin of a column
bool KeypadMatrix::begin_rest() noexcept {
    for (const KeypadRow& row : rows_) set_low(row, true);
    pulled_.clear();                   // another column may have been pulled after the first one
    if (!is_at_rest()) pulled_.set();  // a key was held when the loop ended that watched before
    for (KeypadColumn& column : columns_) {
        if (!column.start()) {
            end_rest();
            return false;
        }
        if (!port::gpio_get(column.pin())) pulled_.set();  // before its interrupt was on
    }
    return true;
}

void KeypadMatrix::end_rest() noexcept {
    for (KeypadColumn& column : columns_) column.stop();
    for (const KeypadRow& row : rows_) set_low(row, false);
}

bool KeypadMatrix::is_at_rest() const noexcept {
    return std::ranges::all_of(rows_, [](const KeypadRow& row) { return (row.closed | row.closed_before | row.pressed) == 0; });
}

/// Reads the columns while a row is low, and tells what is sure.
void KeypadMatrix::look(KeypadRow& row) noexcept {
    row.closed_before = std::exchange(row.closed, std::uint8_t{0});
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (!port::gpio_get(columns_[i].pin())) row.closed = static_cast<std::uint8_t>(row.closed | 1U << i);
    }
    const unsigned changed = (row.closed ^ row.pressed) & ~unsure(row);
    row.pressed = static_cast<std::uint8_t>(row.pressed ^ changed);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if ((changed >> i & 1U) == 0) continue;
        const KeyEvent event{name_of(row, i), (row.pressed >> i & 1U) != 0};
        if (!events_.put_nowait(event)) ++dropped_;
    }
}

/// The keys of a row of which nothing can be said: they bounce, or may be ghosts. Rows are not read at the same time, so two scans count.
unsigned KeypadMatrix::unsure(const KeypadRow& row) const noexcept {
    unsigned keys = row.closed ^ row.closed_before;
    if (options_.has_diodes) return keys;
    const unsigned mine = row.closed | row.closed_before;
    for (const KeypadRow& other : rows_) {
        const unsigned theirs = other.closed | other.closed_before, both = mine | theirs;
        const bool is_one_column = (both & (both - 1U)) == 0;
        if (&other != &row && (mine & theirs) != 0 && !is_one_column) keys |= both;
    }
    return keys;
}

char KeypadMatrix::name_of(const KeypadRow& row, std::size_t column) const noexcept {
    const std::size_t key = static_cast<std::size_t>(&row - rows_.data()) * columns_.size() + column;
    return key < options_.keys.size() ? options_.keys[key] : '\0';
}

bool KeypadMatrix::pressed(char key) const noexcept {
    for (const KeypadRow& row : rows_) {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if ((row.pressed >> i & 1U) != 0 && name_of(row, i) == key) return true;
        }
    }
    return false;
}

void KeypadMatrix::NextAwaiter::await_suspend(Frame self) noexcept {
    if (keypad_->started()) {
        Events::GetAwaiter::await_suspend(self);
    } else {
        detail::current_loop().fail(self, Error::misuse);
    }
}

}  // namespace uasync
