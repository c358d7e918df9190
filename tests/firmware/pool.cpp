// The frame pool is full: at create_task, at an await, at the start of run. Each time with every number of bytes left, from none to
// just enough. Meanwhile GP25 blinks every 10 ms.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

std::size_t in_use() { return frame_pool_use().in_use; }
const char* some(int n) { return n > 3 ? "some" : "too few"; }
unsigned bytes(std::size_t n) { return static_cast<unsigned>(n); }

// Takes the whole pool but some bytes, in blocks of 8.
class Filler {
public:
    explicit Filler(std::size_t left) {
        while (void* block = detail::allocate_frame(8)) first_ = ::new (block) Block{first_};
        for (; left >= 8 && first_ != nullptr; left -= 8) give_back();
    }
    Filler(const Filler&) = delete;
    Filler& operator=(const Filler&) = delete;
    ~Filler() {
        while (first_ != nullptr) give_back();
    }

private:
    struct Block {
        Block* next;
    };
    void give_back() {
        Block* block = first_;
        first_ = block->next;
        detail::free_frame(block, 8);
    }
    Block* first_ = nullptr;
};

int reports;
Error last_error;
void count_report(const ErrorReport& report) {
    ++reports;
    last_error = report.error;
}

int alive;
struct Alive {
    Alive() { ++alive; }
    Alive(const Alive&) = delete;
    Alive& operator=(const Alive&) = delete;
    ~Alive() { --alive; }
};

Coro<> blink() {
    Pin led{25, Pin::out};
    while (true) {
        led.toggle();
        co_await sleep_ms(10);
    }
}

Coro<> hold(Event& release) {
    const Alive here;
    co_await release.wait();
}

Coro<> full_at_create_task() {
    create_task(blink());
    set_exception_handler(count_report);
    reports = 0;
    int failures = 0;
    const std::size_t before = in_use();
    for (std::size_t left = 0;; left += 8) {
        Event release;
        const auto task = [&] {
            const Filler filler{left};
            return create_task(hold(release));
        }();
        if (!task.done()) {
            release.set();
            co_await task;
            break;
        }
        ++failures;
        if (task.error() != Error::no_memory) print("create_task: {} with {} bytes left\n", task.error(), bytes(left));
        if (reports != failures || last_error != Error::no_memory) print("create_task: {} reports, not {}\n", reports, failures);
        if (in_use() != before) print("create_task: {} bytes leak with {} left\n", bytes(in_use() - before), bytes(left));
        co_await sleep_ms(1);
    }
    set_exception_handler(nullptr);
    co_await sleep_ms(1);
    print("create_task: works after {} failures; {} alive, {} bytes leak\n", some(failures), alive, bytes(in_use() - before));
}

Coro<int> deep(int levels) {
    const Alive here;
    if (levels == 0) co_return 0;
    co_await yield();
    co_return co_await deep(levels - 1) + 1;
}

Coro<> nested() { co_await deep(3); }

// An awaited child that does not fit ends its task, from the inside out, and only that.
Coro<> full_at_await() {
    create_task(blink());
    co_await yield();
    set_exception_handler(count_report);
    const std::size_t before = in_use();
    int failures = 0;
    for (std::size_t left = 0;; left += 8) {
        auto task = create_task(deep(3), "digger");
        {
            const Filler filler{left};
            co_await sleep_ms(5);
            if (!task.done()) print("await: the task has not ended\n");
        }
        const Error error = task.error();
        if (alive != 0) print("await: {} alive with {} bytes left\n", alive, bytes(left));
        if (error == Error::none) break;
        if (error != Error::no_memory) print("await: {}\n", error);
        ++failures;
    }
    set_exception_handler(nullptr);
    co_await sleep_ms(1);
    print("await: works after {} failures, {} bytes leak\n", some(failures), bytes(in_use() - before));
}

// The same, told by the default handler.
Coro<> told() {
    create_task(blink());
    co_await sleep_ms(1);
    Event release;
    print("named:\n");
    {
        const Filler filler{0};
        create_task(hold(release), "named");
    }
    print("unnamed:\n");
    {
        const Filler filler{0};
        create_task(hold(release));
    }
    print("room for the frame only:\n");
    {
        Coro<> unstarted = hold(release);
        const Filler filler{0};
        create_task(std::move(unstarted));
    }
    print("awaited:\n");
    {
        auto task = create_task(nested());
        const Filler filler{0};
        co_await sleep_ms(1);
        print("gives {}\n", task.result().error());
    }
    print("dropped:\n");
    {
        create_task(nested());
        const Filler filler{0};
        co_await sleep_ms(1);
    }
    print("caught:\n");
    {
        const Filler filler{0};
        const auto result = co_await catch_cancelled(deep(3));
        print("gives {}\n", result.error());
    }
    print("room again: {} levels\n", co_await deep(3));
    co_await sleep_ms(100);
}

Coro<int> start_up() {
    const Alive here;
    co_await sleep_ms(1);
    co_return 7;
}

void full_at_start_up() {
    set_exception_handler(count_report);
    reports = 0;
    int failures = 0;
    for (std::size_t left = 0;; left += 8) {
        const Filler filler{left};
        const Result<int> result = run(start_up());
        if (alive != 0) print("run: {} alive\n", alive);
        if (result) {
            print("run: {} after {} failures\n", *result, failures == reports ? some(failures) : "unreported");
            break;
        }
        ++failures;
        if (result.error() != Error::no_memory || last_error != Error::no_memory) print("run: {}\n", result.error());
    }
    set_exception_handler(nullptr);
    if (in_use() != 0) print("run: {} bytes leak\n", bytes(in_use()));
    const Filler filler{0};
    print("at the start of run:\n");
    const Result<int> result = run(start_up());
    print("gives {}\n", result.error());
}

}  // namespace

int main() {
    run(full_at_create_task());
    run(full_at_await());
    run(told());
    full_at_start_up();
    print("end, {} bytes in use\n", bytes(in_use()));
}
