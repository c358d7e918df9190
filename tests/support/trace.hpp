#pragma once
// Trace: what happened, in order, with its virtual time in milliseconds. A test compares the whole list.
//
//     trace("a");  co_await sleep_ms(1500us);  trace("b");
//     trace.expect({"0 a", "1.5 b"});

#include <algorithm>
#include <cstdio>
#include <initializer_list>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/sim.hpp>

namespace uasync::test {

class Trace {
public:
    void operator()(std::string_view text) { lines_.push_back(time().append(" ").append(text)); }
    void operator()(std::string_view text, long long number) {
        (*this)(std::string{text}.append(" ").append(std::to_string(number)));
    }

    const std::vector<std::string>& lines() const { return lines_; }
    void clear() { lines_.clear(); }

    void expect(std::initializer_list<std::string_view> wanted, std::source_location at = std::source_location::current()) const {
        const std::vector<std::string> list{wanted.begin(), wanted.end()};
        if (list == lines_) {
            CHECK(list == lines_);
            return;
        }
        const std::string text = "the trace differs (- expected, + happened):\n" + difference(list, lines_);
        ADD_FAIL_CHECK_AT(at.file_name(), static_cast<int>(at.line()), text);
    }

private:
    using Lines = std::vector<std::string>;

    static std::string time() {
        const long long us = sim::now().count();
        std::string text = std::to_string(us / 1000);
        if (us % 1000 == 0) return text;
        std::string fraction = std::to_string(1000 + us % 1000).replace(0, 1, ".");
        return text + fraction.erase(fraction.find_last_not_of('0') + 1);
    }

    /// Line by line along the longest common subsequence.
    static std::string difference(const Lines& a, const Lines& b) {
        std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
        for (std::size_t i = a.size(); i-- > 0;) {
            for (std::size_t j = b.size(); j-- > 0;) {
                common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
            }
        }
        std::string text;
        std::size_t i = 0;
        std::size_t j = 0;
        while (i < a.size() || j < b.size()) {
            if (i < a.size() && j < b.size() && a[i] == b[j]) {
                text += "      " + a[i++] + "\n";
                ++j;
            } else if (i < a.size() && (j == b.size() || common[i + 1][j] >= common[i][j + 1])) {
                text += "    - " + a[i++] + "\n";
            } else {
                text += "    + " + b[j++] + "\n";
            }
        }
        return text;
    }

    Lines lines_;
};

/// Notes the end of its life.
class Noted {
public:
    Noted(Trace& trace, std::string text) : trace_{&trace}, text_{std::move(text)} {}
    Noted(Noted&& other) noexcept : trace_{std::exchange(other.trace_, nullptr)}, text_{std::move(other.text_)} {}
    Noted& operator=(Noted&&) = delete;
    ~Noted() {
        if (trace_ != nullptr) (*trace_)(text_);
    }

private:
    Trace* trace_;
    std::string text_;
};

}  // namespace uasync::test
