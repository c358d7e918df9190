#include <array>
#include <string>

#include <uasync/device/frame_buffer.hpp>

#include <doctest/doctest.h>

#include <support/death.hpp>

using namespace uasync;

namespace {

template <int columns, int lines>
struct Canvas : FrameBuffer {
    Canvas() : FrameBuffer{bytes, columns, lines} {}
    std::string picture() const {
        std::string text = "\n";
        for (int y = 0; y < lines; ++y) {
            for (int x = 0; x < columns; ++x) text += pixel(x, y) ? '#' : '.';
            text += '\n';
        }
        return text;
    }
    /// How many columns of the page have changed since the last time, and which is the first.
    std::array<int, 2> changed(int page) {
        const Columns some = take_changed(page);
        return some.empty() ? std::array{0, 0} : std::array{some.last - some.first + 1, int{some.first}};
    }
    std::uint8_t bytes[columns * lines / 8];
};

std::string rows(std::initializer_list<const char*> lines) {
    std::string text = "\n";
    for (const char* line : lines) text.append(line).append("\n");
    return text;
}

}  // namespace

TEST_CASE("FrameBuffer: pixels are where MONO_VLSB has them, and outside there are none") {
    Canvas<10, 16> canvas;
    canvas.pixel(3, 9, 1);
    CHECK(canvas.bytes[10 + 3] == 2);
    CHECK(canvas.pixel(3, 9));
    CHECK_FALSE(canvas.pixel(9, 3));
    canvas.pixel(3, 9, 0);
    CHECK(canvas.bytes[13] == 0);
    for (const auto& [x, y] : {std::array{-1, 0}, {10, 0}, {0, -1}, {0, 16}, {-32768, 32767}}) {
        canvas.pixel(x, y, 1);
        CHECK_FALSE(canvas.pixel(x, y));
    }
    for (const std::uint8_t byte : canvas.bytes) CHECK(byte == 0);
    canvas.fill(1);
    for (const std::uint8_t byte : canvas.bytes) CHECK(byte == 0xff);
    canvas.fill(0);
    for (const std::uint8_t byte : canvas.bytes) CHECK(byte == 0);
}

TEST_CASE("FrameBuffer: lines and rectangles") {
    Canvas<16, 16> canvas;
    canvas.rect(0, 0, 6, 12);
    canvas.rect(2, 2, 2, 8, 1, true);
    canvas.hline(8, 1, 5);
    canvas.vline(14, 6, 9);
    canvas.line(7, 3, 12, 5);
    canvas.line(12, 7, 7, 14);
    canvas.pixel(14, 10, 0);
    CHECK(canvas.picture() == rows({
                                  "######..........",
                                  "#....#..#####...",
                                  "#.##.#..........",
                                  "#.##.#.##.......",
                                  "#.##.#...##.....",
                                  "#.##.#.....##...",
                                  "#.##.#........#.",
                                  "#.##.#......#.#.",
                                  "#.##.#.....#..#.",
                                  "#.##.#.....#..#.",
                                  "#....#....#.....",
                                  "######...#....#.",
                                  "........#.....#.",
                                  "........#.....#.",
                                  ".......#......#.",
                                  "................",
                              }));
}

TEST_CASE("FrameBuffer: what is partly outside is drawn as far as it is inside") {
    Canvas<8, 8> canvas;
    canvas.rect(-2, -3, 5, 6);
    canvas.rect(5, 5, 100, 100, 1, true);
    canvas.hline(-32768, 7, 32767);  // which ends before the picture
    canvas.vline(7, -10, 12);
    canvas.line(-4, 8, 8, -4);
    CHECK(canvas.picture() == rows({
                                  "..#.#..#",
                                  "..##...#",
                                  "###.....",
                                  ".#......",
                                  "#.......",
                                  ".....###",
                                  ".....###",
                                  ".....###",
                              }));
    canvas.fill(0);
    canvas.rect(2, 2, 0, 3, 1, true);
    canvas.rect(2, 2, -3, 3, 1, true);
    canvas.rect(4, 4, 3, 0);
    canvas.rect(2, 3, 0, 4);
    canvas.rect(4, 4, 3, -2);
    canvas.rect(4, 4, -2, 3);
    for (const std::uint8_t byte : canvas.bytes) CHECK(byte == 0);
}

TEST_CASE("FrameBuffer: a size that it cannot have is fatal, and so is too little memory") {
    static std::uint8_t bytes[128 * 128 / 8];
    const auto words_about = [](std::size_t count, int width, int height) {
        return test::last_words([=] { FrameBuffer{std::span{bytes}.first(count), width, height}; });
    };
    for (const auto& [width, height] :
         {std::array{128, 128}, {300, 8}, {256, 8}, {0, 8}, {-1, 8}, {128, 0}, {128, -8}, {128, 12}, {16, 72}}) {
        CAPTURE(width);
        CAPTURE(height);
        CHECK(words_about(sizeof bytes, width, height) ==
              "uasync: a FrameBuffer's width is 1 to 255, and its height 8, 16, 24 ... or 64\n");
    }
    CHECK(words_about(1023, 128, 64) == "uasync: a FrameBuffer needs width * height / 8 bytes of memory\n");
    CHECK(words_about(0, 1, 8) == "uasync: a FrameBuffer needs width * height / 8 bytes of memory\n");
    const FrameBuffer smallest{std::span{bytes}.first(1), 1, 8}, largest{bytes, 255, 64};
    CHECK(smallest.width() == 1);
    CHECK(largest.width() == 255);
    CHECK(largest.height() == 64);
}

TEST_CASE("FrameBuffer: a line is the same in both directions' ends and in every eighth") {
    for (const auto& [x, y] : {std::array{15, 6}, {15, 15}, {6, 15}, {0, 15}, {15, 0}, {0, 0}}) {
        Canvas<16, 16> canvas;
        canvas.line(0, 0, x, y);
        CHECK(canvas.pixel(0, 0));
        CHECK(canvas.pixel(x, y));
        int lit = 0;
        for (int i = 0; i < 256; ++i) lit += canvas.pixel(i % 16, i / 16) ? 1 : 0;
        CHECK(lit == std::max(x, y) + 1);
        Canvas<16, 16> mirrored;
        mirrored.line(15, 15, 15 - x, 15 - y);
        for (int i = 0; i < 256; ++i) CHECK(canvas.pixel(i % 16, i / 16) == mirrored.pixel(15 - i % 16, 15 - i / 16));
    }
}

TEST_CASE("FrameBuffer: text, also between pages, at the edges and dark on lit") {
    Canvas<24, 16> canvas;
    canvas.text("Ay7", 0, 4);
    const std::string drawn = canvas.picture();
    CHECK(drawn == rows({
                       "........................",
                       "........................",
                       "........................",
                       "........................",
                       "...#.............#####..",
                       "..#.#................#..",
                       ".#...#...#...#......#...",
                       ".#...#...#...#......#...",
                       ".#####...#...#.....#....",
                       ".#...#....####.....#....",
                       ".#...#.......#.....#....",
                       "..........###...........",
                       "........................",
                       "........................",
                       "........................",
                       "........................",
                   }));
    canvas.text("Ay7", 0, 4, 0);
    for (const std::uint8_t byte : canvas.bytes) CHECK(byte == 0);
    canvas.text("#", -3, -2);
    canvas.text("\x7f\xc3", 20, 12);
    CHECK(canvas.picture().substr(0, 1 + 25 * 4) ==
          rows({"###.....................", ".#......................", "###.....................", ".#......................"}));
    CHECK(canvas.picture().substr(1 + 25 * 12) ==
          "......................##\n.....................#..\n.....................#..\n......................##\n");
    canvas.text("many more characters than there is room for", -32768, 0);
    canvas.text("x", 0, -32768);
    canvas.text("x", 0, 32767);
}

TEST_CASE("FrameBuffer: each character has a picture of its own, with room beside it") {
    std::string all[97];
    for (int c = ' '; c <= 128; ++c) {
        Canvas<8, 8> canvas;
        const char text[] = {static_cast<char>(c)};
        canvas.text({text, 1}, 0, 0);
        std::string& picture = all[c - ' '];
        picture = canvas.picture();
        for (int before = 0; before < c - ' '; ++before) CHECK(picture != all[before]);
        for (int y = 0; y < 8; ++y) CHECK_FALSE((c != 128 && canvas.pixel(7, y)));
    }
    Canvas<8, 8> canvas;
    canvas.text("\n", 0, 0);
    CHECK(canvas.picture() == all[96]);  // a box
}

TEST_CASE("FrameBuffer: scrolling moves all pixels, and leaves behind what was there") {
    for (int x = -9; x <= 9; ++x) {
        for (int y = -17; y <= 17; ++y) {
            Canvas<8, 16> canvas;
            unsigned random = 5;
            for (std::uint8_t& byte : canvas.bytes)
                byte = static_cast<std::uint8_t>((random = random * 1'103'515'245 + 12'345) >> 16U);
            Canvas<8, 16> before;
            std::copy(std::begin(canvas.bytes), std::end(canvas.bytes), before.bytes);
            canvas.scroll(x, y);
            for (int column = 0; column < 8; ++column) {
                for (int row = 0; row < 16; ++row) {
                    const int from_x = column - x, from_y = row - y;
                    const bool has_come = from_x >= 0 && from_x < 8 && from_y >= 0 && from_y < 16;
                    CHECK(canvas.pixel(column, row) == (has_come ? before.pixel(from_x, from_y) : before.pixel(column, row)));
                }
            }
        }
    }
    Canvas<4, 64> high;
    high.pixel(1, 3, 1);
    high.scroll(1, 60);
    CHECK(high.pixel(2, 63));
    high.scroll(-2, -63);
    CHECK(high.pixel(0, 0));
}

TEST_CASE("FrameBuffer: it knows which columns of which page have changed") {
    Canvas<20, 24> canvas;
    CHECK(canvas.changed(0) == std::array{0, 0});
    canvas.pixel(3, 9, 1);
    canvas.pixel(7, 15, 1);
    canvas.pixel(19, 16, 0);  // which is dark
    CHECK(canvas.changed(0) == std::array{0, 0});
    CHECK(canvas.changed(1) == std::array{5, 3});
    CHECK(canvas.changed(1) == std::array{0, 0});
    CHECK(canvas.changed(2) == std::array{0, 0});
    canvas.fill(1);
    CHECK(canvas.changed(0) == std::array{20, 0});
    canvas.fill(1);
    CHECK(canvas.changed(0) == std::array{0, 0});
    canvas.scroll(1, 1);
    CHECK(canvas.changed(0) == std::array{0, 0});
}
