# Toolchain file: clang++ for the RP2040's Cortex-M0+, with LLD and with the C++ headers and libgcc of arm-none-eabi-g++.
#
#   cmake -B build -DCMAKE_TOOLCHAIN_FILE=cmake/rp2040-clang.cmake

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m0plus)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program cannot be linked before there is a linker script

set(uasync_arm "-mcpu=cortex-m0plus -mthumb")
set(uasync_triple thumbv6m-none-eabi)
include(${CMAKE_CURRENT_LIST_DIR}/arm_clang.cmake)
uasync_arm_library(libgcc.a UASYNC_LIBGCC)

# The Cortex-M0+ has no exclusive access, so Clang would call a library for every atomic load and store; on a single core plain
# ones are atomic. GCC makes enumerations as short as they can be, and libgcc is GCC's.
set(uasync_machine "-mcpu=cortex-m0plus -mthumb -Xclang -target-feature -Xclang +atomics-32 -fshort-enums")
set(uasync_compile "-fno-jump-tables")  # see rp2040-gcc.cmake
include(${CMAKE_CURRENT_LIST_DIR}/board_flags.cmake)
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_CXX_FLAGS_INIT} -nostdinc++")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${CMAKE_EXE_LINKER_FLAGS_INIT} --ld-path=${UASYNC_LLD}")
