#include <vector>

#include <doctest/doctest.h>

#include <uasync/device/melody.hpp>

using namespace uasync;

namespace {

struct Sound {
    unsigned hertz, ticks;
    bool operator==(const Sound&) const = default;
};

std::vector<Sound> sounds(Melody melody) {
    std::vector<Sound> found;
    detail::NoteReader notes{melody.text()};
    for (detail::Note note = notes.next(); !note.text.empty(); note = notes.next()) {
        CHECK(note.is_right);
        found.push_back({note.hertz, note.ticks});
    }
    return found;
}

}  // namespace

TEST_CASE("Melody: letters, half tones, octaves, ticks and rests, which hold for the notes after them") {
    CHECK(sounds("C4:4 E4:4 G4:2 R:4") == std::vector<Sound>{{262, 4}, {330, 4}, {392, 2}, {0, 4}});
    CHECK(sounds("a b c5 d r e:255 f") ==
          std::vector<Sound>{{440, 4}, {494, 4}, {523, 4}, {587, 4}, {0, 4}, {659, 255}, {698, 255}});
    CHECK(sounds("C#4 Db Bb3 bb B#3 Cb4 E# Fb") ==
          std::vector<Sound>{{277, 4}, {277, 4}, {233, 4}, {233, 4}, {262, 4}, {247, 4}, {349, 4}, {330, 4}});
    CHECK(sounds("C0 A0 A1 A2 A3 A5 A6 A7 A8 B8") ==
          std::vector<Sound>{{16, 4}, {28, 4}, {55, 4}, {110, 4}, {220, 4}, {880, 4}, {1760, 4}, {3520, 4}, {7040, 4}, {7902, 4}});
    CHECK(sounds("  C   D  ").size() == 2);
    CHECK(sounds("").empty());
}

TEST_CASE("Melody: the first wrong note of a text is named") {
    for (const char* wrong : {"H",   "C9",  "C4:", "C4:0", "C4:256", "C4:1000", "C4:x",   "C4:-1", "C4x", "C##",
                              "Cb0", "B#8", ":4",  "4",    "C4,",    "R4",      "C4:4:4", "\n",    "[",   "\xc4"}) {
        CAPTURE(wrong);
        const std::string text = std::string{"C4:4 E "} + wrong + " J";
        CHECK(Melody::first_mistake(text) == wrong);
        CHECK(Melody::parse(text).error() == Error::misuse);
    }
    static_assert(Melody::first_mistake("C4:4 E4").empty());
    const std::string right = "C4:1 D";
    CHECK(Melody::parse(right)->text() == right);
}
