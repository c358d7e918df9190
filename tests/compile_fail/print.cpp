// Formats that do not fit their arguments.

#include <cstdint>

#include <uasync/print.hpp>

using namespace uasync;

void right(std::uint32_t number, int other) {
    print("nothing\n");
    print("{} and {:x}, {{}}\n", other, number);
}

#if CASE == 1
// error: these_are_more_arguments_than_placeholders
void more_arguments() { print("{}\n", 1, 2); }
#elif CASE == 2
// error: these_are_more_placeholders_than_arguments
void more_placeholders() { print("{} of {}\n", 1); }
#elif CASE == 3
// error: this_brace_has_no_partner_write_it_twice_to_print_it
void open_brace() { print("{\n"); }
#elif CASE == 4
// error: this_brace_has_no_partner_write_it_twice_to_print_it
void closing_brace() { print("100 }\n"); }
#elif CASE == 5
// error: only_an_unsigned_integer_prints_in_hexadecimal
void hexadecimal_of_a_signed_number() { print("{:x}\n", -1); }
#elif CASE == 6
// error: no matching function for call to 'print
void floating_point() { print("{}\n", 1.5); }
#elif CASE == 7
// error: this_brace_has_no_partner_write_it_twice_to_print_it
void width(int number) { print("{:4}\n", number); }
#elif CASE == 8
// error: no matching function for call to 'print
struct Point {
    int x, y;
};
void unprintable() { print("{}\n", Point{1, 2}); }
#elif CASE == 9
// first error: the format must be a literal: print("{}", text)
void one_of_two_texts(bool ok) { print(ok ? "yes" : "no"); }
#elif CASE == 10
// first gcc: 'ok' is not a constant expression
// first clang: call to consteval function 'uasync::detail::LiteralFormat<>::LiteralFormat
void one_of_two_texts_of_one_length(bool ok) { print(ok ? "a" : "b"); }
#elif CASE == 11
// first error: the format must be a literal: print("{}", text)
void a_variable(const char* format) { print(format, 1); }
#elif CASE == 12
// first error: the format must be a literal: print("{}", text)
void a_buffer() {
    char text[] = "text";
    print(text);
}
#endif
