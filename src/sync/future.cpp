#include <uasync/sync/future.hpp>

#include <uasync/report.hpp>

namespace uasync::detail {

FutureBase::~FutureBase() {
    if (promise_ != nullptr) *promise_ = nullptr;
    waiters_.release();
    if (error_ <= Error::cancelled || seen_) return;
#if UASYNC_EXCEPTIONS
    if (error_ == Error::exception) {
        report("a future", exception_);
        return;
    }
#endif
    report("a future", error_);
}

Result<void> FutureBase::set_error(Error error) noexcept {
    if (done_) return std::unexpected{Error::misuse};
    error_ = error;
    complete();
    return {};
}

void FutureBase::complete() noexcept {
    done_ = true;
    seen_ = !waiters_.empty();
    while (WaitNode* node = waiters_.pop_front()) {
        if (has_outcome()) {
            WaitLoop::hand_to(*node);  // keeps the list, in case the value is destroyed before the waiter's turn
        } else {
            WaitLoop::wake_failing(*node, error_);
        }
    }
}

#if UASYNC_EXCEPTIONS
Result<void> FutureBase::set_exception(std::exception_ptr exception) noexcept {
    if (done_) return std::unexpected{Error::misuse};
    exception_ = std::move(exception);
    return set_error(Error::exception);
}
#endif

void FutureBase::waits(Frame waiter) noexcept {
    if (done_) {
        seen_ = true;
        detail::current_loop().fail(waiter, error_);
    } else {
        waiters_.suspend(waiter, "Future");
    }
}

}  // namespace uasync::detail
