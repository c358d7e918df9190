// The arms of a select end one by one:
//
//   [ racing ] -- an arm ends, or the waiter is cancelled --> [ ending ] -- the last has ended --> the waiter is woken
//                                                              |    ^
//                                                              +----+ the waiter is cancelled: noted
//
// On the way from [racing] to [ending] the arms are cancelled, once; at the end of `run` the loop has done that itself. A
// cancellation that was noted is delivered when the waiter runs. The first arm to end is the winner, even if it ends because
// the waiter was cancelled: the select then fails as the winner did.

#include <uasync/task/select.hpp>

#include <uasync/report.hpp>
#include <uasync/task/wait_for.hpp>

namespace uasync::detail {
namespace {

/// A cancellation by a timeout (or group) that came when there already was a winner. It takes effect only if the waiter is
/// still inside what is limited. If it were the task's own cancellation, it would stay, and strike whatever comes afterwards.
Coro<> strike_late(TaskHandle waiter) {
    if (waiter.done()) co_return;
    TaskState& task = *TaskAccess::state(waiter);
    if (expired_around(task.leaf)) TaskLoop::cancel(task, false);
}

}  // namespace

Select::Arm::Arm() noexcept
    : TaskWatch{[](LoopCallback& node) noexcept {
          auto& ended = static_cast<Arm&>(node);
          ended.fired();
          ended.owner->arm_done(ended);
      }} {}

constinit const CancelHook::Functions Select::functions_of_select{
    [](CancelHook& hook) noexcept {
        auto& self = static_cast<Select&>(hook);
        for (const Arm& arm : self.arms_) {
            if (arm.came_round()) return;
        }
        self.cancelled_ = true;
        self.cancel_arms();
    },
    [](CancelHook& hook, TaskState&) noexcept { static_cast<Select&>(hook).waiter_ = nullptr; }};

bool Select::start(std::span<Arm> arms, Frame waiter) noexcept {
    TaskLoop& loop = detail::current_loop();
    arms_ = arms;
    for (Arm& arm : arms) {
        if (arm.task == &loop.current()) {
            loop.fail(waiter, Error::misuse);
            return true;
        }
    }
    waiter_ = &loop.current();
    waiter_->cancel_requested = 0;
    loop.wait_for_others(*this, waiter, "select");
    for (Arm& arm : arms) {
        arm.owner = this;
        if (arm.start()) {
            ++running_;
        } else if (winner_ == nullptr) {
            winner_ = &arm;  // the first that is already done
        }
    }
    if (winner_ == nullptr) return true;
    cancel_arms();
    if (running_ == 0) end();
    return true;
}

void Select::cancel_arms() noexcept {
    if (ending_) return;
    ending_ = true;
    for (const Arm& arm : arms_) arm.cancel_once();
}

void Select::arm_done(Arm& arm) noexcept {
    --running_;
    if (winner_ == nullptr) {
        winner_ = &arm;
        cancel_arms();
    } else if (arm.error() > Error::cancelled && has_one_handle(*arm.task)) {
        report_task(*arm.task);  // nobody else can ask for it
    }
    if (running_ == 0) end();
}

void Select::end() noexcept {
    if (waiter_ == nullptr) return;
    TaskState& waiter = *waiter_;
    waiter_ = nullptr;
    const Error error = winner_->error();
    winner_->seen();
    if (error == Error::none || error == Error::exception) {
        WaitLoop::wake(waiter);
    } else {
        WaitLoop::wake_failing(waiter, error);
    }
}

void Select::leave(std::span<Arm> arms) noexcept {
    for (Arm& arm : arms) arm.stop();
}

std::size_t Select::resumed() noexcept {
    TaskLoop& loop = detail::current_loop();
    const bool by_user = loop.current().cancel_requested != 0;
    loop.current().cancel_requested = 0;
    if (cancelled_) {
        if (by_user) {
            TaskLoop::cancel(loop.current(), true);
        } else {
            (void)create_task(strike_late(current_task()), "select");
        }
    }
    return static_cast<std::size_t>(winner_ - arms_.data());
}

}  // namespace uasync::detail
