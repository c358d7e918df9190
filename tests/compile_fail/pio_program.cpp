// Mistakes in programs for PIO: the compiler names the line and the cause.

#include <uasync/board/pio_program.hpp>

using namespace uasync;

#if CASE == 1
// gcc: array subscript value '3' is outside the bounds of array 'uasync::detail::asm_pio_mistake<uasync::PioError::unknown_instruction>'
// clang: asm_pio_mistake<PioError::unknown_instruction>[line]
// clang: in call to 'pio_mistake_in_line(3,
constexpr PioProgram program = asm_pio(R"(
    set pins, 1
    sett pins, 0
)");
#elif CASE == 2
// gcc: array subscript value '2' is outside the bounds of array 'uasync::detail::asm_pio_mistake<uasync::PioError::delay_too_long>'
// clang: asm_pio_mistake<PioError::delay_too_long>[line]
// clang: in call to 'pio_mistake_in_line(2,
constexpr PioProgram program = asm_pio(".side_set 1\n nop side 0 [16]");
#elif CASE == 3
// gcc: array subscript value '1' is outside the bounds of array 'uasync::detail::asm_pio_mistake<uasync::PioError::unknown_name>'
// clang: asm_pio_mistake<PioError::unknown_name>[line]
constexpr PioProgram program = asm_pio("jmp nowhere");
#elif CASE == 4
// gcc: array subscript value '1' is outside the bounds of array 'uasync::detail::asm_pio_mistake<uasync::PioError::out_of_range>'
// clang: asm_pio_mistake<PioError::out_of_range>[line]
constexpr std::uint16_t code = asm_pio_encode("set pins, 32");
#elif CASE == 5
// gcc: array subscript value '33' is outside the bounds of array 'uasync::detail::asm_pio_mistake<uasync::PioError::too_long>'
// clang: asm_pio_mistake<PioError::too_long>[line]
#define EIGHT "nop\nnop\nnop\nnop\nnop\nnop\nnop\nnop\n"
constexpr PioProgram program = asm_pio(EIGHT EIGHT EIGHT EIGHT "nop");
#else
constexpr PioProgram program = asm_pio("again: set pins, 1\n jmp again");
static_assert(program.length == 2);
#endif
