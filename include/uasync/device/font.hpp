#pragma once
// Implementation detail of FrameBuffer: the font.

#include <cstdint>
#include <span>

namespace uasync::detail {

/// The eight columns of a character, from the left; the lowest bit is the uppermost pixel.
std::span<const std::uint8_t, 8> glyph(char character) noexcept;

}  // namespace uasync::detail
