#pragma once
// explored(scenario, {"a", "b"}): the scenario holds under every schedule, undisturbed and with a cancellation of each of those tasks at every
// await (one after the other, then both). Fails with the shortest order of events that breaks it, or if the search was not complete.
//
//     TEST_CASE_FIXTURE(Simulated, "explored: Lock") {
//         explored([](Exploration& x) {
//             auto& lock = x.state<Lock>();
//             for (const char* name : {"a", "b"}) x.task(name, uses(x, lock));
//             x.check("free", [&] { return !lock.locked(); });
//         }, {"a", "b"});
//     }
//
// What a scenario notes goes into x.state, without a heap: Sequence, Count.

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <string>

#include <doctest/doctest.h>

#include <uasync/testing.hpp>

namespace uasync::test {

/// Sanitizers make frames differ where states do not, so that little is pruned, and each run takes longer. They look at the first thousand
/// schedules, with each cancellation alone; that there are no others that fail is shown by the builds without them.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool slowed_by_a_sanitizer = true;
#else
inline constexpr bool slowed_by_a_sanitizer = false;
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool slowed_by_a_sanitizer = true;
#else
inline constexpr bool slowed_by_a_sanitizer = false;
#endif

inline void explored(const std::function<void(Exploration&)>& scenario, std::initializer_list<const char*> to_cancel = {},
                     ExploreOptions options = {}) {
    if (slowed_by_a_sanitizer) options.max_schedules = std::min<std::size_t>(options.max_schedules, 1000);
    const auto check = [&](std::initializer_list<const char*> victims) {
        std::string names;
        for (const char* name : victims) names += std::string{" "} + name;
        const ExploreReport report = explore(
            [&](Exploration& x) {
                scenario(x);
                for (const char* name : victims) x.cancel(name);
            },
            options);
        INFO("cancelled:", names);
        CHECK_MESSAGE(report.ok(), report.text);
        if (report.ok() && !slowed_by_a_sanitizer) CHECK_MESSAGE(report.complete, report.text);
        CHECK_FALSE(report.prune_off);
        return report.ok();
    };
    if (!check({})) return;
    for (const char* name : to_cancel) {
        if (!check({name})) return;
    }
    if (to_cancel.size() > 1 && !slowed_by_a_sanitizer) check(to_cancel);
}

/// Up to N small numbers, in order.
template <std::size_t N>
class Sequence {
public:
    void add(int value) {
        REQUIRE(size_ < N);
        values_[size_++] = value;
    }
    void remove(int value) {
        const auto end = std::remove(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(size_), value);
        size_ = static_cast<std::size_t>(end - values_.begin());
        std::fill(end, values_.end(), 0);
    }
    int front() const { return size_ == 0 ? -1 : values_[0]; }
    int back() const { return size_ == 0 ? -1 : values_[size_ - 1]; }
    std::size_t size() const { return size_; }
    bool operator==(const Sequence&) const = default;

private:
    std::array<int, N> values_{};
    std::size_t size_ = 0;
};

/// One more for as long as it lives: who is inside, whose frame is alive.
class Count {
public:
    explicit Count(int& number) : number_{number} { ++number_; }
    Count(const Count&) = delete;
    Count& operator=(const Count&) = delete;
    ~Count() { --number_; }

private:
    int& number_;
};

/// In the sequence for as long as it lives: who has come and waits to be served.
template <std::size_t N>
class Arrival {
public:
    Arrival(Sequence<N>& sequence, int id) : sequence_{sequence}, id_{id} { sequence_.add(id_); }
    Arrival(const Arrival&) = delete;
    Arrival& operator=(const Arrival&) = delete;
    ~Arrival() { sequence_.remove(id_); }

private:
    Sequence<N>& sequence_;
    int id_;
};

}  // namespace uasync::test
