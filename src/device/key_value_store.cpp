#include <uasync/device/key_value_store.hpp>

#include <algorithm>
#include <bit>

#include <uasync/time/sleep.hpp>

// The flash is two banks. One is valid: that with a header, the newer one if both have. Records follow the header. The newest record of a key is valid.
// What is no record is skipped: one that was begun when the supply failed is the last, and others are damaged.
//
//   header:  "uKV1", sequence, size of the bank, checksum                                                           16 bytes
//   record:  size of the key, kind, size of the value (2), checksum (4), key, value, up to a multiple of four bytes

namespace uasync::detail {
namespace {

constexpr std::uint32_t bank_magic = 0x3156'4b75;
constexpr std::uint32_t bank_header_size = 16;
constexpr std::uint32_t record_header_size = 8, record_step = 4;
/// How many bytes are copied or compared in one go.
constexpr std::size_t store_piece = 64;
/// After so many bytes other tasks have a turn.
constexpr std::uint32_t bytes_in_turn = 512;

/// CRC-32 (IEEE 802.3), bit by bit. @param sum of what came before, 0 at first
std::uint32_t store_checksum(std::uint32_t sum, std::span<const std::uint8_t> bytes) noexcept {
    sum = ~sum;
    for (const std::uint8_t byte : bytes) {
        sum ^= byte;
        for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1U) ^ (0xedb8'8320U & (0U - (sum & 1U)));
    }
    return ~sum;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
std::uint16_t hash_of(std::span<const std::uint8_t> key) noexcept { return static_cast<std::uint16_t>(store_checksum(0, key)); }

constexpr std::uint32_t record_size(std::size_t key, std::size_t value) noexcept {
    return static_cast<std::uint32_t>((record_header_size + key + value + 3) & ~std::size_t{3});
}

}  // namespace

/// In the flash as here: both are little-endian.
struct KeyValueStoreBase::Record {
    std::uint8_t key_size;
    std::uint8_t kind;
    std::uint16_t value_size;
    std::uint32_t checksum;

    bool is_blank() const noexcept { return key_size == 0xff && kind == 0xff && value_size == 0xffff && checksum == 0xffff'ffff; }
    /// Whether it can be one. @param room how many bytes there are
    bool is_possible(std::uint32_t room) const noexcept {
        return key_size != 0 && key_size <= longest_key && value_size <= longest_value && size() <= room;
    }
    std::uint32_t size() const noexcept { return record_size(key_size, value_size); }
};

struct KeyValueStoreBase::BankHeader {
    std::uint32_t magic;
    std::uint32_t sequence;
    std::uint32_t size;
    std::uint32_t checksum;

    std::uint32_t right_checksum() const noexcept {
        return store_checksum(0, {reinterpret_cast<const std::uint8_t*>(this), offsetof(BankHeader, checksum)});
    }
};

KeyValueStoreBase::KeyValueStoreBase(Flash& flash, std::span<Entry> entries) noexcept : flash_{&flash}, entries_{entries} {
    flash.suspends_pages_ = 0;  // other records of a page must be readable while it is programmed
}

KeyValueStoreBase::Record KeyValueStoreBase::record_at(std::uint32_t offset) const noexcept {
    static_assert(std::endian::native == std::endian::little && sizeof(Record) == record_header_size &&
                  sizeof(BankHeader) == bank_header_size);
    Record record;
    read(offset, {reinterpret_cast<std::uint8_t*>(&record), sizeof record});
    return record;
}

/// What the checksum of a record should be.
std::uint32_t KeyValueStoreBase::checksum(std::uint32_t offset, const Record& record) const noexcept {
    std::uint32_t sum = store_checksum(0, {reinterpret_cast<const std::uint8_t*>(&record), offsetof(Record, checksum)});
    std::uint8_t piece[store_piece];
    std::size_t left = record.key_size + std::size_t{record.value_size};
    for (std::uint32_t at = offset + record_header_size; left != 0;) {
        const std::size_t count = std::min(left, store_piece);
        read(at, std::span{piece}.first(count));
        sum = store_checksum(sum, std::span{piece}.first(count));
        at += static_cast<std::uint32_t>(count);
        left -= count;
    }
    return sum;
}

/// How many bytes the record at a place of a bank has. @param start of the bank @return 0 if there is none
std::uint32_t KeyValueStoreBase::whole_record(std::uint32_t start, std::uint32_t at) const noexcept {
    const Record record = record_at(start + at);
    const bool is_whole = record.is_possible(bank_size_ - at) && record.checksum == checksum(start + at, record);
    return is_whole ? record.size() : 0;
}

/// Whether something was begun in a bank that is not valid. It may be a header, and whole later: the chip goes on with what a reset has
/// left suspended, and bits that have half changed read once so and once otherwise.
bool KeyValueStoreBase::may_become_valid(unsigned bank) const noexcept {
    std::uint8_t begin[bank_header_size + record_header_size];
    read(bank_start(bank), begin);
    return !sequence_of(bank) && !std::ranges::all_of(begin, [](std::uint8_t byte) { return byte == 0xff; });
}

/// The sequence number of a bank that is valid.
std::optional<std::uint32_t> KeyValueStoreBase::sequence_of(unsigned bank) const noexcept {
    BankHeader header;
    read(bank_start(bank), {reinterpret_cast<std::uint8_t*>(&header), sizeof header});
    if (header.magic != bank_magic || header.size != bank_size_ || header.checksum != header.right_checksum()) return std::nullopt;
    return header.sequence;
}

bool KeyValueStoreBase::has_key(std::uint32_t offset, const Record& record, std::string_view key) const noexcept {
    if (record.key_size != key.size()) return false;
    std::uint8_t found[longest_key];
    read(offset + record_header_size, std::span{found}.first(key.size()));
    return std::ranges::equal(std::span{found}.first(key.size()), bytes_of(key));
}

bool KeyValueStoreBase::has_value(std::uint32_t offset, std::span<const std::uint8_t> bytes) const noexcept {
    const Record record = record_at(offset);
    if (record.value_size != bytes.size()) return false;
    std::uint8_t piece[store_piece];
    offset += record_header_size + record.key_size;
    while (!bytes.empty()) {
        const std::size_t count = std::min(bytes.size(), store_piece);
        read(offset, std::span{piece}.first(count));
        if (!std::ranges::equal(std::span{piece}.first(count), bytes.first(count))) return false;
        offset += static_cast<std::uint32_t>(count);
        bytes = bytes.subspan(count);
    }
    return true;
}

/// The place of a key in the table, or the number of those that are used.
std::size_t KeyValueStoreBase::find(std::string_view key) const noexcept {
    const std::uint16_t hash = hash_of(bytes_of(key));
    std::size_t index = 0;
    for (; index < count_; ++index) {
        if (entries_[index].hash != hash) continue;
        const std::uint32_t offset = bank_start(bank_) + entries_[index].word * 4U;
        if (has_key(offset, record_at(offset), key)) break;
    }
    return index;
}

/// Takes a record of the bank into the table. @return false if that is full
bool KeyValueStoreBase::learn(std::uint32_t at) noexcept {
    const Record record = record_at(bank_start(bank_) + at);
    std::uint8_t key[longest_key];
    read(bank_start(bank_) + at + record_header_size, std::span{key}.first(record.key_size));
    const std::size_t index = find({reinterpret_cast<const char*>(key), record.key_size});
    if (record.kind == erased_record) {
        if (index < count_) entries_[index] = entries_[--count_];
        return true;
    }
    if (index == entries_.size()) return false;
    entries_[index] = {static_cast<std::uint16_t>(at / 4), hash_of(std::span{key}.first(record.key_size))};
    count_ = std::max(count_, index + 1);
    return true;
}

/// Makes the table that of the bank.
/// @param end of its records
/// @param is_damaged whether there is something else between them
/// @return false if the table is full
bool KeyValueStoreBase::learn_all(std::uint32_t end, bool is_damaged) noexcept {
    count_ = 0;
    bool has_room = true;
    const std::uint32_t start = bank_start(bank_);
    for (std::uint32_t at = bank_header_size; at < end;) {
        const std::uint32_t size = is_damaged ? whole_record(start, at) : record_at(start + at).size();
        if (size != 0 && !learn(at)) has_room = false;
        at += size != 0 ? size : record_step;
    }
    return has_room;
}

StoreKey KeyValueStoreBase::key(std::size_t index) const noexcept {
    StoreKey key;
    if (index >= count_) return key;
    const std::uint32_t offset = bank_start(bank_) + entries_[index].word * 4U;
    key.size = std::min<std::uint8_t>(record_at(offset).key_size, longest_key);
    read(offset + record_header_size, std::span{reinterpret_cast<std::uint8_t*>(key.text), key.size});
    return key;
}

std::optional<std::size_t> KeyValueStoreBase::get(std::string_view key, std::span<std::uint8_t> into) const noexcept {
    const std::size_t index = find(key);
    if (index == count_) return std::nullopt;
    const std::uint32_t offset = bank_start(bank_) + entries_[index].word * 4U;
    const Record record = record_at(offset);
    const std::size_t count = std::min<std::size_t>(into.size(), record.value_size);
    read(offset + record_header_size + record.key_size, into.first(count));
    return record.value_size;
}

Coro<Result<void>> KeyValueStoreBase::open() {
    const auto held = co_await lock_.scoped_lock();
    const Result<void> result = co_await load();
    co_return result;
}

/// Finds the valid bank and the end of its records. What is read with an await in between changes nothing yet, as others may call get().
Coro<Result<void>> KeyValueStoreBase::load() {
    // An entry of the table has 16 bits for the word.
    bank_size_ = std::min<std::uint32_t>(flash_->size() / 2 / Flash::sector_size * Flash::sector_size, 0x1'0000 * 4);
    if (bank_size_ == 0) co_return std::unexpected{Error::misuse};
    const std::optional<std::uint32_t> first = sequence_of(0), second = sequence_of(1);
    if (!first && !second) {
        count_ = 0;
        bank_ = 1;  // the first set() makes bank 0 valid
        end_ = bank_size_;
        sequence_ = 0;
        state_ = State::open;
        co_return Result<void>{};
    }
    const bool is_second = !first || (second && static_cast<std::int32_t>(*second - *first) > 0);
    const std::uint32_t start = bank_start(is_second ? 1 : 0);
    std::uint32_t at = bank_header_size;
    std::uint32_t next_turn = bytes_in_turn;
    while (at + record_header_size <= bank_size_) {
        const std::uint32_t size = whole_record(start, at);
        if (size == 0) break;
        at += size;
        if (at < next_turn) continue;
        next_turn = at + bytes_in_turn;
        co_await SleepAwaiter{0};
    }
    // What was begun when the supply failed is in the way of further records.
    bool is_blank = true;
    for (std::uint32_t rest = at; is_blank && rest < bank_size_;) {
        std::uint8_t piece[store_piece];
        const auto count = std::min<std::size_t>(bank_size_ - rest, store_piece);
        read(start + rest, std::span{piece}.first(count));
        is_blank = std::ranges::all_of(std::span{piece}.first(count), [](std::uint8_t byte) { return byte == 0xff; });
        rest += static_cast<std::uint32_t>(count);
        if (rest < next_turn) continue;
        next_turn = rest + bytes_in_turn;
        co_await SleepAwaiter{0};
    }
    // Behind a record that was damaged later there are others.
    bool is_damaged = false;
    for (std::uint32_t rest = at; !is_blank && rest + record_header_size <= bank_size_;) {
        const std::uint32_t size = whole_record(start, rest);
        rest += size != 0 ? size : record_step;
        if (size != 0) {
            is_damaged = true;
            at = rest;
        }
        if (rest < next_turn) continue;
        next_turn = rest + bytes_in_turn;
        co_await SleepAwaiter{0};
    }
    bank_ = is_second ? 1 : 0;
    sequence_ = is_second ? *second : *first;
    end_ = is_blank && !may_become_valid(bank_ ^ 1U) ? at : bank_size_;  // if there is no room, the other bank is erased
    // With keys that are not in the table it stays closed, as they would be lost when the bank is full.
    state_ = learn_all(at, is_damaged) ? State::open : State::closed;
    if (state_ == State::closed) co_return std::unexpected{Error::no_memory};
    co_return Result<void>{};
}

/// Programs a record. Its checksum covers all of it, so it does not matter which part of it is there first.
Coro<Result<void>> KeyValueStoreBase::append(std::uint32_t offset, std::string_view key, std::span<const std::uint8_t> value,
                                             RecordKind kind) {
    Record record{static_cast<std::uint8_t>(key.size()), kind, static_cast<std::uint16_t>(value.size()), 0};
    record.checksum = store_checksum(0, {reinterpret_cast<const std::uint8_t*>(&record), offsetof(Record, checksum)});
    record.checksum = store_checksum(store_checksum(record.checksum, bytes_of(key)), value);
    std::uint8_t front[record_header_size + longest_key];
    std::memcpy(front, &record, sizeof record);
    std::ranges::copy(bytes_of(key), front + sizeof record);
    const std::size_t count = sizeof record + key.size();
    Result<void> result = co_await flash_->program(offset, std::span{front}.first(count));
    if (result) result = co_await flash_->program(offset + static_cast<std::uint32_t>(count), value);
    co_return result;
}

/// Copies the valid records to the other bank, where they are not valid yet.
Coro<Result<void>> KeyValueStoreBase::copy_records(std::size_t except) {
    const std::uint32_t start = bank_start(bank_ ^ 1U);
    Result<void> result = co_await flash_->erase(start, bank_size_);
    std::uint32_t at = bank_header_size;
    for (std::size_t index = 0; result && index < count_; ++index) {
        if (index == except) continue;
        std::uint32_t from = bank_start(bank_) + entries_[index].word * 4U;
        std::uint32_t left = record_at(from).size();
        while (result && left != 0) {
            std::uint8_t piece[store_piece];
            const std::uint32_t count = std::min<std::uint32_t>(left, store_piece);
            read(from, std::span{piece}.first(count));
            result = co_await flash_->program(start + at, std::span{piece}.first(count));
            from += count;
            at += count;
            left -= count;
        }
    }
    co_return result;
}

// What is known of the flash is unsure before an await that changes it, and sure only after it: each may be the last.
Coro<Result<void>> KeyValueStoreBase::put(std::string_view key, StoredValue value, RecordKind kind) {
    const auto held = co_await lock_.scoped_lock();
    const std::span<const std::uint8_t> bytes = value.bytes();
    if (state_ == State::closed || key.empty() || key.size() > longest_key || bytes.size() > longest_value) {
        co_return std::unexpected{Error::misuse};
    }
    Result<void> result;
    if (state_ == State::unsure) result = co_await load();
    if (!result) co_return result;
    const std::size_t index = find(key);
    const bool is_known = index < count_;
    if (kind == erased_record && !is_known) co_return result;
    if (kind == value_record && is_known && has_value(bank_start(bank_) + entries_[index].word * 4U, bytes)) co_return result;
    if (index == entries_.size()) co_return std::unexpected{Error::no_memory};

    const std::uint32_t size = record_size(key.size(), bytes.size());
    std::uint32_t at = end_;
    if (size <= bank_size_ - end_) {
        state_ = State::unsure;
        result = co_await append(bank_start(bank_) + at, key, bytes, kind);
        if (!result) co_return result;
        state_ = State::open;
        end_ = at + size;
        learn(at);
        co_return result;
    }

    at = bank_header_size;
    for (std::size_t other = 0; other < count_; ++other) {
        if (other != index) at += record_at(bank_start(bank_) + entries_[other].word * 4U).size();
    }
    const std::uint32_t end = at + (kind == value_record ? size : 0);
    if (end > bank_size_) co_return std::unexpected{Error::no_memory};
    const unsigned next = bank_ ^ 1U;
    result = co_await copy_records(index);
    if (result && kind == value_record) result = co_await append(bank_start(next) + at, key, bytes, kind);
    if (!result) co_return result;
    BankHeader header{bank_magic, sequence_ + 1, bank_size_, 0};
    header.checksum = header.right_checksum();
    state_ = State::unsure;
    result = co_await flash_->program(bank_start(next), {reinterpret_cast<const std::uint8_t*>(&header), sizeof header});
    if (!result) co_return result;
    state_ = State::open;
    bank_ = static_cast<std::uint8_t>(next);
    ++sequence_;
    end_ = end;
    learn_all(end, false);
    co_return result;
}

}  // namespace uasync::detail
