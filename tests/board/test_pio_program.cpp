#include <string>

#include <doctest/doctest.h>

#include <uasync/board/pio_program.hpp>

using namespace uasync;

namespace {

/// The one instruction of a text, or -1 with a message.
int code_of(std::string_view text) {
    const auto program = assemble_pio(text);
    if (program) return program->length == 1 ? program->code[0] : -2;
    MESSAGE(std::string{text}, ": ", to_string(program.error().why));
    return -1;
}

struct Encoding {
    const char* text;
    int code;
};

struct Wrong {
    const char* text;
    PioError why;
    unsigned line;
    const char* what;
};

}  // namespace

TEST_CASE("asm_pio: each instruction, with each of its operands, is what the datasheet's tables say") {
    // 000, condition (7..5), address (4..0)
    for (const Encoding& e : {Encoding{"jmp 0", 0x0000},
                              {"jmp !x 0", 0x0020},
                              {"jmp !x, 0", 0x0020},
                              {"jmp ~x 0", 0x0020},
                              {"jmp x-- 0", 0x0040},
                              {"jmp x --, 0", 0x0040},
                              {"jmp !y 0", 0x0060},
                              {"jmp y-- 0", 0x0080},
                              {"jmp x!=y 0", 0x00a0},
                              {"jmp x != y, 0", 0x00a0},
                              {"jmp pin 0", 0x00c0},
                              {"jmp !osre 0", 0x00e0},
                              // 001, polarity (7), source (6..5), index (4..0)
                              {"wait 0 gpio 0", 0x2000},
                              {"wait 1 gpio 31", 0x209f},
                              {"wait 1 pin 3", 0x20a3},
                              {"wait 0 pin, 31", 0x203f},
                              {"wait 1 irq 7", 0x20c7},
                              {"wait 0 irq 4 rel", 0x2054},
                              {"wait irq, 2", 0x20c2},
                              // 010, source (7..5), bits (4..0)
                              {"in pins, 1", 0x4001},
                              {"in x, 31", 0x403f},
                              {"in y 2", 0x4042},
                              {"in null, 32", 0x4060},
                              {"in isr, 8", 0x40c8},
                              {"in osr, 8", 0x40e8},
                              // 011, destination (7..5), bits (4..0)
                              {"out pins, 1", 0x6001},
                              {"out x, 32", 0x6020},
                              {"out y, 5", 0x6045},
                              {"out null, 6", 0x6066},
                              {"out pindirs, 7", 0x6087},
                              {"out pc, 5", 0x60a5},
                              {"out isr, 9", 0x60c9},
                              {"out exec, 16", 0x60f0},
                              // 100, 0, if full (6), block (5)
                              {"push", 0x8020},
                              {"push block", 0x8020},
                              {"push noblock", 0x8000},
                              {"push iffull", 0x8060},
                              {"push iffull block", 0x8060},
                              {"push iffull noblock", 0x8040},
                              // 100, 1, if empty (6), block (5)
                              {"pull", 0x80a0},
                              {"pull block", 0x80a0},
                              {"pull noblock", 0x8080},
                              {"pull ifempty", 0x80e0},
                              {"pull ifempty noblock", 0x80c0},
                              // 101, destination (7..5), operation (4..3), source (2..0)
                              {"mov pins, x", 0xa001},
                              {"mov x, pins", 0xa020},
                              {"mov y, null", 0xa043},
                              {"mov exec, y", 0xa082},
                              {"mov pc, isr", 0xa0a6},
                              {"mov isr, osr", 0xa0c7},
                              {"mov osr, status", 0xa0e5},
                              {"mov x, !y", 0xa02a},
                              {"mov x, ~y", 0xa02a},
                              {"mov x, ::y", 0xa032},
                              {"mov x :: isr", 0xa036},
                              {"nop", 0xa042},
                              // 110, 0, clear (6), wait (5), index (4..0)
                              {"irq 0", 0xc000},
                              {"irq set 7", 0xc007},
                              {"irq nowait 3", 0xc003},
                              {"irq wait 1", 0xc021},
                              {"irq clear 2", 0xc042},
                              {"irq wait 3 rel", 0xc033},
                              {"irq 0 rel", 0xc010},
                              // 111, destination (7..5), data (4..0)
                              {"set pins, 31", 0xe01f},
                              {"set x, 1", 0xe021},
                              {"set y, 0", 0xe040},
                              {"set pindirs, 3", 0xe083},
                              // whatever else
                              {"SET Pins, 0x1F", 0xe01f},
                              {".word 0xbeef", 0xbeef}}) {
        CAPTURE(e.text);
        CHECK(code_of(e.text) == e.code);
    }
}

TEST_CASE("asm_pio: delays and side-set share five bits") {
    CHECK(code_of("nop [31]") == 0xbf42);
    CHECK(code_of(".pio_version 0\n.side_set 1 optional\nnop side_set 1") == 0xb842);
    CHECK(code_of(".pio_version RP2040\n.side_set 1\nnop sideset 1 [2]") == 0xb242);
    CHECK(code_of("nop [3 * (2 + 1)]") == 0xa942);
    CHECK(code_of(".side_set 1\nnop side 1 [15]") == 0xbf42);
    CHECK(code_of(".side_set 1\nnop [2] side 0") == 0xa242);
    CHECK(code_of(".side_set 5\nnop side 17") == 0xb142);
    CHECK(code_of(".side_set 2 opt\nnop") == 0xa042);
    CHECK(code_of(".side_set 2 opt\nnop side 2 [3]") == 0xbb42);
    CHECK(code_of(".side_set 4 opt pindirs\nnop side 15") == 0xbf42);
    CHECK(code_of(".side_set 0\nnop [31]") == 0xbf42);
    const auto program = assemble_pio(".side_set 3 opt pindirs\n nop");
    REQUIRE(program);
    CHECK(program->side_bits == 4);
    CHECK(program->side_opt);
    CHECK(program->side_pindirs);
    CHECK(program->origin == -1);
}

TEST_CASE("asm_pio: expressions are reckoned as pioasm does") {
    for (const Encoding& e : {Encoding{".word 1 + 2", -1},  // without parentheses only where there is nothing else
                              {".word (1 + 2 * 3)", 7},
                              {".word (10 - 4 - 3)", 3},
                              {".word (7 / 2)", 3},
                              {".word (6 & 3 * 5)", 10},  // bits first
                              {".word (1 | 6 ^ 3)", 4},
                              {".word (-3 + 5)", 2},
                              {".word (2 * -3 + 7)", 1},
                              {".word (7 - -6 & 3)", 9},  // -(6 & 3)
                              {".word (40 + -6 / 4 * 2)", 38},
                              {".word (6 & -3 & 1)", 6},
                              {".word (1 + 2 << 3 - 1)", 12},  // sums before shifts
                              {".word (0x80 >> 2 >> 1)", 16},
                              {".word (-1 << 4 & 6 & 0xffff)", -1},
                              {".word (3 + ::0x80000000 << 0)", 4},
                              {".word (0b101)", 5},
                              {".word 0X10", 16},
                              {".word (::0x80000000)", 1},
                              {".word (::1 / 0x10000)", -1},  // of all that follows, which is 0
                              {".define a 3\n.word a", 3},
                              {".define public a (2 * b)\n.define b 4\n.word a", 8},
                              {"/* comments */ .word /* in\nlines */ 7 // and\n; more", 7}}) {
        CAPTURE(e.text);
        if (e.code >= 0) {
            CHECK(code_of(e.text) == e.code);
        } else {
            const auto program = assemble_pio(e.text);
            CHECK(!(program && program->code[0] != 0));
        }
    }
}

TEST_CASE("asm_pio: whole programs, as they are in the datasheet and in pico-examples") {
    static constexpr PioProgram ws2812 = asm_pio(R"(
        .program ws2812
        .side_set 1

        .define public T1 2
        .define public T2 5
        .define public T3 3

        .lang_opt python sideset_init = pico.PIO.OUT_HIGH

        .wrap_target
        bitloop:
            out x, 1       side 0 [T3 - 1] ; Side-set still takes place when instruction stalls
            jmp !x do_zero side 1 [T1 - 1] ; Branch on the bit we shifted out. Positive pulse
        do_one:
            jmp  bitloop   side 1 [T2 - 1] ; Continue driving high, for a long pulse
        do_zero:
            nop            side 0 [T2 - 1] ; Or drive low, for a short pulse
        .wrap

        % c-sdk {
        #include "hardware/clocks.h"
        static inline void ws2812_program_init(PIO pio, uint sm, uint offset) {}
        %}
    )");
    static_assert(ws2812.length == 4 && ws2812.wrap_target == 0 && ws2812.wrap == 3 && ws2812.side_bits == 1);
    CHECK(ws2812.code[0] == 0x6221);
    CHECK(ws2812.code[1] == 0x1123);
    CHECK(ws2812.code[2] == 0x1400);
    CHECK(ws2812.code[3] == 0xa442);

    const auto spi = assemble_pio(".program spi_cpha0\n.side_set 1\n    out pins, 1 side 0 [1]\n    in pins, 1   side 1 [1]");
    REQUIRE(spi);
    CHECK(spi->code[0] == 0x6101);
    CHECK(spi->code[1] == 0x5101);

    const auto wrapped = assemble_pio(R"(
        .origin 0
        public start: pull
        .wrap_target
        one: two: out pins, 8
            jmp y-- one
        .wrap
            jmp start + 1
    )");
    REQUIRE(wrapped);
    CHECK(wrapped->origin == 0);
    CHECK(wrapped->length == 4);
    CHECK(wrapped->wrap_target == 1);
    CHECK(wrapped->wrap == 2);
    CHECK(wrapped->code[2] == 0x0081);
    CHECK(wrapped->code[3] == 0x0001);
    CHECK(!wrapped->side_opt);
    CHECK(*wrapped == *wrapped);
    CHECK(*wrapped != ws2812);
    static_assert(asm_pio_encode("set pins, 1") == 0xe001);
    static_assert(asm_pio_encode("jmp 5") == 0x0005);
    static_assert(asm_pio_encode("jmp x-- 31") == 0x005f);
    for (const Wrong& wrong : {Wrong{"jmp 32", PioError::target_outside, 1, "32"},
                               {"nop\n nop", PioError::more_than_one, 2, ""},
                               {"; none", PioError::no_instructions, 1, ""}}) {
        const detail::PioAssembler assembler{wrong.text, true};
        CHECK(to_string(assembler.mistake().why) == std::string{to_string(wrong.why)});
        CHECK(assembler.mistake().line == wrong.line);
    }
}

TEST_CASE("asm_pio: each mistake is named, with its line and the piece of the text") {
    std::string long_program;
    for (int i = 0; i < 33; ++i) long_program += "nop\n";
    std::string many_names;
    for (int i = 0; i < 65; ++i) many_names += ".define n" + std::to_string(i) + " 1\n";
    many_names += "nop";
    for (const Wrong& wrong : {Wrong{"nop\nnopp", PioError::unknown_instruction, 2, "nopp"},
                               {"public loop", PioError::unknown_instruction, 1, "loop"},
                               {"\n\n@", PioError::unknown_instruction, 3, "@"},
                               {".sideset 1", PioError::unknown_directive, 1, "sideset"},
                               {"nop\njmp loop", PioError::unknown_name, 2, "loop"},
                               {"set x, value", PioError::unknown_name, 1, "value"},
                               {"a: nop\na: nop", PioError::defined_twice, 2, "a"},
                               {".define a 1\na: nop", PioError::defined_twice, 2, "a"},
                               {many_names.c_str(), PioError::too_many_names, 65, "n64"},
                               {"set x,", PioError::no_value, 1, ""},
                               {"set x, ]", PioError::no_value, 1, "]"},
                               {"set x, 3f", PioError::no_value, 1, "3f"},
                               {"set x, 0b12", PioError::no_value, 1, "0b12"},
                               {"jmp\nnop", PioError::no_value, 1, ""},
                               {"out x", PioError::no_value, 1, ""},
                               {"irq wait", PioError::no_value, 1, ""},
                               {".program", PioError::no_name, 1, ""},
                               {".define 3", PioError::no_name, 1, "3"},
                               {"set osr, 1", PioError::wrong_operand, 1, "osr"},
                               {"set", PioError::wrong_operand, 1, ""},
                               {"in status, 1", PioError::wrong_operand, 1, "status"},
                               {"in exec, 1", PioError::wrong_operand, 1, "exec"},
                               {"out status, 1", PioError::wrong_operand, 1, "status"},
                               {"mov pindirs, x", PioError::wrong_operand, 1, "pindirs"},
                               {"mov x, exec", PioError::wrong_operand, 1, "exec"},
                               {"jmp !pin 0", PioError::wrong_operand, 1, "pin"},
                               {"jmp x 0", PioError::wrong_operand, 1, "x"},
                               {"jmp y 0", PioError::wrong_operand, 1, "y"},
                               {"jmp x!=x 0", PioError::wrong_operand, 1, "x"},
                               {"wait 1 x", PioError::wrong_operand, 1, "x"},
                               {"nop nop", PioError::text_after_it, 1, "nop"},
                               {"push block x", PioError::text_after_it, 1, "x"},
                               {"nop [1] [1]", PioError::text_after_it, 1, "["},
                               {".wrap_target 3\nnop", PioError::text_after_it, 1, "3"},
                               {"set x, 32", PioError::out_of_range, 1, "32"},
                               {"set x, (0 - 1)", PioError::out_of_range, 1, "(0 - 1)"},
                               {"in x, 0", PioError::out_of_range, 1, "0"},
                               {"out x, 33", PioError::out_of_range, 1, "33"},
                               {"wait 2 pin 0", PioError::out_of_range, 1, "2"},
                               {"wait 1 gpio 32", PioError::out_of_range, 1, "32"},
                               {"irq 8", PioError::out_of_range, 1, "8"},
                               {".origin 32\nnop", PioError::out_of_range, 1, "32"},
                               {".side_set 6\nnop", PioError::out_of_range, 1, "6"},
                               {".side_set 5 opt\nnop", PioError::out_of_range, 1, "opt"},
                               {".word 0x10000", PioError::out_of_range, 1, "0x10000"},
                               {"set x, 99999999999", PioError::out_of_range, 1, "99999999999"},
                               {"jmp 1", PioError::target_outside, 1, "1"},
                               {"jmp end\nend:", PioError::target_outside, 1, "end"},
                               {"nop [32]", PioError::delay_too_long, 1, "32"},
                               {".side_set 2\nnop side 0 [8]", PioError::delay_too_long, 2, "8"},
                               {".side_set 2 opt\nnop [4]", PioError::delay_too_long, 2, "4"},
                               {".side_set 2\nnop side 4", PioError::side_too_large, 2, "4"},
                               {".side_set 2 opt\nnop side 4", PioError::side_too_large, 2, "4"},
                               {"nop side 1", PioError::side_not_declared, 1, "side"},
                               {".side_set 1\nnop side 1\n nop", PioError::side_missing, 3, ""},
                               {"nop\n.side_set 1", PioError::directive_too_late, 2, "side_set"},
                               {"nop\n.origin 1", PioError::directive_too_late, 2, "origin"},
                               {".program a\nnop\n.program b\nnop", PioError::directive_twice, 3, "program"},
                               {"nop\n.wrap\n.wrap", PioError::directive_twice, 3, "wrap"},
                               {".wrap_target\n.wrap_target\nnop", PioError::directive_twice, 2, "wrap_target"},
                               {".side_set 1\n.side_set 1\nnop", PioError::directive_twice, 2, "side_set"},
                               {".wrap\nnop", PioError::wrap_misplaced, 1, "wrap"},
                               {"nop\n.wrap_target", PioError::wrap_misplaced, 2, ".wrap_target"},
                               {"nop\n.wrap_target\n\n", PioError::wrap_misplaced, 2, ".wrap_target"},
                               {"nop\n% c-sdk {\n%} nop", PioError::text_after_it, 3, "nop"},
                               {".pio_version 1\nnop", PioError::out_of_range, 1, "1"},
                               {"set x, (1 << 32)", PioError::out_of_range, 1, ")"},
                               {"nop [1", PioError::not_closed, 1, "["},
                               {"set x, (1 + 2", PioError::not_closed, 1, "("},
                               {"nop\n/* and\nso", PioError::not_closed, 2, "/*"},
                               {"nop\n/*/", PioError::not_closed, 2, "/*"},
                               {"nop\n% c-sdk {\n}", PioError::not_closed, 2, "%"},
                               {"set x, (1 / 0)", PioError::divided_by_zero, 1, ")"},
                               {long_program.c_str(), PioError::too_long, 33, "nop"},
                               {"; nothing", PioError::no_instructions, 1, ""},
                               {"", PioError::no_instructions, 1, ""}}) {
        CAPTURE(wrong.text);
        const auto program = assemble_pio(wrong.text);
        REQUIRE(!program);
        CHECK(to_string(program.error().why) == std::string{to_string(wrong.why)});
        CHECK(program.error().line == wrong.line);
        if (wrong.why != PioError::too_long) CHECK(program.error().text == wrong.what);
    }
    const auto none = assemble_pio("nop");
    CHECK(none);
    CHECK(to_string(PioError::none) == std::string{"no mistake"});
    CHECK(to_string(static_cast<PioError>(99)) == std::string{"unknown mistake"});
}

TEST_CASE("asm_pio: no text, however wrong, is read beyond its end") {
    const std::string good =
        ".program p\n.side_set 1 opt\n.define a (1+::2)\nl: jmp x-- l side 1 [a]\n/* c */ % x\n%}\nwait 1 irq 0 rel";
    for (std::size_t begin = 0; begin < good.size(); ++begin) {
        for (std::size_t size = 0; begin + size <= good.size(); ++size) {
            const std::string part{good, begin, size};  // of its own, for the sanitizer
            const auto program = assemble_pio(part);
            if (program) CHECK(program->length != 0);
        }
    }
}
