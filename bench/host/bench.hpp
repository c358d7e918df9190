#pragma once
// What the programs of bench/host share: the command line `PROGRAM NAME COUNT`, the clocks, and the output, lines of `name value`.

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <thread>

namespace bench {

inline double seconds(clockid_t clock) {
    timespec t{};
    clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// Resident memory of this process in bytes.
inline double resident_bytes() {
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    long total = 0;
    long resident = 0;
    if (file == nullptr || std::fscanf(file, "%ld %ld", &total, &resident) != 2) std::abort();
    std::fclose(file);
    return static_cast<double>(resident) * 4096.0;
}

/// Time since its creation.
class Stopwatch {
public:
    double cpu() const { return seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_; }
    double wall() const { return seconds(CLOCK_MONOTONIC) - wall_; }

private:
    double cpu_ = seconds(CLOCK_PROCESS_CPUTIME_ID);
    double wall_ = seconds(CLOCK_MONOTONIC);
};

inline void tell(const char* name, double value) { std::printf("%s %.6g\n", name, value); }

/// CPU time of each of `count` operations.
inline void tell_ns(const Stopwatch& stopwatch, long count) { tell("ns", stopwatch.cpu() * 1e9 / static_cast<double>(count)); }

/// What an operation computed must be right, lest the compiler or a mistake leave something out.
inline void expect(bool right, const char* what) {
    if (right) return;
    std::fprintf(stderr, "wrong: %s\n", what);
    std::exit(1);
}

/// 0 ... 1000, the same sequence in every program of bench/host.
class Delays {
public:
    int next() {
        state_ = state_ * 1664525U + 1013904223U;
        return static_cast<int>((state_ >> 8U) % 1001U);
    }

private:
    std::uint32_t state_ = 1;
};

constexpr long pending_timers = 1000;
/// Due in 1000 to 2000 s: so long that none of them fires.
inline int far_off_ms(Delays& delays) { return 1'000'000 + 1000 * delays.next(); }

/// What a thread posts to a busy loop, and what the loop has called of it. What is told is the CPU time of the thread that posts: where a
/// machine has other things to do, the time on the wall would be mostly theirs.
struct Stream {
    static constexpr long burst = 1024;

    std::atomic<long> called{0};
    std::atomic<bool> ended{false};
    alignas(64) std::atomic<long> news{0};  // apart from what the loop reads all the time

    /// For the function that is posted; in the loop's thread only.
    void count() { called.store(called.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

    /// post: the body of the thread. It posts in bursts, and waits in between until all have been called, so that no queue grows without end.
    /// `post(i)` posts the i-th of a burst.
    template <class Post>
    void post_all(long count, Post post) {
        double busy = 0;
        long posted = 0;
        while (posted < count) {
            busy -= seconds(CLOCK_THREAD_CPUTIME_ID);
            for (long i = 0; i < burst; ++i) post(i);
            busy += seconds(CLOCK_THREAD_CPUTIME_ID);
            posted += burst;
            while (called.load(std::memory_order_acquire) < posted) std::this_thread::yield();
        }
        tell("ns", busy * 1e9 / static_cast<double>(posted));
        ended.store(true);
    }

    /// For the function of post_same; in the loop's thread only.
    void look() { called.store(news.load(std::memory_order_relaxed), std::memory_order_release); }

    /// post_coalesced: the body of the thread. It stores 1, 2, ... count, and posts the same function each time, which looks at what was stored;
    /// as long as that is to be called, posts are one. It must not miss the last: `post(i)` sees to it that what was stored before is seen.
    template <class Post>
    void post_same(long count, Post post) {
        const double before = seconds(CLOCK_THREAD_CPUTIME_ID);
        for (long i = 1; i <= count; ++i) post(i);
        tell("ns", (seconds(CLOCK_THREAD_CPUTIME_ID) - before) * 1e9 / static_cast<double>(count));
        while (called.load(std::memory_order_acquire) != count) std::this_thread::yield();
        ended.store(true);
    }
};

struct Operation {
    const char* name;
    void (*run)(long count);
};

template <std::size_t N>
int main(int argc, char** argv, const Operation (&operations)[N]) {
    if (argc == 3) {
        for (const Operation& operation : operations) {
            if (std::strcmp(operation.name, argv[1]) != 0) continue;
            operation.run(std::atol(argv[2]));
            return 0;
        }
    }
    std::fprintf(stderr, "usage: %s NAME COUNT, where NAME is", argv[0]);
    for (const Operation& operation : operations) std::fprintf(stderr, " %s", operation.name);
    std::fputc('\n', stderr);
    return 2;
}

}  // namespace bench
