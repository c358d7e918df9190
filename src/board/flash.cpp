#include <uasync/board/flash.hpp>

#include <algorithm>

#include <uasync/time/sleep.hpp>

namespace uasync {
namespace {

/// Who writes to the chip, and who waits for that.
constinit OwnedWaitQueue flash_turns;
/// The loop of the task that writes. Changed in critical sections, as both cores may ask.
constinit TaskLoop* flash_loop = nullptr;

/// How many bytes are read before other tasks have a turn: 128 us.
constexpr std::uint32_t read_at_once = 256;
/// How many bytes are compared in one go.
constexpr std::uint32_t compared_at_once = 32;
constexpr std::int64_t shortest_latency_us = 100;

/// The turn goes to the next task.
void end_flash_turn() noexcept {
    const CriticalSection section;
    if (!flash_turns.hand_on()) flash_loop = nullptr;
}

/// Looks at each byte that is there, a few at a time. @param fits asked about the byte and its place @return false if one does not fit
template <class Fits>
bool each_fits(std::uint32_t at, std::size_t size, Fits fits) noexcept {
    std::uint8_t found[compared_at_once];
    for (std::size_t i = 0; i < size; ++i) {
        const std::size_t place = i % compared_at_once;
        if (place == 0) {
            port::flash_read(at + static_cast<std::uint32_t>(i),
                             std::span{found}.first(std::min<std::size_t>(size - i, compared_at_once)));
        }
        if (!fits(found[place], i)) return false;
    }
    return true;
}

bool is_erased(std::uint32_t at) noexcept {
    return each_fits(at, read_at_once, [](std::uint8_t found, std::size_t) { return found == 0xff; });
}
bool holds(std::uint32_t at, std::span<const std::uint8_t> bytes) noexcept {
    return each_fits(at, bytes.size(), [bytes](std::uint8_t found, std::size_t i) { return found == bytes[i]; });
}
/// Whether no bit would have to become 1.
bool can_become(std::uint32_t at, std::span<const std::uint8_t> bytes) noexcept {
    return each_fits(at, bytes.size(), [bytes](std::uint8_t found, std::size_t i) { return (bytes[i] & ~found) == 0; });
}

}  // namespace

namespace detail {

FlashTurn::~FlashTurn() {
    if (has_it_) end_flash_turn();
}

FlashTurnAwaiter::~FlashTurnAwaiter() {
    if (suspended_ && flash_turns.handed_to_current()) end_flash_turn();
}

bool FlashTurnAwaiter::await_ready() noexcept {
    const CriticalSection section;
    if (flash_loop == nullptr) {
        flash_loop = &current_loop();
        flash_turns.hold();
        return true;
    }
    refused_ = flash_loop != &current_loop();
    return refused_;
}

void FlashTurnAwaiter::await_suspend(Frame self) noexcept {
    suspended_ = true;
    flash_turns.suspend(self, "Flash::erase");
}

FlashTurn FlashTurnAwaiter::await_resume() noexcept {
    if (suspended_) {
        flash_turns.taken();
        flash_turns.hold();
    }
    suspended_ = false;
    return FlashTurn{!refused_};
}

}  // namespace detail

std::array<std::uint8_t, 8> flash_unique_id() noexcept { return port::flash_unique_id(); }

/// A sector or a page that is written. It is finished, whatever becomes of the coroutine.
class Flash::Step {
public:
    Step(Flash& flash, std::uint32_t size) noexcept : flash_{&flash}, size_{size} {}
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() {
        if (!is_done_) port::flash_finish(flash_->latency_us_);
        flash_->done_ += size_;
    }

    /// Whether it is done; then nothing is left for the destructor. @param is_done what the port says
    bool is_done(bool is_done) noexcept {
        is_done_ = is_done;
        return is_done;
    }

private:
    Flash* flash_;
    std::uint32_t size_;
    bool is_done_ = true;
};

Flash::Flash(std::uint32_t size) noexcept : Flash{size, Options{}} {}

Flash::Flash(std::uint32_t size, Options options) noexcept
    : latency_us_{
          static_cast<std::uint32_t>(std::clamp<std::int64_t>(options.latency.count(), shortest_latency_us, longest_latency_us)) &
          0x7fff'ffff} {
    const std::uint32_t all = port::flash_size();
    if (size > all || size % sector_size != 0) return;
    start_ = options.start == at_end ? all - size : options.start;
    if (start_ % sector_size == 0 && start_ >= port::flash_program_end() && start_ <= all - size) size_ = size;
}

Result<void> Flash::read_nowait(std::uint32_t offset, std::span<std::uint8_t> into) const noexcept {
    if (!has(offset, into.size())) return std::unexpected{Error::misuse};
    port::flash_read(start_ + offset, into);
    return {};
}

Coro<Result<void>> Flash::read(std::uint32_t offset, std::span<std::uint8_t> into) const {
    if (!has(offset, into.size())) co_return std::unexpected{Error::misuse};
    while (true) {
        const std::size_t count = std::min<std::size_t>(into.size(), read_at_once);
        port::flash_read(start_ + offset, into.first(count));
        into = into.subspan(count);
        offset += static_cast<std::uint32_t>(count);
        if (into.empty()) co_return Result<void>{};
        co_await detail::SleepAwaiter{0};
    }
}

Coro<Result<void>> Flash::erase(std::uint32_t offset, std::uint32_t size) {
    if (!has(offset, size) || offset % sector_size != 0 || size % sector_size != 0) co_return std::unexpected{Error::misuse};
    const detail::FlashTurn turn = co_await detail::FlashTurnAwaiter{};
    if (!turn) co_return std::unexpected{Error::misuse};
    for (done_ = 0; done_ < size;) {
        const std::uint32_t at = offset + done_;
        {
            Step step{*this, sector_size};
            bool is_done = step.is_done(port::flash_erase(start_ + at, latency_us_));
            while (!is_done) {
                co_await detail::SleepAwaiter{static_cast<std::int64_t>(port::flash_pause())};
                is_done = step.is_done(port::flash_go_on(latency_us_));
            }
        }
        for (std::uint32_t looked = 0; looked < sector_size; looked += read_at_once) {
            co_await detail::SleepAwaiter{0};
            if (is_erased(start_ + at + looked)) continue;
            done_ -= sector_size;
            co_return std::unexpected{Error::bus_error};
        }
    }
    co_return Result<void>{};
}

Coro<Result<void>> Flash::program(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
    if (!has(offset, bytes.size())) co_return std::unexpected{Error::misuse};
    const detail::FlashTurn turn = co_await detail::FlashTurnAwaiter{};
    if (!turn) co_return std::unexpected{Error::misuse};
    for (done_ = 0; done_ < bytes.size();) {
        const std::uint32_t at = offset + done_;
        const auto left = static_cast<std::uint32_t>(bytes.size()) - done_;
        const std::span<const std::uint8_t> page = bytes.subspan(done_, std::min(left, page_size - at % page_size));
        if (!can_become(start_ + at, page)) co_return std::unexpected{Error::misuse};
        {
            Step step{*this, static_cast<std::uint32_t>(page.size())};
            bool is_done = step.is_done(port::flash_program(start_ + at, page, program_us()));
            while (!is_done) {
                co_await detail::SleepAwaiter{static_cast<std::int64_t>(port::flash_pause())};
                is_done = step.is_done(port::flash_go_on(program_us()));
            }
        }
        if (!holds(start_ + at, page)) {
            done_ -= static_cast<std::uint32_t>(page.size());
            co_return std::unexpected{Error::bus_error};
        }
        co_await detail::SleepAwaiter{0};
    }
    co_return Result<void>{};
}

}  // namespace uasync
