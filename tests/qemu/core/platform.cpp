// What newlib asks of a system, on the MPS2: a console, a heap, an end.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <cmsdk.hpp>
#include <semihosting.hpp>

#include <sys/stat.h>

using Uart = uasync::cmsdk::Uart<0x40004000>;

extern "C" {

void* __dso_handle = nullptr;  // NOLINT(bugprone-reserved-identifier)

extern char end[];  // of the data
extern char uasync_stack_top[];

void uasync_start_board() noexcept { Uart::start(); }

int _write(int, const char* text, int size) {
    for (int i = 0; i < size; ++i) Uart::put(text[i]);
    return size;
}
void* _sbrk(std::ptrdiff_t size) {
    static char* top = end;
    constexpr std::uintptr_t stack = 0x40000;
    if (reinterpret_cast<std::uintptr_t>(top) + static_cast<std::uintptr_t>(size) >
        reinterpret_cast<std::uintptr_t>(uasync_stack_top) - stack) {
        errno = ENOMEM;
        return reinterpret_cast<void*>(-1);
    }
    char* const start = top;
    top += size;
    return start;
}
void _exit(int status) { uasync::semihosting::exit(static_cast<std::uint32_t>(status)); }

// There are no files and no other processes.
int _close(int) { return -1; }
int _fstat(int, struct stat* about) {
    about->st_mode = S_IFCHR;
    return 0;
}
int _isatty(int) { return 1; }
int _lseek(int, int, int) { return 0; }
int _read(int, char*, int) { return 0; }
int _kill(int, int) { std::exit(1); }  // abort(), as after a lack of memory: tells which test it was
int _getpid() { return 1; }
}
