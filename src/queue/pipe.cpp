#include <algorithm>

#include <uasync/queue/pipe.hpp>

namespace uasync::detail {

// The waiting transfers ----------------------------------------------------------------------------------------------------

PipeBase::Transfer* PipeBase::End::front() noexcept {
    while (first != nullptr && first->task_->list != &waiters) remove(*first);  // cancelled, and has not run yet
    return first;
}

void PipeBase::End::push(Transfer& transfer) noexcept {
    Transfer** link = &first;
    while (*link != nullptr) link = &(*link)->next_;
    *link = &transfer;
    transfer.queued_ = true;
}

void PipeBase::End::remove(Transfer& transfer) noexcept {
    Transfer** link = &first;
    while (*link != &transfer) link = &(*link)->next_;
    *link = transfer.next_;
    transfer.next_ = nullptr;
    transfer.queued_ = false;
}

void PipeBase::End::complete(Transfer& transfer) noexcept {
    remove(transfer);
    waiters.hand_one();
}

void PipeBase::End::dismiss() noexcept {
    forget();
    waiters.wake_all();
}

void PipeBase::End::forget() noexcept {
    while (first != nullptr) remove(*first);
}

bool PipeBase::Transfer::await_suspend(Frame self) noexcept {
    task_ = &detail::current_loop().current();
    end_->waiters.suspend(self, end_ == &pipe_->writers_ ? "Pipe::write" : whole_ ? "Pipe::read_exactly" : "Pipe::read");
    end_->push(*this);
    pipe_->pump();
    return true;
}

bool PipeBase::Transfer::resumed() noexcept {
    task_ = nullptr;
    if (!end_->waiters.handed_to_current()) return false;
    end_->waiters.taken();
    return true;
}

/// The task is being unwound. If the pipe is gone, this touches nothing of it: it is not queued, and the task has no list.
void PipeBase::Transfer::abandon() noexcept {
    if (queued_) {
        end_->remove(*this);
    } else if (end_->waiters.handed_to_current()) {
        pipe_->kept_ -= reserved_;
    } else {
        return;
    }
    pipe_->pump();
}

// Writing and reading ----------------------------------------------------------------------------------------------------------

// Writing does not change the caller's bytes: `put` only reads them.
PipeBase::WriteAwaiter::WriteAwaiter(PipeBase& pipe, std::span<const std::byte> bytes) noexcept
    : Transfer{pipe, pipe.writers_, const_cast<std::byte*>(bytes.data()), bytes.size(), true} {}

bool PipeBase::WriteAwaiter::await_ready() const noexcept {
    return pipe_->closed_ || (pipe_->writers_.front() == nullptr && pipe_->capacity_ - pipe_->size_ >= left_);
}

Result<void> PipeBase::WriteAwaiter::await_resume() noexcept {
    if (task_ != nullptr) {
        if (!resumed()) return std::unexpected{Error::shut_down};
        return {};
    }
    if (pipe_->closed_) return std::unexpected{Error::shut_down};
    pipe_->put(*this, left_);
    pipe_->pump();
    return {};
}

bool PipeBase::ReadAwaiter::await_ready() const noexcept {
    if (left_ == 0 || (pipe_->closed_ && pipe_->kept_ == 0)) return true;
    return pipe_->readers_.front() == nullptr && pipe_->kept_ == 0 && pipe_->size() >= need();
}

std::size_t PipeBase::ReadAwaiter::await_resume() noexcept {
    if (task_ != nullptr) {
        if (resumed()) {
            pipe_->kept_ -= reserved_;
        } else if (pipe_->size() < need()) {  // closed; the rest may be enough for a read that waited behind a longer one
            return 0;
        }
    } else if (pipe_->size() < need()) {
        return 0;
    }
    const std::size_t count = std::min(left_, pipe_->size());
    pipe_->take(*this, count);
    pipe_->pump();
    return count;
}

PipeBase::~PipeBase() {
    for (End* end : {&readers_, &writers_}) {
        end->forget();
        end->waiters.release();
    }
}

void PipeBase::close() noexcept {
    closed_ = true;
    writers_.dismiss();
    pump();
}

void PipeBase::put(Transfer& from, std::size_t count) noexcept {
    for (; count != 0; --count, --from.left_) {
        const std::size_t tail = head_ + size_++;
        buffer_[tail >= capacity_ ? tail - capacity_ : tail] = *from.bytes_++;
    }
}

void PipeBase::take(Transfer& to, std::size_t count) noexcept {
    for (; count != 0; --count, --to.left_, --size_) {
        *to.bytes_++ = buffer_[head_];
        if (++head_ == capacity_) head_ = 0;
    }
}

void PipeBase::pump() noexcept {
    for (bool moved = true; moved;) {
        moved = false;
        if (Transfer* reader = readers_.front()) {
            if (reader->whole_ && reader->left_ > capacity_) {
                // More than fits at once: the reader gets all but the last N bytes as they come.
                const std::size_t count = kept_ != 0 ? 0 : std::min(size_, reader->left_ - capacity_);
                take(*reader, count);
                moved = count != 0;
            } else if (size() >= reader->need()) {
                reader->reserved_ = reader->need();
                kept_ += reader->reserved_;
                readers_.complete(*reader);
                moved = true;
            }
        }
        if (Transfer* writer = writers_.front()) {
            const std::size_t count = std::min(capacity_ - size_, writer->left_);
            put(*writer, count);
            if (writer->left_ == 0) writers_.complete(*writer);
            moved = moved || count != 0;
        }
    }
    if (closed_ && kept_ == 0) readers_.dismiss();
}

}  // namespace uasync::detail
