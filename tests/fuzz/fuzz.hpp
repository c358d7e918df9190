#pragma once
// What the fuzz targets have in common: the input as a source of small numbers, and a check that ends the program where it fails.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace uasync::fuzz {

/// The bytes of an input, one after the other; zeros behind its end.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : data_{data}, size_{size} {}
    bool empty() const { return size_ == 0; }
    unsigned byte() {
        if (size_ == 0) return 0;
        --size_;
        return *data_++;
    }
    /// A number below `limit`.
    unsigned below(std::size_t limit) { return static_cast<unsigned>(byte() % limit); }

private:
    const std::uint8_t* data_;
    std::size_t size_;
};

[[noreturn]] inline void fail(const std::string& what) {
    std::fprintf(stderr, "%s\n", what.c_str());
    std::abort();
}

inline void check(bool right, const char* what) {
    if (!right) fail(what);
}

/// Two traces have to be the same; if not, both are printed.
inline void check_same(const std::vector<std::string>& expected, const std::vector<std::string>& happened) {
    if (expected == happened) return;
    std::string text = "the model and the library differ\n";
    for (std::size_t i = 0; i < expected.size() || i < happened.size(); ++i) {
        const std::string e = i < expected.size() ? expected[i] : "-";
        const std::string h = i < happened.size() ? happened[i] : "-";
        text += (e == h ? "  " : "! ") + e + " | " + h + "\n";
    }
    fail(text);
}

}  // namespace uasync::fuzz
