# What the toolchain files of boards say to their compiler and linker. `uasync_machine` holds the flags that name the processor,
# `uasync_compile` and `uasync_link` what one of them adds.

# Sections: the linker drops what nothing uses. No exceptions, RTTI, guards of static locals, or unwinding tables on a board.
# -fno-use-cxa-atexit: a board's program never ends, so destructors of global objects are dropped instead of being registered.
# -nostdlib: no start-up code or system calls of a C library; what is linked of one is named.
set(uasync_flags "${uasync_machine} -g -ffunction-sections -fdata-sections ${uasync_compile}")
string(APPEND uasync_flags " -fno-unwind-tables -fno-asynchronous-unwind-tables")
set(CMAKE_C_FLAGS_INIT "${uasync_flags}")
set(CMAKE_CXX_FLAGS_INIT "${uasync_flags} -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-use-cxa-atexit")
set(CMAKE_ASM_FLAGS_INIT "${uasync_machine}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostdlib -Wl,--gc-sections,-z,noexecstack,--fatal-warnings ${uasync_link}")

# CMake's own -O3 trades flash for speed where there is little to gain: flash is cached, and the cache is small.
foreach(language C CXX)
    set(CMAKE_${language}_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "Flags of the Release configuration")
endforeach()

set(CMAKE_EXECUTABLE_SUFFIX_C .elf)
set(CMAKE_EXECUTABLE_SUFFIX_CXX .elf)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE NEVER)
