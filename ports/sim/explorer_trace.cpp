// What a failed run prints: one line for each event.

#include <cstdio>

#include <uasync/sim.hpp>

#include "explorer.hpp"
#include "explorer_words.hpp"

namespace uasync::explorer {
namespace {

std::string time_text(Time time) {
    char text[40];
    std::snprintf(text, sizeof text, "%llu.%03llu", static_cast<unsigned long long>(time / 1000),
                  static_cast<unsigned long long>(time % 1000));
    std::string result{text};
    if (time % 1000 == 0) result.erase(result.size() - 4);
    return result + " ms";
}

}  // namespace

Run::Shown& Run::shown(const TaskState& task) {
    Shown& known = shown_[&task];
    if (!known.name.empty()) return known;
    known.name = detail::task_name(task);
    const unsigned number = ++used_names_[known.name];
    if (number > 1) known.name += "#" + std::to_string(number);
    return known;
}

std::string Run::loop_suffix([[maybe_unused]] const TaskState& task) const {
#if UASYNC_LOOPS
    for (const OtherLoop& other : others_) {
        if (&other.inside() == task.own_loop) return " (" + other.name + ")";
    }
#endif
    return "";
}

std::string Run::display_name(const TaskState& task) { return shown(task).name + loop_suffix(task); }

std::string Run::describe(const Alternative& alternative) {
    switch (alternative.kind) {
        case Kind::step: return display_name(*static_cast<TaskState*>(*alternative.link));
        case Kind::turn: return "a turn of " + others_[alternative.index].name;
        case Kind::strike: return strikes_[alternative.index].name;
        case Kind::cancel: return "a cancellation of " + display_name(*tasks_[alternative.index].state);
        case Kind::time: return "the next deadline";
        case Kind::deadlock: break;
    }
    return "nothing";
}

void Run::trace_begin(const Alternative& chosen) {
    char head[64];
    std::snprintf(head, sizeof head, "%5u  %9s   ", static_cast<unsigned>(event_), time_text(port::now()).c_str());
    line_ = head;
    departure_column_ = line_.size() - 2;
    logs_.clear();
    stepped_ = nullptr;
    turned_ = chosen.kind == Kind::turn ? &others_[chosen.index] : nullptr;
    cancelled_ = nullptr;
    for (auto& [task, before] : before_) before.seen = false;
    for_each_task([this](const TaskState& task) { before_[&task] = {task.state(), true}; });
    std::erase_if(before_, [](const auto& entry) { return !entry.second.seen; });
    if (chosen.kind == Kind::step) {
        trace_step(*static_cast<TaskState*>(*chosen.link));
    } else if (chosen.kind == Kind::strike) {
        line_ += strikes_[chosen.index].name + " strikes";
    } else if (chosen.kind == Kind::cancel) {
        const TaskState& task = *tasks_[chosen.index].state;
        cancelled_ = &task;
        line_ += display_name(task) + " is cancelled";
        if (waits(task.state())) line_.append(" in ").append(wait_text(task));
    } else if (chosen.kind == Kind::time) {
        line_ += "time passes, to " + time_text(next_moment());
    }
    if (departs_) trace_departure();
}

void Run::trace_departure() {
    line_[departure_column_] = '*';
    logs_.append("   [").append(describe(alternatives_.front())).append(" was next]");
}

void Run::trace_step(const TaskState& task) {
    stepped_ = &task;
    line_ += display_name(task);
    if (task.state() == WaitState::failing) {
        line_ += task.error() == Error::cancelled ? " is unwound, as it was cancelled"
                                                  : std::string{" is unwound: "} + to_string(task.error());
    } else {
        line_ += shown(task).started ? " goes on" : " starts";
    }
    shown(task).started = true;
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
    if (turned_ != nullptr && stepped_ == nullptr) line_ += turned_->name + " has a turn";
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
    for_each_task([&](const TaskState& task) {
        if (&task == main_ || &task == stepped_) return;
        const auto before = before_.find(&task);
        if (before == before_.end()) {
            shown_.erase(&task);  // it belongs to an earlier task at this address
            add(created, task);
        } else if (before->second.state != task.state()) {
            if (task.state() == WaitState::ready) add(woken, task);
            if (task.state() == WaitState::failing && &task != cancelled_) add(ended, task);
        }
    });
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

}  // namespace uasync::explorer
