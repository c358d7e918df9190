#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include <uasync/board/flash.hpp>
#include <uasync/config.hpp>
#include <uasync/error.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

namespace detail {

/// What fits into a record as it is: numbers, enumerations, small structures.
template <class T>
concept Storable = std::is_trivially_copyable_v<T> && sizeof(T) <= 16 && !std::is_pointer_v<T> && !std::is_array_v<T> &&
                   !std::convertible_to<T, std::string_view> && !std::convertible_to<T, std::span<const std::uint8_t>>;

/// A value on its way into the store: a copy of a small one, or where the bytes are.
class StoredValue {
public:
    explicit StoredValue(std::span<const std::uint8_t> bytes) noexcept : data_{bytes.data()}, size_{bytes.size()} {}
    template <Storable T>
    explicit StoredValue(const T& value) noexcept : size_{sizeof value} {
        std::memcpy(copy_, &value, sizeof value);
    }
    std::span<const std::uint8_t> bytes() const noexcept { return {data_ != nullptr ? data_ : copy_, size_}; }

private:
    const std::uint8_t* data_ = nullptr;
    std::size_t size_;
    std::uint8_t copy_[16];
};

/// The name of a value in a KeyValueStore, up to 15 characters.
struct StoreKey {
    char text[15] = {};
    std::uint8_t size = 0;
    std::string_view view() const noexcept { return {text, size}; }
    operator std::string_view() const noexcept { return view(); }
};

/// A KeyValueStore without the table of its keys.
class KeyValueStoreBase {
public:
    /// The longest key, in characters, and the longest value, in bytes.
    static constexpr std::size_t longest_key = 15, longest_value = 1024;

    KeyValueStoreBase(const KeyValueStoreBase&) = delete;
    KeyValueStoreBase& operator=(const KeyValueStoreBase&) = delete;

    /// Reads what there is. Await it once before all else; a flash without a store is an empty one.
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> open();

    /// How many keys there are. @return 0 before open()
    std::size_t size() const noexcept { return count_; }
    /// One of the keys, in no order. @param index below size() @return a copy of the key; an empty one from size() on
    StoreKey key(std::size_t index) const noexcept;
    /// Whether there is a key. @param key its characters @return false before open()
    bool contains(std::string_view key) const noexcept { return find(key) < count_; }

    /// Copies a value out of it. @param key its key @param into where it goes, as much of it as there is room for
    /// @return the size of the whole value in bytes; nothing if there is no such key
    std::optional<std::size_t> get(std::string_view key, std::span<std::uint8_t> into) const noexcept;
    /// A number, an enumeration or a small structure. @tparam T its type, which is that of set() @param key its key
    /// @return nothing if there is no such key, or if its value has another size
    template <Storable T>
    std::optional<T> get(std::string_view key) const noexcept {
        std::uint8_t bytes[sizeof(T)];
        if (get(key, bytes) != sizeof(T)) return std::nullopt;
        T value;
        std::memcpy(&value, bytes, sizeof value);
        return value;
    }

    /// Gives a key its value. Nothing is written if that is its value already.
    /// @param key 1 to 15 characters, which must live until then @param bytes up to 1024, which must live until then and stay the same
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> set(std::string_view key, std::span<const std::uint8_t> bytes) {
        return put(key, StoredValue{bytes}, value_record);
    }
    /// The same for a text. @param key 1 to 15 characters @param text up to 1024 bytes, which must live until then
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> set(std::string_view key, std::string_view text) {
        return put(key, StoredValue{std::span{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}}, value_record);
    }
    /// The same for a number, an enumeration or a small structure. @param key 1 to 15 characters @param value up to 16 bytes, of which it keeps a copy
    /// @return an awaitable; `co_await` gives a Result<void>
    template <Storable T>
    [[nodiscard("co_await it")]] Coro<Result<void>> set(std::string_view key, const T& value) {
        return put(key, StoredValue{value}, value_record);
    }
    /// Forgets a key. Nothing happens if there is no such key. @param key its characters, which must live until then
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] Coro<Result<void>> erase(std::string_view key) {
        return put(key, StoredValue{std::span<const std::uint8_t>{}}, erased_record);
    }

protected:
    /// Where the newest record of a key begins, in words, and half of a checksum of the key.
    struct Entry {
        std::uint16_t word;
        std::uint16_t hash;
    };
    UASYNC_DRIVER KeyValueStoreBase(Flash& flash, std::span<Entry> entries) noexcept;
    ~KeyValueStoreBase() = default;

private:
    enum RecordKind : std::uint8_t { value_record = 1, erased_record = 2 };
    struct Record;
    struct BankHeader;
    enum class State : std::uint8_t { closed, open, unsure };

    std::uint32_t bank_start(unsigned bank) const noexcept { return bank * bank_size_; }
    void read(std::uint32_t offset, std::span<std::uint8_t> into) const noexcept { (void)flash_->read_nowait(offset, into); }
    Record record_at(std::uint32_t offset) const noexcept;
    std::uint32_t checksum(std::uint32_t offset, const Record& record) const noexcept;
    std::optional<std::uint32_t> sequence_of(unsigned bank) const noexcept;
    std::uint32_t whole_record(std::uint32_t start, std::uint32_t at) const noexcept;
    bool may_become_valid(unsigned bank) const noexcept;
    bool has_key(std::uint32_t offset, const Record& record, std::string_view key) const noexcept;
    bool has_value(std::uint32_t offset, std::span<const std::uint8_t> bytes) const noexcept;
    std::size_t find(std::string_view key) const noexcept;
    bool learn(std::uint32_t at) noexcept;
    bool learn_all(std::uint32_t end, bool is_damaged) noexcept;
    Coro<Result<void>> load();
    Coro<Result<void>> put(std::string_view key, StoredValue value, RecordKind kind);
    Coro<Result<void>> append(std::uint32_t offset, std::string_view key, std::span<const std::uint8_t> value, RecordKind kind);
    Coro<Result<void>> copy_records(std::size_t except);

    Flash* flash_;
    std::span<Entry> entries_;
    std::size_t count_ = 0;
    Lock lock_;
    std::uint32_t bank_size_ = 0;
    std::uint32_t end_ = 0;       ///< where the next record goes, in the bank
    std::uint32_t sequence_ = 0;  ///< of the bank
    std::uint8_t bank_ = 0;
    State state_ = State::closed;
};

}  // namespace detail

/// Settings that outlive a reset and a loss of supply: values with short names, in a Flash.
///
/// New values are appended, each with a checksum, so the sectors wear evenly. When there is no more room, what is still valid goes to the other half
/// of the flash, and that becomes valid when all of it is there. So whenever the supply fails, also in the middle of a page or of an erase, each key has
/// the value that it had, or the one that was being set, and all others have theirs. If a value is damaged later, open() skips it, and its key has the
/// value before. Reading is immediate, also while a task sets something.
///
/// @par Use it for
/// Calibrations, names, passwords, counters of starts.
/// @par Instead use
/// Flash for logs, and for more than a few kilobytes.
/// @par Cost
/// 44 bytes, and 4 for each of `Keys`. set() takes about a millisecond, and when there is no more room about 50 ms for each sector of half of the flash, while
/// other tasks run. No interrupt is served while a page is programmed, 0.4 ms, or 3 ms at worst, whatever Flash::Options::latency is: else other
/// values in that page could not be read meanwhile. A record has 8 bytes beside the key and the value, and begins at a multiple of 4. get() takes
/// some microseconds, and half of one for each byte. open() looks at each byte, 2 ms for each sector of half of the flash.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The key keeps its old value, unless all of the new one was written: then it has that from the next set(), erase() or open() on. The store is as usable
/// as before.
/// @par Fairness
/// set() and erase() are done in the order in which tasks have called them.
/// @par Errors
/// Error::no_memory if all valid values do not fit into half of the flash, or there would be more than `Keys`; nothing has changed then. Error::misuse
/// before open(), for a key or a value that is too long, for an empty key, and where the Flash cannot be used. Error::bus_error if the flash is worn out.
/// @par Source
/// `esp32.NVS` of MicroPython, Non-Volatile Storage of ESP-IDF
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/device.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     Flash flash{4 * Flash::sector_size};
///     KeyValueStore<16> settings{flash};
///     Result<void> result = co_await settings.open();
///     const int starts = settings.get<int>("starts").value_or(0) + 1;
///     if (result) result = co_await settings.set("starts", starts);
///     if (result) result = co_await settings.set("name", "Otto");
///     print("{}: started {} times\n", result ? "ok" : to_string(result.error()), starts);
///
///     std::uint8_t name[20];
///     const std::size_t size = settings.get("name", name).value_or(0);
///     print("{} keys, a name of {} characters\n", settings.size(), size);
///     result = co_await settings.erase("name");
///     print("{}\n", settings.contains("name"));
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// ok: started 1 times
/// 2 keys, a name of 4 characters
/// false
/// @endcode
/// @tparam Keys how many there can be
template <std::size_t Keys = 32>
class KeyValueStore : public detail::KeyValueStoreBase {
    static_assert(Keys > 0);

public:
    /// Nothing is read before open().
    /// @param flash where it is, at least two sectors, and up to 512 KB; the store takes all of it, and the object must live longer
    explicit KeyValueStore(Flash& flash) noexcept : KeyValueStoreBase{flash, table_} {}

private:
    std::array<Entry, Keys> table_;
};

}  // namespace uasync
