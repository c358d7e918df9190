// Programs that would not live as long as their machine.

#include <uasync/board.hpp>

using namespace uasync;

#if CASE == 1
// gcc: use of deleted function
// gcc: Pio(uasync::PioProgram&&
// clang: call to deleted constructor of 'Pio'
void machine() { Pio machine{asm_pio("nop")}; }
#else
constexpr PioProgram program = asm_pio("nop");
void machine() { Pio machine{program}; }
#endif
