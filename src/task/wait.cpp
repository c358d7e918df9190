#include <uasync/task/wait.hpp>

namespace uasync::detail {
namespace {

bool one(const Completions& completions) noexcept { return completions.first_ended() != nullptr; }
bool all(const Completions& completions) noexcept { return completions.running() == 0; }
bool one_failed(const Completions& completions) noexcept {
    for (const Completions::Child* child = completions.first_ended(); child != nullptr; child = child->later) {
        if (child->error() > Error::cancelled) return true;
    }
    return completions.running() == 0;
}

}  // namespace

WaitTimer::WaitTimer(Completions& owner) noexcept
    : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<WaitTimer&>(timer).completions.wake(); }}, completions{owner} {}

bool Wait::start(std::span<Completions::Child> children, Frame waiter) noexcept {
    TaskLoop& loop = detail::current_loop();
    for (const Completions::Child& child : children) {
        if (child.task != &loop.current()) continue;
        loop.fail(waiter, Error::misuse);
        return true;
    }
    completions_.start(children);
    auto* const enough = when_ == first_completed ? one : when_ == first_exception ? one_failed : all;
    if (children.empty() || enough(completions_)) return false;
    suspended_ = true;
    completions_.wait(enough, waiter, "wait");
    if (us_ >= 0) timer_.start(deadline_in(us_));
    return true;
}

void Wait::stop(std::span<Completions::Child> children) noexcept {
    if (suspended_) completions_.left();
    suspended_ = false;
    timer_.stop();
    Completions::stop(children);
}

}  // namespace uasync::detail
