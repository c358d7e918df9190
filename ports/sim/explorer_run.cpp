// One run of a scenario: a real `run` on the simulation, in which a schedule decides what happens next.

#include <algorithm>
#include <coroutine>
#include <new>

#include <uasync/kernel/loop.hpp>
#include <uasync/sim.hpp>

#include "explorer.hpp"
#include "explorer_words.hpp"

namespace uasync::explorer {
namespace {

/// The number of steps in a row after which a pending strike or deadline comes before ready tasks, so that tasks that only
/// yield cannot delay it for ever.
constexpr unsigned patience = 64;

Run* active = nullptr;

/// What the loop runs when a strike takes the place of a task.
TaskState& nobody() noexcept {
    static TaskState task;
    task.leaf = std::noop_coroutine();
    return task;
}

WaitNode* take(WaitNode** link, WaitNode**& end) noexcept {
    WaitNode* node = *link;
    *link = node->next;
    if (*link == nullptr) end = link;
    return node;
}

/// In static memory, so that coroutines that keep its address have the same bytes in every run.
alignas(Exploration) std::byte exploration_place[sizeof(Exploration)];

}  // namespace

/// What a scenario's main coroutine waits for.
struct AllEnded {
    explicit AllEnded(WaitQueue& list) noexcept : waiters{list} {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(Frame self) const noexcept { waiters.suspend(self, "the end"); }
    void await_resume() const noexcept {}
    WaitQueue& waiters;
};
UASYNC_WAITS_FOR(AllEnded, "the end");

// The run ------------------------------------------------------------------------------------------------------------------------

Coro<> Run::main() {
    main_loop_ = &detail::current_loop();
    main_ = &main_loop_->current();
    scenario_(*std::launder(reinterpret_cast<Exploration*>(exploration_place)));
    co_await AllEnded{main_waits_};
    for (const Check& check : checks_) {
        if (!check.holds()) fail(Failure::check, "\"" + check.what + "\" does not hold at the end");
    }
    ending_ = true;  // as `run` does for the first loop
    for (const OtherLoop& other : others_) {
        for (TaskState* task = other.inside().first_task(); task != nullptr; task = task->all_next) TaskLoop::cancel(*task, true);
    }
    if (others_have_ended()) co_return;
    main_woken_ = false;
    co_await AllEnded{main_waits_};
}

void Run::go() {
    struct Scene {
        explicit Scene(Run& run) : captured{sim::detail::captures()}, earlier{std::exchange(active, &run)} {
            sim::reset();
            sim::capture(true);
            arena::begin();
            sim::detail::set_decider(&run);
            handler = set_exception_handler([](const ErrorReport& error) { active->report(error); });
            ::new (static_cast<void*>(exploration_place)) Exploration{run};
        }
        Scene(const Scene&) = delete;
        Scene& operator=(const Scene&) = delete;
        ~Scene() {
            set_exception_handler(handler);
            sim::detail::set_decider(nullptr);
            arena::end();
            sim::reset();
            sim::capture(captured);
            active = earlier;
        }
        bool captured;
        Run* earlier;
        ExceptionHandler handler;
    } const scene{*this};

    [[maybe_unused]] const Result<void> ended = run(main());  // `failure_` says better how

    running_ = TaskHandle{nullptr};
    for (; !others_.empty(); others_.pop_back()) std::destroy_at(others_.back().loop);
    tasks_.clear();
    strikes_.clear();
    checks_.clear();
    always_.clear();
    fingerprints_.clear();
    for (; !objects_.empty(); objects_.pop_back()) objects_.back().destroy(objects_.back().place);
    if (aborting_ || failure_ != Failure::none || arena::blocks().empty()) return;
    std::string text = "leak:";
    for (const arena::Block& block : arena::blocks()) {
        text += block.offset == arena::blocks().front().offset ? " " : ", ";
        std::string what = block.is_task ? "a task's control block" : "a frame";
#if UASYNC_NAMES
        if (!block.is_task) {
            const auto frame = std::coroutine_handle<>::from_address(arena::address(block));
            what = "a frame of " + std::string{detail::function_name(detail::PromiseBase::of(frame).where.function_name())};
        }
#endif
        text += what + " (" + std::to_string(block.bytes) + " bytes)";
    }
    fail(Failure::leak, text + " was never freed");
}

void Run::fail(Failure kind, std::string reason) {
    if (aborting_ || stopped_ || failure_ != Failure::none) return;
    failure_ = kind;
    reason_ = std::move(reason);
}

void Run::report(const ErrorReport& error) {
    std::string text = "task '" + std::string{error.task} + "' ended with an error that nobody looked at: ";
    text += to_string(error.error);
#if UASYNC_EXCEPTIONS
    if (error.error == Error::exception) {
        try {
            std::rethrow_exception(error.exception);
        } catch (const std::exception& e) {
            text.append(": ").append(e.what());
        } catch (...) {
            text += " of an unknown type";
        }
    }
#endif
    fail(Failure::error, std::move(text));
}

bool Run::finished() const noexcept {
    if (ending_) return others_have_ended();
    return std::ranges::all_of(tasks_, [](const ScenarioTask& t) { return t.done || t.in_background; }) &&
           std::ranges::all_of(strikes_, [](const Strike& s) { return s.left == 0; });
}

void Run::wake_main() {
    main_woken_ = true;
    main_waits_.remove(*main_);
    WaitLoop::wake(*main_);
}

bool Run::settle() {
    for_each_task([](const TaskState& task) { arena::mark_task(task); });
    if (in_event_) {
        in_event_ = false;
        if (tracing) trace_end();
        if (observer != nullptr && !observer->went(state_, event_key_, observe())) stopped_ = true;
        running_ = TaskHandle{nullptr};
    }
    for (ScenarioTask& task : tasks_) {
        if (task.done || task.state->state() != WaitState::done) continue;
        task.done = true;
        task.handle = TaskHandle{nullptr};  // the remains of its frame would make equal states look different
    }
    for (const Check& check : always_) {
        if (!check.holds()) fail(Failure::check, "\"" + check.what + "\" does not hold");
    }
    return failure_ == Failure::none && !stopped_;
}

/// Ends the run in the middle.
WaitNode* Run::give_up(WaitNode*& first, WaitNode**& end) noexcept {
    aborting_ = true;
    while (first != nullptr) {  // tasks that have ended are in no other list
        auto* task = static_cast<TaskState*>(take(&first, end));
        if (task->state() != WaitState::done) continue;
        task->child = nullptr;
        task->cancel_requested = 0;
        if (task->handles == 0) detail::release(*task);
    }
    detail::current_loop().deadlock();
    return &nobody();
}

WaitNode* Run::pick(WaitNode*& first, WaitNode**& end) {
    if (main_ == nullptr) return take(&first, end);
    if (turn_ != nullptr) return pick_in_turn(first, end);
    if (!settle()) return give_up(first, end);
    if (!main_woken_ && finished()) wake_main();
    for (WaitNode** link = &first; *link != nullptr; link = &(*link)->next) {
        if (*link == main_) return take(link, end);
    }
    alternatives_.clear();
    WaitNode** report = list_steps(first);
    list_turns();
    if (alternatives_.empty()) return take(report, end);
    list_others(false);
    const Alternative* decided = decide();
    if (decided == nullptr) return give_up(first, end);
    const Alternative chosen = *decided;
    perform(chosen);
    return chosen.kind == Kind::step ? take(chosen.link, end) : &nobody();
}

WaitNode** Run::list_steps(WaitNode*& first) {
    WaitNode** report = nullptr;
    const unsigned level = sim::detail::highest_level(first);
    for (WaitNode** link = &first; *link != nullptr; link = &(*link)->next) {
        if ((*link)->state() != WaitState::done) {
            if (sim::detail::level_of(**link) == level) alternatives_.push_back({Kind::step, 0, link});
        } else if (report == nullptr) {  // to be reported after all that may still look at it
            report = link;
        }
    }
    return report;
}

/// A turn is one step of one task. The tasks that are ready beside it have their steps in later turns, in any order.
WaitNode* Run::pick_in_turn(WaitNode*& first, WaitNode**& end) {
    if (turn_taken_) return &nobody();
    turn_taken_ = true;
    alternatives_.clear();
    WaitNode** report = list_steps(first);
    if (alternatives_.empty()) return take(report, end);
    const Alternative* chosen = alternatives_.data();
    if (alternatives_.size() > 1) {
        chosen = decide();
        if (chosen == nullptr) {
            in_event_ = false;
            line_.clear();
            return &nobody();
        }
        ++event_;
        if (tracing && departs_) trace_departure();
    }
    begin_step(**chosen->link);
    if (tracing) trace_step(static_cast<TaskState&>(**chosen->link));
    return take(chosen->link, end);
}

void Run::idle(PortLoop& loop) {
    bool goes_on = settle();
    if (goes_on && !main_woken_ && finished()) {
        wake_main();
        return;
    }
    if (goes_on) {
        if (loop.signalled()) return;
        alternatives_.clear();
        list_turns();
        list_others(alternatives_.empty());
        if (const Alternative* decided = decide()) {
            const Alternative chosen = *decided;
            perform(chosen);
            goes_on = chosen.kind != Kind::deadlock;
        } else {
            goes_on = false;
        }
    }
    if (goes_on) return;
    aborting_ = true;
    loop.deadlock();
}

/// Everything that may happen other than steps. When nothing is ready, interrupts come before time passes.
void Run::list_others(bool idle) {
    const std::size_t steps = alternatives_.size();
    if (!main_woken_) {
        for (std::uint32_t i = 0; i < strikes_.size(); ++i) {
            if (strikes_[i].left != 0) alternatives_.push_back({Kind::strike, i, nullptr});
        }
    }
    const bool impatient = !idle && busy_ >= patience;
    const bool has_deadline = next_moment() != never;
    const bool has_strike = alternatives_.size() != steps;
    only_steps_ = !has_deadline && !has_strike;
    if (idle && has_deadline) alternatives_.push_back({Kind::time, 0, nullptr});
    if (idle && alternatives_.empty()) alternatives_.push_back({Kind::deadlock, 0, nullptr});
    if (!main_woken_ && !ending_) {
        for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
            if (!tasks_[i].done && tasks_[i].cancellations != 0) alternatives_.push_back({Kind::cancel, i, nullptr});
        }
    }
    if (!idle && has_deadline && (options_.time_passes || (impatient && !has_strike))) {
        alternatives_.push_back({Kind::time, 0, nullptr});
    }
    if (impatient && !only_steps_) {
        const auto first = has_strike ? alternatives_.begin() + static_cast<std::ptrdiff_t>(steps) : alternatives_.end() - 1;
        std::rotate(alternatives_.begin(), first, first + 1);
    }
}

/// Whether the run has been in exactly this state before, and nothing from outside can lead it out, so that it will come back
/// for ever.
bool Run::comes_back() {
    // The order in which the tasks of another loop are ready is not visible from outside.
    if (!only_steps_ || !std::ranges::all_of(others_, [this](const OtherLoop& o) { return one_ready_at_most(o); })) {
        met_.clear();
        return false;
    }
    std::uint64_t exact = state_;
    for (const Alternative& alternative : alternatives_) {
        if (alternative.link != nullptr) exact = mix(exact, reinterpret_cast<std::uintptr_t>(*alternative.link));
    }
    const auto [earlier, is_new] = met_.try_emplace(exact, event_);
    if (is_new) return false;
    fail(Failure::endless,
         "it does not end: what happens from event " + std::to_string(earlier->second) + " on happens again and again");
    return true;
}

const Run::Alternative* Run::decide() {
    if (event_ >= options_.max_steps) {
        fail(Failure::endless, "it does not end: there were " + std::to_string(event_) + " events");
        return nullptr;
    }
    const auto count = static_cast<std::uint32_t>(alternatives_.size());
    std::uint32_t choice = 0;
    if (random == nullptr && (observer != nullptr || detects_cycles)) state_ = hash_state();
    if (random != nullptr) {
        choice = static_cast<std::uint32_t>((*random)() % count);
    } else if (next_planned_ < planned_.size()) {
        if (planned_[next_planned_].event == event_) choice = planned_[next_planned_++].alternative;
        if (choice >= count) {
            fail(Failure::unrepeatable, "the schedule does not fit: the scenario went another way than when it was found");
            return nullptr;
        }
    } else {
        if (observer != nullptr && !observer->arrive(state_, event_, count)) {
            stopped_ = true;
            return nullptr;
        }
        if (detects_cycles && comes_back()) return nullptr;
    }
    departs_ = choice != 0;
    if (departs_) decisions_.push_back({event_, choice});
    return &alternatives_[choice];
}

void Run::perform(const Alternative& chosen) {
    event_key_ = mix(static_cast<std::uint64_t>(chosen.kind), chosen.index);
    in_event_ = true;
    if (chosen.kind == Kind::step) begin_step(**chosen.link);
    if (tracing) trace_begin(chosen);
    ++event_;
    switch (chosen.kind) {
        case Kind::step:
            ++busy_;
            last_group_ = 0;
            return;
        case Kind::turn:
            ++busy_;
            last_group_ = chosen.index + 1;
            take_turn(others_[chosen.index]);
            return;
        case Kind::strike:
            --strikes_[chosen.index].left;
            strikes_[chosen.index].happens();
            break;
        case Kind::cancel:
            --tasks_[chosen.index].cancellations;
            TaskLoop::cancel(*tasks_[chosen.index].state, true);
            break;
        case Kind::time: sim::detail::pass_time(next_moment()); break;
        case Kind::deadlock:
            fail(Failure::deadlock, "deadlock: nothing is ready, and no deadline is set:" + waiting_tasks());
            if (tracing) line_.clear();
            in_event_ = false;
            break;
    }
    busy_ = 0;
}

void Run::begin_step(WaitNode& node) {
    event_key_ = mix(event_key_, reinterpret_cast<std::uintptr_t>(&node));
    auto& task = static_cast<TaskState&>(node);
    ++task.handles;  // NOLINT(*-narrowing-conversions): a bit-field
    running_ = TaskHandle{&task};
}

}  // namespace uasync::explorer
