#include <uasync/device/ssd1306.hpp>

#include <cstring>
#include <initializer_list>

namespace uasync {
namespace {

constexpr std::uint8_t are_commands = 0x00, is_data = 0x40;  // what the first byte says of the others (datasheet 8.1.5.2)
constexpr int panel_width = 128;

// If a command was cut off, the display takes the next byte for its argument. So this byte goes first: as a command it does nothing, and as an
// argument it does no harm, because everything is set anew.
constexpr std::uint8_t no_operation = 0xe3;

}  // namespace

Ssd1306Display::Ssd1306Display(I2c& bus, std::span<std::uint8_t> bytes, int height, Ssd1306Options options) noexcept
    : FrameBuffer{bytes, Size{panel_width, static_cast<std::uint8_t>(height / 8)}}, bus_{&bus}, options_{options} {}

/// What show() sends, one transaction after the other:
///
///     [set up, if it is unknown] --> [place of a page] --> [its bytes] --> ... the next page that has changed --> [settings, if not set] --> [over]
///
/// What has failed, or was not sent when the frame is destroyed, is sent by the next show().
class Ssd1306Display::Transfer {
public:
    explicit Transfer(Ssd1306Display& display) noexcept : display_{display} {}
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    ~Transfer() {
        if (!columns_.empty()) display_.mark(page_, columns_);
        if (part_ == Part::settings) display_.is_set_ = false;
    }

    bool prepare() noexcept;
    std::uint8_t kind() const noexcept { return part_ == Part::bytes ? is_data : are_commands; }
    std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }
    void is_sent() noexcept;

private:
    enum class Part : std::uint8_t { set_up, place, bytes, settings, over };

    bool say(std::initializer_list<std::uint8_t> commands) noexcept {
        std::memcpy(commands_, commands.begin(), commands.size());
        bytes_ = {commands_, commands.size()};
        return true;
    }
    bool set_up() noexcept;
    bool place() noexcept;
    bool set() noexcept;

    Ssd1306Display& display_;
    std::span<const std::uint8_t> bytes_;
    Columns columns_ = nothing;  ///< of the page, which are not sent yet
    Part part_ = Part::set_up;
    std::uint8_t page_ = 0;
    std::uint8_t commands_[24];
};

/// Gets the next transaction ready. @return false if there is none
bool Ssd1306Display::Transfer::prepare() noexcept {
    if (part_ == Part::set_up) {
        if (!display_.is_known_) return set_up();
        part_ = Part::place;
    }
    if (part_ == Part::bytes) {
        bytes_ = display_.page_bytes(page_).subspan(columns_.first, columns_.last - columns_.first + 1U);
        return true;
    }
    for (; part_ == Part::place; ++page_) {
        if (page_ == display_.pages()) {
            part_ = Part::settings;
            break;
        }
        columns_ = display_.take_changed(page_);
        if (!columns_.empty()) return place();
    }
    if (part_ == Part::settings) {
        if (!display_.is_set_) return set();
        part_ = Part::over;
    }
    return false;
}

bool Ssd1306Display::Transfer::set_up() noexcept {
    display_.is_set_ = false;
    for (int page = 0; page < display_.pages(); ++page) display_.mark(page, {0, panel_width - 1});
    const bool is_high = display_.pages() == 8;
    const std::uint8_t remap = display_.options_.upside_down ? 0 : 1;
    return say({
        // clang-format off
        no_operation,
        0xae,                                             // off, until the picture is there
        0x20, 0x02,                                       // page by page, in commands that need no arguments
        0x40,                                             // the first row is the first
        static_cast<std::uint8_t>(0xa0 | remap),          // left and right
        static_cast<std::uint8_t>(0xc0 | remap << 3U),    // up and down
        0xa8, static_cast<std::uint8_t>(is_high ? 63 : 31),
        0xd3, 0x00,                                       // moved by no row
        0xda, static_cast<std::uint8_t>(is_high ? 0x12 : 0x02),  // how the rows are connected (datasheet 10.1.18)
        0xd5, 0x80,                                       // clock
        0xd9, 0xf1,                                       // precharge, for the supply below
        0xdb, 0x30,                                       // level of a dark pixel
        0xa4,                                             // show the memory
        0x2e,                                             // do not scroll by yourself
        0x8d, 0x14,                                       // make the voltage by the charge pump
        // clang-format on
    });
}

/// Where the bytes of a page begin, in commands of one byte each (datasheet 10.1.1, 10.1.2 and 10.1.13): a cancellation comes between two of them.
bool Ssd1306Display::Transfer::place() noexcept {
    return say({no_operation, static_cast<std::uint8_t>(0xb0 | page_), static_cast<std::uint8_t>(columns_.first & 0xf),
                static_cast<std::uint8_t>(0x10 | columns_.first >> 4U)});
}

bool Ssd1306Display::Transfer::set() noexcept {
    display_.is_set_ = true;  // unless it is told otherwise meanwhile
    return say({no_operation, 0x81, display_.contrast_, static_cast<std::uint8_t>(0xa6 | (display_.inverted_ ? 1 : 0)),
                static_cast<std::uint8_t>(0xae | (display_.on_ ? 1 : 0))});
}

void Ssd1306Display::Transfer::is_sent() noexcept {
    switch (part_) {
        case Part::set_up:
            display_.is_known_ = true;
            part_ = Part::place;
            break;
        case Part::place: part_ = Part::bytes; break;
        case Part::bytes:
            columns_ = nothing;
            ++page_;
            part_ = Part::place;
            break;
        default: part_ = Part::over;
    }
}

Coro<Result<void>> Ssd1306Display::show() {
    const auto held = co_await lock_.scoped_lock();
    Transfer transfer{*this};
    Result<void> done;
    while (done && transfer.prepare()) {
        done = co_await bus_->write_mem(options_.address, transfer.kind(), transfer.bytes());
        if (done) {
            transfer.is_sent();
        } else {
            is_known_ = false;
        }
    }
    co_return done;
}

}  // namespace uasync
