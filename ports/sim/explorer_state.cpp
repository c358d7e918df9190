// The state of a run, as a number: equal states are explored once.

#include "explorer.hpp"
#include "explorer_words.hpp"

namespace uasync::explorer {

/// Everything that can influence what happens from now on, except for the order of the ready tasks, because all orders are
/// explored.
std::uint64_t Run::hash_state() const {
    std::uint64_t hash = mix(sim::detail::clock_fingerprint(), sim::detail::pins_fingerprint());
    hash = mix(hash, logged_);
    for (const OtherLoop& other : others_) {
        hash = mix(mix(hash, other.alarm), (other.inside().signalled() ? 1U : 0U) | (&other == turn_ ? 2U : 0U));
    }
    for (const arena::Block& block : arena::blocks()) {
        hash = mix(hash, std::uint64_t{block.offset} << 32U | block.bytes);
        const std::byte* bytes = arena::address(block);
        if (!block.is_task) {
            hash = arena::hash_bytes(hash, bytes, block.bytes);
            continue;
        }
        // Links that have no meaning in the task's state are left over from earlier ones.
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
        if (state == WaitState::waiting || state == WaitState::shared || state == WaitState::forwarding ||
            state == WaitState::acquiring) {
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

/// What is visible from outside of the state that the event led to.
std::uint64_t Run::observe() const {
    std::uint64_t hash = mix(sim::detail::clock_fingerprint(), logged_);
    for_each_task([&hash](const TaskState& task) {
        hash = mix(hash, reinterpret_cast<std::uintptr_t>(&task));
        hash = mix(hash, task.state_byte);
        if (waits(task.state())) hash = mix(hash, reinterpret_cast<std::uintptr_t>(wait_text(task)));
    });
    return mix(hash, static_cast<std::uint64_t>(failure_));
}

std::string Run::waiting_tasks() const {
    std::string text;
    for_each_task([&](const TaskState& task) {
        if (&task == main_) return;
        text += text.empty() ? " " : ", ";
        text.append(detail::task_name(task)).append(loop_suffix(task)).append(" waits in ").append(wait_text(task));
    });
    return text;
}

}  // namespace uasync::explorer
