// Runs the tests that are linked, and tells how many there were: "tests: 12 cases, 340 assertions, 0 failed".

#include <cstdio>
#include <cstdlib>

#include <doctest/doctest.h>

namespace doctest {
namespace {

Case* first = nullptr;
Case* last = nullptr;
const Case* running = nullptr;
unsigned parts = 0;   // that this run has met
unsigned chosen = 0;  // the one that it takes
Note* notes = nullptr;
unsigned assertions = 0;
unsigned failed = 0;

}  // namespace

// The first of them may be constructed before what else this file has; that is initialised by constants.
Case::Case(const char* its_name, const char* its_file, void (*its_body)()) noexcept
    : name{its_name}, file{its_file}, body{its_body} {
    (first == nullptr ? first : last->next) = this;
    last = this;
}

Part::Part() noexcept : runs_{parts++ == chosen} {}

Note::Note(const char* name, long long number, std::string_view text) noexcept
    : name_{name}, number_{number}, text_{text}, outer_{notes} {
    notes = this;
}
// Those in coroutines end in any order.
Note::~Note() {
    Note** link = &notes;
    while (*link != this) link = &(*link)->outer_;
    *link = outer_;
}
void Note::tell() const noexcept {
    if (text_.empty()) {
        std::printf("    %s = %ld\n", name_, static_cast<long>(number_));
    } else {
        std::printf("    %s = %.*s\n", name_, static_cast<int>(text_.size()), text_.data());
    }
}

void fail(std::string_view text, const char* file, int line) noexcept {
    ++failed;
    std::printf("FAILED %s:%d: %.*s\n    in \"%s\"\n", file, line, static_cast<int>(text.size()), text.data(), running->name);
    for (const Note* note = notes; note != nullptr; note = note->outer()) note->tell();
}
void check(bool holds, const char* text, const char* file, int line) noexcept {
    ++assertions;
    if (!holds) fail(text, file, line);
}
void require(bool holds, const char* text, const char* file, int line) noexcept {
    check(holds, text, file, line);
    if (!holds) std::exit(1);
}

}  // namespace doctest

int main() {
    unsigned cases = 0;
    std::atexit([] {
        if (doctest::running != nullptr)
            std::printf("the tests end in \"%s\" (%s)\n", doctest::running->name, doctest::running->file);
    });
    for (const doctest::Case* each = doctest::first; each != nullptr; each = each->next) {
        doctest::running = each;
        ++cases;
        doctest::chosen = 0;
        do {
            doctest::parts = 0;
            each->body();
        } while (++doctest::chosen < doctest::parts);
    }
    doctest::running = nullptr;
    std::printf("tests: %u cases, %u assertions, %u failed\n", cases, doctest::assertions, doctest::failed);
    std::exit(doctest::failed == 0 ? 0 : 1);
}
