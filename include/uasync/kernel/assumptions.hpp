#pragma once
// Implementation detail of the runtime.

#include <coroutine>
#include <cstddef>

namespace uasync::detail {
// What the library relies on although the C++ standard does not promise it. tests/kernel/test_assumptions.cpp checks each point
// on every compiler that the project supports.
//
// 1. A coroutine's frame begins with two function pointers, one to resume it and one to destroy it (the ABI that GCC and Clang
//    share). So an object that begins the same way can be resumed like a coroutine: `ForgedFrame`, which makes a plain function
//    a task's step.
// 2. The promise follows them, at the same offset in every coroutine whose promise is not aligned beyond two words. So the
//    promise of a frame can be found without knowing its type: `promise_at`.
// 3. The first base of a class without virtual functions lies at the class's own address, so the promise of every uasync coroutine
//    begins with its PromiseBase.
// 4. A coroutine's frame may be destroyed inside the `await_suspend` of its final suspension, if nothing touches it afterwards.
// 5. Bit-fields fill a word from its lowest bit on, and the word's bytes lie in that order. So the count of a task's handles, which
//    follows 19 bits of the deadline, is in the byte before the state, from its bit 3 on: `WaitNode::add_handle`.

/// `frame.resume()`, always inlined: with -Os a compiler may make it a function of its own.
[[gnu::always_inline]] inline void resume(std::coroutine_handle<> frame) { __builtin_coro_resume(frame.address()); }

/// Where the promise is in a frame, by (1) and (2).
inline constexpr std::size_t promise_offset = 2 * sizeof(void (*)());

/// The promise of a coroutine, or the first base of its promise, by (2) and (3).
template <class Promise>
Promise& promise_at(std::coroutine_handle<> frame) noexcept {
    return std::coroutine_handle<Promise>::from_address(frame.address()).promise();
}

/// An object that can be resumed like a coroutine (1).
struct ForgedFrame {
    void (*resume)(ForgedFrame*);
    void (*destroy)(ForgedFrame*);

    std::coroutine_handle<> handle() noexcept { return std::coroutine_handle<>::from_address(this); }
};

}  // namespace uasync::detail
