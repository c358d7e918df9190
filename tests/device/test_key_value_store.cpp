#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/sim/flash.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

namespace {

constexpr std::uint32_t sector = Flash::sector_size;

/// As a chip from the factory.
void renew() { std::ranges::fill(sim::flash_contents().last(8 * sector), std::uint8_t{0xff}); }

/// What is in a store, or should be.
using Model = std::map<std::string, std::string, std::less<>>;

std::string text_of(const auto& store, std::string_view key) {
    std::string text(store.get(key, {}).value_or(0), '?');
    (void)store.get(key, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return text;
}
Model model_of(const auto& store) {
    Model model;
    for (std::size_t i = 0; i < store.size(); ++i) model[std::string{store.key(i).view()}] = text_of(store, store.key(i));
    return model;
}

class Random {
public:
    explicit Random(std::uint64_t seed) : state_{seed * 2 + 1} {}
    unsigned below(unsigned limit) {
        state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        return static_cast<unsigned>(state_ >> 33U) % limit;
    }

private:
    std::uint64_t state_;
};

/// One change of a store.
struct Change {
    std::string key;
    std::optional<std::string> value;  ///< none: it is erased
    void make(Model& model) const {
        if (value) {
            model[key] = *value;
        } else {
            model.erase(key);
        }
    }
};
std::vector<Change> workload(std::uint64_t seed, unsigned count, unsigned longest) {
    Random random{seed};
    std::vector<Change> changes;
    for (unsigned i = 0; i < count; ++i) {
        Change change{.key = "key" + std::to_string(random.below(6)), .value = {}};
        if (random.below(5) != 0) change.value = std::string(random.below(longest), static_cast<char>('a' + random.below(26)));
        changes.push_back(change);
    }
    return changes;
}
Coro<Result<void>> make(detail::KeyValueStoreBase& store, const Change& change) {
    if (change.value) {
        const Result<void> result = co_await store.set(change.key, std::string_view{*change.value});
        co_return result;
    }
    const Result<void> result = co_await store.erase(change.key);
    co_return result;
}

/// Begins anew, and makes all changes, until the supply goes in the middle of a step. The store must then hold what it held before the last change or
/// after it, and take changes as before. @return how many changes were made
Coro<unsigned> until_cut(std::uint32_t size, const std::vector<Change>& changes, unsigned steps, std::uint64_t seed) {
    renew();
    Flash flash{size};
    Model before, after;
    unsigned made = 0;
    {
        KeyValueStore<8> store{flash};
        Result<void> result = co_await store.open();
        CHECK(result);
        sim::cut_flash_power(steps, seed);
        for (const Change& change : changes) {
            before = after;
            change.make(after);
            result = co_await make(store, change);
            if (sim::is_flash_off()) break;
            CHECK(result);
            CHECK(model_of(store) == after);
            ++made;
        }
        sim::restore_flash_power();
    }
    KeyValueStore<8> store{flash};
    Result<void> result = co_await store.open();
    CHECK(result);
    Model model = model_of(store);
    CHECK((model == before || model == after));
    // The supply goes again, at once, and then not any more.
    Change change{.key = "later", .value = std::string(300, 'x')};
    sim::cut_flash_power(0, seed + 1);
    (void)co_await make(store, change);
    sim::restore_flash_power();
    KeyValueStore<8> last{flash};
    result = co_await last.open();
    CHECK(result);
    const Model now = model_of(last);
    Model with = model;
    change.make(with);
    CHECK((now == model || now == with));
    for (int i = 0; i < 3; ++i) {
        change.value = std::string(200, static_cast<char>('0' + i));
        change.make(model);
        result = co_await make(last, change);
        CHECK(result);
        CHECK(model_of(last) == model);
    }
    co_return made;
}

Coro<> sets(detail::KeyValueStoreBase& store, std::string_view key, std::string_view text) {
    const Result<void> result = co_await store.set(key, text);
    CHECK(result);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "KeyValueStore: values are there again after a reset") {
    renew();
    enum class Mode : std::uint8_t { calm = 1, loud = 7 };
    struct Point {
        std::int16_t x, y;
    };
    auto body = [&]() -> Coro<> {
        Flash flash{2 * sector};
        {
            KeyValueStore store{flash};
            Result<void> result = co_await store.set("early", 1);
            CHECK(result == std::unexpected{Error::misuse});
            CHECK_FALSE(store.contains("early"));
            result = co_await store.open();
            CHECK(result);
            CHECK(store.size() == 0);
            CHECK(sim::flash_contents()[flash.start()] == 0xff);  // it only reads
            result = co_await store.set("number", -5);
            CHECK(result);
            result = co_await store.set("mode", Mode::loud);
            CHECK(result);
            result = co_await store.set("point", Point{3, 4});
            CHECK(result);
            result = co_await store.set("a name of 15 ch", "text");
            CHECK(result);
            result = co_await store.set("empty", "");
            CHECK(result);
            result = co_await store.set("gone", 1);
            CHECK(result);
            result = co_await store.erase("gone");
            CHECK(result);
            result = co_await store.erase("never");
            CHECK(result);
        }
        KeyValueStore<8> store{flash};
        const Result<void> result = co_await store.open();
        CHECK(result);
        CHECK(store.size() == 5);
        CHECK(store.get<int>("number") == -5);
        CHECK(store.get<Mode>("mode") == Mode::loud);
        CHECK(store.get<Point>("point")->y == 4);
        CHECK(text_of(store, "a name of 15 ch") == "text");
        CHECK(store.get("empty", {}) == 0U);
        CHECK_FALSE(store.get<int>("gone"));
        CHECK_FALSE(store.get<std::int64_t>("number"));  // of another size
        CHECK_FALSE(store.get<int>("numbe"));
        std::uint8_t part[2] = {};
        CHECK(store.get("a name of 15 ch", part) == 4U);
        CHECK(part[1] == 'e');
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "KeyValueStore: keys and values that are too long, and too many keys, are errors that change nothing") {
    renew();
    auto body = [&]() -> Coro<> {
        Flash flash{2 * sector};
        KeyValueStore<2> store{flash};
        Result<void> result = co_await store.open();
        CHECK(result);
        result = co_await store.set("", 1);
        CHECK(result == std::unexpected{Error::misuse});
        result = co_await store.set("0123456789abcdef", 1);
        CHECK(result == std::unexpected{Error::misuse});
        const std::string text(1025, 'x');
        result = co_await store.set("long", std::string_view{text});
        CHECK(result == std::unexpected{Error::misuse});
        result = co_await store.set("long", std::string_view{text}.substr(1));
        CHECK(result);
        result = co_await store.set("two", 2);
        CHECK(result);
        result = co_await store.set("three", 3);
        CHECK(result == std::unexpected{Error::no_memory});
        result = co_await store.erase("long");
        CHECK(result);
        result = co_await store.set("three", 3);
        CHECK(result);
        CHECK(store.get<int>("two") == 2);
        KeyValueStore<1> small{flash};
        result = co_await small.open();
        CHECK(result == std::unexpected{Error::no_memory});
        result = co_await small.set("two", 1);  // or the key that it has no room for would be lost
        CHECK(result == std::unexpected{Error::misuse});
        Flash one_sector{sector};
        KeyValueStore<1> none{one_sector};
        result = co_await none.open();
        CHECK(result == std::unexpected{Error::misuse});
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "KeyValueStore: a full store says so, keeps what it has, and still takes smaller values") {
    renew();
    auto body = [&]() -> Coro<> {
        Flash flash{2 * sector};
        KeyValueStore<8> store{flash};
        Result<void> result = co_await store.open();
        CHECK(result);
        const std::string text(900, 'x');
        for (const char* key : {"a", "b", "c", "f"}) {
            result = co_await store.set(key, std::string_view{text});
            CHECK(result);
        }
        const auto room = 4096 - 16 - 4 * 912;
        const Model model = model_of(store);
        const unsigned steps = sim::flash_steps();
        result = co_await store.set("d", std::string_view{text}.substr(0, room - 8));
        CHECK(result == std::unexpected{Error::no_memory});
        CHECK(sim::flash_steps() == steps);
        CHECK(model_of(store) == model);
        result = co_await store.set("d", std::string_view{text}.substr(0, room - 9));  // to the last byte
        CHECK(result);
        result = co_await store.set("e", "");
        CHECK(result == std::unexpected{Error::no_memory});
        result = co_await store.set("a", "small");
        CHECK(result);
        result = co_await store.set("e", "");
        CHECK(result);
        result = co_await store.erase("b");
        CHECK(result);
        CHECK(store.size() == 5);
        CHECK(text_of(store, "c") == text);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "KeyValueStore: a value that a key has already is not written, and the sectors wear evenly") {
    renew();
    auto body = [&]() -> Coro<> {
        Flash flash{4 * sector};
        KeyValueStore<8> store{flash};
        Result<void> result = co_await store.open();
        CHECK(result);
        result = co_await store.set("same", 1);
        unsigned steps = sim::flash_steps();
        for (int i = 0; i < 100; ++i) {
            result = co_await store.set("same", 1);
            CHECK(result);
        }
        CHECK(sim::flash_steps() == steps);
        for (int i = 0; i < 2000; ++i) {
            result = co_await store.set("count", i);
            CHECK(result);
        }
        // Each takes 20 bytes, of 8 KB less the header and both valid records; two programs, and now and then one more for the end of a page.
        CHECK(sim::flash_steps() - steps < 4400);
        CHECK(store.get<int>("count") == 1999);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "KeyValueStore: whichever step the supply goes in, each key has its old value or the new one") {
    unsigned cuts = 0;
    auto body = [&]() -> Coro<> {
        for (const std::uint32_t size : {2 * sector, 4 * sector}) {
            for (std::uint64_t seed = 0; seed < 2; ++seed) {
                const auto changes = workload(seed, 60, size == 2 * sector ? 500 : 1000);
                for (unsigned steps = 0;; ++steps) {
                    CAPTURE(size);
                    CAPTURE(seed);
                    CAPTURE(steps);
                    const unsigned made = co_await until_cut(size, changes, steps, seed * 1000 + steps);
                    if (made == changes.size()) break;
                    ++cuts;
                }
            }
        }
    };
    CHECK(run(body()));
    CHECK(cuts > 500);
}

TEST_CASE_FIXTURE(Simulated,
                  "KeyValueStore: cancelled at any time, a key has its old value or the new one, and others can be set") {
    unsigned cancelled = 0;
    auto body = [&]() -> Coro<> {
        for (auto limit = 1us; limit < 60ms; limit += limit < 3ms ? 50us : 1'111us) {
            renew();
            Flash flash{2 * sector};
            KeyValueStore<8> store{flash};
            Result<void> result = co_await store.open();
            CHECK(result);
            Model model;
            const std::string old(900, 'o');
            for (const char* key : {"a", "b", "c", "d"}) {
                Change change{.key = key, .value = old + key};
                change.make(model);
                result = co_await make(store, change);
            }
            // With little room left it goes to the other bank.
            const Change change{.key = "b", .value = std::string(limit < 3ms ? 40 : 700, 'n')};
            const auto ended = co_await wait_for(make(store, change), limit);
            if (!ended) ++cancelled;
            Model changed = model;
            change.make(changed);
            const Model now = model_of(store);
            CHECK((now == changed || (!ended && now == model)));
            {
                KeyValueStore<8> again{flash};
                result = co_await again.open();
                CHECK(result);
                const Model found = model_of(again);
                CHECK((found == changed || (!ended && found == model)));
            }
            for (const int value : {1, 2}) {
                result = co_await store.set("later", value);
                CHECK(result);
            }
            KeyValueStore<8> last{flash};
            result = co_await last.open();
            CHECK(result);
            CHECK(last.get<int>("later") == 2);
            CHECK(text_of(last, "a") == old + "a");
            const std::string b = text_of(last, "b");
            CHECK((b == changed["b"] || (!ended && b == model["b"])));
        }
    };
    CHECK(run(body()));
    CHECK(cancelled > 50);
}

TEST_CASE_FIXTURE(Simulated, "KeyValueStore: tasks set values in the order in which they came, and read the old ones meanwhile") {
    renew();
    auto body = [&]() -> Coro<> {
        Flash flash{2 * sector, {.latency = 100us}};
        KeyValueStore<8> store{flash};
        Result<void> result = co_await store.open();
        CHECK(result);
        result = co_await store.set("key", "old");
        CHECK(result);
        auto first = create_task(sets(store, "key", "first"));
        auto second = create_task(sets(store, "key", "second"));
        co_await sleep(100us);
        CHECK(text_of(store, "key") == "old");
        co_await first;
        CHECK(text_of(store, "key") == "first");
        co_await second;
        CHECK(text_of(store, "key") == "second");
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "KeyValueStore: a worn-out sector is an error, and what there was stays") {
    renew();
    auto body = [&]() -> Coro<> {
        Flash flash{2 * sector};
        KeyValueStore<8> store{flash};
        Result<void> result = co_await store.open();
        CHECK(result);
        result = co_await store.set("key", 1);
        CHECK(result);
        sim::wear_out_flash(flash.start() + 100, 1);
        const std::string text(200, 'x');
        result = co_await store.set("long", std::string_view{text});
        CHECK(result == std::unexpected{Error::bus_error});
        CHECK(store.get<int>("key") == 1);
        result = co_await store.set("long", std::string_view{text});  // goes to the other bank
        CHECK(result);
        CHECK(store.get<int>("key") == 1);
        CHECK(text_of(store, "long") == text);
        sim::wear_out_flash(0, 0);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "KeyValueStore: what is no store is an empty one") {
    Random random{1};
    for (std::uint8_t& byte : sim::flash_contents().last(8 * sector)) byte = static_cast<std::uint8_t>(random.below(256));
    auto body = [&]() -> Coro<> {
        Flash flash{8 * sector};
        KeyValueStore<8> store{flash};
        Result<void> result = co_await store.open();
        CHECK(result);
        CHECK(store.size() == 0);
        result = co_await store.set("key", 1);
        CHECK(result);
        CHECK(store.get<int>("key") == 1);
        // Nor is one of another size.
        Flash half{4 * sector, {.start = flash.start()}};
        KeyValueStore<8> other{half};
        result = co_await other.open();
        CHECK(result);
        CHECK(other.size() == 0);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "KeyValueStore: a record that was damaged later is lost, and no other one") {
    for (const std::size_t damaged : {0U, 1U, 2U, 4U, 8U, 12U}) {
        CAPTURE(damaged);
        renew();
        auto body = [&]() -> Coro<> {
            Flash flash{2 * sector};
            Result<void> result;
            {
                KeyValueStore<8> store{flash};
                result = co_await store.open();
                CHECK(result);
                for (const int value : {1, 2}) {
                    result = co_await store.set("a", value);
                    CHECK(result);
                    result = co_await store.set("b", value + 10);
                    CHECK(result);
                    result = co_await store.set("c", value + 20);
                    CHECK(result);
                }
            }
            // The header has 16 bytes, and each record as many: that of the newest b is the fifth.
            sim::flash_contents()[flash.start() + 16 + 4 * 16 + damaged] ^= 0x81;
            KeyValueStore<8> store{flash};
            result = co_await store.open();
            CHECK(result);
            CHECK(store.get<int>("a") == 2);
            CHECK(store.get<int>("b") == 11);
            CHECK(store.get<int>("c") == 22);
            result = co_await store.set("d", 3);
            CHECK(result);
            KeyValueStore<8> again{flash};
            result = co_await again.open();
            CHECK(result);
            CHECK(model_of(again) == model_of(store));
            CHECK(again.get<int>("c") == 22);
            CHECK(again.get<int>("d") == 3);
        };
        CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated, "KeyValueStore: a bank whose header becomes valid later does not hide what was set since") {
    renew();
    auto body = [&]() -> Coro<> {
        Flash flash{2 * sector};
        const std::string text(1000, 'x');
        std::array<std::uint8_t, 16> header;
        const auto bank_1 = sim::flash_contents().subspan(flash.start() + sector, header.size());
        {
            KeyValueStore<8> store{flash};
            Result<void> result = co_await store.open();
            CHECK(result);
            for (const char* key : {"a", "b", "c", "a"}) {
                result = co_await store.set(key, std::string_view{text});
                CHECK(result);
                result = co_await store.set(key, std::string_view{text}.substr(1));
                if (!result || bank_1[0] != 0xff) break;
            }
            CHECK(bank_1[0] != 0xff);
        }
        // A reset has come while half of the header was there, and the chip has suspended the rest.
        std::ranges::copy(bank_1, header.begin());
        std::ranges::fill(bank_1.subspan(8), std::uint8_t{0xff});
        KeyValueStore<8> store{flash};
        Result<void> result = co_await store.open();
        CHECK(result);
        result = co_await store.set("new", 1);
        CHECK(result);
        for (std::size_t i = 0; i < header.size(); ++i) bank_1[i] &= header[i];  // the chip has gone on
        KeyValueStore<8> again{flash};
        result = co_await again.open();
        CHECK(result);
        CHECK(again.get<int>("new") == 1);
        CHECK(text_of(again, "a").size() >= 999);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "KeyValueStore: there is no key behind the last one") {
    renew();
    auto body = [&]() -> Coro<> {
        Flash flash{2 * sector};
        KeyValueStore<2> store{flash};
        CHECK(store.key(0).view().empty());
        Result<void> result = co_await store.open();
        CHECK(result);
        result = co_await store.set("key", 1);
        CHECK(result);
        CHECK(store.key(0).view() == "key");
        CHECK(store.key(1).view().empty());
        CHECK(store.key(1000).view().empty());
    };
    CHECK(run(body()));
}
