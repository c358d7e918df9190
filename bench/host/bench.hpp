#pragma once
// What the programs of bench/host share: the command line `PROGRAM NAME COUNT`, the clocks, and the output, lines of `name value`.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

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
