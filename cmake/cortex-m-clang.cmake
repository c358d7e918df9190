# Toolchain file: clang++ for any Cortex-M, with LLD and with the headers and libraries of arm-none-eabi-g++.
#
#   cmake -B build -DCMAKE_TOOLCHAIN_FILE=cmake/cortex-m-clang.cmake -DUASYNC_CPU="-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16"

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program cannot be linked before there is a linker script
set(UASYNC_CPU "-mcpu=cortex-m3" CACHE STRING "The flags of the compiler that name the processor")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES UASYNC_CPU)

set(uasync_arm "${UASYNC_CPU} -mthumb")
set(uasync_triple arm-none-eabi)
include(${CMAKE_CURRENT_LIST_DIR}/arm_clang.cmake)
uasync_arm_library(libc_nano.a uasync_libc)
uasync_arm_library(libgcc.a uasync_libgcc)
set(UASYNC_BOARD_LIBRARIES ${uasync_libc} ${uasync_libgcc})

set(uasync_machine "${uasync_arm} -fshort-enums")  # as GCC, whose libraries are linked
if(UASYNC_CPU MATCHES "cortex-m0|cortex-m1( |$)")
    string(APPEND uasync_machine " -Xclang -target-feature -Xclang +atomics-32")  # see rp2040-clang.cmake
endif()
include(${CMAKE_CURRENT_LIST_DIR}/board_flags.cmake)
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_CXX_FLAGS_INIT} -nostdinc++")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${CMAKE_EXE_LINKER_FLAGS_INIT} --ld-path=${UASYNC_LLD}")
