# Toolchain file: riscv64-unknown-elf-g++ for a 32-bit RISC-V. Debian's has no C++ library, of which uasync needs only headers: they are those of
# arm-none-eabi-g++, which is for 32 bits too.
#
#   cmake -B build -DCMAKE_TOOLCHAIN_FILE=cmake/riscv32-gcc.cmake

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program cannot be linked before there is a linker script

find_program(CMAKE_C_COMPILER riscv64-unknown-elf-gcc REQUIRED)
find_program(CMAKE_CXX_COMPILER riscv64-unknown-elf-g++ REQUIRED)
set(CMAKE_ASM_COMPILER ${CMAKE_C_COMPILER})
set(uasync_arm "-mcpu=cortex-m3 -mthumb")
include(${CMAKE_CURRENT_LIST_DIR}/arm_headers.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/riscv32_libgcc.cmake)

# The control registers are an extension of their own, Zicsr, since 2019; libgcc's folders are still named without it.
set(uasync_machine "-march=rv32imac_zicsr -mabi=ilp32 -mcmodel=medany")
include(${CMAKE_CURRENT_LIST_DIR}/board_flags.cmake)
