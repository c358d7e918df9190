# QEMU's machine `virt` with a 32-bit RISC-V.
set(UASYNC_PORT riscv32)
set(UASYNC_RISCV32_BOARD ${CMAKE_CURRENT_LIST_DIR}/../../../ports/riscv32/boards/virt.hpp)
set(UASYNC_FRAME_POOL_BYTES 8192)
set(platform rv32.cpp)
# QEMU puts all of the image into RAM.
macro(add_image target)
    uasync_add_image(${target} FLASH 0x80000000 4M RAM 0x80400000 4M)
endmacro()
