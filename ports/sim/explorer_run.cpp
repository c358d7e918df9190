// One run of a scenario: a real `run` on the simulation, in which a schedule says what happens next.

#include <algorithm>
#include <coroutine>
#include <cstdio>
#include <new>

#include <uasync/core/loop.hpp>
#include <uasync/sim.hpp>

#include "explorer.hpp"

namespace uasync::explorer {
namespace {

/// Steps in a row after which a pending strike or deadline comes before ready tasks go on, so that tasks that only yield do not keep it
/// away for ever.
constexpr unsigned patience = 64;

Run* active = nullptr;

/// What the loop runs where a strike comes in place of a task.
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

bool waits(WaitState state) noexcept {
    return state != WaitState::ready && state != WaitState::failing && state != WaitState::done;
}

const char* wait_text([[maybe_unused]] const TaskState& task) noexcept {
#if UASYNC_NAMES
    return task.waits_for;
#else
    return "?";
#endif
}

std::string time_text(Time time) {
    char text[40];
    std::snprintf(text, sizeof text, "%llu.%03llu", static_cast<unsigned long long>(time / 1000),
                  static_cast<unsigned long long>(time % 1000));
    std::string result{text};
    if (time % 1000 == 0) result.erase(result.size() - 4);
    return result + " ms";
}

/// In static memory, so that coroutines that keep its address have the same bytes in every run.
alignas(Exploration) std::byte exploration_place[sizeof(Exploration)];

}  // namespace

/// What a scenario's main coroutine waits for.
struct AllEnded {
    explicit AllEnded(WaitList& list) noexcept : waiters{list} {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) const noexcept { running_loop().wait_in(waiters, self, "the end"); }
    void await_resume() const noexcept {}
    WaitList& waiters;
};

// The run ------------------------------------------------------------------------------------------------------------------------

Coro<> Run::main() {
    main_ = &running_loop().current();
    scenario_(*std::launder(reinterpret_cast<Exploration*>(exploration_place)));
    co_await AllEnded{main_waits_};
    for (const Check& check : checks_) {
        if (!check.holds()) fail(Failure::check, "\"" + check.what + "\" does not hold at the end");
    }
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

    [[maybe_unused]] const Result<void> ended = run(main());  // how, `failure_` says better

    running_ = TaskHandle{nullptr};
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
    return std::ranges::all_of(tasks_, [](const ScenarioTask& t) { return t.done || t.in_background; }) &&
           std::ranges::all_of(strikes_, [](const Strike& s) { return s.left == 0; });
}

void Run::wake_main() {
    main_woken_ = true;
    main_waits_.remove(*main_);
    running_loop().wake(*main_);
}

bool Run::settle() {
    for (TaskState* task = running_loop().first_task(); task != nullptr; task = task->all_next) arena::mark_task(*task);
    if (in_event_) {
        in_event_ = false;
        if (tracing) trace_end();
        if (observer != nullptr && !observer->went(state_, event_key_, observe())) stopped_ = true;
        running_ = TaskHandle{nullptr};
    }
    for (ScenarioTask& task : tasks_) {
        if (task.done || task.state->state() != WaitState::done) continue;
        task.done = true;
        task.handle = TaskHandle{nullptr};  // what is left of its frame would make equal states look different
    }
    for (const Check& check : always_) {
        if (!check.holds()) fail(Failure::check, "\"" + check.what + "\" does not hold");
    }
    return failure_ == Failure::none && !stopped_;
}

/// Ends the run in the middle.
WaitNode* Run::give_up(WaitNode*& first, WaitNode**& end) noexcept {
    aborting_ = true;
    while (first != nullptr) {  // tasks that have ended belong to no list but this one
        auto* task = static_cast<TaskState*>(take(&first, end));
        if (task->state() != WaitState::done) continue;
        task->child = nullptr;
        task->cancel_requested = 0;
        if (task->handles == 0) detail::release(*task);
    }
    running_loop().deadlock();
    return &nobody();
}

WaitNode* Run::pick(WaitNode*& first, WaitNode**& end) {
    if (main_ == nullptr) return take(&first, end);
    if (!settle()) return give_up(first, end);
    if (!main_woken_ && finished()) wake_main();
    alternatives_.clear();
    WaitNode** report = nullptr;
    for (WaitNode** link = &first; *link != nullptr; link = &(*link)->next) {
        if (*link == main_) return take(link, end);
        if ((*link)->state() == WaitState::done) {  // to be reported, after all that may still look at it
            if (report == nullptr) report = link;
        } else {
            alternatives_.push_back({Kind::step, 0, link});
        }
    }
    if (alternatives_.empty()) return take(report, end);
    list_others(false);
    const Alternative* chosen = decide();
    if (chosen == nullptr) return give_up(first, end);
    perform(*chosen);
    if (chosen->kind != Kind::step) return &nobody();
    ++busy_;
    return take(chosen->link, end);
}

void Run::idle(Loop& loop) {
    bool goes_on = settle();
    if (goes_on && !main_woken_ && finished()) {
        wake_main();
        return;
    }
    if (goes_on) {
        if (loop.signalled()) return;
        alternatives_.clear();
        list_others(true);
        if (const Alternative* chosen = decide()) {
            perform(*chosen);
            goes_on = chosen->kind != Kind::deadlock;
        } else {
            goes_on = false;
        }
    }
    if (goes_on) return;
    aborting_ = true;
    loop.deadlock();
}

/// Everything that may happen besides steps. When nothing is ready, interrupts strike before time passes.
void Run::list_others(bool idle) {
    const std::size_t steps = alternatives_.size();
    if (!main_woken_) {
        for (std::uint32_t i = 0; i < strikes_.size(); ++i) {
            if (strikes_[i].left != 0) alternatives_.push_back({Kind::strike, i, nullptr});
        }
    }
    const bool impatient = !idle && busy_ >= patience;
    const bool has_deadline = sim::detail::next_moment() != never;
    const bool has_strike = alternatives_.size() != steps;
    only_steps_ = !has_deadline && !has_strike;
    if (idle && has_deadline) alternatives_.push_back({Kind::time, 0, nullptr});
    if (idle && alternatives_.empty()) alternatives_.push_back({Kind::deadlock, 0, nullptr});
    if (!main_woken_) {
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

/// Whether the run has been in exactly this state, and nothing from outside can lead it out: then it is there again and again.
bool Run::comes_back() {
    if (!only_steps_) {
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
    if (choice != 0) decisions_.push_back({event_, choice});
    return &alternatives_[choice];
}

void Run::perform(const Alternative& chosen) {
    event_key_ = mix(static_cast<std::uint64_t>(chosen.kind), chosen.index);
    in_event_ = true;
    if (chosen.kind == Kind::step) {
        event_key_ = mix(event_key_, reinterpret_cast<std::uintptr_t>(*chosen.link));
        auto* task = static_cast<TaskState*>(*chosen.link);
        ++task->handles;  // NOLINT(*-narrowing-conversions): a bit-field
        running_ = TaskHandle{task};
    }
    if (tracing) trace_begin(chosen);
    ++event_;
    switch (chosen.kind) {
        case Kind::step: return;
        case Kind::strike:
            --strikes_[chosen.index].left;
            strikes_[chosen.index].happens();
            break;
        case Kind::cancel:
            --tasks_[chosen.index].cancellations;
            running_loop().cancel(*tasks_[chosen.index].state, true);
            break;
        case Kind::time: sim::detail::pass_time(sim::detail::next_moment()); break;
        case Kind::deadlock:
            fail(Failure::deadlock, "deadlock: nothing is ready, and no deadline is set:" + waiting_tasks());
            if (tracing) line_.clear();
            in_event_ = false;
            break;
    }
    busy_ = 0;
}

// Its state ----------------------------------------------------------------------------------------------------------------------

/// Everything that what happens from now on depends on, but the order of the ready tasks, as all orders are explored.
std::uint64_t Run::hash_state() const {
    std::uint64_t hash = mix(sim::detail::clock_fingerprint(), sim::detail::pins_fingerprint());
    hash = mix(hash, logged_);
    for (const arena::Block& block : arena::blocks()) {
        hash = mix(hash, std::uint64_t{block.offset} << 32U | block.bytes);
        const std::byte* bytes = arena::address(block);
        if (!block.is_task) {
            hash = arena::hash_bytes(hash, bytes, block.bytes);
            continue;
        }
        // Links that mean nothing in the task's state are left over from earlier ones.
        const auto& task = *reinterpret_cast<const TaskState*>(bytes);
        const auto add = [&hash](const void* pointer) { hash = mix(hash, reinterpret_cast<std::uintptr_t>(pointer)); };
        hash = mix(hash, task.state_byte | static_cast<unsigned>(task.handles) << 8U |
                             static_cast<unsigned>(task.cancel_requested) << 16U);
        add(task.leaf.address());
        add(task.all_next);
        add(task.all_prev);
        const WaitState state = task.state();
        if (state == WaitState::sleeping) {
            hash = mix(hash, task.deadline());
        } else {
            add(task.list);
        }
        if (state == WaitState::waiting || state == WaitState::shared || state == WaitState::forwarding) {
            add(task.next);
            add(task.prev);
        }
    }
    hash = arena::hash_objects(hash);
    for (const ScenarioTask& task : tasks_) hash = mix(hash, task.cancellations | (task.done ? 0x10000U : 0U));
    for (const Strike& strike : strikes_) hash = mix(hash, strike.left);
    for (const auto& fingerprint : fingerprints_) hash = mix(hash, fingerprint());
    return hash;
}

/// What can be seen from outside of the state that the event led to.
std::uint64_t Run::observe() const {
    std::uint64_t hash = mix(sim::detail::clock_fingerprint(), logged_);
    for (const TaskState* task = running_loop().first_task(); task != nullptr; task = task->all_next) {
        hash = mix(hash, reinterpret_cast<std::uintptr_t>(task));
        hash = mix(hash, task->state_byte);
        if (waits(task->state())) hash = mix(hash, reinterpret_cast<std::uintptr_t>(wait_text(*task)));
    }
    return mix(hash, static_cast<std::uint64_t>(failure_));
}

std::string Run::waiting_tasks() const {
    std::string text;
    for (const TaskState* task = running_loop().first_task(); task != nullptr; task = task->all_next) {
        if (task == main_) continue;
        text += text.empty() ? " " : ", ";
        text.append(detail::task_name(*task)).append(" waits in ").append(wait_text(*task));
    }
    return text;
}

// The trace ----------------------------------------------------------------------------------------------------------------------

Run::Shown& Run::shown(const TaskState& task) {
    Shown& known = shown_[&task];
    if (!known.name.empty()) return known;
    known.name = detail::task_name(task);
    const unsigned number = ++used_names_[known.name];
    if (number > 1) known.name += "#" + std::to_string(number);
    return known;
}

std::string Run::describe(const Alternative& alternative) {
    switch (alternative.kind) {
        case Kind::step: return display_name(*static_cast<TaskState*>(*alternative.link));
        case Kind::strike: return strikes_[alternative.index].name;
        case Kind::cancel: return "a cancellation of " + tasks_[alternative.index].name;
        case Kind::time: return "the next deadline";
        case Kind::deadlock: break;
    }
    return "nothing";
}

void Run::trace_begin(const Alternative& chosen) {
    char head[64];
    const bool departs = &chosen != alternatives_.data();
    std::snprintf(head, sizeof head, "%5u  %9s %s ", static_cast<unsigned>(event_), time_text(port::now()).c_str(),
                  departs ? "*" : " ");
    line_ = head;
    logs_.clear();
    stepped_ = nullptr;
    cancelled_ = nullptr;
    for (auto& [task, before] : before_) before.seen = false;
    for (const TaskState* task = running_loop().first_task(); task != nullptr; task = task->all_next) {
        before_[task] = {task->state(), true};
    }
    std::erase_if(before_, [](const auto& entry) { return !entry.second.seen; });
    if (chosen.kind == Kind::step) {
        stepped_ = static_cast<TaskState*>(*chosen.link);
        line_ += display_name(*stepped_);
        if (stepped_->state() == WaitState::failing) {
            line_ += stepped_->error() == Error::cancelled ? " is unwound, as it was cancelled"
                                                           : std::string{" is unwound: "} + to_string(stepped_->error());
        } else {
            line_ += shown(*stepped_).started ? " goes on" : " starts";
        }
        shown(*stepped_).started = true;
    } else if (chosen.kind == Kind::strike) {
        line_ += strikes_[chosen.index].name + " strikes";
    } else if (chosen.kind == Kind::cancel) {
        const TaskState& task = *tasks_[chosen.index].state;
        cancelled_ = &task;
        line_ += display_name(task) + " is cancelled";
        if (waits(task.state())) line_.append(" in ").append(wait_text(task));
    } else if (chosen.kind == Kind::time) {
        line_ += "time passes, to " + time_text(sim::detail::next_moment());
    }
    if (departs) logs_ = "   [" + describe(alternatives_.front()) + " was next]";
}

void Run::trace_end() {
    std::string instead = std::move(logs_);
    logs_.clear();
    const std::size_t bracket = instead.find('\n');
    std::string logged;
    if (bracket != std::string::npos) {
        logged = instead.substr(bracket);
        instead.erase(bracket);
    }
    if (stepped_ != nullptr) {
        const TaskState& task = *stepped_;
        switch (task.state()) {
            case WaitState::done:
                line_ += task.error() == Error::none        ? ", ends"
                         : task.error() == Error::cancelled ? ", ends cancelled"
                                                            : std::string{", ends: "} + to_string(task.error());
                break;
            case WaitState::sleeping: line_ += ", sleeps until " + time_text(task.deadline()); break;
            case WaitState::ready: line_ += ", yields"; break;
            case WaitState::failing: line_ += std::string{", fails: "} + to_string(task.error()); break;
            default: line_ += std::string{", waits in "} + wait_text(task); break;
        }
    }
    std::string woken;
    std::string ended;
    std::string created;
    const auto add = [this](std::string& list, const TaskState& task) {
        if (!list.empty()) list += ", ";
        list += display_name(task);
    };
    for (const TaskState* task = running_loop().first_task(); task != nullptr; task = task->all_next) {
        if (task == main_ || task == stepped_) continue;
        const auto before = before_.find(task);
        if (before == before_.end()) {
            shown_.erase(task);  // of an earlier task at this address
            add(created, *task);
        } else if (before->second.state != task->state()) {
            if (task->state() == WaitState::ready) add(woken, *task);
            if (task->state() == WaitState::failing && task != cancelled_) add(ended, *task);
        }
    }
    if (!created.empty()) line_ += "; creates " + created;
    if (!woken.empty()) line_ += "; wakes " + woken;
    if (!ended.empty()) line_ += "; ends the wait of " + ended;
    trace_ += line_ + instead + logged + "\n";
    line_.clear();
}

void Run::log(std::string_view text) {
    for (const char c : text) logged_ = mix(logged_, static_cast<unsigned char>(c));
    logged_ = mix(logged_, text.size());
    if (!tracing) return;
    logs_.append("\n                     | ").append(text);
}

// The scenario -------------------------------------------------------------------------------------------------------------------

void Run::add_task(const TaskHandle& task, bool in_background) {
    if (task.done()) return;  // no memory: reported
    TaskState* state = running_loop().first_task();
    while (state->all_next != nullptr) state = state->all_next;
    tasks_.push_back({std::string{task.name()}, state, task, in_background});
}

void Run::add_strike(std::string_view name, std::function<void()> happens, unsigned times) {
    strikes_.push_back({std::string{name}, std::move(happens), times});
}

void Run::add_cancel(std::string_view name, unsigned times) {
    for (ScenarioTask& task : tasks_) {
        if (task.name != name) continue;
        task.cancellations += times;
        return;
    }
    port::fatal("explore: x.cancel names no task of the scenario");
}

void Run::add_check(std::string_view what, std::function<bool()> holds, bool after_each_step) {
    (after_each_step ? always_ : checks_).push_back({std::string{what}, std::move(holds)});
}

}  // namespace uasync::explorer
