#pragma once
// The words of doctest that the tests use, for a board: doctest itself needs std::mutex, which GCC's library for bare Arm does not have, and its
// assertions take a sixth longer to compile. A failed assertion is told with its file, its line and its text, but without the values: the same
// test on a host shows those. Parts (SUBCASE) do not nest.

#include <string_view>
#include <type_traits>

namespace doctest {

/// A test case. Its constructor puts it behind the others.
struct Case {
    Case(const char* name, const char* file, void (*body)()) noexcept;

    const char* name;
    const char* file;
    void (*body)();
    Case* next = nullptr;
};

/// One for each type.
template <template <class> class Body, class... Types>
struct Cases {
    Cases(const char* name, const char* file) noexcept : cases{{name, file, &Body<Types>::run_case}...} {}
    Case cases[sizeof...(Types)];
};

/// Counts an assertion, and tells of one that does not hold.
void check(bool holds, const char* text, const char* file, int line) noexcept;
/// The same, but ends the program: nothing throws here.
void require(bool holds, const char* text, const char* file, int line) noexcept;
/// An assertion that does not hold, in words.
void fail(std::string_view text, const char* file, int line) noexcept;

/// Of the parts of a case, each run takes the next one.
class Part {
public:
    Part() noexcept;
    explicit operator bool() const noexcept { return runs_; }

private:
    bool runs_;
};

/// A value that is told with each failure for as long as this lives.
class Note {
public:
    template <class T>
    Note(const char* name, const T& value) noexcept : Note{name, 0, {}} {
        if constexpr (std::is_convertible_v<T, std::string_view>) {
            text_ = value;
        } else if constexpr (std::is_integral_v<T>) {
            number_ = static_cast<long long>(value);
        } else {
            text_ = "of a type that is not shown";
        }
    }
    Note(const Note&) = delete;
    Note& operator=(const Note&) = delete;
    ~Note();

    void tell() const noexcept;
    const Note* outer() const noexcept { return outer_; }

private:
    Note(const char* name, long long number, std::string_view text) noexcept;

    const char* name_;
    long long number_;
    std::string_view text_;
    Note* outer_;
};

}  // namespace doctest

#define DOCTEST_JOIN_(a, b) a##b
#define DOCTEST_JOIN(a, b) DOCTEST_JOIN_(a, b)

#define DOCTEST_CASE(function, name)                                        \
    static void function();                                                 \
    namespace {                                                             \
    doctest::Case DOCTEST_JOIN(function, _case){name, __FILE__, &function}; \
    }                                                                       \
    static void function()
#define TEST_CASE(name) DOCTEST_CASE(DOCTEST_JOIN(test_, __COUNTER__), name)

#define DOCTEST_FIXTURE(type, function, base, name)     \
    namespace {                                         \
    struct type : base {                                \
        void run_case();                                \
    };                                                  \
    }                                                   \
    DOCTEST_CASE(function, name) { type{}.run_case(); } \
    void type::run_case()
#define TEST_CASE_FIXTURE(base, name) \
    DOCTEST_FIXTURE(DOCTEST_JOIN(Fixture_, __LINE__), DOCTEST_JOIN(test_in_line_, __LINE__), base, name)

#define DOCTEST_TEMPLATE(type, T, name, ...)                                      \
    namespace {                                                                   \
    template <class T>                                                            \
    struct type {                                                                 \
        static void run_case();                                                   \
    };                                                                            \
    doctest::Cases<type, __VA_ARGS__> DOCTEST_JOIN(type, _cases){name, __FILE__}; \
    }                                                                             \
    template <class T>                                                            \
    void type<T>::run_case()
#define TEST_CASE_TEMPLATE(name, T, ...) DOCTEST_TEMPLATE(DOCTEST_JOIN(Template_, __COUNTER__), T, name, __VA_ARGS__)

#define SUBCASE(name) if (const doctest::Part part{})

#define CHECK(...) doctest::check(static_cast<bool>(__VA_ARGS__), "CHECK(" #__VA_ARGS__ ")", __FILE__, __LINE__)
#define CHECK_FALSE(...) doctest::check(!static_cast<bool>(__VA_ARGS__), "CHECK_FALSE(" #__VA_ARGS__ ")", __FILE__, __LINE__)
#define CHECK_MESSAGE(condition, ...) \
    doctest::check(static_cast<bool>(condition), "CHECK(" #condition ") " #__VA_ARGS__, __FILE__, __LINE__)
#define REQUIRE(...) doctest::require(static_cast<bool>(__VA_ARGS__), "REQUIRE(" #__VA_ARGS__ ")", __FILE__, __LINE__)
#define REQUIRE_FALSE(...) doctest::require(!static_cast<bool>(__VA_ARGS__), "REQUIRE_FALSE(" #__VA_ARGS__ ")", __FILE__, __LINE__)
#define ADD_FAIL_CHECK_AT(file, line, text) doctest::fail(text, file, line)
#define CAPTURE(...) \
    const doctest::Note DOCTEST_JOIN(note_, __LINE__) { #__VA_ARGS__, __VA_ARGS__ }
#define INFO(name, value) \
    const doctest::Note DOCTEST_JOIN(note_, __LINE__) { name, value }
