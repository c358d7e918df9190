#include <uasync/device/mipi_display.hpp>

#include <atomic>
#include <cstring>

#include <uasync/time/sleep.hpp>

namespace uasync {
namespace {

enum MipiCommand : std::uint8_t {
    nop = 0x00,
    swreset = 0x01,
    slpout = 0x11,
    invoff = 0x20,
    invon = 0x21,
    dispon = 0x29,
    caset = 0x2a,
    raset = 0x2b,
    ramwr = 0x2c,
    madctl = 0x36,
    colmod = 0x3a,
};

constexpr std::uint8_t bits_16 = 0x55;  // of COLMOD
constexpr std::uint8_t madctl_bgr = 1U << 3;
/// How quarter turns change MADCTL: rows mirrored, columns mirrored, both exchanged.
constexpr std::uint8_t turns[] = {0, 0x60, 0xc0, 0xa0};

/// What wakes it, each after the rest that the one before needs.
constexpr std::uint8_t wake_up[] = {swreset, slpout, nop};

/// How long no command may come after a reset, or after SLPOUT. The ILI9341 would be content with less after some of them.
constexpr Time mipi_rest_us = 120'000;
constexpr std::chrono::microseconds mipi_reset{20};  // at least 10

/// A number that no other picture of this display has, nor one of a display that was at its address before.
std::uint32_t next_picture() noexcept {
    static constinit std::atomic<std::uint32_t> last = 0;  // not fetch_add, which this chip has not: two cores have two displays
    const std::uint32_t next = last.load(std::memory_order_relaxed) + 1;
    last.store(next, std::memory_order_relaxed);
    return next;
}

constexpr std::uint8_t high_byte(int number) noexcept { return static_cast<std::uint8_t>(number >> 8); }
constexpr std::uint8_t low_byte(int number) noexcept { return static_cast<std::uint8_t>(number & 0xff); }

}  // namespace

/// A time in which the display must be left alone begins when this goes: also when its task is cancelled, as the display may have heard the command.
class MipiDisplay::Rest {
public:
    explicit Rest(MipiDisplay& display) noexcept : display_{display} {}
    Rest(const Rest&) = delete;
    Rest& operator=(const Rest&) = delete;
    ~Rest() {
        if (display_.reset_ != no_pin) port::gpio_put(display_.reset_, true);
        display_.ready_at_ = port::now() + mipi_rest_us;
    }

private:
    MipiDisplay& display_;
};

/// What show() sends: rows of the rectangle that has changed. What is not sent when this goes counts as changed again.
class MipiDisplay::Part {
public:
    Part(const MipiDisplay& display, ColorBuffer& buffer, int x, int y) noexcept : buffer_{buffer}, x_{x}, y_{y} {
        const ColorBuffer::Place place{&display, display.picture_, x, y};
        if (buffer.place_ != place) buffer.invalidate();
        buffer.place_ = place;
        const detail::PixelArea seen = display.all();
        left_ = buffer.changed_ & detail::PixelArea{seen.left - x, seen.top - y, seen.right - x, seen.bottom - y};
        buffer.changed_ = {};
    }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    ~Part() { buffer_.changed_ = buffer_.changed_ | left_; }

    /// Where it goes on the display.
    detail::PixelArea window() const noexcept { return {left_.left + x_, left_.top + y_, left_.right + x_, left_.bottom + y_}; }
    bool is_over() const noexcept { return left_.empty(); }
    /// What is sent next: all, if there is nothing between the rows, or a row.
    std::span<const std::uint16_t> pixels() const noexcept {
        return {&buffer_.at(left_.left, left_.top), static_cast<unsigned>(left_.width() * rows())};
    }
    void is_sent() noexcept { left_.top += rows(); }

private:
    int rows() const noexcept { return left_.width() == buffer_.width() ? left_.height() : 1; }

    ColorBuffer& buffer_;
    int x_, y_;               ///< of the buffer on the display
    detail::PixelArea left_;  ///< in the buffer
};

MipiDisplay::MipiDisplay(Spi& bus, const Options& options, const detail::MipiPanel& panel) noexcept
    : device_{bus, {.cs = options.cs, .freq = options.freq != 0 ? options.freq : panel.freq}},
      dc_{options.dc, Pin::out},
      reset_{static_cast<std::uint8_t>(options.reset)},
      colors_{options.bgr ? madctl_bgr : std::uint8_t{0}},
      panel_{panel},
      ready_at_{mipi_rest_us} {
    if (reset_ != no_pin) (void)Pin{reset_, Pin::out};  // low, until it is set up
    rotation(options.rotation);
}

void MipiDisplay::rotation(int quarter_turns) noexcept {
    const unsigned turned = static_cast<unsigned>(panel_.upright) ^ colors_ ^ turns[quarter_turns & 3];
    settings_ = static_cast<std::uint16_t>((settings_ & inverted) | turned);
    picture_ = next_picture();
}

void MipiDisplay::invert(bool on) noexcept {
    settings_ = static_cast<std::uint16_t>((settings_ & ~inverted) | (on ? inverted : 0U));
}

std::span<const std::uint8_t> MipiDisplay::say(std::initializer_list<std::uint8_t> commands) noexcept {
    std::memcpy(commands_.data(), commands.begin(), commands.size());
    return std::span{commands_}.first(commands.size());
}

std::span<const std::uint8_t> MipiDisplay::say_window(const detail::PixelArea& area) noexcept {
    const int right = area.right - 1, bottom = area.bottom - 1;
    return say({5, caset, high_byte(area.left), low_byte(area.left), high_byte(right), low_byte(right),  //
                5, raset, high_byte(area.top), low_byte(area.top), high_byte(bottom), low_byte(bottom), 1, ramwr});
}

/// Sends commands: the first byte of each with D/C low, its others with D/C high, as which it is left for pixels.
Coro<Result<void>> MipiDisplay::send(std::span<const std::uint8_t> commands) {
    Result<void> done;
    while (done && !commands.empty()) {
        const std::size_t count = commands[0];
        dc_.off();
        done = co_await device_.write(commands.subspan(1, 1));
        dc_.on();
        if (done && count > 1) done = co_await device_.write(commands.subspan(2, count - 1));
        commands = commands.subspan(count + 1);
    }
    co_return done;
}

/// Resets it, whatever it does, and has it wake.
Coro<Result<void>> MipiDisplay::wake() {
    is_forgotten_ = false;
    sent_settings_ = unknown;
    picture_ = next_picture();
    Result<void> done;
    for (const std::uint8_t command : wake_up) {
        while (port::now() < ready_at_) co_await sleep(std::chrono::microseconds{ready_at_ - port::now()});
        if (command == nop) break;
        const Rest rest{*this};
        if (command == swreset && reset_ != no_pin) {
            port::gpio_put(reset_, false);
            co_await sleep(mipi_reset);
        } else {
            const auto commands = say({1, command});
            done = co_await send(commands);
            if (!done) break;
        }
    }
    co_return done;
}

/// Brings the display to where a window may follow: set up, with the settings that are wanted.
Coro<Result<void>> MipiDisplay::prepare() {
    Result<void> done;
    const bool is_new = !is_set_up_;
    if (is_new) done = co_await wake();
    while (done && sent_settings_ != settings_) {
        const std::uint16_t settings = settings_;
        sent_settings_ = unknown;  // unless all of them are sent
        const auto selected = co_await device_.select();
        if (!selected) co_return std::unexpected{selected.error()};
        const std::uint8_t order = low_byte(settings), inversion = (settings & inverted) != 0 ? invon : invoff;
        const auto commands = say({2, colmod, bits_16, 2, madctl, order, 1, inversion});
        done = co_await send(commands);
        if (done) sent_settings_ = settings;
    }
    if (!done || !is_new) co_return done;
    done = co_await fill_area(all(), 0);
    if (!done) co_return done;
    const auto switch_on = say({1, dispon});
    done = co_await send(switch_on);
    is_set_up_ = done.has_value() && !is_forgotten_;
    co_return done;
}

Coro<Result<void>> MipiDisplay::show(ColorBuffer& buffer, int x, int y) {
    const auto held = co_await lock_.scoped_lock();
    Result<void> done;
    while (done && !is_ready()) done = co_await prepare();
    if (!done) co_return done;
    Part part{*this, buffer, x, y};
    if (part.is_over()) co_return done;
    const auto selected = co_await device_.select();
    if (!selected) co_return std::unexpected{selected.error()};
    const auto window = say_window(part.window());
    done = co_await send(window);
    while (done && !part.is_over()) {
        done = co_await device_.write(part.pixels());
        if (done) part.is_sent();
    }
    co_return done;
}

Coro<Result<void>> MipiDisplay::fill_area(detail::PixelArea area, std::uint16_t color) {
    const auto selected = co_await device_.select();
    if (!selected) co_return std::unexpected{selected.error()};
    const auto window = say_window(area);
    Result<void> done = co_await send(window);
    if (done) done = co_await device_.write_repeated(color, static_cast<unsigned>(area.width() * area.height()));
    co_return done;
}

Coro<Result<void>> MipiDisplay::fill_rect(int x, int y, int w, int h, std::uint16_t color) {
    const auto held = co_await lock_.scoped_lock();
    Result<void> done;
    while (done && !is_ready()) done = co_await prepare();
    const detail::PixelArea area = all() & detail::PixelArea{x, y, x + w, y + h};
    if (done && !area.empty()) done = co_await fill_area(area, color);
    co_return done;
}

Coro<Result<void>> MipiDisplay::fill(std::uint16_t color) {
    return fill_rect(0, 0, panel_.height, panel_.height, color);  // as wide as it is high: all of it in each direction
}

}  // namespace uasync
