#include <array>
#include <string>

#include <uasync/device/color_buffer.hpp>
#include <uasync/device/frame_buffer.hpp>

#include <doctest/doctest.h>

#include <support/death.hpp>

using namespace uasync;

namespace {

constexpr std::uint16_t red = color565(255, 0, 0), white = 0xffff;

/// A line for each row: R for red, W for white, a full stop for black, and a question mark for any other colour.
std::string picture(const ColorBuffer& of) {
    std::string text = "\n";
    for (int y = 0; y < of.height(); ++y) {
        for (int x = 0; x < of.width(); ++x) {
            const std::uint16_t color = of.pixel(x, y);
            text += color == red ? 'R' : color == white ? 'W' : color == 0 ? '.' : '?';
        }
        text += '\n';
    }
    return text;
}

}  // namespace

TEST_CASE("ColorBuffer: no size, and too little memory, are fatal") {
    static std::uint16_t pixels[64];
    const auto words_about = [](std::size_t count, int width, int height) {
        return test::last_words([=] { ColorBuffer{std::span{pixels}.first(count), width, height}; });
    };
    for (const auto& [width, height] :
         {std::array{8, 0}, {0, 8}, {-1, 8}, {8, -1}, {-8, -8}, {9, 8}, {65, 1}, {1, 65}, {65536, 65536}}) {
        CAPTURE(width);
        CHECK(words_about(64, width, height) ==
              "uasync: a ColorBuffer has a width and a height, and needs width * height pixels of memory\n");
    }
    CHECK(words_about(63, 8, 8) != "");
    pixels[7] = 1;
    const ColorBuffer row{pixels, 64, 1};
    CHECK(row.pixel(7, 0) == 0);
    CHECK(row.pixel(64, 0) == 0);
}

TEST_CASE("ColorBuffer: what lies outside is not drawn") {
    ColorFrame<6, 4> frame;
    for (const auto& [x, y] : {std::array{-1, 0}, {6, 0}, {0, -1}, {0, 4}, {-32768, 32767}}) {
        frame.pixel(x, y, red);
        CHECK(frame.pixel(x, y) == 0);
    }
    frame.rect(1, 1, 0, 2, red);
    frame.rect(1, 1, 2, -1, red);
    frame.fill_rect(3, 3, -2, 1, red);
    frame.text("x", 6, 0, red);
    frame.text("x", -8, 0, red);
    frame.text("x", 0, 4, red);
    frame.text("x", 0, -8, red);
    frame.text("many more characters than there is room for", -32768, 0, red);
    CHECK(picture(frame) == "\n......\n......\n......\n......\n");
    frame.rect(-2, 1, 5, 32767, red);
    frame.fill_rect(4, -32768, 32767, 32770, white);
    CHECK(picture(frame) == "\n....WW\nRRR.WW\n..R...\n..R...\n");
}

TEST_CASE("ColorBuffer: shapes, in the words of framebuf") {
    ColorFrame<8, 6> frame;
    frame.fill(red);
    frame.rect(1, 1, 6, 5, 0, true);
    frame.hline(2, 2, 4, white);
    frame.vline(2, 2, 3, white);
    frame.rect(4, 3, 3, 3, red);
    frame.pixel(5, 4, white);
    CHECK(picture(frame) ==
          "\n"
          "RRRRRRRR\n"
          "R......R\n"
          "R.WWWW.R\n"
          "R.W.RRRR\n"
          "R.W.RWRR\n"
          "R...RRRR\n");
    CHECK(frame.pixel(5, 4) == white);
}

TEST_CASE("ColorBuffer: text and lines are those of a FrameBuffer") {
    for (const auto& [x, y] : {std::array{0, 0}, {3, 5}, {-3, -2}, {20, 11}, {-9, 3}, {5, -7}, {31, 15}}) {
        std::uint8_t bytes[32 * 16 / 8];
        FrameBuffer lit{bytes, 32, 16};
        ColorFrame<32, 16> frame;
        lit.text("Ay7\x7f~", x, y);
        lit.line(x, y, 31 - y, 2 * x);
        frame.text("Ay7\x7f~", x, y, red);
        frame.line(x, y, 31 - y, 2 * x, red);
        for (int i = 0; i < 32 * 16; ++i) REQUIRE((frame.pixel(i % 32, i / 32) == red) == lit.pixel(i % 32, i / 32));
    }
}

TEST_CASE("ColorBuffer: another buffer is drawn as far as it fits, without the pixels of its key") {
    ColorFrame<3, 2> ball;
    ball.fill(red);
    ball.pixel(1, 1, white);
    ColorFrame<6, 4> frame;
    frame.blit(ball, 1, 1);
    CHECK(picture(frame) == "\n......\n.RRR..\n.RWR..\n......\n");
    frame.fill(0);
    frame.blit(ball, -2, -1);
    frame.blit(ball, 4, 3);
    frame.blit(ball, 6, 0);
    frame.blit(ball, 0, -2);
    CHECK(picture(frame) == "\nR.....\n......\n......\n....RR\n");
    frame.fill(0);
    frame.blit(ball, 3, 2, red);
    CHECK(picture(frame) == "\n......\n......\n......\n....W.\n");
}

TEST_CASE("ColorBuffer: scrolling moves all pixels, and leaves behind what was there") {
    for (int dx = -5; dx <= 5; ++dx) {
        for (int dy = -4; dy <= 4; ++dy) {
            CAPTURE(dx);
            CAPTURE(dy);
            ColorFrame<5, 4> frame, before;
            for (int i = 0; i < 20; ++i) frame.pixel(i % 5, i / 5, static_cast<std::uint16_t>(i + 1));
            before.blit(frame, 0, 0);
            frame.scroll(dx, dy);
            for (int i = 0; i < 20; ++i) {
                const std::uint16_t came = before.pixel(i % 5 - dx, i / 5 - dy);
                REQUIRE(frame.pixel(i % 5, i / 5) == (came != 0 ? came : before.pixel(i % 5, i / 5)));
            }
        }
    }
}

TEST_CASE("color565: the upper bits of each part") {
    CHECK(color565(255, 255, 255) == 0xffff);
    CHECK(color565(7, 3, 7) == 0);
    CHECK(color565(8, 4, 8) == 0x0821);
    CHECK(color565(Color{.red = 255, .green = 0, .blue = 255, .white = 255}) == 0xf81f);
}
