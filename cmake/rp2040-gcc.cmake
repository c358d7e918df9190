# Toolchain file: arm-none-eabi-g++ for the RP2040's Cortex-M0+.
#
#   cmake -B build -DCMAKE_TOOLCHAIN_FILE=cmake/rp2040-gcc.cmake

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m0plus)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program cannot be linked before there is a linker script

find_program(CMAKE_C_COMPILER arm-none-eabi-gcc REQUIRED)
find_program(CMAKE_CXX_COMPILER arm-none-eabi-g++ REQUIRED)
# GCC's own, which see what is in objects for link-time optimisation.
find_program(CMAKE_AR arm-none-eabi-gcc-ar REQUIRED)
find_program(CMAKE_RANLIB arm-none-eabi-gcc-ranlib REQUIRED)
set(CMAKE_ASM_COMPILER ${CMAKE_C_COMPILER})

set(uasync_machine "-mcpu=cortex-m0plus -mthumb")
include(${CMAKE_CURRENT_LIST_DIR}/rp2040_flags.cmake)
# Without this gdb finds hardly a line with a co_await in optimised code, and stops in another function instead. It changes what is said
# of the code, not the code.
string(APPEND CMAKE_CXX_FLAGS_INIT " -gno-statement-frontiers")
