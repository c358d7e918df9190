#pragma once
// Implementation detail of the task readers: `./uasync ps`, the board page, and the debugger's `uasync ps`.

#include <cstddef>
#include <cstdint>

#include <uasync/kernel/promise.hpp>

namespace uasync::detail {

/// What a reader outside needs to find the tasks of a running firmware: one constant of 32 bytes in flash. The firmware never
/// reads it, so it costs no cycle and no RAM.
///
/// A reader finds it by its symbol, `uasync_descriptor`, or by its first eight bytes in an image without symbols. It then follows
///
///     *loop --> Loop --all_first--> TaskState --all_next--> TaskState ...                all unfinished tasks, oldest first
///                 |                    | leaf
///                 +--current           v
///                               innermost coroutine's frame --promise--> continuation: who awaits it, and so on to the outermost
///
/// and tells from a task's state byte how the task waits. docs/design/task_reader.md describes what a reader makes of that. If the
/// meaning of a field changes, so does `version`.
///
/// Offsets are in bytes. One that is `absent` names something that this build does not keep.
struct Descriptor {
    static constexpr std::uint8_t absent = 0xff;

    char magic[7] = {'u', 'a', 's', 'y', 'n', 'c', '\n'};
    std::uint8_t version = 1;
    /// Address of the pointer to the running loop, which is null while none runs. In a firmware with several loops (LoopsDescriptor),
    /// to the newest of all loops.
    TaskLoop* const* loop;

    std::uint8_t loop_current;    ///< TaskState*: the task whose step it is, or null
    std::uint8_t loop_all_first;  ///< TaskState*
    std::uint8_t loop_all_last;   ///< TaskState*

    std::uint8_t task_size;
    std::uint8_t task_next;           ///< WaitNode*: the next node of the list that it is in
    std::uint8_t task_waited;         ///< depends on the state: WaitList*, CancelHook*
    std::uint8_t task_deadline_low;   ///< the lower 32 bits, in microseconds
    std::uint8_t task_deadline_high;  ///< the upper 19 bits, in the lower bits of a word
    std::uint8_t task_state;          ///< a byte: WaitState in the lower half, Error in the upper half
    std::uint8_t task_leaf;           ///< the frame of the innermost suspended coroutine
    std::uint8_t task_all_next;       ///< TaskState*
    std::uint8_t task_name;           ///< const char* given to create_task, or null
    std::uint8_t task_function;       ///< const char*: signature of the outermost coroutine
    std::uint8_t task_waits_for;      ///< const char*: what it waits for, in words

    std::uint8_t frame_promise;         ///< where a coroutine's promise is in its frame
    std::uint8_t promise_continuation;  ///< bit 0 clear: a task's outermost. Otherwise the awaiting frame, or with bit 1 a Scope
    std::uint8_t scope_parent;          ///< in a Scope: the awaiting frame
    std::uint8_t joined_task;           ///< TaskState*: in the CancelHook of a task that awaits another
    std::uint8_t lock_owner;  ///< TaskState* | 1 if handed: in the WaitList of a task that is `acquiring`; 0: an older runtime
};

/// Beside the Descriptor in a firmware that has tasks with a level (Priority), as `uasync_levels`: where a reader finds their levels.
struct LevelsDescriptor {
    char magic[7] = {'u', 'a', 's', 'y', 'n', 'c', '\v'};
    std::uint8_t version = 1;
    /// The first of a list of three words each: TaskState*, the next one's address or null, the level. The highest comes first.
    const void* first;
};

/// Beside the Descriptor in a firmware with several loops, as `uasync_loops`: how a reader finds them all, and what runs each.
struct alignas(4) LoopsDescriptor {
    char magic[7] = {'u', 'a', 's', 'y', 'n', 'c', '\f'};
    std::uint8_t version = 1;
    std::uint8_t loop_older;    ///< TaskLoop*: the loop that was made before, or null
    std::uint8_t loop_levels;   ///< the first of its tasks with a level, as LevelsDescriptor::first has them
    std::uint8_t loop_context;  ///< the number of the exception that runs the loop (0: none) << 1 | the number of its core
};

}  // namespace uasync::detail
