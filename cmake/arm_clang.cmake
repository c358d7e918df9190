# What toolchain files for clang++ and LLD share. `uasync_arm` is as in arm_headers.cmake; `uasync_triple` is Clang's name of the target.

find_program(CMAKE_C_COMPILER NAMES clang-19 clang REQUIRED)
find_program(CMAKE_CXX_COMPILER NAMES clang++-19 clang++ REQUIRED)
set(CMAKE_ASM_COMPILER ${CMAKE_C_COMPILER})
set(CMAKE_C_COMPILER_TARGET ${uasync_triple})
set(CMAKE_CXX_COMPILER_TARGET ${uasync_triple})
set(CMAKE_ASM_COMPILER_TARGET ${uasync_triple})
find_program(UASYNC_LLD NAMES ld.lld-19 ld.lld REQUIRED)
include(${CMAKE_CURRENT_LIST_DIR}/arm_headers.cmake)
