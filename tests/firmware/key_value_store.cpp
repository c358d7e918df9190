// A KeyValueStore that is written to until somebody stops the chip. It says what it found at the start, and what it has written.

#include <array>

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

constexpr std::string_view text_in_flash = "a text in the flash, where nothing can be read while it is written";

Coro<> async_main() {
    Flash flash{2 * Flash::sector_size};
    KeyValueStore<8> store{flash};
    auto began = ticks_us();
    Result<void> result = co_await store.open();
    const auto opened = ticks_diff(ticks_us(), began);
    std::array<std::uint8_t, 400> blob{};
    const std::size_t blob_size = store.get("blob", blob).value_or(0);
    bool is_whole = true;
    for (std::size_t i = 1; i < blob_size; ++i) is_whole = is_whole && blob[i] == blob[0];
    std::array<std::uint8_t, 100> text{};
    const std::size_t text_size = store.get("text", text).value_or(0);
    const std::string_view found{reinterpret_cast<const char*>(text.data()), std::min(text_size, text.size())};
    int first = store.get<int>("first").value_or(0);
    print("{} {}: {} {} {} {} {} {}\n", result ? "ok" : to_string(result.error()), opened < 12'000, store.size(), first,
          store.get<int>("second").value_or(0), blob_size, is_whole, text_size == 0 || found == text_in_flash);
    result = co_await store.set("text", text_in_flash);
    while (result) {
        ++first;
        blob.fill(static_cast<std::uint8_t>(first));
        result = co_await store.set("first", first);
        if (result) result = co_await store.set("blob", blob);
        if (result) result = co_await store.set("second", first);
        print("{}\n", first);
    }
    print("{}\n", to_string(result.error()));
}

}  // namespace

int main() { run(async_main()); }
