#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

namespace detail {

/// The part of a pipe that does not depend on its size.
class PipeBase {
public:
    PipeBase(const PipeBase&) = delete;
    PipeBase& operator=(const PipeBase&) = delete;

    /// Number of bytes that can be read without waiting. @return 0 to capacity()
    std::size_t size() const noexcept { return size_ - kept_; }
    /// Whether the stream has been ended. @return true from close() on
    bool closed() const noexcept { return closed_; }
    /// Ends the stream. Writes that wait give Error::shut_down, and so do later ones. Readers get the bytes that are
    /// left, then 0 or, in read_exactly(), Error::shut_down. O(waiting tasks).
    void close() noexcept;

protected:
    class Transfer;

    /// The transfers that wait on one side, in the order in which they came. One whose task was cancelled stays until
    /// that task runs.
    struct End {
        WaitQueue waiters;
        Transfer* first = nullptr;

        /// The first one whose task still waits.
        Transfer* front() noexcept;
        void push(Transfer& transfer) noexcept;
        void remove(Transfer& transfer) noexcept;
        /// The transfer is done: its task continues.
        void complete(Transfer& transfer) noexcept;
        /// Lets the waiting tasks continue with nothing done.
        void dismiss() noexcept;
        void forget() noexcept;
    };

    /// One write or read.
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
        std::size_t reserved_ = 0;   ///< bytes kept for a reader that has been woken
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
    /// Moves all bytes that can be moved, and wakes the tasks whose transfers are done.
    void pump() noexcept;

    End readers_;
    End writers_;
    std::byte* buffer_;
    std::size_t capacity_;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
    std::size_t kept_ = 0;  ///< how many of these are reserved for readers that have been woken
    bool closed_ = false;
};

}  // namespace detail

/// A stream of bytes between tasks, through a buffer of N bytes.
///
/// @par Use it for
/// Parsers and protocols that read bytes as they come, and tests of them.
/// @par Instead use
/// Queue or Channel for messages; `RingQueue<char, N>` for bytes from an interrupt.
/// @par Cost
/// N + 40 bytes on a board; no allocation; O(bytes).
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancelled read() has taken nothing, and neither has a read_exactly() of N bytes or fewer; a longer one may have
/// taken the bytes beyond N. A cancelled write() may have written some or all of its bytes.
/// @par Fairness
/// Readers and writers are served first in, first out. One write is complete before the next one begins, so writes do not
/// mix.
/// @par Errors
/// Writing to a closed pipe gives Error::shut_down, also to a write that waits. At the end of the stream read() gives 0
/// bytes and read_exactly() gives Error::shut_down. Tasks that wait when the pipe is destroyed end with Error::destroyed.
/// @par Source
/// Python's asyncio.StreamReader and StreamWriter, without a device.
///
/// @tparam N size of the buffer in bytes, at least 1
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> talk(Pipe<4>& pipe) {
///     co_await pipe.write("3abc");
///     co_await pipe.write("5hello");  // longer than the buffer
///     pipe.close();
/// }
///
/// Coro<> async_main() {
///     Pipe<4> pipe;
///     create_task(talk(pipe));
///     char text[9];
///     while (true) {
///         const auto length = co_await pipe.read(std::span{text, 1});
///         if (length == 0) break;
///         const std::span body{text, static_cast<std::size_t>(text[0] - '0')};
///         const auto whole = co_await pipe.read_exactly(body);
///         if (whole) print("{}\n", std::string_view{body.data(), body.size()});
///     }
///     print("the end\n");
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// abc
/// hello
/// the end
/// @endcode
template <std::size_t N>
class Pipe : public detail::PipeBase {
    static_assert(N >= 1, "a Pipe needs a byte of room");

public:
    /// An empty, open pipe.
    Pipe() noexcept : PipeBase{buffer_, N} {}

    /// Size of the buffer. @return N, in bytes
    static constexpr std::size_t capacity() noexcept { return N; }

    /// Writes all bytes; waits while the buffer is full.
    /// @param bytes bytes to write; they must stay where they are until the write is done
    /// @return an awaitable; `co_await` gives a `Result<void>`: success, or Error::shut_down if the pipe is closed, or is
    ///   closed before all is written
    [[nodiscard("co_await it")]] auto write(std::span<const std::byte> bytes) noexcept { return WriteAwaiter{*this, bytes}; }
    /// Writes a text; waits while the buffer is full.
    /// @param text characters to write; they must stay where they are until the write is done
    /// @return an awaitable; `co_await` gives a `Result<void>`, as for bytes
    [[nodiscard("co_await it")]] auto write(std::string_view text) noexcept {
        return write(std::as_bytes(std::span{text.data(), text.size()}));
    }

    /// Reads the bytes that are there; waits until there is at least one.
    /// @param bytes where to put them; its size is the most that is read
    /// @return an awaitable; `co_await` gives the number of bytes read, 0 at the end of the stream
    [[nodiscard("co_await it")]] auto read(std::span<std::byte> bytes) noexcept { return ReadAwaiter{*this, bytes}; }
    /// Reads the characters that are there; waits until there is at least one.
    /// @param text where to put them; its size is the most that is read
    /// @return an awaitable; `co_await` gives the number of characters read, 0 at the end of the stream
    [[nodiscard("co_await it")]] auto read(std::span<char> text) noexcept { return read(std::as_writable_bytes(text)); }

    /// Reads until `bytes` is full.
    /// @param bytes where to put them; its size is the number that is read
    /// @return an awaitable; `co_await` gives a `Result<void>`: success, or Error::shut_down if the stream ends before;
    ///   what is left then, up to N bytes, can still be read
    [[nodiscard("co_await it")]] auto read_exactly(std::span<std::byte> bytes) noexcept { return ReadExactlyAwaiter{*this, bytes}; }
    /// Reads until `text` is full.
    /// @param text where to put the characters; its size is the number that is read
    /// @return an awaitable; `co_await` gives a `Result<void>`, as for bytes
    [[nodiscard("co_await it")]] auto read_exactly(std::span<char> text) noexcept {
        return read_exactly(std::as_writable_bytes(text));
    }

private:
    std::byte buffer_[N];
};

UASYNC_WAITS_FOR(PipeBase::WriteAwaiter, "Pipe::write");
UASYNC_WAITS_FOR(PipeBase::ReadAwaiter, "Pipe::read");
UASYNC_WAITS_FOR(PipeBase::ReadExactlyAwaiter, "Pipe::read_exactly");

}  // namespace uasync
