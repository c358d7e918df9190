// The loops of a scenario other than the one in `run`. Each may have a turn between two events, which is one call of its run_ready.

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>

#include <uasync/sim.hpp>

#include "explorer.hpp"
#include "explorer_words.hpp"

namespace uasync::explorer {
namespace {

/// In static memory, so that coroutines that keep the loops' addresses have the same bytes in every run.
constexpr std::size_t max_loops = 4;
alignas(EventLoop) std::byte loop_places[max_loops][sizeof(EventLoop)];

}  // namespace

EventLoop& Run::add_loop(std::string_view name) {
    if (others_.size() == max_loops) port::fatal("explore: more than four x.loop()");
    auto* loop = ::new (static_cast<void*>(loop_places[others_.size()])) EventLoop;
    others_.push_back({std::string{name}, loop});
    return *loop;
}

bool Run::others_have_ended() const noexcept {
    return std::ranges::all_of(others_,
                               [](const OtherLoop& o) { return o.inside().first_task() == nullptr && !o.inside().signalled(); });
}

/// Each of the other loops that has something to do. By default the loops take turns.
void Run::list_turns() {
    if (others_.empty()) return;
    for (std::uint32_t i = 0; i < others_.size(); ++i) {
        if (others_[i].inside().signalled() || others_[i].alarm <= port::now()) alternatives_.push_back({Kind::turn, i, nullptr});
    }
    // Those after the one that had the last turn come first. (std::stable_partition would do, but Clang 22 warns of what it calls.)
    const auto is_behind = [this](const Alternative& a) { return (a.kind == Kind::turn ? a.index + 1 : 0U) <= last_group_; };
    std::vector<Alternative> behind;
    std::ranges::copy_if(alternatives_, std::back_inserter(behind), is_behind);
    std::erase_if(alternatives_, is_behind);
    alternatives_.insert(alternatives_.end(), behind.begin(), behind.end());
}

void Run::set_alarm(PortLoop& loop, Time deadline) noexcept {
    for (OtherLoop& other : others_) {
        if (&other.inside() == &loop) other.alarm = deadline;
    }
}

Time Run::next_moment() const noexcept {
    Time next = sim::detail::next_moment();
    for (const OtherLoop& other : others_) {
        if (other.alarm > port::now()) next = std::min(next, other.alarm);
    }
    return next;
}

/// Runs a loop as between two runs: no other loop runs.
void Run::take_turn(OtherLoop& other) {
    turn_ = &other;
    turn_taken_ = false;
    other.alarm = never;
    detail::this_loop() = nullptr;
    (void)other.loop->run_ready();
    detail::this_loop() = main_loop_;
    turn_ = nullptr;
}

bool Run::one_ready_at_most(const OtherLoop& other) const noexcept {
    unsigned ready = 0;
    for (const TaskState* task = other.inside().first_task(); task != nullptr; task = task->all_next)
        ready += !waits(task->state());
    return ready <= 1;
}

}  // namespace uasync::explorer
