# Toolchain file: clang++ for the RP2040's Cortex-M0+, with LLD and with the C++ headers and libgcc of arm-none-eabi-g++.
#
#   cmake -B build -DCMAKE_TOOLCHAIN_FILE=cmake/rp2040-clang.cmake

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m0plus)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program cannot be linked before there is a linker script

find_program(CMAKE_C_COMPILER NAMES clang-19 clang REQUIRED)
find_program(CMAKE_CXX_COMPILER NAMES clang++-19 clang++ REQUIRED)
set(CMAKE_ASM_COMPILER ${CMAKE_C_COMPILER})
set(CMAKE_C_COMPILER_TARGET thumbv6m-none-eabi)
set(CMAKE_CXX_COMPILER_TARGET thumbv6m-none-eabi)
set(CMAKE_ASM_COMPILER_TARGET thumbv6m-none-eabi)
find_program(UASYNC_LLD NAMES ld.lld-19 ld.lld REQUIRED)
find_program(UASYNC_ARM_GCC arm-none-eabi-g++ REQUIRED)

# Where that compiler looks for headers and for libgcc.
execute_process(
    COMMAND ${UASYNC_ARM_GCC} -mcpu=cortex-m0plus -mthumb -E -x c++ -v /dev/null
    ERROR_VARIABLE uasync_search OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCH "#include <\\.\\.\\.> search starts here:\n(.*)\nEnd of search list" _ "${uasync_search}")
string(REGEX REPLACE "[ \n]+" ";" uasync_folders "${CMAKE_MATCH_1}")
foreach(folder IN LISTS uasync_folders)
    # GCC's own headers (<stddef.h> and the like) come from Clang instead.
    if(folder AND NOT folder MATCHES "/lib/gcc/[^/]+/[^/]+/include(-fixed)?$")
        cmake_path(NORMAL_PATH folder)
        list(APPEND CMAKE_CXX_STANDARD_INCLUDE_DIRECTORIES ${folder})
        if(NOT folder MATCHES "/c\\+\\+/")
            list(APPEND CMAKE_C_STANDARD_INCLUDE_DIRECTORIES ${folder})
        endif()
    endif()
endforeach()
execute_process(
    COMMAND ${UASYNC_ARM_GCC} -mcpu=cortex-m0plus -mthumb -print-libgcc-file-name
    OUTPUT_VARIABLE UASYNC_LIBGCC OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

# The Cortex-M0+ has no exclusive access, so Clang would call a library for every atomic load and store; on a single core plain
# ones are atomic. GCC makes enumerations as short as they can be, and libgcc is GCC's.
set(uasync_machine "-mcpu=cortex-m0plus -mthumb -Xclang -target-feature -Xclang +atomics-32 -fshort-enums")
include(${CMAKE_CURRENT_LIST_DIR}/rp2040_flags.cmake)
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_CXX_FLAGS_INIT} -nostdinc++")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${CMAKE_EXE_LINKER_FLAGS_INIT} --ld-path=${UASYNC_LLD}")
