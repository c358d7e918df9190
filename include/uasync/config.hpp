#pragma once
// Build options. The library and everything that includes it must be compiled with the same ones, which CMake sees to by itself.

/// 1: tasks carry a name and the place of their creation: 16 bytes a task and 4 a frame on a 32-bit board, and the texts in flash.
#ifndef UASYNC_NAMES
#define UASYNC_NAMES 0
#endif

/// 1: a microcontroller: nothing allocates but the static frame pool, and flash counts more than time. 0: a host.
#ifndef UASYNC_BOARD
#define UASYNC_BOARD 0
#endif

/// Bytes of the static frame pool. 0: frames come from size-class lists over the heap, which grow (hosts).
#ifndef UASYNC_FRAME_POOL_BYTES
#define UASYNC_FRAME_POOL_BYTES 0
#endif

/// 1: a program may make pools of its own, and name one for a task, a group or a loop (`FramePool`). 0: there is one.
#ifndef UASYNC_FRAME_POOLS
#define UASYNC_FRAME_POOLS !UASYNC_BOARD
#endif

/// 1: each thread may run a loop of its own (hosts). 0: one loop at a time in the program.
#ifndef UASYNC_THREADS
#define UASYNC_THREADS 0
#endif

/// 1: waking or awaiting a task of a loop that runs in another thread stops the program with a message, as cancelling one always does:
/// some ten instructions a wake-up. In debug builds unless said otherwise.
#ifndef UASYNC_CHECK_THREADS
#ifdef NDEBUG
#define UASYNC_CHECK_THREADS 0
#else
#define UASYNC_CHECK_THREADS UASYNC_THREADS
#endif
#endif

/// 1: there may be several loops in the program, and each task and timer knows its own, which costs a word. 0: one at a time.
#ifndef UASYNC_LOOPS
#define UASYNC_LOOPS !UASYNC_BOARD
#endif

/// 1: what a coroutine awaits is looked at: an awaitable of another library is adapted (hosts) or refused (boards). It costs nothing but
/// with GCC, which keeps a pointer for each await in the coroutine's frame; so on boards GCC is spared unless the build says 1; what is
/// wrong there does not compile with Clang.
#ifndef UASYNC_CHECKED_AWAITS
#if UASYNC_BOARD && !defined(__clang__)
#define UASYNC_CHECKED_AWAITS 0
#else
#define UASYNC_CHECKED_AWAITS 1
#endif
#endif

/// 1: only interrupts on the loop's own core wake its tasks, and no other loop shares the frame pool, so that both can take short
/// cuts. 0: other cores or threads do, and the port's critical section excludes them.
#ifndef UASYNC_ONE_CORE
#define UASYNC_ONE_CORE !UASYNC_THREADS
#endif

/// For ports without an alarm interrupt: the loop looks at the clock and at its wake-ups after this many steps, even though tasks
/// are ready. 0: never, since interrupts tell it.
#ifndef UASYNC_STEPS_PER_POLL
#define UASYNC_STEPS_PER_POLL 0
#endif

/// 1: the port chooses which ready task runs next (the simulation's shuffled orders).
#ifndef UASYNC_PORT_PICKS
#define UASYNC_PORT_PICKS 0
#endif

/// 1: the frame pool of a board counts the blocks of each size (`frame_pool_use(bytes)`): 132 bytes of RAM. Always on hosts.
#ifndef UASYNC_STATISTICS
#define UASYNC_STATISTICS 0
#endif

/// Code that is shared by all its callers where flash counts, on a board with -Os, and inlined where time does. SHARED for what a
/// compiler would inline everywhere, HOT for what it would inline nowhere, RARE for what a host keeps out of the way of a hot path.
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

#if defined(__cpp_exceptions)
#define UASYNC_EXCEPTIONS 1
#else
#define UASYNC_EXCEPTIONS 0
#endif

#if UASYNC_THREADS
#define UASYNC_THREAD_LOCAL thread_local
#else
#define UASYNC_THREAD_LOCAL
#endif

// The options that layouts depend on make part of the name of a function that every coroutine refers to. So parts of a program that were
// compiled with different ones do not link, and the linker names the options of the part that it cannot link:
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
