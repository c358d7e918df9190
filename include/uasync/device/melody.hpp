#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <uasync/error.hpp>

namespace uasync {

namespace detail {

/// The next note of a text.
struct Note {
    std::string_view text;    ///< of the note alone; empty at the end
    std::uint16_t hertz = 0;  ///< 0: a rest
    std::uint8_t ticks = 0;   ///< 1 to 255
    bool is_right = false;    ///< whether the text is a note
};

/// Takes a melody's text apart. The octave and the ticks of a note hold for those after it, as MicroPython's do.
class NoteReader {
public:
    constexpr explicit NoteReader(std::string_view text) noexcept : rest_{text} {}

    /// @return the next note, with an empty text if there is none
    constexpr Note next() noexcept {
        while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
        std::size_t size = 0;  // neither find() nor substr(), which need the C library and exceptions
        while (size < rest_.size() && rest_[size] != ' ') ++size;
        Note note{.text = std::string_view{rest_.begin(), rest_.begin() + size}};
        rest_.remove_prefix(size);
        std::string_view left = note.text;
        note.is_right = read_pitch(left, note.hertz) && read_ticks(left);
        note.ticks = ticks_;
        return note;
    }

private:
    constexpr bool read_pitch(std::string_view& left, std::uint16_t& hertz) noexcept {
        if (left.empty()) return false;
        const char letter = left.front() >= 'a' ? static_cast<char>(left.front() - 'a' + 'A') : left.front();
        left.remove_prefix(1);
        if (letter == 'R') return true;
        if (letter < 'A' || letter > 'G') return false;
        constexpr std::uint8_t above_c[] = {9, 11, 0, 2, 4, 5, 7};  // A to G, in half tones
        int half_tone = above_c[letter - 'A'];
        if (!left.empty() && (left.front() == '#' || left.front() == 'b')) {
            half_tone += left.front() == '#' ? 1 : -1;
            left.remove_prefix(1);
        }
        if (!left.empty() && left.front() >= '0' && left.front() <= '8') {
            octave_ = static_cast<std::uint8_t>(left.front() - '0');
            left.remove_prefix(1);
        }
        half_tone += octave_ * 12;
        if (half_tone < 0 || half_tone >= 9 * 12) return false;
        // Of the octave 8, in hundredths of a hertz; each octave below has half of it. A4 is 440 Hz.
        constexpr std::uint32_t highest[] = {418601, 443492, 469864, 497803, 527404, 558765,
                                             591991, 627193, 664488, 704000, 745862, 790213};
        hertz = static_cast<std::uint16_t>(((highest[half_tone % 12] >> (8 - half_tone / 12)) + 50) / 100);
        return true;
    }
    constexpr bool read_ticks(std::string_view left) noexcept {
        if (left.empty()) return true;
        if (left.front() != ':' || left.size() < 2 || left.size() > 4) return false;
        left.remove_prefix(1);
        unsigned number = 0;
        for (const char digit : left) {
            if (digit < '0' || digit > '9') return false;
            number = number * 10 + static_cast<unsigned>(digit - '0');
        }
        ticks_ = static_cast<std::uint8_t>(number);
        return number >= 1 && number <= 255;
    }

    std::string_view rest_;
    std::uint8_t octave_ = 4;
    std::uint8_t ticks_ = 4;
};

/// Not `constexpr`, so that a constant melody that calls it does not compile. The compiler's message names the call.
void melody_has_a_wrong_note() noexcept;
/// Only so that the compiler's message has the number of the note, from 1 on, and the text from the note on.
constexpr void check_note(bool is_right, std::size_t /*number*/, const char* /*note*/) noexcept {
    if (!is_right) melody_has_a_wrong_note();
}

}  // namespace detail

/// Notes for a Buzzer, in MicroPython's notation: "C4:4 E4:4 G4:2 R:4".
///
/// A note is a letter, `A` to `G`, or `R` for a rest; then `#` or `b`, an octave from 0 to 8, and `:` with a number of ticks from 1 to 255, if
/// they are to be others. Octave and ticks hold for the notes after it, too; at first they are 4 and 4, a beat. A4 is 440 Hz. Small letters are the same.
/// A space is between two notes.
///
/// @par Use it for
/// Melodies that a program has in it: a constant text with a wrong note does not compile, and the message names the call
/// `melody_has_a_wrong_note` and the text, and Clang's which note it is.
/// @par Instead use
/// Buzzer::tone() for a frequency of your own.
/// @par Cost
/// Two words, and the text: it is read note by note while it is played.
/// @par Errors
/// parse(), for a text that is not constant, gives Error::misuse for a wrong note; first_mistake() names it.
/// @par Source
/// the notation of the `music` module of MicroPython on the micro:bit
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/melody.hpp>
///
/// using namespace uasync;
///
/// constexpr Melody fanfare{"C4:1 E G C5:4"};
///
/// int main() {
///     print("{}\n", fanfare.text());
///     const std::string_view typed = "C4:4 H4:4";
///     const auto melody = Melody::parse(typed);
///     if (!melody) print("{}: {}\n", melody.error(), Melody::first_mistake(typed));
/// }
/// @endcode
/// @code{.unparsed}
/// C4:1 E G C5:4
/// misuse: H4:4
/// @endcode
class Melody {
public:
    /// Of a constant text, which is checked when it is compiled. @param text notes, such as "C4:4 E4:4 G4:2 R:4"
    template <std::size_t Size>
    consteval Melody(const char (&text)[Size])
        : text_{text, Size - 1} {  // NOLINT(google-explicit-constructor): as std::format_string
        detail::NoteReader notes{text_};
        std::size_t number = 1;
        for (detail::Note note = notes.next(); !note.text.empty(); note = notes.next()) {
            detail::check_note(note.is_right, number, note.text.data());  // NOLINT(bugprone-suspicious-stringview-data-usage)
            ++number;
        }
    }

    /// Of any text. @param text notes; it must live as long as the melody @return the melody, or Error::misuse for a wrong note
    static constexpr Result<Melody> parse(std::string_view text) noexcept {
        if (!first_mistake(text).empty()) return std::unexpected{Error::misuse};
        return Melody{text, 0};
    }
    /// What is wrong in a text. @param text notes @return the first that is no note; empty if all are
    static constexpr std::string_view first_mistake(std::string_view text) noexcept {
        detail::NoteReader notes{text};
        for (detail::Note note = notes.next(); !note.text.empty(); note = notes.next())
            if (!note.is_right) return note.text;
        return {};
    }
    /// Its notes. @return the text
    constexpr std::string_view text() const noexcept { return text_; }

private:
    constexpr Melody(std::string_view text, int) noexcept : text_{text} {}

    std::string_view text_;
};

}  // namespace uasync
