#pragma once
// Implementation detail of the schedule explorer: what its state and its trace both say about a task.

#include <uasync/kernel/loop.hpp>

namespace uasync::explorer {

inline bool waits(WaitState state) noexcept {
    return state != WaitState::ready && state != WaitState::failing && state != WaitState::done;
}

inline const char* wait_text([[maybe_unused]] const TaskState& task) noexcept {
#if UASYNC_NAMES
    return task.waits_for;
#else
    return "?";
#endif
}

}  // namespace uasync::explorer
