// UASYNC_PRESS, UASYNC_UNTIL, UASYNC_SEED: drive a program that knows nothing of the simulation.

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include <uasync/sim.hpp>

#include "simulation.hpp"

namespace uasync::sim::detail {
namespace {

[[noreturn]] void reject(std::string_view variable, std::string_view value, std::string_view expected) {
    std::string message{variable};
    message.append("=\"").append(value).append("\": expected ").append(expected);
    port::fatal(message.c_str());
}

std::optional<Duration> parse_time(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
    if (error != std::errc{} || number < 0) return std::nullopt;
    const double scale = unit == "s" ? 1e6 : unit == "ms" ? 1e3 : unit == "us" ? 1 : -1;
    if (scale < 0) return std::nullopt;
    return Duration{std::llround(number * scale)};
}

void read_press(std::string_view text) {
    const auto complain = [&] { reject("UASYNC_PRESS", text, "presses like GP15@1s+100ms"); };
    const std::size_t at_sign = text.find('@');
    const std::size_t plus = text.find('+', at_sign == std::string_view::npos ? 0 : at_sign);
    if (!text.starts_with("GP") || at_sign == std::string_view::npos || plus == std::string_view::npos) complain();
    unsigned pin = 0;
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + at_sign, pin);
    const auto start = parse_time(text.substr(at_sign + 1, plus - at_sign - 1));
    const auto duration = parse_time(text.substr(plus + 1));
    if (error != std::errc{} || end != text.data() + at_sign || pin > 29) complain();
    if (!start.has_value() || !duration.has_value()) {
        complain();
    } else {
        press(pin, *start, *duration);
    }
}

}  // namespace

void read_environment() {
    static bool done = false;
    if (done) return;
    done = true;
    if (const char* presses = std::getenv("UASYNC_PRESS")) {
        std::istringstream words{presses};
        for (std::string word; words >> word;) read_press(word);
    }
    if (const char* until = std::getenv("UASYNC_UNTIL")) {
        const auto time = parse_time(until);
        if (!time) reject("UASYNC_UNTIL", until, "a time like 14s, 1.5s, 200ms or 50us");
        stop_at(*time);
    }
    if (const char* seed = std::getenv("UASYNC_SEED")) {
        char* end = nullptr;
        const unsigned long long number = std::strtoull(seed, &end, 0);
        if (end == seed || *end != '\0') reject("UASYNC_SEED", seed, "a number");
        shuffle(number);
    }
}

}  // namespace uasync::sim::detail
