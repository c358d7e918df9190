// A constant melody with a wrong note.

#include <uasync/device/melody.hpp>

using namespace uasync;

#if CASE == 1
// error: melody_has_a_wrong_note
// gcc: C4:4 H4:4
// clang: check_note(false, 2,
constexpr Melody melody{"C4:4 H4:4"};
#elif CASE == 2
// error: melody_has_a_wrong_note
// error: C4:4 E4:0
void play(Melody);
void wrong() { play("C4:4 E4:0"); }
#else
constexpr Melody right{"C4:4 E4:4 G4:2 R:4"};
void play(Melody);
void begin() {
    play(right);
    play("A");
}
#endif
