#pragma once
/// @file
/// Build options. The library and everything that includes it must be compiled with the same ones, which CMake ensures;
/// parts that differ in an option that matters for layouts do not link. Set them with `-DUASYNC_NAMES=1` or, in CMake, with
/// `target_compile_definitions` on the library.

#ifndef UASYNC_NAMES
/// Whether tasks carry a name and the place of their creation, for messages: 0 or 1. The default is 0; CMake sets 1
/// on hosts.
/// @par Cost
/// 16 bytes a task and 4 a frame on a 32-bit board, and the texts in flash.
#define UASYNC_NAMES 0
#endif

#ifndef UASYNC_BOARD
/// Whether the target is a microcontroller, where the frame pool is static and flash counts more than time: 0 or 1.
/// The default is 0, a host.
#define UASYNC_BOARD 0
#endif

#ifndef UASYNC_FRAME_POOL_BYTES
/// The size in bytes of the static frame pool, where tasks and coroutines live. With 0, frames come from lists over
/// the heap, which grow (hosts). The default is 0; CMake sets 2048 for the Pico.
#define UASYNC_FRAME_POOL_BYTES 0
#endif

#ifndef UASYNC_FRAME_POOLS
/// Whether a program may have frame pools of its own, and choose one for a task, a group or a loop (FramePool): 0
/// or 1. The default is 1 on hosts and 0 on boards.
#define UASYNC_FRAME_POOLS !UASYNC_BOARD
#endif

#ifndef UASYNC_THREADS
/// Whether each thread may run a loop of its own (hosts): 0 or 1. The default is 0; CMake sets 1 for the Linux
/// port.
#define UASYNC_THREADS 0
#endif

#ifndef UASYNC_LOOPS
/// Whether the program may have several loops at a time: 0 or 1. The default is 1 on hosts and 0 on boards. On a
/// board, a loop on the other core (Core1) and one that interrupts the main loop (InterruptLoop) need it.
/// @par Cost
/// A word in each task and timer, which names its loop. On a board also a longer critical section, which excludes the
/// other core too.
#define UASYNC_LOOPS !UASYNC_BOARD
#endif

#ifndef UASYNC_CHECK_THREADS
/// Whether waking or awaiting a task whose loop runs in another thread, or on a board on the other core or in an
/// interrupt, stops the program with a message, as cancelling one always does: 0 or 1. The default is 1 on boards with
/// UASYNC_LOOPS and in debug builds with UASYNC_THREADS, otherwise 0.
/// @par Cost
/// About ten instructions a wake-up.
#if UASYNC_BOARD
#define UASYNC_CHECK_THREADS UASYNC_LOOPS
#elif defined(NDEBUG)
#define UASYNC_CHECK_THREADS 0
#else
#define UASYNC_CHECK_THREADS UASYNC_THREADS
#endif
#endif

#ifndef UASYNC_CHECKED_AWAITS
/// Whether the compiler checks what a coroutine awaits, and adapts (hosts) or refuses (boards) an awaitable of
/// another library: 0 or 1. The default is 1, but 0 on boards with GCC.
/// @par Cost
/// None with Clang. GCC keeps a pointer for each await in the coroutine's frame, which is why boards skip the check
/// there. What it would refuse does not compile with Clang.
#if UASYNC_BOARD && !defined(__clang__)
#define UASYNC_CHECKED_AWAITS 0
#else
#define UASYNC_CHECKED_AWAITS 1
#endif
#endif

#ifndef UASYNC_ONE_CORE
/// Whether only interrupts on the loop's own core wake its tasks, and no other loop shares the frame pool, so that
/// both can take short cuts: 0 or 1. With 0, other cores or threads do so too, and the port's critical section
/// excludes them. The default is 0 with UASYNC_THREADS, and on boards with UASYNC_LOOPS; otherwise 1.
#define UASYNC_ONE_CORE !(UASYNC_THREADS || (UASYNC_BOARD && UASYNC_LOOPS))
#endif

#ifndef UASYNC_STEPS_PER_POLL
/// After how many steps of tasks the loop looks at the clock and at wake-ups even though tasks are ready, for ports
/// without an alarm interrupt. With 0 it does not, because interrupts tell it. The default is 0; CMake sets 61 for
/// the Linux port.
#define UASYNC_STEPS_PER_POLL 0
#endif

#ifndef UASYNC_PORT_PICKS
/// Whether the port chooses which ready task runs next, as the simulation's shuffled orders need: 0 or 1. The
/// default is 0; CMake sets 1 for the simulation.
#define UASYNC_PORT_PICKS 0
#endif

#ifndef UASYNC_WHOLE_RUNTIME
/// Whether each program compiles and links all sources of the runtime, instead of taking from a library what it needs: 0 or 1. The
/// default is 0; CMake sets 1 in a project of the Pico SDK.
#define UASYNC_WHOLE_RUNTIME 0
#endif

#ifndef UASYNC_STATISTICS
/// Whether a board's static frame pool counts the blocks of each size, for `frame_pool_use(bytes)`: 0 or 1. Hosts
/// always count. The default is 0.
/// @par Cost
/// 132 bytes of RAM.
#define UASYNC_STATISTICS 0
#endif

/// @cond
// Code that its callers share where flash counts, on a board with -Os, and that is inlined where time counts. SHARED is for what a
// compiler would inline everywhere, HOT for what it would inline nowhere, RARE for what a host keeps out of a hot path.
#if UASYNC_BOARD && defined(__OPTIMIZE_SIZE__)
#define UASYNC_SHARED [[gnu::noinline]]
#define UASYNC_HOT
#define UASYNC_RARE [[gnu::always_inline]] inline
#elif UASYNC_BOARD
#define UASYNC_SHARED
#define UASYNC_HOT
#define UASYNC_RARE [[gnu::always_inline]] inline
#else
#define UASYNC_SHARED
#define UASYNC_HOT [[gnu::always_inline]] inline
#define UASYNC_RARE [[gnu::noinline]]
#endif

// What a build without drivers does not have: the compiler says so, where the linker would only name it.
#ifdef UASYNC_NO_DRIVERS
#define UASYNC_DRIVER \
    [[gnu::error("uasync: this build has no drivers and devices; write set(UASYNC_DRIVERS ON) before uasync is added")]]
#else
#define UASYNC_DRIVER
#endif
/// @endcond

/// Whether the compiler's exceptions are on: 0 or 1. This is not an option: it follows from `-fno-exceptions`.
#if defined(__cpp_exceptions)
#define UASYNC_EXCEPTIONS 1
#else
#define UASYNC_EXCEPTIONS 0
#endif

/// @cond
#if UASYNC_THREADS
#define UASYNC_THREAD_LOCAL thread_local
#else
#define UASYNC_THREAD_LOCAL
#endif

// The options that layouts depend on are part of the name of a function that every coroutine refers to. So parts of a program that
// were compiled with different options do not link, and the linker names the options of the part that it cannot link:
//   undefined reference to `uasync::detail::built_with_host_names_threads_loops_exceptions::allocate_frame(unsigned long)'
#define UASYNC_JOIN_(a, b, c, d, e, f, g) built_with_##a##b##c##d##e##f##g
#define UASYNC_JOIN(a, b, c, d, e, f, g) UASYNC_JOIN_(a, b, c, d, e, f, g)
#if UASYNC_BOARD
#define UASYNC_TAG_BOARD board
#else
#define UASYNC_TAG_BOARD host
#endif
#if UASYNC_NAMES
#define UASYNC_TAG_NAMES _names
#else
#define UASYNC_TAG_NAMES _no_names
#endif
#if UASYNC_THREADS
#define UASYNC_TAG_THREADS _threads
#else
#define UASYNC_TAG_THREADS _no_threads
#endif
#if UASYNC_LOOPS
#define UASYNC_TAG_LOOPS _loops
#else
#define UASYNC_TAG_LOOPS _one_loop
#endif
#if UASYNC_FRAME_POOLS && UASYNC_BOARD
#define UASYNC_TAG_POOLS _pools
#elif !UASYNC_FRAME_POOLS && !UASYNC_BOARD
#define UASYNC_TAG_POOLS _one_pool
#else
#define UASYNC_TAG_POOLS
#endif
#if UASYNC_EXCEPTIONS
#define UASYNC_TAG_EXCEPTIONS _exceptions
#else
#define UASYNC_TAG_EXCEPTIONS _no_exceptions
#endif
#if UASYNC_PORT_PICKS
#define UASYNC_TAG_PICKS _simulation
#else
#define UASYNC_TAG_PICKS
#endif
#define UASYNC_BUILT_WITH                                                                                                          \
    UASYNC_JOIN(UASYNC_TAG_BOARD, UASYNC_TAG_NAMES, UASYNC_TAG_THREADS, UASYNC_TAG_LOOPS, UASYNC_TAG_POOLS, UASYNC_TAG_EXCEPTIONS, \
                UASYNC_TAG_PICKS)
/// @endcond
