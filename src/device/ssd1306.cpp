#include <uasync/device/ssd1306.hpp>

namespace uasync {
namespace {

constexpr std::uint8_t are_commands = 0x00, is_data = 0x40;  // what the first byte says of the others (datasheet 8.1.5.2)
constexpr int panel_width = 128;

// A command that was cut off would take the byte that comes next for its argument. This one does nothing, and nothing comes of it there, as
// everything is set anew.
constexpr std::uint8_t no_operation = 0xe3;

}  // namespace

Ssd1306Display::Ssd1306Display(I2c& bus, std::span<std::uint8_t> bytes, int height, Ssd1306Options options) noexcept
    : FrameBuffer{bytes, panel_width, height}, bus_{&bus}, options_{options} {}

/// What of a page is being sent. It has changed again unless it is said to be sent.
class Ssd1306Display::Unsent {
public:
    Unsent(Ssd1306Display& display, int page) noexcept : display_{display}, page_{page}, columns_{display.take_changed(page)} {}
    Unsent(const Unsent&) = delete;
    Unsent& operator=(const Unsent&) = delete;
    ~Unsent() { display_.mark(page_, columns_); }

    Columns columns() const noexcept { return columns_; }
    void is_sent() noexcept { columns_ = nothing; }

private:
    Ssd1306Display& display_;
    int page_;
    Columns columns_;
};

/// Contrast, inversion and power are being sent. They are set, unless they are changed meanwhile, or this ends before they are sent.
class Ssd1306Display::Unset {
public:
    explicit Unset(bool& is_set) noexcept : is_set_{is_set} { is_set = true; }
    Unset(const Unset&) = delete;
    Unset& operator=(const Unset&) = delete;
    ~Unset() {
        if (!is_sent_) is_set_ = false;
    }
    void is_sent() noexcept { is_sent_ = true; }

private:
    bool& is_set_;
    bool is_sent_ = false;
};

Coro<Result<void>> Ssd1306Display::show_page(int page) {
    Unsent unsent{*this, page};
    const Columns columns = unsent.columns();
    Result<void> done;
    if (columns.empty()) co_return done;
    // Where it begins, in commands of one byte each (datasheet 10.1.1, 10.1.2 and 10.1.13): a cancellation comes between two of them.
    const std::uint8_t place[] = {no_operation, static_cast<std::uint8_t>(0xb0 | page),
                                  static_cast<std::uint8_t>(columns.first & 0xf),
                                  static_cast<std::uint8_t>(0x10 | columns.first >> 4U)};
    done = co_await bus_->write_mem(options_.address, are_commands, place);
    if (!done) co_return done;
    const std::size_t count = columns.last - columns.first + 1U;
    done = co_await bus_->write_mem(options_.address, is_data, page_bytes(page).subspan(columns.first, count));
    if (done) unsent.is_sent();
    co_return done;
}

Coro<Result<void>> Ssd1306Display::show() {
    const auto held = co_await lock_.scoped_lock();
    Result<void> done;
    if (!is_known_) {
        is_set_ = false;
        for (int page = 0; page < pages(); ++page) mark(page, {0, panel_width - 1});
        const std::uint8_t outputs = pages() == 8 ? 0x12 : 0x02;
        const std::uint8_t remap = options_.upside_down ? 0 : 1;
        const std::uint8_t commands[] = {
            // clang-format off
            no_operation,
            0xae,                                           // off, until the picture is there
            0x20, 0x02,                                     // page by page, in commands that need no arguments
            0x40,                                           // the first row is the first
            static_cast<std::uint8_t>(0xa0 | remap),        // left and right
            static_cast<std::uint8_t>(0xc0 | remap << 3U),  // up and down
            0xa8, static_cast<std::uint8_t>(height() - 1),  // rows
            0xd3, 0x00,                                     // moved by none
            0xda, outputs,                                  // how the rows are connected (datasheet 10.1.18)
            0xd5, 0x80,                                     // clock
            0xd9, 0xf1,                                     // precharge, for the supply below
            0xdb, 0x30,                                     // level of a dark pixel
            0xa4,                                           // show the memory
            0x2e,                                           // do not scroll by yourself
            0x8d, 0x14,                                     // make the voltage by the charge pump
            // clang-format on
        };
        done = co_await bus_->write_mem(options_.address, are_commands, commands);
        if (!done) co_return done;
        is_known_ = true;
    }
    for (int page = 0; page < pages(); ++page) {
        done = co_await show_page(page);
        if (!done) {
            is_known_ = false;
            co_return done;
        }
    }
    if (!is_set_) {
        Unset unset{is_set_};
        const std::uint8_t commands[] = {no_operation, 0x81, contrast_, static_cast<std::uint8_t>(0xa6 | (inverted_ ? 1 : 0)),
                                         static_cast<std::uint8_t>(0xae | (on_ ? 1 : 0))};
        done = co_await bus_->write_mem(options_.address, are_commands, commands);
        if (done) {
            unset.is_sent();
        } else {
            is_known_ = false;
        }
    }
    co_return done;
}

}  // namespace uasync
