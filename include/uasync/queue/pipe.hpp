#pragma once
// Pipe<N>: a stream of bytes between tasks, through a buffer of N. As asyncio's StreamReader and StreamWriter, without a device.
//
//     Pipe<64> pipe;
//     ... co_await pipe.write("hello");                      // waits for room until all is written
//     ... const std::size_t got = co_await pipe.read(line);  // 1 byte at least; 0: closed, and empty
//     ... auto whole = co_await pipe.read_exactly(header);   // as many as there is room for, or Error::shut_down
//     ... pipe.close();
//
// Writes do not mix: one has written all before the next begins. Closing fails waiting writes; readers get what is there, then the
// end.
// Neighbours: Queue and Channel for messages; RingQueue<char, N> from an interrupt.
// Cost: N bytes and 10 words; no allocation; O(bytes). Not ISR-safe. Fair: readers and writers are served first in, first out.
// Cancellation: a cancelled `read` has taken nothing, and so has a `read_exactly` of N bytes or fewer; a longer one may have taken
// what is more than N. A cancelled `write` may have written a beginning, or all, of its bytes.
// Destroying it ends its waiters with Error::destroyed.

#include <cstddef>
#include <span>
#include <string_view>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

namespace detail {

/// All of a pipe but its buffer.
class PipeBase {
public:
    PipeBase(const PipeBase&) = delete;
    PipeBase& operator=(const PipeBase&) = delete;

    /// Bytes that can be read without waiting.
    std::size_t size() const noexcept { return size_ - kept_; }
    bool closed() const noexcept { return closed_; }
    /// Ends the stream.
    void close() noexcept;

protected:
    class Transfer;

    /// The transfers that wait on one side, in the order of their coming. One whose task was cancelled stays until that runs.
    struct End {
        WaitQueue waiters;
        Transfer* first = nullptr;

        /// The first that still waits.
        Transfer* front() noexcept;
        void push(Transfer& transfer) noexcept;
        void remove(Transfer& transfer) noexcept;
        /// It is done: its task goes on.
        void complete(Transfer& transfer) noexcept;
        /// Those that wait go on with nothing done.
        void dismiss() noexcept;
        void forget() noexcept;
    };

    /// What a write or a read is about.
    class Transfer {
    public:
        bool await_suspend(Frame self) noexcept;

    protected:
        Transfer(PipeBase& pipe, End& end, std::byte* bytes, std::size_t count, bool whole) noexcept
            : pipe_{&pipe}, end_{&end}, bytes_{bytes}, left_{count}, whole_{whole} {}
        Transfer(Transfer&& unstarted) noexcept
            : Transfer{*unstarted.pipe_, *unstarted.end_, unstarted.bytes_, unstarted.left_, unstarted.whole_} {}
        Transfer& operator=(Transfer&&) = delete;
        ~Transfer() {
            if (task_ != nullptr) [[unlikely]]
                abandon();
        }
        /// Whether it was done while the task was suspended.
        bool resumed() noexcept;
        void abandon() noexcept;
        std::size_t need() const noexcept { return whole_ ? left_ : 1; }

        friend class PipeBase;
        friend struct End;

        PipeBase* pipe_;
        End* end_;
        std::byte* bytes_;
        std::size_t left_;
        std::size_t reserved_ = 0;   ///< bytes kept for a reader that was woken
        TaskState* task_ = nullptr;  ///< while suspended
        Transfer* next_ = nullptr;
        bool whole_;
        bool queued_ = false;
    };

    class WriteAwaiter : public Transfer {
    public:
        WriteAwaiter(PipeBase& pipe, std::span<const std::byte> bytes) noexcept;
        bool await_ready() const noexcept;
        Result<void> await_resume() noexcept;
    };
    class ReadAwaiter : public Transfer {
    public:
        ReadAwaiter(PipeBase& pipe, std::span<std::byte> bytes, bool whole = false) noexcept
            : Transfer{pipe, pipe.readers_, bytes.data(), bytes.size(), whole} {}
        bool await_ready() const noexcept;
        std::size_t await_resume() noexcept;
    };
    class ReadExactlyAwaiter : public ReadAwaiter {
    public:
        ReadExactlyAwaiter(PipeBase& pipe, std::span<std::byte> bytes) noexcept : ReadAwaiter{pipe, bytes, true} {}
        Result<void> await_resume() noexcept {
            ReadAwaiter::await_resume();
            if (left_ != 0) return std::unexpected{Error::shut_down};
            return {};
        }
    };

    PipeBase(std::byte* buffer, std::size_t capacity) noexcept : buffer_{buffer}, capacity_{capacity} {}
    ~PipeBase();

private:
    void put(Transfer& from, std::size_t count) noexcept;
    void take(Transfer& to, std::size_t count) noexcept;
    /// Moves whatever can be moved, and wakes whose turn has come.
    void pump() noexcept;

    End readers_;
    End writers_;
    std::byte* buffer_;
    std::size_t capacity_;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
    std::size_t kept_ = 0;  ///< of these, how many are reserved for readers that were woken
    bool closed_ = false;
};

}  // namespace detail

template <std::size_t N>
class Pipe : public detail::PipeBase {
    static_assert(N >= 1, "a Pipe needs a byte of room");

public:
    Pipe() noexcept : PipeBase{buffer_, N} {}

    static constexpr std::size_t capacity() noexcept { return N; }

    /// Writes all of `bytes`, which must stay where they are until then; Error::shut_down if the pipe is or becomes closed.
    [[nodiscard("co_await it")]] auto write(std::span<const std::byte> bytes) noexcept { return WriteAwaiter{*this, bytes}; }
    [[nodiscard("co_await it")]] auto write(std::string_view text) noexcept {
        return write(std::as_bytes(std::span{text.data(), text.size()}));
    }

    /// Waits for a byte, and reads what is there, up to the size of `bytes`. How many; 0 at the end of the stream.
    [[nodiscard("co_await it")]] auto read(std::span<std::byte> bytes) noexcept { return ReadAwaiter{*this, bytes}; }
    [[nodiscard("co_await it")]] auto read(std::span<char> text) noexcept { return read(std::as_writable_bytes(text)); }

    /// Fills `bytes`; Error::shut_down if the stream ends before that (what is there, up to N bytes, can still be read).
    [[nodiscard("co_await it")]] auto read_exactly(std::span<std::byte> bytes) noexcept { return ReadExactlyAwaiter{*this, bytes}; }
    [[nodiscard("co_await it")]] auto read_exactly(std::span<char> text) noexcept {
        return read_exactly(std::as_writable_bytes(text));
    }

private:
    std::byte buffer_[N];
};

}  // namespace uasync
