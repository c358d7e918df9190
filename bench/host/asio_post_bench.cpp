// post of uasync_bench.cpp on Asio (stand-alone), with its locks, which posting from another thread needs: one thread runs the loop, and
// Asio is told so.

#include <functional>
#include <thread>

#include <asio.hpp>

#include "bench.hpp"

namespace {

void posts(long count) {
    asio::io_context context{1};
    bench::Stream stream;
    std::function<void()> turn = [&] {
        if (!stream.ended.load(std::memory_order_relaxed)) asio::post(context, [&] { turn(); });
    };
    asio::post(context, [&] { turn(); });
    std::thread poster{[&] { stream.post_all(count, [&](long) { asio::post(context, [&] { stream.count(); }); }); }};
    context.run();
    poster.join();
}

constexpr bench::Operation operations[] = {{"post", posts}};

}  // namespace

int main(int argc, char** argv) { return bench::main(argc, argv, operations); }
