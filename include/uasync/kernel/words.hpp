#pragma once
/// @file
/// What people are told that a task waits for, such as `Event::wait`. For authors of awaiters.

/// Tells people what a task that is suspended in an awaiter waits for.
///
/// Write it in a namespace, beside the awaiter. The command `./uasync ps`, the board page and the gdb commands show the
/// words. For an awaiter without words, they show the name of its class.
/// @par Cost
/// None in the firmware: the words are in a section of the ELF file that is not loaded.
/// @param awaiter the awaiter's class, with the classes around it, but without namespaces and template arguments:
///   `Valve::OpenAwaiter`
/// @param words a string literal, such as `"Valve::open"`. A star after the name of a class stands for the class
///   of the object that is waited for, if that is derived from the class around the awaiter: "Queue*::get".
#define UASYNC_WAITS_FOR(awaiter, words) UASYNC_DETAIL_NOTE("=" #awaiter "=" words)

// The section has no flag "a", so it is not loaded. Because of "MS", the linker keeps one of several
// strings that are equal, or that end alike: the first "=" is there so that none is the end of another.
#ifdef DOXYGEN
#elif defined(__ELF__)
#define UASYNC_DETAIL_NOTE(text) asm(".pushsection .uasync_words,\"MS\",%progbits,1\n\t.asciz \"" text "\"\n\t.popsection")
#else
#define UASYNC_DETAIL_NOTE(text) static_assert(true)
#endif
