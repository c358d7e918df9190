# The support library of riscv64-unknown-elf-gcc, for both compilers.
find_program(UASYNC_RISCV_GCC riscv64-unknown-elf-gcc REQUIRED)
execute_process(
    COMMAND ${UASYNC_RISCV_GCC} -march=rv32imac -mabi=ilp32 -print-libgcc-file-name
    OUTPUT_VARIABLE UASYNC_BOARD_LIBRARIES OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
