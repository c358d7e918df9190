#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using uasync::test::Simulated;

namespace {

template <class... Args>
std::string printed_text(detail::LiteralFormat<std::type_identity_t<std::decay_t<const Args>>...> format, const Args&... args) {
    const std::size_t before = sim::console().size();
    print(format, args...);
    return sim::console().substr(before);
}

template <class T>
using Limits = std::numeric_limits<T>;

}  // namespace

TEST_CASE_FIXTURE(Simulated, "print: text without arguments, and none at all") {
    CHECK(printed_text("hello\n") == "hello\n");
    CHECK(printed_text("").empty());
}

TEST_CASE_FIXTURE(Simulated, "print: placeholders at the ends, next to each other and alone") {
    CHECK(printed_text("{}", 1) == "1");
    CHECK(printed_text("{}{}{}", 1, 2, 3) == "123");
    CHECK(printed_text("a{}b{}c", 1, 2) == "a1b2c");
}

TEST_CASE_FIXTURE(Simulated, "print: doubled braces are braces") {
    CHECK(printed_text("{{") == "{");
    CHECK(printed_text("}}") == "}");
    CHECK(printed_text("{{}}") == "{}");
    CHECK(printed_text("{{{}}}", 5) == "{5}");
    CHECK(printed_text("{{{{}}}}") == "{{}}");
    CHECK(printed_text("{}{{{}}}{}", 1, 2, 3) == "1{2}3");
    CHECK(printed_text("x{{:x}}y") == "x{:x}y");
    CHECK(printed_text("{{}}{{{}", 7) == "{}{7");
}

TEST_CASE_FIXTURE(Simulated, "print: integers of every size to their ends") {
    CHECK(printed_text("{} {}", Limits<std::int8_t>::min(), Limits<std::int8_t>::max()) == "-128 127");
    CHECK(printed_text("{}", Limits<std::uint8_t>::max()) == "255");
    CHECK(printed_text("{} {}", Limits<std::int16_t>::min(), Limits<std::int16_t>::max()) == "-32768 32767");
    CHECK(printed_text("{}", Limits<std::uint16_t>::max()) == "65535");
    CHECK(printed_text("{} {}", Limits<int>::min(), Limits<int>::max()) == "-2147483648 2147483647");
    CHECK(printed_text("{} {} {}", 0, -1, 1) == "0 -1 1");
    CHECK(printed_text("{}", Limits<unsigned>::max()) == "4294967295");
    CHECK(printed_text("{} {}", Limits<std::int64_t>::min(), Limits<std::int64_t>::max()) ==
          "-9223372036854775808 9223372036854775807");
    CHECK(printed_text("{}", Limits<std::uint64_t>::max()) == "18446744073709551615");
    CHECK(printed_text("{} {} {}", std::int64_t{0}, std::int64_t{-1}, std::uint64_t{0}) == "0 -1 0");
    CHECK(printed_text("{} {}", 1L, 1ULL) == "1 1");
}

TEST_CASE_FIXTURE(Simulated, "print: decimal digits agree with the standard library's, around every power and at random") {
    std::uint64_t random = 1;
    int wrong = 0;
    const auto check = [&](std::uint64_t value) {
        const auto low = static_cast<std::uint32_t>(value);
        if (printed_text("{}", value) != std::to_string(value)) ++wrong;
        if (printed_text("{}", low) != std::to_string(low)) ++wrong;
        if (printed_text("{}", static_cast<std::int64_t>(value)) != std::to_string(static_cast<std::int64_t>(value))) ++wrong;
        if (printed_text("{}", static_cast<std::int32_t>(low)) != std::to_string(static_cast<std::int32_t>(low))) ++wrong;
    };
    for (std::uint64_t power = 1; power < 10'000'000'000'000'000'000U; power *= 10) {
        for (std::uint64_t offset = 0; offset < 25; ++offset) {
            check(power + offset);
            check(power - offset);
            check(power * 9 + offset);
        }
    }
    for (unsigned shift = 0; shift < 64; ++shift) {
        check(std::uint64_t{1} << shift);
        check((std::uint64_t{1} << shift) - 1);
    }
    for (int i = 0; i < 20000; ++i) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        check(random >> (i % 64));
    }
    CHECK(wrong == 0);
}

TEST_CASE_FIXTURE(Simulated, "print: hexadecimal of unsigned integers") {
    CHECK(printed_text("{:x}", 0U) == "0");
    CHECK(printed_text("{:x}", 0xdeadbeefU) == "deadbeef");
    CHECK(printed_text("0x{:x}!", std::uint8_t{0xa5}) == "0xa5!");
    CHECK(printed_text("{:x}", std::uint16_t{0x1000}) == "1000");
    CHECK(printed_text("{:x}", Limits<std::uint64_t>::max()) == "ffffffffffffffff");
    CHECK(printed_text("{:x}{}{:x}", 1U, 2, 0x10ULL) == "1210");
}

TEST_CASE_FIXTURE(Simulated, "print: bool, char and text") {
    CHECK(printed_text("{} {}", true, false) == "true false");
    CHECK(printed_text("{}{}", 'a', '{') == "a{");
    const char* c_string = "c string";
    char array[] = "array";
    CHECK(printed_text("{}, {}, {}", c_string, "literal", array) == "c string, literal, array");
    const std::string_view part = std::string_view{"whole text"}.substr(2, 3);
    CHECK(printed_text("<{}>", part) == "<ole>");
    CHECK(printed_text("<{}{}>", "", std::string_view{}) == "<>");
    CHECK(printed_text("{}", std::string{"a std::string"}) == "a std::string");
    CHECK(printed_text("{}", "{} and {:x} and }}") == "{} and {:x} and }}");
    CHECK(printed_text("{}", std::string_view{"a\0b", 3}) == std::string("a\0b", 3));
}

TEST_CASE_FIXTURE(Simulated, "print: errors by name, all different and none unknown") {
    CHECK(printed_text("{}", Error::timeout) == "timeout");
    CHECK(printed_text("{}", Error::none) == "no error");
    for (unsigned a = 0; a <= static_cast<unsigned>(Error::bus_error); ++a) {
        const std::string name = printed_text("{}", static_cast<Error>(a));
        CHECK(name != "unknown error");
        CHECK_FALSE(name.empty());
        for (unsigned b = 0; b < a; ++b) CHECK(name != printed_text("{}", static_cast<Error>(b)));
    }
    CHECK(printed_text("{}", static_cast<Error>(16)) == "unknown error");
}

TEST_CASE_FIXTURE(Simulated, "print: ticks and differences of them") {
    CHECK(printed_text("{}\n", ticks_diff(5, 7)) == "-2\n");
    CHECK(printed_text("{}\n", ticks_diff(ticks_add(0xffffffffU, 3), 0xffffffffU)) == "3\n");
    auto body = [&]() -> Coro<> {
        co_await sleep_ms(1234);
        print("{} {}\n", ticks_ms(), ticks_us());
    };
    CHECK(run(body()));
    CHECK(sim::console().ends_with("1234 1234000\n"));
}
