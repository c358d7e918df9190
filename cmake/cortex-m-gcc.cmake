# Toolchain file: arm-none-eabi-g++ for any Cortex-M, and memcpy and the like from newlib.
#
#   cmake -B build -DCMAKE_TOOLCHAIN_FILE=cmake/cortex-m-gcc.cmake -DUASYNC_CPU="-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16"

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program cannot be linked before there is a linker script
set(UASYNC_CPU "-mcpu=cortex-m3" CACHE STRING "The flags of the compiler that name the processor")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES UASYNC_CPU)

find_program(CMAKE_C_COMPILER arm-none-eabi-gcc REQUIRED)
find_program(CMAKE_CXX_COMPILER arm-none-eabi-g++ REQUIRED)
set(CMAKE_ASM_COMPILER ${CMAKE_C_COMPILER})

set(uasync_machine "${UASYNC_CPU} -mthumb")
include(${CMAKE_CURRENT_LIST_DIR}/board_flags.cmake)
set(UASYNC_BOARD_LIBRARIES c_nano gcc)
