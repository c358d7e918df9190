// What compilers call for copies and comparisons: no C library is linked. Byte by byte, except where whole words are aligned.
// -fno-tree-loop-distribute-patterns and -fno-builtin keep compilers from turning these loops into calls of themselves.

#include <cstddef>
#include <cstdint>

namespace {
using Word [[gnu::may_alias]] = std::uint32_t;
bool aligned(const void* a, const void* b) noexcept {
    return ((reinterpret_cast<std::uintptr_t>(a) | reinterpret_cast<std::uintptr_t>(b)) & 3U) == 0;
}
}  // namespace

extern "C" {

void* memcpy(void* to, const void* from, std::size_t size) {
    auto* out = static_cast<unsigned char*>(to);
    const auto* in = static_cast<const unsigned char*>(from);
    if (aligned(to, from)) {
        for (; size >= 4; size -= 4, in += 4, out += 4) *reinterpret_cast<Word*>(out) = *reinterpret_cast<const Word*>(in);
    }
    for (; size != 0; --size) *out++ = *in++;
    return to;
}

void* memmove(void* to, const void* from, std::size_t size) {
    auto* out = static_cast<unsigned char*>(to);
    const auto* in = static_cast<const unsigned char*>(from);
    if (out <= in || out >= in + size) return memcpy(to, from, size);
    while (size-- != 0) out[size] = in[size];
    return to;
}

void* memset(void* to, int value, std::size_t size) {
    auto* out = static_cast<unsigned char*>(to);
    for (; size != 0; --size) *out++ = static_cast<unsigned char>(value);
    return to;
}

int memcmp(const void* left, const void* right, std::size_t size) {
    const auto* a = static_cast<const unsigned char*>(left);
    const auto* b = static_cast<const unsigned char*>(right);
    for (; size != 0; --size, ++a, ++b) {
        if (*a != *b) return *a < *b ? -1 : 1;
    }
    return 0;
}

std::size_t strlen(const char* text) {
    std::size_t size = 0;
    while (text[size] != '\0') ++size;
    return size;
}
}
