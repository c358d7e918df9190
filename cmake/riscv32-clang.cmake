# Toolchain file: clang++ for a 32-bit RISC-V, with LLD, the C++ headers of arm-none-eabi-g++ and the libgcc of riscv64-unknown-elf-gcc.
#
#   cmake -B build -DCMAKE_TOOLCHAIN_FILE=cmake/riscv32-clang.cmake

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program cannot be linked before there is a linker script

set(uasync_arm "-mcpu=cortex-m3 -mthumb")
set(uasync_triple riscv32-unknown-elf)
include(${CMAKE_CURRENT_LIST_DIR}/arm_clang.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/riscv32_libgcc.cmake)

set(uasync_machine "-march=rv32imac_zicsr -mabi=ilp32 -mcmodel=medany")
include(${CMAKE_CURRENT_LIST_DIR}/board_flags.cmake)
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_CXX_FLAGS_INIT} -nostdinc++")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${CMAKE_EXE_LINKER_FLAGS_INIT} --ld-path=${UASYNC_LLD}")
