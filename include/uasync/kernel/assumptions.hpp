#pragma once
// What the library relies on and the C++ standard does not promise, in one place. For the runtime. tests/kernel/test_assumptions.cpp
// holds each of these on every compiler that the project supports.
//
// 1. A coroutine's frame begins with two function pointers, to resume it and to destroy it (the ABI that GCC and Clang share). So an
//    object that begins in the same way can be resumed like a coroutine: `ForgedFrame`, which makes a plain function a task's step.
// 2. The promise follows them, at the same offset in every coroutine whose promise is not aligned beyond two words. So a frame's promise
//    can be found without knowing its type: `promise_at`.
// 3. A class's base without virtual functions that comes first lies at the class's own address, so the promise of any coroutine of ours
//    begins with its PromiseBase.
// 4. A coroutine's frame may be destroyed inside of the `await_suspend` of its final suspension, if nothing of it is touched afterwards.
// 5. Bit-fields fill a word from its lowest bit on, and the word's bytes lie in that order. So a task's handles, behind 19 bits of the
//    deadline, are in the byte before the state, from its bit 3 on: `WaitNode::add_handle`.

#include <coroutine>
#include <cstddef>

namespace uasync::detail {

/// `frame.resume()`, inlined for certain: with -Os a compiler may make it a function of its own.
[[gnu::always_inline]] inline void resume(std::coroutine_handle<> frame) { __builtin_coro_resume(frame.address()); }

/// Where in a frame its promise is, by (1) and (2).
inline constexpr std::size_t promise_offset = 2 * sizeof(void (*)());

/// The promise, or its first base, of a coroutine whose promise has that for its first base (2, 3).
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
