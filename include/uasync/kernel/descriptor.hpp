#pragma once
// What a reader outside needs to find the tasks of a running firmware: one constant of 32 bytes in flash. For authors of tools only (`./uasync
// ps`, the board page, the debugger's `uasync ps`); the firmware never reads it, so it costs no cycle and no RAM.
//
// A reader finds it by its symbol, `uasync_descriptor`, or in an image without symbols by its first eight bytes. It then follows
//
//     *loop --> Loop --all_first--> TaskState --all_next--> TaskState ...                all unfinished tasks, oldest first
//                 |                    | leaf
//                 +--current           v
//                               innermost coroutine's frame --promise--> continuation: who awaits it, and so on to the outermost
//
// and tells from a task's state byte how it waits. docs/design/task_reader.md says what is made of that. A change of what the
// fields mean takes a new `version`.

#include <cstddef>
#include <cstdint>

#include <uasync/kernel/promise.hpp>

namespace uasync::detail {

/// Offsets are in bytes. One that is `absent` names something that this build does not keep.
struct Descriptor {
    static constexpr std::uint8_t absent = 0xff;

    char magic[7] = {'u', 'a', 's', 'y', 'n', 'c', '\n'};
    std::uint8_t version = 1;
    TaskLoop* const* loop;  ///< where the pointer to the running loop is; null while none runs

    std::uint8_t loop_current;    ///< TaskState*: whose step it is, or null
    std::uint8_t loop_all_first;  ///< TaskState*
    std::uint8_t loop_all_last;   ///< TaskState*

    std::uint8_t task_size;
    std::uint8_t task_next;           ///< WaitNode*: in whatever list it is
    std::uint8_t task_waited;         ///< by state: WaitList*, CancelHook*
    std::uint8_t task_deadline_low;   ///< microseconds, the lower 32 bits
    std::uint8_t task_deadline_high;  ///< the upper 19 bits, in the lower bits of a word
    std::uint8_t task_state;          ///< a byte: WaitState in the lower half, Error in the upper
    std::uint8_t task_leaf;           ///< frame of the innermost suspended coroutine
    std::uint8_t task_all_next;       ///< TaskState*
    std::uint8_t task_name;           ///< const char* given to create_task, or null
    std::uint8_t task_function;       ///< const char*: signature of the outermost coroutine
    std::uint8_t task_waits_for;      ///< const char*: what it waits for, in words

    std::uint8_t frame_promise;         ///< of a coroutine's promise, in its frame
    std::uint8_t promise_continuation;  ///< bit 0 clear: a task's outermost. Else the awaiting frame, or with bit 1 a Scope
    std::uint8_t scope_parent;          ///< the awaiting frame, in a Scope
    std::uint8_t joined_task;           ///< TaskState*, in the CancelHook of a task that awaits another
};

}  // namespace uasync::detail
