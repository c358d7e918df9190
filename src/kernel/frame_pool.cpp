// FramePool: a pool that the program makes.

#include <uasync/kernel/frame_pool.hpp>

#include <uasync/kernel/port.hpp>

#include "block_pool.hpp"

#if UASYNC_FRAME_POOLS

namespace uasync {
namespace {

struct LastFailed {
    std::size_t bytes = 0;
    std::size_t capacity = 0;
};
constinit UASYNC_THREAD_LOCAL LastFailed last_failed;

/// A line of words and numbers in memory of its own, because the pool may have none left.
class Line {
public:
    Line& operator<<(const char* word) noexcept {
        while (*word != '\0') put(*word++);
        return *this;
    }
    Line& operator<<(std::size_t number) noexcept {
        char digits[20];
        std::size_t count = 0;
        do {
            digits[count++] = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number != 0);
        while (count != 0) put(digits[--count]);
        return *this;
    }
    const char* text() const noexcept { return text_; }

private:
    void put(char c) noexcept {
        if (length_ + 1 < sizeof text_) text_[length_++] = c;
    }
    char text_[192]{};
    std::size_t length_ = 0;
};

/// Holds a pool's lock.
class PoolLocked {
public:
    explicit PoolLocked(SharedLock& lock) noexcept : lock_{lock}, state_{lock.enter()} {}
    ~PoolLocked() { lock_.leave(state_); }
    PoolLocked(const PoolLocked&) = delete;
    PoolLocked& operator=(const PoolLocked&) = delete;

private:
    SharedLock& lock_;
    std::uint32_t state_;
};

}  // namespace

namespace detail {
void note_failed_frame(std::size_t bytes, std::size_t capacity) noexcept { last_failed = {bytes, capacity}; }
std::uint32_t capacity_of_failed_pool() noexcept { return static_cast<std::uint32_t>(last_failed.capacity); }
}  // namespace detail

std::uint32_t frame_pool_failed() noexcept { return static_cast<std::uint32_t>(last_failed.bytes); }

constinit const detail::FrameSource::Functions FramePool::functions_of_pool{
    [](FrameSource& source, std::size_t bytes) noexcept -> void* {
        auto& pool = static_cast<FramePool&>(source);
        {
            const PoolLocked locked{pool.lock_};
            if (void* block = detail::take_block(pool.blocks_, bytes)) {
                detail::show(pool.blocks_, block, detail::size_in(pool.blocks_, bytes));
                return block;
            }
        }
        detail::note_failed_frame(bytes, pool.blocks_.capacity);
        return nullptr;
    },
    [](FrameSource& source, void* memory, std::size_t bytes) noexcept {
        auto& pool = static_cast<FramePool&>(source);
        const PoolLocked locked{pool.lock_};
        detail::hide(pool.blocks_, memory, detail::size_in(pool.blocks_, bytes));
        detail::give_block(pool.blocks_, memory, bytes);
    }};

FramePool::FramePool(std::span<std::byte> memory, std::size_t alignment) noexcept : FrameSource{functions_of_pool} {
    blocks_.unit = std::max(alignment, detail::block_step);
    if ((blocks_.unit & (blocks_.unit - 1)) != 0) port::fatal("a frame pool's alignment must be a power of two");
    const auto begin = reinterpret_cast<std::uintptr_t>(memory.data());
    const std::size_t skipped = std::min((blocks_.unit - begin % blocks_.unit) % blocks_.unit, memory.size());
    blocks_.memory = memory.data() + skipped;
    blocks_.capacity = (memory.size() - skipped) / blocks_.unit * blocks_.unit;
    if (blocks_.capacity == 0) port::fatal("a frame pool without memory");
    detail::hide(blocks_, blocks_.memory, blocks_.capacity);
    detail::add_source(*this, blocks_.memory, blocks_.memory + blocks_.capacity);
}

FramePool::~FramePool() {
    if (const std::size_t bytes = use().in_use; bytes != 0) {
        Line line;
        line << "a frame pool is destroyed while " << bytes << " of its " << blocks_.capacity
             << " bytes are in use: the tasks in it, and their handles, must be gone before";
        port::fatal(line.text());
    }
    if (detail::is_named_source(*this)) port::fatal("a frame pool is destroyed before the loop, group or scope that names it");
    detail::remove_source(*this);
    detail::show(blocks_, blocks_.memory, blocks_.capacity);
}

FramePool::Use FramePool::use() const noexcept {
    const PoolLocked locked{lock_};
    return {{blocks_.capacity, blocks_.high_water, detail::bytes_in_use(blocks_)}, blocks_.failed};
}

}  // namespace uasync

#endif
